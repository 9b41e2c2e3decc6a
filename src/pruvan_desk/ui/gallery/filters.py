"""The chips above the grid: which state, which evidence type; each with its count."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from pruvan_desk.domain.statuses import ItemState, evidence_label
from pruvan_desk.ui import tokens
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button

STATES = (
    ItemState.PENDING_QA, ItemState.PASSED, ItemState.REJECTED, ItemState.QUEUED, ItemState.PUBLISHED, ItemState.FAILED,
    ItemState.HELD,
)  # fmt: skip
EVIDENCE = ("before", "during", "after")


class Chips(QWidget):
    """Buttons of which one is down. ``chosen`` is emitted when somebody chooses another."""

    chosen = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(tokens.HALF)
        self._group = QButtonGroup(self)
        self._values: list[str] = []
        self._words: list[str] = []
        self._group.idClicked.connect(lambda _place: self.chosen.emit())

    def add(self, value: str, words: str, theme: Theme, icon: str = "", colour: str = "text") -> QPushButton:
        """One more choice."""
        made = button(words, theme, kind="chip")
        if icon:
            theme.dress(made, icon, colour)
        made.setCheckable(True)
        made.setChecked(not self._values)
        self._group.addButton(made, len(self._values))
        self._values.append(value)
        self._words.append(words)
        self._row.addWidget(made)
        return made

    def value(self) -> str:
        """What is chosen."""
        return self._values[self._group.checkedId()]

    def choose(self, value: str) -> None:
        """Puts one down; says nothing."""
        if value in self._values:
            self._group.button(self._values.index(value)).setChecked(True)

    def count(self, counts: Mapping[str, int]) -> None:
        """Shows how many each choice would show; those of none step back, unless chosen."""
        for place, (value, words) in enumerate(zip(self._values, self._words, strict=True)):
            chip = self._group.button(place)
            number = counts.get(value, 0)
            chip.setText(f"{words} {number:,}" if number else words)
            chip.setAccessibleName(f"{words}, {number}")
            if value:
                chip.setVisible(bool(number) or chip.isChecked() or value in ALWAYS)


ALWAYS = {ItemState.PENDING_QA.value, ItemState.PASSED.value, ItemState.REJECTED.value, *EVIDENCE}


def state_chips(theme: Theme) -> Chips:
    """All, and one for each state that photos are checked by."""
    chips = Chips("State filter")
    chips.add("", "All", theme)
    for state in STATES:
        words = "Pending" if state is ItemState.PENDING_QA else state.label
        chips.add(state.value, words, theme, tokens.STATE_ICON[state], tokens.STATE_COLOUR[state])
    return chips


def evidence_chips(theme: Theme) -> Chips:
    """All, Before, During, After."""
    chips = Chips("Evidence type filter")
    chips.add("", "All", theme)
    for kind in EVIDENCE:
        chips.add(kind, evidence_label(kind), theme)
    return chips
