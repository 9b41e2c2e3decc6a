"""Whose bytes a file has: an original, what was sent of one, or an earlier version; and what is told of the items it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.statuses import Destination, JobState
from pruvan_desk.store.measures import items_with_hash
from pruvan_desk.store.models import Item, ItemEdit, RelayJob, StoredFile
from pruvan_desk.store.sent_bytes import handed_out_as
from pruvan_desk.store.views.item_facts import ItemFacts, item_facts
from pruvan_desk.store.views.items import ItemRow, items_by_id

MOST = 20
"""Items that are told of; the same bytes are seldom those of more."""


class Match(StrEnum):
    """What a file is to an item."""

    ORIGINAL = "original"
    RENDITION = "rendition"
    EARLIER = "earlier"
    NAMED = "named"
    """Found by its uuid: nothing was compared."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Where and when these very bytes were taken; no destination: they were saved in a ZIP."""

    destination: Destination | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """An item that a file, or a uuid, belongs to. ``sent`` says who took these bytes."""

    match: Match
    row: ItemRow
    facts: ItemFacts
    uuid: str
    parent_uuid: str
    sent: tuple[Sent, ...] = ()


def known_by_sha256(session: Session, sha256: str) -> tuple[Known, ...]:
    """The items that a file with this SHA-256 is an original, a rendition or an earlier version of; originals first."""
    originals = list(
        session.scalars(
            select(Item.id).where(Item.sha256 == sha256, Item.copy_of.is_(None)).order_by(Item.id).limit(MOST)
        )
    )
    took = select(RelayJob.item_id, RelayJob.destination, RelayJob.finished_at).where(
        RelayJob.sent_sha256 == sha256, RelayJob.state == JobState.DONE, RelayJob.item_id.is_not(None)
    )
    sent: dict[int, list[Sent]] = {}
    for item_id, destination, at in session.execute(took.order_by(RelayJob.id)):
        sent.setdefault(item_id or 0, []).append(Sent(Destination(destination), at))
    noted = session.scalars(select(Item.id).where(Item.sent_sha256 == sha256).order_by(Item.id).limit(MOST))
    for item_id in noted:
        sent.setdefault(item_id, [])
    for item_id, at in handed_out_as(session, sha256):
        sent.setdefault(item_id, []).append(Sent(None, at))
    found = dict.fromkeys(originals, Match.ORIGINAL)
    found |= {item_id: Match.RENDITION for item_id in list(sent)[:MOST] if item_id not in found}
    found |= {item_id: Match.EARLIER for item_id in _replaced(session, sha256) if item_id not in found}
    return _known(session, found, sent)


def known_by_uuid(session: Session, uuid: str) -> tuple[Known, ...]:
    """The item with this uuid, and the annotated copies of it; none where nobody knows it."""
    wanted = uuid.strip()
    ids = session.scalars(select(Item.id).where(Item.uuid == wanted)).all()
    copies = session.scalars(select(Item.id).where(Item.copy_of.in_(ids)).order_by(Item.id).limit(MOST)).all()
    return _known(session, dict.fromkeys([*ids, *copies], Match.NAMED), {})


def known_by_look(session: Session, numbers: Sequence[int]) -> list[tuple[int, Known]]:
    """The items with these photos, each with its photo's number."""
    items = items_that_look(session, numbers)
    return [(items[known.row.id], known) for known in _known(session, dict.fromkeys(items, Match.NAMED), {})]


def items_that_look(session: Session, numbers: Sequence[int]) -> dict[int, int]:
    """The items with these photos, each with its photo's number, in the order of ``numbers``; of several with one photo the first."""
    found = sorted(
        items_with_hash(session, numbers), key=lambda each: each.item_id
    )  # a copy is younger than its original
    by_number: dict[int, int] = {}
    for each in found:
        by_number.setdefault(each.number, each.item_id)
    return {by_number[number]: number for number in numbers if number in by_number}


def _replaced(session: Session, sha256: str) -> list[int]:
    """Items whose file these bytes were before other ones came under the same uuid."""
    if session.get(StoredFile, sha256) is None:
        return []
    before = ItemEdit.before["sha256"].as_string()
    wanted = select(ItemEdit.item_id).where(ItemEdit.kind == "received again", before == sha256)
    return list(dict.fromkeys(session.scalars(wanted.order_by(ItemEdit.id).limit(MOST))))


def _known(session: Session, found: dict[int, Match], sent: dict[int, list[Sent]]) -> tuple[Known, ...]:
    rows = {row.id: row for row in items_by_id(session, list(found))}
    named = {
        row.id: row for row in session.execute(select(Item.id, Item.uuid, Item.parent_uuid).where(Item.id.in_(found)))
    }
    known = []
    for item_id, match in found.items():
        facts = item_facts(session, item_id)
        if item_id in rows and facts is not None:
            about = named[item_id]
            told = tuple(sent.get(item_id, ()))
            known.append(Known(match, rows[item_id], facts, about.uuid, about.parent_uuid, told))
    return tuple(known)
