"""The alerts: what somebody should look at, until it is solved or cleared."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pruvan_desk.store.views.activity import AlertRow
from pruvan_desk.ui import text
from pruvan_desk.ui.ask import ask
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.tables import Column, RecordTable, record_view, selected_record
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import bar, button, label


class AlertsPanel(QWidget):
    """The list and its buttons. It changes nothing itself: it says what is wanted."""

    read_wanted = Signal()
    clear_wanted = Signal(int)
    apply_wanted = Signal(int)

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__()
        self._desk, self._theme = desk, theme
        self.alerts = RecordTable(self._columns(), self)
        self.table = record_view(self.alerts, "Alerts", self)
        self.clear = button("Clear", theme, "cross", hint="Take the selected alert off the list")
        self.mark_read = button("Mark all read", theme, "check")
        self.apply = button("Apply…", theme, hint="Close the projects that were missing from the client's full list")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(bar(label("Alerts", "heading"), None, self.apply, self.mark_read, self.clear))
        box.addWidget(self.table, 1)
        self.mark_read.clicked.connect(self.read_wanted)
        self.clear.clicked.connect(self._clear_selected)
        self.apply.clicked.connect(self._apply_selected)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._enable())
        self._enable()

    def show_alerts(self, rows: list[AlertRow]) -> None:
        """Takes the alerts as they are now."""
        self.alerts.take(rows)
        self._enable()

    def _columns(self) -> tuple[Column[AlertRow], ...]:
        return (
            Column[AlertRow](
                "Since", lambda row: text.when(row.raised_at, self._desk.settings.zone), 148, icon=self._sign
            ),
            Column[AlertRow]("What happened", alert_words, 0, hint=lambda row: f"{row.title}\n{row.advice}"),
        )

    def _sign(self, row: AlertRow) -> QIcon:
        return self._theme.icon("warning", "muted" if row.read else "bad")

    def _enable(self) -> None:
        alert = selected_record(self.table)
        self.clear.setEnabled(isinstance(alert, AlertRow))
        self.apply.setVisible(any(row.closes for row in self.alerts.records))
        self.apply.setEnabled(isinstance(alert, AlertRow) and alert.closes > 0)
        self.mark_read.setEnabled(any(not row.read for row in self.alerts.records))

    def _clear_selected(self) -> None:
        alert = selected_record(self.table)
        if isinstance(alert, AlertRow):
            self.clear_wanted.emit(alert.id)

    def _apply_selected(self) -> None:
        alert = selected_record(self.table)
        if isinstance(alert, AlertRow) and alert.closes:
            alert_id = alert.id
            ask(
                self,
                f"Close {alert.closes} projects?",
                "They were missing from the client's full list. One whose order comes again opens again by itself.",
                f"Close {alert.closes}",
                lambda: self.apply_wanted.emit(alert_id),
            )


def alert_words(row: AlertRow) -> str:
    """Title and advice in one line, and how often."""
    times = f" ({row.times} times)" if row.times > 1 else ""
    return f"{row.title}{times} {row.advice}".strip()
