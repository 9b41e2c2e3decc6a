"""Integrations, crews and what the imports did, as managers see them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.store.models import OWN_KIND, Crew, ImportNote, ImportRun, Integration
from pruvan_desk.store.views.portal import ACCESS, access_of
from pruvan_desk.wire.portal import PortalAccess

RUNS = 50
NOTES = 500


@dataclass(frozen=True, slots=True)
class IntegrationRow:
    """One integration, without its secrets."""

    id: int
    name: str
    code: str
    kind: str
    service_url: str
    extension: str
    username: str
    qa_in_field: bool
    auto_admin: bool
    assign_to: str
    portal_url: str
    access: PortalAccess
    status: str
    paused: bool
    last_error: str
    last_refreshed_at: datetime | None
    last_full_at: datetime | None


@dataclass(frozen=True, slots=True)
class CrewRow:
    """A crew, without its token, which nobody knows any more."""

    id: int
    name: str
    username: str
    active: bool
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunRow:
    """What one refresh did."""

    id: int
    integration: str
    started_by: str
    full: bool
    started_at: datetime
    finished_at: datetime | None
    error: str
    created: int
    updated: int
    unchanged: int
    closed: int
    reopened: int
    skipped: int
    withheld: int


@dataclass(frozen=True, slots=True)
class NoteRow:
    """An order that was skipped, or a remark about one."""

    id: int
    number: str
    kind: str
    text: str


def integration_rows(session: Session) -> list[IntegrationRow]:
    """All integrations, by name."""
    columns = select(
        Integration.id, Integration.name, Integration.code, Integration.kind, Integration.service_url,
        Integration.extension, Integration.username, Integration.qa_in_field, Integration.auto_admin,
        Integration.assign_to, Integration.portal_url, Integration.status, Integration.paused,
        *ACCESS.values(),
        Integration.last_error, Integration.last_refreshed_at, Integration.last_full_at,
    )  # fmt: skip
    wanted = columns.where(Integration.kind != OWN_KIND).order_by(Integration.name)
    ours = [column.key for column in ACCESS.values()]
    return [
        IntegrationRow(
            **{name: value for name, value in row._mapping.items() if name not in ours}, access=access_of(row)
        )
        for row in session.execute(wanted)
    ]


def crew_rows(session: Session) -> list[CrewRow]:
    """All crews, by name."""
    columns = select(Crew.id, Crew.name, Crew.username, Crew.active, Crew.last_seen_at)
    return [CrewRow(*row) for row in session.execute(columns.order_by(Crew.name))]


def run_rows(session: Session, integration_id: int | None = None) -> list[RunRow]:
    """The latest import runs, of one integration or of all, newest first."""
    columns = select(
        ImportRun.id, Integration.name.label("integration"), ImportRun.started_by, ImportRun.full, ImportRun.started_at,
        ImportRun.finished_at, ImportRun.error, ImportRun.created, ImportRun.updated, ImportRun.unchanged,
        ImportRun.closed, ImportRun.reopened, ImportRun.skipped, ImportRun.withheld,
    ).join(Integration, Integration.id == ImportRun.integration_id)  # fmt: skip
    if integration_id is not None:
        columns = columns.where(ImportRun.integration_id == integration_id)
    return [RunRow(**row._mapping) for row in session.execute(columns.order_by(ImportRun.id.desc()).limit(RUNS))]


def note_rows(session: Session, run_id: int) -> list[NoteRow]:
    """The notes of one import run."""
    columns = select(ImportNote.id, ImportNote.number, ImportNote.kind, ImportNote.text)
    wanted = columns.where(ImportNote.run_id == run_id).order_by(ImportNote.id).limit(NOTES)
    return [NoteRow(*row) for row in session.execute(wanted)]
