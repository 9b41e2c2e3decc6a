"""What the gallery's keys change beside marks: undo, notes, deleting, withdrawing, retakes, moving by drag, publishing."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import FileType, ItemState, ProjectStatus
from pruvan_desk.operations import qa
from pruvan_desk.operations.settings import change_setting, keep_reasons
from pruvan_desk.store.models import Item, Project, RelayJob, Retake
from pruvan_desk.store.views.items import DELETED, Scope
from pruvan_desk.ui.gallery import publishing
from pruvan_desk.ui.gallery.dialogs import MoveDialog, NoteDialog, RejectDialog
from pruvan_desk.ui.gallery.publishing import PublishDialog
from pruvan_desk.ui.gallery.view import GalleryPage
from ui.elsewhere import ElsewhereOffice
from ui.galleries import CTRL, SHIFT, dialog, kept_states, press, states

Key = Qt.Key
OpenGallery = Callable[..., GalleryPage]
PENDING, PASSED, REJECTED = ItemState.PENDING_QA, ItemState.PASSED, ItemState.REJECTED


def test_ctrl_z_takes_back_mark_by_mark_and_ctrl_shift_z_does_it_again(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: OpenGallery
) -> None:
    page = gallery(PENDING, PENDING)
    press(qtbot, page, Key.Key_P, SHIFT)
    press(qtbot, page, Key.Key_P)
    press(qtbot, page, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: states(page) == [PASSED, PENDING])
    press(qtbot, page, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: states(page) == [PENDING, PENDING])
    qtbot.waitUntil(lambda: page.grid.currentIndex().row() == 0)  # at what it changed
    press(qtbot, page, Key.Key_Z, CTRL | SHIFT)
    qtbot.waitUntil(lambda: states(page) == [PASSED, PENDING])
    qtbot.waitUntil(lambda: kept_states(elsewhere) == ["passed", "pending_qa"])


def test_undo_says_when_there_is_nothing_to_undo(qtbot: QtBot, gallery: OpenGallery) -> None:
    page = gallery(PENDING)
    with qtbot.waitSignal(page.said) as said:
        press(qtbot, page, Key.Key_Z, CTRL)
    assert said.args[0] == "There is nothing to undo."


def test_pass_all_passes_what_is_shown_and_waits_and_nothing_else(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery
) -> None:
    page = gallery(PENDING, REJECTED, PENDING)
    elsewhere.picture(project, evidence_type="after")
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 4)
    press(qtbot, page, Key.Key_1)
    press(qtbot, page, Key.Key_P, CTRL | SHIFT)
    qtbot.waitUntil(lambda: sorted(kept_states(elsewhere)) == ["passed", "passed", "pending_qa", "rejected"])
    press(qtbot, page, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: kept_states(elsewhere).count("pending_qa") == 3)


def test_u_withdraws_what_is_queued(qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: OpenGallery) -> None:
    page = gallery(ItemState.QUEUED)
    press(qtbot, page, Key.Key_U)
    qtbot.waitUntil(lambda: states(page) == [PASSED])
    assert [job.state for job in elsewhere.all(RelayJob)] == ["replaced"]


def test_x_twice_rejects_with_the_reason_of_last_time(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: OpenGallery
) -> None:
    page = gallery(PENDING)
    page.state.put("gallery/reason", "Too dark")
    press(qtbot, page, Key.Key_X)
    asking = dialog(qtbot)
    assert isinstance(asking, RejectDialog)
    qtbot.keyClick(asking.reasons, Key.Key_X)
    qtbot.waitUntil(lambda: [item.reject_reason for item in elsewhere.all(Item)] == ["Too dark"])


def test_the_list_of_reasons_is_the_offices_own(qtbot: QtBot, gallery: OpenGallery) -> None:
    page = gallery(PENDING)
    press(qtbot, page, Key.Key_X)
    asking = dialog(qtbot)
    assert isinstance(asking, RejectDialog)
    asking.reasons.setCurrentRow(1)
    removed = asking.reasons.currentItem().text()
    qtbot.keyClick(asking.reasons, Key.Key_Delete)
    asking.reasons.item(0).setText("Out of focus")
    asking.words.setText("Dog in the way")
    qtbot.keyClick(asking.words, Key.Key_Return)
    qtbot.waitUntil(lambda: states(page) == [REJECTED])
    qtbot.waitUntil(lambda: "Dog in the way" in page.desk.settings.reject_reasons)
    press(qtbot, page, Key.Key_X)
    again = dialog(qtbot)
    assert isinstance(again, RejectDialog)
    listed = [again.reasons.item(row).text() for row in range(again.reasons.count())]
    assert (listed[0], listed[-1], again.reason) == ("Out of focus", "Dog in the way", "Dog in the way")
    assert removed not in listed
    again.reject()


def test_no_reason_of_the_list_covers_another(qtbot: QtBot, gallery: OpenGallery) -> None:
    page = gallery(PENDING)
    press(qtbot, page, Key.Key_X)
    asking = dialog(qtbot)
    assert isinstance(asking, RejectDialog)
    lines = [asking.reasons.visualItemRect(asking.reasons.item(row)) for row in range(asking.reasons.count())]
    assert all(upper.bottom() < lower.top() for upper, lower in pairwise(lines))
    asking.reject()


def test_the_list_of_reasons_is_the_same_at_every_desk(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: OpenGallery
) -> None:
    page = gallery(PENDING)
    press(qtbot, page, Key.Key_X)
    asking = dialog(qtbot)
    assert isinstance(asking, RejectDialog)
    shown = [asking.reasons.item(row).text() for row in range(asking.reasons.count())]
    others = [*shown[1:], "Wrong house"]  # meanwhile somebody else removes one and adds one
    elsewhere.do(lambda: keep_reasons(elsewhere.database, shown, others))
    asking.words.setText("Dog in the way")
    qtbot.keyClick(asking.words, Key.Key_Return)
    wanted = [*shown[1:], "Dog in the way", "Wrong house"]
    qtbot.waitUntil(lambda: page.desk.settings.reject_reasons.splitlines() == wanted)


def test_a_rejection_can_ask_for_a_retake(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery
) -> None:
    page = gallery(PENDING)
    press(qtbot, page, Key.Key_X)
    asking = dialog(qtbot)
    assert isinstance(asking, RejectDialog)
    asking.again.click()
    qtbot.keyClick(asking.reasons, Key.Key_Return)
    qtbot.waitUntil(lambda: elsewhere.get(Project, project).status == ProjectStatus.REWORK)
    assert [row.task for row in elsewhere.all(Retake)] == ["Grass Cut"]
    qtbot.waitUntil(lambda: "asked to take it again" in page.facts.state.text())


def test_n_writes_a_note_that_the_search_finds(qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: OpenGallery) -> None:
    page = gallery(PENDING, PENDING)
    press(qtbot, page, Key.Key_N)
    asking = dialog(qtbot)
    assert isinstance(asking, NoteDialog)
    qtbot.keyClicks(asking.field, "gate was open")
    qtbot.keyClick(asking.field, Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: "Notes: gate was open" in page.facts.words.text())
    qtbot.waitUntil(lambda: [item.notes for item in elsewhere.all(Item)] == ["gate was open", ""])
    page.search.setText("GATE")
    assert page.model.rowCount() == 1


def test_del_deletes_and_in_the_deleted_ones_restores(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: OpenGallery
) -> None:
    page = gallery(PENDING, PASSED)
    press(qtbot, page, Key.Key_Delete)
    qtbot.waitUntil(lambda: states(page) == [PASSED])
    assert kept_states(elsewhere) == ["deleted", "passed"]
    page.open_scope(Scope(DELETED, title="Deleted"))
    qtbot.waitUntil(lambda: states(page) == [ItemState.DELETED])
    press(qtbot, page, Key.Key_Delete)
    qtbot.waitUntil(lambda: kept_states(elsewhere) == ["pending_qa", "passed"])
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)


def test_what_is_published_is_not_deleted_and_says_why(qtbot: QtBot, gallery: OpenGallery) -> None:
    page = gallery(ItemState.PUBLISHED)
    with qtbot.waitSignal(page.said) as said:
        press(qtbot, page, Key.Key_Delete)
    assert "published" in said.args[0]
    assert "cannot be asked to give it back" in said.args[1]


def test_m_moves_several_to_another_project_whose_number_is_typed_over_the_one_that_stands_there(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery
) -> None:
    other = elsewhere.project(elsewhere.get(Project, project).integration_id, "99001", tasks=("Grass Cut",))
    page = gallery(PENDING, PASSED, PENDING)
    page.grid.go(1, extend=True)
    press(qtbot, page, Key.Key_M)
    asking = dialog(qtbot)
    assert isinstance(asking, MoveDialog)
    qtbot.waitUntil(lambda: asking.projects.count() == 1)
    qtbot.keyClicks(asking.search, "99001")
    assert asking.search.text() == "99001"
    qtbot.waitUntil(lambda: asking._chosen_project() == other)
    asking.evidence_type.setCurrentText("After")
    qtbot.keyClick(asking.search, Key.Key_Return)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    moved = [(item.project_id, item.evidence_type, item.state) for item in elsewhere.all(Item)]
    assert moved == [(other, "after", "pending_qa"), (other, "after", "passed"), (project, "before", "pending_qa")]


def test_tiles_dropped_on_a_heading_are_filed_there(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery
) -> None:
    page = gallery(PENDING, PENDING)
    elsewhere.picture(project, task="Lock Change", evidence_type="after")
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: len(page.model.groups) == 2)
    page.grid.selectAll()
    page.grid.clearSelection()
    page.grid.go(0)
    page.grid.go(1, extend=True)
    heading = QPointF(30, page.grid._places.heading(1) + 10 - page.grid.verticalOffset())
    data = page.grid.mouse.take_up()
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    over = QDragEnterEvent(heading.toPoint(), Qt.DropAction.MoveAction, data, button, none)
    page.grid.dragEnterEvent(over)
    assert over.isAccepted()
    assert page.grid.mouse.target is page.model.groups[1]
    page.grid.dropEvent(QDropEvent(heading, Qt.DropAction.MoveAction, data, button, none))
    qtbot.waitUntil(lambda: [group.count for group in page.model.groups] == [3])
    assert {(item.task, item.evidence_type) for item in elsewhere.all(Item)} == {("Lock Change", "after")}


def test_a_selected_tile_can_be_pressed_and_dragged_with_the_others(qtbot: QtBot, gallery: OpenGallery) -> None:
    page = gallery(PENDING, PENDING)
    page.grid.selectAll()
    at = page.grid.visualRect(page.model.index(1)).center()
    qtbot.mousePress(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert len(page.chosen()) == 2
    qtbot.mouseRelease(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert [row.id for row in page.chosen()] == [page.model.shown[1].id]


def drag(page: GalleryPage, start: QPoint, end: QPoint, modifiers: Qt.KeyboardModifier) -> None:
    """Presses, moves and lets go."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    for kind, at, button, buttons in (
        (QEvent.Type.MouseButtonPress, start, left, left),
        (QEvent.Type.MouseMove, end, none, left),
        (QEvent.Type.MouseButtonRelease, end, left, none),
    ):
        point = QPointF(at)
        event = QMouseEvent(kind, point, page.grid.viewport().mapToGlobal(point), button, buttons, modifiers)
        QApplication.sendEvent(page.grid.viewport(), event)


