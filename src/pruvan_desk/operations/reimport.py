"""*Delete all orders of this integration, then Full Refresh*, as one step: how a changed QA in Field reaches existing orders.

The decision is a row; the engine works it off, 200 orders a transaction, and goes on with it after a restart. It asks for the
full list first: where the client cannot be reached, nothing is deleted. Whoever stops it keeps what was not deleted yet; taken
up again, it deletes what is left and was there when it began.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.statuses import ProjectStatus
from pruvan_desk.operations.integrations import leave_request
from pruvan_desk.operations.project_trash import Deed, put_into_trash
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.history import record_event
from pruvan_desk.store.models import Integration, Project, Reimport

RUNNING, STOPPED = "running", "stopped"
ORDERS_PER_TRANSACTION = 200
NO_STEP = ""
"""It is stopped or taken up again as a whole, not undone by pieces."""


def start_reimport(database: Database, integration_id: int, who: str, *, closed_too: bool = False) -> Changes:
    """Begins. ``closed_too``: closed projects as well, which no full list brings back. Raises :class:`UsageError`."""
    with database.write() as writing:
        if writing.session.get(Integration, integration_id) is None:
            raise UsageError("The integration is not there any more.", "Look again.")
        if writing.session.get(Reimport, integration_id) is not None:
            raise UsageError("Its orders are being imported again already.", "Look at its line in the table.")
        meant = _meant(integration_id, writing.now, closed_too=closed_too)
        total = writing.session.scalar(select(func.count()).select_from(Project).where(*meant)) or 0
        writing.session.add(
            Reimport(
                integration_id=integration_id,
                started_by=who,
                started_at=writing.now,
                closed_too=closed_too,
                total=total,
            )
        )
        record_event(writing, who, "importing all orders again", integration_id=integration_id, items=total)
        _ask(writing, integration_id, who)
    return writing.changes


def stop_reimport(database: Database, integration_id: int, who: str) -> Changes:
    """Stops after the transaction that is being written; :func:`resume_reimport` takes it up again."""
    with database.write() as writing:
        row = _row(writing, integration_id)
        row.state = STOPPED
        record_event(writing, who, "stopped importing all orders again", integration_id=integration_id)
        leave_request(writing, "cancel_refresh", who, integration_id=integration_id)
        writing.changed(integrations=integration_id)
    return writing.changes


def resume_reimport(database: Database, integration_id: int, who: str) -> Changes:
    """Takes it up where it was stopped."""
    with database.write() as writing:
        row = _row(writing, integration_id)
        row.state = RUNNING
        record_event(writing, who, "went on importing all orders again", integration_id=integration_id)
        _ask(writing, integration_id, who)
    return writing.changes


def drop_reimport(database: Database, integration_id: int, who: str) -> Changes:
    """Leaves it at what was done: what is in the trash comes back with the next full list, or by *Restore*."""
    with database.write() as writing:
        finish_reimport(writing, integration_id, who, "left importing all orders again")
        leave_request(writing, "cancel_refresh", who, integration_id=integration_id)
    return writing.changes


def delete_some(database: Database, integration_id: int) -> bool:
    """The engine's part: deletes up to 200 orders. Answers whether to go on: not when it was stopped, nor when none is left."""
    with database.write() as writing:
        row = writing.session.get(Reimport, integration_id)
        if row is None or row.state != RUNNING:
            return False
        meant = _meant(integration_id, row.started_at, closed_too=row.closed_too)
        wanted = select(Project.id).where(*meant).order_by(Project.id).limit(ORDERS_PER_TRANSACTION)
        ids = list(writing.session.scalars(wanted))
        put_into_trash(writing, ids, Deed("deleted", row.started_by, NO_STEP))
        row.deleted += len(ids)
        writing.changed(integrations=integration_id)
        return len(ids) == ORDERS_PER_TRANSACTION


def finish_reimport(writing: Writing, integration_id: int, who: str, what: str) -> None:
    """It is over, in a transaction that is already open."""
    row = writing.session.get(Reimport, integration_id)
    if row is not None:
        writing.session.delete(row)
        record_event(writing, who, what, integration_id=integration_id, items=row.deleted)
        writing.changed(integrations=integration_id)


def _meant(integration_id: int, before: datetime, *, closed_too: bool) -> list[ColumnElement[bool]]:
    """What is still to be deleted: not what this very step has imported again."""
    meant = [
        Project.integration_id == integration_id,
        Project.deleted_at.is_(None),
        Project.created_at <= before,
    ]
    return meant if closed_too else [*meant, Project.status != ProjectStatus.CLOSED]


def _ask(writing: Writing, integration_id: int, who: str) -> None:
    leave_request(writing, "refresh", who, integration_id=integration_id, full=True)
    writing.changed(integrations=integration_id)


def _row(writing: Writing, integration_id: int) -> Reimport:
    row = writing.session.get(Reimport, integration_id)
    if row is None:
        raise UsageError("It is done already.", "Look again.")
    return row
