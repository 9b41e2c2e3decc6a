"""Files that are moved in the tree of a watch folder: whether their items follow them.

The Downloader moves a file when somebody files its item elsewhere in Pruvan Online. Its item here follows as long as nobody in the
office has decided anything about it; what somebody has decided stands, and the list of the watch folder says so.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.statuses import ItemState, evidence_label
from pruvan_desk.domain.undo import DONE, UNDOABLE
from pruvan_desk.operations.filing import Filed
from pruvan_desk.operations.intake import find_project
from pruvan_desk.store.models import Item, ItemEdit, WatchedFile

TAKEN = "taken"
UNDECIDED = frozenset({ItemState.UNASSIGNED, ItemState.HELD, ItemState.PENDING_QA})
Sought = tuple[str, str]
"""The ``uuid`` that the details of a file tell, and the SHA-256 of its bytes; empty where there is none."""


def taken_from(session: Session, watch_id: int, sought: Sequence[Sought]) -> Mapping[Sought, list[tuple[str, str]]]:
    """Where in a watch folder the files lay, folder and name, of which the items with these uuids or bytes were made."""
    uuids, hashes = ({each[place] for each in sought} - {""} for place in (0, 1))
    columns = select(Item.uuid, Item.sha256, WatchedFile.folder, WatchedFile.name)
    rows = session.execute(
        columns.join(WatchedFile, WatchedFile.item_id == Item.id)
        .where(Item.uuid.in_(uuids) | Item.sha256.in_(hashes))
        .where(WatchedFile.watch_id == watch_id, WatchedFile.outcome == TAKEN)
        .order_by(WatchedFile.id)
    ).all()
    return {
        each: [(row.folder, row.name) for row in rows if (row.uuid == each[0] if each[0] else row.sha256 == each[1])]
        for each in (sought if rows else ())
    }


def why_it_stays(session: Session, item: Item, filed: Filed, now: datetime) -> str | None:
    """``None`` where an item follows its file to where that is ``filed`` now; else why it does not, empty where it is there already."""
    if filed.problem and item.project_id is not None:
        return f"It was moved in the tree. {filed.problem} Its item stays where it is."
    if not (why := _decided(session, item)):
        return None
    project = find_project(session, filed.key, now)
    here = (project.id if project is not None else None, filed.task, filed.evidence_type)
    if here == (item.project_id, item.task, item.evidence_type):
        return ""
    there = " · ".join(part for part in (filed.key, filed.task, evidence_label(filed.evidence_type)) if part)
    return f"It was moved in the tree, to {there}. Its item stays where it is: {why}."


def _decided(session: Session, item: Item) -> str:
    """What the office has decided about an item; empty where that is nothing."""
    state = ItemState(item.state)
    if state not in UNDECIDED:
        return f"it is {state.label.lower()} here"
    edits = select(ItemEdit.who, ItemEdit.kind).where(ItemEdit.item_id == item.id, ItemEdit.kind.in_(UNDOABLE))
    edit = session.execute(edits.where(ItemEdit.undone_by.is_(None)).order_by(ItemEdit.id.desc()).limit(1)).first()
    return f"{DONE[edit.kind]} here by {edit.who}" if edit is not None else ""
