"""The receivers: each client and the Downloader, how it is, and how much of the line it takes."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pruvan_desk.store.views.traffic import ReceiverRow, Traffic
from pruvan_desk.ui.activity.plot import ThroughputPlot
from pruvan_desk.ui.tables import Column, RecordTable, record_view, selected_record
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import bar, button, label

LOOK = {
    "paused": ("pause", "bad"),
    "offline": ("broken", "waiting"),
    "fault": ("warning", "bad"),
    "sending": ("send", "good"),
    "waiting": ("clock", "waiting"),
    "idle": ("check", "sent"),
}


class ReceiversPanel(QWidget):
    """The receivers, and the plot below them."""

    reconcile_wanted = Signal(int, str)
    """An integration's id and name."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.plot = ThroughputPlot(theme)
        self.rows = RecordTable(self._columns(), self)
        self.table = record_view(self.rows, "Receivers", self)
        self.reconcile = button(
            "Reconcile…", theme, "check", hint="Compare what was published with what the client has"
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(bar(label("Receivers", "heading"), None, self.reconcile))
        box.addWidget(self.table, 2)
        box.addWidget(self.plot, 1)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._enable())
        self.reconcile.clicked.connect(self._reconcile_selected)
        self._enable()

    def show_receivers(self, rows: tuple[ReceiverRow, ...]) -> None:
        """Takes how each is."""
        self.rows.take(rows)
        if rows and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.rows.index(0, 0))
        self._enable()

    def show_traffic(self, traffic: Traffic) -> None:
        """Takes what goes out."""
        self.plot.show_history(traffic.history, traffic.rate)

    def _columns(self) -> tuple[Column[ReceiverRow], ...]:
        return (
            Column[ReceiverRow]("Receiver", lambda row: row.name, 136, icon=self._sign),
            Column[ReceiverRow]("State", lambda row: row.words, 0, colour=self._colour),
            Column[ReceiverRow]("Queued", lambda row: f"{row.queued:,}", 64, right=True),
            Column[ReceiverRow]("Failed", lambda row: f"{row.failed:,}", 56, right=True),
        )

    def _enable(self) -> None:
        row = selected_record(self.table)
        self.reconcile.setEnabled(isinstance(row, ReceiverRow) and row.id > 0)

    def _reconcile_selected(self) -> None:
        row = selected_record(self.table)
        if isinstance(row, ReceiverRow):
            self.reconcile_wanted.emit(row.id, row.name)

    def _sign(self, row: ReceiverRow) -> QIcon:
        return self.theme.icon(*LOOK[row.state])

    def _colour(self, row: ReceiverRow) -> QColor | None:
        return self.theme.colour("bad") if row.state in ("paused", "fault") else None
