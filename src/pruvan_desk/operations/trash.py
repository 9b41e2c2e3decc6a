"""Deleting items and bringing them back: a deleted item keeps its row and its file, and can be restored for 30 days."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.qa import RelayRule, check_deletable, check_restorable, restored_state
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState
from pruvan_desk.operations.copies import check_may_return
from pruvan_desk.operations.qa import load_items, raise_unassigned, solve_unassigned, touch_project
from pruvan_desk.operations.retakes import withdraw_retakes
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.history import record_edit
from pruvan_desk.store.models import Item, ItemEdit, Project
from pruvan_desk.store.outbox import enqueue_items


def delete_items(database: Database, item_ids: Sequence[int], who: str) -> Changes:
    """Deletes items, recoverably. Raises :class:`UsageError`, and deletes none, when one of them was published."""
    with database.write() as writing:
        items = load_items(writing.session, item_ids)
        for item in items:
            check_deletable(ItemState(item.state))
        withdraw_retakes(writing, [item.id for item in items], who)
        for item in items:
            before = {"state": item.state, "reject_reason": item.reject_reason}
            item.state, item.deleted_at = ItemState.DELETED, writing.now
            record_edit(writing, item, "delete", before, who)
            touch_project(writing, item)
        solve_unassigned(writing)
    return writing.changes


def restore_items(database: Database, item_ids: Sequence[int], who: str) -> Changes:
    """Brings deleted items back to where they stood. Raises :class:`UsageError` for what was deleted too long ago."""
    with database.write() as writing:
        queued = []
        for item in load_items(writing.session, item_ids):
            check_return(writing, item)
            before = {"state": item.state}
            put_back(writing, item, _state_before(writing, item))
            record_edit(writing, item, "restore", before, who)
            queued += [item] if item.state == ItemState.QUEUED else []
        enqueue_items(writing, queued)
    return writing.changes


def check_return(writing: Writing, item: Item) -> None:
    """Raises :class:`UsageError` unless an item is deleted, and may come back."""
    check_restorable(item.deleted_at if item.state == ItemState.DELETED else None, writing.now)
    if item.copy_of is not None:
        check_may_return(writing, item)


def put_back(writing: Writing, item: Item, before: ItemState) -> None:
    """A deleted item comes back, in a transaction that is already open; the caller queues it where it is to be queued."""
    project = writing.session.get(Project, item.project_id) if item.project_id is not None else None
    rule = RelayRule(project.qa_in_field, FieldStatus(project.field_status)) if project else None
    item.state = restored_state(before, rule, FileType(item.file_type), annotated=bool(item.annotations))
    item.deleted_at = None
    touch_project(writing, item)
    if item.state == ItemState.UNASSIGNED:
        raise_unassigned(writing)


def _state_before(writing: Writing, item: Item) -> ItemState:
    edits = select(ItemEdit.before).where(ItemEdit.item_id == item.id, ItemEdit.kind == "delete")
    before: dict[str, Any] = writing.session.scalar(edits.order_by(ItemEdit.id.desc()).limit(1)) or {}
    return ItemState(before.get("state", ItemState.PENDING_QA))
