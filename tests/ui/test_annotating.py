"""Annotating in the window: by mouse, by keys alone, undone, kept at once, and published as a copy."""

import json
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from pruvan_desk.domain.annotations import Mark, MarkKind, annotations_text, read_annotations
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.annotating import annotate_item
from pruvan_desk.store.models import Item, ItemEdit
from pruvan_desk.ui.annotate.window import AnnotateWindow
from pruvan_desk.ui.gallery.publishing import PublishDialog
from pruvan_desk.ui.gallery.view import GalleryPage
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice
from ui.galleries import CTRL, NONE, SHIFT, dialog, press

OpenGallery = Callable[..., GalleryPage]
BLUR = annotations_text([Mark(MarkKind.BLUR, 0.1, 0.1, 0.4, 0.4)])


def annotate(qtbot: QtBot, page: GalleryPage) -> AnnotateWindow:
    press(qtbot, page, Qt.Key.Key_A)
    found = dialog(qtbot)
    assert isinstance(found, AnnotateWindow)
    qtbot.waitUntil(found.canvas.shows_photo)
    qtbot.waitUntil(found.canvas.hasFocus)
    return found


def at(window: AnnotateWindow, x: float, y: float) -> QPoint:
    where = window.canvas.place()
    return QPoint(round(where.left() + x * where.width()), round(where.top() + y * where.height()))


def drag(window: AnnotateWindow, start: tuple[float, float], end: tuple[float, float]) -> None:
    QTest.mousePress(window.canvas, Qt.MouseButton.LeftButton, NONE, at(window, *start))
    QTest.mouseMove(window.canvas, at(window, *end))
    QTest.mouseRelease(window.canvas, Qt.MouseButton.LeftButton, NONE, at(window, *end))


def key(window: AnnotateWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(window.canvas, key, modifier)


def marks(elsewhere: ElsewhereOffice) -> tuple[Mark, ...]:
    return read_annotations(elsewhere.all(Item)[0].annotations)


def until_kept(qtbot: QtBot, elsewhere: ElsewhereOffice, *kinds: MarkKind) -> tuple[Mark, ...]:
    qtbot.waitUntil(lambda: tuple(mark.kind for mark in marks(elsewhere)) == kinds)
    return marks(elsewhere)


@pytest.fixture
def window(qtbot: QtBot, gallery: OpenGallery) -> AnnotateWindow:
    return annotate(qtbot, gallery(ItemState.PASSED))


def test_a_mark_is_drawn_where_it_was_dragged_and_kept_at_once(
    qtbot: QtBot, elsewhere: ElsewhereOffice, window: AnnotateWindow
) -> None:
    key(window, Qt.Key.Key_F)
    drag(window, (0.2, 0.3), (0.6, 0.7))
    (mark,) = until_kept(qtbot, elsewhere, MarkKind.BLUR)
    assert mark.box == pytest.approx((0.2, 0.3, 0.6, 0.7), abs=0.02)
    assert window.count.text() == "1 blur"


@pytest.mark.parametrize(
    ("letter", "kind"),
    [(Qt.Key.Key_A, MarkKind.ARROW), (Qt.Key.Key_B, MarkKind.BOX), (Qt.Key.Key_C, MarkKind.CIRCLE), (Qt.Key.Key_F, MarkKind.BLUR)],
)  # fmt: skip
def test_each_tool_has_a_key_and_enter_puts_one_in_the_middle(
    qtbot: QtBot, elsewhere: ElsewhereOffice, window: AnnotateWindow, letter: Qt.Key, kind: MarkKind
) -> None:
    key(window, letter)
    key(window, Qt.Key.Key_Return)
    (mark,) = until_kept(qtbot, elsewhere, kind)
    assert mark.middle == pytest.approx((0.5, 0.5))


def test_by_keys_alone_a_mark_is_moved_sized_coloured_and_deleted(
    qtbot: QtBot, elsewhere: ElsewhereOffice, window: AnnotateWindow
) -> None:
    key(window, Qt.Key.Key_B)
    for _ in range(2):
        key(window, Qt.Key.Key_Return)
    until_kept(qtbot, elsewhere, MarkKind.BOX, MarkKind.BOX)
    key(window, Qt.Key.Key_PageUp)
    assert window.canvas.selected == 0
    assert window.canvas.accessibleDescription() == "Box 1 of 2"
    before = window.canvas.marks[0]
    key(window, Qt.Key.Key_Right)
    key(window, Qt.Key.Key_Down, CTRL)
    moved = window.canvas.marks[0]
    assert (moved.x1 - before.x1, moved.y1 - before.y1) == pytest.approx((0.01, 0.002))
    key(window, Qt.Key.Key_Right, SHIFT)
    sized = window.canvas.marks[0]
    assert (sized.x1, sized.x2 - moved.x2) == pytest.approx((moved.x1, 0.01))
    key(window, Qt.Key.Key_K)
    key(window, Qt.Key.Key_W)
    assert (window.canvas.marks[0].colour, window.canvas.marks[0].width) == ("orange", 3)
    qtbot.waitUntil(lambda: marks(elsewhere)[0].colour == "orange")
    key(window, Qt.Key.Key_Delete)
    (left,) = until_kept(qtbot, elsewhere, MarkKind.BOX)
    assert left.colour == "red"


def test_text_is_asked_for_and_changed(qtbot: QtBot, elsewhere: ElsewhereOffice, window: AnnotateWindow) -> None:
    key(window, Qt.Key.Key_T)
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, NONE, at(window, 0.4, 0.3))
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not window)
    words = dialog(qtbot)
    QTest.keyClicks(words.field, "Broken fence")
    QTest.keyClick(words.field, Qt.Key.Key_Return)
    (mark,) = until_kept(qtbot, elsewhere, MarkKind.TEXT)
    assert (mark.text, mark.middle) == ("Broken fence", pytest.approx((0.4, 0.3), abs=0.02))
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is window)
    window.activateWindow()  # a screen without a window manager has to be asked, once a dialog is gone
    qtbot.waitUntil(window.isActiveWindow)
    key(window, Qt.Key.Key_V)
    key(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not window)
    words = dialog(qtbot)
    assert words.field.text() == "Broken fence"
    words.field.setText("Broken gate")
    words.accept()
    qtbot.waitUntil(lambda: marks(elsewhere)[0].text == "Broken gate")


