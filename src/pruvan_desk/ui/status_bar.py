"""The line at the bottom: the truth about the engine, the imports, what waits, what is on its way. Click it for Activity."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, label

if TYPE_CHECKING:
    from pruvan_desk.store.views.status import DeskStatus

SILENT_SECONDS = 30
"""An engine that was not heard of for so long is taken to be gone."""
MESSAGE = 12_000
"""Milliseconds that a message stays."""


class StatusLine(QStatusBar):
    """Says what :class:`DeskStatus` holds, and what the supervisor of the engine says."""

    activity_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._theme = theme
        self._status: DeskStatus | None = None
        self._engine_words = ""
        self._sign = QLabel()
        self.words = button("", theme, kind="link", hint="Open Activity")
        self.words.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.words.clicked.connect(self.activity_wanted)
        self.message = label("")
        self.message.setContentsMargins(0, 0, 2 * tokens.UNIT, 0)
        self.addWidget(self._sign)
        self.addWidget(self.words)
        self.addPermanentWidget(self.message)
        self._forget = QTimer(self, singleShot=True, interval=MESSAGE)
        self._forget.timeout.connect(lambda: self.message.setText(""))
        theme.changed.connect(self.draw)
        self.draw()

    def show_status(self, status: "DeskStatus") -> None:
        """Takes new figures."""
        self._status = status
        self.draw()

    def show_engine(self, words: str) -> None:
        """What the supervisor says about the engine process; empty when all is well."""
        self._engine_words = words
        self.draw()

    def say(self, words: str) -> None:
        """A message that nobody has to act on; it goes by itself."""
        self.message.setText(words)
        self.message.setAccessibleName(words)
        self._forget.start()

    def draw(self) -> None:
        """Says it all again: times pass."""
        colour, engine = self._engine()
        icon = {"sent": "check", "bad": "warning", "waiting": "clock"}[colour]
        self._sign.setPixmap(self._theme.pixmap(icon, colour, tokens.ICON, self.devicePixelRatioF()))
        self._sign.setAccessibleName(engine)
        words = " · ".join([engine, *(status_words(self._status, datetime.now(UTC)) if self._status else [])])
        self.words.setText(words.replace("&", "&&"))
        self.words.setAccessibleName(words)

    def _engine(self) -> tuple[str, str]:
        if self._engine_words:
            return "bad", self._engine_words
        status = self._status
        if status is None:
            return "waiting", "Opening"
        seen = status.engine_seen_at
        if seen is None or (datetime.now(UTC) - seen).total_seconds() > SILENT_SECONDS:
            return "waiting", "Engine starting"
        return engine_words(status)


def engine_words(status: "DeskStatus") -> tuple[str, str]:
    """Colour and word of a running engine: the worst that can be said of it."""
    if status.traffic.fault:
        return "bad", status.traffic.fault
    if status.offline:
        return "waiting", "Offline"
    if status.paused_integrations:
        paused = text.counted(status.paused_integrations, "integration")
        return "bad", f"{paused} paused"
    return ("waiting", "Sending paused") if status.settings.relay_paused else ("sent", "Online")


def status_words(status: "DeskStatus", now: datetime) -> list[str]:
    """The figures, most of them only where there is something to say."""
    pending, failed = status.waiting(ItemState.PENDING_QA), status.waiting(ItemState.FAILED)
    queued, relaying = status.waiting(ItemState.QUEUED), status.waiting(ItemState.RELAYING)
    unassigned = status.waiting(ItemState.UNASSIGNED)
    oldest = f" (oldest {text.span((now - status.oldest_pending).total_seconds())})" if status.oldest_pending else ""
    words = [f"last refresh {text.ago(status.last_refreshed_at, now)}"] if status.integrations else ["no integration"]
    words.append(f"{pending:,} Pending QA{oldest}")
    words += [f"{unassigned:,} unassigned"] if unassigned else []
    words += [relay_words(status)] if relaying or queued else []
    words += [f"{failed:,} failed"] if failed else []
    return words


def relay_words(status: "DeskStatus") -> str:
    """``Relaying 8 of 132, 4.1 MB/s, 1 min``; ``132 queued`` while nothing goes out."""
    relaying = status.waiting(ItemState.RELAYING)
    left = relaying + status.waiting(ItemState.QUEUED)
    under_way = len(status.traffic.sending) or relaying
    if not relaying:
        return f"{left:,} queued"
    parts = [f"Relaying {under_way:,} of {left:,}"]
    if status.traffic.rate >= 1000:
        parts.append(text.rate(status.traffic.rate))
    if status.traffic.items_per_second > 0:
        parts.append(text.span(left / status.traffic.items_per_second))
    return ", ".join(parts)


def leaving_words(status: "DeskStatus | None") -> str:
    """What would be left lying when the window closes now; empty when nothing would."""
    if status is None:
        return ""
    passed = status.waiting(ItemState.PASSED)
    under_way = status.waiting(ItemState.QUEUED) + status.waiting(ItemState.RELAYING)
    lines = [f"{text.counted(passed, 'item')} passed and not published."] if passed else []
    if under_way:
        lines.append(
            f"{text.counted(under_way, 'item')} on the way to the client; the rest is sent when Pruvan Desk runs again."
        )
    return "\n".join(lines)
