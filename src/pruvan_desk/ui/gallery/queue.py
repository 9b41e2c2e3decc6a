"""The QA queue: project after project until nothing waits for QA, with what is left and the pace."""

import time
from collections import deque

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from pruvan_desk.domain.qa_queue import QueueEntry, QueueOrder, in_order, pace
from pruvan_desk.store.views.qa_queue import qa_queue
from pruvan_desk.ui import actions, text, tokens
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, choice_box, label

MOVE_ON = 700
"""Milliseconds after the last mark of a project before the next one comes: the mark is seen, and may be taken back."""
ORDER = "gallery/queue-order"
MINUTE = 60


class QaQueue(QObject):
    """Knows which project is next. ``project_wanted`` names the one to show, ``changed`` what is left, ``finished`` the end."""

    project_wanted = Signal(int)
    changed = Signal()
    finished = Signal()

    def __init__(self, desk: Desk, state: WindowState, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._state = desk, state
        self.running = False
        self.current: int | None = None
        self.visited: list[int] = []
        """Projects that were shown in this run: what passed in them is what *Publish* would send."""
        self._entries: list[QueueEntry] = []
        self._skipped: list[int] = []
        self._decided: deque[tuple[float, int]] = deque(maxlen=5000)
        self._latest = Latest()
        self._here = 0
        self._move_on = QTimer(self, singleShot=True, interval=MOVE_ON)
        self._move_on.timeout.connect(self._read_and_go)

    @property
    def order(self) -> QueueOrder:
        """Which project comes first."""
        return QueueOrder(self._state.get(ORDER, QueueOrder.OLDEST))

    def use_order(self, order: QueueOrder) -> None:
        """Another order; the project that is open stays open."""
        self._state.put(ORDER, order.value)
        self.read()

    def start(self) -> None:
        """From the first project on."""
        self.running, self.current, self.visited, self._skipped = True, None, [], []
        self._decided.clear()
        self._read_and_go()

    def stop(self) -> None:
        """Stays where it is."""
        self.running = False
        self._move_on.stop()
        self.changed.emit()

    def skip(self) -> None:
        """The next project; this one comes again at the end."""
        if self.current is not None:
            self._skipped = [*(each for each in self._skipped if each != self.current), self.current]
        self._read_and_go()

    def go_back(self, project_id: int | None) -> None:
        """To a project of this run that it has left: something was taken back there."""
        if project_id is None or project_id == self.current:
            return
        self._move_on.stop()
        self.current, self._here = project_id, 0
        self.project_wanted.emit(project_id)
        self.read()  # and an answer that would have moved on comes too late

    def note_decided(self, count: int) -> None:
        """So many items were marked: the pace."""
        if self.running:
            self._decided.append((time.monotonic(), count))

    def note_pending(self, project_id: int | None, pending: int) -> None:
        """How many wait in the project that is shown, marks that are being saved included: none, and it moves on."""
        if not self.running or project_id != self.current:
            return
        self._here = pending
        if pending:
            self._move_on.stop()
        elif not self._move_on.isActive() and self.current is not None:
            self._move_on.start()
        self.changed.emit()

    def read(self) -> None:
        """What waits elsewhere."""
        self._desk.read(qa_queue, self._show, self._latest)

    def words(self) -> str:
        """``41 photos in 3 projects left · 18 a minute · about 3 min``."""
        others = [entry for entry in self._entries if entry.project_id != self.current]
        left = self._here + sum(entry.pending for entry in others)
        projects = len(others) + (1 if self._here else 0)
        parts = [f"{text.counted(left, 'item')} in {text.counted(projects, 'project')} left"]
        speed = pace(self._decided, time.monotonic())
        if speed:
            parts += [f"{speed:.0f} a minute", f"about {text.span(left / speed * MINUTE)} to go"] if left else []
        return " · ".join(parts)

    def _read_and_go(self) -> None:
        if self.running:
            self._desk.read(qa_queue, self._go, self._latest)

    def _show(self, entries: list[QueueEntry]) -> None:
        self._entries = in_order(entries, self.order, self._skipped)
        self.changed.emit()

    def _go(self, entries: list[QueueEntry]) -> None:
        """To the first that is not the one which was just done; its last mark may not be saved yet."""
        if not self.running:
            return
        self._show(entries)
        others = [entry for entry in self._entries if entry.project_id != self.current]
        again = [entry for entry in self._entries if entry.project_id in self._skipped]
        following = next(iter(others or again), None)
        if following is None:
            self.running = False
            self.finished.emit()
            return
        self.current, self._here = following.project_id, following.pending
        if self.current not in self.visited:
            self.visited.append(self.current)
        self.project_wanted.emit(self.current)
        self.changed.emit()


class QueueStrip(QFrame):
    """The line of the queue: what is left, the pace, the order, the next project, the end."""

    def __init__(self, queue: QaQueue, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("queue")
        self.setAccessibleName("QA queue")
        self._queue = queue
        self.words = label("")
        self.order = choice_box("Order of the queue")
        for order in QueueOrder:
            self.order.addItem(order.label, order.value)
        self.order.setCurrentIndex(list(QueueOrder).index(queue.order))
        self.skip = button("Next project", theme, "forward", hint="Leave this one for later")
        actions.name_key(self.skip, "next_project")
        self.end = button("End", theme, "cross", kind="link", hint="End the queue and stay here")
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.UNIT * 2, tokens.HALF, tokens.UNIT * 2, tokens.HALF)
        row.setSpacing(tokens.UNIT)
        row.addWidget(label("QA queue", "heading"))
        row.addWidget(self.words)
        row.addStretch(1)
        for widget in (self.order, self.skip, self.end):
            row.addWidget(widget)
        self.order.activated.connect(lambda place: queue.use_order(list(QueueOrder)[place]))
        self.skip.clicked.connect(queue.skip)
        self.end.clicked.connect(queue.stop)
        queue.changed.connect(self._draw)
        queue.finished.connect(self._draw)
        self.hide()

    def _draw(self) -> None:
        self.setVisible(self._queue.running)
        self.words.setText(self._queue.words())
