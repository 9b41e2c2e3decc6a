"""Numbers and times as people read them."""

from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache

MINUTE, HOUR, DAY = 60, 3600, 86400


def ago(then: datetime | None, now: datetime) -> str:
    """``2 min ago``; ``never`` for none."""
    if then is None:
        return "never"
    seconds = (now - then).total_seconds()
    return "just now" if seconds < MINUTE else f"{span(seconds)} ago"


def span(seconds: float) -> str:
    """``45 s``, ``12 min``, ``3 h``, ``5 d``."""
    if seconds < MINUTE:
        return f"{max(0, int(seconds))} s"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min"
    if seconds < DAY:
        return f"{int(seconds // HOUR)} h"
    return f"{int(seconds // DAY)} d"


def when(instant: datetime | None, zone: tzinfo = UTC) -> str:
    """``2026-03-05 14:07`` in the office's zone; empty for none."""
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M") if instant else ""


def due_words(due: str, zone: tzinfo) -> str:
    """A due date as kept, for people: ``Fri Nov 6``, with the time and another year than this one where there is one."""
    return _due_words(due, zone, datetime.now(zone).year) if due else ""


@lru_cache(maxsize=4096)
def _due_words(due: str, zone: tzinfo, this_year: int) -> str:
    """Kept, because a table asks at each painting, and Python looks for a module at each formatting of a date."""
    exact = datetime.fromisoformat(due).astimezone(zone) if "T" in due else None
    day = exact.date() if exact else date.fromisoformat(due)
    year = "" if day.year == this_year else f" {day.year}"
    return f"{day:%a %b} {day.day}{year}{f', {exact:%H:%M}' if exact else ''}"


def counted(count: int, one: str, many: str = "") -> str:
    """``1 photo``, ``3 photos``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def megabytes(size: int | None) -> str:
    """``3.4 MB``, ``12 kB``; empty for none."""
    if size is None:
        return ""
    return f"{size / 1e6:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"


def rate(bytes_per_second: float) -> str:
    """``4.1 MB/s``, ``120 kB/s``."""
    if bytes_per_second >= 1_000_000:
        return f"{bytes_per_second / 1e6:.1f} MB/s"
    return f"{round(bytes_per_second / 1000)} kB/s"
