"""When nothing moves although something is queued: whether that is long enough to say so, and what it waits for."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is queued, by what it waits for. ``retry_at``: when the first of those that failed in passing is tried again."""

    queued: int = 0
    oldest: datetime | None = None
    """Since when the one waits that waits longest."""
    paused: bool = False
    """Whether somebody has paused all sending."""
    behind_paused: tuple[tuple[str, int], ...] = ()
    """Name of a paused integration, and how many wait for it."""
    offline: tuple[str, ...] = ()
    """Names of order sources that cannot be reached."""
    retrying: int = 0
    retry_at: datetime | None = None
    fault: str = ""
    """What keeps this computer from working, in words."""


def is_stalled(waiting: Waiting, moved_at: datetime, now: datetime, minutes: float) -> bool:
    """Whether nothing has moved for ``minutes`` while something waited all that time; 0 switches the watch off."""
    if minutes <= 0 or not waiting.queued or waiting.oldest is None:
        return False
    return now - max(moved_at, waiting.oldest) >= timedelta(minutes=minutes)


def waits_for(waiting: Waiting, now: datetime) -> str:
    """What the queue waits for, in a sentence or several."""
    reasons = []
    if waiting.fault:
        reasons.append(waiting.fault)
    if waiting.paused:
        reasons.append("Sending is paused: resume it in Activity.")
    reasons += [
        f"{count:,} wait for {name}, which is paused: mend its credentials and Validate."
        for name, count in waiting.behind_paused
    ]
    if waiting.offline:
        reasons.append(f"{' and '.join(waiting.offline)} cannot be reached: check the network.")
    if waiting.retrying and waiting.retry_at is not None:
        minutes = max(1, round((waiting.retry_at - now).total_seconds() / 60))
        reasons.append(
            f"{waiting.retrying:,} failed in passing and are tried again, the first in {minutes} min; Retry does it now."
        )
    return " ".join(reasons) or "Nothing explains it: restart Pruvan Desk, and report it with the log."
