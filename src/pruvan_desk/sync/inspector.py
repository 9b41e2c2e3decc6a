"""Looks into every file that arrived: facts, faults and thumbnails, away from the window, in the order they came."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Integer, bindparam, select

from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.logs import logger
from pruvan_desk.imaging.inspect import Inspection
from pruvan_desk.imaging.thumbnails import Examined, examine
from pruvan_desk.store.alerts import raise_alert, solve_alert
from pruvan_desk.store.database import Writing
from pruvan_desk.store.models import Item
from pruvan_desk.sync.context import EngineContext, first_of

log = logger(__name__)

AT_ONCE = 32
WHILE_BUSY = 1
LEISURE = 1.0
"""This much pause for each second of work and each upload that ended meanwhile, or folder that files are taken from: phones that send
quickly need the processors themselves, those on a slow line leave them free, however many they are.
"""
LONGEST_REST = 1.0
IDLE_SECONDS = 5.0
ALERT = "inspection"
UNINSPECTED = (
    select(Item.id, Item.revision, Item.sha256, Item.extension)
    .where(Item.inspected.is_(False))
    .order_by(Item.id)
    .limit(bindparam("most", type_=Integer))
)
"""Put together once: it is asked whenever items change, and so all the time while they are sent."""


@dataclass(frozen=True, slots=True)
class Uninspected:
    """A file to look into, and the revision of the item that it belongs to."""

    item_id: int
    revision: int
    sha256: str
    path: Path


class Inspector:
    """Works through uninspected items whenever the bell rings, and at the start through what a crash left."""

    def __init__(self, context: EngineContext) -> None:
        self._context = context
        threads = (os.cpu_count() or 1) + 1  # one more than there are cores: reading and writing fill the gaps
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="inspector")
        self._refused: bool | None = None
        """Whether the disk refused a file of the last batch; not known before the first."""

    async def run(self) -> None:
        """Inspects until cancelled."""
        bell = self._context.bells.inspector
        try:
            while True:
                bell.clear()
                try:
                    done = await self._inspect_some()
                except DeskFault as fault:
                    log.warning("inspection waits", problem=str(fault))
                    done = 0
                if not done:
                    await first_of(bell, seconds=IDLE_SECONDS)
        finally:
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def _inspect_some(self) -> int:
        """A batch at full speed; while items arrive one at leisure, because durability comes first."""
        busy = self._context.arriving > 0
        started, uploaded = self._context.clock.monotonic(), self._context.uploaded
        waiting = await self._context.run(lambda: self._waiting(WHILE_BUSY if busy else AT_ONCE))
        self._context.inspecting = bool(waiting)
        loop = asyncio.get_running_loop()
        looking = [loop.run_in_executor(self._threads, examine, file.path) for file in waiting]
        results = await asyncio.gather(*looking, return_exceptions=True)
        faults = [result for result in results if isinstance(result, DeskFault)]
        pairs = zip(waiting, results, strict=True)
        seen = [(file, _found(file, result)) for file, result in pairs if not isinstance(result, DeskFault)]
        if waiting:
            await self._context.run(lambda: self._record(seen, faults))
            self._context.bells.hints.set()
        came = self._context.uploaded - uploaded + len(self._context.taking)
        if busy and came:
            await asyncio.sleep(min(LONGEST_REST, LEISURE * came * (self._context.clock.monotonic() - started)))
        return len(seen)

    def _waiting(self, limit: int) -> list[Uninspected]:
        with self._context.database.read() as session:
            rows = session.execute(UNINSPECTED, {"most": limit}).all()
        return [
            Uninspected(row.id, row.revision, row.sha256, self._context.files.path(row.sha256, row.extension))
            for row in rows
        ]

    def _record(self, seen: list[tuple[Uninspected, Examined]], faults: list[DeskFault]) -> None:
        """Thumbnails first: an item is inspected only when its picture can be shown. What the disk refused waits."""
        thumbnails: dict[tuple[str | bytes, int], bytes] = {
            (file.sha256, edge): blob for file, found in seen for edge, blob in found.thumbnails.items()
        }
        self._context.thumbnails.put(thumbnails)
        with self._context.database.write() as writing:
            self._tell(writing, faults)
            for file, found in seen:
                item = writing.session.get_one(Item, file.item_id)
                if item.sha256 != file.sha256:
                    continue  # newer bytes have come, and are looked into next
                self._fill(item, found.inspection)
                writing.changed(items=item.id)

    def _tell(self, writing: Writing, faults: list[DeskFault]) -> None:
        """An alert when the disk begins to refuse files, and its end."""
        if faults and self._refused is not True:
            raise_alert(writing, ALERT, faults[0])
        if not faults and self._refused is not False:
            solve_alert(writing, ALERT)
        self._refused = bool(faults)

    def _fill(self, item: Item, seen: Inspection) -> None:
        """What the phone said comes first; the file's own metadata fills what it left out."""
        item.inspected = True
        item.image_format = seen.format or ""
        item.width, item.height = seen.width, seen.height
        item.problem = seen.problem or ""
        item.camera = " ".join(part for part in (seen.camera_make, seen.camera_model) if part)
        if item.taken_at is None:
            item.taken_at, item.zone_assumed = seen.taken_in(self._context.settings.zone)
        if item.latitude is None or item.longitude is None:
            item.latitude, item.longitude = seen.gps_latitude, seen.gps_longitude


def _found(file: Uninspected, result: Examined | BaseException) -> Examined:
    """What was found. A bug is shown as one, on the item that met it: the others, and the engine, go on."""
    if not isinstance(result, BaseException):
        return result
    log.error("bug while inspecting", file=file.path.name, exc_info=result)
    return Examined(Inspection(problem="Pruvan Desk could not look into this file. Please report it with the log."))
