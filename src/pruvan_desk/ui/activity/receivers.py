"""The receivers: each client and the Downloader, how it is, and how much of the line it takes."""

from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pruvan_desk.store.views.traffic import ReceiverRow, Traffic
from pruvan_desk.ui.activity.plot import ThroughputPlot
from pruvan_desk.ui.tables import Column, RecordTable, record_view
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import bar, label

LOOK = {
    "paused": ("pause", "bad"),
    "offline": ("broken", "waiting"),
    "fault": ("warning", "bad"),
    "sending": ("send", "good"),
    "waiting": ("clock", "waiting"),
    "idle": ("check", "sent"),
}


class ReceiversPanel(QWidget):
    """The plot above, the receivers below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.plot = ThroughputPlot(theme)
        self.rows = RecordTable(self._columns(), self)
        self.table = record_view(self.rows, "Receivers", self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(bar(label("Receivers", "heading"), None))
        box.addWidget(self.table, 2)
        box.addWidget(self.plot, 1)

    def show_receivers(self, rows: tuple[ReceiverRow, ...]) -> None:
        """Takes how each is."""
        self.rows.take(rows)

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

    def _sign(self, row: ReceiverRow) -> QIcon:
        return self.theme.icon(*LOOK[row.state])

    def _colour(self, row: ReceiverRow) -> QColor | None:
        return self.theme.colour("bad") if row.state in ("paused", "fault") else None
