"""Preferences, Watch folders: set up, changed, looked through again and removed; what is wrong is said."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from pruvan_desk.core.paths import DataFolder
from pruvan_desk.operations.watch_folders import WatchForm, save_watch
from pruvan_desk.store.models import Request, WatchedFile, WatchFolder
from pruvan_desk.ui.preferences.dialog import PreferencesDialog
from pruvan_desk.ui.preferences.watching import WatchDialog, WatchPage
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice
from ui.galleries import dialog


@pytest.fixture
def page(qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: Callable[[], MainWindow]) -> WatchPage:
    elsewhere.integration("AFS")
    window = open_window()
    window.window_actions["preferences"].trigger()
    (found,) = window.findChildren(PreferencesDialog)
    found.tabs.setCurrentWidget(found.watching)
    qtbot.waitUntil(found.watching.isVisible)
    return found.watching


def cells(page: WatchPage) -> list[list[str]]:
    model = page.model
    return [[model.data(model.index(row, column)) for column in range(3)] for row in range(model.rowCount())]


def entry(qtbot: QtBot) -> WatchDialog:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), WatchDialog))
    found = QApplication.activeModalWidget()
    assert isinstance(found, WatchDialog)
    qtbot.waitUntil(lambda: found.integration.count() == 2)
    return found


def test_a_folder_is_set_up_with_its_levels_and_whose_orders_it_is_for(qtbot, elsewhere, page, tmp_path):
    page.add.click()
    asked = entry(qtbot)
    asked.folder.path.setText(str(tmp_path / "tree"))
    asked.levels.list.setCurrentRow(2)
    asked.levels.move_level(-1)
    asked.integration.setCurrentIndex(1)
    asked.save.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert cells(page) == [[str(tmp_path / "tree"), "AFS", "Not looked at yet"]]
    assert page.counts.text() == "Project / Photo Type / Task: 0 files taken."
    (row,) = elsewhere.all(WatchFolder)
    assert (row.levels, row.integration_id, row.active) == ("project,photo_type,task", 1, True)


def test_a_place_of_desks_own_is_refused_in_the_window_that_asked(qtbot, elsewhere, page, folder: DataFolder):
    page.add.click()
    asked = entry(qtbot)
    asked.folder.path.setText(str(folder.photos))
    asked.save.click()
    qtbot.waitUntil(asked.problem.isVisible)
    assert "is inside Pruvan Desk's own data folder" in asked.problem.text()
    asked.reject()
    assert elsewhere.all(WatchFolder) == []


@pytest.fixture
def watch(qtbot: QtBot, elsewhere: ElsewhereOffice, page: WatchPage, folder: DataFolder, tmp_path: Path) -> int:
    form = WatchForm(str(tmp_path / "tree"), "project,task")
    changes = elsewhere.do(lambda: save_watch(elsewhere.database, folder, form, "eve"))
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    (watch_id,) = changes.watches
    return watch_id


def test_how_it_stands_is_told_as_it_changes(qtbot, elsewhere, page, watch):
    def stands(words: str, **values: object) -> None:
        elsewhere.change(WatchFolder, watch, **values)
        elsewhere.tell(watches=watch)
        qtbot.waitUntil(lambda: cells(page)[0][2] == words)

    stands("1,204 files coming in", waiting=1204)
    stands("It does not answer.", problem="It does not answer.")
    qtbot.waitUntil(lambda: page.trouble.text() == "It does not answer.")
    stands("Off", active=False)
    qtbot.waitUntil(lambda: not page.rescan.isEnabled())


def test_files_that_need_a_look_are_named_with_why(qtbot, elsewhere, page, watch):
    def refuse() -> None:
        with elsewhere.database.write() as writing:
            given = {"watch_id": watch, "seen": "1/1", "at": writing.now, "folder": "AFS-1"}
            writing.session.add(WatchedFile(name="a.txt", outcome="refused", words="It is of no known kind.", **given))
            writing.session.add(WatchedFile(name="b.jpg", outcome="known", **given))
            writing.session.add(WatchedFile(name="c.jpg", outcome="taken", **given))
            writing.changed(watches=watch)

    elsewhere.do(refuse)
    qtbot.waitUntil(page.refused.isVisible)
    assert [(row.place, row.words) for row in page.refused_model.records] == [
        ("AFS-1/a.txt", "It is of no known kind.")
    ]
    counts = "Project / Task: 1 file taken, 1 here already, 1 not taken."
    qtbot.waitUntil(lambda: page.counts.text() == counts)


def test_it_is_changed_looked_through_again_and_removed(qtbot, elsewhere, page, watch):
    page.edit.click()
    asked = entry(qtbot)
    asked.active.setChecked(False)
    asked.save.click()
    qtbot.waitUntil(lambda: not elsewhere.get(WatchFolder, watch).active)
    qtbot.waitUntil(lambda: cells(page)[0][2] == "Off")
    page.edit.click()
    asked = entry(qtbot)
    asked.active.setChecked(True)
    asked.save.click()
    qtbot.waitUntil(page.rescan.isEnabled)
    page.rescan.click()
    qtbot.waitUntil(
        lambda: [(row.kind, row.body) for row in elsewhere.all(Request)] == [("rescan", {"watch_id": watch})]
    )
    page.remove.click()
    question = dialog(qtbot)
    assert isinstance(question, QMessageBox)
    question.defaultButton().click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    assert page.counts.text() == "No folder is watched."
