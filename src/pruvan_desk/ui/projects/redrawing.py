"""What a table draws anew when rows come in from elsewhere: those that show something else than before, a few at a time.

Qt draws all of a table whose rows were put in order anew. While an import runs that is many times a second, and hardly anything of
what is seen has changed.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QRect, Qt, QTimer
from PySide6.QtWidgets import QTableView

TOGETHER = 6
"""Rows that are drawn in one go, before the loop goes round."""
STALE = object()
"""Stands for what a row shows that is not yet drawn anew."""


class Redrawing(QObject):
    """Of one table, whose rows are of one height. ``shown`` answers the rows, in order, each the same object while it looks the same."""

    def __init__(self, table: QTableView, shown: Callable[[], Sequence[object]]) -> None:
        super().__init__(table)
        self._table, self._shown = table, shown
        table.viewport().setAttribute(Qt.WidgetAttribute.WA_StaticContents)  # a scroll bar that comes moves nothing
        self._before: dict[int, object] | None = None
        self._is_due = False
        self._rest: list[int] = []
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._draw_some)

    def note_rows(self) -> None:
        """Rows are about to come, go or change their places, and somebody looks on."""
        if not self._is_due:
            self._before = self._seen() | dict.fromkeys(self._rest, STALE)
        self._is_due = True

    def note_wish(self) -> None:
        """They are about to do so because somebody wants it: what is wanted is drawn at once, and whole."""
        self._before, self._is_due = None, True

    def note_other(self) -> None:
        """All that is seen moves, or looks otherwise: what was seen before says nothing any more."""
        self._before = None
        if self._rest:
            self._rest = []
            self._table.viewport().update()

    def lay_out(self, lay_out: Callable[[], None]) -> None:
        """Lets the table lay itself out; draws all of it, unless :meth:`note_rows` was what came before."""
        viewport, size, before = self._table.viewport(), self._table.viewport().size(), self._before
        viewport.setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, before is not None)
        lay_out()
        viewport.setAttribute(Qt.WidgetAttribute.WA_UpdatesDisabled, False)
        is_known = self._before is not None and viewport.size() == size
        self._before, self._is_due, self._rest = None, False, []
        if before is not None and is_known:
            after = self._seen()
            self._rest = sorted(y for y in before.keys() | after.keys() if before.get(y) is not after.get(y))
            self._draw_some()
        elif before is not None:
            viewport.update()

    def note_drawn(self) -> None:
        """Something was drawn."""
        if self._rest:
            self._next.start()

    def _draw_some(self) -> None:
        some, self._rest = self._rest[:TOGETHER], self._rest[TOGETHER:]
        viewport = self._table.viewport()
        for y in some:
            viewport.update(QRect(0, y, viewport.width(), self._row_height()))

    def _seen(self) -> dict[int, object]:
        """What is seen, by its place on the screen."""
        first = self._table.rowAt(0)
        if first < 0:
            return {}
        top, height = self._table.rowViewportPosition(first), self._row_height()
        count = (self._table.viewport().height() - top) // height + 1
        return {top + n * height: row for n, row in enumerate(self._shown()[first : first + count])}

    def _row_height(self) -> int:
        return self._table.verticalHeader().defaultSectionSize()
