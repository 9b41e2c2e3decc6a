"""``pruvan-desk`` and ``pruvan-desk run``: the window, with the built-in sandbox if asked."""

import argparse
import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pruvan_desk.cli.program import program, worker_command
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.logs import configure_logging
from pruvan_desk.core.paths import DataFolder, data_folder
from pruvan_desk.core.secrets import SecretStore, choose_kind, open_secrets

SANDBOX_NOTE = "Sandbox"
ORDERS = 24
SEED = 1


def main(options: argparse.Namespace) -> int:
    """Opens the window; returns when it is closed."""
    folder = sandbox_folder(options.data_dir) if options.sandbox else data_folder(options.data_dir)
    folder.create()
    configure_logging(folder.logs, "window")
    kind = choose_kind("memory" if options.sandbox else options.secrets, folder.root)
    secrets = open_secrets(kind, folder.root)
    with ExitStack() as stack:
        if options.sandbox:
            furnish_sandbox(folder, secrets, stack.enter_context(sandbox_process(folder)))
        from pruvan_desk.app import run  # noqa: PLC0415 - the other commands do not need Qt

        return run(folder, secrets, worker_command(folder.root, kind), SANDBOX_NOTE if options.sandbox else "")


def sandbox_folder(chosen: Path | None) -> DataFolder:
    """The sandbox has a folder of its own, beside the real data."""
    if chosen is not None:
        return data_folder(chosen)
    real = data_folder(None).root
    return data_folder(real.with_name(f"{real.name} Sandbox"))


@contextmanager
def sandbox_process(folder: DataFolder) -> Iterator[str]:
    """The sandbox as a child process; yields its service URL. It ends with us, however we end."""
    options = ["--data-dir", str(folder.root / "sandbox"), "--orders", str(ORDERS), "--until-stdin-closes"]
    command = [*program(), "sandbox", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise DeskFault("The sandbox did not start.", "Its words are above.")
            yield str(json.loads(line)["service_url"])
        finally:
            if process.stdin:
                process.stdin.close()


def furnish_sandbox(folder: DataFolder, secrets: SecretStore, service_url: str) -> None:
    """Makes the sandbox's office, and sends its crews out as soon as the engine is up."""
    from pruvan_desk.cli.sandbox_office import hire_crews, make_office, send_crews_out  # noqa: PLC0415 - only here
    from pruvan_desk.store.opening import open_database  # noqa: PLC0415

    database = open_database(folder)
    make_office(database, secrets, service_url, qa_in_field=False)
    crews = hire_crews(database)
    out = threading.Thread(target=send_crews_out, args=(database, service_url, crews, SEED), name="crews", daemon=True)
    out.start()
