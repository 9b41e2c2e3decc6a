"""Asks an order source what it has, compares it with what was published, and leaves the answer with the request.

The call ``getItems`` is ours: ``{"workOrders": ["4711", …]}`` with the credentials, answered by ``{"error": "", "items":
[{"uuid", "workOrderNumber", "task", "evidenceType", "sha256"}, …]}``; all but the ``uuid`` may be left out. A system that
does not know it cannot be asked, and the answer says so.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.core.logs import logger
from pruvan_desk.domain.destinations import read_destinations
from pruvan_desk.domain.reconcile import Confirmed, Difference, Published, differences
from pruvan_desk.domain.statuses import Destination, ItemState
from pruvan_desk.store.models import Item, Project, Request
from pruvan_desk.store.outbox import chunks
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.sources import OrderSources
from pruvan_desk.wire.values import JsonObject, read_text

log = logger(__name__)
ORDERS_AT_ONCE = 200
TOLD = 1000
"""So many differences are told; there is a count of all."""


class Reconciling:
    """Comparisons under way, each in a task of its own."""

    def __init__(self, context: EngineContext, sources: OrderSources) -> None:
        self._context = context
        self._sources = sources
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, request: Request) -> None:
        """Begins what a request asks for."""
        task = asyncio.create_task(self._work(request.id, request.body), name=f"reconcile-{request.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Breaks off what is under way; the next engine begins it anew."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work(self, request_id: int, body: JsonObject) -> None:
        try:
            answer = await self._compare(int(body["integration_id"]), body.get("project_id"))
        except PruvanDeskError as error:
            answer = {"problem": str(error)}
        await self._context.insist(lambda: self._answer(request_id, answer))

    async def _compare(self, integration_id: int, project_id: int | None) -> JsonObject:
        source = await self._sources.get(integration_id)
        published = await self._context.run(lambda: self._published(integration_id, project_id))
        numbers = sorted({item.number for item in published})
        confirmed: list[Confirmed] = []
        for some in chunks(numbers, ORDERS_AT_ONCE):
            confirmed += [item for told in await source.get_items(some) if (item := _confirmed(told))]
        return await self._context.run(lambda: self._judged(published, confirmed))

    def _published(self, integration_id: int, project_id: int | None) -> list[Published]:
        with self._context.database.read() as session:
            return published_items(session, integration_id, project_id)

    def _judged(self, published: Sequence[Published], confirmed: Sequence[Confirmed]) -> JsonObject:
        uuids = [item.uuid for item in confirmed]
        known: dict[str, int] = {}
        with self._context.database.read() as session:
            for some in chunks(uuids):
                rows = session.execute(select(Item.uuid, Item.id).where(Item.uuid.in_(some)))
                known.update((row.uuid, row.id) for row in rows)
        found = differences(published, confirmed, known)
        return {"compared": len(published), "count": len(found), "differences": [_told(each) for each in found[:TOLD]]}

    def _answer(self, request_id: int, answer: JsonObject) -> None:
        with self._context.database.write() as writing:
            row = writing.session.get_one(Request, request_id)
            row.done_at, row.answer = writing.now, json.dumps(answer, ensure_ascii=False)
            writing.changed(requests=row.id)


def published_items(session: Session, integration_id: int, project_id: int | None = None) -> list[Published]:
    """What Desk says it published to the client of an integration, in one of its projects or in all."""
    wanted = (
        select(Item.id, Item.uuid, Project.number, Item.task, Item.evidence_type, Item.sent_sha256, Item.destinations)
        .join(Project, Project.id == Item.project_id)
        .where(Project.integration_id == integration_id, Item.state == ItemState.PUBLISHED)
        .order_by(Item.id)
    )
    if project_id is not None:
        wanted = wanted.where(Project.id == project_id)
    return [
        Published(row.id, row.uuid, row.number, row.task, row.evidence_type, row.sent_sha256)
        for row in session.execute(wanted)
        if Destination.CLIENT in read_destinations(row.destinations)
    ]


def _confirmed(told: JsonObject) -> Confirmed | None:
    uuid = _text(told, "uuid")
    names = ("workOrderNumber", "task", "evidenceType", "sha256")
    return Confirmed(uuid, *(_text(told, name) for name in names)) if uuid else None


def _text(told: JsonObject, name: str) -> str:
    try:
        return read_text(told.get(name)) or ""
    except ValueError:
        return ""


def _told(difference: Difference) -> dict[str, Any]:
    return {
        "kind": difference.kind.value,
        "item_id": difference.item_id,
        "uuid": difference.uuid,
        "words": difference.words,
    }
