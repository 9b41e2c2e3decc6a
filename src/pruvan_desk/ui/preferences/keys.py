"""The page of the keys: every deed with its keys, which are changed here, on this machine, and work at once."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pruvan_desk.core.errors import UsageError
from pruvan_desk.ui import tokens
from pruvan_desk.ui.actions import BY_NAME, DEEDS, key_words
from pruvan_desk.ui.key_map import KeyMap
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, label

NAME = Qt.ItemDataRole.UserRole
NO_KEY = "Backspace"
"""Pressed in a field, it takes the key away."""


class KeysPage(QWidget):
    """The list of deeds by menu; below it the keys of the one that is chosen. A key that means something already is refused by name."""

    def __init__(self, keys: KeyMap, theme: Theme) -> None:
        super().__init__()
        self._keys = keys
        self.list = QTreeWidget()
        self.list.setAccessibleName("What keys do")
        self.list.setHeaderLabels(["Does", "Keys", "As delivered"])
        self.list.setUniformRowHeights(True)
        self.list.setIndentation(2 * tokens.UNIT)
        self._items: dict[str, QTreeWidgetItem] = {}
        self._fill()
        self.key, self.second = (self._field(name) for name in ("Key", "Second key"))
        self.reset = button("Reset", theme, hint="The key that the program came with, for this line")
        self.reset_all = button("Reset all", theme, hint="All keys as the program came with them")
        for each in (self.reset, self.reset_all):
            each.setAutoDefault(False)  # Enter in the list presses neither
        self.problem = label("", "problem", wrap=True)
        self.problem.setMinimumHeight(2 * self.problem.fontMetrics().lineSpacing())
        self._put_together()
        self.list.currentItemChanged.connect(lambda *_: self._show())
        for field in (self.key, self.second):
            field.editingFinished.connect(self._change)
        self.reset.clicked.connect(lambda: self._try(lambda: keys.reset(self.current())))
        self.reset_all.clicked.connect(lambda: self._try(keys.reset_all))
        keys.changed.connect(self._draw)
        self._draw()
        self.list.setCurrentItem(self._items["pass"])

    def choose(self, name: str) -> None:
        """To the line of a deed."""
        self.list.setCurrentItem(self._items[name])

    def current(self) -> str:
        """The deed of the line that is chosen; empty on a heading."""
        item = self.list.currentItem()
        name = item.data(0, NAME) if item else None
        return name if isinstance(name, str) else ""

    def _fill(self) -> None:
        menus: dict[str, QTreeWidgetItem] = {}
        for deed in DEEDS:
            if deed.menu not in menus:
                menus[deed.menu] = QTreeWidgetItem(self.list, [deed.menu])
                menus[deed.menu].setFirstColumnSpanned(True)
                menus[deed.menu].setSizeHint(0, QSize(0, tokens.ROW_HEIGHT))
            item = QTreeWidgetItem(menus[deed.menu], [deed.words])
            item.setData(0, NAME, deed.name)
            item.setSizeHint(0, QSize(0, tokens.ROW_HEIGHT))
            self._items[deed.name] = item
        self.list.expandAll()
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 18), (2, 15)):
            header.resizeSection(column, width * tokens.UNIT)

    def _field(self, name: str) -> QKeySequenceEdit:
        made = QKeySequenceEdit()
        made.setMaximumSequenceLength(1)
        made.setAccessibleName(name)
        return made

    def _put_together(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(tokens.UNIT)
        for field in (self.key, self.second):
            name = label(field.accessibleName())
            name.setBuddy(field)
            row.addWidget(name)
            row.addWidget(field, 1)
        row.addWidget(self.reset)
        row.addWidget(self.reset_all)
        box = QVBoxLayout(self)
        box.setContentsMargins(*(4 * [tokens.UNIT * 2]))
        box.setSpacing(tokens.UNIT)
        box.addWidget(
            label(
                "Choose a line, click into a key, and press the new one; Backspace takes it away. It works at once, on this machine.",
                "muted",
                wrap=True,
            )
        )
        box.addWidget(self.list, 1)
        box.addLayout(row)
        box.addWidget(self.problem)

    def _draw(self) -> None:
        """The keys of all lines; a changed one shows what it was as well."""
        for name, item in self._items.items():
            deed = BY_NAME[name]
            font = item.font(1)
            font.setBold(self._keys.is_changed(name))
            item.setFont(1, font)
            item.setText(1, self._keys.words(name) or "no key")
            item.setText(2, "fixed" if deed.native else key_words(deed.keys) if self._keys.is_changed(name) else "")
        self._show()

    def _show(self) -> None:
        name = self.current()
        keys = self._keys.keys(name) if name else ()
        can_change = bool(name) and not BY_NAME[name].native
        for place, field in enumerate((self.key, self.second)):
            field.blockSignals(True)
            field.setKeySequence(QKeySequence(keys[place] if can_change and place < len(keys) else ""))
            field.blockSignals(False)
            field.setEnabled(can_change)
        self.reset.setEnabled(can_change and self._keys.is_changed(name))
        self.problem.setText("")

    def _change(self) -> None:
        wanted = [key for field in (self.key, self.second) if (key := field.keySequence().toString()) != NO_KEY]
        self._try(lambda: self._keys.change(self.current(), wanted))

    def _try(self, deed: Callable[[], None]) -> None:
        """What is refused leaves everything as it was, and says why."""
        try:
            deed()
        except UsageError as error:
            self._show()
            self.problem.setText(str(error))