@pytest.mark.parametrize(("modifiers", "chosen"), [(Qt.KeyboardModifier.NoModifier, 2), (CTRL, 3)])
def test_a_frame_selects_what_it_touches_and_with_ctrl_adds_to_what_is_selected(
    qtbot: QtBot, gallery: OpenGallery, modifiers: Qt.KeyboardModifier, chosen: int
) -> None:
    page = gallery(*[PENDING] * 3)
    page.grid.set_photo_width(104)
    first, second = (page.grid.visualRect(page.model.index(place)) for place in (0, 1))
    page.grid.go(2)
    drag(page, first.topLeft() - QPoint(6, 6), second.center(), modifiers)
    assert len(page.chosen()) == chosen


@pytest.mark.parametrize("name", ["walk.mp4", "invoice.pdf"])
def test_a_video_or_pdf_is_passed_and_published_like_a_photo(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery, name: str
) -> None:
    page = gallery()
    elsewhere.photo(project, data=b"not a picture", file_type=FileType.FILE, file_name=name)
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.grid.go(0)
    press(qtbot, page, Key.Key_P)
    qtbot.waitUntil(lambda: kept_states(elsewhere) == ["passed"])
    press(qtbot, page, Key.Key_Return, CTRL)
    asking = dialog(qtbot)
    assert isinstance(asking, PublishDialog)
    asking.accept()
    qtbot.waitUntil(lambda: kept_states(elsewhere) == ["queued"])
    qtbot.waitUntil(lambda: states(page) == [ItemState.QUEUED])


