"""The QA queue: in which order projects are checked, and how fast somebody goes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

NO_DUE = "9999-12-31"
PACE_SECONDS = 300.0
"""Decisions of the last five minutes make the pace."""
LEAST_SECONDS = 10.0
"""Over a shorter time nothing is said about a pace."""


class QueueOrder(StrEnum):
    """Which project comes first."""

    OLDEST = "oldest"
    URGENT = "urgent"

    @property
    def label(self) -> str:
        """As people choose it."""
        return "Oldest first" if self is QueueOrder.OLDEST else "Most urgent first"


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A project with items that wait for QA. ``due`` as kept: a day or an instant, or empty."""

    project_id: int
    key: str
    pending: int
    oldest: datetime
    due: str = ""
    rush: bool = False


def in_order(entries: Iterable[QueueEntry], order: QueueOrder, skipped: Sequence[int] = ()) -> list[QueueEntry]:
    """Oldest first, or most urgent first: Rush, then by due date, then by age. Those that were skipped come last."""

    def key(entry: QueueEntry) -> tuple[int, bool, str, datetime, int]:
        late = skipped.index(entry.project_id) + 1 if entry.project_id in skipped else 0
        if order is QueueOrder.OLDEST:
            return (late, False, "", entry.oldest, entry.project_id)
        return (late, not entry.rush, entry.due[:10] or NO_DUE, entry.oldest, entry.project_id)

    return sorted(entries, key=key)


def pace(decided_at: Sequence[tuple[float, int]], now: float) -> float:
    """Items a minute, from moments (seconds of a clock) and how many were decided then; 0 while too little is known."""
    recent = [(at, count) for at, count in decided_at if now - at <= PACE_SECONDS]
    if not recent:
        return 0.0
    seconds = now - recent[0][0]
    return 60 * sum(count for _, count in recent) / seconds if seconds >= LEAST_SECONDS else 0.0
