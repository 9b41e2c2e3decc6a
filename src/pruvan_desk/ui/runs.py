"""Import runs and their notes: what each refresh did, and what it skipped and why. Shown by Integrations and Activity."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFileDialog, QSplitter, QVBoxLayout, QWidget

from pruvan_desk.store.views.integrations import NoteRow, RunRow, note_rows, run_rows
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.tables import Column, RecordTable, record_view, selected_record
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import bar, button, label, text_field

TYPING = 150
"""Milliseconds of quiet before the log is searched."""
READ_AT_MOST = 400
"""Milliseconds between two readings while an import writes."""


class RunsPanel(QWidget):
    """The latest runs, and below them the notes of the one that is selected."""

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__()
        self._desk, self._theme = desk, theme
        self._integration_id: int | None = None
        self._latest, self._latest_notes = Latest(), Latest()
        self.model = RecordTable(self._columns(), self)
        self.table = record_view(self.model, "Import runs", self)
        self.notes_model = RecordTable(
            (
                Column[NoteRow]("Order", lambda row: row.number or "—", 112),
                Column[NoteRow]("Kind", lambda row: row.kind.capitalize(), 88),
                Column[NoteRow]("What and why", lambda row: row.text, 0),
            ),
            self,
        )
        self.notes = record_view(self.notes_model, "Notes of the import run", self)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.table)
        split.addWidget(self.notes)
        split.setSizes([260, 140])
        split.setChildrenCollapsible(False)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self.search = text_field("Search import runs", "Search order, reason, who", clear=True)
        self.search.setFixedWidth(28 * tokens.UNIT)
        self.export = button("Export…", theme, "file", hint="Write what is shown to a file for spreadsheets")
        box.addWidget(bar(label("Import runs", "heading"), None, self.search, self.export))
        box.addWidget(split, 1)
        self._typing = QTimer(self, singleShot=True, interval=TYPING)
        self._typing.timeout.connect(self._read)
        self._soon = QTimer(self, singleShot=True, interval=READ_AT_MOST)
        self._soon.timeout.connect(self._read)
        self.search.textChanged.connect(lambda _words: self._typing.start())
        self.export.clicked.connect(self._ask_file)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._read_notes())

    def show_integration(self, integration_id: int | None) -> None:
        """Shows the runs of one integration, or of all."""
        self._integration_id = integration_id
        self._read()

    def read(self) -> None:
        """Reads the runs again, soon; only what differs is drawn."""
        if not self._soon.isActive():
            self._soon.start()

    def _read(self) -> None:
        integration_id, words = self._integration_id, self.search.text()
        self._desk.read(lambda session: run_rows(session, integration_id, words), self._show, self._latest)

    def _ask_file(self) -> None:
        dialog = QFileDialog(self, "Export the import log", "import-log.csv", "Spreadsheet (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(self.export_to)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def export_to(self, path: str) -> None:
        """Writes what is shown to a file."""
        from pruvan_desk.operations.import_log import export_import_log  # noqa: PLC0415 - rarely wanted

        integration_id, words, target = self._integration_id, self.search.text(), Path(path)
        self._desk.read(
            lambda session: export_import_log(session, target, integration_id, words),
            lambda count: self._desk.told.emit(f"{text.counted(count, 'import run')} written to {target.name}.", ""),
        )

    def _columns(self) -> tuple[Column[RunRow], ...]:
        zone = self._desk.settings.zone
        return (
            Column[RunRow]("Started", lambda row: text.when(row.started_at, zone), 164, icon=self._sign),
            Column[RunRow]("Integration", lambda row: row.integration, 112),
            Column[RunRow]("By", lambda row: row.started_by, 88),
            Column[RunRow]("Kind", lambda row: row.kind, 72),
            Column[RunRow]("Result", run_words, 0, colour=lambda row: self._theme.colour("bad") if row.error else None),
        )

    def _sign(self, row: RunRow) -> QIcon:
        if row.error:
            return self._theme.icon("warning", "bad")
        return self._theme.icon("check", "sent") if row.finished_at else self._theme.icon("clock", "waiting")

    def _show(self, rows: list[RunRow]) -> None:
        self.model.take(rows)
        if rows and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, 0))
        self._read_notes()

    def _read_notes(self) -> None:
        run = selected_record(self.table)
        if isinstance(run, RunRow):
            run_id = run.id
            self._desk.read(lambda session: note_rows(session, run_id), self.notes_model.take, self._latest_notes)
        else:
            self.notes_model.take([])


def run_words(row: RunRow) -> str:
    """``12 new, 3 changed, 1 skipped``; the error where there is one."""
    if row.error:
        return row.error
    if row.finished_at is None:
        return f"running: {row.done:,} of {row.total:,}" if row.total else "running"
    counts = (
        (row.created, "new"), (row.updated, "changed"), (row.closed, "closed"), (row.reopened, "reopened"),
        (row.skipped, "skipped"), (row.withheld, "closures withheld"), (row.unchanged, "unchanged"),
    )  # fmt: skip
    return ", ".join(f"{count:,} {words}" for count, words in counts if count) or "nothing new"
