"""Colour coding: a light tint behind the rows, by status or due date. The words beside it say the same."""

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtGui import QColor

from pruvan_desk.domain.statuses import ProjectStatus
from pruvan_desk.store.views.projects import ProjectRow
from pruvan_desk.ui.projects.filters import PAST, THIS_WEEK, TODAY, due_of
from pruvan_desk.ui.theme import Theme

STRENGTH = 0.16
"""Share of the colour in the tint: enough to be told apart, little enough to read on."""
RULES: Mapping[str, str] = {"": "No colours", "status": "Colour by status", "due": "Colour by due date"}
COLOURS: Mapping[str, Mapping[str, str]] = {
    "": {},
    "status": {
        ProjectStatus.UNASSIGNED: "idle",
        ProjectStatus.RUSH: "bad",
        ProjectStatus.REWORK: "waiting",
        ProjectStatus.COMPLETE: "good",
        ProjectStatus.SUBMITTED: "held",
        ProjectStatus.INVOICED: "sent",
    },
    "due": {PAST: "bad", TODAY: "waiting", THIS_WEEK: "good"},
}


def tint_of(row: ProjectRow, rule: str, now: datetime) -> str:
    """The value that decides about a row's tint."""
    if rule == "due":
        return next(iter(due_of(row, now)), "")
    return row.status


def tints(theme: Theme, rule: str) -> Mapping[str, QColor]:
    """The tints of a rule in the scheme in force, by value."""
    ground = theme.colour("surface")
    return {str(value): blend(theme.colour(name), ground) for value, name in COLOURS[rule].items()}


def blend(colour: QColor, ground: QColor, share: float = STRENGTH) -> QColor:
    """``share`` of one colour over another."""
    pairs = (
        (colour.red(), ground.red()),
        (colour.green(), ground.green()),
        (colour.blue(), ground.blue()),
    )
    return QColor(*(round(over * share + under * (1 - share)) for over, under in pairs))
