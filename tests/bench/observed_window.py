"""Pruvan Desk as ``pruvan-desk run`` starts it, with an ear at its window: ``… DATA_DIR PROJECTS``.

On standard output, one JSON object a line: ``painted`` and ``usable`` (seconds of the machine's monotonic clock), and, when a
line ``gap`` is read, ``longest_gap`` (seconds) of the Qt loop since the line ``watch``. ``show VIEW`` brings a view to the
front, ``quit`` closes the window. The first line is a JSON object of secrets.
"""

import json
import sys
import time
from queue import SimpleQueue
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from tests.bench.window_talk import POLL, lines_of_stdin, say

from pruvan_desk.cli import main as cli
from pruvan_desk.cli import run
from pruvan_desk.core.secrets import PipedSecrets
from pruvan_desk.ui.window import MainWindow


class Observer(QObject):
    """Says when the window was painted, when its table shows all projects, and how long its loop stood still."""

    def __init__(self, window: MainWindow, lines: "SimpleQueue[str]", projects: int) -> None:
        super().__init__(window)
        self.window, self.lines, self.projects = window, lines, projects
        self.painted, self.usable = False, False
        self.longest, self.last = 0.0, time.monotonic()
        window.installEventFilter(self)
        self.poll = QTimer(self, interval=POLL)
        self.poll.timeout.connect(self.look)
        self.poll.start()
        self.pulse = QTimer(self, interval=1, timerType=Qt.TimerType.PreciseTimer)
        self.pulse.timeout.connect(self.beat)
        self.orders = {"quit": window.leave, "watch": self.watch, "gap": self.tell_gap}

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The first painting."""
        if event.type() == QEvent.Type.Paint and not self.painted:
            self.painted = True
            QTimer.singleShot(0, lambda: say(painted=time.monotonic()))
        return False

    def beat(self) -> None:
        """The loop goes round."""
        now = time.monotonic()
        self.longest, self.last = max(self.longest, now - self.last), now

    def watch(self) -> None:
        """From now on."""
        self.longest, self.last = 0.0, time.monotonic()
        self.pulse.start()

    def tell_gap(self) -> None:
        """Until now."""
        self.pulse.stop()
        say(longest_gap=self.longest)

    def look(self) -> None:
        """What the bench wants."""
        if not self.usable:
            self.look_for_projects()
        if not self.lines.empty():
            word, _, name = self.lines.get().partition(" ")
            if word == "show":
                self.window.show_page(name)
            else:
                self.orders[word]()

    def look_for_projects(self) -> None:
        """Whether all are there."""
        page: Any = self.window.pages.get("projects")
        if page is not None and page.model.rowCount() >= self.projects:
            self.usable = True
            page.table.viewport().repaint()
            say(usable=time.monotonic())


def main(data_dir: str, projects: int) -> None:
    """Pruvan Desk as ``pruvan-desk run`` starts it, with an ear at its window."""
    lines = lines_of_stdin()

    def open_secrets(*_: object) -> PipedSecrets:
        secrets = PipedSecrets()
        for name, secret in json.loads(lines.get()).items():
            secrets.set(name, secret)
        return secrets

    first_show = MainWindow.showEvent

    def shown(window: MainWindow, event: Any) -> None:
        first_show(window, event)
        if not hasattr(window, "observer"):
            window.observer = Observer(window, lines, projects)

    run.open_secrets = open_secrets
    MainWindow.showEvent = shown  # type: ignore[method-assign]  # the bench looks on from inside
    cli.main(["run", "--data-dir", data_dir, "--secrets", "memory"])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
