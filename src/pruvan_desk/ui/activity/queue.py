"""The relay queue: what is being sent and how far, what waits and until when, what failed and why; and what to do about it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QTimer, Signal
from PySide6.QtGui import QColor, QIcon, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDoubleSpinBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pruvan_desk.domain.statuses import JobState
from pruvan_desk.store.views.activity import JobRow, Queue
from pruvan_desk.store.views.traffic import Traffic
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.tables import Column, RecordTable, record_view
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import bar, button, label

CLOCK = 10_000
BAR_HEIGHT = 3

JOB_LOOK = {
    JobState.FAILED: ("warning", "bad"),
    JobState.LEASED: ("send", "good"),
    JobState.QUEUED: ("queued", "idle"),
}

COUNTED = {JobState.LEASED: "sending", JobState.QUEUED: "queued", JobState.FAILED: "failed"}


class QueuePanel(QWidget):
    """The queue and its buttons. It changes nothing itself: it says what is wanted."""

    pause_wanted = Signal()
    retry_wanted = Signal(object)
    """Job ids; ``None`` for all."""
    limit_wanted = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.sending: Mapping[int, tuple[int, int]] = {}
        self.jobs = RecordTable(self._columns(), self)
        self.table = record_view(self.jobs, "Relay queue", self)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setItemDelegateForColumn(0, ProgressDelegate(self))
        self.summary = label("", "muted")
        self.retry_some = button("Retry", theme, "refresh", hint="Send the selected items again now")
        self.retry_all = button(
            "Retry all", theme, hint="Send again what failed, and do not wait for what is to be tried later"
        )
        self.pause = button("Pause sending", theme, "pause", hint="Stop what is on its way at once; nothing is lost")
        self.limit = QDoubleSpinBox(maximum=100_000, decimals=1, suffix=" Mbit/s")
        self.limit.setSpecialValueText("No upload limit")
        self.limit.setAccessibleName("Upload limit")
        self.limit.setToolTip("The most that uploads take of the line; 0 is no limit")
        self.limit.setKeyboardTracking(False)
        self.limit.setMinimumHeight(self.pause.sizeHint().height())
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(
            bar(label("Relay", "heading"), self.summary, None, self.limit, self.pause, self.retry_some, self.retry_all)
        )
        box.addWidget(self.table, 1)
        self._clock = QTimer(self, interval=CLOCK)
        self._clock.timeout.connect(self._draw_states)
        self._clock.start()
        self.pause.clicked.connect(self.pause_wanted)
        self.retry_all.clicked.connect(lambda: self.retry_wanted.emit(None))
        self.retry_some.clicked.connect(lambda: self.retry_wanted.emit(self.selected()))
        self.limit.valueChanged.connect(self.limit_wanted)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self._enable()

    def show_queue(self, queue: Queue) -> None:
        """Takes the outbox as it is now."""
        self.jobs.take(queue.rows)
        counts = queue.counts
        parts = [f"{counts.get(state, 0):,} {words}" for state, words in COUNTED.items()]
        self.summary.setText(" · ".join(parts) if any(counts.values()) else "Nothing waits to be sent.")
        self._enable()

    def show_traffic(self, traffic: Traffic) -> None:
        """Takes how far everything is."""
        if traffic.sending != self.sending:
            self.sending = traffic.sending
            self._draw_states()

    def show_settings(self, *, paused: bool, limit: float) -> None:
        """Whether sending is paused, and the limit of the line in Mbit/s."""
        words = "Resume sending" if paused else "Pause sending"
        self.pause.setText(words)
        self.pause.setAccessibleName(words)
        self.theme.dress(self.pause, "play" if paused else "pause")
        if not self.limit.hasFocus():
            self.limit.blockSignals(True)
            self.limit.setValue(limit)
            self.limit.blockSignals(False)

    def selected(self) -> list[int]:
        """The jobs that are selected and can be tried again."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        records = [self.jobs.records[row] for row in rows if row < len(self.jobs.records)]
        return [record.id for record in records if record.state is not JobState.LEASED]

    def share(self, row: JobRow) -> float | None:
        """How much of it has gone out, from 0 to 1; ``None`` where that is not known."""
        sent, total = self.sending.get(row.id, (0, 0))
        return min(1.0, sent / total) if total and row.state is JobState.LEASED else None

    def _columns(self) -> tuple[Column[JobRow], ...]:
        return (
            Column[JobRow]("State", self._state, 152, icon=self._sign, colour=self._colour),
            Column[JobRow]("Project", lambda row: row.project, 136),
            Column[JobRow]("What", lambda row: row.what, 280),
            Column[JobRow]("To", lambda row: row.destination.label, 92),
            Column[JobRow]("Tries", lambda row: str(row.attempts), 52, right=True),
            Column[JobRow]("Words", lambda row: row.words, 0, colour=self._colour),
        )

    def _state(self, row: JobRow) -> str:
        if row.state is JobState.LEASED:
            share = self.share(row)
            if share is None:
                return "Next" if self.sending and row.id not in self.sending else "Sending"
            return f"Sending {share:.0%}"
        if row.state is JobState.FAILED:
            return "Failed"
        wait = (row.not_before - datetime.now(UTC)).total_seconds()
        return f"Retry in {text.span(wait)}" if wait > 1 else "Queued"

    def _sign(self, row: JobRow) -> QIcon:
        waiting = row.state is JobState.QUEUED and row.attempts > 0
        return self.theme.icon(*(("clock", "waiting") if waiting else JOB_LOOK[row.state]))

    def _colour(self, row: JobRow) -> QColor | None:
        return self.theme.colour("bad") if row.state is JobState.FAILED else None

    def _enable(self) -> None:
        self.retry_some.setEnabled(bool(self.selected()))
        self.retry_all.setEnabled(bool(self.jobs.records))

    def _draw_states(self) -> None:
        if self.jobs.records and self.isVisible():
            self.jobs.dataChanged.emit(self.jobs.index(0, 0), self.jobs.index(len(self.jobs.records) - 1, 0))


class ProgressDelegate(QStyledItemDelegate):
    """Draws, below the word, how far a sending is."""

    def __init__(self, panel: QueuePanel) -> None:
        super().__init__(panel)
        self._panel = panel

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The cell as it is, and the bar at its foot."""
        option.state &= ~QStyle.StateFlag.State_HasFocus  # the whole row is selected: no box around one cell of it
        super().paint(painter, option, index)
        records = self._panel.jobs.records
        share = self._panel.share(records[index.row()]) if index.row() < len(records) else None
        if share is None:
            return
        cell: QRect = option.rect
        whole = QRect(cell.left() + tokens.UNIT, cell.bottom() - BAR_HEIGHT, cell.width() - 2 * tokens.UNIT, BAR_HEIGHT)
        painter.fillRect(whole, self._panel.theme.colour("sunken"))
        whole.setWidth(round(whole.width() * share))
        painter.fillRect(whole, self._panel.theme.colour("good"))
