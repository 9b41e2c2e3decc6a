"""The engine: gateway, relay, inspector and scheduler on one loop, until it is asked to stop."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Any

from pruvan_desk.core.clock import SystemClock
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.lock import EngineLock
from pruvan_desk.core.logs import logger
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import SecretStore
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.models import EngineState
from pruvan_desk.store.opening import open_database
from pruvan_desk.store.thumbnails import ThumbnailCache
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.gateway.server import FieldGateway
from pruvan_desk.sync.inspector import Inspector
from pruvan_desk.sync.relay import Relay
from pruvan_desk.sync.scheduler import Scheduler
from pruvan_desk.sync.sources import OrderSources

log = logger(__name__)
HEARTBEAT_SECONDS = 5.0


class Engine:
    """One engine of one data folder."""

    def __init__(self, folder: DataFolder, secrets: SecretStore) -> None:
        self._folder = folder
        self._secrets = secrets
        self._lock = EngineLock(folder.engine_lock)

    async def run(self, stop: asyncio.Event, started: Callable[[str], None]) -> None:
        """Works until ``stop`` is set; ``started`` gets the gateway's address once it listens.

        Raises :class:`DeskFault` when the folder is in use or cannot be opened. On the way out nothing stays half-claimed.
        """
        self._folder.create()
        self._lock.acquire()
        try:
            context = self._open()
            try:
                await self._work(context, stop, started)
            finally:
                context.thumbnails.close()
                context.database.close()
        finally:
            self._lock.release()

    def _open(self) -> EngineContext:
        clock = SystemClock()
        database = open_database(self._folder, clock)
        files = PhotoFiles(self._folder.photos)
        if leftovers := files.remove_leftovers():
            log.info("removed files that never finished arriving", count=leftovers)
        context = EngineContext(
            folder=self._folder,
            database=database,
            files=files,
            thumbnails=ThumbnailCache(self._folder.thumbnails),
            secrets=self._secrets,
            clock=clock,
            owner=f"engine-{os.getpid()}",
        )
        context.reload_settings()
        return context

    async def _work(self, context: EngineContext, stop: asyncio.Event, started: Callable[[str], None]) -> None:
        sources = OrderSources(context)
        listening: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        parts: dict[str, Coroutine[Any, Any, None]] = {
            "gateway": FieldGateway(context).run(listening.set_result),
            "relay": Relay(context, sources).run(),
            "inspector": Inspector(context).run(),
            "scheduler": Scheduler(context, sources).run(),
            "heartbeat": self._beat(context, listening, started),
        }
        tasks = [asyncio.create_task(part, name=name) for name, part in parts.items()]
        stopped = asyncio.create_task(stop.wait(), name="stop")
        try:
            done, _ = await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopped}:
                log.error("a part of the engine ended", part=task.get_name(), exc_info=task.exception())
                await task
        finally:
            stopped.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await sources.close()
            await context.run(lambda: _say(context, "stopped"))

    async def _beat(
        self, context: EngineContext, listening: "asyncio.Future[str]", started: Callable[[str], None]
    ) -> None:
        """Says, now and then, that the engine is alive and where the gateway listens."""
        url = await listening
        await context.run(lambda: _say(context, "running", url))
        started(url)
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            try:
                await context.run(lambda: _say(context, "running", url))
            except DeskFault as fault:
                log.warning("no sign of life could be written", problem=str(fault))


def _say(context: EngineContext, state: str, gateway_url: str = "") -> None:
    with context.database.write() as writing:
        row = writing.session.get(EngineState, 1)
        if row is None:
            row = EngineState(id=1, process_id=os.getpid(), started_at=writing.now, seen_at=writing.now)
            writing.session.add(row)
        if row.process_id != os.getpid():
            row.started_at = writing.now
        if row.state != state or row.gateway_url != gateway_url:
            writing.changed(settings="engine")
        row.process_id, row.seen_at, row.state, row.gateway_url = os.getpid(), writing.now, state, gateway_url
