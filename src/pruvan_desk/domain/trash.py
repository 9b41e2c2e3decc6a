"""The trash: a deleted project can be restored for 30 days, and what came for it is never lost, not even after that."""

from datetime import datetime, timedelta

from pruvan_desk.domain.statuses import ItemState

TRASH_TIME = timedelta(days=30)
"""How long a deleted project can be restored."""

UNDECIDED = (ItemState.HELD, ItemState.PENDING_QA, ItemState.PASSED, ItemState.QUEUED, ItemState.FAILED)
"""Items with which something was still to be done: when their project leaves the trash they wait under *Unassigned*."""


def is_restorable(deleted_at: datetime, now: datetime) -> bool:
    """Whether a project deleted at that time is still in the trash."""
    return now - deleted_at < TRASH_TIME
