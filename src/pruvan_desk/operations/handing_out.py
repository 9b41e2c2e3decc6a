"""Files that are handed out past the outbox, in a ZIP: what they are made of stays known."""

from collections.abc import Sequence

from pruvan_desk.core.changes import Changes
from pruvan_desk.store.database import Database
from pruvan_desk.store.sent_bytes import note_handed_out


def record_handed_out(database: Database, made: Sequence[tuple[int, str]]) -> Changes:
    """Writes down what a ZIP holds in another shape than the originals: items' ids, each with the SHA-256 of its file there."""
    with database.write() as writing:
        note_handed_out(writing, made)
    return writing.changes
