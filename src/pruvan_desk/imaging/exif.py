"""What a photo says about itself: which way is up, when and where it was taken, with what.

Source: CIPA DC-008 (EXIF 2.32), section 4.6. A tag that makes no sense is as good as absent; nothing here raises.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from pruvan_desk.imaging.tiff import ORIENTATION, Entry, Tiff, TiffError

_MAKE, _MODEL, _CHANGED, _EXIF_IFD, _GPS_IFD = 0x010F, 0x0110, 0x0132, 0x8769, 0x8825
_TAKEN, _DIGITISED = 0x9003, 0x9004
_OFFSET_CHANGED, _OFFSET_TAKEN, _OFFSET_DIGITISED = 0x9010, 0x9011, 0x9012
_LATITUDE, _LONGITUDE = 2, 4  # the tag before each names its hemisphere

_TIME = re.compile(r"(\d{4})[:/.-](\d\d)[:/.-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_LARGEST_OFFSET = timedelta(hours=14)  # Kiribati
_LONGEST_TEXT = 80

_Directory = dict[int, Entry]


@dataclass(frozen=True)
class ExifFacts:
    """Read from EXIF. Degrees are WGS 84, north and east positive; ``taken_at_local`` is naive, as the camera's clock stood."""

    orientation: int = 1
    taken_at: datetime | None = None
    taken_at_local: datetime | None = None
    gps_latitude: float | None = None
    gps_longitude: float | None = None
    camera_make: str | None = None
    camera_model: str | None = None


def read_exif(block: bytes | None) -> ExifFacts:
    """The facts in an EXIF block (from its byte-order mark on); of a damaged one, those that can still be read."""
    if not block:
        return ExifFacts()
    try:
        tiff = Tiff(block)
        main = tiff.directory(tiff.first)
    except TiffError:
        return ExifFacts()
    details = _linked(tiff, main, _EXIF_IFD)
    local, utc = _taken(tiff, main, details)
    latitude, longitude = _position(tiff, _linked(tiff, main, _GPS_IFD))
    return ExifFacts(
        orientation=_orientation(tiff, main),
        taken_at=utc,
        taken_at_local=local,
        gps_latitude=latitude,
        gps_longitude=longitude,
        camera_make=_text(tiff, main, _MAKE),
        camera_model=_text(tiff, main, _MODEL),
    )


def _integer(tiff: Tiff, directory: _Directory, tag: int) -> int | None:
    try:
        return tiff.integer(directory[tag]) if tag in directory else None
    except TiffError:
        return None


def _text(tiff: Tiff, directory: _Directory, tag: int) -> str | None:
    try:
        return tiff.text(directory[tag])[:_LONGEST_TEXT] or None if tag in directory else None
    except TiffError:
        return None


def _linked(tiff: Tiff, main: _Directory, tag: int) -> _Directory:
    """The directory that a tag of the main one points to; empty when it leads nowhere."""
    offset = _integer(tiff, main, tag)
    if offset is None:
        return {}
    try:
        return tiff.directory(offset)
    except TiffError:
        return {}


def _orientation(tiff: Tiff, main: _Directory) -> int:
    value = _integer(tiff, main, ORIENTATION)
    return value if value is not None and 1 <= value <= 8 else 1


def _taken(tiff: Tiff, main: _Directory, details: _Directory) -> tuple[datetime | None, datetime | None]:
    """The camera's clock when the photo was taken and the instant in UTC, the latter only if the camera wrote its offset."""
    places = (
        (details, _TAKEN, _OFFSET_TAKEN),
        (details, _DIGITISED, _OFFSET_DIGITISED),
        (main, _CHANGED, _OFFSET_CHANGED),
    )
    for directory, tag, offset_tag in places:
        local = _time(_text(tiff, directory, tag))
        if local is not None:
            return local, _utc(local, _text(tiff, details, offset_tag))
    return None, None


def _time(text: str | None) -> datetime | None:
    match = _TIME.match(text or "")
    if match is None:
        return None
    try:
        return datetime(*map(int, match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - six numbers; naive on purpose
    except ValueError:
        return None


def _utc(local: datetime, offset: str | None) -> datetime | None:
    match = _OFFSET.fullmatch("+00:00" if offset == "Z" else offset or "")
    if match is None:
        return None
    sign, hours, minutes = match.groups()
    distance = timedelta(hours=int(hours), minutes=int(minutes))
    if distance > _LARGEST_OFFSET or int(minutes) > 59:
        return None
    try:
        return local.replace(tzinfo=timezone(-distance if sign == "-" else distance)).astimezone(UTC)
    except OverflowError:
        return None


def _position(tiff: Tiff, gps: _Directory) -> tuple[float | None, float | None]:
    """Latitude and longitude, both or none. 0° 0' is what devices write without a fix, so it counts as none."""
    latitude = _degrees(tiff, gps, _LATITUDE, "NS", 90)
    longitude = _degrees(tiff, gps, _LONGITUDE, "EW", 180)
    if latitude is None or longitude is None or latitude == longitude == 0:
        return None, None
    return latitude, longitude


def _degrees(tiff: Tiff, gps: _Directory, tag: int, hemispheres: str, limit: int) -> float | None:
    """Signed degrees; None unless degrees, minutes and seconds are numbers in range and the hemisphere is named before them."""
    reference = (_text(tiff, gps, tag - 1) or "").upper()[:1]
    if tag not in gps or not reference or reference not in hemispheres:
        return None
    try:
        parts = tiff.rationals(gps[tag])
    except TiffError:
        return None
    if not 1 <= len(parts) <= 3 or any(below <= 0 or above < 0 for above, below in parts):
        return None
    degrees, minutes, seconds = ([above / below for above, below in parts] + [0.0, 0.0])[:3]
    total = degrees + minutes / 60 + seconds / 3600
    if minutes > 60 or seconds > 60 or total > limit:
        return None
    return -total if reference == hemispheres[1] else total
