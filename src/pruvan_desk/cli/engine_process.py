"""The engine as a child process, for the commands that need one without a window."""

import subprocess
import time
from pathlib import Path

from pruvan_desk.cli.program import worker_command
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.secrets import PipedSecrets
from pruvan_desk.store.database import Database
from pruvan_desk.store.models import EngineState

START_SECONDS = 30.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.05


class EngineProcess:
    """A running engine. A context manager that starts and stops it."""

    def __init__(self, data_dir: Path, database: Database, secrets: PipedSecrets) -> None:
        self._command = worker_command(data_dir, secrets.kind)
        self._database = database
        self._secrets = secrets
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "EngineProcess":
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, text=True)  # noqa: S603 - our own command
        self._secrets.hand_to(self._process.stdin)
        return self

    def __exit__(self, *_: object) -> None:
        self._secrets.hand_to(None)
        if self._process is None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def process_id(self) -> int:
        """Of the engine."""
        if self._process is None:
            raise AssertionError("the engine was not started")
        return self._process.pid

    def check_alive(self) -> None:
        """Raises :class:`DeskFault` when the engine has stopped by itself."""
        if self._process is not None and self._process.poll() is not None:
            raise DeskFault("The engine stopped.", "See engine.log in the logs of the data folder.")

    def gateway_url(self) -> str:
        """Where its field gateway listens. Waits for it; raises :class:`DeskFault` when it does not come up."""
        patience = time.monotonic() + START_SECONDS
        while time.monotonic() < patience:
            self.check_alive()
            with self._database.read() as session:
                state = session.get(EngineState, 1)
            if state is not None and state.gateway_url and state.process_id == self.process_id:
                return state.gateway_url
            time.sleep(POLL_SECONDS)
        raise DeskFault("The engine did not start.", "See engine.log in the logs of the data folder.")
