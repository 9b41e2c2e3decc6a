"""What is on its way right now, as the engine says it: progress, rate, and the state of each receiver."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pruvan_desk.domain.stalls import Waiting
from pruvan_desk.domain.statuses import Destination, JobState
from pruvan_desk.store.models import OWN_KIND, Integration, Project, RelayJob
from pruvan_desk.store.settings import read_settings

Counts = Mapping[tuple[int, str, str], int]


@dataclass(frozen=True, slots=True)
class LaneTraffic:
    """One receiver: how many sendings are under way, how many it takes at once, and what keeps it from working."""

    integration_id: int
    destination: str
    under_way: int = 0
    at_once: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What the engine last said. ``sending``: bytes gone and bytes in all, by job; ``rate`` in bytes a second."""

    sending: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    rate: float = 0.0
    items_per_second: float = 0.0
    history: tuple[tuple[float, float], ...] = ()
    """Unix seconds, and bytes a second then; nothing went out where a time is missing."""
    offline: frozenset[int] = frozenset()
    """Integrations whose order source cannot be reached."""
    fault: str = ""
    lanes: tuple[LaneTraffic, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As the database keeps it."""
        return {
            "sending": {str(job_id): list(progress) for job_id, progress in self.sending.items()},
            "rate": round(self.rate),
            "items": round(self.items_per_second, 2),
            "history": [[at, round(rate)] for at, rate in self.history],
            "offline": sorted(self.offline),
            "fault": self.fault,
            "lanes": [[x.integration_id, x.destination, x.under_way, x.at_once, x.fault] for x in self.lanes],
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any] | None) -> "Traffic":
        """Back from the database; nothing where there is nothing."""
        if not body:
            return cls()
        return cls(
            sending={int(job_id): (sent, total) for job_id, (sent, total) in body["sending"].items()},
            rate=body["rate"],
            items_per_second=body["items"],
            history=tuple((at, rate) for at, rate in body["history"]),
            offline=frozenset(body["offline"]),
            fault=body["fault"],
            lanes=tuple(LaneTraffic(*lane) for lane in body["lanes"]),
        )


@dataclass(frozen=True, slots=True)
class ReceiverRow:
    """A receiver, as Activity lists it: a client, or the Downloader (``id`` 0). ``words`` says how it is."""

    id: int
    name: str
    state: str
    """``paused``, ``offline``, ``fault``, ``sending``, ``waiting`` or ``idle``."""
    words: str
    under_way: int
    queued: int
    failed: int


def receiver_rows(session: Session, traffic: Traffic) -> list[ReceiverRow]:
    """Every integration's client, and the Downloader."""
    counts: dict[tuple[int, str, str], int] = {}
    open_states = (JobState.QUEUED, JobState.LEASED, JobState.FAILED)
    rows = (
        select(RelayJob.integration_id, RelayJob.destination, RelayJob.state, func.count())
        .where(RelayJob.state.in_(open_states))
        .group_by(RelayJob.integration_id, RelayJob.destination, RelayJob.state)
    )
    for integration_id, destination, state, count in session.execute(rows):
        counts[integration_id, destination, state] = count
    paused = read_settings(session).relay_paused
    found = [
        _receiver(row, counts, traffic, paused=paused)
        for row in session.scalars(
            select(Integration).where(Integration.kind != OWN_KIND).order_by(Integration.name, Integration.id)
        )
    ]
    return [*found, _downloader(counts, traffic, paused=paused)]


def _receiver(integration: Integration, counts: Counts, traffic: Traffic, *, paused: bool) -> ReceiverRow:
    def count(state: JobState) -> int:
        return counts.get((integration.id, Destination.CLIENT, state), 0)

    lane = next(
        (x for x in traffic.lanes if (x.integration_id, x.destination) == (integration.id, Destination.CLIENT)), None
    )
    if integration.paused:
        state, words = "paused", f"Paused: {integration.last_error}" if integration.last_error else "Paused"
    elif integration.id in traffic.offline:
        state, words = "offline", "Offline: goes on by itself when the network is back"
    else:
        state, words = _lane_words(lane, count(JobState.QUEUED), paused=paused)
    return ReceiverRow(
        integration.id,
        integration.name,
        state,
        words,
        lane.under_way if lane else 0,
        count(JobState.QUEUED),
        count(JobState.FAILED),
    )


def _downloader(counts: Counts, traffic: Traffic, *, paused: bool) -> ReceiverRow:
    sums: dict[str, int] = defaultdict(int)
    for (_, destination, state), count in counts.items():
        sums[state] += count if destination == Destination.DOWNLOADER else 0
    lanes = [lane for lane in traffic.lanes if lane.destination == Destination.DOWNLOADER]
    lane = LaneTraffic(
        0,
        Destination.DOWNLOADER,
        sum(lane.under_way for lane in lanes),
        sum(lane.at_once for lane in lanes),
        next((lane.fault for lane in lanes if lane.fault), ""),
    )
    state, words = _lane_words(lane, sums[JobState.QUEUED], paused=paused)
    return ReceiverRow(0, "Downloader", state, words, lane.under_way, sums[JobState.QUEUED], sums[JobState.FAILED])


def _lane_words(lane: LaneTraffic | None, queued: int, *, paused: bool) -> tuple[str, str]:
    if lane is not None and lane.fault:
        return "fault", lane.fault
    if lane is not None and lane.under_way:
        return "sending", f"Sending {lane.under_way:,}, up to {lane.at_once:,} at once"
    if queued and paused:
        return "paused", "Sending is paused"
    return ("waiting", "Waiting for the next try") if queued else ("idle", "Nothing to send")


def waiting_now(session: Session, traffic: Traffic) -> Waiting:
    """What is queued, and what it waits for. What is of a project in the trash waits for nothing."""

    def of_queued(*columns: Any) -> Any:
        return (
            select(*columns)
            .select_from(RelayJob)
            .join(Project, Project.id == RelayJob.project_id)
            .where(RelayJob.state == JobState.QUEUED, Project.deleted_at.is_(None))
        )

    total, oldest = session.execute(of_queued(func.count(), func.min(RelayJob.created_at))).one()
    if not total:
        return Waiting()
    behind = (
        of_queued(Integration.name, func.count())
        .join(Integration, Integration.id == RelayJob.integration_id)
        .where(RelayJob.destination == Destination.CLIENT, Integration.paused.is_(True))
        .group_by(Integration.name)
        .order_by(Integration.name)
    )
    tried = of_queued(func.count(), func.min(RelayJob.not_before)).where(RelayJob.attempts > 0)
    retrying, retry_at = session.execute(tried).one()
    offline = select(Integration.name).where(Integration.id.in_(traffic.offline)).order_by(Integration.name)
    return Waiting(
        queued=total,
        oldest=oldest,
        paused=read_settings(session).relay_paused,
        behind_paused=tuple((row[0], row[1]) for row in session.execute(behind)),
        offline=tuple(session.scalars(offline)),
        retrying=retrying,
        retry_at=retry_at,
        fault=traffic.fault or next((lane.fault for lane in traffic.lanes if lane.fault), ""),
    )
