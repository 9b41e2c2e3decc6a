"""The gallery while others work on the same photos, and photos that are filed elsewhere."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.operations import qa
from pruvan_desk.store.models import Item
from pruvan_desk.store.views.items import PENDING, UNASSIGNED, Scope
from pruvan_desk.ui.gallery.dialogs import MoveDialog
from pruvan_desk.ui.gallery.tile import PHOTO, THUMBNAIL
from pruvan_desk.ui.gallery.view import GalleryPage
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice

OpenGallery = Callable[[Scope | int], GalleryPage]


@pytest.fixture
def open_gallery(qtbot: QtBot, open_window: Callable[[], MainWindow]) -> OpenGallery:
    def open_it(scope: Scope | int) -> GalleryPage:
        window = open_window()
        page = window.show_page("gallery")
        assert isinstance(page, GalleryPage)
        if isinstance(scope, int):
            page.open_project(scope)
        else:
            page.open_scope(scope)
        qtbot.waitUntil(lambda: page.model.scope == page.scope or page.model.scope is not None)
        page.grid.setFocus()
        return page

    return open_it


def titles(page: GalleryPage) -> list[tuple[str, int]]:
    return [(group.title, group.count) for group in page.model.groups]


def test_photos_are_grouped_by_task_and_evidence_type(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery
) -> None:
    project = elsewhere.project(elsewhere.integration(), tasks=("Trim Shrubs", "Grass Cut"))
    for task, kind in (
        ("Grass Cut", "after"),
        ("Grass Cut", "before"),
        ("Trim Shrubs", "before"),
        ("Grass Cut", "before"),
    ):
        elsewhere.picture(project, task=task, evidence_type=kind)
    page = open_gallery(project)
    qtbot.waitUntil(
        lambda: titles(page) == [("Trim Shrubs · Before", 1), ("Grass Cut · Before", 2), ("Grass Cut · After", 1)]
    )


def test_a_photo_that_arrives_appears_by_itself_and_what_is_selected_stays(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery
) -> None:
    project = elsewhere.project(elsewhere.integration())
    kept = elsewhere.picture(project, evidence_type="during")
    page = open_gallery(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    elsewhere.picture(project, evidence_type="before")
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    assert [row.id for row in page.chosen()] == [kept]
    assert page.grid.currentIndex().row() == 1


def test_somebody_elses_mark_appears_without_reading_all_again(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery
) -> None:
    project = elsewhere.project(elsewhere.integration())
    items = [elsewhere.picture(project) for _ in range(3)]
    page = open_gallery(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 3)
    redrawn: list[int] = []
    page.model.dataChanged.connect(lambda first, _last: redrawn.append(first.row()))
    page.model.modelReset.connect(lambda: redrawn.append(-1))
    elsewhere.do(lambda: qa.mark_items(elsewhere.database, [items[1]], Decision.PASS, "john"))
    qtbot.waitUntil(lambda: page.model.shown[1].state is ItemState.PASSED)
    assert redrawn == [1]


def test_thumbnails_come_up_by_themselves(qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery) -> None:
    project = elsewhere.project(elsewhere.integration())
    elsewhere.picture(project)
    page = open_gallery(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    sha256 = page.model.shown[0].sha256
    assert sha256 is not None
    qtbot.waitUntil(lambda: page.loader.get(sha256, THUMBNAIL, PHOTO) is not None)


def test_a_broken_photo_says_what_is_wrong_and_can_still_be_rejected(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery
) -> None:
    project = elsewhere.project(elsewhere.integration())
    elsewhere.photo(project, data=b"\xff\xd8not a photo", problem="The file is cut off.")
    page = open_gallery(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    words = page.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "problem: The file is cut off." in words
    qtbot.keyClick(page.grid, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: elsewhere.all(Item)[0].state == "passed")


def test_files_without_a_picture_are_tiles_too(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery
) -> None:
    project = elsewhere.project(elsewhere.integration())
    survey = elsewhere.photo(project, file_name="")
    elsewhere.change(Item, survey, file_type=FileType.SURVEY, sha256=None)
    page = open_gallery(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    qtbot.keyClick(page.grid, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: elsewhere.all(Item)[0].state == "passed")


def test_all_pending_spans_projects_and_keeps_what_was_just_marked_in_sight(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery
) -> None:
    integration = elsewhere.integration()
    for number in ("88123", "88124"):
        elsewhere.picture(elsewhere.project(integration, number))
    elsewhere.picture(elsewhere.project(integration, "88125"), state=ItemState.PUBLISHED)
    page = open_gallery(Scope(PENDING, title="All Pending QA"))
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    assert [title for title, _ in titles(page)] == [
        "AFS::88123 · Grass Cut · Before",
        "AFS::88124 · Grass Cut · Before",
    ]
    qtbot.keyClick(page.grid, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    asking = QApplication.activeModalWidget()
    assert asking is not None
    qtbot.keyClick(asking, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: elsewhere.all(Item)[0].state == "rejected")
    qtbot.waitUntil(lambda: not page.model._over)
    assert [row.state for row in page.model.shown] == [ItemState.REJECTED, ItemState.PENDING_QA]


def test_an_unassigned_item_is_given_its_project(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery
) -> None:
    integration = elsewhere.integration()
    elsewhere.project(integration, "88123", tasks=("Grass Cut",))
    wanted = elsewhere.project(integration, "99000", tasks=("Lock Change",), address1="7 Cedar Ln")
    item = elsewhere.picture(None, state=ItemState.UNASSIGNED, wanted_project="?")
    page = open_gallery(Scope(UNASSIGNED, title="Unassigned"))
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    qtbot.keyClick(page.grid, Qt.Key.Key_M)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), MoveDialog))
    asking = QApplication.activeModalWidget()
    assert isinstance(asking, MoveDialog)
    asking.search.clear()
    qtbot.keyClicks(asking.search, "cedar")
    qtbot.waitUntil(lambda: asking.projects.count() == 1 and asking.task.count() == 2)
    asking.task.setCurrentText("Lock Change")
    qtbot.keyClick(asking.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    moved = elsewhere.get(Item, item)
    assert (moved.project_id, moved.task, moved.state) == (wanted, "Lock Change", "pending_qa")


def test_foreign_words_are_never_html(qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery) -> None:
    project = elsewhere.project(elsewhere.integration())
    elsewhere.picture(project, notes="<img src='file://host/x'>", created_by="<b>crew</b>")
    page = open_gallery(project)
    qtbot.waitUntil(lambda: "<b>crew</b>" in page.facts.taken.text())
    for line in (page.facts.taken, page.facts.words, page.facts.filed):
        assert line.textFormat() == Qt.TextFormat.PlainText
    assert "<img" in page.facts.words.text()