def test_a_mark_is_taken_with_the_mouse_and_its_corner_dragged(
    qtbot: QtBot, elsewhere: ElsewhereOffice, window: AnnotateWindow
) -> None:
    key(window, Qt.Key.Key_B)
    drag(window, (0.2, 0.2), (0.5, 0.5))
    until_kept(qtbot, elsewhere, MarkKind.BOX)
    key(window, Qt.Key.Key_V)
    drag(window, (0.35, 0.2), (0.45, 0.3))
    qtbot.waitUntil(lambda: marks(elsewhere)[0].box == pytest.approx((0.3, 0.3, 0.6, 0.6), abs=0.03))
    drag(window, (0.6, 0.6), (0.9, 0.8))
    qtbot.waitUntil(lambda: marks(elsewhere)[0].box == pytest.approx((0.3, 0.3, 0.9, 0.8), abs=0.03))


def test_a_slip_of_the_hand_makes_nothing(qtbot: QtBot, elsewhere: ElsewhereOffice, window: AnnotateWindow) -> None:
    key(window, Qt.Key.Key_B)
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, NONE, at(window, 0.5, 0.5))
    key(window, Qt.Key.Key_Return)
    until_kept(qtbot, elsewhere, MarkKind.BOX)
    assert len(window.canvas.marks) == 1


def test_undo_and_redo_go_step_by_step(qtbot: QtBot, elsewhere: ElsewhereOffice, window: AnnotateWindow) -> None:
    key(window, Qt.Key.Key_B)
    key(window, Qt.Key.Key_Return)
    key(window, Qt.Key.Key_F)
    key(window, Qt.Key.Key_Return)
    until_kept(qtbot, elsewhere, MarkKind.BOX, MarkKind.BLUR)
    key(window, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: [mark.kind for mark in window.canvas.marks] == [MarkKind.BOX])
    key(window, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: window.canvas.marks == [])
    key(window, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: window.hint.text().startswith("There is nothing to undo on this photo."))
    window.redo.click()
    qtbot.waitUntil(lambda: [mark.kind for mark in window.canvas.marks] == [MarkKind.BOX])
    until_kept(qtbot, elsewhere, MarkKind.BOX)


def test_marks_are_there_again_in_another_window_and_can_still_be_undone(
    qtbot: QtBot, gallery: OpenGallery, elsewhere: ElsewhereOffice, open_window: Callable[[], MainWindow], project: int
) -> None:
    first = annotate(qtbot, gallery(ItemState.PASSED))
    key(first, Qt.Key.Key_F)
    key(first, Qt.Key.Key_Return)
    until_kept(qtbot, elsewhere, MarkKind.BLUR)
    first.finish.click()
    again = open_window()
    again.open_gallery(project)
    page = again.pages["gallery"]
    assert isinstance(page, GalleryPage)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.grid.setFocus()
    second = annotate(qtbot, page)
    assert [mark.kind for mark in second.canvas.marks] == [MarkKind.BLUR]
    key(second, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: elsewhere.all(Item)[0].annotations == "")


