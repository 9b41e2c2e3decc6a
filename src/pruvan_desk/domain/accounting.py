"""The accounting: every item received is in exactly one state, and the states sum up to what was received."""

from collections.abc import Mapping
from dataclasses import dataclass

from pruvan_desk.domain.statuses import ItemState


@dataclass(frozen=True, slots=True)
class Accounting:
    """Items received, and how many of them stand where."""

    received: int
    by_state: Mapping[ItemState, int]

    @property
    def closes(self) -> bool:
        """Whether the states account for everything received."""
        return self.received == sum(self.by_state.values())

    def as_dict(self) -> dict[str, int]:
        """``received`` and each state by its name, for JSON."""
        return {"received": self.received} | {state.value: self.by_state.get(state, 0) for state in ItemState}
