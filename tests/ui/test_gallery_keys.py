"""The gallery's keys, pressed in the real window: what they do is seen at once and is in the database a moment later."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.models import Item, RelayJob
from pruvan_desk.ui.gallery.dialogs import RejectDialog
from pruvan_desk.ui.gallery.publishing import PublishDialog
from pruvan_desk.ui.gallery.view import GalleryPage
from ui.elsewhere import ElsewhereOffice
from ui.galleries import CTRL, NONE, SHIFT, dialog, kept_states, press, states

Key = Qt.Key


@pytest.mark.parametrize(("key", "state"), [(Key.Key_P, ItemState.PASSED), (Key.Key_U, ItemState.PENDING_QA)])
def test_a_mark_shows_at_once_and_is_kept(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage], key: Qt.Key, state: ItemState
) -> None:
    page = gallery(ItemState.REJECTED)
    press(qtbot, page, key)
    assert states(page) == [state]  # without waiting for anything
    qtbot.waitUntil(lambda: kept_states(elsewhere) == [state])
    qtbot.waitUntil(lambda: not page.model._over)
    assert states(page) == [state]


def test_shift_p_goes_on_to_the_next(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(*[ItemState.PENDING_QA] * 3)
    press(qtbot, page, Key.Key_P, SHIFT)
    press(qtbot, page, Key.Key_P, SHIFT)
    assert page.grid.currentIndex().row() == 2
    qtbot.waitUntil(lambda: kept_states(elsewhere) == ["passed", "passed", "pending_qa"])


def test_after_several_were_marked_the_next_is_the_one_after_them_however_they_were_selected(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(*[ItemState.PENDING_QA] * 5)
    page.grid.go(3)
    page.grid.go(1, extend=True)  # upwards: the first of them is the current one
    press(qtbot, page, Key.Key_P, SHIFT)
    assert [row.id for row in page.chosen()] == [page.model.shown[4].id]
    qtbot.waitUntil(lambda: kept_states(elsewhere) == ["pending_qa", "passed", "passed", "passed", "pending_qa"])


def test_a_click_on_a_chip_or_a_button_leaves_the_keys_to_the_photos(
    qtbot: QtBot, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(*[ItemState.PENDING_QA] * 3)
    chips = page.states.findChildren(QPushButton)
    qtbot.mouseClick(next(chip for chip in chips if chip.text().startswith("Pending")), Qt.MouseButton.LeftButton)
    assert page.filters.filter().state is ItemState.PENDING_QA
    assert page.grid.hasFocus()
    press(qtbot, page, Key.Key_Right)
    assert page.filters.filter().state is ItemState.PENDING_QA
    assert page.grid.currentIndex().row() == 1
    for each in (page.filters.button, page.queue_button, page.publish_button):
        assert not each.focusPolicy() & Qt.FocusPolicy.ClickFocus
        assert each.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_enter_in_the_search_field_leads_to_the_photos(qtbot: QtBot, gallery: Callable[..., GalleryPage]) -> None:
    page = gallery(*[ItemState.PENDING_QA] * 3)
    page.search.setFocus()
    qtbot.keyClicks(page.search, "grass")
    qtbot.keyClick(page.search, Key.Key_Return)
    assert page.grid.hasFocus()
    assert not page.is_single


def test_passing_with_the_pending_filter_skips_none(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(*[ItemState.PENDING_QA] * 3)
    page.states.choose(ItemState.PENDING_QA.value)
    page._filter()
    for _ in range(3):
        press(qtbot, page, Key.Key_P, SHIFT)
    qtbot.waitUntil(lambda: kept_states(elsewhere) == ["passed"] * 3)


def test_reject_asks_why_and_offers_the_last_reason_again(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(ItemState.PENDING_QA, ItemState.PENDING_QA)
    press(qtbot, page, Key.Key_X, SHIFT)
    asking = dialog(qtbot)
    assert isinstance(asking, RejectDialog)
    asking.words.selectAll()
    qtbot.keyClicks(asking.words, "Box in the way")
    qtbot.keyClick(asking.words, Key.Key_Return)
    qtbot.waitUntil(lambda: page.grid.currentIndex().row() == 1)
    press(qtbot, page, Key.Key_X)
    again = dialog(qtbot)
    assert isinstance(again, RejectDialog)
    qtbot.keyClick(again.reasons, Key.Key_Return)
    qtbot.waitUntil(lambda: kept_states(elsewhere) == ["rejected", "rejected"])
    assert [item.reject_reason for item in elsewhere.all(Item)] == ["Box in the way"] * 2


@pytest.mark.parametrize("key", [Key.Key_P, Key.Key_X])
def test_what_is_published_cannot_be_decided_about_and_says_why_at_once(
    qtbot: QtBot, gallery: Callable[..., GalleryPage], key: Qt.Key
) -> None:
    page = gallery(ItemState.PUBLISHED)
    with qtbot.waitSignal(page.said) as said:
        press(qtbot, page, key)
    assert "published" in said.args[0]
    assert "cannot be asked to give it back" in said.args[1]
    assert states(page) == [ItemState.PUBLISHED]
    assert QApplication.activeModalWidget() is None


def test_of_several_those_are_rejected_that_can_be_and_the_rest_is_named(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(ItemState.PENDING_QA, ItemState.PUBLISHED, ItemState.PASSED)
    press(qtbot, page, Key.Key_A, CTRL)
    press(qtbot, page, Key.Key_X)
    asking = dialog(qtbot)
    assert "Why are 2 items rejected?" in [words.text() for words in asking.findChildren(QLabel)]
    with qtbot.waitSignal(page.said) as said:
        qtbot.keyClick(asking, Key.Key_Return)
    assert said.args[0] == "1 item of 3 left as they are."
    qtbot.waitUntil(lambda: kept_states(elsewhere) == ["rejected", "published", "rejected"])


def test_a_mark_that_came_too_late_is_taken_back(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(ItemState.PENDING_QA)
    # another desk has published it, and this window has not heard of it
    elsewhere.change(Item, page.model.shown[0].id, state=ItemState.PUBLISHED)
    with qtbot.waitSignal(page.said):
        press(qtbot, page, Key.Key_P)
    qtbot.waitUntil(lambda: states(page) == [ItemState.PUBLISHED])
    assert kept_states(elsewhere) == ["published"]


def test_rotation_adds_up_and_is_kept(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(ItemState.PENDING_QA)
    press(qtbot, page, Key.Key_Period, CTRL)
    press(qtbot, page, Key.Key_Period, CTRL)
    assert page.model.shown[0].rotation == 180
    press(qtbot, page, Key.Key_Comma, CTRL)
    assert page.model.shown[0].rotation == 90
    qtbot.waitUntil(lambda: elsewhere.all(Item)[0].rotation == 90)


def test_letters_in_the_search_field_do_not_mark(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(ItemState.PENDING_QA, ItemState.PENDING_QA)
    page.search.setFocus()
    qtbot.keyClicks(page.search, "pxu1")
    qtbot.keyClick(page.search, Key.Key_P, SHIFT)
    assert page.search.text().lower() == "pxu1p"
    page.search.clear()
    assert states(page) == [ItemState.PENDING_QA] * 2
    assert kept_states(elsewhere) == ["pending_qa"] * 2


def test_publish_asks_once_with_counts_and_queues_what_passed(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(ItemState.PASSED, ItemState.PASSED, ItemState.PENDING_QA, ItemState.REJECTED)
    press(qtbot, page, Key.Key_Return, CTRL)
    asking = dialog(qtbot)
    assert isinstance(asking, PublishDialog)
    assert "2 passed items of AFS::88123" in asking.question.text()
    assert "1 still unreviewed" in asking.left_behind.text()
    assert "1 rejected" in asking.left_behind.text()
    assert "Grass Cut: no After" in asking.missing.text()
    qtbot.keyClick(asking, Key.Key_Return)
    qtbot.waitUntil(lambda: kept_states(elsewhere) == ["queued", "queued", "pending_qa", "rejected"])
    qtbot.waitUntil(lambda: states(page).count(ItemState.QUEUED) == 2)
    assert len(elsewhere.all(RelayJob)) == 2


def test_publishing_can_be_thought_better_of(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(ItemState.PASSED)
    press(qtbot, page, Key.Key_Return, CTRL)
    qtbot.keyClick(dialog(qtbot), Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    assert kept_states(elsewhere) == ["passed"]


def test_ctrl_3_makes_it_after(qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage]) -> None:
    page = gallery(ItemState.PENDING_QA)
    press(qtbot, page, Key.Key_3, CTRL)
    qtbot.waitUntil(lambda: [group.title for group in page.model.groups] == ["Grass Cut · After"])
    assert elsewhere.all(Item)[0].evidence_type == "after"


def test_digits_filter_by_evidence_type(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(ItemState.PENDING_QA)
    elsewhere.picture(project, evidence_type="after")
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    press(qtbot, page, Key.Key_3)
    assert [row.evidence_type for row in page.model.shown] == ["after"]
    press(qtbot, page, Key.Key_2)
    assert page.model.rowCount() == 0
    qtbot.keyClick(page, Key.Key_0)
    assert page.model.rowCount() == 2


def test_shift_and_arrows_select_a_run_and_mark_all_of_it(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(*[ItemState.PENDING_QA] * 4)
    press(qtbot, page, Key.Key_Right)
    press(qtbot, page, Key.Key_Right, SHIFT)
    press(qtbot, page, Key.Key_P)
    qtbot.waitUntil(lambda: kept_states(elsewhere) == ["pending_qa", "passed", "passed", "pending_qa"])


def test_it_is_said_how_many_are_selected(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(*[ItemState.PENDING_QA] * 4)
    assert not page.hint_bar.selected.isVisible()
    press(qtbot, page, Key.Key_Right, SHIFT)
    press(qtbot, page, Key.Key_Right, SHIFT)
    assert page.hint_bar.selected.text() == "3 selected"
    assert page.hint_bar.selected.isVisible()
    qtbot.waitUntil(lambda: page.hint_bar.words.width() > 0.7 * page.hint_bar.width())
    press(qtbot, page, Key.Key_Delete)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert not page.hint_bar.selected.isVisible()
    qtbot.waitUntil(lambda: kept_states(elsewhere).count("deleted") == 3)


def test_ctrl_a_selects_all(qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage]) -> None:
    page = gallery(*[ItemState.PENDING_QA] * 3)
    press(qtbot, page, Key.Key_A, CTRL)
    press(qtbot, page, Key.Key_P)
    qtbot.waitUntil(lambda: kept_states(elsewhere) == ["passed"] * 3)


@pytest.mark.parametrize("single", [False, True])
def test_home_and_end_lead_to_the_first_and_the_last_and_g_to_the_grid(
    qtbot: QtBot, gallery: Callable[..., GalleryPage], *, single: bool
) -> None:
    page = gallery(*[ItemState.PENDING_QA] * 5)
    page.grid.go(2)
    if single:
        press(qtbot, page, Key.Key_Space)
        assert page.is_single
    press(qtbot, page, Key.Key_End)
    assert page.grid.currentIndex().row() == 4
    press(qtbot, page, Key.Key_Home)
    assert page.grid.currentIndex().row() == 0
    press(qtbot, page, Key.Key_G)
    assert not page.is_single
    assert page.grid.hasFocus()


def test_single_view_shows_the_photo_marks_it_and_goes_back(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(ItemState.PENDING_QA, ItemState.PENDING_QA)
    press(qtbot, page, Key.Key_Return)
    assert page.is_single
    qtbot.waitUntil(page.photo.shows_photo)
    press(qtbot, page, Key.Key_Right)
    press(qtbot, page, Key.Key_P)
    qtbot.waitUntil(lambda: kept_states(elsewhere) == ["pending_qa", "passed"])
    press(qtbot, page, Key.Key_Escape)
    assert not page.is_single
    assert page.grid.currentIndex().row() == 1


def test_a_click_and_a_shift_click_select(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(*[ItemState.PENDING_QA] * 3)

    def click(place: int, modifier: Qt.KeyboardModifier = NONE) -> None:
        middle = page.grid.visualRect(page.model.index(place)).center()
        qtbot.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, modifier, middle)

    click(1)
    assert [row.id for row in page.chosen()] == [page.model.shown[1].id]
    click(2, SHIFT)
    assert len(page.chosen()) == 2
    click(1, CTRL)
    assert [row.id for row in page.chosen()] == [page.model.shown[2].id]
