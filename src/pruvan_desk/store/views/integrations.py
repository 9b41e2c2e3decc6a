"""Integrations, crews and what the imports did, as managers see them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from pruvan_desk.store.models import OWN_KIND, Crew, ImportNote, ImportRun, Integration, Reimport, Request
from pruvan_desk.store.views.portal import ACCESS, access_of
from pruvan_desk.wire.portal import PortalAccess

RUNS = 200
NOTES = 500


@dataclass(frozen=True, slots=True)
class ReimportRow:
    """All orders are being deleted and imported again, or that was stopped."""

    state: str
    total: int
    deleted: int


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
    released_to: str
    """As in the row: see :func:`pruvan_desk.domain.destinations.read_destinations`."""
    auto_admin: bool
    assign_to: str
    portal_url: str
    access: PortalAccess
    status: str
    """``idle``, ``pending`` (asked for, not begun), ``running`` or ``error``."""
    paused: bool
    last_error: str
    last_refreshed_at: datetime | None
    last_full_at: datetime | None
    refresh_minutes: int = 10
    total: int = 0
    """Orders that the running import writes, once it is known; ``done`` of them are."""
    done: int = 0
    reimport: ReimportRow | None = None

    @property
    def busy(self) -> bool:
        """Whether a refresh is under way, or asked for."""
        return self.status in ("pending", "running")


@dataclass(frozen=True, slots=True)
class CrewRow:
    """A crew, without its token, which nobody knows any more."""

    id: int
    name: str
    username: str
    active: bool
    has_token: bool
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
    total: int
    done: int

    @property
    def kind(self) -> str:
        """``Full`` or ``Changes``."""
        return "Full" if self.full else "Changes"


@dataclass(frozen=True, slots=True)
class NoteRow:
    """An order that was skipped, or a remark about one."""

    id: int
    number: str
    kind: str
    text: str


def integration_rows(session: Session) -> list[IntegrationRow]:
    """All integrations, by name, with what is under way for each."""
    columns = select(
        Integration.id, Integration.name, Integration.code, Integration.kind, Integration.service_url,
        Integration.extension, Integration.username, Integration.qa_in_field, Integration.released_to,
        Integration.auto_admin,
        Integration.assign_to, Integration.portal_url, Integration.paused, Integration.refresh_minutes,
        *ACCESS.values(),
        Integration.last_error, Integration.last_refreshed_at, Integration.last_full_at,
    )  # fmt: skip
    wanted = columns.where(Integration.kind != OWN_KIND).order_by(Integration.name)
    ours = [column.key for column in ACCESS.values()]
    status = _statuses(session)
    under_way = {
        row.integration_id: row
        for row in session.execute(
            select(ImportRun.integration_id, ImportRun.total, ImportRun.done).where(ImportRun.finished_at.is_(None))
        )
    }
    anew = {row.integration_id: row for row in session.scalars(select(Reimport))}
    made = []
    for row in session.execute(wanted):
        run, again = under_way.get(row.id), anew.get(row.id)
        made.append(
            IntegrationRow(
                **{name: value for name, value in row._mapping.items() if name not in ours},
                access=access_of(row),
                status=status[row.id],
                total=run.total if run else 0,
                done=run.done if run else 0,
                reimport=ReimportRow(again.state, again.total, again.deleted) if again else None,
            )
        )
    return made


def _statuses(session: Session) -> dict[int, str]:
    """What each integration says, or ``pending`` where a refresh is asked for that nobody has begun."""
    status = {row.id: row.status for row in session.execute(select(Integration.id, Integration.status))}
    asked = select(Request.body).where(Request.kind == "refresh", Request.done_at.is_(None))
    for body in session.scalars(asked):
        integration_id = body.get("integration_id")
        if status.get(integration_id, "running") != "running":
            status[integration_id] = "pending"
    return status


def crew_rows(session: Session) -> list[CrewRow]:
    """All crews, by name."""
    columns = select(Crew.id, Crew.name, Crew.username, Crew.active, Crew.token_sha256 != "", Crew.last_seen_at)
    return [CrewRow(*row) for row in session.execute(columns.order_by(Crew.name))]


def run_rows(session: Session, integration_id: int | None = None, words: str = "") -> list[RunRow]:
    """The latest import runs, of one integration or of all, newest first; with ``words``, those that say them.

    They may stand in the integration, in who or what started it, in its error, or in the number or reason of a note.
    """
    columns = select(
        ImportRun.id, Integration.name.label("integration"), ImportRun.started_by, ImportRun.full, ImportRun.started_at,
        ImportRun.finished_at, ImportRun.error, ImportRun.created, ImportRun.updated, ImportRun.unchanged,
        ImportRun.closed, ImportRun.reopened, ImportRun.skipped, ImportRun.withheld, ImportRun.total, ImportRun.done,
    ).join(Integration, Integration.id == ImportRun.integration_id)  # fmt: skip
    if integration_id is not None:
        columns = columns.where(ImportRun.integration_id == integration_id)
    if words.strip():
        columns = columns.where(_says(words.strip()))
    return [RunRow(**row._mapping) for row in session.execute(columns.order_by(ImportRun.id.desc()).limit(RUNS))]


def _says(words: str) -> ColumnElement[bool]:
    noted = select(ImportNote.run_id).where(
        ImportNote.text.icontains(words, autoescape=True) | ImportNote.number.icontains(words, autoescape=True)
    )
    places = (Integration.name, ImportRun.started_by, ImportRun.error)
    return or_(ImportRun.id.in_(noted), *(place.icontains(words, autoescape=True) for place in places))


def note_rows(session: Session, run_id: int) -> list[NoteRow]:
    """The notes of one import run."""
    columns = select(ImportNote.id, ImportNote.number, ImportNote.kind, ImportNote.text)
    wanted = columns.where(ImportNote.run_id == run_id).order_by(ImportNote.id).limit(NOTES)
    return [NoteRow(*row) for row in session.execute(wanted)]
