"""What tests of the gallery share: pressing keys, and what is seen and kept."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.models import Item
from pruvan_desk.ui.gallery.view import GalleryPage
from ui.elsewhere import ElsewhereOffice

NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


def states(page: GalleryPage) -> list[ItemState]:
    return [row.state for row in page.model.shown]


def kept_states(elsewhere: ElsewhereOffice) -> list[str]:
    return [item.state for item in elsewhere.all(Item)]


def press(qtbot: QtBot, page: GalleryPage, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    page.window().activateWindow()  # a screen without a window manager has to be asked, once a dialog is gone
    qtbot.waitUntil(page.window().isActiveWindow)
    target = page.compare if page.is_comparing else page.photo if page.is_single else page.grid
    qtbot.keyClick(target, key, modifier)


def dialog(qtbot: QtBot) -> QDialog:
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    found = QApplication.activeModalWidget()
    assert isinstance(found, QDialog)
    qtbot.waitUntil(found.isActiveWindow)  # until then keys still go to the window behind it
    return found
