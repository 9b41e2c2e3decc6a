"""Stand-ins for what tests may not wait for."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
"""Where a :class:`FakeClock` stands unless told otherwise."""


class FakeClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Lets time pass."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds
