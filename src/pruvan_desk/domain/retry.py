"""When to try again after a passing failure. Plain arithmetic; chance is handed in."""

FIRST_DELAY = 25.0
LONGEST_DELAY = 3600.0


def retry_delay(attempt: int, chance: float, retry_after: float | None = None, first: float = FIRST_DELAY) -> float:
    """Seconds to wait after failed attempt number ``attempt`` (from 1).

    Doubles from ``first`` to an hour, spread by ±25 % with ``chance`` in [0, 1) so that many jobs do not come back at
    once. A server's own ``Retry-After`` is obeyed when it asks for longer, up to an hour.
    """
    delay = min(LONGEST_DELAY, first * 2.0 ** min(attempt - 1, 16)) * (0.75 + 0.5 * chance)
    return min(LONGEST_DELAY, max(delay, retry_after or 0.0))
