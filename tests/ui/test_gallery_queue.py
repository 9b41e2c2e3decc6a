"""The QA queue in the real window."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pruvan_desk.domain.qa_queue import QueueOrder
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.ui.gallery.publishing import PublishDialog
from pruvan_desk.ui.gallery.view import GalleryPage
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice
from ui.galleries import CTRL, SHIFT, dialog, kept_states, press, states

Key = Qt.Key


@pytest.fixture
def projects(elsewhere: ElsewhereOffice) -> list[int]:
    """Two with a photo each that waits; the second is the more urgent."""
    integration = elsewhere.integration()
    made = [elsewhere.project(integration, "1"), elsewhere.project(integration, "2", due="2026-06-01")]
    for project in made:
        elsewhere.picture(project)
    return made


@pytest.fixture
def page(qtbot: QtBot, projects: list[int], open_window: Callable[[], MainWindow]) -> GalleryPage:
    window = open_window()
    found = window.show_page("gallery")
    assert isinstance(found, GalleryPage)
    found.queue._move_on.setInterval(0)
    qtbot.waitUntil(lambda: found.model.rowCount() == 2)
    return found


def start(qtbot: QtBot, page: GalleryPage, project: int) -> None:
    page.queue_button.click()
    arrive(qtbot, page, project)


def arrive(qtbot: QtBot, page: GalleryPage, project: int) -> None:
    """Waits until the photos of a project are shown."""
    qtbot.waitUntil(lambda: page.model.scope is not None and page.model.scope.project_id == project)
    page.grid.setFocus()


def test_it_moves_on_by_itself_until_nothing_waits(qtbot: QtBot, page: GalleryPage, projects: list[int]) -> None:
    start(qtbot, page, projects[0])
    assert page.queue_strip.isVisible()
    qtbot.waitUntil(lambda: page.queue_strip.words.text() == "2 items in 2 projects left")
    press(qtbot, page, Key.Key_P)
    arrive(qtbot, page, projects[1])
    qtbot.waitUntil(lambda: page.queue_strip.words.text() == "1 item in 1 project left")
    with qtbot.waitSignal(page.queue.finished):
        press(qtbot, page, Key.Key_P)
    assert not page.queue.running
    assert not page.queue_strip.isVisible()


def test_the_most_urgent_comes_first_when_that_is_chosen(qtbot: QtBot, page: GalleryPage, projects: list[int]) -> None:
    page.queue.use_order(QueueOrder.URGENT)
    start(qtbot, page, projects[1])


def test_a_project_can_be_left_for_later(qtbot: QtBot, page: GalleryPage, projects: list[int]) -> None:
    start(qtbot, page, projects[0])
    press(qtbot, page, Key.Key_PageDown, CTRL)
    arrive(qtbot, page, projects[1])
    press(qtbot, page, Key.Key_P)
    arrive(qtbot, page, projects[0])


def test_publishing_sends_what_passed_in_all_projects_so_far(
    qtbot: QtBot, elsewhere: ElsewhereOffice, page: GalleryPage, projects: list[int]
) -> None:
    start(qtbot, page, projects[0])
    press(qtbot, page, Key.Key_P)
    arrive(qtbot, page, projects[1])
    press(qtbot, page, Key.Key_Return, CTRL)
    asking = dialog(qtbot)
    assert isinstance(asking, PublishDialog)
    assert "1 passed item of 2 projects" in asking.question.text()
    assert "1 still unreviewed" in asking.left_behind.text()
    asking.accept()
    qtbot.waitUntil(lambda: kept_states(elsewhere) == ["queued", "pending_qa"])
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)


def test_an_undo_goes_back_to_the_project_that_the_queue_has_left(
    qtbot: QtBot, elsewhere: ElsewhereOffice, page: GalleryPage, projects: list[int]
) -> None:
    start(qtbot, page, projects[0])
    press(qtbot, page, Key.Key_P)
    arrive(qtbot, page, projects[1])
    press(qtbot, page, Key.Key_Z, CTRL)
    arrive(qtbot, page, projects[0])
    assert states(page) == [ItemState.PENDING_QA]
    assert page.queue.running
    qtbot.waitUntil(lambda: page.queue_strip.words.text() == "2 items in 2 projects left")
    press(qtbot, page, Key.Key_P)  # and on again, when it is done
    arrive(qtbot, page, projects[1])
    qtbot.waitUntil(lambda: kept_states(elsewhere) == ["passed", "pending_qa"])


def test_an_undo_goes_back_to_the_photo_in_a_project_left_for_later(
    qtbot: QtBot, elsewhere: ElsewhereOffice, page: GalleryPage, projects: list[int]
) -> None:
    elsewhere.picture(projects[0])
    start(qtbot, page, projects[0])
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    press(qtbot, page, Key.Key_Right)
    (marked,) = page.chosen()
    press(qtbot, page, Key.Key_P)
    press(qtbot, page, Key.Key_PageDown, CTRL)
    arrive(qtbot, page, projects[1])
    press(qtbot, page, Key.Key_Z, CTRL)
    arrive(qtbot, page, projects[0])
    qtbot.waitUntil(lambda: [row.id for row in page.chosen()] == [marked.id])


def test_without_the_queue_an_undo_elsewhere_leaves_what_is_shown(
    qtbot: QtBot, elsewhere: ElsewhereOffice, page: GalleryPage, projects: list[int]
) -> None:
    start(qtbot, page, projects[0])
    press(qtbot, page, Key.Key_P)
    arrive(qtbot, page, projects[1])
    page.queue_strip.end.click()
    with qtbot.waitSignal(page.marker.went_back):
        press(qtbot, page, Key.Key_Z, CTRL)
    assert kept_states(elsewhere) == ["pending_qa"] * 2
    assert page.scope.project_id == projects[1]


def test_the_pace_is_shown(
    qtbot: QtBot, page: GalleryPage, projects: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    start(qtbot, page, projects[0])
    now = 1000.0
    monkeypatch.setattr("pruvan_desk.ui.gallery.queue.time.monotonic", lambda: now)
    page.queue.note_decided(10)
    now += 30
    assert "20 a minute · about 6 s to go" in page.queue.words()


def test_another_scope_ends_the_queue(qtbot: QtBot, page: GalleryPage, projects: list[int]) -> None:
    start(qtbot, page, projects[0])
    page.queue_strip.end.click()
    press(qtbot, page, Key.Key_P, SHIFT)
    qtbot.waitUntil(lambda: page.model.shown[0].state is ItemState.PASSED)
    assert not page.queue._move_on.isActive()
    assert not page.queue_strip.isVisible()
