"""Whether there is a network: order sources that cannot be reached are asked for again every few seconds, by a bare connection.

Offline is a state and no error: work goes on, the queue grows, and moves by itself as soon as a connection can be made. A
computer that was asleep finds its old connections dead: they are given up at once.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.core.logs import logger
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.sources import OrderSources

log = logger(__name__)
PROBE_SECONDS = 2.0
CONNECT_SECONDS = 3.0
ASLEEP_SECONDS = 20.0
"""The clock on the wall went on by so much more than ours: the computer was asleep."""
Back = Callable[[frozenset[int], bool], None]
"""The integrations that can be reached again, and whether the computer was asleep."""


@dataclass
class Drift:
    """Tells a sleep by two clocks: one of them stands still, or a pause lasted far longer than it was to."""

    wall: float
    steady: float

    def was_asleep(self, wall: float, steady: float, planned: float) -> bool:
        """Whether the computer slept since the last call, which planned to pause for ``planned`` seconds."""
        passed = max(wall - self.wall, steady - self.steady)
        self.wall, self.steady = wall, steady
        return passed > planned + ASLEEP_SECONDS


class Reach:
    """One for each engine."""

    def __init__(self, context: EngineContext, sources: OrderSources) -> None:
        self._context = context
        self._sources = sources
        self._offline: set[int] = set()
        self.listeners: list[Back] = []
        """Called, on the loop, when order sources can be reached again, or the computer woke up."""

    @property
    def offline(self) -> frozenset[int]:
        """The integrations whose order source cannot be reached."""
        return frozenset(self._offline)

    def lost(self, integration_id: int) -> None:
        """There was no network on the way to an order source."""
        if integration_id not in self._offline:
            log.info("offline", integration=integration_id)
            self._offline.add(integration_id)

    def forget(self, integration_ids: frozenset[int]) -> None:
        """These were changed, perhaps their address: they are simply tried."""
        self._offline -= integration_ids

    async def run(self) -> None:
        """Probes until cancelled."""
        drift = Drift(self._context.clock.now().timestamp(), self._context.clock.monotonic())
        while True:
            await asyncio.sleep(PROBE_SECONDS)
            now = self._context.clock.now().timestamp()
            if drift.was_asleep(now, self._context.clock.monotonic(), PROBE_SECONDS):
                log.info("the computer was asleep")
                self._regained(set(self._offline), woke=True)
            if self._offline:
                await self.probe()

    async def probe(self) -> None:
        """Asks once for every order source that could not be reached."""
        lost = list(self._offline)
        reached = await asyncio.gather(*(self._can_reach(integration_id) for integration_id in lost))
        self._regained({integration_id for integration_id, found in zip(lost, reached, strict=True) if found})

    async def _can_reach(self, integration_id: int) -> bool:
        try:
            source = await self._sources.get(integration_id)
            await asyncio.wait_for(_connect(*source.way), CONNECT_SECONDS)
        except (OSError, TimeoutError):
            return False
        except PruvanDeskError:  # not a matter of the network: whoever tries next says so
            return True
        return True

    def _regained(self, integration_ids: set[int], *, woke: bool = False) -> None:
        if not integration_ids and not woke:
            return
        for integration_id in integration_ids:
            log.info("online again", integration=integration_id)
        self._offline -= integration_ids
        for listener in self.listeners:
            listener(frozenset(integration_ids), woke)


async def _connect(host: str, port: int) -> None:
    _reader, writer = await asyncio.open_connection(host, port)
    writer.close()
