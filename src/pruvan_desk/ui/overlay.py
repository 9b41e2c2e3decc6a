"""The ``?`` page: all keys as they are now, made from the action map."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QWidget

from pruvan_desk.ui import tokens
from pruvan_desk.ui.actions import DEEDS, Deed
from pruvan_desk.ui.key_map import KeyMap
from pruvan_desk.ui.widgets import label


class KeysDialog(QDialog):
    """Groups of keys side by side. Escape closes it."""

    def __init__(self, keys: KeyMap, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("All keys")
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * tokens.UNIT, 2 * tokens.UNIT, 3 * tokens.UNIT, 2 * tokens.UNIT)
        row.setSpacing(2 * tokens.UNIT)
        for groups in _columns():
            row.addLayout(_column(groups, keys))


def _columns() -> Iterator[list[tuple[str, list[Deed]]]]:
    groups: dict[str, list[Deed]] = {}
    for deed in DEEDS:
        groups.setdefault(deed.menu, []).append(deed)
    for names in (("Photo", "Edit", "View", "Help"), ("Moving about", "Looking", "Annotating")):
        yield [(name, groups.pop(name)) for name in names]
    yield list(groups.items())


def _column(groups: list[tuple[str, list[Deed]]], keys: KeyMap) -> QGridLayout:
    """Groups one below the other, their keys and words in line."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(2 * tokens.UNIT)
    grid.setVerticalSpacing(2)
    for name, deeds in groups:
        heading = label(name, "heading")
        heading.setContentsMargins(0, 2 * tokens.UNIT if grid.count() else 0, 0, 0)
        grid.addWidget(heading, grid.rowCount(), 0, 1, 2)
        for deed in deeds:
            row = grid.rowCount()
            grid.addWidget(label(keys.words(deed.name) or "no key"), row, 0)
            grid.addWidget(label(deed.words, "muted"), row, 1)
    grid.setRowStretch(grid.rowCount(), 1)
    grid.setColumnStretch(1, 1)
    return grid
