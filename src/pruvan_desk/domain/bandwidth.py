"""A fixed limit of what goes out: a bucket that fills at the limit's rate. Plain arithmetic; the time is handed in."""

from dataclasses import dataclass

BURST_SECONDS = 0.25


@dataclass
class TokenBucket:
    """``rate`` in bytes a second; 0 is no limit."""

    rate: float = 0.0
    _level: float = 0.0
    _filled_at: float | None = None

    def take(self, size: int, now: float) -> float:
        """Takes ``size`` bytes; answers the seconds to wait before they may go out. ``now``: seconds, never set back."""
        if self.rate <= 0:
            self._filled_at = None
            return 0.0
        burst = self.rate * BURST_SECONDS
        if self._filled_at is None:
            self._level = burst
        else:
            self._level = min(burst, self._level + (now - self._filled_at) * self.rate)
        self._filled_at = now
        self._level -= size
        return max(0.0, -self._level / self.rate)

    def piece(self, whole: int) -> int:
        """Bytes to hand out in one go, ``whole`` at most: a tenth of a second's worth, so that the rate is even."""
        return whole if self.rate <= 0 else max(4096, min(whole, int(self.rate / 10)))
