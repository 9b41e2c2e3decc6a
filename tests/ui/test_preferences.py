"""Preferences: every setting with a name, saved at once; the Downloader's levels in their order; the tray says what the bar says."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from pruvan_desk.core.settings import FIELDS
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.models import SettingRow
from pruvan_desk.ui.preferences.dialog import PreferencesDialog
from pruvan_desk.ui.preferences.folders import FolderField, LevelsField
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice


@pytest.fixture
def dialog(open_window: Callable[[], MainWindow]) -> PreferencesDialog:
    window = open_window()
    window.window_actions["preferences"].trigger()
    (found,) = window.findChildren(PreferencesDialog)
    return found


def kept(elsewhere: ElsewhereOffice) -> dict[str, str]:
    return {row.name: row.value for row in elsewhere.all(SettingRow)}


def test_every_setting_that_has_a_name_is_there_with_its_sentence(dialog: PreferencesDialog) -> None:
    named = {name for name, setting in FIELDS.items() if setting.metadata["label"]}
    assert set(dialog.fields) == named
    assert [dialog.tabs.tabText(place) for place in range(dialog.tabs.count())] == [
        "General",
        "Sending",
        "Downloader",
        "Check In",
        "Watch folders",
        "Keys",
    ]
    assert all(field.accessibleName() and field.accessibleDescription() for field in dialog.fields.values())


def test_what_is_changed_is_saved_at_once(qtbot: QtBot, elsewhere: ElsewhereOffice, dialog: PreferencesDialog) -> None:
    at_once, limit, sidecar = (
        dialog.fields[name] for name in ("relay_at_once", "bandwidth_mbit", "downloader_sidecar")
    )
    assert isinstance(at_once, QSpinBox)
    assert isinstance(limit, QDoubleSpinBox)
    assert isinstance(sidecar, QCheckBox)
    at_once.setValue(12)
    limit.setValue(20.0)
    sidecar.setChecked(True)
    wanted = {"relay_at_once": "12", "bandwidth_mbit": "20.0", "downloader_sidecar": "True"}
    qtbot.waitUntil(lambda: kept(elsewhere) == wanted)


def test_what_does_not_fit_is_said_and_not_saved(
    qtbot: QtBot, elsewhere: ElsewhereOffice, dialog: PreferencesDialog
) -> None:
    zone = dialog.fields["office_zone"]
    assert isinstance(zone, QLineEdit)
    zone.setText("Middle Earth")
    zone.editingFinished.emit()
    qtbot.waitUntil(lambda: "Middle Earth" in dialog.problem.text())
    assert kept(elsewhere) == {}
    zone.setText("America/Chicago")
    zone.editingFinished.emit()
    qtbot.waitUntil(lambda: kept(elsewhere) == {"office_zone": "America/Chicago"})
    qtbot.waitUntil(dialog.problem.isHidden)


def test_the_levels_of_the_tree_are_ticked_and_moved_with_the_keyboard(
    qtbot: QtBot, elsewhere: ElsewhereOffice, dialog: PreferencesDialog
) -> None:
    levels = dialog.fields["downloader_levels"]
    assert isinstance(levels, LevelsField)
    assert levels.example.text().startswith("Example: AFS-88123 / Grass Cut / Before / ")
    dialog.tabs.setCurrentIndex(2)
    levels.list.setFocus()
    levels.list.setCurrentRow(1)
    qtbot.keyClick(levels.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: kept(elsewhere).get("downloader_levels") == "task,project,photo_type")
    qtbot.keyClick(levels.list, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: kept(elsewhere).get("downloader_levels") == "project,photo_type")


def test_the_folder_of_the_tree_is_a_whole_path(
    qtbot: QtBot, elsewhere: ElsewhereOffice, dialog: PreferencesDialog, tmp_path
) -> None:
    folder = dialog.fields["downloader_folder"]
    assert isinstance(folder, FolderField)
    folder._chosen(str(tmp_path))
    qtbot.waitUntil(lambda: kept(elsewhere) == {"downloader_folder": str(tmp_path)})
    folder.path.setText("not/whole")
    folder.path.editingFinished.emit()
    qtbot.waitUntil(lambda: "not/whole" in dialog.problem.text())


def test_the_tray_says_what_the_status_bar_says_and_pauses(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: Callable[[], MainWindow]
) -> None:
    elsewhere.photo(elsewhere.project(elsewhere.integration()), ItemState.FAILED)
    window = open_window()
    qtbot.waitUntil(lambda: "1 failed" in window.tray.words)
    window.tray.pause_action.trigger()
    qtbot.waitUntil(lambda: window.tray.words.startswith("Sending paused"))
    assert window.tray.pause_action.text() == "Resume sending"
    assert kept(elsewhere) == {"relay_paused": "True"}
