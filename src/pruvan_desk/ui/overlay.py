"""The ``?`` page: all keys as they are now, made from the action map."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

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
        row.setContentsMargins(*(4 * [3 * tokens.UNIT]))
        row.setSpacing(5 * tokens.UNIT)
        for groups in _columns():
            box = QVBoxLayout()
            box.setSpacing(2 * tokens.UNIT)
            for name, deeds in groups:
                box.addWidget(_group(name, deeds, keys))
            box.addStretch(1)
            row.addLayout(box)


def _columns() -> Iterator[list[tuple[str, list[Deed]]]]:
    groups: dict[str, list[Deed]] = {}
    for deed in DEEDS:
        groups.setdefault(deed.menu, []).append(deed)
    for names in (("Photo", "View"), ("Moving about", "Looking", "Annotating", "Edit")):
        yield [(name, groups.pop(name)) for name in names]
    yield list(groups.items())


def _group(name: str, deeds: list[Deed], keys: KeyMap) -> QWidget:
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(3 * tokens.UNIT)
    grid.setVerticalSpacing(2)
    grid.addWidget(label(name, "heading"), 0, 0, 1, 2)
    for place, deed in enumerate(deeds, start=1):
        grid.addWidget(label(keys.words(deed.name) or "no key"), place, 0)
        grid.addWidget(label(deed.words, "muted"), place, 1)
    grid.setColumnStretch(1, 1)
    return made