@pytest.mark.parametrize(
    ("place", "destinations"), [(0, {"client"}), (1, {"downloader"}), (2, {"client", "downloader"})]
)
def test_publish_goes_where_it_is_told(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: OpenGallery, place: int, destinations: set[str]
) -> None:
    page = gallery(PASSED)
    press(qtbot, page, Key.Key_Return, CTRL)
    asking = dialog(qtbot)
    assert isinstance(asking, PublishDialog)
    asking.destinations.button(place).click()
    asking.accept()
    qtbot.waitUntil(lambda: {job.destination for job in elsewhere.all(RelayJob)} == destinations)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)


def test_publishing_warns_of_files_with_something_wrong_and_sends_them_as_they_are(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery
) -> None:
    page = gallery(PASSED)
    elsewhere.photo(project, data=b"no photo", state=PASSED, problem="This image is damaged.")
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    press(qtbot, page, Key.Key_Return, CTRL)
    asking = dialog(qtbot)
    words = [each.text() for each in asking.findChildren(QLabel) if each.objectName() == "bad" and each.isVisible()]
    assert words == ["1 passed item with a problem in the file: sent as it is."]
    asking.accept()
    qtbot.waitUntil(lambda: kept_states(elsewhere) == ["queued", "queued"])
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)


DRIVES = {
    "is not there. Plug its drive in or connect to it, or choose another folder in Preferences, Downloader.": "gone/Photos",
    "is a file, not a folder. Choose another folder in Preferences, Downloader.": "notes.txt",
}


