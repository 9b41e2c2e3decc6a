"""What the office changes about projects by hand: one or many, new ones, copies, notes. All of it can be undone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.project_edits import (
    DONE,
    REQUIRED,
    Before,
    applied_again,
    checked,
    consequences,
    reopened_status,
)
from pruvan_desk.domain.statuses import ProjectStatus
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.history import record_event
from pruvan_desk.store.models import AuditEvent, Integration, Project, ProjectNote, Task
from pruvan_desk.store.outbox import chunks, enqueue_statuses, own_integrations
from pruvan_desk.store.own_orders import free_number, own_integration
from pruvan_desk.store.project_values import read_value, write_value

COPIED = (
    "address1", "address2", "city", "state", "zip", "country", "latitude", "longitude", "due", "info", "instructions", "description",
    "reference", "assigned_to",
)  # fmt: skip


TAKEN = "Choose another number; it may be in the trash."


class Editor:
    """Writes values into projects within one transaction, and at the end their history and the word to the order source."""

    def __init__(self, writing: Writing, who: str, step: str = "", turn: str = DONE, **note: Any) -> None:
        self._writing, self.who, self._turn, self._note = writing, who, turn, note
        self.step = step or writing.step
        self.own = own_integrations(writing.session)
        self._events: list[dict[str, Any]] = []
        self._told: list[tuple[Project, str]] = []
        self._office: Integration | None = None

    def own_integration(self) -> Integration:
        """The integration of the office's own orders."""
        if self._office is None:
            self._office = own_integration(self._writing)
            self.own.add(self._office.id)
        return self._office

    def projects(self, ids: Sequence[int]) -> Iterator[Project]:
        """The rows of projects, some at a time. Raises :class:`UsageError` when one is gone."""
        for some in chunks(ids):
            wanted = select(Project).where(Project.id.in_(some), Project.deleted_at.is_(None))
            rows = self._writing.session.scalars(wanted.order_by(Project.id)).all()
            if len(rows) != len(set(some)):
                raise UsageError("The project is not there any more.", "Look again.")
            yield from rows

    def change(self, project: Project, values: Mapping[str, Any]) -> bool:
        """Writes what differs, whatever the rules say of it; answers whether anything did."""
        before = {name: read_value(self._writing, project, name) for name in values}
        before = {name: value for name, value in before.items() if value != values[name]}
        if not before:
            return False
        after = {name: values[name] for name in before}
        for name, value in after.items():
            write_value(self._writing, project, name, value)
        if project.integration_id not in self.own and applied_again(after):
            project.source_digest = None
        if "status" in after:
            rework = project.status == ProjectStatus.REWORK
            project.rework_client_status = project.client_status if rework else None
            self._told.append((project, project.status))
        what = _what(before, after) if self._turn == DONE else self._turn
        self.note(project.id, what, {"before": before, "after": after, **_reason(before, after)})
        return True

    def note(self, project_id: int, what: str, details: Mapping[str, Any]) -> None:
        """A line for the history of a project."""
        self._events.append({
            "at": self._writing.now, "who": self.who, "what": what, "project_id": project_id,
            "details": {**details, **self._note}, "step": self.step,
        })  # fmt: skip
        self._writing.changed(projects=project_id)

    def finish(self) -> None:
        """Writes the history, and tells the order source."""
        self._writing.session.flush()
        if self._events:
            self._writing.session.execute(insert(AuditEvent), self._events)
        enqueue_statuses(self._writing, self._told)


def change_projects(database: Database, project_ids: Sequence[int], values: Mapping[str, Any], who: str) -> Changes:
    """Changes the same fields of one project or many, in one step.

    Raises :class:`UsageError`, and changes nothing, for a field that is the client's or a value that is none.
    """
    with database.write() as writing:
        editor = Editor(writing, who)
        for project in editor.projects(project_ids):
            edit(writing, editor, project, values)
        editor.finish()
    return writing.changes


def edit(writing: Writing, editor: Editor, project: Project, values: Mapping[str, Any]) -> bool:
    """Changes one project by the rules, in a transaction that is already open. Answers whether anything changed."""
    own = project.integration_id in editor.own
    wanted = checked(values, own=own)
    wanted = {name: value for name, value in wanted.items() if read_value(writing, project, name) != value}
    if "number" in wanted and _taken(writing, project.integration_id, wanted["number"]):
        raise UsageError(f"There is an order {wanted['number']} already.", TAKEN)
    return editor.change(project, consequences(Before(own, project.status, project.assigned_to), wanted, writing.now))


def close_project(database: Database, project_id: int, who: str) -> Changes:
    """Closes by hand: it stays closed, whatever a refresh brings, until somebody reopens it."""
    return change_projects(database, [project_id], {"status": ProjectStatus.CLOSED}, who)


