"""Looks for quality hints in what the inspector has seen: after its thumbnails are there, so that no tile waits for them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.logs import logger
from pruvan_desk.domain.hints import Hint, pixel_hints
from pruvan_desk.imaging.formats import IMAGES
from pruvan_desk.imaging.thumbnails import examine
from pruvan_desk.store.database import Writing
from pruvan_desk.store.measures import as_measures, keep_measures, known_measures
from pruvan_desk.store.models import Item, PhotoMeasures
from pruvan_desk.sync.context import EngineContext, first_of

if TYPE_CHECKING:
    from pruvan_desk.operations.likeness import Likeness, Sought

log = logger(__name__)

AT_ONCE = 16
STAND_ASIDE = 0.25
"""While uploads come in or files are inspected, hints wait: seconds between two looks at whether they still do …"""
AT_LEAST, WHILE_BUSY = 5.0, 1
"""… but in so many seconds so many are looked at all the same: one, for its transaction holds up the uploads'."""
IDLE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Unhinted:
    """An item to look for hints in."""

    item_id: int
    sha256: str
    extension: str
    image_format: str


class HintFinder:
    """Works through what was inspected, one photo at a time; at the start through what an older version left."""

    def __init__(self, context: EngineContext) -> None:
        self._context = context
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="hints")
        self._alike: Likeness | None = None
        self._looked_at = context.clock.monotonic()

    async def run(self) -> None:
        """Looks for hints until cancelled."""
        bell = self._context.bells.hints
        try:
            while True:
                bell.clear()
                try:
                    done = await self._look_at_some()
                except DeskFault as fault:
                    log.warning("hints wait", problem=str(fault))
                    done = 0
                if not done:
                    await first_of(bell, seconds=IDLE_SECONDS)
        finally:
            self._thread.shutdown(wait=False, cancel_futures=True)

    async def _look_at_some(self) -> int:
        """A batch, unless something weightier goes on; answers whether to come again at once."""
        context, now = self._context, self._context.clock.monotonic()
        busy = context.arriving > 0 or context.inspecting
        if busy and now - self._looked_at < AT_LEAST:
            await asyncio.sleep(STAND_ASIDE)
            return 1
        self._looked_at = now
        waiting = await context.run(lambda: self._waiting(WHILE_BUSY if busy else AT_ONCE))
        if waiting:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._look_at, waiting)
        return len(waiting)

    def _waiting(self, limit: int) -> list[Unhinted]:
        columns = select(Item.id, Item.sha256, Item.extension, Item.image_format)
        wanted = columns.where(Item.hinted.is_(False), Item.inspected.is_(True))
        with self._context.database.read() as session:
            rows = session.execute(wanted.order_by(Item.id).limit(limit)).all()
        return [Unhinted(row[0], row[1] or "", row[2], row[3]) for row in rows]

    def _look_at(self, waiting: list[Unhinted]) -> None:
        """Measures first, then looks for their like, and writes what was found in one transaction."""
        seen: dict[str, Sought | None] = {}
        for photo in waiting:
            if photo.sha256 not in seen:
                seen[photo.sha256] = self._measure(photo)
        sought = {sha256: found for sha256, found in seen.items() if found is not None}
        with self._context.database.write() as writing:
            for sha256, found in sought.items():
                measured = found.measured
                keep_measures(writing.session, sha256, measured.measures, measured.hash, found.spots)
        near = self._like(sought) if sought else {}
        with self._context.database.write() as writing:
            self._record(writing, waiting, near)

    def _measure(self, photo: Unhinted) -> "Sought | None":
        """Of the thumbnail; one that the cache has lost is made again. ``None`` for what has no picture."""
        from pruvan_desk.imaging.measures import EDGE, measure  # noqa: PLC0415 - loads numpy, for the first photo
        from pruvan_desk.operations.likeness import Sought  # noqa: PLC0415 - as above

        try:
            jpeg = self._thumbnail(photo, EDGE)
            return Sought.of(measure(jpeg)) if jpeg is not None else None
        except DeskFault:
            raise
        except Exception:  # shown as a bug; the other photos, and the engine, go on
            log.exception("bug while looking for hints", sha256=photo.sha256)
            return None

    def _like(self, sought: "dict[str, Sought]") -> dict[str, dict[int, int]]:
        """The photos that look like each."""
        from pruvan_desk.operations.likeness import Likeness  # noqa: PLC0415 - as above

        self._alike = self._alike or Likeness(self._context.thumbnails)
        with self._context.database.read() as session:
            self._alike.learn(session)
            return {sha256: self._alike.like(session, found) for sha256, found in sought.items()}

    def _thumbnail(self, photo: Unhinted, edge: int) -> bytes | None:
        jpeg = self._context.thumbnails.get(photo.sha256, edge)
        if jpeg is None and photo.image_format in IMAGES:
            made = examine(self._context.files.path(photo.sha256, photo.extension)).thumbnails
            self._context.thumbnails.put({(photo.sha256, size): blob for size, blob in made.items()})
            jpeg = made.get(edge)
        return jpeg

    def _record(self, writing: Writing, waiting: list[Unhinted], near: dict[str, dict[int, int]]) -> None:
        session = writing.session
        known = known_measures(session, {photo.sha256 for photo in waiting})
        for photo in waiting:
            item = session.get_one(Item, photo.item_id)
            if item.sha256 != photo.sha256:
                continue  # newer bytes have come, and are looked into next
            item.hinted = True
            row = known.get(photo.sha256)
            hints = self._hints(writing, item, row, near.get(photo.sha256, {})) if row is not None else {}
            item.hints = hints or None
            writing.changed(items=item.id)

    def _hints(self, writing: Writing, item: Item, row: PhotoMeasures, near: dict[int, int]) -> dict[str, float]:
        from pruvan_desk.operations.likeness import other_item  # noqa: PLC0415 - as above

        hints: dict[str, float] = {
            hint.value: value for hint, value in pixel_hints(as_measures(row), camera=item.camera).items()
        }
        other = other_item(writing.session, item, row.id, near)
        if other is not None:
            hints[Hint.DUPLICATE.value] = other.id
            if other.hinted and Hint.DUPLICATE.value not in (other.hints or {}):
                other.hints = {**(other.hints or {}), Hint.DUPLICATE.value: item.id}
                writing.changed(items=other.id)
        return hints
