"""Files that lie elsewhere in a watch folder than when they were taken."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pruvan_desk.operations.watched import Place, Read
from pruvan_desk.operations.watched_moves import Sought, taken_from
from pruvan_desk.store.database import Database
from pruvan_desk.sync.watching.listing import is_gone


def with_moves(database: Database, watch_id: int, root: Path, batch: Sequence[Read]) -> list[Read]:
    """The same files, those that were moved with where they lay before. Blocking; asks the disk, so never while writing."""
    sought = {read.place: _sought(read) for read in batch}
    found = moved(database, watch_id, root, list(sought.values())) if batch else {}
    return [replace(read, moved_from=found.get(sought[read.place])) for read in batch]


def moved(database: Database, watch_id: int, root: Path, sought: Sequence[Sought]) -> Mapping[Sought, Place]:
    """What of this was taken where nothing lies any more, with where. Blocking."""
    with database.read() as session:
        taken = taken_from(session, watch_id, sought)
    gone = {each: [place for place in places if is_gone(root, *place)] for each, places in taken.items()}
    return {each: Place(watch_id, *places[0], "") for each, places in gone.items() if places}


def _sought(read: Read) -> Sought:
    """By what an item is known that was made of the same file."""
    uuid = (read.details or {}).get("uuid")
    return (uuid.strip() if isinstance(uuid, str) else "", read.stored.sha256 if read.stored is not None else "")
