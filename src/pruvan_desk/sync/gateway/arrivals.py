"""Arrivals of the same moment share a transaction: eight phones at once cost one commit, not eight."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from pruvan_desk.operations.intake import Arrival, receive_items
from pruvan_desk.sync.context import EngineContext, first_of
from pruvan_desk.sync.gateway.uploads import Upload

Waiting = tuple[Arrival, "asyncio.Future[None]"]
KEPT_AT_ONCE = 8
"""Files that are made durable at the same time: that is waiting for the disk, mostly, which serves several as fast as one."""
GATHER_SECONDS = 0.01
"""So long arrivals wait, at most, for those whose files are being made durable at this moment."""
HELD_TOGETHER = 16 << 20
"""Bytes of files that all uploads in hand may hold in memory, each its share."""


class Arrivals:
    """Takes arrivals in, in the order they came; each caller is answered only when its own is durable."""

    def __init__(self, context: EngineContext) -> None:
        self._context = context
        self._threads = ThreadPoolExecutor(KEPT_AT_ONCE, thread_name_prefix="arrivals")
        """Their own, so that no other work of the engine stands in line behind the files of many phones."""
        self._keeping = 0
        self._kept = asyncio.Event()
        """Nothing is being made durable at this moment."""
        self._waiting: list[Waiting] = []
        self._taking: asyncio.Task[None] | None = None

    async def take(self, accept: Callable[[], Arrival]) -> Arrival:
        """What ``accept`` answers, which blocks until its bytes are durable, once its row is, too. Raises what kept it from being so."""
        loop = asyncio.get_running_loop()
        self._keeping += 1
        try:
            arrival = await loop.run_in_executor(self._threads, accept)
        finally:
            self._keeping -= 1
            if not self._keeping:
                self._kept.set()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((arrival, done))
        if self._taking is None:
            self._taking = asyncio.create_task(self._take_all())
        await done
        return arrival

    async def spill(self, upload: Upload) -> None:
        """Writes what an upload holds of its file, once that is more than its share. Raises :class:`DeskFault`."""
        if upload.held > HELD_TOGETHER // max(1, self._context.uploads):
            await asyncio.get_running_loop().run_in_executor(self._threads, upload.write, self._context.files)

    def close(self) -> None:
        """Takes nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _take_all(self) -> None:
        """While anything waits: all of it together; what came meanwhile is next."""
        try:
            while self._waiting:
                if self._keeping:
                    self._kept.clear()
                    await first_of(self._kept, seconds=GATHER_SECONDS)
                batch, self._waiting = self._waiting, []
                if not await self._together(batch):
                    for waiting in batch:  # one of them is at fault: the others must not suffer
                        await self._alone(waiting)
        finally:
            self._taking = None

    async def _together(self, batch: Sequence[Waiting]) -> bool:
        if len(batch) == 1 or await self._failure([arrival for arrival, _ in batch]) is not None:
            return False
        for _, done in batch:
            _settle(done, None)
        return True

    async def _alone(self, waiting: Waiting) -> None:
        arrival, done = waiting
        _settle(done, await self._failure([arrival]))

    async def _failure(self, arrivals: Sequence[Arrival]) -> BaseException | None:
        """Takes them in. Answers what went wrong, whatever it was: somebody waits for an answer."""
        taking = asyncio.ensure_future(self._context.run(lambda: receive_items(self._context.database, arrivals)))
        await asyncio.wait([taking])
        return taking.exception()


def _settle(done: "asyncio.Future[None]", error: BaseException | None) -> None:
    if done.done():  # the caller hung up; what it sent is kept all the same
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
