"""The relay: takes jobs out of the outbox by lease, sends them, and records each outcome.

At least once: a job is done only when the receiver said so. The item's ``uuid`` makes it once at the receiver.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from sqlalchemy import select

from pruvan_desk.core.errors import DeskFault, IntegrationError, ItemError, PruvanDeskError
from pruvan_desk.core.logs import logger
from pruvan_desk.domain.statuses import Destination
from pruvan_desk.store.database import Writing
from pruvan_desk.store.models import Integration
from pruvan_desk.store.outbox import ClaimedJob, claim, extend_leases, next_due, release, release_jobs
from pruvan_desk.sync.context import EngineContext, first_of
from pruvan_desk.sync.downloader import deliver, tree_of
from pruvan_desk.sync.outcomes import Outcome, record_outcomes
from pruvan_desk.sync.packing import pack_item
from pruvan_desk.sync.sources import OrderSources
from pruvan_desk.sync.tree_facts import placed_before, tree_facts

log = logger(__name__)

LEASE = timedelta(seconds=120)
HEARTBEAT_SECONDS = 30.0
CLAIM_AT_ONCE = 32
IDLE_SECONDS = 5.0
FAULT_SECONDS = 5.0
RECORD_SECONDS = 0.05
"""Outcomes are gathered this long: one transaction for many, and still far below what anybody notices."""


class Relay:
    """Keeps ``relay_at_once`` sendings under way while anything is due."""

    def __init__(self, context: EngineContext, sources: OrderSources) -> None:
        self._context = context
        self._sources = sources
        self._codes: dict[int, str] = {}
        self._held: set[int] = set()
        """Jobs claimed and not recorded yet."""
        self._claimed: asyncio.Queue[ClaimedJob] = asyncio.Queue(CLAIM_AT_ONCE)
        self._sending: set[asyncio.Task[None]] = set()
        self._outcomes: asyncio.Queue[Outcome] = asyncio.Queue()
        self._slot_free = asyncio.Event()

    async def run(self) -> None:
        """Relays until cancelled; then lets go of what was not sent."""
        await self._write(release)
        parts = [self._claim_forever(), self._send_forever(), self._record_forever(), self._keep_leases()]
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            await asyncio.gather(*tasks)
        finally:
            await self._stop(tasks)

    async def _claim_forever(self) -> None:
        """Claims ahead of the sending, so that no slot waits for the database; waits when nothing is due."""
        bell = self._context.bells.relay
        while True:
            bell.clear()
            try:
                jobs = [] if self._context.settings.relay_paused else await self._context.run(self._claim)
                seconds = 0.0 if jobs else await self._context.run(self._seconds_to_wait)
            except DeskFault as fault:
                log.warning("the relay waits", problem=str(fault))
                jobs, seconds = [], FAULT_SECONDS
            self._held.update(job.job.id for job in jobs)
            for job in jobs:
                await self._claimed.put(job)
            if not jobs:
                await first_of(bell, seconds=seconds)

    def _claim(self) -> list[ClaimedJob]:
        with self._context.database.write() as writing:
            jobs = claim(writing, self._context.owner, CLAIM_AT_ONCE, LEASE)
            unknown = {job.project.integration_id for job in jobs} - self._codes.keys()
            rows = select(Integration.id, Integration.code).where(Integration.id.in_(unknown))
            self._codes.update((row.id, row.code) for row in writing.session.execute(rows))
            return jobs

    def _seconds_to_wait(self) -> float:
        with self._context.database.read() as session:
            due = next_due(session)
        if due is None or self._context.settings.relay_paused:
            return IDLE_SECONDS
        return min(IDLE_SECONDS, max(0.01, (due - self._context.clock.now()).total_seconds()))

    async def _send_forever(self) -> None:
        """Starts a sending whenever a slot is free; what was claimed before a pause is given back."""
        while True:
            job = await self._claimed.get()
            while len(self._sending) >= self._context.settings.relay_at_once:
                self._slot_free.clear()
                await self._slot_free.wait()
            if self._context.settings.relay_paused:
                await self._give_back(job)
            else:
                self._start(job)

    def _start(self, job: ClaimedJob) -> None:
        task = asyncio.create_task(self._send(job))
        self._sending.add(task)
        task.add_done_callback(lambda done: self._sent(done, job))

    def _sent(self, task: asyncio.Task[None], job: ClaimedJob) -> None:
        """Frees the slot. What is not one of our errors is a bug: shown as one, and the job is parked, not lost."""
        self._sending.discard(task)
        self._slot_free.set()
        if not task.cancelled() and (bug := task.exception()) is not None:
            log.error("bug while sending", job=job.job.id, exc_info=bug)
            words = ItemError(f"A fault in Pruvan Desk: {type(bug).__name__}.", "Please report it with the log.")
            self._outcomes.put_nowait(Outcome(job.job.id, words))

    async def _send(self, job: ClaimedJob) -> None:
        try:
            outcome = await self._way(job)(job)
        except PruvanDeskError as error:
            if isinstance(error, IntegrationError) and job.job.destination == Destination.CLIENT:
                self._sources.refuse(job.project.integration_id, error)
            outcome = Outcome(job.job.id, error)
        self._outcomes.put_nowait(outcome)

    def _way(self, job: ClaimedJob) -> Callable[[ClaimedJob], Awaitable[Outcome]]:
        if job.job.destination == Destination.DOWNLOADER:
            return self._download
        return self._send_status if job.item is None else self._send_item

    async def _send_item(self, job: ClaimedJob) -> Outcome:
        code = self._codes[job.project.integration_id]
        source = await self._sources.get(job.project.integration_id)
        parcel = await self._context.run(lambda: pack_item(self._context.files, job, code))
        await source.upload(parcel.payload, parcel.file)
        return Outcome(job.job.id, None, parcel.sha256)

    async def _download(self, job: ClaimedJob) -> Outcome:
        return await self._context.run(lambda: self._put_into_tree(job))

    def _put_into_tree(self, job: ClaimedJob) -> Outcome:
        settings, code = self._context.settings, self._codes[job.project.integration_id]
        tree = tree_of(
            settings.downloader_folder,
            settings.downloader_levels,
            self._context.folder.root,
            sidecar=settings.downloader_sidecar,
        )
        with self._context.database.read() as session:
            facts, before = tree_facts(session, job, settings.zone), placed_before(session, job.job.item_id or 0)
        parcel = pack_item(self._context.files, job, code)
        placed = deliver(tree, facts, job, parcel, before)
        return Outcome(job.job.id, None, placed.sha256, place=placed.path)

    async def _send_status(self, job: ClaimedJob) -> Outcome:
        """A system may answer its ``status`` call with an error every time: that is recorded, and nothing else."""
        source = await self._sources.get(job.project.integration_id)
        word = job.job.status_word
        remark = await source.status([{"workOrderNumber": job.project.number, "status": word}])
        return Outcome(job.job.id, None, remark=remark)

    async def _record_forever(self) -> None:
        """Writes outcomes down, those of a moment in one transaction. A full disk delays it, and loses none."""
        while True:
            outcomes = [await self._outcomes.get()]
            try:
                await asyncio.sleep(RECORD_SECONDS)
                outcomes += self._waiting_outcomes()
                await self._record_all(outcomes)
            except asyncio.CancelledError:  # the end: they are written down on the way out
                for outcome in outcomes:
                    self._outcomes.put_nowait(outcome)
                raise

    def _waiting_outcomes(self) -> list[Outcome]:
        return [self._outcomes.get_nowait() for _ in range(self._outcomes.qsize())]

    async def _record_all(self, outcomes: Sequence[Outcome]) -> None:
        first_retry = self._context.settings.first_retry_seconds
        while True:
            try:
                await self._write(lambda writing: record_outcomes(writing, outcomes, first_retry))
            except DeskFault as fault:
                log.warning("outcomes wait to be written down", problem=str(fault))
                await asyncio.sleep(FAULT_SECONDS)
            else:
                break
        self._held.difference_update(outcome.job_id for outcome in outcomes)
        self._context.bells.relay.set()

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            try:
                await self._write(self._extend)
            except DeskFault as fault:
                log.warning("leases could not be extended", problem=str(fault))

    def _extend(self, writing: Writing) -> None:
        extend_leases(writing, list(self._held), LEASE)

    async def _give_back(self, job: ClaimedJob) -> None:
        """Lets go of a job that was claimed and not started; where that cannot be written down, its lease runs out."""
        self._held.discard(job.job.id)
        try:
            await self._write(lambda writing: release_jobs(writing, [job.job.id]))
        except DeskFault as fault:
            log.warning("a job could not be given back", problem=str(fault))

    async def _stop(self, parts: Sequence[asyncio.Task[None]]) -> None:
        """Stops sending at once: what was cut off is sent again under its ``uuid`` by whoever comes next."""
        for task in (*self._sending, *parts):
            task.cancel()
        await asyncio.gather(*self._sending, *parts, return_exceptions=True)
        if outcomes := self._waiting_outcomes():
            await self._record_all(outcomes)
        await self._write(lambda writing: release(writing, self._context.owner))

    async def _write(self, work: Callable[[Writing], object]) -> None:
        def transaction() -> None:
            with self._context.database.write() as writing:
                work(writing)

        await self._context.run(transaction)
