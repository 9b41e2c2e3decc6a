"""The outbox: jobs are written with the decision that made them, claimed by lease, and closed with their outcome.

An item has at most one unfinished job for each destination that is not being sent: a newer revision replaces an unsent older one.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import BindParameter, Integer, Select, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from pruvan_desk.domain.destinations import CLIENT, Destinations, destinations_text, leading, read_destinations
from pruvan_desk.domain.statuses import UNSENT, Destination, FileType, ItemState, JobState
from pruvan_desk.store.database import Writing
from pruvan_desk.store.marked import take_back_if_marked_since
from pruvan_desk.store.models import OWN_KIND, Integration, Item, Project, RelayJob

Row = TypeVar("Row", Item, Project)
Value = TypeVar("Value")
NOWHERE: Destinations = frozenset()
NOT_PAUSED = or_(Integration.paused.is_(False), RelayJob.destination != Destination.CLIENT)
SQL_VARIABLES = 500
"""Ids in one statement, well under what every SQLite allows."""


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that this owner may send now, with the rows it is about. ``item`` is ``None`` for a project's status."""

    job: RelayJob
    item: Item | None
    project: Project


def chunks(ids: Sequence[Value], size: int = SQL_VARIABLES) -> Iterable[Sequence[Value]]:
    """``ids`` in runs of at most ``size``."""
    return (ids[start : start + size] for start in range(0, len(ids), size))


def enqueue_items(writing: Writing, items: Sequence[Item], only: Destinations | None = None) -> None:
    """Queues the current revision of items of known projects, for each destination of each: where none was chosen, for those
    that the integration names for released items.

    With ``only`` for those destinations alone, which are added to the item's. Where the one that the item's state follows is
    among them, the item is ``queued``. Orders of the office's own have no client: what could only go there has passed, and stays.
    """
    if not items:
        return
    with (
        writing.session.no_autoflush
    ):  # what the caller changed in items and what is changed below is written in one go
        ways = _ways_of(writing.session, {item.project_id for item in items if item.project_id})
        own = own_integrations(writing.session)
    rows = []
    for item in items:
        if item.project_id is None:
            raise AssertionError(f"item {item.id} has no project and cannot be queued")
        integration_id, released_to = ways[item.project_id]
        chosen = read_destinations(item.destinations) | (only or NOWHERE)
        if (
            not chosen
        ):  # nobody chose: it is released by the crew's Complete, or a check-in, which is the client's alone
            chosen = CLIENT if item.file_type == FileType.CHECK_IN else released_to
        if integration_id in own:
            chosen -= CLIENT
        item.destinations = destinations_text(chosen)
        wanted = chosen if only is None else only & chosen
        if not chosen:
            item.state = ItemState.PASSED
        elif leading(chosen) in wanted:
            item.state = ItemState.QUEUED
        rows += [
            {
                "integration_id": integration_id,
                "project_id": item.project_id,
                "item_id": item.id,
                "revision": item.revision,
                "destination": destination,
                "state": JobState.QUEUED,
                "not_before": writing.now,
                "created_at": writing.now,
            }
            for destination in sorted(wanted)
        ]
    _replace_unsent(writing, [item.id for item in items], only)
    writing.session.flush()
    if rows:
        writing.session.connection().execute(QUEUE, rows)
    writing.changed(items={item.id for item in items}, projects={item.project_id for item in items if item.project_id})


def own_integrations(session: Session) -> set[int]:
    """The integration that stands for the office's own orders, if there are any."""
    return set(session.scalars(select(Integration.id).where(Integration.kind == OWN_KIND)))


def enqueue_status(writing: Writing, project: Project, word: str) -> None:
    """Queues a ``status`` call to the order source; one not sent yet is replaced."""
    enqueue_statuses(writing, [(project, word)])


