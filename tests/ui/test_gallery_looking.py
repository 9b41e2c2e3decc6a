"""Looking at photos: zoom that sticks, full screen, comparing, filters, and the map of keys."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QPushButton, QSplitter, QWidget
from pytestqt.qtbot import QtBot

from fakes import NOON
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.store.models import Item
from pruvan_desk.ui import actions
from pruvan_desk.ui.gallery.filtering import By, Filter, filter_text, read_filter
from pruvan_desk.ui.gallery.photo import caption
from pruvan_desk.ui.gallery.view import GalleryPage
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice
from ui.galleries import CTRL, SHIFT, kept_states, press

Key = Qt.Key
OpenGallery = Callable[..., GalleryPage]
PENDING = ItemState.PENDING_QA

UI_MD = {
    "P": "pass", "X": "reject", "U": "clear", "Shift+P": "pass_next", "Shift+X": "reject_next", "Shift+U": "clear_next",
    "Ctrl+,": "rotate_left", "Ctrl+.": "rotate_right", "Z": "zoom", "Ctrl++": "zoom_in", "Ctrl+-": "zoom_out",
    "M": "move_to", "N": "note", "1": "show_before", "2": "show_during", "3": "show_after", "0": "show_all",
    "Ctrl+1": "make_before", "Ctrl+2": "make_during", "Ctrl+3": "make_after", "C": "compare", "G": "grid",
    "Escape": "grid", "Ctrl+Z": "undo", "Ctrl+Shift+Z": "redo", "Ctrl+Return": "publish", "Del": "delete",
    "F5": "refresh", "F1": "help", "?": "keys", "Return": "single", "Enter": "single", "Space": "single",
    "Ctrl+Enter": "publish", "Home": "ends", "End": "ends",
    "Left": "move", "Right": "move", "Up": "move", "Down": "move",
}  # fmt: skip


def test_the_keys_are_those_that_the_office_was_promised() -> None:
    others = (actions.PROJECT, actions.PORTAL, actions.SURVEY, actions.ANNOTATING)
    mine = {key: deed.name for deed in actions.DEEDS if deed.menu not in others for key in deed.keys}
    assert {key: mine.get(key) for key in UI_MD} == UI_MD


def test_every_key_of_the_gallery_that_is_no_widgets_own_does_something(gallery: OpenGallery) -> None:
    page = gallery(PENDING)
    groups = {deed.name for deed in actions.DEEDS if deed.menu in (actions.PHOTO, actions.LOOKING, actions.MOVING)}
    assert set(page.page_actions) == {name for name in groups if not actions.BY_NAME[name].native} | {"undo", "redo"}


def test_zoom_and_position_stay_from_photo_to_photo(qtbot: QtBot, gallery: OpenGallery) -> None:
    page = gallery(PENDING, PENDING)
    press(qtbot, page, Key.Key_Return)
    qtbot.waitUntil(page.photo.shows_photo)
    press(qtbot, page, Key.Key_Z)
    assert page.photo.is_zoomed()
    press(qtbot, page, Key.Key_Right, SHIFT)
    zoom = page.photo._zoom.now
    press(qtbot, page, Key.Key_Right)
    assert page.photo.row == page.model.shown[1]
    assert page.photo._zoom.now == zoom
    qtbot.waitUntil(page.photo.shows_photo)  # the whole photo, decoded for it
    press(qtbot, page, Key.Key_Z)
    assert not page.photo.is_zoomed()


def test_at_100_percent_each_pixel_of_the_photo_is_one_of_the_screen(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery
) -> None:
    page = gallery(PENDING)
    press(qtbot, page, Key.Key_Return)
    press(qtbot, page, Key.Key_Z)
    qtbot.waitUntil(page.photo.shows_photo)
    picture, _pane = page.photo._sizes()
    assert picture == (1600, 1200)


def test_a_turned_photo_lies_on_its_side(qtbot: QtBot, gallery: OpenGallery) -> None:
    page = gallery(PENDING)
    qtbot.waitUntil(page.photo.shows_photo)
    press(qtbot, page, Key.Key_Period, CTRL)
    (width, height), _pane = page.photo._sizes()
    assert height > width


def turn_wheel(page: GalleryPage, notches: int, at: QPointF) -> None:
    none = Qt.KeyboardModifier.NoModifier
    where, turn = page.photo.mapToGlobal(at), QPoint(0, 120 * notches)
    phase, button = Qt.ScrollPhase.NoScrollPhase, Qt.MouseButton.NoButton
    QApplication.sendEvent(page.photo, QWheelEvent(at, where, QPoint(), turn, button, none, phase, False))


def test_the_wheel_zooms_at_the_pointer_and_out_again(qtbot: QtBot, gallery: OpenGallery) -> None:
    page = gallery(PENDING)
    press(qtbot, page, Key.Key_Return)
    qtbot.waitUntil(page.photo.shows_photo)
    turn_wheel(page, 9, QPointF(page.photo.rect().topLeft()))
    assert page.photo.is_zoomed()
    corner = page.photo.place()
    assert (corner.x(), corner.y()) == (0, 0)  # where the pointer is, nothing has moved
    turn_wheel(page, -20, QPointF(page.photo.rect().center()))
    assert not page.photo.is_zoomed()


def test_keys_zoom_in_and_out(qtbot: QtBot, gallery: OpenGallery) -> None:
    page = gallery(PENDING)
    qtbot.waitUntil(page.photo.shows_photo)
    press(qtbot, page, Key.Key_Plus, CTRL)
    assert page.photo.is_zoomed()
    press(qtbot, page, Key.Key_Minus, CTRL)
    press(qtbot, page, Key.Key_Minus, CTRL)
    assert not page.photo.is_zoomed()


def test_neighbours_are_decoded_in_the_direction_of_travel(
    qtbot: QtBot, gallery: OpenGallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = gallery(*[PENDING] * 7)
    wished: list[list[int]] = []
    monkeypatch.setattr(page.pictures, "wish", lambda now, ahead: wished.append([row.id for row, _ in ahead]))
    ids = [row.id for row in page.model.shown]
    page.grid.go(3)
    assert wished[-1] == [ids[4], ids[5], ids[2]]
    press(qtbot, page, Key.Key_Left)
    assert wished[-1] == [ids[1], ids[0], ids[3]]


def test_full_screen_shows_the_photo_alone_and_escape_brings_all_back(
    qtbot: QtBot, open_window: Callable[[], MainWindow], gallery: OpenGallery
) -> None:
    page = gallery(PENDING)
    window = page.window()
    assert isinstance(window, MainWindow)
    press(qtbot, page, Key.Key_F11)
    assert window.isFullScreen()
    hidden = (window.rail, window.status_line, page.above, page.facts, page.hint_bar)
    assert not any(part.isVisible() for part in hidden)
    press(qtbot, page, Key.Key_P)
    assert page.model.shown[0].state is ItemState.PASSED
    assert not page.facts.isVisible()
    press(qtbot, page, Key.Key_Escape)
    assert not window.isFullScreen()
    assert all(part.isVisible() for part in hidden)
    assert not page.is_single


@pytest.fixture
def pairs(elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery, qtbot: QtBot) -> GalleryPage:
    """Three Befores and two Afters of one task."""
    page = gallery()
    for kind, count in (("before", 3), ("after", 2)):
        for minute in range(count):
            taken_at = NOON.replace(hour=9 if kind == "before" else 15, minute=minute)
            elsewhere.picture(project, evidence_type=kind, taken_at=taken_at)
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 5)
    page.grid.go(0)
    return page


def compared(page: GalleryPage) -> list[int]:
    """Places in the grid of what is side by side; -1 for none."""
    rows = [pane.picture.row for pane in page.compare.panes if not pane.isHidden()]
    return [-1 if row is None else page.model.place(row.id) or 0 for row in rows]


def test_c_sets_before_and_after_side_by_side_and_arrows_step_pairs(qtbot: QtBot, pairs: GalleryPage) -> None:
    press(qtbot, pairs, Key.Key_C)
    qtbot.waitUntil(lambda: compared(pairs) == [0, 3])
    press(qtbot, pairs, Key.Key_Right)
    assert compared(pairs) == [1, -1]  # of three places one was photographed once only: the middle one
    press(qtbot, pairs, Key.Key_Right)
    assert compared(pairs) == [2, 4]
    press(qtbot, pairs, Key.Key_Left)
    press(qtbot, pairs, Key.Key_C)
    assert not pairs.is_comparing
    assert pairs.grid.currentIndex().row() == 1


def test_a_video_is_no_photo_to_set_beside_another(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, pairs: GalleryPage
) -> None:
    video = elsewhere.picture(project, evidence_type="after", file_name="walk.mp4", file_type=FileType.FILE)
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: pairs.model.rowCount() == 6)
    press(qtbot, pairs, Key.Key_C)
    qtbot.waitUntil(lambda: pairs.compare.current() is not None)
    seen = [each.id for couple in pairs.compare._couples for each in (couple.left, couple.right) if each]
    assert len(seen) == 5
    assert video not in seen


def test_four_up_shows_two_pairs(qtbot: QtBot, pairs: GalleryPage) -> None:
    press(qtbot, pairs, Key.Key_C)
    qtbot.waitUntil(lambda: compared(pairs) == [0, 3])
    press(qtbot, pairs, Key.Key_C, SHIFT)
    assert compared(pairs) == [0, 3, 1, -1]


def test_the_pair_is_chosen_by_hand(qtbot: QtBot, pairs: GalleryPage) -> None:
    press(qtbot, pairs, Key.Key_C)
    qtbot.waitUntil(lambda: compared(pairs) == [0, 3])
    press(qtbot, pairs, Key.Key_Tab)
    press(qtbot, pairs, Key.Key_Right, SHIFT)
    assert compared(pairs) == [0, 4]
    press(qtbot, pairs, Key.Key_Escape)
    pairs.grid.go(1)
    pairs.grid.toggle(pairs.model.index(2))
    press(qtbot, pairs, Key.Key_C)
    assert compared(pairs) == [1, 2]


def test_marks_go_to_the_photo_with_the_frame(qtbot: QtBot, elsewhere: ElsewhereOffice, pairs: GalleryPage) -> None:
    press(qtbot, pairs, Key.Key_C)
    qtbot.waitUntil(lambda: compared(pairs) == [0, 3])
    press(qtbot, pairs, Key.Key_P, SHIFT)
    press(qtbot, pairs, Key.Key_P, SHIFT)
    assert compared(pairs) == [1, -1]
    assert "Before" in pairs.compare.panes[0].words.text()
    passed = [pairs.model.shown[place].state for place in (0, 3)]
    assert passed == [ItemState.PASSED, ItemState.PASSED]
    qtbot.waitUntil(lambda: kept_states(elsewhere).count("passed") == 2)


def test_both_photos_are_zoomed_together(qtbot: QtBot, pairs: GalleryPage) -> None:
    press(qtbot, pairs, Key.Key_C)
    qtbot.waitUntil(lambda: compared(pairs) == [0, 3])
    press(qtbot, pairs, Key.Key_Z)
    assert [pane.picture.is_zoomed() for pane in pairs.compare.panes[:2]] == [True, True]
    assert not pairs.photo.is_zoomed()


def test_both_photos_are_moved_together(qtbot: QtBot, pairs: GalleryPage) -> None:
    press(qtbot, pairs, Key.Key_C)
    qtbot.waitUntil(lambda: compared(pairs) == [0, 3])
    one, other = (pane.picture for pane in pairs.compare.panes[:2])
    qtbot.waitUntil(lambda: one.shows_photo() and other.shows_photo())
    press(qtbot, pairs, Key.Key_Z)
    before = one.place(), other.place()
    assert before[0] == before[1]
    middle = one.rect().center()
    qtbot.mousePress(one, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(one, middle - QPoint(90, 0))
    qtbot.mouseRelease(one, Qt.MouseButton.LeftButton, pos=middle - QPoint(90, 0))
    assert one.place().topLeft() == before[0].topLeft() - QPointF(90, 0)
    assert other.place() == one.place()


def test_what_is_compared_says_of_which_project_and_what_to_look_at_twice(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, pairs: GalleryPage
) -> None:
    first = pairs.model.shown[0].id
    elsewhere.change(Item, first, hints={"blurred": 0.2})
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: bool(pairs.model.shown[0].hints))
    press(qtbot, pairs, Key.Key_C)
    qtbot.waitUntil(lambda: compared(pairs) == [0, 3])
    assert pairs.compare.title.text() == "AFS::88123 · Grass Cut"
    spoken = pairs.compare.panes[0].picture.accessibleName()
    assert spoken.startswith("Before · Pending QA · Blurred · ")
    assert spoken.endswith(", the keys act on this one")
    assert "Blurred" not in pairs.compare.panes[1].picture.accessibleName()
    pane = pairs.compare.panes[0]
    assert pane.words.width() > pane.width() * 0.8


def test_a_photo_that_fills_the_screen_says_how_it_stands_and_what_to_look_at_twice(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery
) -> None:
    elsewhere.picture(project, state=ItemState.REJECTED, reject_reason="Dark", hints={"dark": 40, "blurred": 0.2})
    page = gallery()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert caption(page.model.shown[0]) == "Rejected: Dark · Grass Cut · Before · Blurred · Dark"


def test_filters_by_task_crew_and_day_show_a_chip_that_clears_them(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery
) -> None:
    page = gallery(PENDING)
    elsewhere.picture(project, task="Lock Change", created_by="crew7", taken_at=NOON.replace(day=3))
    elsewhere.picture(project, task="Lock Change", created_by="crew2", taken_at=NOON.replace(day=4))
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 3)
    for by, value, left in ((By.TASK, "Lock Change", 2), (By.CREW, "crew7", 1), (By.DAY, "2026-06-04", 0)):
        page.filters.choose(by, value)
        assert page.model.rowCount() == left
    chips = [page.filters._chips.itemAt(n).widget() for n in range(3)]
    assert [chip.text() for chip in chips] == ["Task: Lock Change", "Crew: crew7", "Day: Thu 2026-06-04"]
    chips[2].click()
    assert page.model.rowCount() == 1
    page.filters.clear()
    assert page.model.rowCount() == 3
    assert not page.filters.isVisible()


def test_filters_by_hint_show_a_chip_that_clears_them(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery
) -> None:
    page = gallery(PENDING)
    blurred = elsewhere.picture(project, hints={"blurred": 0.2})
    elsewhere.picture(project, hints={"dark": 40})
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 3)
    page.filters.menu.aboutToShow.emit()
    kinds = next(action.menu() for action in page.filters.menu.actions() if action.text() == "Hint")
    assert [action.text() for action in kinds.actions()] == ["Blurred  (1)", "Dark  (1)"]
    kinds.actions()[0].trigger()
    assert [row.id for row in page.model.shown] == [blurred]
    chip = page.filters._chips.itemAt(0).widget()
    assert chip.text() == "Hint: Blurred"
    chip.click()
    assert page.model.rowCount() == 3


def test_the_chips_of_states_and_evidence_types_filter_and_show_how_many(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery
) -> None:
    page = gallery(PENDING, ItemState.PASSED, ItemState.FAILED)
    after = elsewhere.picture(project, evidence_type="after")
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 4)

    def chip(words: str, among: QWidget) -> QPushButton:
        qtbot.waitUntil(lambda: any(each.text() == words for each in among.findChildren(QPushButton)))
        return next(each for each in among.findChildren(QPushButton) if each.text() == words)

    chip("Failed 1", page.states).click()
    assert [row.state for row in page.model.shown] == [ItemState.FAILED]
    assert chip("Failed 1", page.states).isChecked()
    chip("All 4", page.states).click()
    chip("After 1", page.evidence).click()
    assert [row.id for row in page.model.shown] == [after]


def test_the_menu_offers_what_there_is_with_counts(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery
) -> None:
    page = gallery(PENDING, PENDING)
    elsewhere.picture(project, task="Lock & Key", created_by="crew7")
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 3)
    page.filters.menu.aboutToShow.emit()
    tasks = page.filters.menu.actions()[0].menu()
    assert [action.text() for action in tasks.actions()] == ["Grass Cut  (2)", "Lock && Key  (1)"]
    tasks.actions()[1].trigger()
    assert [row.task for row in page.model.shown] == ["Lock & Key"]


def test_the_slider_makes_tiles_larger_and_is_remembered(qtbot: QtBot, gallery: OpenGallery) -> None:
    page = gallery(PENDING)
    before = page.grid.visualRect(page.model.index(0)).size()
    page.size_slider.setValue(300)
    assert page.grid.visualRect(page.model.index(0)).size() == before + QSize(124, 93)
    assert page.state.get("gallery/size") == "300"


def test_a_heading_says_where_there_are_fewer_afters(qtbot: QtBot, pairs: GalleryPage) -> None:
    assert [(group.title, group.remark) for group in pairs.model.groups] == [
        ("Grass Cut · Before", ""), ("Grass Cut · After", "one fewer than Before"),
    ]  # fmt: skip
    pairs.grid.go(0)
    pairs.state.put("gallery/reason", "Dark")
    press(qtbot, pairs, Key.Key_Delete)
    qtbot.waitUntil(lambda: [group.remark for group in pairs.model.groups] == ["", ""])


def test_a_screen_reader_hears_what_a_tile_shows(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery
) -> None:
    page = gallery()
    values = {"reject_reason": "Dark", "notes": "Gate open", "file_name": "a.jpg"}
    elsewhere.picture(project, state=ItemState.REJECTED, **values)
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    words = page.model.data(page.model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    unproven = "Cannot be verified: time (it carries no time); location (it carries no position)"
    assert words == f"Grass Cut, Before, Rejected, because: Dark, note: Gate open, {unproven}, a.jpg"


def test_filters_and_the_current_photo_come_back_with_the_window(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, open_window: Callable[[], MainWindow], gallery: OpenGallery
) -> None:
    page = gallery(*[PENDING] * 3)
    elsewhere.picture(project, task="Lock Change")
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 4)
    page.filters.choose(By.TASK, "Grass Cut")
    page.search.setText("jpg")
    page.grid.go(2)
    page.state.save()
    kept = page.desk.folder.root / "window.ini"
    qtbot.waitUntil(lambda: kept.exists() and "Grass Cut" in kept.read_text())
    again = open_window().show_page("gallery")
    assert isinstance(again, GalleryPage)
    qtbot.waitUntil(lambda: again.model.rowCount() == 3)
    assert (again.search.text(), again.filters.filter()) == ("jpg", page.filters.filter())
    qtbot.waitUntil(lambda: again.grid.currentIndex().row() == 2)


@pytest.mark.parametrize("kept", ["", "no json", "[1]", '{"state": "of another version", "task": 4, "colour": "red"}'])
def test_a_filter_that_cannot_be_read_shows_everything(kept: str) -> None:
    assert read_filter(kept) == Filter()


def test_a_filter_is_remembered_whole() -> None:
    wanted = Filter(state=PENDING, evidence_type="after", task="", crew="crew7", day="2026-06-03", words="gate")
    assert read_filter(filter_text(wanted)) == wanted


@pytest.mark.parametrize("name", ["gallery/splitter", "gallery/facts"])
def test_the_parts_are_as_large_again_as_they_were_made(
    qtbot: QtBot, open_window: Callable[[], MainWindow], gallery: OpenGallery, name: str
) -> None:
    page = gallery(PENDING)
    splitter = page.findChild(QSplitter, name)
    splitter.moveSplitter(290, 1)
    moved = splitter.sizes()
    page.state.save()
    kept = page.desk.folder.root / "window.ini"
    qtbot.waitUntil(lambda: kept.exists() and name.partition("/")[2] in kept.read_text())
    again = open_window().show_page("gallery").findChild(QSplitter, name)
    qtbot.waitUntil(lambda: again.sizes() == moved)  # when there is a photo to tell facts of
