"""The engine: gateway, relay, inspector and scheduler on one loop, until it is asked to stop."""

import asyncio
import os
from collections.abc import Coroutine
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
from pruvan_desk.sync.caretaker import Caretaker
from pruvan_desk.sync.context import EngineContext, first_of
from pruvan_desk.sync.gateway.server import FieldGateway
from pruvan_desk.sync.hints import HintFinder
from pruvan_desk.sync.inspector import Inspector
from pruvan_desk.sync.reach import Reach
from pruvan_desk.sync.relay import Relay
from pruvan_desk.sync.reporter import Reporter
from pruvan_desk.sync.scheduler import Scheduler
from pruvan_desk.sync.sources import OrderSources
from pruvan_desk.sync.watching.watcher import Watcher

log = logger(__name__)
HEARTBEAT_SECONDS = 5.0


class Engine:
    """One engine of one data folder."""

    def __init__(self, folder: DataFolder, secrets: SecretStore) -> None:
        self._folder = folder
        self._secrets = secrets
        self._lock = EngineLock(folder.engine_lock)

    async def run(self, stop: asyncio.Event) -> None:
        """Works until ``stop`` is set, or somebody asks it to stop by a request.

        Raises :class:`EngineRunningError` when the folder has an engine, :class:`DeskFault` when it cannot be opened. On
        the way out nothing stays half-claimed.
        """
        self._folder.create()
        self._lock.acquire()
        try:
            context = open_context(self._folder, self._secrets)
            try:
                await self._work(context, stop)
            finally:
                context.thumbnails.close()
                context.database.close()
        finally:
            self._lock.release()

    async def _work(self, context: EngineContext, stop: asyncio.Event) -> None:
        sources = OrderSources(context)
        reach = Reach(context, sources)
        relay = Relay(context, sources, reach)
        parts: dict[str, Coroutine[Any, Any, None]] = {
            "gateway": FieldGateway(context).run(),
            "relay": relay.run(),
            "inspector": Inspector(context).run(),
            "hints": HintFinder(context).run(),
            "caretaker": Caretaker(context).run(),
            "scheduler": Scheduler(context, sources, reach).run(),
            "reach": reach.run(),
            "watcher": Watcher(context).run(),
            "reporter": Reporter(context, relay, reach).run(),
            "heartbeat": _beat(context),
        }
        tasks = [asyncio.create_task(part, name=name) for name, part in parts.items()]
        stops = {asyncio.create_task(event.wait(), name="stop") for event in (stop, context.bells.stop)}
        try:
            done, _ = await asyncio.wait([*tasks, *stops], return_when=asyncio.FIRST_COMPLETED)
            for task in done - stops:
                log.error("a part of the engine ended", part=task.get_name())
                await task
        finally:
            for task in [*tasks, *stops]:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await sources.close()
            context.gateway_url = ""
            try:
                await context.run(lambda: _say(context, "stopped"))
            except DeskFault as fault:
                log.warning("the end could not be written down", problem=str(fault))


def open_context(folder: DataFolder, secrets: SecretStore) -> EngineContext:
    """What the parts of an engine share. Raises :class:`DeskFault` when the folder cannot be opened."""
    clock = SystemClock()
    database = open_database(folder, clock)
    files = PhotoFiles(folder.photos)
    if leftovers := files.remove_leftovers():
        log.info("removed files that never finished arriving", count=leftovers)
    context = EngineContext(
        folder=folder,
        database=database,
        files=files,
        thumbnails=ThumbnailCache(folder.thumbnails, mapped=False),
        secrets=secrets,
        clock=clock,
        owner=f"engine-{os.getpid()}",
    )
    context.reload_settings()
    return context


async def _beat(context: EngineContext) -> None:
    """Says, now and then and when the gateway begins to listen, that the engine is alive and where it is reached."""
    while True:
        context.bells.heartbeat.clear()
        try:
            await context.run(lambda: _say(context, "running"))
        except DeskFault as fault:
            log.warning("no sign of life could be written", problem=str(fault))
        await first_of(context.bells.heartbeat, seconds=HEARTBEAT_SECONDS)


def _say(context: EngineContext, state: str) -> None:
    with context.database.write() as writing:
        row = writing.session.get(EngineState, 1)
        if row is None:
            row = EngineState(id=1, process_id=os.getpid(), started_at=writing.now, seen_at=writing.now)
            writing.session.add(row)
        if row.process_id != os.getpid():
            row.started_at = writing.now
        if (row.state, row.gateway_url, row.process_id) != (state, context.gateway_url, os.getpid()):
            writing.changed(settings="engine")
        if state == "stopped":
            row.traffic = {}
        row.process_id, row.seen_at, row.state, row.gateway_url = os.getpid(), writing.now, state, context.gateway_url