def enqueue_statuses(writing: Writing, statuses: Sequence[tuple[Project, str]]) -> None:
    """Queues a ``status`` call for each of many projects. The office's own orders have nobody to tell."""
    own = own_integrations(writing.session)
    told = [(project, word) for project, word in statuses if project.integration_id not in own]
    withdraw_statuses(writing, [project.id for project, _ in told])
    jobs = [
        RelayJob(
            integration_id=project.integration_id,
            project_id=project.id,
            status_word=word,
            not_before=writing.now,
            created_at=writing.now,
        )
        for project, word in told
    ]
    writing.session.add_all(jobs)
    writing.session.flush()
    writing.changed(jobs={job.id for job in jobs})


def under_way(session: Session, item_ids: Sequence[int], destination: Destination) -> set[int]:
    """Those of the items that are queued for a destination, or being sent to it."""
    found: set[int] = set()
    for some in chunks(item_ids):
        rows = select(RelayJob.item_id).where(
            RelayJob.item_id.in_(some),
            RelayJob.destination == destination,
            RelayJob.state.in_((JobState.QUEUED, JobState.LEASED)),
        )
        found.update(item_id for item_id in session.scalars(rows) if item_id is not None)
    return found


def withdraw_statuses(writing: Writing, project_ids: Sequence[int]) -> None:
    """Takes back what was still to be told about the status of projects."""
    for some in chunks(project_ids):
        writing.session.execute(
            update(RelayJob)
            .where(RelayJob.project_id.in_(some), RelayJob.item_id.is_(None), RelayJob.state.in_(UNSENT))
            .values(state=JobState.REPLACED, finished_at=writing.now)
        )


def withdraw_unsent(writing: Writing, item_ids: Sequence[int]) -> None:
    """Takes jobs back that nobody has claimed: their items are to be decided again."""
    _replace_unsent(writing, item_ids)


def _replace_unsent(writing: Writing, item_ids: Sequence[int], only: Destinations | None = None) -> None:
    for some in chunks(item_ids):
        writing.session.execute(
            update(RelayJob)
            .where(
                RelayJob.item_id.in_(some), RelayJob.state.in_(UNSENT), RelayJob.destination.in_(only or Destination)
            )
            .values(state=JobState.REPLACED, finished_at=writing.now)
        )


def _ways_of(session: Session, project_ids: set[int]) -> dict[int, tuple[int, Destinations]]:
    """The integration of each project, and where it sends what is released."""
    found: dict[int, tuple[int, Destinations]] = {}
    wanted = select(Project.id, Integration.id, Integration.released_to).join(
        Integration, Integration.id == Project.integration_id
    )
    for some in chunks(sorted(project_ids)):
        rows = session.execute(wanted.where(Project.id.in_(some)))
        found.update((row[0], (row[1], read_destinations(row[2]) or CLIENT)) for row in rows)
    return found


class LaneKey(NamedTuple):
    """Where jobs go to: an integration's client, or its Downloader. Lanes do not wait for each other."""

    integration_id: int
    destination: str


def _now() -> BindParameter[datetime]:
    return bindparam("now", type_=RelayJob.not_before.type)


MAY_GO = (RelayJob.state == JobState.QUEUED, NOT_PAUSED, Project.deleted_at.is_(None))
DUE_LANES = (
    select(RelayJob.integration_id, RelayJob.destination)
    .join(Integration, Integration.id == RelayJob.integration_id)
    .join(Project, Project.id == RelayJob.project_id)
    .where(*MAY_GO, RelayJob.not_before <= _now())
    .distinct()
)
"""The statements that a busy relay makes many times a second are put together once: that costs more than their answers."""
NEXT_DUE = (
    select(RelayJob.not_before)
    .join(Integration, Integration.id == RelayJob.integration_id)
    .join(Project, Project.id == RelayJob.project_id)
    .where(*MAY_GO)
    .order_by(RelayJob.not_before)
    .limit(1)
)
QUEUE = insert(RelayJob)
LEASE = (
    update(RelayJob)
    .where(RelayJob.id.in_(bindparam("jobs", expanding=True)))
    .values(state=JobState.LEASED, owner=bindparam("by"), lease_until=bindparam("until"))
)
ON_ITS_WAY = (
    update(Item)
    .where(Item.id.in_(bindparam("items", expanding=True)), Item.state == ItemState.QUEUED)
    .values(state=ItemState.RELAYING)
)
EXPIRED = select(RelayJob).where(RelayJob.state == JobState.LEASED, RelayJob.lease_until < _now())


