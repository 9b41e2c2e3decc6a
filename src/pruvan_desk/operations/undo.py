"""Undo and redo of what a person decided about items, read from the history: so they outlive a restart.

What one deed did is one step. An undo never passes over a step: what cannot be taken back (published meanwhile, changed by
somebody else) says why. By the rules of :mod:`pruvan_desk.domain.undo`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.qa import after_change
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.domain.undo import DONE, FLAGS, UNDOABLE, Way, way_back
from pruvan_desk.operations.qa import load_items, raise_unassigned, solve_unassigned, take_check_in_along, touch_project
from pruvan_desk.operations.retakes import ask_again, withdraw_retakes
from pruvan_desk.operations.trash import check_return, put_back
from pruvan_desk.operations.withdrawing import take_out
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.history import record_edit
from pruvan_desk.store.marked import discard_copy, take_back_unmarked
from pruvan_desk.store.models import Item, ItemEdit
from pruvan_desk.store.outbox import enqueue_items
from pruvan_desk.store.surveys import note_survey, survey_task


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back (or done again): how many items, the first of them, and how many had to stay as they are."""

    changes: Changes
    deed: str
    """As in *Undone: 3 items passed*."""
    item_ids: tuple[int, ...]
    left: int
    why_left: str


def undo(database: Database, who: str, kinds: Sequence[str] = UNDOABLE) -> Undone:
    """Takes back the last step of ``who`` of some ``kinds``. Raises :class:`UsageError` when there is none, or nothing of it can be."""
    with database.write() as writing:
        step = next_step(writing.session, who, kinds, forwards=False)
        if step is None:
            raise UsageError("There is nothing to undo.", "")
        return _turn(writing, step, who, kinds, forwards=False)


def redo(database: Database, who: str, kinds: Sequence[str] = UNDOABLE) -> Undone:
    """Does again what was undone last, unless something else was done since. Raises :class:`UsageError` as :func:`undo`."""
    with database.write() as writing:
        step = next_step(writing.session, who, kinds, forwards=True)
        if step is None:
            raise UsageError("There is nothing to redo.", "")
        return _turn(writing, step, who, kinds, forwards=True)


def next_step(session: Session, who: str, kinds: Sequence[str] = UNDOABLE, *, forwards: bool) -> str | None:
    """The step that an undo of ``who`` would take back, or a redo do again; ``None`` when there is none."""
    if forwards:
        return _redoable(session, who, kinds)
    newest = select(ItemEdit.step).where(ItemEdit.who == who, ItemEdit.undone_by.is_(None), ItemEdit.kind.in_(kinds))
    return session.scalar(newest.order_by(ItemEdit.id.desc()).limit(1))


def _redoable(session: Session, who: str, kinds: Sequence[str]) -> str | None:
    """The step undone last; none when the person has done something new after undoing it."""
    mine = (ItemEdit.who == who, ItemEdit.kind.in_(kinds))
    newest = session.scalar(select(func.max(ItemEdit.id)).where(*mine)) or 0
    undone = select(ItemEdit.step).where(*mine, ItemEdit.undone_by > newest)
    return session.scalar(undone.order_by(ItemEdit.undone_by.desc()).limit(1))


def _turn(writing: Writing, step: str, who: str, kinds: Sequence[str], *, forwards: bool) -> Undone:
    wanted = select(ItemEdit).where(ItemEdit.step == step, ItemEdit.kind.in_(kinds)).order_by(ItemEdit.id)
    edits = list(writing.session.scalars(wanted))
    items = {item.id: item for item in load_items(writing.session, list({edit.item_id for edit in edits}))}
    ways: list[tuple[ItemEdit, Item, Way]] = []
    why: UsageError | None = None
    for edit in edits:
        item = items[edit.item_id]
        source, target = (edit.before, edit.after) if forwards else (edit.after, edit.before)
        try:
            way = way_back(edit.kind, source, target, {name: getattr(item, name) for name in {*source, "state"}})
            _check(writing, edit, item, way)
        except UsageError as error:
            why = error
        else:
            ways.append((edit, item, way))
    if not ways:
        word = "redone" if forwards else "undone"
        raise UsageError(f"This cannot be {word}. {why.title if why else ''}".strip(), why.advice if why else "")
    _go(writing, ways, who, "redo" if forwards else "undo")
    writing.session.flush()
    first = writing.session.scalar(select(func.min(ItemEdit.id)).where(ItemEdit.step == writing.step))
    for edit in edits:
        edit.undone_by = None if forwards else first
    if forwards and edits[0].kind == "reject":
        ask_again(writing, step, who)
    deed = f"{_counted(len(ways))} {DONE[edits[0].kind]}"
    return Undone(
        writing.changes, deed, tuple(item.id for _, item, _ in ways), len(edits) - len(ways), why.title if why else ""
    )


def _check(writing: Writing, edit: ItemEdit, item: Item, way: Way) -> None:
    """Raises :class:`UsageError` where an item cannot go its way; takes what is queued out, where that is the way."""
    if way.withdraw:
        take_out(writing, [item])
    if item.state == ItemState.DELETED and (way.queue or way.values.get("state", item.state) != ItemState.DELETED):
        check_return(writing, item)
    marked = (
        ItemEdit.item_id == item.id,
        ItemEdit.kind == "annotate",
        ItemEdit.id > edit.id,
        ItemEdit.undone_by.is_(None),
    )
    if way.queue and item.annotations and writing.session.scalar(select(ItemEdit.id).where(*marked).limit(1)):
        raise UsageError("It was annotated since.", "Publish it: that asks whether as it is or as a copy.")


def _go(writing: Writing, ways: Sequence[tuple[ItemEdit, Item, Way]], who: str, kind: str) -> None:
    withdraw_retakes(writing, [item.id for _, item, _ in ways if item.state == ItemState.REJECTED], who)
    queued: list[Item] = []
    for _edit, item, way in ways:
        before = {name: getattr(item, name) for name in {*way.values, "state", "revision"}}
        touch_project(writing, item)
        queued += _write(writing, item, way)
        touch_project(writing, item)
        record_edit(writing, item, kind, before, who)
        if "annotations" in way.values:
            take_back_unmarked(writing, item, who)
        if item.file_type == FileType.SURVEY and (task := survey_task(writing.session, item)) is not None:
            note_survey(writing, task)
    enqueue_items(writing, queued)
    solve_unassigned(writing)


def _write(writing: Writing, item: Item, way: Way) -> list[Item]:
    """Writes the values; answers the item when it is to be queued."""
    if way.queue:
        item.state, item.deleted_at = ItemState.QUEUED, None
        return [item]
    if way.withdraw and item.copy_of is not None:
        discard_copy(writing, item)
        return []
    values = dict(way.values)
    state = ItemState(values.pop("state", item.state))
    for name, value in values.items():
        setattr(item, name, value)
    if "project_id" in values:
        take_check_in_along(writing, item)
    if item.state == ItemState.DELETED and state is not ItemState.DELETED:
        put_back(writing, item, state)
        return [item] if item.state == ItemState.QUEUED else []
    if state is ItemState.DELETED:
        item.deleted_at = writing.now
    if state is ItemState.UNASSIGNED and item.state != ItemState.UNASSIGNED:
        item.state = state
        raise_unassigned(writing)
    elif values.keys() & set(FLAGS):
        item.revision += 1
        state = after_change(state)
    item.state = state
    return [item] if state is ItemState.QUEUED and values.keys() & set(FLAGS) else []


def _counted(count: int) -> str:
    return f"{count:,} item" if count == 1 else f"{count:,} items"
