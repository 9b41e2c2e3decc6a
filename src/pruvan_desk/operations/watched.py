"""What was read from a watch folder becomes items, through the one intake. Nothing is taken twice.

An item is known by its ``uuid``, which the details beside a file tell, or by its bytes: those that came, or those that Desk sent of it. A
file that was taken and has changed since is a new revision of its item; so is one that was moved in the tree, as long as nobody in the
office has decided anything about it. Everything waits for QA, whatever the project's QA mode: nobody has looked at it yet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import Text, and_, cast, or_, select
from sqlalchemy.orm import Session

from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.folder_trees import Level
from pruvan_desk.domain.qa import IN_OUTBOX
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.domain.tree_reading import TreeWords
from pruvan_desk.operations.filing import Filed, Filing
from pruvan_desk.operations.intake import SEPARATOR, Arrival, Projects, StoredBytes, keep_file_rows, take_arrival
from pruvan_desk.operations.office_files import plain_file_name
from pruvan_desk.operations.qa import solve_unassigned
from pruvan_desk.operations.watched_moves import why_it_stays
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.models import Item, WatchedFile, WatchFolder
from pruvan_desk.store.outbox import chunks
from pruvan_desk.store.sent_bytes import items_sent_as
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

    ``remark``: what was wrong with the details. ``moved_from``: where the same file lay before, and does not any more.
    """

    place: Place
    tree: TreeWords
    file_type: FileType
    stored: StoredBytes | None
    details: JsonObject | None = None
    remark: str = ""
    moved_from: Place | None = None


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
        taking = _Taking(writing, files)
        for file in files:
            taking.take(file)
        taking.write_down()
    return writing.changes


def note_outcome(database: Database, place: Place, outcome: Outcome, words: str, item_id: int | None = None) -> Changes:
    """Writes down what became of a file that needs no taking in."""
    with database.write() as writing:
        if writing.session.get(WatchFolder, place.watch_id) is not None:
            row = _rows(writing.session, [place]).get(place)
            writing.session.add(_noted(writing, row, place, outcome, words=words, item_id=item_id))
    return writing.changes


def forget_refused(database: Database, watch_id: int) -> Changes:
    """What was refused is looked at once more."""
    with database.write() as writing:
        rows = select(WatchedFile).where(WatchedFile.watch_id == watch_id, WatchedFile.outcome == Outcome.REFUSED)
        for row in writing.session.scalars(rows):
            writing.session.delete(row)
    return writing.changes


class _Taking:
    """Takes some files in. What is known of them is looked up for all at once, which is most of the work."""

    def __init__(self, writing: Writing, files: Sequence[Read]) -> None:
        self._writing = writing
        self._projects: Projects = {}
        self._said = {file.place: _said(file) for file in files}
        session = writing.session
        watches = select(WatchFolder).where(WatchFolder.id.in_({file.place.watch_id for file in files}))
        self._filings = {
            watch.id: Filing(session, writing.now, watch.integration_id) for watch in session.scalars(watches)
        }
        places = [place for file in files for place in (file.place, file.moved_from) if place is not None]
        self._rows = _rows(session, places)
        uuids = {said.uuid for said in self._said.values() if said is not None}
        hashes = {file.stored.sha256 for file in files if file.stored is not None}
        owned = {row.item_id for row in self._rows.values() if row.item_id is not None}
        self._sent = items_sent_as(session, hashes)
        owned |= {item_id for items in self._sent.values() for item_id in items}
        known = select(Item).where(Item.uuid.in_(uuids) | Item.sha256.in_(hashes) | Item.id.in_(owned))
        self._items = list(session.scalars(known.order_by(Item.id)))

    def take(self, file: Read) -> None:
        """Makes one an item, or finds out which one it is already."""
        filing = self._filings.get(file.place.watch_id)
        if filing is None:
            return  # the folder was removed meanwhile
        if file.stored is not None:  # also of what is known, or stays dismissed: its bytes may have been purged before
            keep_file_rows(self._writing, [file.stored])
        said = self._said[file.place]
        if file.moved_from is not None:
            self._follow(file.moved_from, file.place)
        own = self._own(file.place)
        named = next((item for item in self._items if said is not None and item.uuid == said.uuid), None)
        filed = filing.file(file.tree, said)
        other = (named or self._same_bytes(file.stored, said, filed)) if own is None else None
        if other is not None:
            self._note(file.place, Outcome.KNOWN, "", other.id)
        elif own is not None and own.state == ItemState.DELETED:
            self._note(file.place, Outcome.TAKEN, "", own.id)  # somebody dismissed it: it stays dismissed
        elif own is not None and (words := self._why_it_stays(file, own, filed)) is not None:
            self._note(file.place, Outcome.TAKEN, words, own.id)
        else:
            if own is not None and said is not None and named is None and not _is_heard_of(self._writing.session, own):
                own.uuid = said.uuid  # its details came later than the file
            self._make(file, own, said, filed)

    def _make(self, file: Read, own: Item | None, said: ReceivedItem | None, filed: Filed) -> None:
        uuid = own.uuid if own is not None else said.uuid if said is not None else str(uuid4())
        received = _received(file, said, filed, uuid)
        arrival = Arrival(received, file.stored, WHO, from_app=False, waits=True, filed=not filed.problem)
        was_lost = own is not None and own.state == ItemState.UNASSIGNED
        item = take_arrival(self._writing, arrival, self._projects)
        if was_lost and item.state != ItemState.UNASSIGNED:
            solve_unassigned(self._writing)
        if own is None:
            self._items.append(item)
        words = " ".join(part for part in (file.remark, filed.problem) if part)
        self._note(file.place, Outcome.TAKEN, words, item.id)

    def _follow(self, before: Place, place: Place) -> None:
        """What is written down of a file goes where it lies now."""
        row = self._rows.pop(before, None)
        if row is not None and place not in self._rows:
            row.folder, row.name = place.folder, place.name
            self._rows[place] = row

    def _why_it_stays(self, file: Read, own: Item, filed: Filed) -> str | None:
        """``None`` unless a file was only moved, and its item does not follow."""
        if file.moved_from is None or (file.stored is not None and file.stored.sha256 != own.sha256):
            return None
        return why_it_stays(self._writing.session, own, filed, self._writing.now)

    def _own(self, place: Place) -> Item | None:
        """The item that was made of a file before."""
        row = self._rows.get(place)
        if row is None or row.outcome != Outcome.TAKEN:
            return None
        return next((item for item in self._items if item.id == row.item_id), None)

    def _same_bytes(self, stored: StoredBytes | None, said: ReceivedItem | None, filed: Filed) -> Item | None:
        """An item that came as these bytes, or went out as them.

        One that its details file elsewhere, under a ``uuid`` of its own, is another item.
        """
        sent = self._sent.get(stored.sha256, []) if stored is not None else []
        for item in self._items:
            if stored is not None and (item.sha256 == stored.sha256 or item.id in sent):
                here = (_number(item.wanted_project), item.task, item.evidence_type)
                if said is None or here == (_number(filed.key), filed.task, filed.evidence_type):
                    return item
        return None

    def _note(self, place: Place, outcome: Outcome, words: str, item_id: int) -> None:
        self._rows[place] = _noted(self._writing, self._rows.get(place), place, outcome, words=words, item_id=item_id)

    def write_down(self) -> None:
        """What became of them, all at once: each row for itself costs as much as its item."""
        self._writing.session.add_all(self._rows.values())


def _is_heard_of(session: Session, item: Item) -> bool:
    """Whether anybody else may know an item by its ``uuid``: who got it, or its annotated copy, or a form that names it."""
    if item.state in IN_OUTBOX or item.sent_sha256:
        return True
    form = and_(Item.project_id == item.project_id, cast(Item.survey, Text).contains(item.uuid))
    return session.scalar(select(Item.id).where(or_(Item.parent_uuid == item.uuid, form)).limit(1)) is not None


def _said(file: Read) -> ReceivedItem | None:
    """What the details say; those without a ``uuid`` are details all the same."""
    if file.details is None:
        return None
    try:
        return read_item(file.details)
    except ValueError:
        return read_item({**file.details, "uuid": str(uuid4())})


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


def _rows(session: Session, places: Sequence[Place]) -> dict[Place, WatchedFile]:
    """What is written down of some files, by their places."""
    wanted = {(place.watch_id, place.folder, place.name): place for place in places}
    found = select(WatchedFile).where(
        WatchedFile.watch_id.in_({place.watch_id for place in places}),
        WatchedFile.folder.in_({place.folder for place in places}),
        WatchedFile.name.in_({place.name for place in places}),
    )
    keys = ((row, (row.watch_id, row.folder, row.name)) for row in session.scalars(found))
    return {wanted[key]: row for row, key in keys if key in wanted}


def _noted(
    writing: Writing, row: WatchedFile | None, place: Place, outcome: Outcome, *, words: str, item_id: int | None
) -> WatchedFile:
    row = row or WatchedFile(watch_id=place.watch_id, folder=place.folder, name=place.name)
    row.seen, row.outcome, row.words, row.item_id, row.at = place.seen, outcome, words, item_id, writing.now
    return row
