"""Retakes: what the office asks a crew to photograph again, and how the crew reads it among its instructions."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from pruvan_desk.domain.statuses import evidence_label


@dataclass(frozen=True, slots=True)
class Retake:
    """One photo to take again: where it belongs, why, and the name of the one that was rejected."""

    task: str
    evidence_type: str
    reason: str
    file_name: str = ""

    @property
    def words(self) -> str:
        """``Grass Cut, After: Blurred (0012.jpg)``."""
        where = ", ".join(part for part in (self.task, evidence_label(self.evidence_type)) if part)
        name = f" ({self.file_name})" if self.file_name else ""
        return f"{where}: {self.reason}{name}"


def with_retakes(instructions: str, retakes: Sequence[Retake]) -> str:
    """The instructions as the field gets them: what is to be taken again stands above what the client wrote.

    Where the instructions are HTML, so are the lines, and what the office wrote is escaped.
    """
    if not retakes:
        return instructions
    title = "RETAKE requested by the office:"
    if "<" in instructions:
        lines = "".join(f"<li>{html.escape(retake.words)}</li>" for retake in retakes)
        return f"<p><b>{title}</b></p><ul>{lines}</ul>{instructions}"
    lines = "\n".join(f"- {retake.words}" for retake in retakes)
    return f"{title}\n{lines}\n\n{instructions}".rstrip()
