"""``pruvan-desk worker``: the engine as a process of its own, spawned by the window or run as a service."""

import argparse
import asyncio
import os
import signal
import sys
import threading
import time
from types import FrameType

from pruvan_desk.core.errors import DeskFault, EngineRunningError, UsageError
from pruvan_desk.core.lock import EngineLock
from pruvan_desk.core.logs import configure_logging, logger
from pruvan_desk.core.paths import DataFolder, data_folder
from pruvan_desk.core.secrets import COMPLETE, MemorySecrets, choose_kind, open_secrets, take_piped_line
from pruvan_desk.operations.engine import ask_stop
from pruvan_desk.store.opening import open_database
from pruvan_desk.sync.engine import Engine

log = logger(__name__)
ALREADY_RUNNING = 3
WHO = "pruvan-desk worker --stop"
STOP_SECONDS, POLL_SECONDS = 10.0, 0.1
SECRETS_SECONDS = 30.0


def main(options: argparse.Namespace) -> int:
    """Works until a signal or a request comes or, if asked, standard input closes; or stops the engine that does."""
    folder = data_folder(options.data_dir).create()
    if options.stop:
        return _stop_the_other(folder)
    configure_logging(folder.logs, "engine")
    secrets = open_secrets(choose_kind(options.secrets, folder.root), folder.root)
    try:
        asyncio.run(_work(Engine(folder, secrets), secrets if isinstance(secrets, MemorySecrets) else None, options))
    except EngineRunningError as error:
        print(error, file=sys.stderr)
        return ALREADY_RUNNING
    return 0


def _stop_the_other(folder: DataFolder) -> int:
    """Asks the engine of a folder to stop, and waits until it has; where signals reach no service, as on Windows, this does."""
    if not EngineLock(folder.engine_lock).is_held():
        raise UsageError(f"No engine is at work on {folder.root}.")
    database = open_database(folder)
    try:
        ask_stop(database, WHO)
        patience = time.monotonic() + STOP_SECONDS
        while EngineLock(folder.engine_lock).is_held():
            if time.monotonic() > patience:
                raise DeskFault("The engine does not stop.", "See engine.log in the logs of the data folder.")
            time.sleep(POLL_SECONDS)
    finally:
        database.close()
    return 0


async def _work(engine: Engine, piped: MemorySecrets | None, options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    stop, complete = asyncio.Event(), asyncio.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    if options.until_stdin_closes:
        reader = StandardInput(loop, piped, complete, stop)
        threading.Thread(target=reader.read, name="standard-input", daemon=True).start()
        if piped is not None:
            await _until_complete(complete)
    await engine.run(stop)


async def _until_complete(complete: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(complete.wait(), SECRETS_SECONDS)
    except TimeoutError as error:
        raise DeskFault(
            "Nobody handed the engine its secrets.", "Let the window start it, or start it with --secrets keyring."
        ) from error


class StandardInput:
    """Takes the secrets that the window hands on, and the end of the pipe as the wish to stop."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        secrets: MemorySecrets | None,
        complete: asyncio.Event,
        stop: asyncio.Event,
    ) -> None:
        self._loop = loop
        self._secrets = secrets
        self._complete = complete
        self._stop = stop

    def read(self) -> None:
        """Reads until the end. The raw descriptor: a buffered reader would hold a lock when the interpreter ends."""
        rest = b""
        while chunk := os.read(sys.stdin.fileno(), 65536):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._take(line.decode("utf-8", "replace").strip())
        self._tell(self._complete)
        self._tell(self._stop)

    def _take(self, line: str) -> None:
        if line == COMPLETE:
            self._tell(self._complete)
        elif self._secrets is not None:
            take_piped_line(line, self._secrets)

    def _tell(self, event: asyncio.Event) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(event.set)
