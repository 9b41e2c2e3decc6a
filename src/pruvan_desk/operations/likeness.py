"""Finds the photos that look like one: as a whole, or as a part that one was cut from the other. Importing this loads numpy."""

from collections.abc import Collection
from dataclasses import dataclass

from PIL import Image, ImageOps
from sqlalchemy.orm import Session

from pruvan_desk.domain.hints import NEAR_BITS
from pruvan_desk.imaging.hashes import HashIndex
from pruvan_desk.imaging.landmarks import Asked, SpotIndex, as_points, distance_where_shared, find_cut, find_spots, kept
from pruvan_desk.imaging.measures import EDGE, Measured, opened_without_strips
from pruvan_desk.store.measures import items_with_hash, looks_after, spots_of
from pruvan_desk.store.models import Item
from pruvan_desk.store.thumbnails import ThumbnailCache

ALIKE = 20
"""So many of the photos that look most alike are looked up."""
AT_ONCE = 5_000
"""Looks that are read together: 2 MB."""
CUTS = 4
"""So many of those that share most spots are compared."""


@dataclass(frozen=True, slots=True)
class CutOut:
    """A photo with which another shares a part. ``bits`` of 512: in how many what both show differs.

    ``is_part``: whether the other was cut from this one; else this one from it.
    """

    bits: int
    is_part: bool


@dataclass(frozen=True, slots=True)
class Sought:
    """A photo whose like is looked for: what was measured in it, and its spots, as it is and mirrored."""

    measured: Measured
    plain: Asked
    mirrored: Asked

    @classmethod
    def of(cls, measured: Measured) -> "Sought":
        """Looks for its spots; some 20 ms."""
        return cls(measured, *find_spots(measured.grey))

    @property
    def spots(self) -> bytes | None:
        """What is kept of them. A picture of one tone has none that say anything."""
        return kept(self.plain) if self.measured.hash is not None else None


class Likeness:
    """How every photo looks, in memory, as far as it was read; another engine's photos are read before each search."""

    def __init__(self, thumbnails: ThumbnailCache) -> None:
        self._thumbnails = thumbnails
        self._wholes, self._parts = HashIndex(), SpotIndex()
        self._last = 0

    def learn(self, session: Session) -> None:
        """Reads what came since."""
        while new := looks_after(session, self._last, AT_ONCE):
            self._wholes.add((look.number, look.hash) for look in new)
            self._parts.add((look.number, look.spots) for look in new if look.spots is not None)
            self._last = new[-1].number

    def like(self, session: Session, sought: Sought) -> dict[int, int]:
        """The numbers of photos that look like this one, and in how many bits of 512 what both show differs."""
        if sought.measured.hash is None:
            return {}
        wholes = self.wholes(sought, NEAR_BITS, ALIKE)
        return {number: cut.bits for number, cut in self.cuts(session, sought, wholes).items()} | wholes

    def wholes(self, sought: Sought, most_bits: int, limit: int) -> dict[int, int]:
        """The numbers of the photos that look most like this one as a whole, and in how many bits of 512 they differ."""
        measured = sought.measured
        hashes = [hashed for hashed in (measured.hash, measured.mirrored) if hashed is not None]
        return dict(self._wholes.near(hashes, most_bits, limit))

    def cuts(self, session: Session, sought: Sought, known: Collection[int] = ()) -> dict[int, CutOut]:
        """The photos that this one was cut from, or that were cut from it, other than those ``known`` to look like it as a whole."""
        grey = sought.measured.grey
        if sought.measured.hash is None:
            return {}
        return self._cuts(session, sought.plain, grey, known) | self._cuts(
            session, sought.mirrored, ImageOps.mirror(grey), known
        )

    def _cuts(self, session: Session, asked: Asked, grey: Image.Image, known: Collection[int]) -> dict[int, CutOut]:
        likely = [number for number in self._parts.like(asked, CUTS + len(known)) if number not in known]
        found: dict[int, CutOut] = {}
        for number, (sha256, spots) in spots_of(session, likely[:CUTS]).items():
            cut = find_cut(asked.points, as_points(spots))
            jpeg = self._thumbnails.get(sha256, EDGE) if cut is not None else None
            if cut is None or jpeg is None:
                continue
            distance = distance_where_shared(grey, opened_without_strips(jpeg).convert("L"), cut)
            if distance is not None and distance <= NEAR_BITS:
                found[number] = CutOut(distance, is_part=cut.scale < 1)
        return found


def other_item(session: Session, item: Item, number: int, near: dict[int, int]) -> Item | None:
    """The item that looks most like one, whose photo is ``number``: of another project before one of its own.

    What it replaces does not count, and an annotated copy is like its original only.
    """
    if item.copy_of is not None:
        return None
    near = near | {number: 0}
    others = [
        (other.project_id == item.project_id, near[other.number], other.item_id)
        for other in items_with_hash(session, near)
        if other.item_id != item.id and other.uuid != item.parent_uuid
    ]
    return session.get_one(Item, min(others)[2]) if others else None
