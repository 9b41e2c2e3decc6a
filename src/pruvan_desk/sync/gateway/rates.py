"""How often somebody may call: so many at once, then so many a second. Plain arithmetic on the clock."""

import threading
from dataclasses import dataclass

from pruvan_desk.core.clock import Clock

MOST_CALLERS = 1000


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Rate:
    """A bucket of calls for each caller: ``burst`` of them at once, refilled with ``per_second``. For any number of threads."""

    def __init__(self, clock: Clock, burst: int, per_second: float) -> None:
        self._clock, self._burst, self._per_second = clock, burst, per_second
        self._buckets: dict[str, _Bucket] = {}
        self._turn = threading.Lock()

    def allows(self, caller: str) -> bool:
        """Whether this call is within the rate; it is counted when it is."""
        now = self._clock.monotonic()
        with self._turn:
            bucket = self._buckets.get(caller)
            if bucket is None:
                self._forget_the_quiet(now)
                bucket = self._buckets.setdefault(caller, _Bucket(self._burst, now))
            self._refill(bucket, now)
            if bucket.left < 1:
                return False
            bucket.left -= 1
            return True

    def exhausted(self, caller: str) -> bool:
        """Whether the next call would not be within the rate; nothing is counted."""
        with self._turn:
            bucket = self._buckets.get(caller)
            if bucket is None:
                return False
            self._refill(bucket, self._clock.monotonic())
            return bucket.left < 1

    def _refill(self, bucket: _Bucket, now: float) -> None:
        bucket.left = min(self._burst, bucket.left + (now - bucket.at) * self._per_second)
        bucket.at = now

    def _forget_the_quiet(self, now: float) -> None:
        """Who has not called for so long that the bucket is full again needs none; of too many callers all are forgotten."""
        if len(self._buckets) < MOST_CALLERS:
            return
        full = self._burst / self._per_second
        self._buckets = {caller: bucket for caller, bucket in self._buckets.items() if now - bucket.at < full}
        if len(self._buckets) >= MOST_CALLERS:
            self._buckets.clear()
