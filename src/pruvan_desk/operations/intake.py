"""Items arriving from the field: each is kept, whatever is wrong with it, before it is acknowledged.

A known ``uuid`` that says the same again is the same item. One with other bytes, another flag or another project is a new
revision: the newest stands in the row, what it replaced in the history, and its bytes on disk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.check_in import abc_number_is_well_formed, relay_check_in
from pruvan_desk.domain.qa import RelayRule, arrival_state
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState
from pruvan_desk.domain.trash import TRASH_TIME
from pruvan_desk.operations.project_trash import tell_of_arrival
from pruvan_desk.operations.qa import raise_unassigned
from pruvan_desk.operations.retakes import answer_retakes
from pruvan_desk.operations.surveys import settle_arrival
from pruvan_desk.store.check_ins import tell_refusals
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.history import record_edit
from pruvan_desk.store.models import CheckIn, Integration, Item, Project, StoredFile
from pruvan_desk.store.outbox import chunks, enqueue_items, withdraw_unsent
from pruvan_desk.store.settings import read_settings
from pruvan_desk.wire.items import ReceivedItem, read_check_in
from pruvan_desk.wire.values import JsonObject, sent

SEPARATOR = "::"
STATEMENT = ("key2", "key4", "evidenceType", "fileType", "survey", "notes", "parentUuid")
"""What makes an item another one when it comes again; the rest of a payload may change with every try of a phone."""
Projects = dict[str, Project | None]
NUMBERED = (
    select(Project)
    .where(
        Project.number == bindparam("number"),
        or_(Project.deleted_at.is_(None), Project.deleted_at > bindparam("trashed_after")),
    )
    .order_by(Project.deleted_at.is_not(None))
    .limit(2)
)
"""These are asked for every photo that comes: they are put together once, which costs more than their answers."""
OF_CODE = NUMBERED.join(Integration, Integration.id == Project.integration_id).where(
    Integration.code == bindparam("code")
)
WITH_UUIDS = select(Item).where(Item.uuid.in_(bindparam("uuids", expanding=True)))
KNOWN_FILES = select(StoredFile.sha256, StoredFile.purged_at).where(
    StoredFile.sha256.in_(bindparam("sha256", expanding=True))
)
NEW_FILES = insert(StoredFile)
LATEST_SECONDS = 4_102_444_800
"""The year 2100: a time beyond it is a broken clock's."""


