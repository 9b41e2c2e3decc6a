"""Do both sides agree? What Desk says it published against what the order source says it has, item by item."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.destinations import leading, read_destinations
from pruvan_desk.domain.statuses import Destination, ItemState
from pruvan_desk.store.accounts import total_accounting
from pruvan_desk.store.models import Item, Project

Flags = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Balance:
    """The differences between the two sides, each in words. None: they balance."""

    differences: list[str]

    @property
    def balanced(self) -> bool:
        """Whether both sides agree."""
        return not self.differences


def compare(session: Session, received: list[dict[str, Any]]) -> Balance:
    """Compares the store with ``received``, the order source's list of its items.

    Each published item must be there once, under its work order, task and evidence type, with the SHA-256 that Desk recorded
    as sent; and nothing may be there that Desk has not recorded as sent.
    """
    theirs = {entry["uuid"]: entry for entry in received}
    differences = [] if len(theirs) == len(received) else ["FAStrack lists an item twice"]
    books = total_accounting(session)
    if not books.closes:
        differences.append(f"{books.received} items received, {sum(books.by_state.values())} accounted for")
    rows = session.execute(select(Item, Project.number).outerjoin(Project, Project.id == Item.project_id)).all()
    for item, number in rows:
        differences += _differences(item, number, theirs.pop(item.uuid, None))
    differences += [f"{uuid} is at FAStrack, and Desk knows nothing of it" for uuid in theirs]
    return Balance(differences)


def flags(received: list[dict[str, Any]]) -> Flags:
    """Task → evidence type → how many, as the order source filed them."""
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in received:
        counted[entry["task"]][entry["evidence_type"]] += 1
    return {task: dict(sorted(evidence.items())) for task, evidence in sorted(counted.items())}


def _differences(item: Item, number: str | None, theirs: Mapping[str, Any] | None) -> list[str]:
    if theirs is None and leading(read_destinations(item.destinations)) is Destination.DOWNLOADER:
        return []
    if theirs is None:
        lost = item.state == ItemState.PUBLISHED or item.sent_sha256
        return [f"{item.uuid} was published, and is not at FAStrack"] if lost else []
    if not item.sent_sha256:
        return [f"{item.uuid} is at FAStrack, and Desk has not recorded that it was sent"]
    found = []
    if theirs["sha256"] != item.sent_sha256:
        found.append(f"{item.uuid} has other bytes at FAStrack than were sent")
    if item.state == ItemState.PUBLISHED:
        ours = (number, item.task, item.evidence_type)
        filed = (theirs["work_order"], theirs["task"], str(theirs["evidence_type"]).lower())
        if ours != filed:
            found.append(f"{item.uuid} is flagged {filed} at FAStrack, and {ours} here")
    return found
