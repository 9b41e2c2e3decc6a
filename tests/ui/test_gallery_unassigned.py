"""Unassigned in the gallery: what a photo may belong to is said with its reason, and taken for many at once with one key."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.models import Item, WatchedFile, WatchFolder
from pruvan_desk.store.views.items import UNASSIGNED, Scope
from pruvan_desk.ui.gallery.view import GalleryPage
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice
from ui.galleries import CTRL, press

AT = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture
def page(qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: Callable[[], MainWindow]) -> GalleryPage:
    """Two photos near the order 1, one near the order 2, one nowhere; all without a project."""
    integration = elsewhere.integration()
    for number, latitude in (("1", 30.0), ("2", 31.0)):
        elsewhere.project(integration, number, ("Grass Cut",), latitude=latitude, longitude=-97.0)
    for latitude in (30.0, 30.001, 31.0, 45.0):
        elsewhere.picture(
            None, state=ItemState.UNASSIGNED, latitude=latitude, longitude=-97.0, taken_at=AT, from_app=False,
            wanted_project="AFS-9", task="", evidence_type="before",
        )  # fmt: skip
    window = open_window()
    window.show_page("gallery")
    found = window.pages["gallery"]
    assert isinstance(found, GalleryPage)
    found.open_scope(Scope(UNASSIGNED, title="Unassigned"))
    qtbot.waitUntil(lambda: len(found.model.guesses) == 3)
    found.grid.setFocus()
    qtbot.waitUntil(found.grid.hasFocus)
    return found


def test_a_guess_is_said_at_the_heading_and_with_its_reason_at_the_photo(qtbot, page):
    (group,) = page.model.groups
    qtbot.waitUntil(lambda: (group.sign, group.remark) == ("question", "may be AFS::1 (2), AFS::2 (1)"))
    qtbot.waitUntil(lambda: "May be AFS::1 · Grass Cut: its property is" in page.facts.words.text())
    assert page.guessing.button.isVisible()


def test_one_key_files_all_that_is_selected_each_under_its_own_and_undo_takes_it_back(qtbot, elsewhere, page):
    said: list[tuple[str, str]] = []
    page.said.connect(lambda title, advice: said.append((title, advice)))
    press(qtbot, page, Qt.Key.Key_A, CTRL)
    press(qtbot, page, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert said == [("3 items filed under 2 orders.", "1 item without a guess stayed. Undo takes it back.")]
    filed = [(item.project_id, item.task, item.state) for item in elsewhere.all(Item)][:3]
    assert filed == [(1, "Grass Cut", "pending_qa"), (1, "Grass Cut", "pending_qa"), (2, "Grass Cut", "pending_qa")]
    qtbot.waitUntil(page.guessing.button.isHidden)
    press(qtbot, page, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: len(page.model.guesses) == 3)
    assert {item.state for item in elsewhere.all(Item)} == {"unassigned"}


def test_without_a_guess_the_key_says_so(qtbot, page):
    said: list[str] = []
    page.said.connect(lambda title, _advice: said.append(title))
    page.grid.go(3)
    press(qtbot, page, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: said == ["There is no guess for this."])


def test_elsewhere_there_are_no_guesses(qtbot, page):
    page.open_scope(Scope("pending"))
    qtbot.waitUntil(lambda: page.model.guesses == {} and page.guessing.button.isHidden())


def test_where_it_lies_in_a_watch_folder_and_why_it_was_not_filed_is_said(qtbot, elsewhere, page):
    def note() -> None:
        with elsewhere.database.write() as writing:
            writing.session.add(WatchFolder(id=1, path="/share/tree", levels="project"))
            writing.session.flush()
            writing.session.add(
                WatchedFile(
                    watch_id=1, folder="AFS-9", name="front.jpg", seen="1/1", outcome="taken", item_id=1, at=writing.now,
                    words="There is no order AFS-9 here.",
                )
            )  # fmt: skip
            writing.changed(items=1)

    elsewhere.do(note)
    qtbot.waitUntil(lambda: "From the watch folder: /share/tree/AFS-9/front.jpg" in page.facts.words.text())
    assert "There is no order AFS-9 here." in page.facts.words.text()
