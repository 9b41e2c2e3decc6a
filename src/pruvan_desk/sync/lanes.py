"""A lane: what goes to one receiver, how much of it at once, and whether it can go at all."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from pruvan_desk.domain.pace import Pace
from pruvan_desk.store.outbox import ClaimedJob, LaneKey
from pruvan_desk.sync.transfer import Transfer

CLAIMED_AHEAD = 64
"""So many jobs wait in the engine itself, so that no sending waits for the database, and one transaction claims many."""


@dataclass
class Sending:
    """One job under way."""

    job: ClaimedJob
    transfer: Transfer
    task: asyncio.Task[None]


@dataclass
class Lane:
    """The jobs of one receiver that this engine has claimed."""

    key: LaneKey
    pace: Pace
    waiting: deque[ClaimedJob] = field(default_factory=deque)
    sending: dict[int, Sending] = field(default_factory=dict)
    resting_until: float = 0.0
    """After a fault of this computer, no job is taken until then: seconds of the engine's clock."""
    fault: str = ""
    more: bool = True
    """Whether the queue may hold more for it than was claimed last."""

    def room(self, now: float) -> int:
        """How many more jobs may be claimed; none in the rest after a fault."""
        if now < self.resting_until:
            return 0
        room = self.pace.at_once + CLAIMED_AHEAD - len(self.waiting) - len(self.sending)
        return room if room * 2 >= CLAIMED_AHEAD or not self.waiting else 0

    def startable(self) -> list[ClaimedJob]:
        """Takes the jobs that may begin now."""
        free = max(0, self.pace.at_once - len(self.sending))
        return [self.waiting.popleft() for _ in range(min(free, len(self.waiting)))]

    def rest(self, until: float, fault: str) -> list[ClaimedJob]:
        """Stops for a while; answers what was claimed and has not begun."""
        self.resting_until, self.fault = until, fault
        return self.give_back()

    def fault_now(self, now: float) -> str:
        """What keeps it from working at the moment; empty when nothing does."""
        return self.fault if now < self.resting_until else ""

    def give_back(self) -> list[ClaimedJob]:
        """Everything that was claimed and has not begun."""
        waiting, self.waiting = list(self.waiting), deque()
        return waiting