def _due() -> Select[RelayJob, Item, Project]:
    other, status = aliased(RelayJob), aliased(RelayJob)
    being_sent = exists().where(
        other.item_id == RelayJob.item_id,
        other.destination == RelayJob.destination,
        other.state == JobState.LEASED,
    )
    status_being_sent = exists().where(
        RelayJob.item_id.is_(None),
        status.item_id.is_(None),
        status.project_id == RelayJob.project_id,
        status.state == JobState.LEASED,
    )
    return (
        select(RelayJob, Item, Project)
        .join(Project, Project.id == RelayJob.project_id)
        .join(Integration, Integration.id == RelayJob.integration_id)
        .outerjoin(Item, Item.id == RelayJob.item_id)
        .where(*MAY_GO, RelayJob.not_before <= _now(), ~being_sent, ~status_being_sent)
        .order_by(RelayJob.not_before, RelayJob.id)
        .limit(bindparam("most", type_=Integer))
    )


DUE = _due()
DUE_IN_LANE = DUE.where(
    RelayJob.integration_id == bindparam("integration_id"), RelayJob.destination == bindparam("destination")
)


def due_lanes(session: Session, now: datetime) -> list[LaneKey]:
    """The lanes in which a job may go out now, those of paused integrations and of the trash aside."""
    rows = session.execute(DUE_LANES, {"now": now})
    return [LaneKey(row.integration_id, row.destination) for row in rows]


def claim(writing: Writing, owner: str, limit: int, lease: timedelta, lane: LaneKey | None = None) -> list[ClaimedJob]:
    """Claims up to ``limit`` due jobs for ``owner``, oldest first; of one lane, if named.

    What goes to the client of a paused integration waits, and whatever is of a project in the trash.

    No job of an item is handed out while another of the same item and destination is being sent, so that its revisions keep
    their order; nor is a project's status, and one that a newer status overtook while it waited is dropped. So is that of a photo
    which was marked while it was being sent, and did not get there.
    """
    session = writing.session
    _expire(writing)
    wanted: dict[str, Any] = {"now": writing.now, "most": limit}
    due = session.execute(DUE, wanted) if lane is None else session.execute(DUE_IN_LANE, wanted | lane._asdict())
    found = [ClaimedJob(job, item, project) for job, item, project in due]
    _drop_overtaken_statuses(writing, [each for each in found if each.item is None])
    for each in found:
        if each.item is not None:
            take_back_if_marked_since(writing, each.item, each.job.created_at)
    claimed = [each for each in found if each.job.state == JobState.QUEUED]
    if claimed:
        _lease(writing, claimed, owner, lease)
    return claimed


def _drop_overtaken_statuses(writing: Writing, statuses: Sequence[ClaimedJob]) -> None:
    """Drops those of ``statuses`` that are not the last word about their project."""
    if not statuses:
        return
    project_ids = {each.project.id for each in statuses}
    rows = writing.session.execute(
        select(RelayJob.project_id, func.max(RelayJob.id))
        .where(RelayJob.item_id.is_(None), RelayJob.project_id.in_(project_ids))
        .group_by(RelayJob.project_id)
    )
    newest = {row[0]: row[1] for row in rows}
    overtaken = [each.job for each in statuses if each.job.id != newest[each.project.id]]
    for job in overtaken:
        job.state, job.finished_at = JobState.REPLACED, writing.now
        writing.changed(jobs=job.id)


