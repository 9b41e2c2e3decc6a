"""Taking published items back out of the queue, as long as nobody has claimed them."""

from collections.abc import Sequence

from sqlalchemy import select

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.qa import check_withdrawable, withdrawn_state
from pruvan_desk.domain.statuses import FileType, ItemState, JobState
from pruvan_desk.operations.qa import load_items, touch_project
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.history import record_edit
from pruvan_desk.store.marked import discard_copy
from pruvan_desk.store.models import Item, Project, RelayJob
from pruvan_desk.store.outbox import chunks, withdraw_unsent


def withdraw_items(database: Database, item_ids: Sequence[int], who: str) -> Changes:
    """Takes items out of the queue; an annotated copy is gone then.

    Raises :class:`UsageError`, and withdraws none, when one is claimed, sent or not queued.
    """
    with database.write() as writing:
        items = load_items(writing.session, item_ids)
        take_out(writing, items)
        for item in items:
            before = {"state": item.state}
            project = writing.session.get_one(Project, item.project_id)
            if item.copy_of is not None:
                discard_copy(writing, item)
            else:
                item.state = withdrawn_state(qa_in_field=project.qa_in_field)
            record_edit(writing, item, "withdraw", before, who)
            touch_project(writing, item)
    return writing.changes


def take_out(writing: Writing, items: Sequence[Item]) -> None:
    """Takes the jobs of items back, in a transaction that is already open; their states are the caller's. Raises as above."""
    jobs: dict[int, set[str]] = {item.id: set() for item in items}
    for some in chunks([item.id for item in items]):
        wanted = select(RelayJob.item_id, RelayJob.state).where(RelayJob.item_id.in_(some))
        for item_id, state in writing.session.execute(wanted):
            jobs[item_id or 0].add(state)
    for item in items:
        if item.file_type == FileType.CHECK_IN:
            raise UsageError("A check-in cannot be withdrawn.", "It needs no QA, and the client waits for it.")
        check_withdrawable(
            ItemState(item.state),
            being_sent=JobState.LEASED in jobs[item.id],
            was_sent=bool(item.sent_sha256) or JobState.DONE in jobs[item.id],
        )
    withdraw_unsent(writing, [item.id for item in items])
