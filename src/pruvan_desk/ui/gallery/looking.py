"""What the keys do that change nothing: views, zoom, filters by evidence type, full screen, the queue."""

from collections.abc import Callable, Mapping
from typing import Protocol

from PySide6.QtCore import QObject, SignalInstance
from PySide6.QtWidgets import QStackedLayout, QWidget

from pruvan_desk.store.views.items import ItemRow
from pruvan_desk.ui.gallery.compare import CompareView
from pruvan_desk.ui.gallery.file_commands import opens_elsewhere
from pruvan_desk.ui.gallery.filter_bar import FilterBar
from pruvan_desk.ui.gallery.grid import GridView
from pruvan_desk.ui.gallery.model import GalleryModel
from pruvan_desk.ui.gallery.pane import PicturePane
from pruvan_desk.ui.gallery.photo import PhotoView
from pruvan_desk.ui.gallery.queue import QaQueue

PAIR = 2


class View(Protocol):
    """What is needed of the gallery."""

    model: GalleryModel
    grid: GridView
    photo: PhotoView
    compare: CompareView
    filters: FilterBar
    queue: QaQueue
    body: QStackedLayout
    bare_wanted: SignalInstance

    @property
    def is_single(self) -> bool:
        """Whether the photo has the whole view."""

    @property
    def is_comparing(self) -> bool:
        """Whether photos are side by side."""

    def show_single(self, *, single: bool) -> None:
        """The photo alone, or the grid beside it."""

    def set_bare(self, *, bare: bool) -> None:
        """Hides everything but the photo, or shows it again."""

    def focus_first(self) -> None:
        """The comparison, the photo or the grid."""

    def chosen(self) -> list[ItemRow]:
        """The items that a key acts on."""


class Looking(QObject):
    """One method for each deed."""

    def __init__(self, page: View, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = page
        self.is_bare = False
        self._single_before = False

    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """By the names of the action map."""
        return {
            "grid": self.back,
            "next_project": self.next_project,
            "zoom": lambda: self._pane().toggle_zoom(),
            "zoom_in": lambda: self._pane().step_zoom(1),
            "zoom_out": lambda: self._pane().step_zoom(-1),
            "full_screen": self.full_screen,
            "compare": self.toggle_comparison,
            "four_up": self.four_up,
            "show_before": lambda: self.show_evidence("before"),
            "show_during": lambda: self.show_evidence("during"),
            "show_after": lambda: self.show_evidence("after"),
            "show_all": lambda: self.show_evidence(""),
        }

    def back(self) -> None:
        """G and Escape: out of full screen first, then out of the comparison, then to the grid."""
        if self.is_bare:
            self.full_screen()
        elif self._page.is_comparing:
            self.leave_comparison()
        else:
            self._page.show_single(single=False)

    def full_screen(self) -> None:
        """The photo on the whole screen, or the window as it was."""
        page = self._page
        self.is_bare = not self.is_bare
        if self.is_bare:
            self._single_before = page.is_single
            page.show_single(single=True)
        page.set_bare(bare=self.is_bare)
        page.bare_wanted.emit(self.is_bare)
        if not self.is_bare:
            page.show_single(single=self._single_before)
        page.focus_first()

    def toggle_comparison(self) -> None:
        """Side by side: what is selected, or the Befores and Afters of the current photo's task; once more leads back."""
        page = self._page
        if page.is_comparing:
            self.leave_comparison()
            return
        rows = page.grid.chosen() if not page.is_single else page.chosen()
        if not rows:
            return
        page.body.setCurrentWidget(page.compare)
        page.compare.setFocus()
        if len(rows) >= PAIR:
            page.compare.compare_rows(rows)
        else:
            same = [
                row
                for row in page.model.all_now()
                if (row.project_id, row.task) == (rows[0].project_id, rows[0].task)
                and row.sha256 is not None
                and not opens_elsewhere(row)
            ]
            page.compare.compare_task(same, rows[0])

    def leave_comparison(self) -> None:
        """Back to the grid, at the photo that was looked at last."""
        page = self._page
        if not page.is_comparing:
            return
        row = page.compare.current()
        page.body.setCurrentIndex(0)
        place = page.model.place(row.id) if row is not None else None
        if place is not None:
            page.grid.go(place)
        page.focus_first()

    def four_up(self) -> None:
        """Two or four up."""
        if self._page.is_comparing:
            self._page.compare.toggle_four()

    def show_evidence(self, evidence_type: str) -> None:
        """Shows one evidence type, or all."""
        self._page.filters.evidence.choose(evidence_type)
        self._page.filters.evidence.chosen.emit()

    def next_project(self) -> None:
        """The next project of the queue; begins the queue where none runs."""
        if self._page.queue.running:
            self._page.queue.skip()
        else:
            self._page.queue.start()

    def _pane(self) -> PicturePane:
        page = self._page
        return page.compare.active_pane() if page.is_comparing else page.photo
