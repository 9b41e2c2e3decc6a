"""Deleted items lose their file after 30 days. The row stays, as *deleted*: the accounts close, and the history is told.

A file stays when anything that is not deleted, or not for so long, has it, and when it is the proof of something that was
published: an item whose bytes a destination took, or a photo that a submitted survey names.

It is set aside before the row says that it is gone, and removed after that: a crash in between is put right by
:func:`finish_purge`. Bytes that come again meanwhile are kept (:meth:`pruvan_desk.store.files.PhotoFiles.keep`).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Text, and_, cast, exists, or_, select
from sqlalchemy.orm import Session, aliased

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import DeskFault, ItemError
from pruvan_desk.domain.qa import RECOVERABLE
from pruvan_desk.domain.statuses import FileType, ItemState, JobState
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.history import record_edit
from pruvan_desk.store.models import Item, RelayJob, StoredFile
from pruvan_desk.store.thumbnails import ThumbnailCache

BY_ITSELF = "Pruvan Desk"


@dataclass(frozen=True, slots=True)
class Purged:
    """How far a round came: ``last`` is the SHA-256 to go on after, empty at the end."""

    changes: Changes
    last: str


def purge_deleted(
    database: Database,
    files: PhotoFiles,
    thumbnails: ThumbnailCache,
    now: datetime,
    *,
    after: str = "",
    limit: int = 50,
) -> Purged:
    """Removes the files of what was deleted more than 30 days ago, ``limit`` at most. Raises :class:`DeskFault`.

    A file that cannot be removed now, because a program holds it or its bytes have just come again, waits for the next round.
    """
    with database.read() as session:
        found = _purgeable(session, now - RECOVERABLE, after, limit)
    changes = Changes()
    for sha256, extension in found:
        if told := _purge(database, files, sha256, extension):
            changes |= told
            thumbnails.remove([sha256])
    return Purged(changes, found[-1][0] if len(found) == limit else "")


def finish_purge(database: Database, files: PhotoFiles) -> None:
    """What a crash left set aside goes, where its row says that it is gone, and otherwise back to its place."""
    for sha256, aside in files.aside().items():
        with database.write() as writing:
            row = writing.session.get(StoredFile, sha256)
            if row is not None and row.purged_at is None:
                files.put_back(aside)
            else:
                files.remove(aside)


def _purge(database: Database, files: PhotoFiles, sha256: str, extension: str) -> Changes:
    """One file; an empty answer: it stays for now."""
    aside = None
    try:
        with database.write() as writing:
            if _purgeable(writing.session, writing.now - RECOVERABLE, "", 1, sha256):  # restored, or come again, since?
                aside = files.set_aside(sha256, extension)
                _record(writing, sha256)
    except ItemError:
        return Changes()
    except DeskFault:
        if aside is not None:
            files.put_back(aside)
        raise
    if aside is not None:
        files.remove(aside)
    return writing.changes


def _record(writing: Writing, sha256: str) -> None:
    writing.session.get_one(StoredFile, sha256).purged_at = writing.now
    for item in writing.session.scalars(select(Item).where(Item.sha256 == sha256)):
        record_edit(writing, item, "purge", {}, BY_ITSELF)


def _purgeable(
    session: Session, deleted_before: datetime, after: str, limit: int, only: str | None = None
) -> list[tuple[str, str]]:
    """Files to remove, by their SHA-256, each with its extension."""
    item, other, proof = aliased(Item), aliased(Item), aliased(Item)
    gone = and_(item.state == ItemState.DELETED, item.deleted_at <= deleted_before)
    kept = exists().where(
        other.sha256 == StoredFile.sha256,
        or_(
            other.state != ItemState.DELETED,
            other.deleted_at.is_(None),
            other.deleted_at > deleted_before,
            _proves(other),
        ),
    )
    taken = exists().where(proof.sent_sha256 == StoredFile.sha256)
    wanted = (
        select(StoredFile.sha256, StoredFile.extension)
        .where(
            StoredFile.purged_at.is_(None), exists().where(item.sha256 == StoredFile.sha256, gone), ~kept, ~taken,
            StoredFile.sha256 > after if only is None else StoredFile.sha256 == only,
        )
        .order_by(StoredFile.sha256)
        .limit(limit)
    )  # fmt: skip
    return [(row.sha256, row.extension) for row in session.execute(wanted)]


def _proves(item: type[Item]) -> ColumnElement[bool]:
    """Whether a destination has taken an item, or a submitted survey that names it."""
    survey = aliased(Item)
    named = exists().where(
        survey.project_id == item.project_id,
        survey.file_type == FileType.SURVEY,
        survey.sent_sha256 != "",
        cast(survey.survey, Text).contains(item.uuid),
    )
    done = exists().where(RelayJob.item_id == item.id, RelayJob.state == JobState.DONE)
    return or_(item.sent_sha256 != "", done, named)