@dataclass(frozen=True, slots=True)
class StoredBytes:
    """An arrived file that is durable on disk."""

    sha256: str
    extension: str
    size: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came, its bytes if there were any, and who sent it; ``from_app`` unless the office added it itself.

    ``waits``: it is Pending QA whatever the project's QA mode, so that nothing goes to the client unless somebody publishes it.
    ``filed``: false where a person has to say for which project it is, whatever it names.
    """

    received: ReceivedItem
    stored: StoredBytes | None
    who: str
    from_app: bool = True
    waits: bool = False
    filed: bool = True


@dataclass(frozen=True, slots=True)
class Placed:
    """An arrival and the project it belongs to, if that is known."""

    received: ReceivedItem
    stored: StoredBytes | None
    who: str
    project: Project | None
    from_app: bool = True
    waits: bool = False

    @property
    def stated(self) -> dict[str, Any]:
        """What the sender states about the item: when none of it is new, the item is not."""
        return {
            "project_id": self.project.id if self.project else None,
            "task": self.received.task,
            "evidence_type": self.received.evidence_type,
            "sha256": self.stored.sha256 if self.stored else None,
            "extension": self.stored.extension if self.stored else "",
            "survey": self.received.survey,
        }

    def said_before(self, item: Item) -> bool:
        """Whether the sender says what it said last, wherever the office has moved the item since."""
        same_bytes = item.sha256 == (self.stored.sha256 if self.stored else None)
        return same_bytes and all(said(item.payload, name) == said(self.received.payload, name) for name in STATEMENT)


def receive_items(database: Database, arrivals: Sequence[Arrival]) -> Changes:
    """Takes items in, in one transaction: when this returns all of them are durable and may be acknowledged, or none is.

    An empty answer: they were known already.
    """
    with database.write() as writing:
        projects: Projects = {}
        for some in chunks(arrivals):
            _take(writing, some, projects)
    return writing.changes


def take_arrival(writing: Writing, arrival: Arrival, projects: Projects) -> Item:
    """Takes one in, in a transaction that is already open; answers its row. ``projects`` are those that it has looked up before."""
    return _take(writing, [arrival], projects)[arrival.received.uuid]


def _take(writing: Writing, arrivals: Sequence[Arrival], projects: Projects) -> dict[str, Item]:
    """Takes arrivals in, in the order they came; answers their rows by ``uuid``. New photos that follow each other are written together."""
    placed = [_place(writing, arrival, projects) for arrival in arrivals]
    keep_file_rows(writing, [each.stored for each in placed if each.stored is not None])
    uuids = {each.received.uuid for each in placed}
    items = {item.uuid: item for item in writing.session.scalars(WITH_UUIDS, {"uuids": list(uuids)})}
    photos: list[tuple[Item, Placed]] = []
    for each in placed:
        item = items.get(each.received.uuid)
        new = item is None
        if item is None:
            item = items[each.received.uuid] = _new(writing, each)
        if new and each.received.file_type is FileType.PICTURE:
            photos.append((item, each))
            continue
        _settle(writing, photos)
        photos = []
        if not new and each.said_before(item):
            continue
        if not new:
            _replace(writing, item, each)
        _settle(writing, [(item, each)])
    _settle(writing, photos)
    return items


def _place(writing: Writing, arrival: Arrival, projects: Projects) -> Placed:
    received = arrival.received
    project = _project_of(writing, received.work_order, projects) if arrival.filed else None
    return Placed(received, arrival.stored, arrival.who, project, arrival.from_app, arrival.waits)


def _new(writing: Writing, placed: Placed) -> Item:
    received = placed.received
    item = Item(uuid=received.uuid, file_type=received.file_type, arrived_at=writing.now, **placed.stated)
    _fill(item, placed)
    writing.session.add(item)
    return item


def said(payload: JsonObject, name: str) -> Any:
    """What a payload states under a name; ``None`` where that is nothing."""
    value = payload.get(name)
    return value if sent(value) else None


def _project_of(writing: Writing, work_order: str, projects: Projects) -> Project | None:
    if work_order not in projects:
        projects[work_order] = find_project(writing.session, work_order, writing.now)
    return projects[work_order]


def find_project(session: Session, work_order: str, now: datetime) -> Project | None:
    """The one project that ``CODE::number``, or a bare number, can mean; ``None`` when it is none or could be two.

    One in the trash is meant only where no other is: what comes for it waits there.
    """
    code, separator, number = work_order.partition(SEPARATOR)
    named = {"number": number if separator else work_order, "trashed_after": now - TRASH_TIME}
    found = (
        session.scalars(OF_CODE, named | {"code": code}).all() if separator else session.scalars(NUMBERED, named).all()
    )
    could_be_two = len(found) > 1 and (found[0].deleted_at is None) == (found[1].deleted_at is None)
    return found[0] if found and not could_be_two else None


def rule_of(project: Project | None) -> RelayRule | None:
    """What decides about arrivals of a project."""
    return RelayRule(project.qa_in_field, FieldStatus(project.field_status)) if project else None


def _fill(item: Item, arrival: Placed, *, annotated: bool = False) -> None:
    """Everything that follows from what the sender said, on a new item or a new revision of one that was ``annotated``."""
    received, project = arrival.received, arrival.project
    relayed = relay_check_in(project.options) if project else True
    item.state = arrival_state(rule_of(project), received.file_type, relay_check_in=relayed, annotated=annotated)
    if arrival.waits and project is not None:
        item.state = ItemState.PENDING_QA
    item.wanted_project = received.work_order
    item.parent_uuid = received.parent_uuid
    item.file_name = received.file_name
    item.template = received.template
    item.notes = received.notes
    item.taken_at = _instant(received.taken_at)
    item.latitude, item.longitude, item.accuracy = received.latitude, received.longitude, received.accuracy
    item.created_by, item.device_id = received.created_by, received.device_id
    item.payload = received.payload
    item.zone_assumed, item.from_app = False, arrival.from_app
    item.inspected = item.hinted = arrival.stored is None
    file_wanted = received.file_type not in (FileType.SURVEY, FileType.CHECK_IN)
    item.problem = "No file came with it." if file_wanted and arrival.stored is None else ""


def _replace(writing: Writing, item: Item, arrival: Placed) -> None:
    """A new revision of a known item: unsent jobs of the old one are withdrawn, the old values go into the history."""
    kept = (*arrival.stated, "state", "revision", "rotation", "reject_reason", "annotations")
    before = {name: getattr(item, name) for name in kept}
    withdraw_unsent(writing, [item.id])
    for name, value in arrival.stated.items():
        setattr(item, name, value)
    item.file_type = arrival.received.file_type
    if item.sha256 != before["sha256"]:
        item.rotation, item.width, item.height, item.image_format = 0, None, None, ""
        item.camera, item.hints, item.annotations = "", None, ""
    _fill(
        item, arrival, annotated=bool(before["annotations"])
    )  # the marks go with other bytes; why they were made does not
    item.revision += 1
    item.reject_reason = ""
    if item.file_type == FileType.SURVEY:
        item.arrived_at = writing.now  # of several submissions of a form the latest stands
    record_edit(writing, item, "received again", before, arrival.who)
    if before["project_id"] not in (None, item.project_id):
        writing.changed(projects=before["project_id"])


def _settle(writing: Writing, taken: Sequence[tuple[Item, Placed]]) -> None:
    """Writes what was taken, and what that sets off: a check-in's row, the relay, or the alert that nobody knows its project."""
    if not taken:
        return
    writing.session.flush()
    for project in {each.project.id: each.project for _, each in taken if each.project is not None}.values():
        writing.changed(projects=project.id)
        tell_of_arrival(writing, project)
    for item, each in taken:
        writing.changed(items=item.id)
        if each.received.file_type is FileType.CHECK_IN:
            _record_check_in(writing, item, each.received)
        if item.state == ItemState.UNASSIGNED:
            raise_unassigned(writing)
    items = [item for item, _ in taken]
    answer_retakes(writing, items)
    for item in items:
        settle_arrival(writing, item)
    enqueue_items(writing, [item for item in items if item.state == ItemState.QUEUED])


