"""Looks after what is kept: at the start, and every few hours, whether every original and its thumbnail are there.

What was deleted more than 30 days ago loses its file here.
"""

import asyncio
from functools import partial

from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.logs import logger
from pruvan_desk.operations.originals import look_after, put_right
from pruvan_desk.operations.purging import finish_purge, purge_deleted
from pruvan_desk.sync.context import EngineContext

log = logger(__name__)

FIRST_SECONDS = 5.0
"""After the start: first come orders and photos."""
EVERY_SECONDS = 6 * 3600.0
AT_ONCE = 200
PAUSE_SECONDS = 0.02
"""Between two looks, so that 100,000 photos are gone through without anybody noticing."""


class Caretaker:
    """Goes through all items, a few at a time."""

    def __init__(self, context: EngineContext) -> None:
        self._context = context

    async def run(self) -> None:
        """Looks after the originals until cancelled."""
        await asyncio.sleep(FIRST_SECONDS)
        while True:
            try:
                await self._purge()
                await self._go_round()
            except DeskFault as fault:
                log.warning("the originals were not looked after", problem=str(fault))
            await asyncio.sleep(EVERY_SECONDS)

    async def _purge(self) -> None:
        context, last = self._context, ""
        await context.run(lambda: finish_purge(context.database, context.files))
        while True:
            last = await context.run(partial(self._purge_some, last))
            if not last:
                return
            await asyncio.sleep(PAUSE_SECONDS)

    def _purge_some(self, after: str) -> str:
        context = self._context
        return purge_deleted(context.database, context.files, context.thumbnails, context.clock.now(), after=after).last

    async def _go_round(self) -> None:
        last: int | None = 0
        while last is not None:
            last = await self._context.run(partial(self._look_at_some, last))
            await asyncio.sleep(PAUSE_SECONDS)

    def _look_at_some(self, after: int) -> int | None:
        """Where the next look begins; ``None`` at the end."""
        context = self._context
        found = look_after(context.database, context.files, context.thumbnails, after, AT_ONCE)
        if found is not None and (found.vanished or found.anew):
            put_right(context.database, found)  # the scheduler hears of the change, and wakes the inspector
        return found.last if found is not None else None
