"""Import and export through the window: there and back, and what is wrong with a file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from pruvan_desk.domain.project_import import Fate
from pruvan_desk.reports.sheets import read_sheet, write_sheet
from pruvan_desk.store.models import Project
from pruvan_desk.ui.projects.transfer import ABOUT, ImportDialog
from pruvan_desk.ui.projects.view import ProjectsPage
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice

HEADS = ("Project", "Status", "Due", "Address", "City", "Tasks")


@pytest.fixture
def page(qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: Callable[[], MainWindow]) -> ProjectsPage:
    """Three orders of a client, one of them closed; the texts are such as files spoil."""
    afs = elsewhere.integration()
    elsewhere.project(afs, "1", ("Grass Cut", "Trim"), instructions="<p>Mow</p>\r\n=1+1", due="2026-12-01T17:00:00Z")
    elsewhere.project(afs, "2", info="-12 is the code", assigned_to="crew7", reference="007", due="2026-12-31")
    elsewhere.project(afs, "3", status="Closed", close_reason="by_hand", description=" 'quoted' ")
    page = open_window().show_page("projects")
    assert isinstance(page, ProjectsPage)
    qtbot.waitUntil(lambda: len(page.model.shown) == 3)
    return page


def import_dialog(qtbot: QtBot, page: ProjectsPage, path: Path) -> ImportDialog:
    page.commands.open_import(path)
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ImportDialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ImportDialog)
    qtbot.waitUntil(lambda: bool(dialog.summary.text()))
    return dialog


def snapshot(elsewhere: ElsewhereOffice) -> list[dict[str, object]]:
    """Every value of every project."""
    columns = [column.name for column in Project.__table__.columns if column.name != "source"]
    return [{name: getattr(row, name) for name in columns} for row in elsewhere.all(Project)]


@pytest.mark.parametrize("name", ["out.xlsx", "out.csv"])
def test_round_trip(qtbot: QtBot, elsewhere: ElsewhereOffice, page: ProjectsPage, tmp_path: Path, name: str) -> None:
    before = snapshot(elsewhere)
    page.page_actions["project_export"].trigger()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog))
    files = QApplication.activeModalWidget()
    assert isinstance(files, QFileDialog)
    files.fileSelected.emit(str(tmp_path / name))
    files.reject()
    qtbot.waitUntil((tmp_path / name).exists)
    sheet = read_sheet(tmp_path / name)
    assert [row.cells[0] for row in sheet.rows] == [f"AFS::{row.number}" for row in page.model.shown]
    dialog = import_dialog(qtbot, page, tmp_path / name)
    assert dialog.summary.text() == "0 new · 0 changed · 3 unchanged"
    assert not dialog.accept_button.isEnabled()
    dialog.reject()
    assert snapshot(elsewhere) == before

    rows = [list(row.cells) for row in sheet.rows]
    rows[0][sheet.headings.index("Status")] = "Rush"
    write_sheet(tmp_path / name, sheet.headings, rows)
    dialog = import_dialog(qtbot, page, tmp_path / name)
    assert dialog.summary.text() == "0 new · 1 changed · 2 unchanged"
    qtbot.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.model.shown[0].status == "Rush")
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    page.page_actions["undo"].trigger()
    qtbot.waitUntil(lambda: [row.status for row in page.model.shown].count("Rush") == 0)
    after = [{**row, "source_digest": None} for row in snapshot(elsewhere)]
    assert after == [{**row, "source_digest": None} for row in before]


def test_what_is_shown_is_exported_and_no_more(qtbot: QtBot, page: ProjectsPage, tmp_path: Path) -> None:
    page.search.setText("crew7")
    page.commands.export(tmp_path / "some.csv")
    qtbot.waitUntil((tmp_path / "some.csv").exists)
    assert [row.cells[0] for row in read_sheet(tmp_path / "some.csv").rows] == ["AFS::2"]


def test_a_bad_row_is_named_mended_and_imported_with_the_rest(
    qtbot: QtBot, elsewhere: ElsewhereOffice, page: ProjectsPage, tmp_path: Path
) -> None:
    rows = [("B-1", "", "soon", "1 Oak St", "Waco", "Grass Cut"), ("B-2", "", "", "2 Oak St", "Waco", "Locks")]
    write_sheet(tmp_path / "bids.csv", HEADS, rows)
    dialog = import_dialog(qtbot, page, tmp_path / "bids.csv")
    (line,) = dialog.model.lines
    assert (line.number, line.plan.reason) == (2, "soon is no date.")
    dialog.model.setData(dialog.model.index(0, ABOUT + 1 + HEADS.index("Due")), "12/31/2026")
    qtbot.waitUntil(lambda: dialog.accept_button.text() == "Import 2" and dialog.accept_button.isEnabled())
    qtbot.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(page.model.shown) == 5)
    assert [row.due for row in elsewhere.all(Project)[3:]] == ["2026-12-31", ""]


def test_the_good_rows_go_first_and_the_bad_one_stays_to_be_mended(
    qtbot: QtBot, elsewhere: ElsewhereOffice, page: ProjectsPage, tmp_path: Path
) -> None:
    write_sheet(
        tmp_path / "bids.csv",
        HEADS,
        [("B-1", "", "", "", "Waco", "Grass Cut"), ("B-2", "", "", "2 Oak St", "Waco", "Locks")],
    )
    dialog = import_dialog(qtbot, page, tmp_path / "bids.csv")
    qtbot.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(page.model.shown) == 4)
    qtbot.waitUntil(lambda: [line.number for line in dialog.model.lines] == [2] and dialog.isVisible())
    dialog.model.setData(dialog.model.index(0, ABOUT + 1 + HEADS.index("Address")), "1 Oak St")
    qtbot.waitUntil(dialog.accept_button.isEnabled)
    qtbot.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(page.model.shown) == 5)


def test_another_column_is_chosen_and_remembered(
    qtbot: QtBot, elsewhere: ElsewhereOffice, page: ProjectsPage, tmp_path: Path
) -> None:
    write_sheet(tmp_path / "a.csv", ["Ticket", "When"], [["AFS::2", "2027-01-31"]])
    dialog = import_dialog(qtbot, page, tmp_path / "a.csv")
    assert [line.plan.reason for line in dialog.model.lines] == ["No column says which project it is."]
    for place, name in ((0, "project"), (1, "due")):
        dialog.fields[place].setCurrentIndex(dialog.fields[place].findData(name))
    dialog.plan()
    qtbot.waitUntil(dialog.accept_button.isEnabled)
    qtbot.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: elsewhere.all(Project)[1].due == "2027-01-31")
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    again = import_dialog(qtbot, page, tmp_path / "a.csv")
    assert [line.plan.fate for line in again.model.lines] == [Fate.UNCHANGED]
    again.reject()


def test_a_file_that_is_none_is_said(qtbot: QtBot, page: ProjectsPage, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"no workbook")
    with qtbot.waitSignal(page.desk.told) as told:
        page.commands.open_import(tmp_path / "a.xlsx")
    assert "a.xlsx is no .xlsx file" in told.args[0]
