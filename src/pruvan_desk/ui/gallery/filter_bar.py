"""The lines above the grid that choose what is shown: chips, the search field, a menu for the rest, and a chip for each choice."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.ui import tokens
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.gallery.filtering import By, Filter, choices, value_words
from pruvan_desk.ui.gallery.filters import evidence_chips, state_chips
from pruvan_desk.ui.gallery.model import GalleryModel
from pruvan_desk.ui.gallery.tally import Tally
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, text_field

MOST = 30
"""Choices of one kind in the menu; the search field finds the rest."""
LONGEST = 36
"""Letters of a chip; the whole stands in its hint."""


class FilterBar(QWidget):
    """Holds the filter; ``changed`` is emitted when somebody chooses another. The view puts its parts where they belong."""

    changed = Signal()

    def __init__(self, desk: Desk, theme: Theme, model: GalleryModel) -> None:
        super().__init__()
        self._desk, self._theme, self._model = desk, theme, model
        self._more = Filter()
        self.states = state_chips(theme)
        self.evidence = evidence_chips(theme)
        self.search = text_field("Search photos", "Search task, notes, crew", clear=True)
        self.search.setFixedWidth(28 * tokens.UNIT)
        self.menu = QMenu(self)
        self.button = button("Filter", theme, "search", hint="Filter by task, crew, day or hint")
        self.button.setMenu(self.menu)
        self._chips = QHBoxLayout(self)
        self._chips.setContentsMargins(2 * tokens.UNIT, 0, 2 * tokens.UNIT, tokens.UNIT)
        self._chips.setSpacing(tokens.HALF)
        self.setAccessibleName("Filters in force")
        self.menu.aboutToShow.connect(self._fill_menu)
        self.search.textChanged.connect(lambda _words: self._say())
        self.states.chosen.connect(self._say)
        self.evidence.chosen.connect(self._say)
        self._show_chips()

    def filter(self) -> Filter:
        """What is chosen now."""
        state = self.states.value()
        return Filter(
            state=ItemState(state) if state else None,
            evidence_type=self.evidence.value() or None,
            task=self._more.task,
            crew=self._more.crew,
            day=self._more.day,
            hint=self._more.hint,
            words=self.search.text(),
            hints_first=self._more.hints_first,
        )

    def choose(self, by: By, value: str | None) -> None:
        """Filters by one thing; ``None`` no more."""
        self._more = self._more.with_value(by, value)
        self._say()

    def put_hints_first(self, *, first: bool) -> None:
        """Sorts what has a quality hint before the rest of its group, or as it was taken."""
        self._more = replace(self._more, hints_first=first)
        self._say()

    def put(self, wanted: Filter) -> None:
        """Takes a whole filter, and says so once."""
        self._more = wanted
        for widget in (self.search, self.states, self.evidence):
            widget.blockSignals(True)
        self.states.choose(wanted.state or "")
        self.evidence.choose(wanted.evidence_type or "")
        self.search.setText(wanted.words)
        for widget in (self.search, self.states, self.evidence):
            widget.blockSignals(False)
        self._say()

    def clear(self) -> None:
        """Shows everything."""
        self.put(Filter())

    def count(self, tally: Tally) -> None:
        """Shows how many each chip would show."""
        states = Counter({state.value: count for state, count in tally.states.items()})
        states[ItemState.QUEUED.value] += states[ItemState.RELAYING.value]
        self.states.count(states | Counter({"": tally.total}))
        self.evidence.count(tally.kinds | Counter({"": tally.total}))

    def _say(self) -> None:
        self._show_chips()
        self.changed.emit()

    def _show_chips(self) -> None:
        """One chip for each choice; a click takes the choice away."""
        while (item := self._chips.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        chosen = [(by, value) for by in By if (value := self._more.value(by)) is not None]
        for by, value in chosen:
            words = f"{by.label}: {value_words(by, value)}"
            short = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
            chip = button(
                short.replace("&", "&&"), self._theme, "cross", kind="chip", hint=f"Show all again, not only {words}"
            )
            chip.setAccessibleName(f"Filter {words}. Press to clear.")
            chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            chip.setCheckable(True)
            chip.setChecked(True)
            chip.clicked.connect(partial(self.choose, by, None))
            self._chips.addWidget(chip)
        if self._more.hints_first:
            self._chips.addWidget(self._sort_chip())
        self._chips.addStretch(1)
        self.setVisible(bool(chosen) or self._more.hints_first)

    def _sort_chip(self) -> QPushButton:
        chip = button("Hints first", self._theme, "cross", kind="chip", hint="Sort by time again")
        chip.setAccessibleName("Sorted: hints first. Press to sort by time.")
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        chip.setCheckable(True)
        chip.setChecked(True)
        chip.clicked.connect(lambda: self.put_hints_first(first=False))
        return chip

    def _fill_menu(self) -> None:
        self.menu.clear()
        rows = list(self._model.all_now())
        for by in By:
            found = choices(rows, by, self._desk.settings.zone)
            if found or self._more.value(by) is not None:
                self._fill_one(self.menu.addMenu(by.label), by, found)
        self.menu.addSeparator()
        first = self.menu.addAction("Photos with hints first")
        first.setCheckable(True)
        first.setChecked(self._more.hints_first)
        first.triggered.connect(lambda checked: self.put_hints_first(first=checked))
        everything = self.menu.addAction("Show all")
        everything.triggered.connect(self.clear)

    def _fill_one(self, menu: QMenu, by: By, found: Counter[str]) -> None:
        chosen = self._more.value(by)
        for value in _in_order(by, found):
            words = f"{value_words(by, value)}  ({found[value]:,})"
            action = menu.addAction(words.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(value == chosen)
            action.triggered.connect(partial(self.choose, by, None if value == chosen else value))


def _in_order(by: By, found: Counter[str]) -> Iterable[str]:
    """Days newest first, the others the most frequent first."""
    if by is By.DAY:
        return sorted(found, reverse=True)[:MOST]
    return [value for value, _ in found.most_common(MOST)]
