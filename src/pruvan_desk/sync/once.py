"""One refresh of some integrations and one emptying of the outbox, without gateway, inspector or clock."""

import asyncio
import contextlib
from collections.abc import Sequence

from sqlalchemy import select

from pruvan_desk.core.errors import PruvanDeskError, UsageError
from pruvan_desk.core.lock import EngineLock
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import SecretStore
from pruvan_desk.domain.statuses import JobState
from pruvan_desk.store.models import Integration, RelayJob
from pruvan_desk.store.outbox import due_lanes
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.engine import open_context
from pruvan_desk.sync.import_run import RefreshJob
from pruvan_desk.sync.reach import Reach
from pruvan_desk.sync.refresh import full_list_is_due, refresh
from pruvan_desk.sync.relay import Relay
from pruvan_desk.sync.scheduler import tidy
from pruvan_desk.sync.sources import OrderSources
from pruvan_desk.sync.stopping import Stop

WHO = "sync"
LOOK_SECONDS = 0.1


async def sync_once(
    folder: DataFolder, secrets: SecretStore, integration_ids: Sequence[int], *, full: bool
) -> list[str]:
    """Refreshes, then sends what is due, each thing once. Answers what went wrong, in words.

    Raises :class:`EngineRunningError` when an engine is at work on the folder.
    """
    lock = EngineLock(folder.engine_lock)
    lock.acquire()
    try:
        context = open_context(folder, secrets)
        try:
            return await _work(context, integration_ids, full=full)
        finally:
            context.thumbnails.close()
            context.database.close()
    finally:
        lock.release()


async def _work(context: EngineContext, integration_ids: Sequence[int], *, full: bool) -> list[str]:
    sources = OrderSources(context)
    try:
        with context.database.write() as writing:
            tidy(writing)
        problems = []
        for integration_id in integration_ids:
            try:
                await _refresh(context, sources, integration_id, full=full)
            except PruvanDeskError as error:
                problems.append(str(error))
        await _empty_outbox(context, sources)
        return problems
    finally:
        await sources.close()


async def _refresh(context: EngineContext, sources: OrderSources, integration_id: int, *, full: bool) -> None:
    with context.database.read() as session:
        integration = session.get_one(Integration, integration_id)
    if integration.paused:
        raise UsageError(f"{integration.code} is paused.", "Mend its credentials and validate them first.")
    due = full_list_is_due(integration, context.clock.now(), context.settings.full_list_hours)
    await refresh(context, await sources.get(integration_id), RefreshJob(integration_id, full or due, WHO), Stop())


async def _empty_outbox(context: EngineContext, sources: OrderSources) -> None:
    """Relays until nothing is due that can go: what failed in passing waits for its next try, and is left."""
    reach = Reach(context, sources)
    relay = asyncio.create_task(Relay(context, sources, reach).run())
    try:
        while not relay.done() and await context.run(lambda: _something_moves(context, reach.offline)):
            await asyncio.wait([relay], timeout=LOOK_SECONDS)
    finally:
        relay.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await relay


def _something_moves(context: EngineContext, offline: frozenset[int]) -> bool:
    if context.settings.relay_paused:
        return False
    with context.database.read() as session:
        if session.scalar(select(RelayJob.id).where(RelayJob.state == JobState.LEASED).limit(1)):
            return True
        return any(lane.integration_id not in offline for lane in due_lanes(session, context.clock.now()))
