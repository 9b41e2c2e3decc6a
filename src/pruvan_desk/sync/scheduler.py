"""Takes what the window asks for, starts refreshes by the clock, and rings the bells when something changed."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import DeskFault, IntegrationError, OfflineError, PruvanDeskError, UsageError
from pruvan_desk.core.logs import logger
from pruvan_desk.operations.engine import STOP
from pruvan_desk.operations.project_trash import empty_old_trash
from pruvan_desk.operations.reconcile import RECONCILE
from pruvan_desk.operations.reimport import RUNNING
from pruvan_desk.operations.watch_folders import RESCAN
from pruvan_desk.store.database import ChangeFeed, Writing
from pruvan_desk.store.models import OWN_KIND, Change, ImportRun, Integration, Reimport, Request
from pruvan_desk.store.pausing import pause_integration
from pruvan_desk.sync.client import OrderSource
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.import_run import PUSHED, RefreshJob
from pruvan_desk.sync.reach import Reach
from pruvan_desk.sync.reconciling import Reconciling
from pruvan_desk.sync.refresh import full_list_is_due, refresh, take_push
from pruvan_desk.sync.sources import OrderSources
from pruvan_desk.sync.stopping import RefreshCancelledError, Stop

log = logger(__name__)

POLL_SECONDS = 0.05
CLOCK_SECONDS = 5.0
TRASH_SECONDS = 3600.0
RETRY_MINUTES = 5.0
"""A refresh that failed by itself is tried again after this, whatever the interval."""
KEEP_CHANGES = timedelta(days=1)
BY_ITSELF = "Pruvan Desk"


@dataclass(frozen=True, slots=True)
class Asked:
    """A refresh to do, and the request that asked for it, if anybody did. ``pushed``: orders that came instead."""

    job: RefreshJob
    request_id: int | None = None
    pushed: list[Any] | None = None


class Scheduler:
    """One for each engine. Refreshes of one integration come one after the other; those of two go side by side."""

    def __init__(self, context: EngineContext, sources: OrderSources, reach: Reach) -> None:
        self._context = context
        self._sources = sources
        self._reach = reach
        self._reconciling = Reconciling(context, sources)
        reach.listeners.append(self._back)
        self._waiting: dict[int, deque[Asked]] = {}
        self._running: dict[int, asyncio.Task[None]] = {}
        self._stops: dict[int, Stop] = {}
        self._tried: dict[int, datetime] = {}
        self._began = context.clock.now()

    async def run(self) -> None:
        """Polls and schedules until cancelled."""
        await self._context.insist(lambda: self._write(tidy))
        feed = await self._context.insist(lambda: ChangeFeed(self._context.folder.database))
        try:
            await self._context.insist(self._context.reload_settings)  # what was changed before the feed began
            self._context.bells.gateway.set()
            await self._take_requests()
            next_look = next_emptying = 0.0
            while True:
                try:
                    await self._follow(await self._context.run(feed.poll))
                    if self._context.clock.monotonic() >= next_look:
                        next_look = self._context.clock.monotonic() + CLOCK_SECONDS
                        await self._start_due()
                    if self._context.clock.monotonic() >= next_emptying:
                        more = await self._context.run(lambda: empty_old_trash(self._context.database))
                        next_emptying = self._context.clock.monotonic() + (0 if more else TRASH_SECONDS)
                except DeskFault as fault:
                    log.warning("the scheduler waits", problem=str(fault))
                await asyncio.sleep(POLL_SECONDS)
        finally:
            feed.close()
            await self._reconciling.close()
            self._waiting.clear()  # else the end of one that runs would begin the next; the next engine takes them up
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _follow(self, changes: Changes) -> None:
        """Rings whom a change concerns, and takes new requests."""
        if changes.integrations:
            self._sources.forget(changes.integrations)
            self._reach.forget(changes.integrations)
        if changes.settings:
            await self._context.run(self._context.reload_settings)
            self._context.bells.gateway.set()
        if changes.items or changes.jobs or changes.integrations or changes.settings:
            self._context.bells.relay.set()
        if changes.items:
            self._context.bells.inspector.set()
        if changes.watches or changes.settings:
            self._context.bells.watch.set()
        if changes.requests:
            await self._take_requests()

    def _back(self, integration_ids: frozenset[int], woke: bool) -> None:
        """Who could not be asked, or was not while the computer slept, is due now."""
        for integration_id in set(self._tried) if woke else integration_ids:
            self._tried.pop(integration_id, None)

    async def _take_requests(self) -> None:
        for request in await self._context.insist(self._open_requests):
            integration_id = int(request.body.get("integration_id", 0))
            if request.kind == "refresh":
                job = RefreshJob(integration_id, bool(request.body.get("full")), request.who)
                self._enqueue(Asked(job, request.id))
            elif request.kind == "push":
                self._enqueue(Asked(RefreshJob(integration_id, False, PUSHED), request.id, request.body["orders"]))
            elif request.kind == "cancel_refresh":
                await self._cancel(integration_id, request)
            elif request.kind == STOP:
                await self._stop(request)
            elif request.kind == RECONCILE:
                self._reconciling.start(request)
            elif request.kind == RESCAN:
                self._context.rescans.add(int(request.body.get("watch_id", 0)))
                self._context.bells.watch.set()
                await self._answer(request.id, None)
            else:
                await self._answer(request.id, UsageError(f"The engine knows no request {request.kind}."))

    async def _cancel(self, integration_id: int, request: Request) -> None:
        """Stops the refresh that runs, and those that wait behind it; what was pushed waits on."""
        if stop := self._stops.get(integration_id):
            stop.ask(request.who)
        waiting = self._waiting.get(integration_id, deque())
        for asked in [asked for asked in waiting if asked.pushed is None]:
            waiting.remove(asked)
            await self._answer(asked.request_id, RefreshCancelledError(f"Stopped by {request.who}."))
        await self._answer(request.id, None)

    async def _stop(self, request: Request) -> None:
        """Stops this engine; one that was asked for before it began was meant for another."""
        late = request.asked_at < self._began
        await self._answer(request.id, UsageError("No engine was at work.") if late else None)
        if not late:
            log.info("asked to stop", who=request.who)
            self._context.bells.stop.set()

    def _open_requests(self) -> list[Request]:
        with self._context.database.write() as writing:
            wanted = select(Request).where(Request.taken_at.is_(None)).order_by(Request.id)
            rows = list(writing.session.scalars(wanted))
            for row in rows:
                row.taken_at = writing.now
                writing.changed(requests=row.id)
        return rows

    async def _start_due(self) -> None:
        """Refreshes by the clock: full where the last full list is too old, else what changed."""
        settings, now = self._context.settings, self._context.clock.now()
        for integration, reimport in await self._context.run(self._integrations):
            tried = self._tried.get(integration.id)
            if integration.paused or integration.id in self._running:
                continue
            if tried is not None and now - tried < timedelta(minutes=integration.refresh_minutes or RETRY_MINUTES):
                continue
            full = reimport or full_list_is_due(integration, now, settings.full_list_hours)
            if full or integration.refresh_minutes > 0:
                self._enqueue(Asked(RefreshJob(integration.id, full, BY_ITSELF)))

    def _integrations(self) -> list[tuple[Integration, bool]]:
        """All of them, and whether their orders are being imported again."""
        with self._context.database.read() as session:
            anew = set(session.scalars(select(Reimport.integration_id).where(Reimport.state == RUNNING)))
            rows = session.scalars(select(Integration).where(Integration.kind != OWN_KIND).order_by(Integration.id))
            return [(row, row.id in anew) for row in rows]

    def _enqueue(self, asked: Asked) -> None:
        integration_id = asked.job.integration_id
        if asked.pushed is None:
            self._tried[integration_id] = self._context.clock.now()
        self._waiting.setdefault(integration_id, deque()).append(asked)
        if integration_id not in self._running:
            task = asyncio.create_task(self._work_off(integration_id), name=f"refresh-{integration_id}")
            self._running[integration_id] = task
            task.add_done_callback(lambda done: self._worked_off(integration_id, done))

    def _worked_off(self, integration_id: int, task: asyncio.Task[None]) -> None:
        self._running.pop(integration_id, None)
        if not task.cancelled() and (bug := task.exception()) is not None:
            log.error("bug while refreshing", integration=integration_id, exc_info=bug)
        if self._waiting.get(integration_id):
            self._enqueue(self._waiting[integration_id].popleft())

    async def _work_off(self, integration_id: int) -> None:
        waiting = self._waiting[integration_id]
        while waiting:
            asked = waiting.popleft()
            try:
                if asked.pushed is None:
                    await self._refresh(asked.job)
                else:
                    await take_push(self._context, integration_id, asked.pushed)
            except RefreshCancelledError as stopped:
                await self._answer(asked.request_id, stopped)
            except OfflineError as error:
                self._reach.lost(integration_id)
                await self._answer(asked.request_id, error)
            except PruvanDeskError as error:
                log.warning("refresh failed", integration=integration_id, problem=str(error))
                await self._answer(asked.request_id, error)
            else:
                await self._answer(asked.request_id, None)

    async def _refresh(self, job: RefreshJob) -> None:
        self._stops[job.integration_id] = stop = Stop()
        try:
            integration, reimport = await self._context.run(lambda: self._integration(job.integration_id))
            if integration.paused:
                raise UsageError(f"{integration.code} is paused.", "Mend its credentials and validate them first.")
            due = full_list_is_due(integration, self._context.clock.now(), self._context.settings.full_list_hours)
            source = await self._source(integration)
            whole = RefreshJob(job.integration_id, job.full or due or reimport, job.started_by)
            await refresh(self._context, source, whole, stop)
        finally:
            del self._stops[job.integration_id]

    async def _source(self, integration: Integration) -> OrderSource:
        try:
            return await self._sources.get(integration.id)
        except IntegrationError as error:
            problem = error
            await self._context.run(lambda: self._write(lambda writing: _pause(writing, integration.id, problem)))
            raise

    def _integration(self, integration_id: int) -> tuple[Integration, bool]:
        found = [row for row in self._integrations() if row[0].id == integration_id]
        if not found:
            raise UsageError("The integration is not there any more.")
        return found[0]

    async def _answer(self, request_id: int | None, error: PruvanDeskError | None) -> None:
        def work(writing: Writing) -> None:
            row = writing.session.get_one(Request, request_id)
            row.done_at, row.answer = writing.now, str(error) if error else "done"
            row.body = {name: value for name, value in row.body.items() if name != "orders"}  # they are imported
            writing.changed(requests=row.id)

        if request_id is not None:
            await self._context.insist(lambda: self._write(work))

    def _write(self, work: Callable[[Writing], None]) -> None:
        with self._context.database.write() as writing:
            work(writing)


def _pause(writing: Writing, integration_id: int, problem: PruvanDeskError) -> None:
    pause_integration(writing, writing.session.get_one(Integration, integration_id), problem)


def tidy(writing: Writing) -> None:
    """What a dead engine left: its unanswered requests are open again, its refreshes are over, old changes are forgotten."""
    session = writing.session
    for run in session.scalars(select(ImportRun).where(ImportRun.finished_at.is_(None))):
        run.finished_at, run.error = writing.now, "It broke off; the next refresh does it again."
        writing.changed(runs=run.id)
    session.execute(delete(Request).where(Request.done_at < writing.now - KEEP_CHANGES))
    session.execute(update(Request).where(Request.done_at.is_(None)).values(taken_at=None))
    for integration in session.scalars(select(Integration).where(Integration.status == "running")):
        integration.status = "idle"
        writing.changed(integrations=integration.id)
    session.execute(delete(Change).where(Change.at < writing.now - KEEP_CHANGES))
