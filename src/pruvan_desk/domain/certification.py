"""Certification of an item: from the phone's app, at the right time, at the right place (the field's three tests)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

TIME_WINDOW = timedelta(hours=12)
LOCATION_METRES = 500.0
LONG_HOURS = 72
EARTH_METRES = 6_371_000.0
KILOMETRE = 1000
TESTS = ("item", "time", "location")
COPIED = "marks were drawn into it in the office"


@dataclass(frozen=True, slots=True)
class Position:
    """WGS 84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Certification:
    """Each is certified, or cannot be verified, and then ``why`` says so: a test's name → the reason, in words.

    ``distance`` to the property in metres where both places are known.
    """

    item: bool
    time: bool
    location: bool
    distance: float | None
    why: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdicts(self) -> tuple[tuple[bool, str], ...]:
        """Item, time and location: whether it is certified, and the sentence that says why or why not."""
        near = f", {distance_words(self.distance)} from the property" if self.distance is not None else ""
        proof = {"item": ", from the phone's app", "time": ", taken within 12 h of its arrival", "location": near}
        return tuple(
            (test not in self.why, f"{test.capitalize()} {self._verdict(test, proof[test])}") for test in TESTS
        )

    def _verdict(self, test: str, proof: str) -> str:
        return f"cannot be verified: {self.why[test]}" if test in self.why else f"certified{proof}"

    @property
    def summary(self) -> str:
        """One line: ``Certified``, or what cannot be verified with its reasons."""
        if not self.why:
            return "Certified: item, time and location"
        return f"Cannot be verified: {'; '.join(f'{test} ({why})' for test, why in self.why.items())}"


def certify(
    *,
    from_app: bool,
    taken_at: datetime | None,
    zone_assumed: bool,
    arrived_at: datetime,
    taken: Position | None,
    place: Position | None,
    is_copy: bool = False,
) -> Certification:
    """The certification of one item. Times are UTC instants; one whose zone was only assumed certifies nothing.

    ``is_copy``: marks were drawn into it in the office, so that its pixels are not those of the app.
    """
    distance = metres_between(taken, place) if taken and place else None
    found = {
        "item": "" if from_app and not is_copy else COPIED if is_copy else "it did not come from the phone's app",
        "time": time_words(taken_at, arrived_at, zone_assumed=zone_assumed),
        "location": _place_words(taken, place, distance),
    }
    why = {test: words for test, words in found.items() if words}
    return Certification("item" not in why, "time" not in why, "location" not in why, distance, why)


def _place_words(taken: Position | None, place: Position | None, distance: float | None) -> str:
    """Why a location cannot be verified; empty when it can."""
    if taken is None:
        return "it carries no position"
    if place is None or distance is None:
        return "the position of the property is not known"
    if distance <= LOCATION_METRES:
        return ""
    return f"{distance_words(distance)} from the property, more than {distance_words(LOCATION_METRES)}"


def time_words(taken_at: datetime | None, arrived_at: datetime, *, zone_assumed: bool) -> str:
    """Why a time cannot be verified; empty when it can."""
    if taken_at is None:
        return "it carries no time"
    if zone_assumed:
        return "its camera's clock names no time zone"
    gap = arrived_at - taken_at
    if abs(gap) <= TIME_WINDOW:
        return ""
    hours = abs(gap) / timedelta(hours=1)
    span = f"{hours:.0f} h" if hours < LONG_HOURS else f"{hours / 24:.0f} days"
    return f"it arrived {span} {'after' if gap > timedelta() else 'before'} it was taken, more than 12 h"


def metres_between(one: Position, other: Position) -> float:
    """Great-circle distance in metres (haversine)."""
    lat1, lat2 = math.radians(one.latitude), math.radians(other.latitude)
    half_lat = (lat2 - lat1) / 2
    half_lon = math.radians(other.longitude - one.longitude) / 2
    a = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * EARTH_METRES * math.asin(min(1.0, math.sqrt(a)))


def distance_words(metres: float) -> str:
    """``38 m``, ``1.2 km``."""
    return f"{metres:.0f} m" if metres < KILOMETRE else f"{metres / KILOMETRE:.1f} km"
