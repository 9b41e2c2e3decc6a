"""What a person does with the outbox and the alerts."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select, update

from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.statuses import Destination, JobState
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.failures import solve_failed_alerts
from pruvan_desk.store.history import record_edit
from pruvan_desk.store.models import Alert, Item, Project, RelayJob
from pruvan_desk.store.outbox import chunks, enqueue_items, enqueue_status
from pruvan_desk.store.settings import write_setting


def retry_failed(
    database: Database, who: str, item_ids: Sequence[int] | None = None, job_ids: Sequence[int] | None = None
) -> Changes:
    """Queues again what failed, and lets what waits for its next try go at once.

    All of it; or what concerns some items, at whichever destination; or some jobs alone.
    """
    with database.write() as writing:
        waiting = _jobs(writing, JobState.QUEUED, item_ids, job_ids)
        early = [job for job in waiting if job.not_before > writing.now]
        for some in chunks([job.id for job in early]):
            writing.session.execute(update(RelayJob).where(RelayJob.id.in_(some)).values(not_before=writing.now))
            writing.changed(jobs=list(some))
        _queue_again(writing, _jobs(writing, JobState.FAILED, item_ids, job_ids), who)
        solve_failed_alerts(writing)
    return writing.changes


def _jobs(
    writing: Writing, state: JobState, item_ids: Sequence[int] | None, job_ids: Sequence[int] | None
) -> list[RelayJob]:
    """The jobs in a state, of those named."""
    wanted = select(RelayJob).where(RelayJob.state == state).order_by(RelayJob.id)
    if item_ids is None and job_ids is None:
        return list(writing.session.scalars(wanted))
    column, ids = (RelayJob.item_id, item_ids) if item_ids is not None else (RelayJob.id, job_ids or ())
    return [job for some in chunks(ids) for job in writing.session.scalars(wanted.where(column.in_(some)))]


def _queue_again(writing: Writing, failed: Sequence[RelayJob], who: str) -> None:
    items: dict[str, list[Item]] = defaultdict(list)
    for job in failed:
        if job.item_id is None:
            enqueue_status(writing, writing.session.get_one(Project, job.project_id), job.status_word)
            continue
        item = writing.session.get_one(Item, job.item_id)
        if item.revision == job.revision:
            items[job.destination].append(item)
    for destination, some in items.items():
        before = {item.id: item.state for item in some}
        enqueue_items(writing, some, frozenset({Destination(destination)}))
        for item in some:
            record_edit(writing, item, "retry", {"state": before[item.id]}, who)


def pause_relay(database: Database, *, paused: bool) -> Changes:
    """Stops or restarts all sending."""
    with database.write() as writing:
        write_setting(writing, "relay_paused", paused)
    return writing.changes


def read_alerts(database: Database) -> Changes:
    """Marks every alert as read; those not solved stay in the list."""
    with database.write() as writing:
        for alert in writing.session.scalars(select(Alert).where(Alert.read_at.is_(None))):
            alert.read_at = writing.now
            writing.changed(alerts=alert.id)
    return writing.changes


def clear_alert(database: Database, alert_id: int) -> Changes:
    """Takes an alert off the list."""
    with database.write() as writing:
        alert = writing.session.get(Alert, alert_id)
        if alert is not None and alert.solved_at is None:
            alert.solved_at = writing.now
            writing.changed(alerts=alert_id)
    return writing.changes
