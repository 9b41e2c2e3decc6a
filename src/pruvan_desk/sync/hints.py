"""Looks for quality hints in what the inspector has seen: after its thumbnails are there, so that no tile waits for them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.logs import logger
from pruvan_desk.domain.hints import NEAR_BITS, Hint, pixel_hints
from pruvan_desk.imaging.formats import IMAGES
from pruvan_desk.imaging.thumbnails import examine
from pruvan_desk.store.database import Writing
from pruvan_desk.store.measures import as_measures, hashes_after, items_with_hash, keep_measures, known_measures
from pruvan_desk.store.models import Item, PhotoMeasures
from pruvan_desk.sync.context import EngineContext, first_of

if TYPE_CHECKING:
    from pruvan_desk.imaging.measures import Measured

log = logger(__name__)

AT_ONCE = 16
STAND_ASIDE = 0.25
"""While uploads come in or files are inspected, hints wait: seconds between two looks at whether they still do …"""
AT_LEAST = 10.0
"""… but one batch is looked at in this many seconds all the same."""
IDLE_SECONDS = 5.0
ALIKE = 20
"""So many of the photos that look most alike are looked up."""


@dataclass(frozen=True, slots=True)
class Unhinted:
    """An item to look for hints in. ``measured``: its bytes are known already."""

    item_id: int
    sha256: str
    extension: str
    image_format: str
    measured: bool


class HintFinder:
    """Works through what was inspected, one photo at a time; at the start through what an older version left."""

    def __init__(self, context: EngineContext) -> None:
        self._context = context
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="hints")
        self._alike: Likes | None = None
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
        if (context.uploads or context.inspecting) and now - self._looked_at < AT_LEAST:
            await asyncio.sleep(STAND_ASIDE)
            return 1
        self._looked_at = now
        waiting = await context.run(self._waiting)
        if waiting:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._look_at, waiting)
        return len(waiting)

    def _waiting(self) -> list[Unhinted]:
        columns = select(Item.id, Item.sha256, Item.extension, Item.image_format, PhotoMeasures.id)
        wanted = columns.join(PhotoMeasures, PhotoMeasures.sha256 == Item.sha256, isouter=True).where(
            Item.hinted.is_(False), Item.inspected.is_(True)
        )
        with self._context.database.read() as session:
            rows = session.execute(wanted.order_by(Item.id).limit(AT_ONCE)).all()
        return [Unhinted(row[0], row[1] or "", row[2], row[3], row[4] is not None) for row in rows]

    def _look_at(self, waiting: list[Unhinted]) -> None:
        """Measures first, then writes all that was found in one transaction."""
        measured: dict[str, Measured | None] = {}
        for photo in waiting:
            if not photo.measured and photo.sha256 not in measured:
                measured[photo.sha256] = self._measure(photo)
        with self._context.database.write() as writing:
            self._record(writing, waiting, measured)

    def _measure(self, photo: Unhinted) -> "Measured | None":
        """Of the thumbnail; one that the cache has lost is made again. ``None`` for what has no picture."""
        from pruvan_desk.imaging.measures import EDGE, measure  # noqa: PLC0415 - loads numpy, for the first photo

        try:
            jpeg = self._thumbnail(photo, EDGE)
            return measure(jpeg) if jpeg is not None else None
        except DeskFault:
            raise
        except Exception:  # shown as a bug; the other photos, and the engine, go on
            log.exception("bug while looking for hints", sha256=photo.sha256)
            return None

    def _thumbnail(self, photo: Unhinted, edge: int) -> bytes | None:
        jpeg = self._context.thumbnails.get(photo.sha256, edge)
        if jpeg is None and photo.image_format in IMAGES:
            made = examine(self._context.files.path(photo.sha256, photo.extension)).thumbnails
            self._context.thumbnails.put({(photo.sha256, size): blob for size, blob in made.items()})
            jpeg = made.get(edge)
        return jpeg

    def _record(self, writing: Writing, waiting: list[Unhinted], measured: dict[str, "Measured | None"]) -> None:
        session = writing.session
        for sha256, found in measured.items():
            if found is not None:
                keep_measures(session, sha256, found.measures, found.hash)
        known = known_measures(session, {photo.sha256 for photo in waiting})
        if known:
            self._alike = self._alike or Likes()
            self._alike.learn(session)
        for photo in waiting:
            item = session.get_one(Item, photo.item_id)
            if item.sha256 != photo.sha256:
                continue  # newer bytes have come, and are looked into next
            item.hinted = True
            row = known.get(photo.sha256)
            found = measured.get(photo.sha256)
            mirrored = found.mirrored if found is not None else None
            hints = self._hints(writing, item, row, mirrored) if row is not None else {}
            item.hints = hints or None
            writing.changed(items=item.id)

    def _hints(self, writing: Writing, item: Item, row: PhotoMeasures, mirrored: bytes | None) -> dict[str, float]:
        hints: dict[str, float] = {
            hint.value: value for hint, value in pixel_hints(as_measures(row), camera=item.camera).items()
        }
        other = self._alike.other(writing.session, item, row, mirrored) if self._alike else None
        if other is not None:
            hints[Hint.DUPLICATE.value] = other.id
            if other.hinted and Hint.DUPLICATE.value not in (other.hints or {}):
                other.hints = {**(other.hints or {}), Hint.DUPLICATE.value: item.id}
                writing.changed(items=other.id)
        return hints


class Likes:
    """Every photo's hash, in memory, as far as it was read; another engine's photos are read before each search."""

    def __init__(self) -> None:
        from pruvan_desk.imaging.hashes import HashIndex  # noqa: PLC0415 - loads numpy

        self._index = HashIndex()
        self._last = 0

    def learn(self, session: Session) -> None:
        """Reads the hashes that came since."""
        new = hashes_after(session, self._last)
        self._index.add(new)
        self._last = new[-1][0] if new else self._last

    def other(self, session: Session, item: Item, row: PhotoMeasures, mirrored: bytes | None) -> Item | None:
        """The item that looks most like this one; of another project before one of its own. What it replaces does not count."""
        hashes = [hashed for hashed in (row.hash, mirrored) if hashed is not None]
        near = dict(self._index.near(hashes, NEAR_BITS, ALIKE)) | {row.id: 0}
        others = [
            (other.project_id == item.project_id, near[number], other.id, other)
            for number, other in items_with_hash(session, near)
            if other.id != item.id and other.uuid != item.parent_uuid
        ]
        return min(others, key=lambda other: other[:3])[3] if others else None
