"""The one place for colours, spacing and type. The palette and the style sheet are made from it."""

from dataclasses import dataclass
from typing import Final

from pruvan_desk.domain.hints import Hint
from pruvan_desk.domain.statuses import ItemState

UNIT: Final = 8
"""Pixels of the grid that everything stands on."""
HALF: Final = UNIT // 2
ROW_HEIGHT: Final = 28
RAIL_WIDTH: Final = 104
ICON: Final = 16
TITLE_SCALE: Final = 1.3
SMALL_SCALE: Final = 0.92
RADIUS: Final = 4


@dataclass(frozen=True, slots=True)
class Colours:
    """One scheme. ``accent`` marks what is selected or has the focus; the last seven say a state."""

    window: str
    surface: str
    sunken: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    selection: str
    hover: str
    waiting: str
    good: str
    sent: str
    bad: str
    held: str
    idle: str
    photo: str


LIGHT: Final = Colours(
    window="#f3f4f6",
    surface="#ffffff",
    sunken="#e9ebef",
    border="#d3d8de",
    text="#1c2127",
    muted="#5a6572",
    accent="#1f5fbf",
    on_accent="#ffffff",
    selection="#d9e6f9",
    hover="#e6eaef",
    waiting="#8a5a00",
    good="#0b6e99",
    sent="#1a7a3c",
    bad="#b3261e",
    held="#6a3fb5",
    idle="#5a6572",
    photo="#dfe2e7",
)

DARK: Final = Colours(
    window="#1b1e23",
    surface="#22262c",
    sunken="#16191d",
    border="#3a414a",
    text="#e4e8ed",
    muted="#9aa5b1",
    accent="#6ea8ff",
    on_accent="#0d1a2d",
    selection="#2c3f5c",
    hover="#2b3038",
    waiting="#e3b04b",
    good="#5cb8e0",
    sent="#5fbf7a",
    bad="#f2857c",
    held="#b79af0",
    idle="#9aa5b1",
    photo="#14161a",
)

STATE_COLOUR: Final = {
    ItemState.UNASSIGNED: "waiting",
    ItemState.HELD: "held",
    ItemState.PENDING_QA: "waiting",
    ItemState.PASSED: "good",
    ItemState.REJECTED: "bad",
    ItemState.QUEUED: "idle",
    ItemState.RELAYING: "idle",
    ItemState.PUBLISHED: "sent",
    ItemState.FAILED: "bad",
    ItemState.DELETED: "idle",
}

STATE_ICON: Final = {
    ItemState.UNASSIGNED: "question",
    ItemState.HELD: "held",
    ItemState.PENDING_QA: "clock",
    ItemState.PASSED: "check",
    ItemState.REJECTED: "cross",
    ItemState.QUEUED: "queued",
    ItemState.RELAYING: "send",
    ItemState.PUBLISHED: "published",
    ItemState.FAILED: "warning",
    ItemState.DELETED: "cross",
}
"""A state is never told by colour alone: each has its sign, and its word beside it."""

HINT_ICON: Final = {hint: f"hint-{hint.value}" for hint in Hint}
"""The sign of a quality hint; what it means is in its tip, in the facts, and read by screen readers."""
