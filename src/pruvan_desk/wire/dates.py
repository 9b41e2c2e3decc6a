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


def read_date(value: Any, zone: tzinfo) -> Due | None:
    """The day or UTC instant that ``value`` means; ``None`` when nothing was sent.

    Read are ``2026-12-01``, ``2026-12-01 1200 +5``, ``1/2/2026 12:00:00 AM`` (month first), ISO 8601, and Unix seconds.
    A date without a time, and midnight without a zone, is a calendar day. Other times without a zone are the office's
    (``zone``). Raises ``ValueError`` for what cannot be a date.
    """
    text = str(value).strip() if value is not None else ""
    if not text:
        return None
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
        raise ValueError(f"{seconds:g} is not a date")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(f"{seconds:g} is not a date") from error


def _parse(text: str) -> datetime:
    try:
        return datetime.strptime(text, US_TIME) if US.match(text) else datetime.fromisoformat(text)  # noqa: DTZ007 - a zone may be in it
    except ValueError:
        pass  # a form that only the patient parser knows, which takes twenty times as long
    try:
        parsed: datetime = parser.parse(text)
    except (parser.ParserError, OverflowError) as error:
        raise ValueError(f"{text!r} is not a date") from error
    return parsed


def _from_words(text: str, zone: tzinfo) -> Due:
    at = _parse(text)
    if at.tzinfo is None:
        if at.time() == time():
            return at.date()
        at = at.replace(tzinfo=zone)
    return at.astimezone(UTC)
