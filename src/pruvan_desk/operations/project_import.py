"""Projects from and for a spreadsheet: what a file would do, doing it in one transaction, and the rows of an export."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.orders import due_text
from pruvan_desk.domain.project_import import (
    EVERYBODY,
    EVERYBODY_WORD,
    HEADINGS,
    KEY,
    SEPARATOR,
    Fate,
    Known,
    Office,
    Planned,
    plan_rows,
)
from pruvan_desk.domain.statuses import CloseReason
from pruvan_desk.operations.project_edits import Editor, add_projects, edit
from pruvan_desk.store.database import Database
from pruvan_desk.store.models import OWN_KIND, ColumnMapping, Integration, Project, Task
from pruvan_desk.store.outbox import chunks
from pruvan_desk.store.own_orders import CODE
from pruvan_desk.wire.dates import read_date

VALUES = tuple(name for name in HEADINGS if name not in (KEY, "tasks"))
EXTRA = ("client_status", "client_due", "client_instructions", "field_status", "close_reason", "integration")
"""What an export tells besides, and an import leaves alone."""
EXPORT_HEADINGS: Mapping[str, str] = {
    **HEADINGS,
    "client_status": "Client status", "client_due": "Client due", "client_instructions": "Client instructions",
    "field_status": "Field status", "close_reason": "Closed because", "integration": "Integration",
}  # fmt: skip
Rows = Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class ImportFile:
    """What is to be imported: rows of a file (line and cells), and which of its columns is which field."""

    name: str
    headings: Sequence[str]
    rows: Rows
    mapping: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    changes: Changes
    new: int
    changed: int


def plan_import(session: Session, rows: Rows, mapping: Mapping[int, str], zone: tzinfo) -> list[Planned]:
    """What each row of a file (line and cells) would do."""
    place = next((place for place, name in mapping.items() if name == KEY), None)
    if place is None:
        return [Planned(line, "", Fate.BAD, reason="No column says which project it is.") for line, _ in rows]
    named = {cells[place].strip() for _, cells in rows if place < len(cells)}
    return plan_rows(rows, mapping, _office(session, named), lambda text: due_text(read_date(text, zone)))


def import_projects(database: Database, asked: ImportFile, who: str, zone: tzinfo) -> Imported:
    """Imports rows in one transaction: all of them, or none where one is bad by now (:class:`UsageError`).

    Which column was taken for what is remembered for the next file with such headings.
    """
    with database.write() as writing:
        planned = plan_import(writing.session, asked.rows, asked.mapping, zone)
        bad = [plan for plan in planned if plan.fate is Fate.BAD]
        if bad:
            raise UsageError(f"Line {bad[0].line}: {bad[0].reason} Nothing was imported.", "Mend it, and try again.")
        editor = Editor(writing, who, file=asked.name)
        changed = {plan.project_id or 0: plan for plan in planned if plan.fate is Fate.CHANGED}
        for project in editor.projects(list(changed)):
            edit(writing, editor, project, changed[project.id].values)
        new = [plan for plan in planned if plan.fate is Fate.NEW]
        add_projects(writing, editor, [plan.values for plan in new])
        editor.finish()
        for place, heading in enumerate(asked.headings):
            if heading.strip():
                writing.session.merge(
                    ColumnMapping(header=heading.strip().casefold(), field=asked.mapping.get(place, ""))
                )
    return Imported(writing.changes, len(new), len(changed))


def remembered_columns(session: Session) -> dict[str, str]:
    """What headings (case-folded) were taken for before; empty text: left out."""
    return {row.header: row.field for row in session.scalars(select(ColumnMapping))}


def export_rows(session: Session, project_ids: Sequence[int]) -> list[list[str]]:
    """Everything about projects, in the order asked for: one text for each of :data:`EXPORT_HEADINGS`."""
    found: dict[int, list[str]] = {}
    for some in chunks(project_ids):
        tasks = _tasks(session, some)
        for row in session.execute(_columns().where(Project.id.in_(some), Project.deleted_at.is_(None))):
            found[row.id] = list(_exported(row, tasks[row.id]))
    return [found[project_id] for project_id in project_ids if project_id in found]


def _exported(row: Any, tasks: list[str]) -> Iterator[str]:
    for name in EXPORT_HEADINGS:
        if name == KEY:
            yield f"{row.code}{SEPARATOR}{row.number}"
        elif name == "tasks":
            yield "\n".join(tasks)
        elif name == "assigned_to":
            yield EVERYBODY_WORD if row.assigned_to == EVERYBODY else row.assigned_to
        elif name == "close_reason":
            yield CloseReason(row.close_reason).label if row.close_reason else ""
        else:
            yield str(getattr(row, name))


def _columns() -> Any:
    columns = [getattr(Project, name) for name in (*VALUES, *EXTRA[:-1], "id", "number", "deleted_at")]
    named = (Integration.code, Integration.kind, Integration.name.label("integration"))
    return select(*named, *columns).join(Integration, Integration.id == Project.integration_id)


def _office(session: Session, named: set[str]) -> Office:
    """What is known here of the projects that a file names."""
    codes = {row.code: row.kind for row in session.execute(select(Integration.code, Integration.kind))}
    own = next((code for code, kind in codes.items() if kind == OWN_KIND), CODE)
    numbers = {name.partition(SEPARATOR)[2] or name for name in named}
    known: dict[str, Known] = {}
    by_number: dict[str, list[str]] = defaultdict(list)
    for some in chunks(sorted(numbers)):
        rows = session.execute(_columns().where(Project.number.in_(some))).all()
        tasks = _tasks(session, [row.id for row in rows])
        for row in rows:
            key = f"{row.code}{SEPARATOR}{row.number}"
            values = {name: getattr(row, name) for name in VALUES} | {"tasks": tasks[row.id]}
            known[key] = Known(row.id, row.kind == OWN_KIND, row.deleted_at is not None, values)
            by_number[row.number].append(key)
    return Office(known, frozenset(codes), own, by_number)


def _tasks(session: Session, project_ids: Sequence[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = defaultdict(list)
    for some in chunks(project_ids):
        wanted = select(Task.project_id, Task.name).where(Task.project_id.in_(some), Task.removed.is_(False))
        for project_id, name in session.execute(wanted.order_by(Task.position, Task.id)):
            names[project_id].append(name)
    return names
