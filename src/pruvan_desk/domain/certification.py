"""Certification of an item: from the phone's app, at the right time, at the right place (the field's three tests)."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

TIME_WINDOW = timedelta(hours=12)
LOCATION_METRES = 500.0
LONG_HOURS = 72
EARTH_METRES = 6_371_000.0
KILOMETRE = 1000


@dataclass(frozen=True, slots=True)
class Position:
    """WGS 84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Certification:
    """Each is certified, or cannot be verified. ``distance`` to the property in metres where both places are known."""

    item: bool
    time: bool
    location: bool
    distance: float | None


def certify(
    *,
    from_app: bool,
    taken_at: datetime | None,
    zone_assumed: bool,
    arrived_at: datetime,
    taken: Position | None,
    place: Position | None,
) -> Certification:
    """The certification of one item. Times are UTC instants; one whose zone was only assumed certifies nothing."""
    distance = metres_between(taken, place) if taken and place else None
    return Certification(
        item=from_app,
        time=taken_at is not None and not zone_assumed and abs(arrived_at - taken_at) <= TIME_WINDOW,
        location=distance is not None and distance <= LOCATION_METRES,
        distance=distance,
    )


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
