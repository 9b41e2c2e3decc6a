"""How many items are sent to one receiver at the same time: as many as it takes well. Plain arithmetic; the time is handed in."""

from dataclasses import dataclass

START = 2.0
STEADY = 2.5
"""Up to this many times its best and ``PROMPT``, a receiver's time for an item is no reason not to send more at once."""
SLOW = 6.0
"""From this many times on, fewer are sent at once."""
PROMPT = 0.1
"""Seconds that an item may take whatever its size: one that is taken within milliseconds is no longer slow for taking twice as many,
and the way there and back is most of a small item's time.
"""
SMOOTHING = 0.2
FORGETTING = 1.002
"""The best time fades by a little with each sending, so that yesterday's line is no measure for today's."""
OVERHEAD = 64 * 1024
"""Bytes that an item costs beside its own: a small one takes nearly as long as one of this size."""


@dataclass
class Pace:
    """Slow start: one more at once for each item that went well, until the first trouble; then one more for each round.

    Trouble, or a receiver that takes ever longer, halves it, at most once for the sendings that were under way then.
    """

    ceiling: int
    limit: float = START
    _steady: bool = False
    """Whether the slow start is over."""
    _best: float = 0.0
    """Seconds for a byte."""
    _usual: float = 0.0
    """Times what is expected of it."""
    _cut_at: float = float("-inf")

    @property
    def at_once(self) -> int:
        """How many may be under way now."""
        return max(1, min(self.ceiling, int(self.limit)))

    def went_well(self, began: float, ended: float, size: int) -> None:
        """An item of ``size`` bytes was taken. ``began``, ``ended``: seconds of a clock that is never set back."""
        seconds, weight = max(ended - began, 1e-6), size + OVERHEAD
        self._best = min(seconds / weight, self._best * FORGETTING) if self._best else seconds / weight
        times = seconds / (PROMPT + self._best * weight)
        self._usual = self._usual + SMOOTHING * (times - self._usual) if self._usual else times
        if self._usual > SLOW:
            self._cut(began, ended)
        elif self._usual <= STEADY:
            self.limit = min(float(self.ceiling), self.limit + (1.0 / self.limit if self._steady else 1.0))

    def went_wrong(self, began: float, ended: float) -> None:
        """A sending ended in a passing failure."""
        self._cut(began, ended)

    def _cut(self, began: float, ended: float) -> None:
        self._steady = True
        if began >= self._cut_at:
            self._cut_at = ended
            self.limit = max(1.0, min(self.limit, self.ceiling) / 2)
