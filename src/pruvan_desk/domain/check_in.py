"""Check In: it succeeds only when the check-in, the checklist and Complete have all happened, in any order."""

import html
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

DEMAND = "check_in_required"
"""The option of an order that asks for a check-in."""
NOT_A_NUMBER = "the number has not the form of an ABC number"


class Lacking(StrEnum):
    """A step of a check-in that is wrong or missing, in as few words as a table has room for."""

    NUMBER = "Refused"
    CHECK_IN = "No check-in"
    CHECKLIST = "No checklist"
    COMPLETE = "Not complete"


@dataclass(frozen=True, slots=True)
class CheckInSteps:
    """Which of the three has happened. ``refused`` holds the provider's words where it refused the number."""

    checked_in: bool
    checklist_submitted: bool
    completed: bool
    refused: str = ""

    @property
    def lacking(self) -> tuple[Lacking, ...]:
        """What is still to do, in the order in which it is done."""
        steps = []
        if self.refused:
            steps.append(Lacking.NUMBER)
        elif not self.checked_in:
            steps.append(Lacking.CHECK_IN)
        if not self.checklist_submitted:
            steps.append(Lacking.CHECKLIST)
        if not self.completed:
            steps.append(Lacking.COMPLETE)
        return tuple(steps)

    @property
    def missing(self) -> list[str]:
        """The same in words that say what is wanted."""
        wanted = {
            Lacking.NUMBER: f"a valid ABC number ({self.refused})", Lacking.CHECK_IN: "check-in with an ABC number",
            Lacking.CHECKLIST: "checklist submitted", Lacking.COMPLETE: "Complete pressed",
        }  # fmt: skip
        return [wanted[step] for step in self.lacking]

    @property
    def state(self) -> str:
        """``succeeded``, ``failed`` (the number was refused) or ``required``."""
        if self.refused:
            return "failed"
        return "required" if self.lacking else "succeeded"


def check_in_required(options: dict[str, Any]) -> bool:
    """Whether the order's options demand a check-in."""
    return truthy_option(options.get(DEMAND))


def relay_check_in(options: dict[str, Any]) -> bool:
    """Whether the check-in goes on to the order source; it does unless the order says otherwise."""
    said = options.get("check_in_relay")
    return said is None or said == "" or truthy_option(said)


def truthy_option(value: object) -> bool:
    """An option as foreign systems write it: true, 1, "1", "true", "yes" and the like."""
    return str(value).strip().lower() in {"1", "true", "yes", "y", "on"}


def abc_number_is_well_formed(number: str, form: str) -> bool:
    """Whether a background-check number has the form that the office's setting says. The provider decides whether it is valid."""
    return re.fullmatch(form, number.strip()) is not None


def with_refusal(instructions: str, refused: str) -> str:
    """The instructions as the field gets them: that its check-in was refused, and why, stands above all else.

    Where the instructions are HTML, so is the line.
    """
    if not refused:
        return instructions
    words = f"CHECK IN refused: {refused}. Check in again with a valid ABC number."
    if "<" in instructions:
        return f"<p><b>{html.escape(words)}</b></p>{instructions}"
    return f"{words}\n\n{instructions}".rstrip()
