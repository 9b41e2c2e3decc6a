"""What was measured in photos: kept by their bytes, so that it is measured once however often a photo comes."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from pruvan_desk.domain.hints import Measures
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.models import Item, PhotoMeasures

MOST_TOGETHER = 400


@dataclass(frozen=True, slots=True)
class PhotoLook:
    """By what the like of a photo is found; ``spots`` are ``None`` where it has too few."""

    number: int
    hash: bytes
    spots: bytes | None


def known_measures(session: Session, sha256s: Collection[str]) -> dict[str, PhotoMeasures]:
    """What is known of some files (a batch of them), by their SHA-256."""
    rows = session.scalars(select(PhotoMeasures).where(PhotoMeasures.sha256.in_(sha256s)))
    return {row.sha256: row for row in rows}


def keep_measures(
    session: Session, sha256: str, measures: Measures, hashed: bytes | None, spots: bytes | None
) -> PhotoMeasures:
    """Keeps what was measured; when another was faster, that stands."""
    known = session.scalar(select(PhotoMeasures).where(PhotoMeasures.sha256 == sha256))
    if known is not None:
        return known
    row = PhotoMeasures(sha256=sha256, hash=hashed, spots=spots, **asdict(measures))
    session.add(row)
    session.flush()
    return row


def as_measures(row: PhotoMeasures) -> Measures:
    """Back from the table."""
    return Measures(row.sharpness, row.brightest, row.middle, row.clipped, row.flat, row.moire)


def looks_after(session: Session, last: int, most: int | None = None) -> list[PhotoLook]:
    """How the photos with a number above ``last`` look, in order, at most so many; those of one tone are left out."""
    columns = select(PhotoMeasures.id, PhotoMeasures.hash, PhotoMeasures.spots)
    wanted = columns.where(PhotoMeasures.id > last, PhotoMeasures.hash.is_not(None))
    rows = session.execute(wanted.order_by(PhotoMeasures.id).limit(most))
    return [PhotoLook(row.id, row.hash, row.spots) for row in rows if row.hash is not None]


def spots_of(session: Session, numbers: Collection[int]) -> dict[int, tuple[str, bytes]]:
    """The SHA-256 and the spots of photos, by their numbers."""
    columns = select(PhotoMeasures.id, PhotoMeasures.sha256, PhotoMeasures.spots)
    rows = session.execute(columns.where(PhotoMeasures.id.in_(numbers)))
    return {row.id: (row.sha256, row.spots) for row in rows if row.spots is not None}


class WithHash(NamedTuple):
    """An item that has a photo of that number."""

    number: int
    item_id: int
    project_id: int | None
    uuid: str


WITH_HASH = (
    select(PhotoMeasures.id, Item.id, Item.project_id, Item.uuid)
    .join(Item, Item.sha256 == PhotoMeasures.sha256)
    .where(
        PhotoMeasures.id.in_(bindparam("numbers", expanding=True)),
        Item.state != ItemState.DELETED,
        Item.copy_of.is_(None),
    )
    .limit(MOST_TOGETHER)
)


def items_with_hash(session: Session, numbers: Collection[int]) -> list[WithHash]:
    """The items that have one of these photos; deleted ones, and annotated copies, for which their originals speak, are left out."""
    return [WithHash(*row) for row in session.connection().execute(WITH_HASH, {"numbers": list(numbers)})]
