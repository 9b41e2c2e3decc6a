"""The engine process: started when the window is drawn, watched, started again when it dies, asked to stop by closing its input.

It steps back behind the window: where both want the processor, whoever sits in front of the screen comes first.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from pruvan_desk.core.logs import logger
from pruvan_desk.core.secrets import PipedSecrets, SecretStore
from pruvan_desk.ui.desk import Desk

WATCH = 250
"""Milliseconds between two looks at the process."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
HEALTHY_SECONDS = 60.0
"""An engine that lived so long begins with the shortest wait again."""
STOP_SECONDS = 5.0
NICENESS = 10
"""By how much it steps back, on Unix; Windows has a class for it. Its threads are many: at half of that, five of them together
take as much of a processor as the window is given.
"""
LOCK_HELD = 3
"""Exit code: another engine, a service perhaps, works on this folder. That is well, and it is left alone."""

log = logger(__name__)


class EngineProcess(QObject):
    """One child process. ``said`` carries what the status bar tells of it, empty when all is well."""

    said = Signal(str)
    stopped = Signal()

    def __init__(self, command: Sequence[str], secrets: SecretStore, logs: Path, desk: Desk) -> None:
        super().__init__()
        self._command = list(command)
        self._secrets = secrets
        self._log_file = logs / "engine-output.log"
        self._desk = desk
        self._process: subprocess.Popen[str] | None = None
        self._started_at = 0.0
        self._wait = FIRST_WAIT
        self._deadline: float | None = None
        self._watch = QTimer(self, interval=WATCH)
        self._watch.timeout.connect(self._look)
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self.start)

    @property
    def process_id(self) -> int | None:
        """Of the engine that runs, if one does."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Starts the engine, away from the Qt thread."""
        if self._command and self._deadline is None:
            self._desk.aside(self._spawn, self._started)

    def stop(self) -> None:
        """Asks the engine to stop. ``stopped`` is emitted when it has, or was ended after five seconds."""
        self._again.stop()
        self._deadline = time.monotonic() + STOP_SECONDS
        if self._process is None:
            self.stopped.emit()
            return
        _let_go(self._secrets)
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._watch.start()

    def _spawn(self) -> subprocess.Popen[str]:
        """In a thread: the child, with the secrets of this process handed on where they live in memory only."""
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        with self._log_file.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 - the command is our own, made by the command line
                self._command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                text=True,
                encoding="utf-8",
                creationflags=_creation_flags(),
            )
        _step_back(process.pid)
        if isinstance(self._secrets, PipedSecrets):
            self._secrets.hand_to(process.stdin)
        return process

    def _started(self, process: subprocess.Popen[str]) -> None:
        self._process, self._started_at = process, time.monotonic()
        log.info("engine started", process_id=process.pid)
        self.said.emit("")
        self._watch.start()

    def _look(self) -> None:
        process = self._process
        if process is None:
            self._watch.stop()
            return
        code = process.poll()
        if code is None:
            if self._deadline is not None and time.monotonic() > self._deadline:
                log.warning("engine did not stop in time", process_id=process.pid)
                process.terminate()
                self._deadline = time.monotonic() + STOP_SECONDS
            return
        self._watch.stop()
        self._process = None
        _let_go(self._secrets)
        if process.stdin is not None:
            process.stdin.close()
        if self._deadline is not None:
            self.stopped.emit()
        elif code != LOCK_HELD:
            self._restart(code)

    def _restart(self, code: int) -> None:
        if time.monotonic() - self._started_at > HEALTHY_SECONDS:
            self._wait = FIRST_WAIT
        log.error("engine ended by itself", code=code, again_in=self._wait)
        self.said.emit(f"The engine stopped (code {code}); starting it again in {self._wait:.0f} s")
        self._again.start(int(self._wait * 1000))
        self._wait = min(LONGEST_WAIT, self._wait * 2)


def _creation_flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    return 0


def _step_back(process_id: int) -> None:
    """Before it has threads, which take after it. On Linux none of them takes a processor from another thread when it wakes up."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # gone already, or not allowed: it works all the same
            os.setpriority(os.PRIO_PROCESS, process_id, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)
            if sys.platform == "linux":
                os.sched_setscheduler(process_id, os.SCHED_BATCH, os.sched_param(0))


def _let_go(secrets: SecretStore) -> None:
    if isinstance(secrets, PipedSecrets):
        secrets.hand_to(None)
