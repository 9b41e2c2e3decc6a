"""Arrivals of the same moment share a transaction: eight phones at once cost one commit, not eight."""

import asyncio
from collections.abc import Sequence

from pruvan_desk.operations.intake import Arrival, receive_items
from pruvan_desk.sync.context import EngineContext

Waiting = tuple[Arrival, "asyncio.Future[None]"]


class Arrivals:
    """Takes arrivals in, in the order they came; each caller is answered only when its own is durable."""

    def __init__(self, context: EngineContext) -> None:
        self._context = context
        self._waiting: list[Waiting] = []
        self._taking: asyncio.Task[None] | None = None

    async def take(self, arrival: Arrival) -> None:
        """Returns when ``arrival`` is durable. Raises what kept it from being so."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, done))
        if self._taking is None:
            self._taking = asyncio.create_task(self._take_all())
        await done

    async def _take_all(self) -> None:
        """While anything waits: all of it together; what came meanwhile is next."""
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                if not await self._together(batch):
                    for waiting in batch:  # one of them is at fault: the others must not suffer
                        await self._alone(waiting)
                self._context.bells.relay.set()
                self._context.bells.inspector.set()
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