def test_a_photo_that_the_office_turned_is_annotated_as_it_is_seen(
    qtbot: QtBot, gallery: OpenGallery, elsewhere: ElsewhereOffice
) -> None:
    page = gallery(ItemState.PASSED)
    press(qtbot, page, Qt.Key.Key_Period, CTRL)
    qtbot.waitUntil(lambda: elsewhere.all(Item)[0].rotation == 90)
    window = annotate(qtbot, page)
    key(window, Qt.Key.Key_B)
    drag(window, (0.6, 0.1), (0.9, 0.2))
    (mark,) = until_kept(qtbot, elsewhere, MarkKind.BOX)
    assert mark.box == pytest.approx((0.1, 0.1, 0.2, 0.4), abs=0.03), "kept as if the photo had never been turned"


def test_what_another_desk_marks_meanwhile_is_seen(
    qtbot: QtBot, elsewhere: ElsewhereOffice, window: AnnotateWindow
) -> None:
    item = elsewhere.all(Item)[0].id
    elsewhere.do(lambda: annotate_item(elsewhere.database, item, BLUR, "ana"))
    qtbot.waitUntil(lambda: [mark.kind for mark in window.canvas.marks] == [MarkKind.BLUR])


def test_escape_lets_go_then_puts_the_tool_away_then_closes(qtbot: QtBot, window: AnnotateWindow) -> None:
    key(window, Qt.Key.Key_B)
    key(window, Qt.Key.Key_Return)
    key(window, Qt.Key.Key_Escape)
    assert window.canvas.selected is None
    key(window, Qt.Key.Key_Escape)
    assert window.canvas.tool is None
    with qtbot.waitSignal(window.finished):
        key(window, Qt.Key.Key_Escape)


def test_a_blur_is_seen_in_the_window_too(qtbot: QtBot, window: AnnotateWindow) -> None:
    key(window, Qt.Key.Key_F)
    drag(window, (0.0, 0.0), (1.0, 1.0))
    qtbot.waitUntil(lambda: len(window.canvas.marks) == 1)
    key(window, Qt.Key.Key_Escape)
    shown: QImage = window.canvas.grab().toImage()
    where = window.canvas.place().toRect().adjusted(8, 8, -8, -8)
    ratio = shown.devicePixelRatio()
    steps = [
        abs(
            shown.pixelColor(int(x * ratio), int(y * ratio)).lightness()
            - shown.pixelColor(int((x + 2) * ratio), int(y * ratio)).lightness()
        )
        for x in range(where.left(), where.right() - 2, 2)
        for y in range(where.top(), where.bottom(), 16)
    ]
    assert max(steps) < 24


def test_it_fits_a_small_screen(window: AnnotateWindow) -> None:
    assert window.minimumSizeHint().width() <= 1200


def test_a_photo_that_waits_to_be_sent_is_taken_out_of_the_queue_and_the_window_says_so(
    qtbot: QtBot, gallery: OpenGallery, elsewhere: ElsewhereOffice
) -> None:
    window = annotate(qtbot, gallery(ItemState.QUEUED))
    assert "the first mark takes it out of the queue" in window.unmarked.text()
    key(window, Qt.Key.Key_F)
    drag(window, (0.2, 0.3), (0.6, 0.7))
    qtbot.waitUntil(lambda: "was taken out of the queue" in window.unmarked.text())
    assert window.unmarked.isVisible()
    assert elsewhere.all(Item)[0].state == ItemState.PASSED


def test_a_photo_that_is_being_sent_says_that_it_is_too_late(qtbot: QtBot, gallery: OpenGallery) -> None:
    window = annotate(qtbot, gallery(ItemState.RELAYING))
    assert "too late" in window.unmarked.text()


def test_what_is_no_photo_is_not_annotated(qtbot: QtBot, gallery: OpenGallery, elsewhere: ElsewhereOffice) -> None:
    page = gallery(ItemState.PASSED)
    item = elsewhere.all(Item)[0].id
    elsewhere.change(Item, item, file_type="survey")
    page.following.take({item})
    said = []
    page.said.connect(lambda title, _advice: said.append(title))
    qtbot.waitUntil(lambda: page.model.shown[0].file_type == "survey")
    press(qtbot, page, Qt.Key.Key_A)
    assert said == ["Only photos can be annotated."]


def publish(qtbot: QtBot, page: GalleryPage) -> PublishDialog:
    press(qtbot, page, Qt.Key.Key_Return, CTRL)
    asked = dialog(qtbot)
    assert isinstance(asked, PublishDialog)
    return asked


