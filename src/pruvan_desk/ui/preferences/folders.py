"""The fields of a folder tree: where it stands, and its levels in their order, with an example of what comes out."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QHBoxLayout, QListWidgetItem, QVBoxLayout, QWidget

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.folder_trees import Level, folder_names, read_levels
from pruvan_desk.ui import tokens
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, choice_list, label, text_field

EXAMPLE = {
    Level.ADDRESS_1: "12 Elm St", Level.ADDRESS_2: "Unit B", Level.CITY: "Round Rock", Level.STATE: "TX", Level.ZIP: "78664",
    Level.PROPERTY: "12 Elm St, Round Rock, TX 78664", Level.CLIENT: "FAStrack", Level.PROJECT: "AFS::88123",
    Level.TASK: "Grass Cut", Level.PHOTO_TYPE: "Before", Level.DATE: "2026-11-25", Level.FILE_TYPE: "picture",
    Level.FILE_EXTENSION: "jpg", Level.PICTURE_SOURCE: "Mobile", Level.PHONE_NUMBER: "512-555-0123", Level.SUB_USER: "crew7",
    Level.VENDOR_ACCOUNT: "Lone Star Field",
}  # fmt: skip


class FolderField(QWidget):
    """A whole path, written or chosen."""

    changed = Signal(str)

    def __init__(self, theme: Theme, path: str, title: str, placeholder: str) -> None:
        super().__init__()
        self._title = title
        self.path = text_field("Folder", placeholder)
        self.path.setText(path)
        self.choose = button("Choose…", theme, "file", hint="Choose the folder")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.path, 1)
        row.addWidget(self.choose)
        self.setFocusProxy(self.path)
        self.path.editingFinished.connect(lambda: self.changed.emit(self.path.text().strip()))
        self.choose.clicked.connect(self._ask)

    def _ask(self) -> None:
        dialog = QFileDialog(self, self._title, self.path.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, path: str) -> None:
        self.path.setText(path)
        self.changed.emit(path)


class LevelsField(QWidget):
    """All levels: those that are ticked make the tree, from top to bottom. Space ticks, Alt+Up and Alt+Down move."""

    changed = Signal(str)

    def __init__(self, levels: str) -> None:
        super().__init__()
        self.list = choice_list("Levels, outermost first; Space ticks, Alt+Up and Alt+Down move")
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setMinimumHeight(tokens.ROW_HEIGHT * 7)
        self.list.setSpacing(2)
        chosen = _known(levels)
        for level in (*chosen, *(level for level in Level if level not in chosen)):
            item = QListWidgetItem(level.label, self.list)
            item.setData(Qt.ItemDataRole.UserRole, level.value)
            item.setCheckState(Qt.CheckState.Checked if level in chosen else Qt.CheckState.Unchecked)
        self.example = label("", "muted", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.list, 1)
        box.addWidget(self.example)
        self.setFocusProxy(self.list)
        self.list.itemChanged.connect(lambda _item: self._tell())
        self.list.model().rowsMoved.connect(lambda *_: self._tell())
        for key, by in (("Alt+Up", -1), ("Alt+Down", 1)):
            shortcut = QShortcut(QKeySequence(key), self.list, context=Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(partial(self.move_level, by))
        self._show_example()

    def levels(self) -> tuple[Level, ...]:
        """Those that are ticked, outermost first."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return tuple(
            Level(item.data(Qt.ItemDataRole.UserRole)) for item in items if item.checkState() == Qt.CheckState.Checked
        )

    def move_level(self, by: int) -> None:
        """Moves the current level further out or in."""
        row = self.list.currentRow()
        if row >= 0 and 0 <= row + by < self.list.count():
            item = self.list.takeItem(row)
            self.list.insertItem(row + by, item)
            self.list.setCurrentRow(row + by)
            self._tell()

    def _tell(self) -> None:
        self._show_example()
        self.changed.emit(",".join(self.levels()))

    def _show_example(self) -> None:
        self.example.setText(
            "Example: " + " / ".join([*folder_names(self.levels(), EXAMPLE), "88123_Grass-Cut_before_….jpg"])
        )


def _known(levels: str) -> tuple[Level, ...]:
    try:
        return read_levels(levels)
    except UsageError:  # of another version of the program
        return ()
