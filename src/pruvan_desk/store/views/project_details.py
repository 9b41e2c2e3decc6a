"""One project in full, as the details beside the table show it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pruvan_desk.domain.check_in import CheckInSteps, check_in_required
from pruvan_desk.domain.missing import Lack, lacks
from pruvan_desk.domain.portal import portal_lines
from pruvan_desk.domain.project_edits import FIELD_WORDS
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.store.check_ins import check_in_steps
from pruvan_desk.store.copies import is_covered
from pruvan_desk.store.models import AuditEvent, Item, ItemEdit, Project, ProjectNote, Task
from pruvan_desk.store.submitted import SURVEY_FACTS, Submitted
from pruvan_desk.store.views.check_ins import CheckInRow, check_in_rows
from pruvan_desk.store.views.projects import GONE, KNOWN_STATES, ProjectRow, project_rows

HISTORY = 60
LONG = 40
"""Letters of a value that the history still spells out."""
TOGETHER = timedelta(minutes=10)
"""Edits of one kind by one person within this time are one line of the history."""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task, with how many items of each evidence type prove it."""

    name: str
    instructions: str
    survey: bool
    survey_submitted: bool
    removed: bool
    evidence: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """Who did what, when; ``count`` items where it was done to items."""

    at: datetime
    who: str
    what: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class NoteRow:
    """Something the office noted: a call, an agreement."""

    id: int
    at: datetime
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class ProjectDetails:
    """Everything the details show of a project. ``check_in`` is ``None`` where none is asked for."""

    row: ProjectRow
    address2: str
    zip: str
    info: str
    description: str
    instructions: str
    client_instructions: str
    client_due: str
    field_status: str
    qa_in_field: bool
    close_reason: str
    tasks: tuple[TaskRow, ...]
    lacks: tuple[Lack, ...]
    """What is still missing before the order can be submitted."""
    portal: tuple[str, ...]
    """What was done to the order in myFAStrack, as the client says."""
    check_in: CheckInSteps | None
    check_ins: tuple[CheckInRow, ...]
    """Who checked in, the newest first."""
    notes: tuple[NoteRow, ...]
    """The newest first."""
    history: tuple[HistoryRow, ...]


def project_details(session: Session, project_id: int) -> ProjectDetails | None:
    """The details of a project; ``None`` when it is gone."""
    rows = project_rows(session, [project_id])
    if not rows:
        return None
    project = session.execute(select(Project.__table__).where(Project.id == project_id)).one()
    tasks, unfiled = _tasks(session, project_id)
    check_in = _check_in(session, project)
    return ProjectDetails(
        row=rows[0],
        address2=project.address2,
        zip=project.zip,
        info=project.info,
        description=project.description,
        instructions=project.instructions,
        client_instructions=project.client_instructions,
        client_due=project.client_due,
        field_status=project.field_status,
        qa_in_field=project.qa_in_field,
        close_reason=project.close_reason,
        tasks=tasks,
        lacks=lacks(tasks, _to_publish(session, project_id), unfiled, check_in),
        portal=portal_lines(project.options or {}),
        check_in=check_in,
        check_ins=check_in_rows(session, project_id) if check_in is not None else (),
        notes=_notes(session, project_id),
        history=_history(session, project_id),
    )


def project_lacks(session: Session, project_id: int) -> tuple[Lack, ...]:
    """What is still missing before an order can be submitted; nothing for one that is gone."""
    wanted = select(Project.id, Project.options, Project.field_status).where(Project.id == project_id)
    project = session.execute(wanted).one_or_none()
    if project is None:
        return ()
    tasks, unfiled = _tasks(session, project_id)
    return lacks(tasks, _to_publish(session, project_id), unfiled, _check_in(session, project))


def _check_in(session: Session, project: Any) -> CheckInSteps | None:
    """The steps of a project's check-in; ``None`` where its order asks for none."""
    if not check_in_required(project.options or {}):
        return None
    return check_in_steps(session, {project.id: project.field_status})[project.id]


