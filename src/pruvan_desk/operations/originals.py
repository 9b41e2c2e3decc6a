"""Originals that vanished from the disk are named on their items, and lost thumbnails are made again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from pruvan_desk.core.changes import Changes
from pruvan_desk.imaging.formats import IMAGES, VANISHED
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.models import Item, StoredFile
from pruvan_desk.store.thumbnails import ThumbnailCache

SMALL = 256
"""The thumbnail that every picture has."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What looking after some originals found: items whose file vanished, and those to be inspected anew. ``last`` is where it ended."""

    vanished: Sequence[int]
    anew: Sequence[int]
    last: int


def note_vanished(database: Database, files: PhotoFiles, sha256: str) -> Changes:
    """Somebody could not be shown a photo: when its file is gone, every item that has it says so."""
    with database.write() as writing:
        row = writing.session.get(StoredFile, sha256)
        if files.find(sha256) is None and (row is None or row.purged_at is None):
            _name(writing, list(writing.session.scalars(select(Item).where(Item.sha256 == sha256))))
    return writing.changes


def look_after(database: Database, files: PhotoFiles, cache: ThumbnailCache, after: int, limit: int) -> Looked | None:
    """Looks at the files and thumbnails of the next items by their ids; ``None`` when there are no more. Reads only."""
    columns = select(Item.id, Item.sha256, Item.extension, Item.image_format, Item.problem)
    kept = columns.join(StoredFile, StoredFile.sha256 == Item.sha256).where(StoredFile.purged_at.is_(None))
    wanted = kept.where(Item.id > after, Item.inspected.is_(True))
    with database.read() as session:
        rows = session.execute(wanted.order_by(Item.id).limit(limit)).all()
    if not rows:
        return None
    here = {row.id: files.path(row.sha256 or "", row.extension).exists() for row in rows}
    pictures = [row for row in rows if here[row.id] and row.image_format in IMAGES and not row.problem]
    lost = set(cache.missing({row.sha256 or "" for row in pictures}, SMALL))
    back = [row.id for row in rows if here[row.id] and row.problem == VANISHED]
    return Looked(
        vanished=[row.id for row in rows if not here[row.id] and row.problem != VANISHED],
        anew=[*back, *(row.id for row in pictures if row.sha256 in lost)],
        last=rows[-1].id,
    )


def put_right(database: Database, found: Looked) -> Changes:
    """Names what vanished, and has the rest inspected anew."""
    with database.write() as writing:
        session = writing.session
        _name(writing, [session.get_one(Item, item_id) for item_id in found.vanished])
        for item_id in found.anew:
            session.get_one(Item, item_id).inspected = False
            writing.changed(items=item_id)
    return writing.changes


def _name(writing: Writing, items: Sequence[Item]) -> None:
    for item in items:
        item.problem = VANISHED
        writing.changed(items=item.id)
