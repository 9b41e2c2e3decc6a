"""How the sending of items stands, for each destination of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pruvan_desk.domain.destinations import read_destinations
from pruvan_desk.domain.qa import IN_OUTBOX
from pruvan_desk.domain.statuses import Destination, JobState
from pruvan_desk.store.models import Item, RelayJob
from pruvan_desk.store.outbox import chunks


@dataclass(frozen=True, slots=True)
class DestinationOutcome:
    """The latest outcome of an item at one destination. ``at`` is when it was reached; ``place``: in the Downloader's tree."""

    item_id: int
    destination: Destination
    state: JobState
    words: str
    place: str
    at: datetime | None


def outcomes_of(session: Session, item_ids: Sequence[int]) -> list[DestinationOutcome]:
    """The outcomes of items that were published, the client's first."""
    found: list[DestinationOutcome] = []
    for some in chunks(item_ids):
        newest = (
            select(func.max(RelayJob.id))
            .where(RelayJob.item_id.in_(some), RelayJob.state != JobState.REPLACED)
            .group_by(RelayJob.item_id, RelayJob.destination)
        )
        rows = session.execute(
            select(RelayJob, Item.destinations)
            .join(Item, Item.id == RelayJob.item_id)
            .where(RelayJob.id.in_(newest), Item.state.in_(IN_OUTBOX))
            .order_by(RelayJob.item_id, RelayJob.destination)
        )
        found += [_outcome(job) for job, chosen in rows if Destination(job.destination) in read_destinations(chosen)]
    return found


@dataclass(frozen=True, slots=True)
class DestinationCount:
    """How many published items have a destination, and what became of them there."""

    destination: Destination
    chosen: int
    waiting: int
    reached: int
    failed: int

    @property
    def closes(self) -> bool:
        """Whether every item is accounted for."""
        return self.chosen == self.waiting + self.reached + self.failed


def destination_counts(session: Session) -> list[DestinationCount]:
    """The accounting of each destination that was chosen for anything."""
    chosen = dict.fromkeys(Destination, 0)
    published = select(Item.destinations, func.count()).where(Item.state.in_(IN_OUTBOX)).group_by(Item.destinations)
    for text, count in session.execute(published):
        for destination in read_destinations(text):
            chosen[destination] += count
    newest = (
        select(func.max(RelayJob.id))
        .join(Item, Item.id == RelayJob.item_id)
        .where(RelayJob.state != JobState.REPLACED, Item.state.in_(IN_OUTBOX))
        .group_by(RelayJob.item_id, RelayJob.destination)
    )
    counts: dict[tuple[str, str], int] = {}
    rows = (
        select(RelayJob.destination, RelayJob.state, Item.destinations, func.count())
        .join(Item, Item.id == RelayJob.item_id)
        .where(RelayJob.id.in_(newest))
        .group_by(RelayJob.destination, RelayJob.state, Item.destinations)
    )
    for where, state, text, count in session.execute(rows):
        if Destination(where) in read_destinations(text):
            counts[where, state] = counts.get((where, state), 0) + count
    return [
        DestinationCount(
            destination,
            total,
            waiting=counts.get((destination, JobState.QUEUED), 0) + counts.get((destination, JobState.LEASED), 0),
            reached=counts.get((destination, JobState.DONE), 0),
            failed=counts.get((destination, JobState.FAILED), 0),
        )
        for destination, total in chosen.items()
        if total
    ]


def _outcome(job: RelayJob) -> DestinationOutcome:
    return DestinationOutcome(
        item_id=job.item_id or 0,
        destination=Destination(job.destination),
        state=JobState(job.state),
        words=job.words,
        place=job.place,
        at=job.finished_at,
    )
