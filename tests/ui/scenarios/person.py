"""Somebody in front of the window: sees what is visible, clicks it, types into it. Knows nothing of what is behind it.

Every deed waits until what it needs is on the screen, and so is a generator: ``yield from mary.clicks("Save")``.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QTabBar,
    QTableView,
    QWidget,
)

from pruvan_desk.ui.annotate.canvas import Canvas

LEFT, PLAIN, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
W = TypeVar("W", bound=QWidget)


@dataclass(frozen=True)
class Wait:
    """What has to be true before the scenario goes on, and how it is called when it is waited for in vain."""

    words: str
    come: Callable[[], object]


Deed = Generator[Wait, Any, Any]


class Person:
    """One person at one screen."""

    def until(self, words: str, come: Callable[[], object]) -> Deed:
        """Waits; answers what ``come`` answered when it was true."""
        return (yield Wait(words, come))

    def sees(self, words: str) -> Deed:
        """Waits until these words are somewhere on the screen."""
        yield Wait(f"to see “{words}”", lambda: any(words in text for text in self.texts()))

    def no_longer_sees(self, words: str) -> Deed:
        """Waits until these words are gone."""
        yield Wait(f"not to see “{words}”", lambda: not any(words in text for text in self.texts()))

    def reads(self, beginning: str) -> Deed:
        """Waits for a text that begins so, and answers the rest of it."""

        def find() -> str:
            return next((text[len(beginning) :] for text in self.texts() if text.startswith(beginning)), "")

        return (yield Wait(f"to read “{beginning}…”", find))

    def clicks(self, name: str) -> Deed:
        """Clicks the button of this name in the window in front."""
        found = yield Wait(f"the button “{name}”", lambda: self._button(name))
        sign = (
            QPoint(found.height() // 2, found.height() // 2) if isinstance(found, QCheckBox) else found.rect().center()
        )
        QTest.mouseClick(found, LEFT, PLAIN, sign)

    def goes_to(self, view: str) -> Deed:
        """Clicks a view in the rail."""
        yield from self.clicks(view)

    def fills(self, **fields: str) -> Deed:
        """Types into fields, named by their accessible names with _ for a space."""
        for name, words in fields.items():
            wanted = name.replace("_", " ")
            field = yield Wait(f"the field “{wanted}”", lambda wanted=wanted: self._named(QLineEdit, wanted))
            QTest.mouseClick(field, LEFT)
            QTest.keyClick(field, Qt.Key.Key_A, CTRL)
            QTest.keyClicks(field, words)

    def writes(self, name: str, words: str) -> Deed:
        """Writes several lines into a field."""
        field = yield Wait(f"the field “{name}”", lambda: self._named(QPlainTextEdit, name))
        QTest.mouseClick(field.viewport(), LEFT)
        for place, line in enumerate(words.split("\n")):
            if place:
                QTest.keyClick(field, Qt.Key.Key_Return)
            QTest.keyClicks(field, line)

    def types(self, words: str) -> Deed:
        """Types where the cursor is."""
        yield Wait("a window in front", self._in_front)
        field = yield Wait("a field with the cursor in it", lambda: _as_field(QApplication.focusWidget()))
        QTest.keyClicks(field, words)

    def clicks_item(self, name: str, words: str) -> Deed:
        """Clicks the picture in a list that is spoken so."""

        def find() -> tuple[QListWidget, QListWidgetItem] | None:
            found = self._named(QListWidget, name)
            items = [found.item(place) for place in range(found.count())] if found is not None else []
            item = next((each for each in items if words in str(each.data(Qt.ItemDataRole.AccessibleTextRole))), None)
            return (found, item) if found is not None and item is not None else None

        view, item = yield Wait(f"“{words}” in {name}", find)
        view.scrollToItem(item)
        QTest.mouseClick(view.viewport(), LEFT, PLAIN, view.visualItemRect(item).center())

    def clicks_in_menu(self, words: str) -> Deed:
        """Chooses from the menu that is open."""

        def find() -> tuple[QMenu, QAction] | None:
            menu = QApplication.activePopupWidget()
            actions = menu.actions() if isinstance(menu, QMenu) else []
            action = next((each for each in actions if each.text() == words), None)
            return (menu, action) if isinstance(menu, QMenu) and action is not None else None

        menu, action = yield Wait(f"“{words}” in a menu", find)
        QTest.mouseClick(menu, LEFT, PLAIN, menu.actionGeometry(action).center())

    def field(self, name: str) -> Deed:
        """Waits for a field, and answers what is in it."""
        found = yield Wait(f"the field “{name}”", lambda: self._named(QLineEdit, name))
        return found.text()

    def opens_tab(self, name: str) -> Deed:
        """Clicks a tab of the window in front."""

        def find() -> tuple[QTabBar, int] | None:
            tabs = ((bar, place) for bar in self._all(QTabBar) for place in range(bar.count()))
            return next((found for found in tabs if found[0].tabText(found[1]) == name), None)

        bar, place = yield Wait(f"the tab “{name}”", find)
        QTest.mouseClick(bar, LEFT, PLAIN, bar.tabRect(place).center())

    def chooses(self, box: str, words: str) -> Deed:
        """Opens a field with choices, goes down to the one that begins so, and takes it."""

        def find() -> QComboBox | None:
            found = self._named(QComboBox, box)
            there = found is not None and any(found.itemText(place).startswith(words) for place in range(found.count()))
            return found if there else None

        field = yield Wait(f"“{words}” in {box}", find)
        QTest.keyClick(field, Qt.Key.Key_F4)
        choices = field.view()
        yield Wait(f"the choices of {box}", choices.isVisible)
        QTest.keyClick(choices, Qt.Key.Key_Home)
        while not str(choices.currentIndex().data()).startswith(words):
            QTest.keyClick(choices, Qt.Key.Key_Down)
        QTest.keyClick(choices, Qt.Key.Key_Return)

    def clicks_row(self, table: str, words: str) -> Deed:
        """Clicks the row of a table that shows these words."""
        view, index = yield Wait(f"“{words}” in {table}", lambda: self._row(table, words))
        view.scrollTo(index)
        QTest.mouseClick(view.viewport(), LEFT, PLAIN, view.visualRect(index).center())

    def sees_row(self, table: str, *words: str) -> Deed:
        """Waits until a row of a table shows all of these words."""
        yield Wait(f"{words} in {table}", lambda: self._row(table, *words))

    def sees_tiles(self, count: int, *marks: str) -> Deed:
        """Waits until the gallery shows so many tiles whose spoken names hold all of ``marks``."""

        def are_there() -> bool:
            return sum(all(mark in tile for mark in marks) for tile in self.tiles()) == count

        yield Wait(f"{count} tiles {marks} among {self.tiles()}", are_there)

    def tiles(self) -> list[str]:
        """What a screen reader says of the tiles of the gallery."""
        grid = self._named(QAbstractItemView, "Photos")
        if grid is None:
            return []
        model = grid.model()
        rows = [model.index(row, 0) for row in range(model.rowCount())]
        return [str(row.data(Qt.ItemDataRole.AccessibleTextRole)) for row in rows]

    def clicks_tile(self, place: int) -> Deed:
        """Clicks a tile of the gallery."""
        grid = yield Wait("the gallery", lambda: self._named(QAbstractItemView, "Photos"))
        index = grid.model().index(place, 0)
        grid.scrollTo(index)
        QTest.mouseClick(grid.viewport(), LEFT, PLAIN, grid.visualRect(index).center())

    def drags_over_photo(self, start: tuple[float, float], end: tuple[float, float]) -> Deed:
        """Drags the mouse over the photo in the window in front, from one point to another: shares of its sides."""
        photo = yield Wait("the photo", lambda: self._shown(Canvas))
        where = photo.place()
        first, last = (
            QPoint(round(where.left() + x * where.width()), round(where.top() + y * where.height()))
            for x, y in (start, end)
        )
        QTest.mousePress(photo, LEFT, PLAIN, first)
        QTest.mouseMove(photo, (first + last) / 2)
        QTest.mouseMove(photo, last)
        QTest.mouseRelease(photo, LEFT, PLAIN, last)

    def presses(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> Deed:
        """Presses a key where the focus is."""
        yield Wait("a window in front", self._in_front)
        QTest.keyClick(QApplication.focusWidget() or self.window(), key, modifiers)

    def texts(self) -> Iterator[str]:
        """Every text that can be read now, the front window's and those behind it."""
        for top in QApplication.topLevelWidgets():
            if not top.isVisible():
                continue
            if isinstance(top, QMessageBox):
                yield from (top.text(), top.informativeText())
            for widget in top.findChildren(QWidget):
                if widget.isVisible() and isinstance(widget, (QLabel, QAbstractButton)):
                    yield widget.text()

    def window(self) -> QWidget | None:
        """What is in front: a dialog, or the main window."""
        modal = QApplication.activeModalWidget()
        tops = [top for top in QApplication.topLevelWidgets() if top.isVisible() and top.objectName() != "toast"]
        return modal or next(iter(tops), None)

    def _in_front(self) -> bool:
        """Whether keys go to our window; a screen without a window manager has to be asked once a dialog is gone."""
        front = self.window()
        if front is not None and QApplication.activeWindow() is not front:
            front.activateWindow()
        return front is not None and QApplication.activeWindow() is front

    def _button(self, name: str) -> QAbstractButton | None:
        for button in self._all(QAbstractButton):
            if button.isEnabled() and name in (button.text().replace("&", ""), button.accessibleName()):
                return button
        return None

    def _shown(self, kind: type[Canvas]) -> Canvas | None:
        return next((photo for photo in self._all(kind) if photo.shows_photo()), None)

    def _named(self, kind: type[W], name: str) -> W | None:
        return next((found for found in self._all(kind) if found.accessibleName() == name), None)

    def _all(self, kind: type[W]) -> list[W]:
        front = self.window()
        return [found for found in front.findChildren(kind) if found.isVisible()] if front else []

    def _row(self, table: str, *words: str) -> tuple[QTableView, QModelIndex] | None:
        view = self._named(QTableView, table)
        if view is None or view.model() is None:
            return None
        model = view.model()
        for row in range(model.rowCount()):
            cells = [model.index(row, column) for column in range(model.columnCount())]
            shown = [str(cell.data()) for cell in cells if not view.isColumnHidden(cell.column())]
            if all(any(word in text for text in shown) for word in words):
                first = next(cell for cell in cells if not view.isColumnHidden(cell.column()))
                return view, first
        return None


def _as_field(widget: QWidget | None) -> QWidget | None:
    return widget if isinstance(widget, (QLineEdit, QPlainTextEdit)) else None
