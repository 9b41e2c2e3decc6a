"""Quality hints: what somebody should look at twice before a photo goes out. They sort and mark, and never decide.

What the pixels say is measured in :mod:`pruvan_desk.imaging.measures`; here is what the measures mean, and what time and place add.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from pruvan_desk.domain.certification import LOCATION_METRES, Position, distance_words, metres_between

SHARP = 0.4
"""Of the contrast around an edge, the share that its steepest pixel covers in a photo of 500 px: what sharp photos have at least."""
BRIGHTEST_OF_DARK = 95.0
"""Lightness (0 to 255) that all but 5 % of a dark photo stay below. A lit subject in the night lies above."""
MIDDLE_OF_DARK = 50.0
WASHED_OUT = 0.6
"""The share of the lower half in which a colour is as bright as it can be, in any overexposed photo. A white sky is in the upper half."""
WASHED_OUT_AND_LIGHT = 0.22
"""The same share where the photo is light as a whole: then less of it says so."""
MIDDLE_OF_LIGHT = 210.0
"""Lightness (0 to 255) that half of a light photo lies above. What is well exposed lies well below it, snow and white walls as well."""
FLAT = 0.45
"""The share of pixels that equal their neighbours in a screenshot; what a lens draws on a sensor has grain."""
MOIRE = 3.5
"""How far the coloured dots of a screen stand out of a photo of it. Siding repeats in one direction, bricks and tiles in one colour."""
NEAR_BITS = 64
"""Of the 512 bits of their hashes, how many two near-duplicates differ in at most. Other photos differ in some 200."""


NEAR = 0.002
"""Degrees: 222 m at most each way. Most photos are, and are judged without trigonometry."""
EVER, NEVER = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


class Hint(StrEnum):
    """In the order in which they weigh."""

    DUPLICATE = "duplicate"
    FAR = "far"
    DATES = "dates"
    SCREEN = "screen"
    BLURRED = "blurred"
    DARK = "dark"
    OVEREXPOSED = "overexposed"

    @property
    def label(self) -> str:
        """As people read it."""
        return {
            Hint.DUPLICATE: "Near-duplicate", Hint.FAR: "Far from the property", Hint.DATES: "Outside the dates",
            Hint.SCREEN: "Screenshot or screen", Hint.BLURRED: "Blurred", Hint.DARK: "Dark", Hint.OVEREXPOSED: "Overexposed",
        }[self]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measures:
    """What was measured in a photo, scaled to about 500 px, without the strips at its top and bottom that phone apps write into.

    * ``sharpness``: share of the contrast around an edge that its steepest pixel covers; ``None`` where there is no edge.
    * ``brightest``, ``middle``: lightness from 0 to 255 that 95 % and 50 % of the pixels stay below.
    * ``clipped``: share of pixels in the lower half in which red, green or blue is as bright as it can be.
    * ``flat``: share of pixels that equal both neighbours.
    * ``moire``: how far a grid of dots of three colours stands out, in multiples of what is around it.
    """

    sharpness: float | None
    brightest: float
    middle: float
    clipped: float
    flat: float
    moire: float


def pixel_hints(measures: Measures, *, camera: str) -> dict[Hint, float]:
    """What the pixels hint at, each with the figure that says so. ``camera`` is the one that the file names, if it names one."""
    found: dict[Hint, float] = {}
    dark = measures.brightest < BRIGHTEST_OF_DARK and measures.middle < MIDDLE_OF_DARK
    if measures.sharpness is not None and measures.sharpness < SHARP:
        found[Hint.BLURRED] = round(measures.sharpness, 3)
    if dark:
        found[Hint.DARK] = measures.brightest
    washed_out = WASHED_OUT_AND_LIGHT if measures.middle >= MIDDLE_OF_LIGHT else WASHED_OUT
    if measures.clipped >= washed_out:
        found[Hint.OVEREXPOSED] = round(measures.clipped, 3)
    screenshot = not camera and measures.flat >= FLAT and not dark
    if screenshot or measures.moire >= MOIRE:
        found[Hint.SCREEN] = round(measures.flat, 3)
    return found


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where and when the photos of a project are to be taken. ``start`` and ``due`` as kept: a day, an instant, or empty."""

    place: Position | None
    start: str
    due: str


class Surroundings:
    """Judges the photos of one project by place and time. Made once for many photos."""

    def __init__(self, project: Circumstances, zone: tzinfo) -> None:
        self._project = project
        self._first = _instant(project.start, zone, end=False)
        self._last = _instant(project.due, zone, end=True)
        self._from, self._until = self._first or EVER, self._last or NEVER
        self._zone = zone

    def hints(self, taken_at: datetime | None, latitude: float | None, longitude: float | None) -> tuple[Hint, ...]:
        """What time and place (degrees) hint at. Asked for every tile of a gallery, so that nothing is made for those without a hint."""
        far = latitude is not None and longitude is not None and self._far(latitude, longitude)
        outside = taken_at is not None and (taken_at < self._from or taken_at >= self._until)
        if not far and not outside:
            return ()
        return (*((Hint.FAR,) if far else ()), *((Hint.DATES,) if outside else ()))

    def words(self, hint: Hint, taken_at: datetime | None, taken: Position | None) -> str:
        """Why, for a hint of :meth:`hints`."""
        if hint is Hint.FAR and taken is not None and self._project.place is not None:
            return f"Taken {distance_words(metres_between(taken, self._project.place))} from the property"
        if hint is Hint.DATES and taken_at is not None:
            if self._first is not None and taken_at < self._first:
                return f"Taken {_days(self._first - taken_at)} before the order starts ({self._day(self._first)})"
            if self._last is not None:
                due = self._last - timedelta(seconds=1)
                return f"Taken {_days(taken_at - self._last)} after the order was due ({self._day(due)})"
        return ""

    def _far(self, latitude: float, longitude: float) -> bool:
        place = self._project.place
        if place is None or (-NEAR < latitude - place.latitude < NEAR and -NEAR < longitude - place.longitude < NEAR):
            return False
        return metres_between(Position(latitude, longitude), place) > LOCATION_METRES

    def _day(self, at: datetime) -> str:
        return at.astimezone(self._zone).strftime("%Y-%m-%d")


def _instant(kept: str, zone: tzinfo, *, end: bool) -> datetime | None:
    """The first or last moment of a date as it is kept; ``None`` for none."""
    if not kept:
        return None
    if "T" in kept:
        return datetime.fromisoformat(kept)
    day = date.fromisoformat(kept) + timedelta(days=1 if end else 0)
    return datetime.combine(day, time(), zone)


def _days(span: timedelta) -> str:
    days = -(-span // timedelta(days=1))
    return "1 day" if days <= 1 else f"{days:,} days"


def pixel_words(hint: Hint, value: float) -> str:
    """Why, for a hint of :func:`pixel_hints`."""
    return {
        Hint.BLURRED: "Looks blurred: it has no sharp edge",
        Hint.DARK: "Dark: even its brightest parts are dim",
        Hint.OVEREXPOSED: f"Overexposed: {value:.0%} of its lower half has lost its detail in light",
        Hint.SCREEN: "Looks like a screenshot or a photo of a screen",
    }.get(hint, "")
