"""What the QA queue does to the gallery: the next project is shown, or the one that it goes back to; at the end all that waits."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, SignalInstance

from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.views.items import PROJECT, ItemRow, Scope
from pruvan_desk.ui.gallery.filter_bar import FilterBar
from pruvan_desk.ui.gallery.filtering import Filter
from pruvan_desk.ui.gallery.looking import Looking
from pruvan_desk.ui.gallery.queue import QaQueue
from pruvan_desk.ui.gallery.scoping import ALL_PENDING


class View(Protocol):
    """What is needed of the gallery."""

    filters: FilterBar
    looking: Looking
    queue: QaQueue
    said: SignalInstance

    def open_scope(self, scope: Scope, item_id: int | None = None) -> None:
        """Shows other items, at one of them."""

    def focus_first(self) -> None:
        """The comparison, the photo or the grid."""


class QueueView(QObject):
    """Follows the queue."""

    def __init__(self, page: View, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        self._photo: int | None = None
        page.queue.project_wanted.connect(self._show)
        page.queue.finished.connect(self._end)

    def go_back(self, rows: Sequence[ItemRow]) -> None:
        """To the first of these items that is in a project of this run."""
        queue = self._page.queue
        left = next((row for row in rows if row.project_id in queue.visited), None)
        if left is not None and queue.running:
            self._photo = left.id
            queue.go_back(left.project_id)
            self._photo = None

    def _show(self, project_id: int) -> None:
        """What waits in a project."""
        self._page.looking.leave_comparison()
        self._page.open_scope(Scope(PROJECT, project_id), self._photo)
        self._page.filters.put(Filter(state=ItemState.PENDING_QA))
        self._page.focus_first()

    def _end(self) -> None:
        self._page.said.emit("The QA queue is done: nothing waits for QA.", "")
        self._page.open_scope(ALL_PENDING)
        self._page.filters.clear()
