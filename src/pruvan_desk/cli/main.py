"""``pruvan-desk``: what each command does is in the module of its name; here are only their options."""

import argparse
import importlib
import sys
from pathlib import Path

from pruvan_desk import __version__
from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.core.secrets import KINDS

FAILED = 1
SELF_CHECKS = ("database", "keyring", "libraries", "heic", "gateway", "day", "window", "portal")


def main(arguments: list[str] | None = None) -> None:
    """Runs a command and exits with its code: 0 good, 1 something is off, 2 wrong options, 3 an engine is at work already."""
    options = parser().parse_args(arguments)
    command = importlib.import_module(f"pruvan_desk.cli.{options.command or 'run'}")
    try:
        code = command.main(options)
    except PruvanDeskError as error:
        print(f"{error.title} {error.advice}".strip(), file=sys.stderr)
        code = FAILED
    except KeyboardInterrupt:
        code = FAILED
    raise SystemExit(code)


def parser() -> argparse.ArgumentParser:
    """The options of all commands."""
    top = argparse.ArgumentParser(
        prog="pruvan-desk", description="The desktop office for property-preservation vendors."
    )
    top.add_argument("--version", action="version", version=f"Pruvan Desk {__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--data-dir", type=Path, metavar="DIR", help="folder of the data; the platform's own place without it"
    )
    common.add_argument(
        "--secrets", choices=KINDS, default=None,
        help="where passwords are kept: the system keyring (unless another was chosen before), an encrypted file, or memory",
    )  # fmt: skip
    top.set_defaults(data_dir=None, secrets=None, sandbox=False)
    commands = top.add_subparsers(dest="command", metavar="COMMAND")

    run = commands.add_parser("run", parents=[common], help="open the window (also without a command)")
    run.add_argument(
        "--sandbox", action="store_true", help="with the built-in FAStrack and its crews, secrets in memory"
    )
    worker = commands.add_parser("worker", parents=[common], help="the engine without a window")
    worker.add_argument("--until-stdin-closes", action="store_true", help="stop when standard input closes")
    worker.add_argument("--stop", action="store_true", help="ask the engine that is at work on the folder to stop")
    sync = commands.add_parser(
        "sync", parents=[common], help="refresh orders and send what is queued, once, without a window",
        description="Exit codes: 0 all done; 1 something failed or has to wait, its words on standard error; "
        "2 wrong options or an unknown code; 3 an engine works on this folder already, and does it by itself.",
    )  # fmt: skip
    sync.add_argument("--once", action="store_true", required=True, help="then end; forever is: worker")
    sync.add_argument("--full", action="store_true", help="ask for the full list of orders")
    sync.add_argument("code", nargs="?", metavar="CODE", help="only this integration; all without it")
    sandbox = commands.add_parser("sandbox", parents=[common], help="the built-in FAStrack alone")
    sandbox.add_argument("--port", type=int, default=0, help="port on this machine; any free one without it")
    sandbox.add_argument("--seed", type=int, default=1, help="repeats the orders")
    sandbox.add_argument("--orders", type=int, default=24, help="how many orders a new sandbox has")
    sandbox.add_argument("--until-stdin-closes", action="store_true", help="stop when standard input closes")
    sandbox.add_argument("--photos", type=Path, metavar="DIR", help="crews use the files of this folder")
    demo = commands.add_parser("demo", help="a whole day in the sandbox, without a window")
    demo.add_argument(
        "--headless", action="store_true", required=True, help="without a window; the window's is: run --sandbox"
    )
    demo.add_argument("--json", action="store_true", help="print the accounting as one JSON object")
    demo.add_argument("--photos", type=Path, metavar="DIR", help="use the files of this folder instead of drawn photos")
    demo.add_argument("--seed", type=int, default=1, help="repeats a day")
    demo.add_argument("--data-dir", type=Path, metavar="DIR", help="keep the day in this folder, which must be new")
    doctor = commands.add_parser("doctor", parents=[common], help="check data, files, accounting and keyring")
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    doctor.add_argument("--quick", action="store_true", help="check the sizes of files, not their bytes")
    selfcheck = commands.add_parser("selfcheck", help="check this installation, in folders of its own")
    selfcheck.add_argument("--json", action="store_true", help="print one JSON object")
    selfcheck.add_argument(
        "--only", metavar="CHECK", help="only this one of: " + ", ".join(SELF_CHECKS), choices=SELF_CHECKS
    )
    return top
