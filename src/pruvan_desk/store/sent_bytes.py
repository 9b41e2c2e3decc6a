"""By the bytes that Desk has sent or handed out of an item, the item is known again."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.statuses import JobState
from pruvan_desk.store.database import Writing
from pruvan_desk.store.models import HandedOut, Item, RelayJob
from pruvan_desk.store.outbox import chunks


def items_sent_as(session: Session, sha256s: Collection[str]) -> dict[str, list[int]]:
    """The items of which a destination took some bytes, or a ZIP held them: by the SHA-256, each with those of it, the first first."""
    found: dict[str, set[int]] = {}
    for some in chunks(sorted(sha256s)):
        ways = (
            select(RelayJob.sent_sha256, RelayJob.item_id).where(
                RelayJob.sent_sha256.in_(some), RelayJob.state == JobState.DONE, RelayJob.item_id.is_not(None)
            ),
            select(Item.sent_sha256, Item.id).where(Item.sent_sha256.in_(some)),
            select(HandedOut.sha256, HandedOut.item_id).where(HandedOut.sha256.in_(some)),
        )
        for way in ways:
            for sha256, item_id in session.execute(way):
                found.setdefault(sha256, set()).add(item_id or 0)
    return {sha256: sorted(items) for sha256, items in found.items()}


def handed_out_as(session: Session, sha256: str) -> list[tuple[int, datetime]]:
    """The items of which a ZIP held these bytes, each with when."""
    wanted = select(HandedOut.item_id, HandedOut.at).where(HandedOut.sha256 == sha256).order_by(HandedOut.id)
    return [(row.item_id, row.at) for row in session.execute(wanted)]


def note_handed_out(writing: Writing, made: Sequence[tuple[int, str]]) -> None:
    """Notes what a ZIP holds of items in another shape than their originals: their ids, each with the SHA-256. Once is enough."""
    known: set[tuple[str, int]] = set()
    for some in chunks([sha256 for _, sha256 in made]):
        rows = writing.session.execute(select(HandedOut.sha256, HandedOut.item_id).where(HandedOut.sha256.in_(some)))
        known.update((row.sha256, row.item_id) for row in rows)
    there = set(writing.session.scalars(select(Item.id).where(Item.id.in_([item_id for item_id, _ in made]))))
    new = {(sha256, item_id) for item_id, sha256 in made if item_id in there} - known
    writing.session.add_all(
        HandedOut(item_id=item_id, sha256=sha256, at=writing.now) for sha256, item_id in sorted(new)
    )
