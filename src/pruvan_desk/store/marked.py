"""Photos that were annotated after they were published: what has not gone out unmarked yet stays here, until somebody publishes again.

Nobody has been asked whether such a photo is to go as it is or as an annotated copy, and nothing that was sent can be asked back.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pruvan_desk.domain.destinations import destinations_text, leading, read_destinations
from pruvan_desk.domain.qa import withdrawn_state
from pruvan_desk.domain.statuses import UNSENT, Destination, ItemState, JobState
from pruvan_desk.store.database import Writing
from pruvan_desk.store.failures import solve_failed_alerts
from pruvan_desk.store.history import record_edit
from pruvan_desk.store.models import Item, ItemEdit, Project, RelayJob

TAKEN_OUT = "taken out"
"""Kind of the edit: nobody's to undo, for the photo would be gone before anybody has looked again."""
ENGINE = "Pruvan Desk"
FOLLOWED = {
    JobState.DONE: ItemState.PUBLISHED, JobState.LEASED: ItemState.RELAYING, JobState.QUEUED: ItemState.QUEUED,
    JobState.FAILED: ItemState.FAILED,
}  # fmt: skip
"""The state of an item, by that of the job that leads it."""


def take_back_unmarked(writing: Writing, item: Item, who: str) -> None:
    """Takes what waits of a photo without its marks of now out of the queue: itself, and copies with other marks.

    What a destination has already, or is being sent right now, is left to it: the item then follows that one. A copy that goes
    nowhere is gone. To be called when the marks of an original have changed.
    """
    writing.session.flush()
    if item.annotations:
        _take_back(writing, item, who)
    others = select(Item).where(
        Item.copy_of == item.id, Item.annotations != item.annotations, Item.state != ItemState.DELETED
    )
    for copy in writing.session.scalars(others).all():
        _take_back(writing, copy, who)


def marked_since_sent(session: Session, item_ids: Sequence[int]) -> set[int]:
    """The originals among some items that were marked after the client took them: sent again, they would go without their marks."""
    found: set[int] = set()
    for item_id in item_ids:
        item = session.get_one(Item, item_id)
        if item.annotations and item.copy_of is None:
            taken = (RelayJob.item_id == item_id, RelayJob.state == JobState.DONE)
            at = session.scalar(select(func.max(RelayJob.created_at)).where(*taken))
            if at is None or _marked_since(session, item, at):
                found.add(item_id)
    return found


def discard_copy(writing: Writing, copy: Item) -> None:
    """An annotated copy that was taken out of the queue: its original is to be decided about again."""
    copy.state, copy.deleted_at = ItemState.DELETED, writing.now
    if copy.copy_of is not None:
        writing.changed(items=copy.copy_of)


def take_back_if_marked_since(writing: Writing, item: Item, at: datetime) -> None:
    """The same for a job of ``at`` that was being sent when somebody marked its photo, and comes back unsent."""
    if not item.annotations:
        return
    original = item if item.copy_of is None else writing.session.get_one(Item, item.copy_of)
    is_another = item is original or item.annotations != original.annotations
    if is_another and _marked_since(writing.session, original, at):
        _take_back(writing, item, ENGINE)


def _take_back(writing: Writing, item: Item, who: str) -> None:
    """Takes back what has not been anywhere yet."""
    jobs = list(writing.session.scalars(select(RelayJob).where(RelayJob.item_id == item.id).order_by(RelayJob.id)))
    took = {job.destination for job in jobs if job.state == JobState.DONE}
    if item.sent_sha256:
        took.add(leading(read_destinations(item.destinations)))
    waiting = [job for job in jobs if job.state in UNSENT and job.destination not in took]
    if not waiting:
        return
    before = {"state": item.state, "destinations": item.destinations}
    for job in waiting:
        job.state, job.finished_at = JobState.REPLACED, writing.now
    _follow(writing, item, [job for job in jobs if job.state in FOLLOWED])
    record_edit(writing, item, TAKEN_OUT, before, who)
    writing.changed(jobs=[job.id for job in waiting])
    if item.project_id is not None:
        writing.changed(projects=item.project_id)
    solve_failed_alerts(writing)


def _marked_since(session: Session, item: Item, at: datetime) -> bool:
    changed = (
        ItemEdit.item_id == item.id,
        ItemEdit.kind.in_(("annotate", "undo", "redo")),
        ItemEdit.after["annotations"].as_string().is_not(None),
        ItemEdit.at > at,
    )
    return session.scalar(select(ItemEdit.id).where(*changed).limit(1)) is not None


def _follow(writing: Writing, item: Item, left: Sequence[RelayJob]) -> None:
    """The state and the destinations of an item, by the jobs that are left to it, oldest first."""
    latest = {Destination(job.destination): job for job in left}
    if not latest and item.copy_of is not None:
        discard_copy(writing, item)
        return
    if not latest:
        project = writing.session.get_one(Project, item.project_id)
        item.state = withdrawn_state(qa_in_field=project.qa_in_field)
        return
    led = leading(read_destinations(item.destinations))
    item.destinations = destinations_text(frozenset(latest))
    leads = leading(frozenset(latest))
    item.state = FOLLOWED[JobState(latest[leads].state)]
    if leads is not led:
        item.sent_sha256 = latest[leads].sent_sha256
