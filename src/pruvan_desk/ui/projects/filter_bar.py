"""The chips above the table: one for each thing it is narrowed by, with its choices in a menu."""

from collections.abc import Callable, Collection
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from pruvan_desk.ui import tokens
from pruvan_desk.ui.projects.filters import FACETS, Facet, ProjectFilter
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button

ALWAYS = ("status", "due", "assigned_to")
"""Chips that are there though nothing is chosen of them; the others come by way of *More*."""
LONGEST = 28
"""Letters of a chip before it is cut."""


class ChoiceMenu(QMenu):
    """A menu that stays open while several are chosen."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a choice turns it; everything else closes as menus do."""
        if not self._turned():
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space turns a choice; Enter turns it and closes."""
        if event.key() != Qt.Key.Key_Space or not self._turned():
            super().keyPressEvent(event)

    def _turned(self) -> bool:
        action = cast("QAction | None", self.activeAction())
        if action is None or not action.isCheckable() or not action.isEnabled():
            return False
        action.trigger()
        return True


class FilterBar(QWidget):
    """Shows a :class:`ProjectFilter`. ``changed`` is emitted when somebody chooses otherwise."""

    changed = Signal()

    def __init__(self, theme: Theme, choices: Callable[[Facet], list[str]]) -> None:
        super().__init__()
        self.setAccessibleName("Filters")
        self._choices = choices
        self.filter = ProjectFilter()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.HALF)
        self.chips: dict[str, QPushButton] = {}
        for facet in FACETS:
            chip = button(facet.words, theme, kind="chip")
            chip.setCheckable(True)
            chip.clicked.connect(lambda _checked=False, facet=facet: self._open(facet))
            row.addWidget(chip)
            self.chips[facet.name] = chip
        self.more = button("More", theme, "plus", "chip", "Filter by something else")
        self.more.clicked.connect(self._open_more)
        self.clear = button("Clear", theme, "cross", "link", "Take all filters away")
        self.clear.clicked.connect(lambda: self._choose(ProjectFilter()))
        row.addWidget(self.more)
        row.addWidget(self.clear)
        self.show_filter(ProjectFilter())

    def show_filter(self, wanted: ProjectFilter) -> None:
        """Takes another filter, and says nothing."""
        self.filter = wanted
        for facet in FACETS:
            chip, values = self.chips[facet.name], wanted.chosen.get(facet.name, frozenset())
            words = f"{facet.words}: {', '.join(sorted(values))}" if values else facet.words
            chip.setText(f"{words[: LONGEST - 1]}…" if len(words) > LONGEST else words)
            chip.setAccessibleName(words)
            chip.setToolTip(words if values else "")
            chip.setChecked(bool(values))
            chip.setVisible(bool(values) or facet.name in ALWAYS)
        self.clear.setVisible(bool(wanted))

    def menu_of(self, facet: Facet) -> QMenu:
        """The choices of a facet, in a menu."""
        menu = ChoiceMenu(facet.words, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chosen = set(self.filter.chosen.get(facet.name, ()))
        every = menu.addAction("All")
        every.setEnabled(bool(chosen))
        every.triggered.connect(lambda: self._choose(self.filter.with_choice(facet.name, ())))
        menu.addSeparator()
        for value in self._offered(facet, chosen):
            action = menu.addAction(value.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(value in chosen)
            action.toggled.connect(lambda on, value=value: self._turn(facet.name, value, on=on))
        return menu

    def _offered(self, facet: Facet, chosen: Collection[str]) -> list[str]:
        offered = self._choices(facet)
        return [*offered, *sorted(set(chosen) - set(offered))]

    def _open(self, facet: Facet) -> None:
        chip = self.chips[facet.name]
        chip.setChecked(facet.name in self.filter.chosen)
        self.menu_of(facet).popup(chip.mapToGlobal(chip.rect().bottomLeft()))

    def _open_more(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for facet in FACETS:
            if not self.chips[facet.name].isVisible():
                menu.addMenu(self.menu_of(facet))
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _turn(self, facet: str, value: str, *, on: bool) -> None:
        chosen = set(self.filter.chosen.get(facet, ()))
        self._choose(self.filter.with_choice(facet, chosen | {value} if on else chosen - {value}))

    def _choose(self, wanted: ProjectFilter) -> None:
        self.show_filter(wanted)
        self.changed.emit()