def _lease(writing: Writing, claimed: Sequence[ClaimedJob], owner: str, lease: timedelta) -> None:
    """Puts the owner's name on jobs, and their items on their way: two statements, whatever their number."""
    job_ids = {each.job.id for each in claimed}
    item_ids = {each.item.id for each in claimed if each.item is not None and leads(each.job, each.item)}
    connection = writing.session.connection()
    connection.execute(LEASE, {"jobs": list(job_ids), "by": owner, "until": writing.now + lease})
    connection.execute(ON_ITS_WAY, {"items": list(item_ids)})
    writing.changed(items=item_ids, jobs=job_ids, projects={each.project.id for each in claimed})


def leads(job: RelayJob, item: Item) -> bool:
    """Whether an item's state follows this job: of its current revision, to the destination that leads."""
    return job.revision == item.revision and job.destination == leading(read_destinations(item.destinations))


def _by_id(session: Session, kind: type[Row], ids: list[int]) -> dict[int, Row]:
    return {row.id: row for row in session.scalars(select(kind).where(kind.id.in_(set(ids))))} if ids else {}


def next_due(session: Session) -> datetime | None:
    """When the next waiting job that may go out is due; ``None`` when none waits."""
    return session.scalar(NEXT_DUE)


def hurry(writing: Writing, integration_ids: Collection[int] | None) -> None:
    """What waits for its next try goes now: that of these integrations' clients, or of all."""
    late = [RelayJob.state == JobState.QUEUED, RelayJob.not_before > writing.now]
    if integration_ids is not None:
        late += [RelayJob.integration_id.in_(integration_ids), RelayJob.destination == Destination.CLIENT]
    ids = list(writing.session.scalars(select(RelayJob.id).where(*late)))
    for some in chunks(ids):
        writing.session.execute(update(RelayJob).where(RelayJob.id.in_(some)).values(not_before=writing.now))
        writing.changed(jobs=list(some))


def extend_leases(writing: Writing, job_ids: Sequence[int], lease: timedelta) -> None:
    """The heartbeat: jobs that are still being sent stay their owner's."""
    writing.session.execute(
        update(RelayJob)
        .where(RelayJob.id.in_(job_ids), RelayJob.state == JobState.LEASED)
        .values(lease_until=writing.now + lease)
    )


def release(writing: Writing, owner: str | None = None) -> int:
    """Gives back what ``owner`` has claimed and not sent (everybody's, when ``None``). Answers how many."""
    mine = [RelayJob.state == JobState.LEASED]
    if owner is not None:
        mine.append(RelayJob.owner == owner)
    return _requeue(writing, list(writing.session.scalars(select(RelayJob).where(*mine))))


def release_jobs(writing: Writing, job_ids: Sequence[int]) -> None:
    """Gives back some jobs that were claimed and are not being sent."""
    mine = select(RelayJob).where(RelayJob.state == JobState.LEASED, RelayJob.id.in_(job_ids))
    _requeue(writing, list(writing.session.scalars(mine)))


def _expire(writing: Writing) -> None:
    if dead := list(writing.session.scalars(EXPIRED, {"now": writing.now})):
        _requeue(writing, dead)


def _requeue(writing: Writing, jobs: Sequence[RelayJob]) -> int:
    items = _by_id(writing.session, Item, [job.item_id for job in jobs if job.item_id])
    for job in jobs:
        job.owner, job.lease_until = "", None
        item = items.get(job.item_id or 0)
        overtaken = item is not None and item.revision != job.revision
        job.state = JobState.REPLACED if overtaken else JobState.QUEUED
        if item is not None and leads(job, item) and item.state == ItemState.RELAYING:
            item.state = ItemState.QUEUED
    if jobs:
        writing.session.flush()
        writing.changed(items=set(items), jobs={job.id for job in jobs})
    return len(jobs)
