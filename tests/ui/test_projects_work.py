"""Work in the Projects view: filters, saved views, columns, many at once, forms, notes, undo, the trash."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from pruvan_desk.domain.statuses import ItemState, ProjectStatus
from pruvan_desk.operations.project_edits import change_projects
from pruvan_desk.store.models import AuditEvent, Item, Project, ProjectNote, SavedView, Task
from pruvan_desk.ui.projects.columns import PLACE
from pruvan_desk.ui.projects.filters import BY_NAME, check_ins_of
from pruvan_desk.ui.projects.forms import BulkDialog, ProjectDialog
from pruvan_desk.ui.projects.trash import TrashDialog
from pruvan_desk.ui.projects.view import ProjectsPage
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice

OpenProjects = Callable[[int], ProjectsPage]


@pytest.fixture
def open_projects(qtbot: QtBot, open_window: Callable[[], MainWindow]) -> OpenProjects:
    """Opens the view and waits for so many projects."""

    def open_it(count: int) -> ProjectsPage:
        page = open_window().show_page("projects")
        assert isinstance(page, ProjectsPage)
        qtbot.waitUntil(lambda: len(page.model.index_of_projects.by_id) == count and not page._reading)
        return page

    return open_it


def shown(page: ProjectsPage) -> list[str]:
    return [row.number for row in page.model.shown]


def select(page: ProjectsPage, *numbers: str) -> None:
    page.table.clearSelection()
    for number in numbers:
        index = page.model.index(shown(page).index(number), 0)
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        page.table.selectionModel().setCurrentIndex(index, flags)


def dialog(qtbot: QtBot, kind: type) -> QDialog:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), kind))
    found = QApplication.activeModalWidget()
    assert isinstance(found, QDialog)
    return found


def answer(qtbot: QtBot, button: str) -> None:
    box = dialog(qtbot, QMessageBox)
    qtbot.mouseClick(next(choice for choice in box.buttons() if choice.text() == button), Qt.MouseButton.LeftButton)


def pick(menu: QMenu, words: str) -> None:
    next(action for action in menu.actions() if action.text() == words).trigger()


def days(count: int) -> str:
    return (datetime.now(UTC) + timedelta(days=count)).date().isoformat()


def test_chips_narrow_by_one_or_several_values(elsewhere: ElsewhereOffice, open_projects: OpenProjects) -> None:
    afs = elsewhere.integration()
    for number, status in (("1", "Rush"), ("2", "Rework"), ("3", "Assigned"), ("4", "Closed")):
        elsewhere.project(afs, number, status=ProjectStatus(status))
    page = open_projects(4)
    pick(page.filters.menu_of(BY_NAME["status"]), "Rush")
    assert shown(page) == ["1"]
    pick(page.filters.menu_of(BY_NAME["status"]), "Rework")
    assert shown(page) == ["1", "2"]
    assert page.filters.chips["status"].accessibleName() == "Status: Rework, Rush"
    pick(page.filters.menu_of(BY_NAME["status"]), "All")
    pick(page.filters.menu_of(BY_NAME["state"]), "Open")
    assert shown(page) == ["1", "2", "3"]
    page.filters.clear.click()
    assert shown(page) == ["1", "2", "3", "4"]


def test_a_change_moves_a_row_into_and_out_of_the_filter(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects
) -> None:
    afs = elsewhere.integration()
    first = elsewhere.project(afs, "1", status=ProjectStatus.RUSH)
    elsewhere.project(afs, "2", status=ProjectStatus.RUSH)
    page = open_projects(2)
    pick(page.filters.menu_of(BY_NAME["status"]), "Rush")
    elsewhere.change(Project, first, status="Complete")
    elsewhere.touch(first)
    qtbot.waitUntil(lambda: shown(page) == ["2"])
    elsewhere.change(Project, first, status="Rush")
    elsewhere.touch(first)
    qtbot.waitUntil(lambda: shown(page) == ["1", "2"])


def test_tiles_count_and_filter(qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects) -> None:
    afs = elsewhere.integration()
    late = elsewhere.project(afs, "1", due="2020-01-01", options={"check_in_required": 1})
    elsewhere.project(afs, "2", due=days(40), options={"check_in_required": 1})
    elsewhere.project(afs, "3", status="Closed", closed_at=datetime.now(UTC), close_reason="by_hand")
    for state in (ItemState.PENDING_QA, ItemState.PENDING_QA, ItemState.FAILED):
        elsewhere.photo(late, state)
    page = open_projects(3)
    strip = page.strip
    qtbot.waitUntil(lambda: [t.count for t in strip.tiles] == ["2", "0", "1", "1", "2", "1", "1"])
    for tile, numbers in (
        (strip.open, ["1", "2"]),
        (strip.past, ["1"]),
        (strip.at_risk, ["1"]),
        (strip.pending, ["1"]),
        (strip.failed, ["1"]),
        (strip.closed, ["3"]),
    ):
        page.filters.clear.click()
        qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
        assert (shown(page), tile.isChecked()) == (numbers, True), tile.accessibleName()
    qtbot.mouseClick(strip.closed, Qt.MouseButton.LeftButton)
    assert len(shown(page)) == 3


def test_the_strip_follows_what_happens(qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects) -> None:
    project = elsewhere.project(elsewhere.integration(), "1")
    page = open_projects(1)
    qtbot.waitUntil(lambda: page.strip.pending.count == "0")
    elsewhere.photo(project)
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: page.strip.pending.count == "1")


def test_a_saved_view_brings_filter_search_order_and_columns_back(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects
) -> None:
    afs = elsewhere.integration()
    for number, city in (("1", "Austin"), ("2", "Tulsa"), ("3", "Waco")):
        elsewhere.project(
            afs, number, city=city, status=ProjectStatus.RUSH if number != "2" else ProjectStatus.ASSIGNED
        )
    page = open_projects(3)
    pick(page.filters.menu_of(BY_NAME["status"]), "Rush")
    page.table.sortByColumn(PLACE["city"], Qt.SortOrder.DescendingOrder)
    pick(page.table.column_menu(page), "Zip")
    page.colours.setCurrentIndex(page.colours.findData("due"))
    page.views.save("Rush, south first")
    qtbot.waitUntil(lambda: [view.name for view in page.views.views] == ["Rush, south first"])
    page.filters.clear.click()
    page.table.sortByColumn(PLACE["key"], Qt.SortOrder.AscendingOrder)
    pick(page.table.column_menu(page), "Zip")
    page.colours.setCurrentIndex(0)
    pick(page.views.menu(), "Rush, south first")
    assert shown(page) == ["3", "1"]
    assert not page.table.isColumnHidden(PLACE["zip"])
    assert page.colours.currentData() == "due"
    page.views.forget(page.views.views[0].id)
    qtbot.waitUntil(lambda: elsewhere.all(SavedView) == [])


def test_colours_follow_the_status_and_the_due_date(elsewhere: ElsewhereOffice, open_projects: OpenProjects) -> None:
    afs = elsewhere.integration()
    elsewhere.project(afs, "1", status=ProjectStatus.RUSH, due=days(60))
    elsewhere.project(afs, "2", due="2020-01-01")
    page = open_projects(2)

    def tinted() -> dict[str, bool]:
        """Whether the left edge of a row, as it is painted, has another colour than the ground."""
        picture = page.table.viewport().grab().toImage()
        rows = {
            row.number: page.table.visualRect(page.model.index(n, 0)).center().y()
            for n, row in enumerate(page.model.shown)
        }
        ground = picture.pixelColor(2, picture.height() - 2)
        return {number: picture.pixelColor(2, y) != ground for number, y in rows.items()}

    assert tinted() == {"1": False, "2": False}
    page.colours.setCurrentIndex(page.colours.findData("status"))
    assert tinted() == {"1": True, "2": False}
    page.colours.setCurrentIndex(page.colours.findData("due"))
    assert tinted() == {"1": False, "2": True}


def test_many_are_changed_at_once_and_taken_back_with_one_key(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects
) -> None:
    afs = elsewhere.integration()
    for number in ("1", "2", "3"):
        elsewhere.project(afs, number)
    page = open_projects(3)
    select(page, "1", "3")
    assert "2 selected" in page.count.text()
    qtbot.mouseClick(page.change, Qt.MouseButton.LeftButton)
    form = dialog(qtbot, BulkDialog)
    assert isinstance(form, BulkDialog)
    form.status.setCurrentText("Rush")
    form.due.setCurrentText("12/31/2030")
    form.save.click()
    qtbot.waitUntil(lambda: [row.status for row in page.model.shown if row.number != "2"] == ["Rush", "Rush"])
    assert {row.due for row in elsewhere.all(Project)} == {"", "2030-12-31"}
    qtbot.waitUntil(lambda: page.page_actions["undo"].text() == "Undo status, due date of 2 projects")
    page.window().activateWindow()  # without a screen nobody gives it back when the form closes
    qtbot.waitUntil(lambda: QApplication.activeWindow() is page.window())
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: {row.status for row in elsewhere.all(Project)} == {"Assigned"})
    qtbot.keyClick(page.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: [row.status for row in elsewhere.all(Project)] == ["Rush", "Assigned", "Rush"])


def test_what_is_wrong_is_said_in_the_form_and_nothing_is_lost(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects
) -> None:
    elsewhere.project(elsewhere.integration(), "1")
    page = open_projects(1)
    select(page, "1")
    page.page_actions["project_change"].trigger()
    form = dialog(qtbot, BulkDialog)
    assert isinstance(form, BulkDialog)
    form.due.setCurrentText("soon")
    form.save.click()
    assert "soon is no date" in form.message.text()
    assert form.isVisible()
    form.due.setCurrentText("No date")
    form.save.click()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)


def test_undo_outlives_a_restart(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: Callable[[], MainWindow]
) -> None:
    project = elsewhere.project(elsewhere.integration(), "1")
    elsewhere.do(lambda: change_projects(elsewhere.database, [project], {"status": "Rush"}, "mary"))
    page = open_window().show_page("projects")
    page.page_actions["undo"].trigger()
    qtbot.waitUntil(lambda: elsewhere.get(Project, project).status == "Assigned")


def test_a_new_project_of_the_offices_own_is_made_and_selected(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects
) -> None:
    elsewhere.project(elsewhere.integration(), "1")
    page = open_projects(1)
    page.search.setText("hides the new one")
    qtbot.mouseClick(page.new, Qt.MouseButton.LeftButton)
    form = dialog(qtbot, ProjectDialog)
    assert isinstance(form, ProjectDialog)
    form.fields["number"].setText("B-1")
    form.fields["address1"].setText("1 Oak St")
    form.save.click()
    qtbot.waitUntil(lambda: "city is needed" in form.message.text())
    form.fields["city"].setText("Waco")
    form.tasks.setPlainText("Grass Cut\nTrim Shrubs")
    form.save.click()
    qtbot.waitUntil(lambda: page.panel.title.text() == "OFFICE::B-1")
    assert [task.name for task in elsewhere.all(Task, project_id=2)] == ["Grass Cut", "Trim Shrubs"]


def test_of_an_imported_order_what_is_the_clients_is_shown_and_locked(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects
) -> None:
    project = elsewhere.project(elsewhere.integration(), "1", instructions="Mow")
    page = open_projects(1)
    select(page, "1")
    page.page_actions["project_edit"].trigger()
    form = dialog(qtbot, ProjectDialog)
    assert isinstance(form, ProjectDialog)
    assert form.fields["address1"].text() == "12 Elm St"
    assert not any(part.isEnabled() for part in (*form.fields.values(), form.tasks))
    assert any("Auto Admin is on" in part.text() for part in form.findChildren(QLabel))
    form.texts["instructions"].setPlainText("Mow and edge")
    form.save.click()
    qtbot.waitUntil(lambda: elsewhere.get(Project, project).instructions == "Mow and edge")
    assert [event.details["after"] for event in elsewhere.all(AuditEvent)] == [{"instructions": "Mow and edge"}]


def test_a_duplicate_is_selected(qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects) -> None:
    elsewhere.project(elsewhere.integration(), "1")
    page = open_projects(1)
    select(page, "1")
    page.page_actions["project_duplicate"].trigger()
    qtbot.waitUntil(lambda: page.panel.title.text() == "OFFICE::1")


def test_notes_are_a_log_and_can_be_taken_back(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects
) -> None:
    elsewhere.project(elsewhere.integration(), "1")
    page = open_projects(1)
    select(page, "1")
    qtbot.waitUntil(lambda: page.panel.title.text() == "AFS::1")
    page.page_actions["project_note"].trigger()
    qtbot.keyClicks(page.panel.notes.field, "Broker called")
    qtbot.keyClick(page.panel.notes.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Broker called" in [part.text() for part in page.panel.notes.findChildren(QLabel)])
    assert (elsewhere.all(ProjectNote)[0].who, page.panel.notes.field.text()) == ("mary", "")
    page.page_actions["undo"].trigger()
    qtbot.waitUntil(lambda: "Broker called" not in [part.text() for part in page.panel.notes.findChildren(QLabel)])


def test_a_note_being_written_survives_a_refresh_and_another_project(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects
) -> None:
    afs = elsewhere.integration()
    first = elsewhere.project(afs, "1")
    elsewhere.project(afs, "2")
    page = open_projects(2)
    select(page, "1")
    qtbot.waitUntil(lambda: page.panel.title.text() == "AFS::1")
    page.panel.notes.field.setText("half a sen")
    elsewhere.change(Project, first, status="Rush")
    elsewhere.touch(first)
    qtbot.waitUntil(lambda: "Rush" in page.panel.state_line.text())
    assert page.panel.notes.field.text() == "half a sen"
    select(page, "2")
    qtbot.waitUntil(lambda: page.panel.title.text() == "AFS::2")
    assert page.panel.notes.field.text() == ""
    select(page, "1")
    qtbot.waitUntil(lambda: page.panel.title.text() == "AFS::1")
    assert page.panel.notes.field.text() == "half a sen"


def test_deleted_projects_are_restored_from_the_trash(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects
) -> None:
    afs = elsewhere.integration()
    project = elsewhere.project(afs, "1")
    elsewhere.project(afs, "2")
    elsewhere.photo(project)
    page = open_projects(2)
    select(page, "1")
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    answer(qtbot, "Delete")
    qtbot.waitUntil(lambda: shown(page) == ["2"])
    page.page_actions["project_trash"].trigger()
    trash = dialog(qtbot, TrashDialog)
    assert isinstance(trash, TrashDialog)
    qtbot.waitUntil(lambda: trash.model.rowCount() == 1)
    assert (trash.model.records[0].items, trash.model.records[0].deleted_by) == (1, "mary")
    trash.table.selectRow(0)
    trash.restore.click()
    qtbot.waitUntil(lambda: shown(page) == ["1", "2"])
    qtbot.waitUntil(trash.nothing.isVisible)
    assert elsewhere.all(Item)[0].state == "pending_qa"
    trash.reject()


def test_the_menus_are_those_of_the_view_in_front(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: Callable[[], MainWindow]
) -> None:
    elsewhere.project(elsewhere.integration(), "1")
    window = open_window()

    def menus() -> list[str]:
        return [name for name, menu in window.menus.items() if menu.menuAction().isVisible()]

    window.show_page("projects")
    assert {"Edit", "Project"} <= set(menus())
    assert "Photo" not in menus()
    window.show_page("gallery")
    assert "Photo" in menus()
    assert "Project" not in menus()


@pytest.mark.parametrize(
    ("check_in", "due", "values"),
    [
        ("required", "2026-06-15", ("Required", "At risk today")),
        ("failed", "2026-06-14", ("Refused", "At risk today")),
        ("required", "2026-06-16", ("Required",)),
        ("required", "", ("Required",)),
        ("succeeded", "2026-06-15", ("Done",)),
        ("", "2026-06-15", ()),
    ],
)
def test_a_check_in_that_is_due_today_and_not_done_is_at_risk(check_in: str, due: str, values: tuple[str, ...]) -> None:
    row = SimpleNamespace(check_in=check_in, due=due, closed=False)
    assert check_ins_of(row, datetime(2026, 6, 15, 12, tzinfo=UTC)) == values  # type: ignore[arg-type]  # as much of it as is asked
