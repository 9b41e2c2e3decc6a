"""The Activity view: what is on its way, what failed, what somebody should look at, and whether the accounts balance."""

from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QLabel, QSplitter, QTableView, QVBoxLayout, QWidget

from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.accounting import Accounting
from pruvan_desk.domain.statuses import ItemState, JobState
from pruvan_desk.operations.projects import close_absent
from pruvan_desk.operations.relay import clear_alert, pause_relay, read_alerts, retry_failed
from pruvan_desk.store.views.activity import JOBS, AlertRow, JobRow, open_alerts, open_jobs
from pruvan_desk.store.views.status import DeskStatus
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.ask import ask
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.page import Page
from pruvan_desk.ui.runs import RunsPanel
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.tables import Column, RecordTable, record_view, selected_record
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import bar, button, label

QUIET = 400
"""Milliseconds in which changes lead to one reading of the queue."""
CLOCK = 10_000

JOB_LOOK = {
    JobState.FAILED: ("warning", "bad"),
    JobState.LEASED: ("send", "good"),
    JobState.QUEUED: ("queued", "idle"),
}


class ActivityPage(Page):
    """The outbox, the alerts, the import runs."""

    name = "activity"

    def __init__(self, desk: Desk, theme: Theme, state: WindowState) -> None:
        super().__init__(desk, theme, state)
        self._latest_jobs, self._latest_alerts = Latest(), Latest()
        self._paused = False
        self.jobs = RecordTable(self._job_columns(), self)
        self.jobs_table = record_view(self.jobs, "Relay queue", self)
        self.alerts = RecordTable(self._alert_columns(), self)
        self.alerts_table = record_view(self.alerts, "Alerts", self)
        self.runs = RunsPanel(desk, theme)
        self.summary = label("", "muted")
        self.accounting_sign = QLabel()
        self.accounting = label("", wrap=True, selectable=True)
        self.retry_one = button("Retry", theme, "refresh", hint="Send the selected item again now")
        self.retry_all = button(
            "Retry all", theme, hint="Send again what failed, and do not wait for what is to be tried later"
        )
        self.pause = button("Pause sending", theme, "pause")
        self.clear = button("Clear", theme, "cross", hint="Take the selected alert off the list")
        self.mark_read = button("Mark all read", theme, "check")
        self.apply = button("Apply…", theme, hint="Close the projects that were missing from the client's full list")
        self._soon = QTimer(self, singleShot=True, interval=QUIET)
        self._clock = QTimer(self, interval=CLOCK)
        self._put_together()
        self._connect()
        self._clock.start()

    def load(self) -> None:
        """Reads the queue, the alerts and the runs."""
        self._read_jobs()
        self._read_alerts()
        self.runs.read()

    def take(self, changes: Changes) -> None:
        """Reads what is named again; the queue at most a few times a second."""
        if (changes.items or changes.jobs) and not self._soon.isActive():
            self._soon.start()
        if changes.alerts:
            self._read_alerts()
        if changes.runs:
            self.runs.read()

    def focus_first(self) -> None:
        """The queue."""
        self.jobs_table.setFocus()

    def note_status(self, status: DeskStatus) -> None:
        """The accounts, and whether sending is paused."""
        self._paused = status.settings.relay_paused
        words = "Resume sending" if self._paused else "Pause sending"
        self.pause.setText(words)
        self.pause.setAccessibleName(words)
        self.theme.dress(self.pause, "play" if self._paused else "pause")
        accounts = status.accounting
        icon, colour = ("check", "sent") if accounts.closes else ("warning", "bad")
        self.accounting_sign.setPixmap(self.theme.pixmap(icon, colour, tokens.ICON, self.devicePixelRatioF()))
        self.accounting_sign.setAccessibleName("balanced" if accounts.closes else "not balanced")
        self.accounting.setText(accounting_words(accounts))

    def _job_columns(self) -> tuple[Column[JobRow], ...]:
        return (
            Column[JobRow]("State", self._job_state, 152, icon=self._job_sign, colour=self._job_colour),
            Column[JobRow]("Project", lambda row: row.project, 136),
            Column[JobRow]("What", lambda row: row.what, 320),
            Column[JobRow]("Tries", lambda row: str(row.attempts), 52, right=True),
            Column[JobRow]("Words", lambda row: row.words, 0, colour=self._job_colour),
        )

    def _alert_columns(self) -> tuple[Column[AlertRow], ...]:
        return (
            Column[AlertRow](
                "Since", lambda row: text.when(row.raised_at, self.desk.settings.zone), 148, icon=self._alert_sign
            ),
            Column[AlertRow]("What happened", alert_words, 0, hint=lambda row: f"{row.title}\n{row.advice}"),
        )

    def _put_together(self) -> None:
        queue = _part(
            bar(label("Relay", "heading"), self.summary, None, self.pause, self.retry_one, self.retry_all),
            self.jobs_table,
        )
        alerts = _part(bar(label("Alerts", "heading"), None, self.apply, self.mark_read, self.clear), self.alerts_table)
        below = QSplitter(Qt.Orientation.Horizontal)
        below.addWidget(alerts)
        below.addWidget(self.runs)
        below.setSizes([560, 600])
        below.setChildrenCollapsible(False)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(queue)
        split.addWidget(below)
        split.setSizes([380, 320])
        split.setChildrenCollapsible(False)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        accounts = bar(self.accounting_sign, self.accounting)
        self.accounting.setSizePolicy(
            self.accounting.sizePolicy().Policy.Expanding, self.accounting.sizePolicy().verticalPolicy()
        )
        box.addWidget(accounts)
        box.addWidget(split, 1)

    def _connect(self) -> None:
        who = self.desk.who
        self._soon.timeout.connect(self._read_jobs)
        self._clock.timeout.connect(self._tick)
        self.pause.clicked.connect(lambda: self.desk.write(partial(pause_relay, paused=not self._paused)))
        self.retry_all.clicked.connect(lambda: self.desk.write(lambda database: retry_failed(database, who)))
        self.retry_one.clicked.connect(self._retry_selected)
        self.mark_read.clicked.connect(lambda: self.desk.write(read_alerts))
        self.clear.clicked.connect(self._clear_selected)
        self.apply.clicked.connect(self._apply_selected)
        self.jobs_table.selectionModel().currentRowChanged.connect(lambda *_: self._enable())
        self.alerts_table.selectionModel().currentRowChanged.connect(lambda *_: self._enable())
        self._enable()

    def _read_jobs(self) -> None:
        self.desk.read(open_jobs, self._show_jobs, self._latest_jobs)

    def _read_alerts(self) -> None:
        self.desk.read(open_alerts, self._show_alerts, self._latest_alerts)

    def _show_jobs(self, rows: list[JobRow]) -> None:
        self.jobs.take(rows)
        counts = {state: sum(1 for row in rows if row.state is state) for state in JOB_LOOK}
        more = " or more" if len(rows) == JOBS else ""
        self.summary.setText(
            f"{counts[JobState.LEASED]} sending · {counts[JobState.QUEUED]}{more} queued · {counts[JobState.FAILED]} failed"
            if rows
            else "Nothing waits to be sent."
        )
        self._enable()

    def _show_alerts(self, rows: list[AlertRow]) -> None:
        self.alerts.take(rows)
        self._enable()

    def _enable(self) -> None:
        job, alert = selected_record(self.jobs_table), selected_record(self.alerts_table)
        self.retry_one.setEnabled(
            isinstance(job, JobRow) and job.item_id is not None and job.state is not JobState.LEASED
        )
        self.retry_all.setEnabled(bool(self.jobs.records))
        self.clear.setEnabled(isinstance(alert, AlertRow))
        self.apply.setVisible(any(row.closes for row in self.alerts.records))
        self.apply.setEnabled(isinstance(alert, AlertRow) and alert.closes > 0)
        self.mark_read.setEnabled(any(not row.read for row in self.alerts.records))

    def _retry_selected(self) -> None:
        job, who = selected_record(self.jobs_table), self.desk.who
        if isinstance(job, JobRow) and job.item_id is not None:
            item_id = job.item_id
            self.desk.write(lambda database: retry_failed(database, who, [item_id]))

    def _clear_selected(self) -> None:
        alert = selected_record(self.alerts_table)
        if isinstance(alert, AlertRow):
            alert_id = alert.id
            self.desk.write(lambda database: clear_alert(database, alert_id))

    def _apply_selected(self) -> None:
        alert, who = selected_record(self.alerts_table), self.desk.who
        if isinstance(alert, AlertRow) and alert.closes:
            alert_id = alert.id
            ask(
                self,
                f"Close {alert.closes} projects?",
                "They were missing from the client's full list. One whose order comes again opens again by itself.",
                f"Close {alert.closes}",
                lambda: self.desk.write(lambda database: close_absent(database, alert_id, who)),
            )

    def _job_state(self, row: JobRow) -> str:
        if row.state is JobState.LEASED:
            return "Sending"
        if row.state is JobState.FAILED:
            return "Failed"
        wait = (row.not_before - datetime.now(UTC)).total_seconds()
        return f"Retry in {text.span(wait)}" if wait > 1 else "Queued"

    def _job_sign(self, row: JobRow) -> QIcon:
        waiting = row.state is JobState.QUEUED and row.attempts > 0
        return self.theme.icon(*(("clock", "waiting") if waiting else JOB_LOOK[row.state]))

    def _job_colour(self, row: JobRow) -> QColor | None:
        return self.theme.colour("bad") if row.state is JobState.FAILED else None

    def _alert_sign(self, row: AlertRow) -> QIcon:
        return self.theme.icon("warning", "muted" if row.read else "bad")

    def _tick(self) -> None:
        if self.jobs.records and self.isVisible():
            self.jobs.dataChanged.emit(self.jobs.index(0, 0), self.jobs.index(len(self.jobs.records) - 1, 0))


def alert_words(row: AlertRow) -> str:
    """Title and advice in one line, and how often."""
    times = f" ({row.times} times)" if row.times > 1 else ""
    return f"{row.title}{times} {row.advice}".strip()


def accounting_words(accounts: Accounting) -> str:
    """``Received 132 = 4 held + 14 Pending QA + …``; says so where it does not balance."""
    parts = [f"{accounts.by_state[state]:,} {state.label}" for state in ItemState if accounts.by_state.get(state)]
    total = f"{accounts.received:,} received = {' + '.join(parts) or '0'}"
    return total if accounts.closes else f"{total}: this does not add up. Run pruvan-desk doctor, and report it."


def _part(above: QWidget, table: QTableView) -> QWidget:
    made = QWidget()
    box = QVBoxLayout(made)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    box.addWidget(above)
    box.addWidget(table, 1)
    return made
