"""What a person does with the outbox and the alerts."""

from collections.abc import Sequence

from sqlalchemy import select

from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.statuses import ItemState, JobState
from pruvan_desk.store.alerts import solve_alert
from pruvan_desk.store.database import Database
from pruvan_desk.store.history import record_edit
from pruvan_desk.store.models import Alert, Integration, Item, RelayJob
from pruvan_desk.store.outbox import enqueue_items
from pruvan_desk.store.settings import write_setting


def failed_alert(integration_id: int) -> str:
    """The key of the alert that items of an integration failed."""
    return f"relay-failed/{integration_id}"


def retry_failed(database: Database, who: str, item_ids: Sequence[int] | None = None) -> Changes:
    """Queues failed items again, all of them or those named; and lets what waits for its next try go at once."""
    with database.write() as writing:
        failed = select(Item).where(Item.state == ItemState.FAILED).order_by(Item.id)
        items = [item for item in writing.session.scalars(failed) if item_ids is None or item.id in set(item_ids)]
        enqueue_items(writing, items)
        for item in items:
            record_edit(writing, item, "retry", {"state": ItemState.FAILED.value}, who)
        waiting = select(RelayJob).where(RelayJob.state == JobState.QUEUED, RelayJob.not_before > writing.now)
        for job in writing.session.scalars(waiting):
            if item_ids is None or job.item_id in set(item_ids):
                job.not_before = writing.now
                writing.changed(jobs=job.id)
        writing.session.flush()
        still_failed = set(
            writing.session.scalars(
                select(RelayJob.integration_id)
                .join(Item, Item.id == RelayJob.item_id)
                .where(Item.state == ItemState.FAILED)
            )
        )
        for integration_id in set(writing.session.scalars(select(Integration.id))) - still_failed:
            solve_alert(writing, failed_alert(integration_id))
    return writing.changes


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
