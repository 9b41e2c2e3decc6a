"""What the parts of the engine share, made once by the process that runs them."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from pruvan_desk.core.clock import Clock
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.logs import logger
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import SecretStore
from pruvan_desk.core.settings import Settings
from pruvan_desk.store.database import Database
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.settings import read_settings
from pruvan_desk.store.thumbnails import ThumbnailCache

log = logger(__name__)
Result = TypeVar("Result")
AGAIN_SECONDS = 5.0
BETWEEN_SECONDS = 0.5
"""So long a phone may take, at most, from one upload to the next."""


@dataclass
class Bells:
    """What wakes a part of the engine: rung when there may be work for it."""

    relay: asyncio.Event = field(default_factory=asyncio.Event)
    inspector: asyncio.Event = field(default_factory=asyncio.Event)
    hints: asyncio.Event = field(default_factory=asyncio.Event)
    heartbeat: asyncio.Event = field(default_factory=asyncio.Event)
    gateway: asyncio.Event = field(default_factory=asyncio.Event)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Somebody asked the engine to stop, by a request."""
    watch: asyncio.Event = field(default_factory=asyncio.Event)


class Gong:
    """Wakes all who wait for it, each time it is struck."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def strike(self) -> None:
        """Wakes those who wait now."""
        struck, self._next = self._next, asyncio.Event()
        struck.set()

    async def wait(self, seconds: float) -> None:
        """Returns when it is struck, or after ``seconds``."""
        await first_of(self._next, seconds=seconds)


@dataclass
class EngineContext:
    """The store, the secrets, the clock, the settings as last read, and the bells."""

    folder: DataFolder
    database: Database
    files: PhotoFiles
    thumbnails: ThumbnailCache
    secrets: SecretStore
    clock: Clock
    owner: str
    """Names this engine in the leases it takes."""
    settings: Settings = field(default_factory=Settings)
    gateway_url: str = ""
    """Where phones reach the field gateway; empty while it does not listen."""
    bells: Bells = field(default_factory=Bells)
    recorded: Gong = field(default_factory=Gong)
    """Struck when outcomes of sendings have been written down."""
    rescans: set[int] = field(default_factory=set)
    """Watch folders that somebody wants looked through now."""
    taking: set[int] = field(default_factory=set)
    """Watch folders whose files are being taken in right now."""
    uploads: int = 0
    """Uploads that the gateway is taking right now."""
    uploaded: int = 0
    """Those that have ended since the start."""
    uploaded_at: float = float("-inf")
    """When the last of them ended, by the clock's seconds."""
    inspecting: bool = False
    """Whether files are being inspected: what needs their thumbnails anyway gives way."""

    @property
    def arriving(self) -> int:
        """Uploads and watch folders from which items come right now: what can wait gives way to them.

        Phones that have just been answered send their next photo in a moment: until then they count for one.
        """
        lately = self.clock.monotonic() < self.uploaded_at + BETWEEN_SECONDS
        return max(self.uploads + len(self.taking), int(lately))

    @contextmanager
    def uploading(self) -> Iterator[None]:
        """While the gateway takes an upload."""
        self.uploads += 1
        try:
            yield
        finally:
            self.uploads -= 1
            self.uploaded += 1
            self.uploaded_at = self.clock.monotonic()

    async def run(self, work: Callable[[], Result]) -> Result:
        """Runs blocking work on a thread, away from the loop."""
        return await asyncio.get_running_loop().run_in_executor(None, work)

    async def insist(self, work: Callable[[], Result]) -> Result:
        """As :meth:`run`, again every few seconds while disk or database refuse it: that is no reason for an engine to end."""
        while True:
            try:
                return await self.run(work)
            except DeskFault as fault:
                log.warning("the engine waits", problem=str(fault))
                await asyncio.sleep(AGAIN_SECONDS)

    def reload_settings(self) -> None:
        """Reads the settings again, after somebody changed one. Blocking."""
        with self.database.read() as session:
            self.settings = read_settings(session)


async def first_of(*events: asyncio.Event, seconds: float) -> None:
    """Returns when one of ``events`` is set, or after ``seconds``."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