@pytest.mark.parametrize("words", DRIVES)
def test_publish_says_when_the_downloaders_folder_cannot_be_used_and_when_it_can_again(
    qtbot: QtBot, gallery: OpenGallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, words: str
) -> None:
    monkeypatch.setattr(publishing, "AGAIN", 20)
    root = tmp_path / DRIVES[words]
    if root.suffix:
        root.write_text("no folder")
    page = gallery(PASSED)
    page.desk.write(partial(change_setting, name="downloader_folder", value=str(root)))
    qtbot.waitUntil(lambda: page.desk.settings.downloader_folder == str(root))
    press(qtbot, page, Key.Key_Return, CTRL)
    asking = dialog(qtbot)
    assert isinstance(asking, PublishDialog)
    qtbot.waitUntil(lambda: not asking._folder._looking)
    assert asking.folder_problem.isHidden()  # nothing goes there
    asking.destinations.button(2).click()
    assert f"{root} {words}" in asking.folder_problem.text()
    assert "waits here until then" in asking.folder_problem.text()
    root.unlink(missing_ok=True)
    root.mkdir(parents=True)
    qtbot.waitUntil(asking.folder_problem.isHidden)
    asking.destinations.button(1).click()
    assert str(root) in asking.promise.text()
    assert list(root.iterdir()) == []
    asking.reject()


def test_the_facts_tell_the_history_with_reasons(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery
) -> None:
    page = gallery(PENDING)
    item = page.model.shown[0].id
    elsewhere.do(lambda: qa.mark_items(elsewhere.database, [item], Decision.REJECT, "john", "Blurred"))
    elsewhere.do(lambda: qa.move_items(elsewhere.database, [item], "john", task="Lock Change"))
    qtbot.waitUntil(lambda: "moved" in page.facts.history.text())
    lines = page.facts.history.text().splitlines()
    assert "john  moved: Grass Cut · Before → Lock Change · Before" in lines[0]
    assert "john  rejected: Blurred" in lines[1]


def test_the_history_names_states_as_the_tiles_do(qtbot: QtBot, gallery: OpenGallery) -> None:
    page = gallery(PENDING)
    press(qtbot, page, Key.Key_P)
    press(qtbot, page, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: "undone: Passed → Pending QA" in page.facts.history.text())


def test_the_history_says_what_an_undo_did_to_the_note(qtbot: QtBot, gallery: OpenGallery) -> None:
    page = gallery(PENDING)
    press(qtbot, page, Key.Key_N)
    asking = dialog(qtbot)
    assert isinstance(asking, NoteDialog)
    qtbot.keyClicks(asking.field, "gate was open")
    asking.accept()
    qtbot.waitUntil(lambda: "note written: gate was open" in page.facts.history.text())
    press(qtbot, page, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: "undone: note (none)" in page.facts.history.text())
