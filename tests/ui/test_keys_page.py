"""Keys of one's own: changed in Preferences, working at once and after a restart, and never meaning two things."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QKeySequenceEdit, QLabel
from pytestqt.qtbot import QtBot

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.ui.actions import DEEDS
from pruvan_desk.ui.gallery.dialogs import RejectDialog
from pruvan_desk.ui.gallery.view import GalleryPage
from pruvan_desk.ui.key_map import KeyMap, fold
from pruvan_desk.ui.overlay import KeysDialog
from pruvan_desk.ui.preferences.dialog import PreferencesDialog
from pruvan_desk.ui.preferences.keys import KeysPage
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice
from ui.galleries import CTRL, NONE, SHIFT, dialog, kept_states, press

Key = Qt.Key
NATIVE = sorted(deed.name for deed in DEEDS if deed.native)


@pytest.fixture
def state(qapp: QApplication, tmp_path: Path) -> WindowState:
    return WindowState(tmp_path / "window.ini", lambda call: call())


@pytest.fixture
def keys(state: WindowState) -> KeyMap:
    return KeyMap(state)


def again(state: WindowState) -> KeyMap:
    """The map after a restart."""
    state.save()
    return KeyMap(WindowState(state._path, lambda call: call()))


def open_page(window: MainWindow) -> KeysPage:
    window.show_preferences()
    (found,) = window.findChildren(PreferencesDialog)
    page = found.findChild(KeysPage)
    assert isinstance(page, KeysPage)
    found.tabs.setCurrentWidget(page)
    return page


def type_key(qtbot: QtBot, field: QKeySequenceEdit, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    field.setFocus()
    qtbot.keyClick(field, key, modifier)


def close_preferences(qtbot: QtBot, page: KeysPage) -> None:
    page.window().close()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)


def test_a_key_that_was_changed_works_at_once_and_the_old_one_no_longer(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage]
) -> None:
    gallery_page = gallery(ItemState.REJECTED, ItemState.REJECTED)
    window = gallery_page.window()
    assert isinstance(window, MainWindow)
    page = open_page(window)
    page.choose("pass")
    type_key(qtbot, page.key, Key.Key_K)
    qtbot.waitUntil(lambda: window.keys.keys("pass") == ("K",))
    close_preferences(qtbot, page)
    press(qtbot, gallery_page, Key.Key_P)
    press(qtbot, gallery_page, Key.Key_K, NONE)
    qtbot.waitUntil(lambda: kept_states(elsewhere) == ["passed", "rejected"])
    assert gallery_page.page_actions["pass"].shortcut().toString() == "K"  # which the menu shows
    assert "K pass" in gallery_page.hint_bar.words.accessibleName()
    assert "P pass" not in gallery_page.hint_bar.words.accessibleName()


def test_the_list_of_all_keys_and_the_hints_of_buttons_follow(
    qtbot: QtBot, open_window: Callable[[], MainWindow]
) -> None:
    window = open_window()
    window.keys.change("project_new", ["Ctrl+Alt+N"])
    assert "(Ctrl+Alt+N)" in window.pages["projects"].new.toolTip()
    window.keys.change("gallery", ["Alt+9"])
    assert window.rail_buttons["gallery"].toolTip() == "QA gallery (Alt+9)"
    window.show_keys()
    (shown,) = window.findChildren(KeysDialog)
    words = {line.text() for line in shown.findChildren(QLabel)}
    assert "Ctrl+Alt+N" in words
    assert "Ctrl+N" not in words
    shown.close()


def test_a_view_that_is_opened_later_has_the_keys_too(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: Callable[[], MainWindow]
) -> None:
    window = open_window()
    window.keys.change("publish", ["Ctrl+Shift+G"])
    page = window.show_page("gallery")
    assert page.page_actions["publish"].shortcut().toString() == "Ctrl+Shift+G"


def test_the_key_that_rejects_takes_the_last_reason_when_pressed_again(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: Callable[..., GalleryPage]
) -> None:
    page = gallery(ItemState.PENDING_QA)
    page.window().keys.change("reject", ["R"])
    press(qtbot, page, Key.Key_R)
    asking = dialog(qtbot)
    assert isinstance(asking, RejectDialog)
    qtbot.keyClick(asking.reasons, Key.Key_X)
    assert asking.isVisible()
    qtbot.keyClick(asking.reasons, Key.Key_R)
    qtbot.waitUntil(lambda: kept_states(elsewhere) == ["rejected"])


def test_a_key_that_means_something_is_refused_by_name_and_nothing_changes(
    qtbot: QtBot, open_window: Callable[[], MainWindow]
) -> None:
    window = open_window()
    page = open_page(window)
    page.choose("note")
    type_key(qtbot, page.key, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: "“Undo” (Edit)" in page.problem.text())
    assert window.keys.keys("note") == ("N",)
    assert page.key.keySequence().toString() == "N"
    close_preferences(qtbot, page)


def test_a_second_key_no_key_and_the_first_ones_again(qtbot: QtBot, open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    page = open_page(window)
    page.choose("note")
    type_key(qtbot, page.second, Key.Key_N, SHIFT)
    qtbot.waitUntil(lambda: window.keys.keys("note") == ("N", "Shift+N"))
    assert page._items["note"].text(2) == "N"  # as delivered
    type_key(qtbot, page.key, Key.Key_Backspace)
    assert window.keys.keys("note") == ("Shift+N",)
    type_key(qtbot, page.key, Key.Key_Backspace)
    assert window.keys.keys("note") == ()
    assert page._items["note"].text(1) == "no key"
    page.reset.click()
    assert window.keys.keys("note") == ("N",)
    assert not page.reset.isEnabled()
    close_preferences(qtbot, page)


def test_all_keys_come_back_at_once(qtbot: QtBot, open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    window.keys.change("pass", ["K"])
    window.keys.change("note", ["P"])
    page = open_page(window)
    page.list.setFocus()
    qtbot.keyClick(page.list, Key.Key_Return)  # which is no button's
    assert window.keys.keys("pass") == ("K",)
    page.reset_all.click()
    assert [window.keys.keys(name) for name in ("pass", "note")] == [("P",), ("N",)]
    close_preferences(qtbot, page)


def test_keys_of_lists_are_shown_but_fixed(qtbot: QtBot, open_window: Callable[[], MainWindow]) -> None:
    page = open_page(open_window())
    for name in NATIVE:
        page.choose(name)
        assert page._items[name].text(1)
        assert page._items[name].text(2) == "fixed"
        assert not page.key.isEnabled()
        assert not page.second.isEnabled()
    close_preferences(qtbot, page)


def test_the_choice_is_there_after_a_restart(keys: KeyMap, state: WindowState) -> None:
    keys.change("rotate_left", ["Ctrl+;", "Ctrl+,"])
    keys.change("note", [])
    found = again(state)
    assert found.keys("rotate_left") == ("Ctrl+;", "Ctrl+,")
    assert found.keys("note") == ()
    found.reset("note")
    assert found.keys("note") == ("N",)


def test_reset_is_kept_as_well(keys: KeyMap, state: WindowState) -> None:
    keys.change("note", ["J"])
    state.save()
    keys.reset("note")
    assert not again(state).is_changed("note")


@pytest.mark.parametrize(
    ("name", "key", "why"),
    [
        ("note", "P", "“Pass” (Photo)"), ("note", "Alt+1", "“Projects” (View)"), ("search", "Ctrl+P", "(Project)"),
        ("note", "Shift+Left", "lists and fields"), ("note", "Alt+F", "opens a menu"), ("note", "Space", "lists and fields"),
        ("survey_next", "Ctrl+Enter", "“Submit the form…”"), ("note", "Ctrl+=", "“Larger” (Looking)"),
    ],
)  # fmt: skip
def test_what_a_key_means_already_is_named(keys: KeyMap, name: str, key: str, why: str) -> None:
    with pytest.raises(UsageError) as refused:
        keys.change(name, [key])
    assert why in refused.value.title
    assert not keys.is_changed(name)


def test_views_do_not_disturb_each_other(keys: KeyMap) -> None:
    keys.change("project_note", ["P"])  # passes in the gallery, and nowhere else
    assert keys.keys("pass") == ("P",)


def test_a_key_that_was_given_away_does_not_come_back_by_reset(keys: KeyMap) -> None:
    keys.change("pass", ["K"])
    keys.change("note", ["P"])
    with pytest.raises(UsageError, match="Note…"):
        keys.reset("pass")
    keys.reset("note")
    keys.reset("pass")
    assert keys.keys("pass") == ("P",)


def test_the_keys_of_the_program_would_all_be_allowed(keys: KeyMap) -> None:
    assert [deed.name for deed in DEEDS if not deed.native and keys.refusal(deed.name, deed.keys)] == []
    assert all(keys.keys(deed.name) == fold(deed.keys) for deed in DEEDS)


def test_fixed_keys_cannot_be_changed(keys: KeyMap) -> None:
    with pytest.raises(UsageError, match="fixed"):
        keys.change("move", ["K"])


@pytest.mark.parametrize("written", ["Shift+Left", "Not a key", "P / P / ", "Alt+F"])
def test_a_file_that_somebody_has_spoiled_gives_no_key_two_meanings(state: WindowState, written: str) -> None:
    state.put("keys/note", written)
    found = KeyMap(state)
    used = [key for deed in DEEDS if deed.menu in ("Photo", "Edit", "View") for key in found.keys(deed.name)]
    assert len(used) == len(set(used))
    assert not {"Shift+Left", "Alt+F"} & set(used)


def test_a_new_key_of_the_program_gives_way_to_ones_own(state: WindowState) -> None:
    state.put("keys/note", "P")  # chosen when P was not yet the key of anything
    found = KeyMap(state)
    assert (found.keys("note"), found.keys("pass")) == (("P",), ())
    assert "pass" not in found.hints()


def test_both_enter_keys_are_one(qtbot: QtBot, open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    window.keys.change("search", ["Alt+Enter"])
    shortcuts = {each.toString() for each in window.window_actions["search"].shortcuts()}
    assert shortcuts == {"Alt+Return", "Alt+Enter"}
    assert window.keys.words("search") == "Alt+Enter"
