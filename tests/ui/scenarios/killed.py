"""A program that works half a day in a data folder, and is killed with its engine: run by a scenario, as a process of its own."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from pruvan_desk.core.paths import data_folder
from pruvan_desk.core.secrets import PipedSecrets
from ui.scenarios.person import Deed, Person
from ui.scenarios.stage import perform
from ui.scenarios.test_surveys import fills_in_half, submits
from ui.scenarios.test_trouble import checks_half

HALVES = {half.__name__: half for half in (checks_half, fills_in_half, submits)}


def kill_everything() -> None:
    """This process and its engine, at once."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(os.getpid())], check=True)
    else:
        os.killpg(0, signal.SIGKILL)


def main() -> None:
    """The data folder and what is done there are named; the secrets come on standard input."""
    root = Path(sys.argv[1])
    secrets = PipedSecrets()
    for name, secret in json.load(sys.stdin).items():
        secrets.set(name, secret)

    def half_a_day(mary: Person) -> Deed:
        yield from HALVES[sys.argv[2]](mary, root)
        kill_everything()

    perform(data_folder(root), secrets, half_a_day, root / "failed.png")


if __name__ == "__main__":
    main()
