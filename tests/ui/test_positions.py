"""The plot of positions beside the gallery: what is drawn, by mouse and keys, tied to the tiles."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.models import Project
from pruvan_desk.ui.gallery.view import GalleryPage
from pruvan_desk.ui.positions.window import PositionsWindow
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice
from ui.galleries import press

OpenGallery = Callable[..., GalleryPage]
HOUSE = (30.5, -97.7)
METRE = 1 / 111_195


def put(elsewhere: ElsewhereOffice, project: int, *north: float | None, **values) -> None:
    """Photos so many metres north of the house, or without a position."""
    for number, metres in enumerate(north):
        at = {} if metres is None else {"latitude": HOUSE[0] + metres * METRE, "longitude": HOUSE[1]}
        given = {"file_name": f"{number}.jpg", "created_by": "crew7", **at, **values}
        elsewhere.picture(project, state=ItemState.PASSED, **given)
    elsewhere.touch(project)


@pytest.fixture
def house(elsewhere: ElsewhereOffice, project: int) -> int:
    elsewhere.change(Project, project, latitude=HOUSE[0], longitude=HOUSE[1])
    return project


def plotted(qtbot: QtBot, page: GalleryPage, count: int) -> PositionsWindow:
    qtbot.waitUntil(lambda: page.model.rowCount() >= count)
    press(qtbot, page, Qt.Key.Key_L)
    window = page.positions.window
    assert window is not None
    qtbot.waitUntil(window.isVisible)
    qtbot.waitUntil(lambda: len(window.plot.spots) == count)
    window.plot.grab()  # draws it
    return window


def spot(window: PositionsWindow, name: str) -> QPoint:
    """Where a photo is drawn."""
    plot = window.plot
    found = next(each for each in plot.spots if plot.words(each).startswith(name))
    at = plot.place_of(found.id)
    assert at is not None
    return at.toPoint()


def test_near_and_far_are_counted_and_what_has_no_place_is_named(
    qtbot: QtBot, gallery: OpenGallery, elsewhere: ElsewhereOffice, house: int
) -> None:
    page = gallery()
    put(elsewhere, house, 10.0, 40.0, 900.0, None)
    elsewhere.picture(house, latitude=91.0, longitude=0.0)
    elsewhere.picture(house, latitude=0.0, longitude=0.0)
    elsewhere.touch(house)
    window = plotted(qtbot, page, 3)
    for words in ("within 500 m: 2", "farther: 1", "without a position: 1", "with an impossible one: 2"):
        qtbot.waitUntil(lambda words=words: words in window.legend.text())


def test_a_click_goes_to_the_photo_and_a_photo_is_marked_in_the_plot(
    qtbot: QtBot, gallery: OpenGallery, elsewhere: ElsewhereOffice, house: int
) -> None:
    page = gallery()
    put(elsewhere, house, 10.0, 40.0, 90.0, accuracy=5.0)
    window = plotted(qtbot, page, 3)
    QTest.mouseClick(window.plot, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot(window, "2.jpg"))
    qtbot.waitUntil(lambda: page.chosen()[0].file_name == "2.jpg")
    qtbot.waitUntil(lambda: window.about.text().endswith("90 m from the property ± 5 m"))
    page.grid.go(0)
    qtbot.waitUntil(lambda: window.plot.selected == page.chosen()[0].id)
    assert window.plot.accessibleDescription().startswith("0.jpg")


def test_what_is_pointed_at_is_named(
    qtbot: QtBot, gallery: OpenGallery, elsewhere: ElsewhereOffice, house: int
) -> None:
    page = gallery()
    put(elsewhere, house, 10.0, 90.0)
    window = plotted(qtbot, page, 2)
    at = QPointF(spot(window, "1.jpg"))
    none = Qt.MouseButton.NoButton
    moved = QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(window.plot, moved)  # the pointer itself is elsewhere, and would be told so
    qtbot.waitUntil(lambda: window.about.text().startswith("1.jpg"))
    page.grid.entered.emit(page.model.index(0))
    assert window.plot.hovered == page.model.shown[0].id


def test_arrows_go_from_photo_to_photo_in_the_order_of_time(
    qtbot: QtBot, gallery: OpenGallery, elsewhere: ElsewhereOffice, house: int
) -> None:
    page = gallery()
    put(elsewhere, house, 10.0, 40.0, 90.0)
    window = plotted(qtbot, page, 3)
    order = [each.id for each in window.plot.spots]
    page.grid.go(page.model.place(order[0]) or 0)
    for step in (1, 2, 0):
        QTest.keyClick(window.plot, Qt.Key.Key_Right)
        qtbot.waitUntil(lambda step=step: window.plot.selected == order[step])
    QTest.keyClick(window.plot, Qt.Key.Key_Return)
    assert page.is_single


def test_zoom_keeps_what_is_under_the_pointer_and_0_shows_all_again(
    qtbot: QtBot, gallery: OpenGallery, elsewhere: ElsewhereOffice, house: int
) -> None:
    page = gallery()
    put(elsewhere, house, 10.0, 90.0)
    window = plotted(qtbot, page, 2)
    before = spot(window, "1.jpg")
    for _ in range(4):
        window.plot.zoom(1, QPointF(before))
    assert (spot(window, "1.jpg") - before).manhattanLength() <= 3
    QTest.keyClick(window.plot, Qt.Key.Key_R)
    assert abs(spot(window, "1.jpg").y() - window.plot.height() / 2) < window.plot.height() / 5
    QTest.keyClick(window.plot, Qt.Key.Key_0)
    assert (spot(window, "1.jpg") - before).manhattanLength() <= 3


def test_without_positions_it_says_what_to_do(
    qtbot: QtBot, gallery: OpenGallery, elsewhere: ElsewhereOffice, house: int
) -> None:
    page = gallery()
    put(elsewhere, house, None)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    window = plotted(qtbot, page, 0)
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.empty)
    assert not window.fit.isEnabled()


def test_it_closes_with_its_key_and_a_photo_that_came_meanwhile_is_there(
    qtbot: QtBot, gallery: OpenGallery, elsewhere: ElsewhereOffice, house: int
) -> None:
    page = gallery()
    put(elsewhere, house, 10.0)
    window = plotted(qtbot, page, 1)
    put(elsewhere, house, 30.0)
    qtbot.waitUntil(lambda: len(window.plot.spots) == 2)
    press(qtbot, page, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: not window.isVisible())


def test_without_the_property_nothing_is_near_or_far(
    qtbot: QtBot, gallery: OpenGallery, elsewhere: ElsewhereOffice, project: int
) -> None:
    page = gallery()
    put(elsewhere, project, 10.0, 20.0)
    window = plotted(qtbot, page, 2)
    assert window.legend.text() == "The position of the property is not known · ● 2 photos"
    assert not window.radius.isEnabled()


def test_a_project_leads_to_its_plot(
    qtbot: QtBot, elsewhere: ElsewhereOffice, house: int, open_window: Callable[[], MainWindow]
) -> None:
    put(elsewhere, house, 10.0, 20.0)
    window = open_window()
    projects = window.show_page("projects")
    qtbot.waitUntil(lambda: projects.model.rowCount() == 1)
    projects.open_project(house)
    qtbot.waitUntil(projects.panel.positions.isVisible)
    projects.panel.positions.click()
    qtbot.waitUntil(lambda: window.current == "gallery")
    plot = window.pages["gallery"].positions.window
    qtbot.waitUntil(lambda: plot.isVisible() and len(plot.plot.spots) == 2)