def test_publishing_asks_which_and_suggests_the_copy(
    qtbot: QtBot, gallery: OpenGallery, elsewhere: ElsewhereOffice
) -> None:
    page = gallery(ItemState.PASSED, ItemState.PASSED)
    first = elsewhere.all(Item)[0].id
    elsewhere.do(lambda: annotate_item(elsewhere.database, first, BLUR, "ana"))
    qtbot.waitUntil(lambda: bool(page.model.shown[0].annotations))
    asked = publish(qtbot, page)
    assert asked.as_copies
    asked.accept()
    qtbot.waitUntil(lambda: page.model.rowCount() == 3)
    qtbot.waitUntil(lambda: page.publish_button.text() == "Publish…")
    original, copy = elsewhere.all(Item)[0], elsewhere.all(Item)[2]
    assert (original.state, copy.state, copy.parent_uuid) == (ItemState.PASSED, ItemState.QUEUED, original.uuid)
    qtbot.waitUntil(lambda: page.model.row_now(first).covered)
    spoken = [page.model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(3)]
    assert sum("its copy is published in its place" in words for words in spoken) == 1
    assert sum("Annotated copy: 1 blur" in words for words in spoken) == 1


def test_the_choice_of_originals_is_remembered_but_not_for_what_is_blurred(
    qtbot: QtBot, gallery: OpenGallery, elsewhere: ElsewhereOffice
) -> None:
    page = gallery(ItemState.PASSED, ItemState.PASSED, ItemState.PASSED)
    ids = [item.id for item in elsewhere.all(Item)]
    box = annotations_text([Mark(MarkKind.BOX, 0.1, 0.1, 0.4, 0.4)])
    elsewhere.do(lambda: annotate_item(elsewhere.database, ids[0], box, "ana"))
    asked = publish(qtbot, page)
    asked.copies.button(1).setChecked(True)
    asked.reject()
    asked = publish(qtbot, page)
    assert asked.as_copies, "what was cancelled is no choice"
    asked.copies.button(1).setChecked(True)
    asked.accept()
    qtbot.waitUntil(lambda: {item.state for item in elsewhere.all(Item)} == {ItemState.QUEUED})
    assert len(elsewhere.all(Item)) == 3
    for item_id in ids:
        elsewhere.change(Item, item_id, state=ItemState.PASSED)
    page.following.take(set(ids))
    qtbot.waitUntil(page.publish_button.isEnabled)
    asked = publish(qtbot, page)
    assert not asked.as_copies
    asked.reject()
    elsewhere.do(lambda: annotate_item(elsewhere.database, ids[1], BLUR, "ana"))
    asked = publish(qtbot, page)
    assert asked.as_copies, "a blur is not taken off by a habit"
    asked.reject()


def test_the_copy_of_what_the_client_has_unmarked_is_published_by_itself(
    qtbot: QtBot, gallery: OpenGallery, elsewhere: ElsewhereOffice
) -> None:
    page = gallery(ItemState.PUBLISHED)
    item = elsewhere.all(Item)[0].id
    said = []
    page.said.connect(lambda title, _advice: said.append(title))
    press(qtbot, page, Qt.Key.Key_Return, CTRL | SHIFT)
    assert said == ["No annotated copy is to be published."]
    elsewhere.do(lambda: annotate_item(elsewhere.database, item, BLUR, "ana"))
    qtbot.waitUntil(lambda: bool(page.model.shown[0].annotations))
    press(qtbot, page, Qt.Key.Key_Return, CTRL | SHIFT)
    asked: QDialog = dialog(qtbot)
    QTest.keyClick(asked, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(elsewhere.all(Item)) == 2)
    assert [each.state for each in elsewhere.all(Item)] == [ItemState.PUBLISHED, ItemState.QUEUED]


def test_the_facts_say_it_once_however_many_marks_were_drawn(
    qtbot: QtBot, gallery: OpenGallery, elsewhere: ElsewhereOffice
) -> None:
    page = gallery(ItemState.PASSED)
    item = elsewhere.all(Item)[0].id
    for share in (0.2, 0.3, 0.4):
        text = annotations_text([Mark(MarkKind.BOX, 0.1, 0.1, share, share)])
        elsewhere.do(lambda text=text: annotate_item(elsewhere.database, item, text, "ana"))
    qtbot.waitUntil(lambda: "annotated, 3 changes" in page.facts.history.text())
    assert page.facts.history.text().count("annotated") == 1
    qtbot.waitUntil(lambda: "Annotated: 1 box" in page.facts.words.text())
    assert len(elsewhere.all(ItemEdit)) == 3
    assert json.loads(elsewhere.all(Item)[0].annotations)[0]["kind"] == "box"