def _tasks(session: Session, project_id: int) -> tuple[tuple[TaskRow, ...], int]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    grouped = (
        select(Item.task, Item.evidence_type, func.count())
        .where(
            Item.project_id == project_id, Item.file_type == FileType.PICTURE, Item.state.not_in(GONE), ~is_covered()
        )
        .group_by(Item.task, Item.evidence_type)
    )
    for task, evidence_type, count in session.execute(grouped):
        counts[task][evidence_type] += count
    submitted = Submitted(session, lambda column: column == project_id)
    wanted = select(Task.project_id, Task.name, Task.instructions, Task.removed, *SURVEY_FACTS)
    rows = tuple(
        TaskRow(
            name=row.name,
            instructions=row.instructions,
            survey=bool(row.survey_id or row.survey_template_id),
            survey_submitted=submitted.holds(row),
            removed=row.removed,
            evidence=counts[row.name],
        )
        for row in session.execute(wanted.where(Task.project_id == project_id).order_by(Task.position, Task.id))
    )
    names = {row.name for row in rows}
    return rows, sum(counter.total() for task, counter in counts.items() if task not in names)


def _notes(session: Session, project_id: int) -> tuple[NoteRow, ...]:
    wanted = select(ProjectNote.id, ProjectNote.at, ProjectNote.who, ProjectNote.text).where(
        ProjectNote.project_id == project_id, ProjectNote.removed.is_(False)
    )
    return tuple(NoteRow(*row) for row in session.execute(wanted.order_by(ProjectNote.id.desc())))


def _to_publish(session: Session, project_id: int) -> dict[ItemState, int]:
    """How many items are in which state, but for the office's own files and for what its copy stands for: nobody waits for those."""
    grouped = (
        select(Item.state, func.count())
        .where(Item.project_id == project_id, Item.file_type != FileType.FILE, ~is_covered())
        .group_by(Item.state)
    )
    return {ItemState(state): count for state, count in session.execute(grouped) if state in KNOWN_STATES}


def _history(session: Session, project_id: int) -> tuple[HistoryRow, ...]:
    events = session.execute(
        select(AuditEvent.at, AuditEvent.who, AuditEvent.what, AuditEvent.details)
        .where(AuditEvent.project_id == project_id)
        .order_by(AuditEvent.id.desc())
        .limit(HISTORY)
    )
    edits = session.execute(
        select(ItemEdit.at, ItemEdit.who, ItemEdit.kind, ItemEdit.item_id)
        .join(Item, Item.id == ItemEdit.item_id)
        .where(Item.project_id == project_id)
        .order_by(ItemEdit.id.desc())
        .limit(2000)
    )
    lines = [HistoryRow(row.at, row.who, _event_words(row.what, row.details or {})) for row in events]
    lines += _together((row.at, row.who, row.kind, row.item_id) for row in edits)
    return tuple(sorted(lines, key=lambda line: line.at, reverse=True)[:HISTORY])


def _event_words(what: str, details: Mapping[str, Any]) -> str:
    if isinstance(details.get("after"), dict):
        return f"{what}: {changed_words(details['before'], details['after'])}"
    shown = [
        f"{details[name]}" for name in ("before", "after", "reason", "items") if details.get(name) not in (None, "")
    ]
    return f"{what}: {' → '.join(shown)}" if shown else what


def changed_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """``status Assigned → Rush, due date none → 2026-12-31``; of long texts only that they changed."""
    parts = []
    for name, words in FIELD_WORDS.items():
        if name in after:
            old, new = (_value_words(values.get(name)) for values in (before, after))
            parts.append(f"{words} {old} → {new}" if max(len(old), len(new)) <= LONG else words)
    return ", ".join(parts)


def _value_words(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, list) else str(value or "")
    return "everybody" if text == "~all~" else text or "none"


def _together(edits: Iterable[tuple[datetime, str, str, int]]) -> list[HistoryRow]:
    """Edits, newest first, with runs of one kind by one person drawn together; an item counts once in each."""
    runs: list[tuple[HistoryRow, set[int]]] = []
    for at, who, kind, item_id in edits:
        last, items = runs[-1] if runs else (None, set())
        if last and (last.who, last.what) == (who, kind) and last.at - at <= TOGETHER:
            items.add(item_id)
        else:
            runs.append((HistoryRow(at, who, kind), {item_id}))
    return [HistoryRow(line.at, line.who, line.what, len(items)) for line, items in runs]
