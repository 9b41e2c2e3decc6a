"""Where the photos of a project were taken, laid out flat around the property: metres east and north, no map."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from pruvan_desk.domain.certification import LOCATION_METRES, Position, metres_between

METRES_A_DEGREE = 111_195.0
LEAST_METRES = 30.0
"""Half the side that is shown at least: photos taken from one spot are not blown up."""
FARTHEST_SHOWN = 2 * LOCATION_METRES
"""What was taken farther away stands at the edge, unless all of it was: one stray photo does not shrink the others to a dot."""
MARGIN = 1.15
EARTH = (90.0, 180.0)

Flat = tuple[float, float]
"""Metres east and north."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where and when one photo was taken. ``accuracy`` in metres, as the phone said it."""

    id: int
    position: Position
    accuracy: float | None
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What is shown: ``reach`` metres to each side of ``centre``."""

    centre: Position
    reach: float

    def flat(self, position: Position) -> Flat:
        """Where a position lies; the shorter way round the globe."""
        return flat(self.centre, position)


def is_possible(latitude: float | None, longitude: float | None) -> bool:
    """Whether a photo can have been taken there: on this planet, and not where a dead GPS says it is."""
    if latitude is None or longitude is None or not (math.isfinite(latitude) and math.isfinite(longitude)):
        return False
    return abs(latitude) <= EARTH[0] and abs(longitude) <= EARTH[1] and (latitude, longitude) != (0.0, 0.0)


def flat(centre: Position, position: Position) -> Flat:
    """Metres east and north of a centre, which is good for the surroundings of a house."""
    shrunk = max(math.cos(math.radians(centre.latitude)), 1e-6)
    east = (position.longitude - centre.longitude + 180) % 360 - 180
    return east * METRES_A_DEGREE * shrunk, (position.latitude - centre.latitude) * METRES_A_DEGREE


def middle(positions: Sequence[Position]) -> Position:
    """The middle of some positions, also of those on both sides of the date line."""
    first = positions[0]
    east = sum((each.longitude - first.longitude + 180) % 360 - 180 for each in positions) / len(positions)
    north = sum(each.latitude for each in positions) / len(positions)
    return Position(north, (first.longitude + east + 180) % 360 - 180)


def fitted(place: Position | None, spots: Sequence[Position]) -> Frame | None:
    """Everything that is worth showing, the property in the middle where it is known; ``None`` where there is nothing."""
    if place is None and not spots:
        return None
    centre = place or middle(spots)
    reaches = [max(map(abs, flat(centre, spot))) for spot in spots]
    near = [reach for reach in reaches if reach <= FARTHEST_SHOWN]
    shown = max(near or reaches, default=LOCATION_METRES)
    return Frame(centre, max(LEAST_METRES, shown * MARGIN))


def around(place: Position) -> Frame:
    """The property with all that counts as near it."""
    return Frame(place, LOCATION_METRES * MARGIN)


def is_near(spot: Position, place: Position | None) -> bool | None:
    """Whether a photo was taken near enough to the property; ``None`` where nobody knows where that is."""
    return metres_between(spot, place) <= LOCATION_METRES if place is not None else None


def at_edge(where: Flat, reach: float) -> Flat:
    """Where something beyond ``reach`` is drawn: on the edge, in its direction."""
    far = max(abs(where[0]), abs(where[1]))
    return where if far <= reach else (where[0] * reach / far, where[1] * reach / far)


def paths(spots: Iterable[Spot]) -> list[list[Spot]]:
    """The way of each crew, in the order of time; of one who took a single photo there is none."""
    ordered = sorted(spots, key=lambda spot: (spot.who, spot.at, spot.id))
    ways = (list(way) for _, way in groupby(ordered, key=lambda spot: spot.who))
    return [way for way in ways if len(way) > 1]


def round_down(metres: float) -> float:
    """1, 2 or 5 times a power of ten: for a scale."""
    power = 10.0 ** math.floor(math.log10(metres))
    return power * max(factor for factor in (1, 2, 5) if factor * power <= metres * (1 + 1e-9))
