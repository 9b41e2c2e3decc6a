"""Refresh and push: what the client says of its orders is asked for, or comes, and becomes an import that is recorded."""

from datetime import datetime
from typing import Any

from pruvan_desk.core.errors import IntegrationError, OfflineError, PruvanDeskError
from pruvan_desk.store.alerts import raise_alert
from pruvan_desk.store.database import Database
from pruvan_desk.store.models import ImportRun, Integration
from pruvan_desk.store.pausing import pause_integration
from pruvan_desk.sync.client import OrderSource
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.import_run import PUSHED, ImportWork, Received, RefreshJob, import_alert
from pruvan_desk.sync.stopping import RefreshCancelledError, Stop


async def refresh(context: EngineContext, source: OrderSource, job: RefreshJob, stop: Stop) -> None:
    """Runs one refresh and records it. Raises what stopped it, after that was recorded."""
    run_id, timestamp = await context.run(lambda: _start(context.database, job))
    asked_at = context.clock.now()
    try:
        answer = await stop.unless_asked(source.get_work_orders(None if job.full else timestamp))
        received = Received(answer, asked_at, context.clock.now())
        await context.run(lambda: ImportWork(context.database, job, run_id, stop).take(received))
    except PruvanDeskError as error:
        failure = error
        await context.run(lambda: _record_failure(context.database, job, run_id, failure))
        raise
    finally:
        stop.ask("the end of the engine")  # a thread that still writes ends after its transaction


async def take_push(context: EngineContext, integration_id: int, orders: list[Any]) -> None:
    """Imports orders that were pushed: creates and updates, never closes. Raises what stopped it, after that was recorded."""
    job = RefreshJob(integration_id, full=False, started_by=PUSHED)
    run_id = await context.run(lambda: _start_push(context.database, job))
    try:
        await context.run(lambda: ImportWork(context.database, job, run_id, Stop()).take_push(orders))
    except PruvanDeskError as error:
        failure = error
        await context.run(lambda: _end(context.database, job, run_id, failure))
        raise


def full_list_is_due(integration: Integration, now: datetime, hours: float) -> bool:
    """Whether the last full list is older than the setting allows, or there was none."""
    if integration.next_timestamp is None or integration.last_full_at is None:
        return True
    return (now - integration.last_full_at).total_seconds() > hours * 3600


def _start(database: Database, job: RefreshJob) -> tuple[int, int | None]:
    with database.write() as writing:
        integration = writing.session.get_one(Integration, job.integration_id)
        integration.status = "running"
        run = ImportRun(
            integration_id=job.integration_id, started_by=job.started_by, full=job.full, started_at=writing.now
        )
        writing.session.add(run)
        writing.session.flush()
        writing.changed(integrations=job.integration_id, runs=run.id)
        return run.id, integration.next_timestamp


def _start_push(database: Database, job: RefreshJob) -> int:
    with database.write() as writing:
        run = ImportRun(
            integration_id=job.integration_id, started_by=job.started_by, full=False, started_at=writing.now
        )
        writing.session.add(run)
        writing.session.flush()
        writing.changed(runs=run.id)
        return run.id


def _end(database: Database, job: RefreshJob, run_id: int, error: PruvanDeskError) -> None:
    with database.write() as writing:
        run = writing.session.get_one(ImportRun, run_id)
        run.error, run.finished_at = error.title, writing.now
        writing.changed(integrations=job.integration_id, runs=run_id)


def _record_failure(database: Database, job: RefreshJob, run_id: int, error: PruvanDeskError) -> None:
    _end(database, job, run_id, error)
    with database.write() as writing:
        integration = writing.session.get_one(Integration, job.integration_id)
        if isinstance(error, RefreshCancelledError):
            integration.status = "idle"
        elif isinstance(error, IntegrationError):
            pause_integration(writing, integration, error)
        elif isinstance(error, OfflineError):  # which is a state, no error
            integration.last_error, integration.status = error.title, "idle"
        else:
            integration.last_error, integration.status = error.title, "error"
            raise_alert(writing, import_alert(job.integration_id), error, integration_id=job.integration_id)
        writing.changed(integrations=job.integration_id)