def _record_check_in(writing: Writing, item: Item, received: ReceivedItem) -> None:
    settings = read_settings(writing.session)
    said = read_check_in(received.survey or {}, settings.zone)
    row = writing.session.scalar(select(CheckIn).where(CheckIn.item_id == item.id)) or CheckIn(item_id=item.id)
    row.project_id = item.project_id
    row.abc_number, row.well_formed = (
        said.abc_number,
        abc_number_is_well_formed(said.abc_number, settings.abc_number_form),
    )
    if item.taken_at is None and said.at is not None:
        item.taken_at, item.zone_assumed = (
            said.at,
            said.zone_assumed,
        )  # what it states certifies, as the time in a photo does
    row.who = said.who or received.created_by
    row.at = said.at or item.taken_at or writing.now
    row.accepted, row.words = None, ""
    writing.session.add(row)
    writing.session.flush()
    if item.project_id is not None:
        tell_refusals(writing, [item.project_id])


def keep_file_rows(writing: Writing, arrived: Sequence[StoredBytes]) -> None:
    """The rows of bytes that are on disk; those that were purged before have come again."""
    if not arrived:
        return
    stored = {each.sha256: each for each in arrived}
    connection = writing.session.connection()
    known = {row.sha256: row.purged_at for row in connection.execute(KNOWN_FILES, {"sha256": list(stored)})}
    new = [
        {"sha256": each.sha256, "extension": each.extension, "size": each.size, "stored_at": writing.now}
        for each in stored.values()
        if each.sha256 not in known
    ]
    if new:
        connection.execute(NEW_FILES, new)
    for sha256 in (sha256 for sha256, purged_at in known.items() if purged_at is not None):
        row = writing.session.get_one(StoredFile, sha256)
        row.extension, row.purged_at = stored[sha256].extension, None
        again = update(Item).where(Item.sha256 == sha256).values(extension=row.extension)
        writing.session.execute(again)


def _instant(seconds: float | None) -> datetime | None:
    if seconds is None or not 0 < seconds < LATEST_SECONDS:
        return None
    return datetime.fromtimestamp(seconds, UTC)
