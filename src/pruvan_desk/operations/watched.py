"""What was read from a watch folder becomes items, through the one intake. Nothing is taken twice.

An item is known by its ``uuid``, which the details beside a file tell, or by its bytes. A file that was taken and has changed since
is a new revision of its item. Everything waits for QA, whatever the project's QA mode: nobody has looked at it yet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.folder_trees import Level
from pruvan_desk.domain.qa import IN_OUTBOX
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.domain.tree_reading import TreeWords
from pruvan_desk.operations.filing import Filed, Filing
from pruvan_desk.operations.intake import SEPARATOR, Arrival, StoredBytes, keep_file_row, take_arrival
from pruvan_desk.operations.office_files import plain_file_name
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.models import Item, WatchedFile, WatchFolder
from pruvan_desk.store.outbox import chunks
from pruvan_desk.wire.items import ReceivedItem, read_item
from pruvan_desk.wire.values import JsonObject

WHO = "watch folder"


class Outcome(StrEnum):
    """What became of a file."""

    TAKEN = "taken"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies: below which folder of which watch folder, and how it looked (size and time, and those of its details)."""

    watch_id: int
    folder: str
    name: str
    seen: str


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was read. ``details``: what lies beside it, whole; ``stored``: its bytes, none for an answer set.

    ``remark``: what was wrong with the details.
    """

    place: Place
    tree: TreeWords
    file_type: FileType
    stored: StoredBytes | None
    details: JsonObject | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Dealt:
    """A file that was dealt with before."""

    seen: str
    outcome: Outcome
    item_id: int | None


def dealt_with(session: Session, watch_id: int, folder: str) -> dict[str, Dealt]:
    """What was dealt with in one folder of a watch folder, by name."""
    columns = select(WatchedFile.name, WatchedFile.seen, WatchedFile.outcome, WatchedFile.item_id)
    rows = session.execute(columns.where(WatchedFile.watch_id == watch_id, WatchedFile.folder == folder))
    return {row.name: Dealt(row.seen, Outcome(row.outcome), row.item_id) for row in rows}


def known_uuids(session: Session, uuids: Sequence[str]) -> dict[str, int]:
    """Of some uuids those that are items, with their ids."""
    found: dict[str, int] = {}
    for some in chunks(list(uuids)):
        rows = session.execute(select(Item.uuid, Item.id).where(Item.uuid.in_(some)))
        found.update((row.uuid, row.id) for row in rows)
    return found


def is_dismissed(session: Session, item_id: int | None) -> bool:
    """Whether somebody has deleted the item that was made of a file."""
    return session.scalar(select(Item.id).where(Item.id == item_id, Item.state == ItemState.DELETED)) is not None


def take_in(database: Database, files: Sequence[Read]) -> Changes:
    """Takes files in, in one transaction: each is an item, or known, when this returns."""
    with database.write() as writing:
        filings: dict[int, Filing] = {}
        for file in files:
            watch = writing.session.get(WatchFolder, file.place.watch_id)
            if watch is None:
                continue  # it was removed meanwhile
            if watch.id not in filings:
                filings[watch.id] = Filing(writing.session, writing.now, watch.integration_id)
            _take(writing, file, filings[watch.id])
    return writing.changes


def note_outcome(database: Database, place: Place, outcome: Outcome, words: str, item_id: int | None = None) -> Changes:
    """Writes down what became of a file that needs no taking in."""
    with database.write() as writing:
        if writing.session.get(WatchFolder, place.watch_id) is not None:
            _note(writing, place, outcome, words, item_id)
    return writing.changes


def forget_refused(database: Database, watch_id: int) -> Changes:
    """What was refused is looked at once more."""
    with database.write() as writing:
        rows = select(WatchedFile).where(WatchedFile.watch_id == watch_id, WatchedFile.outcome == Outcome.REFUSED)
        for row in writing.session.scalars(rows):
            writing.session.delete(row)
    return writing.changes


def _take(writing: Writing, file: Read, filing: Filing) -> None:
    session = writing.session
    if file.stored is not None:
        keep_file_row(
            writing, file.stored
        )  # also of what is known, or stays dismissed: its bytes may have been purged before
    said = _said(file)
    own = _own(session, file.place)
    named = session.scalar(select(Item).where(Item.uuid == said.uuid)) if said is not None else None
    filed = filing.file(file.tree, said)
    other = named if own is None else None
    if other is None and own is None and file.stored is not None:
        other = _same_bytes(session, file.stored.sha256, said, filed)
    if other is not None:
        _note(writing, file.place, Outcome.KNOWN, "", other.id)
        return
    if own is not None and own.state == ItemState.DELETED:
        _note(writing, file.place, Outcome.TAKEN, "", own.id)  # somebody dismissed it: it stays dismissed
        return
    if own is not None and said is not None and named is None and own.state not in IN_OUTBOX and not own.sent_sha256:
        own.uuid = said.uuid  # its details came later than the file; nobody else has heard of it yet
    uuid = own.uuid if own is not None else said.uuid if said is not None else str(uuid4())
    received = _received(file, said, filed, uuid)
    take_arrival(writing, Arrival(received, file.stored, WHO, from_app=False, waits=True, filed=not filed.problem))
    item = session.scalars(select(Item).where(Item.uuid == uuid)).one()
    words = " ".join(part for part in (file.remark, filed.problem) if part)
    _note(writing, file.place, Outcome.TAKEN, words, item.id)


def _said(file: Read) -> ReceivedItem | None:
    """What the details say; those without a ``uuid`` are details all the same."""
    if file.details is None:
        return None
    try:
        return read_item(file.details)
    except ValueError:
        return read_item({**file.details, "uuid": str(uuid4())})


def _own(session: Session, place: Place) -> Item | None:
    """The item that was made of a file before."""
    row = _row(session, place)
    return session.get(Item, row.item_id) if row is not None and row.outcome == Outcome.TAKEN and row.item_id else None


def _same_bytes(session: Session, sha256: str, said: ReceivedItem | None, filed: Filed) -> Item | None:
    """An item of the same bytes. One that its details file elsewhere, under a ``uuid`` of its own, is another item."""
    for item in session.scalars(select(Item).where(Item.sha256 == sha256).order_by(Item.id)):
        here = (_number(item.wanted_project), item.task, item.evidence_type)
        if said is None or here == (_number(filed.key), filed.task, filed.evidence_type):
            return item
    return None


def _number(key: str) -> str:
    return key.rpartition(SEPARATOR)[2]


def _received(file: Read, said: ReceivedItem | None, filed: Filed, uuid: str) -> ReceivedItem:
    """As the intake wants it. What is stated is spelled alike with details and without, so that it says the same again."""
    names: Mapping[str, str] = {"key2": filed.key, "key4": filed.task, "evidenceType": filed.evidence_type}
    given = file.details or {"phoneNumber": file.tree.get(Level.PHONE_NUMBER)}
    payload = {**(said.payload if said is not None else given), **names, "fileType": file.file_type.value}
    whole = said or ReceivedItem(
        uuid=uuid,
        work_order="",
        task="",
        evidence_type="",
        file_type=file.file_type,
        created_by=file.tree.get(Level.SUB_USER) or file.tree.get(Level.VENDOR_ACCOUNT),
    )
    return replace(
        whole,
        uuid=uuid,
        work_order=filed.key,
        task=filed.task,
        evidence_type=filed.evidence_type,
        file_type=file.file_type,
        file_name=plain_file_name(file.place.name),
        payload=payload,
    )


def _row(session: Session, place: Place) -> WatchedFile | None:
    return session.scalar(
        select(WatchedFile).where(
            WatchedFile.watch_id == place.watch_id, WatchedFile.folder == place.folder, WatchedFile.name == place.name
        )
    )


def _note(writing: Writing, place: Place, outcome: Outcome, words: str, item_id: int | None) -> None:
    row = _row(writing.session, place)
    if row is None:
        row = WatchedFile(watch_id=place.watch_id, folder=place.folder, name=place.name)
        writing.session.add(row)
    row.seen, row.outcome, row.words, row.item_id, row.at = place.seen, outcome, words, item_id, writing.now
    writing.session.flush()
