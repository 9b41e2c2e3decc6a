"""Dates as client systems write them."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any

from dateutil import parser

from pruvan_desk.domain.orders import Due

HOURS_OFFSET = re.compile(r"(\d{4}-\d{2}-\d{2})\s+(\d{2})(\d{2})\s+([+-]\d{1,2})")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
US = re.compile(r"\d{1,2}/\d{1,2}/\d{4} ")
US_TIME = "%m/%d/%Y %I:%M:%S %p"
EARLIEST_SECONDS = 100_000_000
"""Unix seconds below this (March 1973) are no date of an order but some other number."""
EARLIEST_YEAR = 1973
"""So is a year before: other systems write *no date* as 1/1/0001."""
ZONES = {
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
"""Hours from UTC of the zones that are known by name; another name means another hour in every country, and is refused."""
STAND_INS = (datetime(1, 1, 1), datetime(1, 2, 2))  # noqa: DTZ001 - naive, as the parser wants them
"""What the patient parser fills a part of a date up with: a whole date reads the same with both."""


def read_date(value: Any, zone: tzinfo) -> Due | None:
    """The day or UTC instant that ``value`` means; ``None`` when nothing was sent.

    Read are ``2026-12-01``, ``2026-12-01 1200 +5``, ``1/2/2026 12:00:00 AM`` (month first), ISO 8601, and Unix seconds.
    A date without a time, and midnight without a zone, is a calendar day. Other times without a zone are the office's
    (``zone``). Raises ``ValueError`` for what cannot be a date.
    """
    text = str(value).strip() if value is not None else ""
    if not text:
        return None
    try:
        due = _read(text, zone)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text[:40]!r} is not a date") from error
    if due.year < EARLIEST_YEAR:
        raise ValueError(f"{text[:40]!r} is not a date")
    return due


def _read(text: str, zone: tzinfo) -> Due:
    if DAY.fullmatch(text):
        return date.fromisoformat(text)
    if text.replace(".", "", 1).isdigit():
        return _from_unix(float(text))
    if match := HOURS_OFFSET.fullmatch(text):
        day, hour, minute, offset = match.groups()
        at = datetime.combine(date.fromisoformat(day), time(int(hour), int(minute)))
        return at.replace(tzinfo=timezone(timedelta(hours=int(offset)))).astimezone(UTC)
    return _from_words(text, zone)


def _from_unix(seconds: float) -> datetime:
    if seconds < EARLIEST_SECONDS:
        raise ValueError(seconds)
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except OSError as error:
        raise ValueError(seconds) from error


def _parse(text: str) -> datetime:
    try:
        return datetime.strptime(text, US_TIME) if US.match(text) else datetime.fromisoformat(text)  # noqa: DTZ007 - a zone may be in it
    except ValueError:
        pass  # a form that only the patient parser knows, which takes twenty times as long
    whole, other = (parser.parse(text, default=day, tzinfos=_zone_named) for day in STAND_INS)
    if whole != other:
        raise ValueError(text)  # a part of a date, which the parser completed
    parsed: datetime = whole
    return parsed


def _zone_named(name: str | None, seconds: int | None) -> tzinfo | None:
    if seconds is not None:
        return timezone(timedelta(seconds=seconds))
    if name is None:
        return None
    if name not in ZONES:
        raise ValueError(name)
    return timezone(timedelta(hours=ZONES[name]))


def _from_words(text: str, zone: tzinfo) -> Due:
    at = _parse(text)
    if at.tzinfo is None:
        if at.time() == time():
            return at.date()
        at = at.replace(tzinfo=zone)
    return at.astimezone(UTC)
