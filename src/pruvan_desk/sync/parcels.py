"""Parcels made a little ahead, several in one go on a thread: no sending waits for the disk, and threads are changed less often."""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import islice

from pruvan_desk.domain.statuses import Destination
from pruvan_desk.store.outbox import ClaimedJob
from pruvan_desk.store.stand_ins import stand_ins
from pruvan_desk.sync.buffers import Buffers
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.packing import Parcel, pack_item
from pruvan_desk.sync.sources import OrderSources

AHEAD, IN_ONE_GO = 8, 4
"""So many are made ahead, at most: they are in memory until they are sent, but for large files. And so many in one go."""


class Parcels:
    """One for each engine."""

    def __init__(self, context: EngineContext, sources: OrderSources) -> None:
        self._context, self._sources = context, sources
        self._buffers = Buffers()
        self._made: dict[int, asyncio.Future[Parcel]] = {}
        """By the job's id: those that were made ahead, or are being made."""
        self._packing: set[asyncio.Task[None]] = set()

    async def of(self, job: ClaimedJob) -> Parcel:
        """The parcel of an item's job. Raises what :func:`pack_item` does."""
        if job.job.id not in self._made:
            self._make([job])
        return await self._made.pop(job.job.id)

    def prepare(self, coming: Iterable[ClaimedJob]) -> None:
        """Makes the next few, once the one that comes first is not made yet, or enough for one go."""
        packed = [job for job in islice(coming, AHEAD) if job.item and job.job.destination == Destination.CLIENT]
        missing = [job for job in packed if job.job.id not in self._made]
        if missing and (missing[0] is packed[0] or len(missing) >= IN_ONE_GO):
            for start in range(0, len(missing), IN_ONE_GO):
                self._make(missing[start : start + IN_ONE_GO])

    def forget(self, job_id: int) -> None:
        """A job is not sent now; by the time it is, its item may have changed."""
        made = self._made.pop(job_id, None)
        if made is not None and not made.cancel() and made.exception() is None:
            self.give_back(made.result())

    def give_back(self, parcel: Parcel) -> None:
        """Nobody needs it any more: its memory serves for the next."""
        if parcel.file is not None and isinstance(parcel.file.content, memoryview):
            self._buffers.give_back(parcel.file.content)

    def rest(self) -> None:
        """Nothing is under way now: memory goes back to the system."""
        self._buffers.clear()

    def pack(self, job: ClaimedJob) -> Parcel:
        """The parcel, here and now. Blocking."""
        code = self._sources.code(job.project.integration_id)
        if job.item is None or job.item.survey is None:
            return pack_item(self._context.files, job, code, buffers=self._buffers)
        with self._context.database.read() as session:
            others = stand_ins(session, [job.project.id], Destination(job.job.destination))
        return pack_item(self._context.files, job, code, others=others)

    def _make(self, jobs: Sequence[ClaimedJob]) -> None:
        loop = asyncio.get_running_loop()
        places = [loop.create_future() for _ in jobs]
        self._made.update((job.job.id, place) for job, place in zip(jobs, places, strict=True))
        task = loop.create_task(self._pack_all(jobs, places))
        self._packing.add(task)
        task.add_done_callback(self._packing.discard)

    async def _pack_all(self, jobs: Sequence[ClaimedJob], places: Sequence["asyncio.Future[Parcel]"]) -> None:
        made = await self._context.run(lambda: [self._packed(job) for job in jobs])
        for place, parcel in zip(places, made, strict=True):
            if place.done():
                if isinstance(parcel, Parcel):
                    self.give_back(parcel)  # forgotten meanwhile
            elif isinstance(parcel, Parcel):
                place.set_result(parcel)
            else:
                place.set_exception(parcel)

    def _packed(self, job: ClaimedJob) -> Parcel | Exception:
        try:
            return self.pack(job)
        except Exception as error:  # noqa: BLE001 - handed to the sending, which tells our errors from bugs
            return error
