"""Long lists that nobody needs any more, let go piece by piece: to free 100,000 rows at once takes as long as five frames."""

from collections import deque
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QObject, QTimer

PIECE = 1_000
"""Rows that go at a time: about a millisecond."""
PAUSE = 20
"""Milliseconds from one piece to the next."""


class Leaving(QObject):
    """Holds rows until their turn to be freed comes."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: deque[Any] = deque()
        self._timer = QTimer(self, interval=PAUSE)
        self._timer.timeout.connect(self._let_go)

    def take(self, rows: Iterable[Any]) -> None:
        """Rows that whoever gives them is about to drop."""
        self._rows.extend(rows)
        self._timer.start()

    def _let_go(self) -> None:
        for _ in range(min(PIECE, len(self._rows))):
            self._rows.popleft()
        if not self._rows:
            self._timer.stop()