def reopen_projects(database: Database, project_ids: Sequence[int], who: str) -> Changes:
    """Opens closed projects again; those that are open stay as they are."""
    with database.write() as writing:
        editor = Editor(writing, who)
        for project in editor.projects(project_ids):
            if project.status == ProjectStatus.CLOSED:
                edit(writing, editor, project, {"status": reopened_status(project.assigned_to)})
        editor.finish()
    return writing.changes


def create_project(database: Database, values: Mapping[str, Any], who: str) -> tuple[Changes, int]:
    """Makes an order of the office's own, with its tasks. Raises :class:`UsageError` for what is missing or taken."""
    with database.write() as writing:
        editor = Editor(writing, who)
        integration, number = editor.own_integration(), str(values.get("number", "")).strip()
        if _taken(writing, integration.id, number):
            raise UsageError(f"There is an order {integration.code}::{number} already.", TAKEN)
        (project,) = add_projects(writing, editor, [values])
        editor.finish()
    return writing.changes, project.id


def add_projects(writing: Writing, editor: Editor, orders: Sequence[Mapping[str, Any]]) -> list[Project]:
    """Makes orders of the office's own in a transaction that is already open. Their numbers must be free."""
    integration_id = editor.own_integration().id
    made = [_own_order(writing, integration_id, checked(_whole(values), own=True)) for values in orders]
    writing.session.add_all(project for project, _ in made)
    writing.session.flush()
    for project, tasks in made:
        writing.session.add_all(
            Task(project_id=project.id, position=place, name=name) for place, name in enumerate(tasks)
        )
        editor.note(project.id, "created", {})
    return [project for project, _ in made]


def _whole(values: Mapping[str, Any]) -> dict[str, Any]:
    """With what an order cannot do without, so that its lack is seen."""
    return {**dict.fromkeys(REQUIRED, ""), "tasks": (), **values}


def _own_order(writing: Writing, integration_id: int, values: dict[str, Any]) -> tuple[Project, list[str]]:
    status = values.get("status", reopened_status(values.get("assigned_to", "")))
    values |= consequences(Before(True, "", ""), {"status": status}, writing.now)
    project = Project(integration_id=integration_id, qa_in_field=False, created_at=writing.now)
    for name, value in values.items():
        if name != "tasks":
            write_value(writing, project, name, value)
    return project, values["tasks"]


def duplicate_project(database: Database, project_id: int, who: str) -> tuple[Changes, int]:
    """Makes an order of the office's own with the address, tasks and instructions of another, and no photos."""
    with database.write() as writing:
        editor = Editor(writing, who)
        (source,) = editor.projects([project_id])
        integration = own_integration(writing)
        tasks = read_value(writing, source, "tasks")
        copy = Project(
            integration_id=integration.id,
            number=free_number(writing, integration.id, source.number),
            status=reopened_status(source.assigned_to),
            qa_in_field=False,
            created_at=writing.now,
            **{name: getattr(source, name) for name in COPIED},
        )
        writing.session.add(copy)
        writing.session.flush()
        write_value(writing, copy, "tasks", tasks)
        code = writing.session.get_one(Integration, source.integration_id).code
        editor.note(copy.id, "created", {"reason": f"copy of {code}::{source.number}"})
        editor.finish()
    return writing.changes, copy.id


def add_note(database: Database, project_id: int, text: str, who: str) -> Changes:
    """Notes something about a project: a call, an agreement. Raises :class:`UsageError` for an empty one."""
    with database.write() as writing:
        if not text.strip():
            raise UsageError("The note is empty.", "Write something first.")
        if writing.session.get(Project, project_id) is None:
            raise UsageError("The project is not there any more.", "Look again.")
        note = ProjectNote(project_id=project_id, at=writing.now, who=who, text=text.strip())
        writing.session.add(note)
        writing.session.flush()
        record_event(writing, who, "noted", project_id=project_id, step=writing.step, note_id=note.id)
        writing.changed(projects=project_id)
    return writing.changes


def remove_note(database: Database, note_id: int, who: str) -> Changes:
    """Takes a note back; undo brings it again."""
    with database.write() as writing:
        note = writing.session.get(ProjectNote, note_id)
        if note is None or note.removed:
            raise UsageError("The note is not there any more.", "Look again.")
        note.removed = True
        record_event(writing, who, "note taken back", project_id=note.project_id, step=writing.step, note_id=note.id)
        writing.changed(projects=note.project_id)
    return writing.changes


def _taken(writing: Writing, integration_id: int, number: str) -> bool:
    wanted = select(Project.id).where(Project.integration_id == integration_id, Project.number == number)
    return writing.session.scalar(wanted) is not None


def _what(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    if after.get("status") == ProjectStatus.CLOSED:
        return "closed"
    return "reopened" if before.get("status") == ProjectStatus.CLOSED else "changed"


def _reason(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    reason = after.get("close_reason") or before.get("close_reason")
    return {"reason": reason} if reason else {}
