"""The Integrations view: order sources, crews, and what the imports did."""

from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QPushButton, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.destinations import CLIENT, destinations_label, read_destinations
from pruvan_desk.operations.integrations import ask_refresh, cancel_refresh
from pruvan_desk.store.views.integrations import IntegrationRow, integration_rows
from pruvan_desk.store.views.status import DeskStatus
from pruvan_desk.ui import text
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.integrations.crews import CrewsPanel
from pruvan_desk.ui.integrations.edit import IntegrationDialog
from pruvan_desk.ui.integrations.reimport import ReimportBar
from pruvan_desk.ui.page import Page
from pruvan_desk.ui.runs import RunsPanel
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.tables import Column, RecordTable, record_view, selected_record
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import EmptyState, bar, button, label

STATUS, REFRESH = 6, 8
"""Columns: what it is at, and each row's button."""
CLOCK = 30_000
READ_AT_MOST = 200
"""Milliseconds between two readings while an import writes."""


class IntegrationsPage(Page):
    """For managers: connect, validate, refresh, and see what was skipped and why."""

    name = "integrations"

    def __init__(self, desk: Desk, theme: Theme, state: WindowState) -> None:
        super().__init__(desk, theme, state)
        self._latest = Latest()
        self._mend_soon = False
        self.model = RecordTable(self._columns(), self)
        self.table = record_view(self.model, "Integrations", self)
        self.new = button("New integration…", theme, "plus")
        self.edit = button("Edit…", theme, "edit")
        self.edit.setEnabled(False)
        self.empty = EmptyState(theme, "integrations")
        self.empty.say(
            "No integration yet",
            "Connect FAStrack: its service URL, user name, password and security token.",
            "Connect FAStrack",
        )
        self.reimport = ReimportBar(desk, theme)
        self.runs = RunsPanel(desk, theme)
        self.crews = CrewsPanel(desk, theme)
        self._put_together()
        self._connect()
        self._soon = QTimer(self, singleShot=True, interval=READ_AT_MOST)
        self._soon.timeout.connect(self._read)
        self._clock = QTimer(self, interval=CLOCK)
        self._clock.timeout.connect(self._tick)
        self._clock.start()

    def load(self) -> None:
        """Reads integrations, crews and runs."""
        self._read()
        self.crews.read()
        self.runs.read()

    def take(self, changes: Changes) -> None:
        """Reads what is named again."""
        if changes.integrations or changes.requests or changes.runs:
            self._read_soon()
        if changes.crews:
            self.crews.read()
        if changes.runs or changes.integrations:
            self.runs.read()

    def note_status(self, status: DeskStatus) -> None:
        """The address of the gateway."""
        self.crews.show_gateway(status.gateway_url)

    def focus_first(self) -> None:
        """The table of integrations."""
        self.table.setFocus()

    def mend(self) -> None:
        """Opens the paused integration; as soon as it has been read."""
        self._mend_soon = True
        self._read()

    def open_editor(self, row: IntegrationRow | None) -> IntegrationDialog:
        """The window of one integration, or of a new one."""
        dialog = IntegrationDialog(self.desk, self.theme, row, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def _columns(self) -> tuple[Column[IntegrationRow], ...]:
        return (
            Column[IntegrationRow]("Name", lambda row: row.name, 136),
            Column[IntegrationRow]("Code", lambda row: row.code, 72),
            Column[IntegrationRow]("Type", lambda row: row.kind, 80),
            Column[IntegrationRow]("QA in Field", _qa_words, 136),
            Column[IntegrationRow]("Auto Admin", lambda row: "Yes" if row.auto_admin else "No", 88),
            Column[IntegrationRow]("Last refreshed", _last_refreshed, 112),
            Column[IntegrationRow]("Status", status_words, 176, icon=self._sign, colour=self._colour),
            Column[IntegrationRow]("Last error", lambda row: row.last_error, 0, colour=self._colour),
            Column[IntegrationRow]("", lambda _row: "", 112),
        )

    def _put_together(self) -> None:
        stack = QWidget()
        self._stack = QStackedLayout(stack)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        top = QWidget()
        above = QVBoxLayout(top)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(0)
        above.addWidget(bar(label("Integrations", "heading"), None, self.edit, self.new))
        above.addWidget(self.reimport)
        above.addWidget(stack, 1)
        below = QSplitter(Qt.Orientation.Horizontal)
        below.addWidget(self.runs)
        below.addWidget(self.crews)
        below.setSizes([700, 460])
        below.setChildrenCollapsible(False)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(top)
        split.addWidget(below)
        split.setSizes([280, 420])
        split.setChildrenCollapsible(False)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(split)

    def _connect(self) -> None:
        self.new.clicked.connect(lambda: self.open_editor(None))
        self.empty.button.clicked.connect(lambda: self.open_editor(None))
        self.edit.clicked.connect(self._edit_selected)
        self.table.activated.connect(lambda _index: self._edit_selected())
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._selected())
        self.crews.refused.connect(self.said)

    def _read_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _read(self) -> None:
        self.desk.read(integration_rows, self._show, self._latest)

    def _show(self, rows: list[IntegrationRow]) -> None:
        self.model.take(rows)
        self.reimport.show_rows(rows)
        self._stack.setCurrentIndex(0 if rows else 1)
        for place, row in enumerate(rows):
            self._place_button(place, row)
        paused = next((row for row in rows if row.paused), None)
        if self._mend_soon:
            self._mend_soon = False
            if paused is not None:
                self.open_editor(paused)

    def _place_button(self, place: int, row: IntegrationRow) -> None:
        index = self.model.index(place, REFRESH)
        made = self.table.indexWidget(index)
        if not isinstance(made, QPushButton):
            made = button("Refresh", self.theme, "refresh", "link", f"Refresh {row.name}")
            made.clicked.connect(partial(self._refresh_or_cancel, place))
            self.table.setIndexWidget(index, made)
        words = "Cancel" if row.busy else "Refresh"
        if made.text() != words:
            made.setText(words)
            self.theme.dress(made, "cross" if row.busy else "refresh", "text")
        made.setToolTip("Stop between two transactions" if row.busy else f"Refresh {row.name}")
        made.setAccessibleName(f"{'Cancel the refresh of' if row.busy else 'Refresh'} {row.name}")
        made.setEnabled(row.busy or not row.paused)

    def _refresh_or_cancel(self, place: int) -> None:
        row, who = self.model.records[place], self.desk.who
        operation = cancel_refresh if row.busy else ask_refresh
        self.desk.write(lambda database: operation(database, row.id, who))

    def _edit_selected(self) -> None:
        row = selected_record(self.table)
        if isinstance(row, IntegrationRow):
            self.open_editor(row)

    def _selected(self) -> None:
        row = selected_record(self.table)
        self.edit.setEnabled(row is not None)
        self.runs.show_integration(row.id if isinstance(row, IntegrationRow) else None)

    def _sign(self, row: IntegrationRow) -> QIcon:
        if row.paused or row.status == "error":
            return self.theme.icon("warning", "bad")
        return self.theme.icon("check", "sent") if row.status == "idle" else self.theme.icon("clock", "waiting")

    def _colour(self, row: IntegrationRow) -> QColor | None:
        return self.theme.colour("bad") if row.paused or row.last_error else None

    def _tick(self) -> None:
        if self.model.records:
            self.model.dataChanged.emit(self.model.index(0, 0), self.model.index(len(self.model.records) - 1, REFRESH))


def _qa_words(row: IntegrationRow) -> str:
    """The QA mode, and where released items go if not to the client alone."""
    if not row.qa_in_field:
        return "No, in Office"
    to = read_destinations(row.released_to)
    return "Yes" if to == CLIENT else f"Yes, to {destinations_label(to)}"


def _last_refreshed(row: IntegrationRow) -> str:
    return text.ago(row.last_refreshed_at, datetime.now(UTC))


def status_words(row: IntegrationRow) -> str:
    """``Idle``, ``Pending``, ``Error``, ``Paused``, or how far the import is that runs."""
    if row.paused:
        return "Paused"
    return f"Running, {row.done:,} of {row.total:,}" if row.total else row.status.capitalize()
