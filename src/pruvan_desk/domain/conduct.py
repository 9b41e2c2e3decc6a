"""Whether what answers at an address is the API at all. Plain arithmetic; the time is handed in.

A page of a server that is being mended passes: what was sent is sent again. Where *everything* is answered so for a while, the
address is wrong, and asking on is of no use.
"""

from dataclasses import dataclass

WRONG_ANSWERS = 10
WRONG_SECONDS = 900.0


@dataclass(slots=True)
class Conduct:
    """The answers of one order source, as they come. Times are seconds of one steady clock."""

    wrong: int = 0
    since: float = 0.0

    def went_well(self) -> None:
        """It spoke the API, whatever it said."""
        self.wrong = 0

    def went_wrong(self, now: float) -> bool:
        """It did not. Answers whether it has not done so for long: then the count begins anew."""
        if self.wrong == 0:
            self.since = now
        self.wrong += 1
        if self.wrong < WRONG_ANSWERS or now - self.since < WRONG_SECONDS:
            return False
        self.wrong = 0
        return True
