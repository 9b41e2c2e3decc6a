"""The page of the watch folders: which folders are read for new files, how they stand, and what of them was not taken."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.domain.folder_trees import DEFAULT_LEVELS, read_levels
from pruvan_desk.operations.watch_folders import WatchForm, ask_rescan, remove_watch, save_watch
from pruvan_desk.store.views.watch_folders import (
    RefusedRow,
    WatchRow,
    integration_choices,
    refused_rows,
    watch_rows,
)
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.ask import ask
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.preferences.folders import FolderField, LevelsField
from pruvan_desk.ui.tables import Column, RecordTable, record_view, selected_record
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, choice_box, label

if TYPE_CHECKING:
    from pruvan_desk.store.database import Database

WORDS = (
    "A watch folder is a tree that another program fills, such as the Pruvan Downloader. Its files become items by themselves; what "
    "cannot be matched waits in the gallery under Unassigned. The folder is only read, never changed."
)
HOW = "As the tree was made: tick its levels, and drag them (or Alt+Up, Alt+Down) into their order."
AGAIN = 500
"""Milliseconds in which changes are drawn together."""


class WatchPage(QWidget):
    """The list of watch folders, and what can be done with them; below it the files of the chosen one that need a look."""

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__()
        self._desk, self._theme = desk, theme
        self._latest, self._latest_refused = Latest(), Latest()
        columns = (
            Column[WatchRow]("Folder", lambda row: row.path, 0),
            Column[WatchRow]("Orders of", lambda row: row.integration or "all", 88),
            Column[WatchRow](
                "State", state_words, 224, hint=lambda row: row.problem or state_words(row),
                colour=lambda row: theme.colour("bad") if row.problem and row.active else None,
            ),
        )  # fmt: skip
        self.model = RecordTable(columns, self)
        self.table = record_view(self.model, "Watch folders", self)
        refused = (
            Column[RefusedRow]("File", lambda row: row.place, 304),
            Column[RefusedRow]("What is wrong", lambda row: row.words, 0),
        )
        self.refused_model = RecordTable(refused, self)
        self.refused = record_view(self.refused_model, "Files that need a look", self)
        self.add = button("Add…", theme, "plus")
        self.edit = button("Edit…", theme, "edit")
        self.rescan = button(
            "Look again", theme, "refresh", hint="Look through the whole folder now, and at what was not taken"
        )
        self.remove = button("Remove…", theme, "cross", hint="Watch the folder no more; its items stay")
        self.counts = label("", "muted", wrap=True)
        self.trouble = label("", "problem", wrap=True)
        self.problem = label("", "problem", wrap=True)
        self.problem.hide()
        self._soon = QTimer(self, singleShot=True, interval=AGAIN)
        self._put_together()
        self._soon.timeout.connect(self.read)
        self.add.clicked.connect(lambda: self._open(None))
        self.edit.clicked.connect(self._edit)
        self.table.activated.connect(lambda _index: self._edit())
        self.rescan.clicked.connect(self._rescan)
        self.remove.clicked.connect(self._ask_remove)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._chosen())
        desk.bridge.changed.connect(self._take)
        self._chosen()
        self.read()

    def read(self) -> None:
        """Reads the watch folders again; only what differs is drawn."""
        self._desk.read(watch_rows, self._show, self._latest)

    def _put_together(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(*(4 * [tokens.UNIT * 2]))
        box.setSpacing(tokens.UNIT)
        box.addWidget(label(WORDS, "muted", wrap=True))
        box.addWidget(self.table, 1)
        box.addWidget(self.problem)
        row = QHBoxLayout()
        row.setSpacing(tokens.UNIT)
        for part in (self.add, self.edit, self.rescan, self.remove):
            part.setAutoDefault(False)  # Enter in the table opens its row, and presses none of them
            row.addWidget(part)
        row.addStretch(1)
        box.addLayout(row)
        box.addWidget(self.trouble)
        box.addWidget(self.counts)
        box.addWidget(self.refused, 1)

    def _take(self, changes: Changes) -> None:
        if (changes.watches or changes.integrations) and not self._soon.isActive():
            self._soon.start()

    def _show(self, rows: list[WatchRow]) -> None:
        self.model.take(rows)
        if rows and not self.table.currentIndex().isValid():
            self.table.selectRow(0)
        self._chosen()

    def _row(self) -> WatchRow | None:
        row = selected_record(self.table)
        return row if isinstance(row, WatchRow) else None

    def _chosen(self) -> None:
        row = self._row()
        for part in (self.edit, self.remove):
            part.setEnabled(row is not None)
        self.rescan.setEnabled(row is not None and row.active)
        self.counts.setText(about_words(row) if row is not None else "No folder is watched.")
        self.trouble.setText(row.problem if row is not None and row.active else "")
        self.trouble.setVisible(bool(self.trouble.text()))
        if row is None:
            self._show_refused([])
        else:
            watch_id = row.id
            self._desk.read(lambda session: refused_rows(session, watch_id), self._show_refused, self._latest_refused)

    def _show_refused(self, rows: list[RefusedRow]) -> None:
        self.refused_model.take(rows)
        self.refused.setVisible(bool(rows))

    def _open(self, row: WatchRow | None) -> None:
        dialog = WatchDialog(self._theme, row, self)
        self._desk.read(integration_choices, dialog.show_integrations)
        dialog.wanted.connect(lambda: self._save(dialog, row.id if row is not None else None))
        dialog.open()

    def _edit(self) -> None:
        if (row := self._row()) is not None:
            self._open(row)

    def _save(self, dialog: "WatchDialog", watch_id: int | None) -> None:
        form, who, folder = dialog.form(), self._desk.who, self._desk.folder
        self._desk.write(
            lambda database: save_watch(database, folder, form, who, watch_id),
            lambda _changes: dialog.accept(),
            dialog.refuse,
        )

    def _rescan(self) -> None:
        if (row := self._row()) is not None:
            self._do(lambda database: ask_rescan(database, row.id, self._desk.who))

    def _ask_remove(self) -> None:
        if (row := self._row()) is not None:
            ask(
                self,
                f"Watch {row.path} no more?",
                "What was taken from it stays. Were it watched again, nothing would be taken twice.",
                "Remove",
                lambda: self._do(lambda database: remove_watch(database, row.id, self._desk.who)),
            )

    def _do(self, operation: "Callable[[Database], Changes]") -> None:
        self.problem.hide()
        self._desk.write(operation, None, self._refuse)

    def _refuse(self, error: PruvanDeskError) -> None:
        self.problem.setText(str(error))
        self.problem.show()


class WatchDialog(QDialog):
    """Asks which folder, how its tree is made, and whose orders its files are for."""

    def __init__(self, theme: Theme, row: WatchRow | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Watch folder")
        self._row = row
        self.folder = FolderField(
            theme, row.path if row is not None else "", "Folder to watch", "where the other program writes"
        )
        self.levels = LevelsField(row.levels if row is not None else ",".join(DEFAULT_LEVELS))
        self.integration = choice_box("Orders of")
        self.integration.addItem("All integrations", None)
        self.active = QCheckBox("Watch it")
        self.active.setChecked(row.active if row is not None else True)
        self.problem = label("", "problem", wrap=True)
        self.problem.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel | QDialogButtonBox.StandardButton.Save)
        self.save = buttons.button(QDialogButtonBox.StandardButton.Save)
        form = QFormLayout()
        form.setVerticalSpacing(tokens.UNIT)
        form.setHorizontalSpacing(tokens.UNIT * 2)
        for words, field in (("&Folder", self.folder), ("&Levels", self.levels), ("&Orders of", self.integration)):
            name = label(words)
            name.setBuddy(field)
            form.addRow(name, field)
        form.addRow("", self.active)
        box = QVBoxLayout(self)
        box.addWidget(
            label(
                "As the tree was made: tick its levels, and drag them (or Alt+Up, Alt+Down) into their order.",
                "muted",
                wrap=True,
            )
        )
        box.addLayout(form, 1)
        box.addWidget(self.problem)
        box.addWidget(buttons)
        buttons.rejected.connect(self.reject)
        self.wanted = buttons.accepted
        self.resize(76 * tokens.UNIT, 64 * tokens.UNIT)

    def show_integrations(self, choices: Sequence[tuple[int, str]]) -> None:
        """Whose orders there are."""
        for integration_id, words in choices:
            self.integration.addItem(words, integration_id)
            if self._row is not None and self._row.integration_id == integration_id:
                self.integration.setCurrentIndex(self.integration.count() - 1)

    def form(self) -> WatchForm:
        """What was entered."""
        levels = ",".join(self.levels.levels())
        return WatchForm(
            self.folder.path.text().strip(), levels, self.integration.currentData(), self.active.isChecked()
        )

    def refuse(self, error: PruvanDeskError) -> None:
        """Says why it cannot be so."""
        self.problem.setText(str(error))
        self.problem.show()


def tree_words(levels: str) -> str:
    """``Project / Task / Photo Type``."""
    try:
        return " / ".join(level.label for level in read_levels(levels)) or "no folders"
    except PruvanDeskError:  # of another version of the program
        return levels


def state_words(row: WatchRow) -> str:
    """How it stands, in a few words."""
    if not row.active:
        return "Off"
    if row.problem:
        return row.problem
    if row.waiting:
        return f"{text.counted(row.waiting, 'file')} coming in"
    return "Watched" if row.looked_at is not None else "Not looked at yet"


def about_words(row: WatchRow) -> str:
    """How its tree is made, and what became of its files."""
    parts = [f"{text.counted(row.taken, 'file')} taken"]
    parts += [f"{row.known:,} here already"] if row.known else []
    parts += [f"{row.refused:,} not taken"] if row.refused else []
    return f"{tree_words(row.levels)}: {', '.join(parts)}."
