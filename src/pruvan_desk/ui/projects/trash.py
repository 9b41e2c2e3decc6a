"""The trash: projects deleted in the last 30 days, and the button that brings them back."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QDialog, QDialogButtonBox, QStackedLayout, QVBoxLayout, QWidget

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.operations.project_trash import restore_projects
from pruvan_desk.store.views.trash import TrashRow, trash_rows
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.tables import Column, RecordTable, record_view
from pruvan_desk.ui.widgets import label


class TrashDialog(QDialog):
    """Follows the changes while it is open."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Trash")
        self._desk, self._latest = desk, Latest()
        zone = desk.settings.zone
        self.model: RecordTable[TrashRow] = RecordTable(
            (
                Column("Project", lambda row: row.key, 136),
                Column("Address", lambda row: ", ".join(part for part in (row.address, row.city) if part), 0),
                Column("Items", lambda row: f"{row.items:,}", 64, right=True),
                Column("Deleted", lambda row: text.when(row.deleted_at, zone), 136),
                Column("By", lambda row: row.deleted_by, 96),
                Column("Restorable until", lambda row: text.when(row.restorable_until, zone)[:10], 120),
            ),
            self,
        )
        self.table = record_view(self.model, "Deleted projects", self)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.nothing = label("The trash is empty.", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message = label("", "bad", wrap=True)
        self.message.hide()
        stack = QWidget()
        self._stack = QStackedLayout(stack)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.nothing)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.restore = buttons.addButton("Restore", QDialogButtonBox.ButtonRole.ActionRole)
        self.restore.setEnabled(False)
        box = QVBoxLayout(self)
        box.setSpacing(tokens.UNIT)
        for part in (
            label("A deleted project keeps its photos and its history; nothing of it is sent.", "muted"),
            stack,
        ):
            box.addWidget(part)
        box.addWidget(self.message)
        box.addWidget(buttons)
        buttons.rejected.connect(self.reject)
        self.restore.clicked.connect(self._restore)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._look())
        desk.bridge.changed.connect(self._hear)
        self.resize(104 * tokens.UNIT, 56 * tokens.UNIT)
        self._read()

    def _read(self) -> None:
        now = datetime.now(self._desk.settings.zone)
        self._desk.read(lambda session: trash_rows(session, now), self._show, self._latest)

    def _show(self, rows: Sequence[TrashRow]) -> None:
        self.model.take(rows)
        self._stack.setCurrentIndex(0 if rows else 1)
        self._look()

    def _look(self) -> None:
        self.restore.setEnabled(bool(self.table.selectionModel().selectedRows()))

    def _hear(self, changes: Changes) -> None:
        if changes.projects:
            self._read()

    def _restore(self) -> None:
        ids = [self.model.records[index.row()].id for index in self.table.selectionModel().selectedRows()]
        who = self._desk.who
        self._desk.write(lambda database: restore_projects(database, ids, who), self._restored, self._refuse)

    def _restored(self, _changes: Changes) -> None:
        self.message.hide()

    def _refuse(self, error: PruvanDeskError) -> None:
        self.message.setText(str(error))
        self.message.show()
