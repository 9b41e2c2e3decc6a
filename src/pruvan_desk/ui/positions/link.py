"""What ties the plot of positions to the gallery: selecting and pointing in one is seen in the other."""

from collections.abc import Callable, Mapping
from typing import Protocol

from PySide6.QtCore import QModelIndex, QObject
from PySide6.QtWidgets import QWidget

from pruvan_desk.store.views.items import ItemRow
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.gallery.grid import GridView
from pruvan_desk.ui.gallery.model import ITEM_ROLE, GalleryModel
from pruvan_desk.ui.positions.window import PositionsWindow
from pruvan_desk.ui.theme import Theme


class Gallery(Protocol):
    """What is needed of the view."""

    desk: Desk
    theme: Theme
    model: GalleryModel
    grid: GridView

    def chosen(self) -> list[ItemRow]:
        """The items that a key acts on."""

    def show_single(self, *, single: bool) -> None:
        """The photo alone, or the grid beside it."""

    def say(self, title: str, advice: str) -> None:
        """Tells a person."""


class PositionsLink(QObject):
    """Makes the window when it is first wanted."""

    def __init__(self, page: Gallery, parent: QWidget) -> None:
        super().__init__(parent)
        self._page, self._parent = page, parent
        self.window: PositionsWindow | None = None

    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """By the names of the action map."""
        return {"positions": self.toggle}

    def toggle(self) -> None:
        """Shows the plot beside the gallery; once more closes it."""
        if self.window is not None and self.window.isVisible():
            self.window.close()
        else:
            self.show()

    def show(self) -> None:
        """Shows the plot beside the gallery."""
        self.window = self.window or self._make()
        self.follow()
        self.window.show()

    def follow(self) -> None:
        """The gallery shows something else, or is at another photo."""
        if self.window is not None:
            chosen = self._page.chosen()
            self.window.follow(self._page.model.all_now, chosen[0] if chosen else None)

    def _make(self) -> PositionsWindow:
        page = self._page
        window = PositionsWindow(page.desk, page.theme, self._parent)
        page.grid.setMouseTracking(True)
        page.grid.entered.connect(self._point)
        page.grid.current_changed.connect(self.follow)
        page.model.regrouped.connect(self.follow)
        page.model.dataChanged.connect(lambda *_: self.follow())
        window.item_wanted.connect(self._go)
        window.opened.connect(lambda: page.show_single(single=True))
        return window

    def _point(self, index: QModelIndex) -> None:
        row = index.data(ITEM_ROLE)
        if self.window is not None and isinstance(row, ItemRow):
            self.window.plot.point_at(row.id)

    def _go(self, item_id: int) -> None:
        place = self._page.model.place(item_id)
        if place is not None:
            self._page.grid.go(place)
        else:
            self._page.say("A filter hides this photo in the gallery.", "Clear the filter to see it.")
