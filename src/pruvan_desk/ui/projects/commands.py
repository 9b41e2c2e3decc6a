"""What can be done with projects: from the action map to the operations, by way of a form or a question where one is needed."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from pruvan_desk.domain.statuses import ProjectStatus
from pruvan_desk.operations import project_edits, project_undo
from pruvan_desk.operations.project_import import EXPORT_HEADINGS, export_rows, remembered_columns
from pruvan_desk.operations.project_trash import delete_projects
from pruvan_desk.reports.sheets import read_sheet, write_sheet
from pruvan_desk.store.views.project_details import ProjectDetails, project_details
from pruvan_desk.store.views.project_form import ProjectForm, assignable, project_form
from pruvan_desk.store.views.projects import ProjectRow
from pruvan_desk.ui import text
from pruvan_desk.ui.ask import ask
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.projects import transfer
from pruvan_desk.ui.projects.forms import BulkDialog, FormDialog, ProjectDialog
from pruvan_desk.ui.projects.reports import Reports
from pruvan_desk.ui.projects.trash import TrashDialog
from pruvan_desk.ui.projects.work_order import WorkOrderDialog

if TYPE_CHECKING:
    from pruvan_desk.core.changes import Changes
    from pruvan_desk.store.database import Database


class Projects(Protocol):
    """What the commands need of the view."""

    desk: Desk

    def chosen(self) -> list[ProjectRow]:
        """The projects that a command acts on."""

    def all_shown(self) -> Sequence[ProjectRow]:
        """What the table shows, in its order."""

    def say(self, words: str, advice: str = "") -> None:
        """Tells somebody what happened."""

    def show_when_there(self, project_id: int) -> None:
        """Selects a project as soon as the table has it."""

    def focus_note(self) -> None:
        """Puts the cursor where a note is written."""


class ProjectCommands(QObject):
    """One method for each deed of the view."""

    def __init__(self, page: Projects, parent: QWidget) -> None:
        super().__init__(parent)
        self._page, self._desk, self._parent = page, page.desk, parent
        self.reports = Reports(page.desk, parent)
        self.reports.progressed.connect(self._say_progress)

    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """By the names of the action map."""
        return {
            "undo": self.undo,
            "redo": self.redo,
            "project_new": self.new,
            "project_edit": self.edit,
            "project_change": self.change,
            "project_duplicate": self.duplicate,
            "project_close": self.close_or_reopen,
            "project_note": self._page.focus_note,
            "project_delete": self.delete,
            "project_trash": self.open_trash,
            "project_print": self.show_work_order,
            "project_report": self.make_report,
            "project_import": self.choose_import,
            "project_export": self.choose_export,
        }

    def new(self) -> None:
        """A form for an order of the office's own."""
        self._desk.read(assignable, lambda crews: self._open_form(None, None, crews))

    def edit(self) -> None:
        """One project in its form; several in the small one."""
        rows = self._page.chosen()
        if len(rows) > 1:
            self.change()
        elif rows:
            project_id = rows[0].id
            self._desk.read(
                lambda session: (project_form(session, project_id), assignable(session)),
                lambda found: self._open_form(project_id, *found) if found[0] else None,
            )

    def change(self) -> None:
        """Status, crew and due date of all that are chosen."""
        rows = self._page.chosen()
        if rows:
            self._desk.read(assignable, lambda crews: self._open_bulk(rows, crews))

    def duplicate(self) -> None:
        """A copy of the project, as an order of the office's own."""
        rows = self._page.chosen()
        if not rows:
            return
        project_id, who = rows[0].id, self._desk.who
        self._desk.write(
            lambda database: project_edits.duplicate_project(database, project_id, who),
            lambda made: self._page.show_when_there(made[1]),
        )

    def close_or_reopen(self) -> None:
        """Closes what is open; reopens where all are closed. Asks, because the client hears of it."""
        rows = self._page.chosen()
        if not rows:
            return
        opening = all(row.closed for row in rows)
        rows = [row for row in rows if row.closed == opening]
        ids, who = [row.id for row in rows], self._desk.who
        about = rows[0].key if len(rows) == 1 else text.counted(len(rows), "project")
        verb = "Reopen" if opening else "Close"
        words = (
            "It takes part in refreshes again."
            if opening
            else "It stays closed, whatever a refresh brings, until somebody reopens it."
        )
        told = "" if all(row.own for row in rows) else " The client hears of it."

        def act(database: "Database") -> "Changes":
            if opening:
                return project_edits.reopen_projects(database, ids, who)
            return project_edits.change_projects(database, ids, {"status": ProjectStatus.CLOSED}, who)

        ask(self._parent, f"{verb} {about}?", words + told, verb, lambda: self._desk.write(act))

    def delete(self) -> None:
        """Puts what is chosen into the trash, after asking with counts."""
        rows = self._page.chosen()
        if not rows:
            return
        ids, who = [row.id for row in rows], self._desk.who
        about = rows[0].key if len(rows) == 1 else text.counted(len(rows), "project")
        items = sum(row.item_count for row in rows)
        kept = (
            f"With {text.counted(items, 'item')}, which stay as they are; nothing of them is sent meanwhile. "
            if items
            else ""
        )
        words = f"{kept}Restore brings it back for 30 days. An order that the client still sends comes again at the next refresh."
        ask(
            self._parent,
            f"Delete {about}?",
            words,
            "Delete",
            lambda: self._desk.write(lambda database: delete_projects(database, ids, who)),
        )

    def open_trash(self) -> None:
        """What was deleted in the last 30 days."""
        TrashDialog(self._desk, self._parent).open()

    def show_work_order(self) -> None:
        """The work order as a page."""
        rows = self._page.chosen()
        if rows:
            project_id = rows[0].id
            self._desk.read(lambda session: project_details(session, project_id), self._open_work_order)

    def _open_work_order(self, details: ProjectDetails | None) -> None:
        if details is not None:
            WorkOrderDialog(self._desk, details, self._page.say, self._parent).open()

    def make_report(self) -> None:
        """The report of the project, as an item of it."""
        rows = self._page.chosen()
        if rows:
            self.reports.make(rows[0].id)

    def stop(self) -> None:
        """The window goes away: a report that is being made is given up."""
        self.reports.stop()

    def _say_progress(self, words: str) -> None:
        self._page.say(words)

    def choose_import(self) -> None:
        """Asks for a file, and shows what it would do."""
        transfer.choose_file(self._parent, "Import projects", self.open_import, save=False)

    def open_import(self, path: Path) -> None:
        """Reads a file away from here, and opens it."""
        self._desk.read(
            lambda session: (read_sheet(path), remembered_columns(session)),
            lambda found: transfer.ImportDialog(self._desk, *found, self._parent).open(),
        )

    def choose_export(self) -> None:
        """Asks for a file, and writes what the table shows into it."""
        transfer.choose_file(self._parent, "Export projects", self.export, save=True)

    def export(self, path: Path) -> None:
        """Writes what the table shows, all columns, in its order."""
        ids = [row.id for row in self._page.all_shown()]
        self._desk.read(lambda session: export_rows(session, ids), lambda rows: self._write_export(path, rows))

    def _write_export(self, path: Path, rows: list[list[str]]) -> None:
        headings = list(EXPORT_HEADINGS.values())
        words = f"{text.counted(len(rows), 'project')} exported to {path.name}."
        self._desk.aside(lambda: write_sheet(path, headings, rows), lambda _none: self._page.say(words))

    def undo(self) -> None:
        """Takes back what was done last."""
        who = self._desk.who
        self._desk.write(lambda database: project_undo.undo(database, who), lambda done: self._told("Undone", done))

    def redo(self) -> None:
        """Does again what was undone last."""
        who = self._desk.who
        self._desk.write(lambda database: project_undo.redo(database, who), lambda done: self._told("Redone", done))

    def add_note(self, project_id: int, words: str) -> None:
        """Notes something about a project."""
        who = self._desk.who
        self._desk.write(lambda database: project_edits.add_note(database, project_id, words, who))

    def remove_note(self, note_id: int) -> None:
        """Takes a note back."""
        who = self._desk.who
        self._desk.write(lambda database: project_edits.remove_note(database, note_id, who))

    def _told(self, word: str, outcome: project_undo.Outcome) -> None:
        left = (
            f" {text.counted(outcome.left, 'project')} changed by somebody else since, and left so."
            if outcome.left
            else ""
        )
        self._page.say(f"{word}: {text.counted(outcome.done, 'project')}.{left}")

    def _open_form(self, project_id: int | None, form: ProjectForm | None, crews: Sequence[str]) -> None:
        dialog = ProjectDialog(form, crews, self._desk.settings.zone, self._parent)
        who = self._desk.who

        def create(values: Mapping[str, Any]) -> None:
            self._desk.write(
                lambda database: project_edits.create_project(database, values, who),
                lambda made: self._created(dialog, made[1]),
                dialog.refuse,
            )

        def change(values: Mapping[str, Any]) -> None:
            self._write_changes(dialog, [project_id or 0], values)

        dialog.sent.connect(create if project_id is None else change)
        dialog.open()

    def _open_bulk(self, rows: Sequence[ProjectRow], crews: Sequence[str]) -> None:
        imported = any(not row.own for row in rows)
        dialog = BulkDialog(len(rows), crews, self._desk.settings.zone, imported=imported, parent=self._parent)
        ids = [row.id for row in rows]
        dialog.sent.connect(lambda values: self._write_changes(dialog, ids, values))
        dialog.open()

    def _write_changes(self, dialog: FormDialog, ids: Sequence[int], values: Mapping[str, Any]) -> None:
        who = self._desk.who
        self._desk.write(
            lambda database: project_edits.change_projects(database, ids, values, who),
            lambda _changes: dialog.accept(),
            dialog.refuse,
        )

    def _created(self, dialog: FormDialog, project_id: int) -> None:
        dialog.accept()
        self._page.show_when_there(project_id)
