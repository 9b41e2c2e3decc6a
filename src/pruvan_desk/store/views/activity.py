"""The outbox and the alerts, as Activity shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from pruvan_desk.domain.statuses import Destination, JobState
from pruvan_desk.store.models import Alert, EngineState, Integration, Item, Project, RelayJob
from pruvan_desk.store.views.traffic import ReceiverRow, Traffic, receiver_rows

JOBS = 500
OPEN = (JobState.FAILED, JobState.LEASED, JobState.QUEUED)
IN_TRASH = "Waits: its project is in the trash."


@dataclass(frozen=True, slots=True)
class JobRow:
    """One thing to tell a client. ``item_id`` is ``None`` for a project's status, whose word is in ``what`` then."""

    id: int
    state: JobState
    project: str
    what: str
    item_id: int | None
    attempts: int
    not_before: datetime
    words: str
    destination: Destination = Destination.CLIENT


@dataclass(frozen=True, slots=True)
class Queue:
    """The outbox: its first rows, how many there are in each state, and how each receiver is."""

    rows: tuple[JobRow, ...]
    counts: Mapping[JobState, int]
    receivers: tuple[ReceiverRow, ...]


@dataclass(frozen=True, slots=True)
class AlertRow:
    """Something somebody should look at."""

    id: int
    title: str
    advice: str
    times: int
    raised_at: datetime
    read: bool
    closes: int = 0
    """How many projects *Apply* would close, where the guard kept closures back."""


def queue(session: Session) -> Queue:
    """Everything that Activity says about the outbox."""
    engine = session.scalar(select(EngineState.traffic).order_by(EngineState.id.desc()).limit(1))
    counted = select(RelayJob.state, func.count()).where(RelayJob.state.in_(OPEN)).group_by(RelayJob.state)
    return Queue(
        rows=tuple(open_jobs(session)),
        counts={JobState(state): count for state, count in session.execute(counted)},
        receivers=tuple(receiver_rows(session, Traffic.from_json(engine))),
    )


def open_jobs(session: Session) -> list[JobRow]:
    """What is failed, being sent or waiting, in this order; at most :data:`JOBS`."""
    rank = case({state.value: place for place, state in enumerate(OPEN)}, value=RelayJob.state)
    columns = select(
        RelayJob.id, RelayJob.state, Integration.code, Project.number, Item.task, Item.evidence_type, Item.file_name,
        RelayJob.status_word, RelayJob.item_id, RelayJob.attempts, RelayJob.not_before, RelayJob.words, Project.deleted_at,
        RelayJob.destination,
    )  # fmt: skip
    found = session.execute(
        columns.join(Project, Project.id == RelayJob.project_id)
        .join(Integration, Integration.id == RelayJob.integration_id)
        .join(Item, Item.id == RelayJob.item_id, isouter=True)
        .where(RelayJob.state.in_(OPEN))
        .order_by(rank, RelayJob.not_before, RelayJob.id)
        .limit(JOBS)
    )
    return [
        JobRow(
            id=row.id,
            state=JobState(row.state),
            project=f"{row.code}::{row.number}",
            what=_what(row.task, row.evidence_type, row.file_name) if row.item_id else f"Status: {row.status_word}",
            item_id=row.item_id,
            attempts=row.attempts,
            not_before=row.not_before,
            words=IN_TRASH if row.deleted_at and row.state == JobState.QUEUED else row.words,
            destination=Destination(row.destination),
        )
        for row in found
    ]


def open_alerts(session: Session) -> list[AlertRow]:
    """The alerts that are not solved, newest first."""
    columns = select(Alert.id, Alert.title, Alert.advice, Alert.times, Alert.raised_at, Alert.read_at, Alert.body)
    wanted = columns.where(Alert.solved_at.is_(None)).order_by(Alert.raised_at.desc(), Alert.id.desc()).limit(JOBS)
    return [
        AlertRow(
            row.id,
            row.title,
            row.advice,
            row.times,
            row.raised_at,
            row.read_at is not None,
            closes=len((row.body or {}).get("project_ids", [])),
        )
        for row in session.execute(wanted)
    ]


def _what(task: str, evidence_type: str, file_name: str) -> str:
    return " · ".join(part for part in (task, evidence_type.title(), file_name) if part)
