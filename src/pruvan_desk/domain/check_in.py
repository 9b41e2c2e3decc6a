"""Check In: it succeeds only when the check-in, the checklist and Complete have all happened, in any order."""

import re
from dataclasses import dataclass
from typing import Any

ABC_NUMBER = re.compile(r"[A-Za-z]{0,4}-?\d{4,12}")
"""Form of an Aspen Grove background-check number. The provider decides whether it is valid; this only catches typing errors."""


@dataclass(frozen=True, slots=True)
class CheckInSteps:
    """Which of the three has happened. ``refused`` holds the provider's words where it refused the number."""

    checked_in: bool
    checklist_submitted: bool
    completed: bool
    refused: str = ""

    @property
    def missing(self) -> list[str]:
        """What is still to do, in words."""
        steps = []
        if self.refused:
            steps.append(f"a valid ABC number ({self.refused})")
        elif not self.checked_in:
            steps.append("check-in with a valid ABC number")
        if not self.checklist_submitted:
            steps.append("checklist submitted")
        if not self.completed:
            steps.append("Complete pressed")
        return steps

    @property
    def state(self) -> str:
        """``succeeded``, ``failed`` (the number was refused) or ``required``."""
        if self.refused:
            return "failed"
        return "required" if self.missing else "succeeded"


def check_in_required(options: dict[str, Any]) -> bool:
    """Whether the order's options demand a check-in."""
    return truthy_option(options.get("check_in_required"))


def relay_check_in(options: dict[str, Any]) -> bool:
    """Whether the check-in goes on to the order source; it does unless the order says otherwise."""
    said = options.get("check_in_relay")
    return said is None or said == "" or truthy_option(said)


def truthy_option(value: object) -> bool:
    """An option as foreign systems write it: true, 1, "1", "true", "yes" and the like."""
    return str(value).strip().lower() in {"1", "true", "yes", "y", "on"}


def abc_number_is_well_formed(number: str) -> bool:
    """Whether a number has the form of an ABC number."""
    return ABC_NUMBER.fullmatch(number.strip()) is not None
