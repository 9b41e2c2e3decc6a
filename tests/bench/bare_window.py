"""A window with an empty table, and nothing else: ``painted`` on standard output is the machine's monotonic clock in seconds."""

import sys
import time

from PySide6.QtCore import QEvent, QObject, QStringListModel, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView
from tests.bench.window_talk import POLL, lines_of_stdin, say


class Painted(QObject):
    """Says when something was painted for the first time."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Then it hears no more."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, lambda: say(painted=time.monotonic()))
        return False


def main() -> None:
    """Until ``quit`` is said."""
    application = QApplication(sys.argv[:1])
    main = QMainWindow()
    table = QTableView()
    table.setModel(QStringListModel([]))
    main.setCentralWidget(table)
    main.resize(1440, 900)
    ear = Painted()
    table.viewport().installEventFilter(ear)
    main.show()
    lines = lines_of_stdin()
    poll = QTimer(interval=POLL)
    poll.timeout.connect(lambda: None if lines.empty() or lines.get() != "quit" else application.quit())
    poll.start()
    application.exec()


if __name__ == "__main__":
    main()
