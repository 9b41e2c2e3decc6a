"""Deleting projects, and getting them back. A deleted project is in the trash for 30 days; what belongs to it stays with it.

While it is there nothing of it is sent. Should its order be imported again, the new project takes its place, with everything
that belongs to it; *Restore* then finds nothing left to do. After 30 days it cannot be restored by hand any more, and those of
its items with which something was still to be done go to *Unassigned*, where somebody sees them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, update

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import ItemError, UsageError
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.domain.trash import TRASH_TIME, UNDECIDED, is_restorable
from pruvan_desk.operations.qa import raise_unassigned
from pruvan_desk.store.alerts import raise_alert, solve_alert
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.history import record_edit
from pruvan_desk.store.models import AuditEvent, CheckIn, Integration, Item, Project
from pruvan_desk.store.outbox import chunks, withdraw_unsent

BY_ITSELF = "Pruvan Desk"
AT_ONCE = 500
"""Items that leave the trash in one transaction."""


def delete_projects(database: Database, project_ids: Sequence[int], who: str) -> Changes:
    """Puts projects into the trash, and pauses what was to be sent of them. Those that are in it stay as they are."""
    with database.write() as writing:
        put_into_trash(writing, project_ids, Deed("deleted", who, writing.step))
    return writing.changes


def restore_projects(database: Database, project_ids: Sequence[int], who: str) -> Changes:
    """Takes projects out of the trash as they were put into it. Where the order came meanwhile there is nothing to do.

    Raises :class:`UsageError`, and restores none, when one of them is not in the trash any more.
    """
    with database.write() as writing:
        take_out_of_trash(writing, project_ids, Deed("restored", who, writing.step))
    return writing.changes


@dataclass(frozen=True, slots=True)
class Deed:
    """How the history tells it: what was done, by whom, in which step."""

    what: str
    who: str
    step: str


def put_into_trash(writing: Writing, project_ids: Sequence[int], deed: Deed) -> int:
    """As :func:`delete_projects`, in a transaction that is already open. Answers how many were not in the trash."""
    count = 0
    for some in chunks(project_ids):
        wanted = select(Project.id, Project.status).where(Project.id.in_(some), Project.deleted_at.is_(None))
        found = {row.id: row.status for row in writing.session.execute(wanted)}
        gone = {"deleted_at": writing.now, "source_digest": None}  # should its order come again, it is applied
        writing.session.execute(update(Project).where(Project.id.in_(list(found))).values(**gone))
        _record(writing, {project_id: {"before": status} for project_id, status in found.items()}, deed)
        _announce(writing, list(found))
        count += len(found)
    return count


def take_out_of_trash(writing: Writing, project_ids: Sequence[int], deed: Deed) -> int:
    """As :func:`restore_projects`, in a transaction that is already open. Answers how many were in the trash."""
    count = 0
    for some in chunks(project_ids):
        wanted = select(Project.id, Project.deleted_at).where(Project.id.in_(some), Project.deleted_at.is_not(None))
        found = writing.session.execute(wanted).all()
        if any(row.deleted_at is None or not is_restorable(row.deleted_at, writing.now) for row in found):
            raise UsageError(
                "A project was deleted more than 30 days ago and cannot be restored.",
                "A Full Refresh brings it back, if the client still sends its order.",
            )
        ids = [row.id for row in found]
        writing.session.execute(update(Project).where(Project.id.in_(ids)).values(deleted_at=None))
        _record(writing, {project_id: {} for project_id in ids}, deed)
        _announce(writing, ids)
        for project_id in ids:
            left_trash(writing, project_id)
        count += len(ids)
    return count


def tell_of_arrival(writing: Writing, project: Project) -> None:
    """Raises an alert when something came for a project in the trash: it is kept there, and somebody must know."""
    if project.deleted_at is None:
        return
    code = writing.session.scalar(select(Integration.code).where(Integration.id == project.integration_id))
    problem = ItemError(
        f"Items came for {code}::{project.number}, which was deleted.",
        "Restore the project under Trash; otherwise they wait until its order is imported again.",
    )
    raise_alert(writing, _arrivals_alert(project.id), problem, project_id=project.id)


def left_trash(writing: Writing, project_id: int) -> None:
    """A project is back, by Restore or because its order came again: what waited for it is seen there."""
    solve_alert(writing, _arrivals_alert(project_id))


def empty_old_trash(database: Database) -> Changes:
    """Hands to *Unassigned* what is undecided in projects that have been in the trash for 30 days. Deletes nothing.

    One transaction of at most 500 items; an empty answer: there was nothing to do.
    """
    with database.write() as writing:
        wanted = (
            select(Item, Project.number, Integration.code)
            .join(Project, Project.id == Item.project_id)
            .join(Integration, Integration.id == Project.integration_id)
            .where(Project.deleted_at <= writing.now - TRASH_TIME, Item.state.in_(UNDECIDED))
            .order_by(Item.id)
            .limit(AT_ONCE)
        )
        for item, number, code in writing.session.execute(wanted).all():
            _unassign(writing, item, f"{code}::{number}")
    return writing.changes


def _unassign(writing: Writing, item: Item, named: str) -> None:
    before = {"project_id": item.project_id, "state": item.state}
    withdraw_unsent(writing, [item.id])
    if item.file_type == FileType.CHECK_IN:
        writing.session.execute(update(CheckIn).where(CheckIn.item_id == item.id).values(project_id=None))
    if item.project_id is not None:
        left_trash(writing, item.project_id)
    item.project_id, item.state, item.wanted_project = None, ItemState.UNASSIGNED, named
    record_edit(writing, item, "trash emptied", before, BY_ITSELF)
    raise_unassigned(writing)


def _record(writing: Writing, details: dict[int, dict[str, str]], deed: Deed) -> None:
    rows = [
        {
            "at": writing.now,
            "who": deed.who,
            "what": deed.what,
            "project_id": project_id,
            "details": said,
            "step": deed.step,
        }
        for project_id, said in details.items()
    ]
    if rows:
        writing.session.execute(insert(AuditEvent), rows)


def _announce(writing: Writing, project_ids: Sequence[int]) -> None:
    items = writing.session.scalars(select(Item.id).where(Item.project_id.in_(project_ids)))
    writing.changed(projects=set(project_ids), items=set(items))


def _arrivals_alert(project_id: int) -> str:
    return f"arrivals-in-trash/{project_id}"
