"""Puts a scenario on: starts the whole program, lets a person act in it step by step, and closes it."""

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from pruvan_desk.app import make_application, run
from pruvan_desk.cli.program import worker_command
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import SecretStore
from pruvan_desk.ui.window import MainWindow
from ui.scenarios.person import Deed, Person, Wait

LOOK = 10
"""Milliseconds between two looks at the screen."""
PATIENCE_SECONDS = 45.0
"""For one step; a machine that runs four tests at once is slow."""
Scenario = Callable[[Person], Deed]


class _Act(QTimer):
    """Goes through a scenario from the event loop of the program itself."""

    def __init__(self, scenario: Deed, done: Callable[[], None]) -> None:
        super().__init__(interval=LOOK)
        self._scenario, self._done = scenario, done
        self._wait: Wait | None = None
        self._since = time.monotonic()
        self.failure: BaseException | None = None
        self.timeout.connect(self._step)

    def _step(self) -> None:
        try:
            answer = self._wait.come() if self._wait is not None else None
            if self._wait is not None and not answer:
                if time.monotonic() - self._since > PATIENCE_SECONDS:
                    self._scenario.throw(TimeoutError(f"waited in vain for {self._wait.words}"))
                return
            self._wait = self._scenario.send(answer)
            self._since = time.monotonic()
        except StopIteration:
            self._finish()
        except BaseException as failure:  # noqa: BLE001 - told by the test, whatever it is
            self.failure = failure
            self._finish()

    def _finish(self) -> None:
        self.stop()
        self._done()


def perform(folder: DataFolder, secrets: SecretStore, scenario: Scenario, picture: Path | None = None) -> None:
    """Runs the program with its engine until ``scenario`` is over; raises what failed in it, with a picture of that moment."""
    hooks = sys.excepthook, threading.excepthook

    def close() -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, MainWindow):
                if act.failure is not None and picture is not None:
                    window.grab().save(str(picture))
                window.leave()

    make_application()  # a timer needs one
    act = _Act(scenario(Person()), close)
    act.start()
    try:
        code = run(folder, secrets, worker_command(folder.root, secrets.kind))
    finally:
        act.stop()
        sys.excepthook, threading.excepthook = hooks
    if act.failure is not None:
        raise act.failure
    if code != 0:
        pytest.fail(f"the program ended with {code}")
