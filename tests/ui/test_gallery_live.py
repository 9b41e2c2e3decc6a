"""The gallery while others work on the same photos, and photos that are filed elsewhere."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.operations import qa
from pruvan_desk.operations.trash import delete_items
from pruvan_desk.store.models import Item
from pruvan_desk.store.views import items
from pruvan_desk.store.views.items import PENDING, PROJECT, UNASSIGNED, Scope
from pruvan_desk.ui.gallery import following, scoping
from pruvan_desk.ui.gallery.dialogs import MoveDialog
from pruvan_desk.ui.gallery.model import ITEM_ROLE
from pruvan_desk.ui.gallery.tile_look import PHOTO, THUMBNAIL
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
        wanted = scope if isinstance(scope, Scope) else Scope(PROJECT, scope)
        qtbot.waitUntil(lambda: page.model.scope is not None and is_same(page.model.scope, wanted))
        page.grid.setFocus()
        return page

    return open_it


def come_to_rest(qtbot: QtBot, page: GalleryPage) -> None:
    """Waits until all that follows an opening (the counts, the choices, the facts) is there, and takes its room."""
    timers = (page._count_soon, page._choices_soon, page.facts._soon)
    qtbot.waitUntil(lambda: not any(timer.isActive() for timer in timers))
    qtbot.waitUntil(lambda: not page.desk._reading and not page.desk._questions)


def is_same(one: Scope, other: Scope) -> bool:
    return (one.kind, one.project_id) == (other.kind, other.project_id)


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


def test_many_that_change_together_come_piece_by_piece(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "PIECE", 2)
    project = elsewhere.project(elsewhere.integration())
    page = open_gallery(project)
    photos = [elsewhere.picture(project, evidence_type=("before", "after")[number % 2]) for number in range(5)]
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == len(photos))
    assert titles(page) == [("Grass Cut · Before", 3), ("Grass Cut · After", 2)]


def test_what_waits_elsewhere_is_counted_though_things_never_rest(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LATEST_COUNTS", 2 * following.COUNTS)
    project = elsewhere.project(elsewhere.integration())
    photo = elsewhere.picture(project)
    page, counted = open_gallery(project), list[str]()
    page.following.counts_wanted.connect(lambda: counted.append("counted"))

    def has_counted_while_more_changes() -> bool:
        page.following.take({photo})
        return bool(counted)

    qtbot.waitUntil(has_counted_while_more_changes)


def test_of_a_gallery_that_was_just_opened_the_small_pictures_come_before_the_large_one(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = elsewhere.project(elsewhere.integration())
    for _ in range(9):
        elsewhere.picture(project)
    page, begun, go_on = open_gallery(Scope(UNASSIGNED)), list[str](), threading.Event()

    def large(_path: Path, _edge: int) -> None:
        begun.append("large")

    def small(_sha256: str, edge: int) -> None:
        begun.append("small" if edge == THUMBNAIL else "preview")
        go_on.wait(5)

    monkeypatch.setattr(page.pictures, "_read", large)
    monkeypatch.setattr(page.loader._source, "get", small)
    page.open_project(project)
    qtbot.waitUntil(lambda: begun.count("small") >= 2)
    go_on.set()
    qtbot.waitUntil(lambda: "large" in begun and begun.count("small") >= 9)
    before = begun[: begun.index("large")]
    assert before.count("small") >= 8, "one may have been taken up by the other thread, and not begun"


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


@pytest.fixture
def long_gallery(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery, monkeypatch: pytest.MonkeyPatch
) -> GalleryPage:
    """A project of seven photos of which three are read first; the rest is read when the test says so."""
    project = elsewhere.project(elsewhere.integration())
    for kind in ("after", "before", "before", "after", "during", "before", "during"):
        elsewhere.picture(project, evidence_type=kind)
    for module in (items, scoping):
        monkeypatch.setattr(module, "FIRST", 3)
    page = open_gallery(Scope(UNASSIGNED))
    monkeypatch.setattr(page.scoping, "_rest_soon", QTimer(page, singleShot=True, interval=1_000_000))
    page.open_project(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 3)
    return page


def test_of_many_photos_the_first_are_seen_while_the_rest_is_read(qtbot: QtBot, long_gallery: GalleryPage) -> None:
    page = long_gallery
    assert titles(page) == [("Grass Cut · Before", 3)]
    page.grid.go(2)
    chosen, reset = page.chosen(), list[str]()
    page.model.modelReset.connect(lambda: reset.append("reset"))
    page.scoping.read_all()
    qtbot.waitUntil(lambda: page.model.rowCount() == 7)
    assert titles(page) == [("Grass Cut · Before", 3), ("Grass Cut · During", 2), ("Grass Cut · After", 2)]
    assert (page.chosen(), page.grid.currentIndex().row(), reset) == (chosen, 2, [])
    qtbot.waitUntil(lambda: page.states.findChildren(QPushButton)[0].text() == "All 7")


def test_the_rest_is_read_at_last_though_pictures_never_stop_coming(
    qtbot: QtBot, long_gallery: GalleryPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    scoping = long_gallery.scoping
    looks: list[str] = []
    monkeypatch.setattr(scoping, "_is_drawing", lambda: looks.append("at the pictures") is None)
    soon = QTimer(scoping, singleShot=True, interval=0)
    soon.timeout.connect(scoping._read_rest)
    monkeypatch.setattr(scoping, "_rest_soon", soon)
    soon.start()
    qtbot.waitUntil(lambda: long_gallery.model.is_whole)
    assert looks


def test_what_is_done_to_all_waits_until_all_are_there(qtbot: QtBot, long_gallery: GalleryPage) -> None:
    page, said = long_gallery, list[str]()
    page.said.connect(lambda title, _advice: said.append(title))
    for deed in (page.commands.pass_all, page.commands.publish):
        deed()
    page.grid.selectAll()
    assert said == ["The photos are still being read."] * 2
    assert len(page.chosen()) == 1
    page.scoping.read_all()
    qtbot.waitUntil(lambda: page.model.is_whole)
    page.grid.selectAll()
    assert len(page.chosen()) == 7


def test_a_mark_made_while_the_rest_is_read_stays(
    qtbot: QtBot, elsewhere: ElsewhereOffice, long_gallery: GalleryPage
) -> None:
    """The rest was read before the mark was written, and comes after."""
    page = long_gallery
    with elsewhere.database.read() as session:
        older = elsewhere.do(lambda: items.scope_items(session, page.scope))
    marked = page.model.shown[0].id
    page.marker.mark(page.model.shown[:1], Decision.PASS)
    qtbot.waitUntil(lambda: marked in (page.following._meanwhile or ()) and not page.model._over)
    page.scoping.came.emit(older)
    assert page.model.rowCount() == 7
    qtbot.waitUntil(lambda: page.model.shown[0].state is ItemState.PASSED)


def test_the_photo_to_return_to_is_shown_though_it_is_not_among_the_first(
    qtbot: QtBot, elsewhere: ElsewhereOffice, long_gallery: GalleryPage
) -> None:
    page = long_gallery
    with elsewhere.database.read() as session:
        last = elsewhere.do(lambda: items.scope_items(session, page.scope))[-1]
    page.open_scope(page.scope, last.id)
    qtbot.waitUntil(lambda: page.grid.currentIndex().row() == 6)
    assert [row.id for row in page.chosen()] == [last.id]


def test_photos_that_come_before_the_current_one_do_not_push_it_away(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery
) -> None:
    project = elsewhere.project(elsewhere.integration())
    for _ in range(60):
        elsewhere.picture(project, evidence_type="after")
    page = open_gallery(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 60)
    page.grid.go(40)
    come_to_rest(qtbot, page)
    seen = page.grid.visualRect(page.grid.currentIndex())
    for _ in range(12):
        elsewhere.picture(project, evidence_type="before")
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 72)
    assert page.grid.currentIndex().row() == 52
    assert page.grid.visualRect(page.grid.currentIndex()) == seen


def test_where_the_current_photo_is_out_of_sight_what_is_looked_at_stays(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery
) -> None:
    project = elsewhere.project(elsewhere.integration())
    for _ in range(60):
        elsewhere.picture(project, evidence_type="after")
    page = open_gallery(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 60)
    come_to_rest(qtbot, page)
    bar = page.grid.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    middle = page.grid.viewport().rect().center()
    looked_at = next(
        index.data(ITEM_ROLE).id
        for x in range(40, middle.x(), 20)
        if (index := page.grid.indexAt(QPoint(x, middle.y()))).isValid()
    )
    before = page.grid.visualRect(page.model.index(page.model.place(looked_at) or 0))
    elsewhere.picture(project, evidence_type="before")
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 61)
    after = page.grid.visualRect(page.model.index(page.model.place(looked_at) or 0))
    assert after.top() == before.top()


def test_what_is_filed_elsewhere_goes_there_alone_and_the_others_stay_where_they_are_seen(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery
) -> None:
    project = elsewhere.project(elsewhere.integration())
    for kind in ("before", "after"):
        for _ in range(40):
            elsewhere.picture(project, evidence_type=kind)
    page = open_gallery(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 80)
    page.grid.go(20)
    qtbot.waitUntil(page.photo.shows_photo)
    beside = page.model.shown[21].id
    seen = page.grid.visualRect(page.model.index(21)).top()
    page.page_actions["make_after"].trigger()
    qtbot.waitUntil(lambda: page.grid.currentIndex().row() == 39)
    assert page.grid.visualRect(page.model.index(page.model.place(beside) or 0)).top() == seen


def test_another_size_of_the_window_does_not_lead_back_to_the_current_photo(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery
) -> None:
    project = elsewhere.project(elsewhere.integration())
    for _ in range(60):
        elsewhere.picture(project)
    page = open_gallery(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 60)
    qtbot.waitUntil(page.photo.shows_photo)
    bar = page.grid.verticalScrollBar()
    bar.setValue(bar.maximum())
    page.window().resize(page.window().width(), page.window().height() - 40)
    QApplication.processEvents()
    assert bar.value() > 0
    page.grid.go(59)
    page.window().resize(page.window().width() - 200, page.window().height() - 40)
    QApplication.processEvents()
    assert page.grid.viewport().rect().intersects(page.grid.visualRect(page.grid.currentIndex()))


def test_when_somebody_else_takes_the_current_photo_away_the_next_one_is_current(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_gallery: OpenGallery
) -> None:
    project = elsewhere.project(elsewhere.integration())
    ids = [elsewhere.picture(project) for _ in range(5)]
    page = open_gallery(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 5)
    page.grid.go(2)
    elsewhere.do(lambda: delete_items(elsewhere.database, [ids[2]], "john"))
    qtbot.waitUntil(lambda: page.model.rowCount() == 4)
    qtbot.waitUntil(lambda: [row.id for row in page.chosen()] == [ids[3]])
    assert page.photo.row is not None
    assert page.photo.row.id == ids[3]
