"""What was measured in photos: kept by their bytes, so that it is measured once however often a photo comes."""

from collections.abc import Collection
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.hints import Measures
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.models import Item, PhotoMeasures

MOST_TOGETHER = 400


def known_measures(session: Session, sha256s: Collection[str]) -> dict[str, PhotoMeasures]:
    """What is known of some files (a batch of them), by their SHA-256."""
    rows = session.scalars(select(PhotoMeasures).where(PhotoMeasures.sha256.in_(sha256s)))
    return {row.sha256: row for row in rows}


def keep_measures(session: Session, sha256: str, measures: Measures, hashed: bytes | None) -> PhotoMeasures:
    """Keeps what was measured; when another was faster, that stands."""
    known = session.scalar(select(PhotoMeasures).where(PhotoMeasures.sha256 == sha256))
    if known is not None:
        return known
    row = PhotoMeasures(sha256=sha256, hash=hashed, **asdict(measures))
    session.add(row)
    session.flush()
    return row


def as_measures(row: PhotoMeasures) -> Measures:
    """Back from the table."""
    return Measures(row.sharpness, row.brightest, row.middle, row.white, row.flat, row.moire)


def hashes_after(session: Session, last: int) -> list[tuple[int, bytes]]:
    """The hashes with a number above ``last``, in order."""
    wanted = select(PhotoMeasures.id, PhotoMeasures.hash).where(
        PhotoMeasures.id > last, PhotoMeasures.hash.is_not(None)
    )
    return [(row.id, row.hash) for row in session.execute(wanted.order_by(PhotoMeasures.id)) if row.hash is not None]


def items_with_hash(session: Session, numbers: Collection[int]) -> list[tuple[int, Item]]:
    """The items that have one of these photos, with its number; deleted ones are left out."""
    wanted = select(PhotoMeasures.id, Item).join(Item, Item.sha256 == PhotoMeasures.sha256)
    shown = wanted.where(PhotoMeasures.id.in_(numbers), Item.state != ItemState.DELETED).limit(MOST_TOGETHER)
    return [(row[0], row[1]) for row in session.execute(shown)]
