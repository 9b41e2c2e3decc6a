"""The relay: takes jobs out of the outbox by lease, sends them, and records each outcome.

At least once: a job is done only when the receiver said so. The item's ``uuid`` makes it once at the receiver.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial
from itertools import chain

from pruvan_desk.core.errors import (
    DeskFault,
    IntegrationError,
    ItemError,
    OfflineError,
    PruvanDeskError,
    TransientError,
)
from pruvan_desk.core.logs import logger
from pruvan_desk.domain.pace import Pace
from pruvan_desk.domain.statuses import Destination
from pruvan_desk.store.database import Writing
from pruvan_desk.store.outbox import ClaimedJob as Job
from pruvan_desk.store.outbox import LaneKey, claim, due_lanes, extend_leases, hurry, next_due, release, release_jobs
from pruvan_desk.sync.context import EngineContext, first_of
from pruvan_desk.sync.lanes import CLAIMED_AHEAD, Lane, Sending
from pruvan_desk.sync.outcomes import Outcome, record_outcomes
from pruvan_desk.sync.reach import Reach
from pruvan_desk.sync.sender import Sender
from pruvan_desk.sync.sources import OrderSources
from pruvan_desk.sync.transfer import Meter, Transfer

log = logger(__name__)

LEASE = timedelta(seconds=120)
HEARTBEAT_SECONDS = 30.0
IDLE_SECONDS = 5.0
FAULT_SECONDS = 5.0
LOOK_SECONDS = 0.5
"""While a lane has enough to do, the queue is looked at no more often than this: other lanes may have got something."""
BLOCKED_SECONDS = 1.0
"""Something is due and cannot go now: its lane is full, at rest, or without a network."""
RECORD_RESTS, LONGEST_REST = 8.0, 0.1
"""An outcome is written down at once; while others are under way, the next are gathered for so many times as long as that took,
and no longer than so many seconds: one transaction for many, and few answers that a crash could take.
"""
ANSWER_SECONDS = 2.0
"""At the end, what has gone out whole may still be answered for so long: else it would have to go out twice."""
DOWNLOADS_AT_ONCE = 2


class Relay:
    """Keeps as many sendings under way in each lane as its receiver takes well, while anything is due."""

    def __init__(self, context: EngineContext, sources: OrderSources, reach: Reach) -> None:
        self._context = context
        self._sources = sources
        self._reach = reach
        self._sender = Sender(context, sources)
        self.meter = Meter(context.clock)
        self.lanes: dict[LaneKey, Lane] = {}
        self._looked_at = float("-inf")
        self.done = 0
        """How many jobs have ended well."""
        self.fault = ""
        """What keeps outcomes from being written down; empty when nothing does."""
        self._ended: asyncio.Queue[Outcome | Job] = asyncio.Queue()
        """Outcomes; and jobs that go back into the queue as they were."""
        self._recording: Sequence[Outcome | Job] = ()
        self._quiet = asyncio.Event()
        """Nothing is under way any more: there is nothing to wait for before the outcomes are written down."""
        self._back: asyncio.Queue[tuple[frozenset[int], bool]] = asyncio.Queue()
        reach.listeners.append(lambda ids, woke: self._back.put_nowait((ids, woke)))

    async def run(self) -> None:
        """Relays until cancelled; then lets go of what was not sent."""
        await self._context.insist(lambda: self._transaction(release))
        parts = [self._dispatch_forever(), self._record_forever(), self._keep_leases(), self._resume_forever()]
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            await asyncio.gather(*tasks)
        finally:
            await self._stop(tasks)

    async def _dispatch_forever(self) -> None:
        """Claims ahead of the sending, lane by lane; stops everything while somebody wants it paused."""
        bell = self._context.bells.relay
        while True:
            bell.clear()
            seconds = IDLE_SECONDS
            try:
                if self._context.settings.relay_paused:
                    self._halt()
                elif not self.fault:
                    seconds = await self._fill_lanes()
            except DeskFault as fault:
                log.warning("the relay waits", problem=str(fault))
                seconds = FAULT_SECONDS
            await first_of(bell, seconds=seconds)

    async def _fill_lanes(self) -> float:
        """Claims what there is room for, and starts it. Answers the seconds until there may be more to do."""
        self.meter.bucket.rate = self._context.settings.bandwidth_mbit * 125_000
        for lane in self.lanes.values():
            lane.pace.ceiling = self._ceiling(lane.key)
            if self._is_offline(lane.key):
                self._put_back(lane.give_back())
        now = self._context.clock.monotonic()
        if now < self._looked_at + LOOK_SECONDS and any(
            lane.waiting and not lane.room(now) for lane in self.lanes.values()
        ):
            return LOOK_SECONDS
        self._looked_at = now
        jobs, seconds, more = await self._context.run(self._claim)
        if self._context.settings.relay_paused:
            self._put_back(jobs)
            return 0.0
        for job in jobs:
            self._lane(LaneKey(job.job.integration_id, job.job.destination)).waiting.append(job)
        for lane in self.lanes.values():
            lane.more = lane.key in more
            self._start(lane)
        return seconds

    def _claim(self) -> tuple[list[Job], float, set[LaneKey]]:
        """What was claimed, the seconds until more may be due, and the lanes of which as much as there was room for was due."""
        clock = self._context.clock
        with self._context.database.read() as session:
            lanes = due_lanes(session, clock.now())
            due = next_due(session)
        room = {key: self._room(key) for key in lanes if not self._is_offline(key)}
        jobs: dict[LaneKey, list[Job]] = {key: [] for key in room}
        if any(room.values()):
            with self._context.database.write() as writing:
                for key, limit in room.items():
                    if limit:
                        jobs[key] = claim(writing, self._context.owner, limit, LEASE, key)
        more = {key for key, limit in room.items() if len(jobs[key]) == limit}
        wait = (due - clock.now()).total_seconds() if due is not None else IDLE_SECONDS
        return list(chain(*jobs.values())), min(IDLE_SECONDS, wait if wait > 0 else BLOCKED_SECONDS), more

    def _room(self, key: LaneKey) -> int:
        lane = self.lanes.get(key)
        return lane.room(self._context.clock.monotonic()) if lane is not None else CLAIMED_AHEAD

    def _lane(self, key: LaneKey) -> Lane:
        if key not in self.lanes:
            self.lanes[key] = Lane(key, Pace(self._ceiling(key)))
        return self.lanes[key]

    def _ceiling(self, key: LaneKey) -> int:
        return self._context.settings.relay_at_once if key.destination == Destination.CLIENT else DOWNLOADS_AT_ONCE

    def _is_offline(self, key: LaneKey) -> bool:
        return key.destination == Destination.CLIENT and key.integration_id in self._reach.offline

    def _start(self, lane: Lane) -> None:
        """Begins what may begin."""
        if self._context.settings.relay_paused or self.fault:
            return
        starting = lane.startable()
        self._sender.parcels.prepare(chain(starting, lane.waiting))
        for job in starting:
            transfer = Transfer(self.meter)
            task = asyncio.create_task(self._send(lane, job, transfer))
            lane.sending[job.job.id] = Sending(job, transfer, task)
            task.add_done_callback(partial(self._sent, lane, job))

    async def _send(self, lane: Lane, job: Job, transfer: Transfer) -> None:
        began = self._context.clock.monotonic()
        try:
            outcome = await self._sender.send(job, transfer)
        except PruvanDeskError as error:
            outcome = Outcome(job.job.id, error)
            self._take_trouble(lane, error, began)
        else:
            self.done += 1
            lane.pace.went_well(began, self._context.clock.monotonic(), transfer.total)
        self._ended.put_nowait(outcome)

    def _take_trouble(self, lane: Lane, error: PruvanDeskError, began: float) -> None:
        """What an error means for the others of its lane."""
        now = self._context.clock.monotonic()
        if isinstance(error, OfflineError):
            self._reach.lost(lane.key.integration_id)
            self._put_back(lane.give_back())
        elif isinstance(error, TransientError):
            lane.pace.went_wrong(began, now)
        elif isinstance(error, IntegrationError):
            self._put_back(lane.give_back())
        elif isinstance(error, DeskFault):
            self._put_back(lane.rest(now + FAULT_SECONDS, error.title))

    def _sent(self, lane: Lane, job: Job, task: asyncio.Task[None]) -> None:
        """Frees the slot. What is not one of our errors is a bug: shown as one, and the job is parked, not lost."""
        lane.sending.pop(job.job.id, None)
        if task.cancelled():
            self._put_back([job])
        elif (bug := task.exception()) is not None:
            log.error("bug while sending", job=job.job.id, exc_info=bug)
            words = ItemError(f"A fault in Pruvan Desk: {type(bug).__name__}.", "Please report it with the log.")
            self._ended.put_nowait(Outcome(job.job.id, words))
        self._start(lane)
        if not any(each.sending for each in self.lanes.values()):
            self._quiet.set()
            self._sender.parcels.rest()
        if lane.more and lane.room(self._context.clock.monotonic()) > 0:
            self._context.bells.relay.set()

    def _halt(self) -> None:
        """Nothing more goes out. What has gone out whole may still be answered; the rest goes back into the queue."""
        for lane in self.lanes.values():
            self._put_back(lane.give_back())
            for sending in lane.sending.values():
                if not sending.transfer.said:
                    sending.task.cancel()

    def _put_back(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            self._sender.parcels.forget(job.job.id)
            self._ended.put_nowait(job)

    async def _resume_forever(self) -> None:
        """The network is back: what waits for a next try goes now. After a sleep what was under way begins anew, too.

        Its connections are dead then, though nothing says so.
        """
        while True:
            integration_ids, woke = await self._back.get()
            if woke:
                for sending in [each for lane in self.lanes.values() for each in lane.sending.values()]:
                    sending.task.cancel()
                await self._sources.close()
            try:
                await self._write(partial(hurry, integration_ids=None if woke else integration_ids))
            except DeskFault as fault:
                log.warning("what waits could not be hurried", problem=str(fault))
            self._context.bells.relay.set()

    async def _record_forever(self) -> None:
        """Writes outcomes down, those of a moment in one transaction. A full disk delays it, and loses none."""
        clock = self._context.clock
        while True:
            self._recording = [await self._ended.get()]
            began = clock.monotonic()
            await self._record_all()
            if any(lane.sending for lane in self.lanes.values()):
                self._quiet.clear()
                await first_of(self._quiet, seconds=min(LONGEST_REST, RECORD_RESTS * (clock.monotonic() - began)))

    async def _record_all(self) -> None:
        self._recording = [*self._recording, *(self._ended.get_nowait() for _ in range(self._ended.qsize()))]
        while True:
            try:
                await self._write(self._record)
            except DeskFault as fault:
                self.fault = fault.title
                log.warning("outcomes wait to be written down", problem=str(fault))
                await asyncio.sleep(FAULT_SECONDS)
            else:
                break
        self.fault, self._recording = "", ()
        self._context.bells.relay.set()
        self._context.recorded.strike()

    def _record(self, writing: Writing) -> None:
        outcomes = [each for each in self._recording if isinstance(each, Outcome)]
        record_outcomes(writing, outcomes, self._context.settings.first_retry_seconds, self._context.owner)
        if back := [each.job.id for each in self._recording if isinstance(each, Job)]:
            release_jobs(writing, back)

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            held = [job.job.id for lane in self.lanes.values() for job in lane.waiting]
            held += [job_id for lane in self.lanes.values() for job_id in lane.sending]
            held += [each.job_id if isinstance(each, Outcome) else each.job.id for each in self._recording]
            try:
                await self._write(partial(extend_leases, job_ids=held, lease=LEASE))
            except DeskFault as fault:
                log.warning("leases could not be extended", problem=str(fault))

    async def _stop(self, parts: Sequence[asyncio.Task[None]]) -> None:
        """Stops sending at once: what was cut off is sent again under its ``uuid`` by whoever comes next."""
        for task in parts:
            task.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
        self._halt()
        left = [sending.task for lane in self.lanes.values() for sending in lane.sending.values()]
        if left:
            await asyncio.wait(left, timeout=ANSWER_SECONDS)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):  # a disk that is full now may be so for hours
                if self._recording or not self._ended.empty():
                    await self._record_all()
                await self._write(lambda writing: release(writing, self._context.owner))
        except (DeskFault, TimeoutError) as fault:
            log.warning("what was being sent could not be written down; it is sent again", problem=str(fault))

    async def _write(self, work: Callable[[Writing], object]) -> None:
        await self._context.run(lambda: self._transaction(work))

    def _transaction(self, work: Callable[[Writing], object]) -> None:
        with self._context.database.write() as writing:
            work(writing)
