"""The strip above the table: seven counts with their small plots. A click shows what is counted, another one everything."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from pruvan_desk.domain.check_in import Lacking
from pruvan_desk.domain.statuses import ItemState, ProjectStatus
from pruvan_desk.store.views.dashboard import Dashboard
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.projects.filters import AT_RISK, CLOSED_THIS_WEEK, OPEN, PAST, TODAY, ProjectFilter
from pruvan_desk.ui.theme import Theme, scaled_font

HEIGHT = 64
PLOT_WIDTH = 64
NARROWEST = 100
BAR_GAP = 2
FIGURE_SCALE = 1.5
LATE_WORDS = ("1 day", "2 to 3 days", "4 to 7 days", "8 to 14 days", "longer")
WAIT_WORDS = ("up to 1 h", "1 to 4 h", "up to a day", "1 to 3 days", "longer")


class Tile(QPushButton):
    """A count, its word, a line below it, and bars. Down while the table shows what it counts."""

    def __init__(self, theme: Theme, words: str, colour: str, facet: str, value: str) -> None:
        super().__init__()
        self.setObjectName("tile")
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.facet, self.value = facet, value
        self._theme, self._words, self._colour = theme, words, colour
        self._count, self._below = "-", ""
        self._bars: Sequence[int] = ()
        theme.changed.connect(self.update)

    def say(self, count: int, below: str, bars: Sequence[tuple[str, int]]) -> None:
        """Takes new figures: bars as word and count."""
        self._count, self._below, self._bars = f"{count:,}", below, [number for _, number in bars]
        told = ", ".join(f"{word}: {number:,}" for word, number in bars if number)
        self.setAccessibleName(f"{self._words}: {count:,}{f', {below}' if below else ''}")
        self.setAccessibleDescription(told)
        self.setToolTip(told)
        self.update()

    @property
    def count(self) -> str:
        """The figure as it reads."""
        return self._count

    def sizeHint(self) -> QSize:
        """Room for the words and the plot."""
        return QSize(150, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Seven of them fit beside the details on a small laptop; the plot and the words then take what there is."""
        return QSize(NARROWEST, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The figure left, the bars right, the frame where it is down or has the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        inside = self.rect().adjusted(tokens.UNIT + 4, 6, -tokens.UNIT, -6)
        quiet = self._count in ("0", "-")
        painter.setFont(scaled_font(self, FIGURE_SCALE))
        painter.setPen(self._theme.colour("muted" if quiet else self._colour))
        left = Qt.AlignmentFlag.AlignLeft
        painter.drawText(inside.adjusted(0, -2, 0, 0), left | Qt.AlignmentFlag.AlignTop, self._count)
        free = inside.width() - painter.fontMetrics().horizontalAdvance(self._count) - tokens.UNIT
        painter.setFont(scaled_font(self, tokens.SMALL_SCALE))
        painter.setPen(self._theme.colour("text"))
        below = left | Qt.AlignmentFlag.AlignBottom
        painter.drawText(inside.adjusted(0, 0, 0, -15), below, elided(painter, self._words, inside.width()))
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(inside, below, elided(painter, self._below, inside.width()))
        width = min(PLOT_WIDTH, free)
        if width > len(self._bars) * 2 * BAR_GAP:
            self._paint_bars(painter, QRectF(inside.right() - width, inside.top(), width, 24))
        painter.end()

    def _paint_ground(self, painter: QPainter) -> None:
        ground = "selection" if self.isChecked() else "hover" if self.underMouse() else "surface"
        edge = "accent" if self.isChecked() or self.hasFocus() else "border"
        painter.setPen(QPen(self._theme.colour(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(self._theme.colour(ground))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), tokens.RADIUS, tokens.RADIUS)

    def _paint_bars(self, painter: QPainter, room: QRectF) -> None:
        if not self._bars:
            return
        most, width = max(1, *self._bars), (room.width() + BAR_GAP) / len(self._bars) - BAR_GAP
        painter.setPen(Qt.PenStyle.NoPen)
        for place, number in enumerate(self._bars):
            height = max(1.0, room.height() * number / most)
            painter.setBrush(self._theme.colour(self._colour if number else "border"))
            left = room.left() + place * (width + BAR_GAP)
            painter.drawRect(QRectF(left, room.bottom() - height, width, height))


class DashboardStrip(QWidget):
    """The tiles. ``wanted`` carries the facet and the value to show; an empty value shows all of it again."""

    wanted = Signal(str, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Dashboard")
        self.open = Tile(theme, "Open", "text", "state", OPEN)
        self.today = Tile(theme, "Due today", "waiting", "due", TODAY)
        self.past = Tile(theme, "Past due", "bad", "due", PAST)
        self.pending = Tile(theme, "Pending QA", "waiting", "items", ItemState.PENDING_QA.label)
        self.failed = Tile(theme, "Failed relays", "bad", "items", ItemState.FAILED.label)
        self.at_risk = Tile(theme, "Check-ins at risk", "bad", "check_in", AT_RISK)
        self.closed = Tile(theme, "Closed this week", "sent", "state", CLOSED_THIS_WEEK)
        self.tiles = (self.open, self.today, self.past, self.at_risk, self.pending, self.failed, self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * tokens.UNIT, tokens.UNIT, 2 * tokens.UNIT, 0)
        row.setSpacing(tokens.UNIT)
        for tile in self.tiles:
            row.addWidget(tile, 1)
            tile.clicked.connect(lambda down, tile=tile: self.wanted.emit(tile.facet, tile.value if down else ""))

    def show_filter(self, chosen: ProjectFilter) -> None:
        """Puts those tiles down that the table shows."""
        for tile in self.tiles:
            tile.setChecked(chosen.chosen.get(tile.facet) == frozenset({tile.value}))

    def show_counts(self, counts: Dashboard, now: datetime) -> None:
        """Takes new figures. ``now`` is in the office's zone."""
        by_status = [(status.value, counts.open_by_status.get(status.value, 0)) for status in ProjectStatus]
        rush = counts.open_by_status.get(ProjectStatus.RUSH, 0)
        self.open.say(counts.open, f"{rush:,} Rush" if rush else "", by_status[:-1])
        week = sum(counts.due_by_day)
        self.today.say(counts.due_by_day[0], f"{week:,} within 7 days", _days(counts.due_by_day, now, forward=True))
        self.past.say(sum(counts.late), "", list(zip(LATE_WORDS, counts.late, strict=True)))
        steps = [(step.value, counts.at_risk.get(step, 0)) for step in Lacking]
        self.at_risk.say(sum(counts.at_risk.values()), "today", steps)
        oldest = counts.oldest_pending
        waits = f"oldest {text.span((now - oldest).total_seconds())}" if oldest else ""
        self.pending.say(counts.pending, waits, list(zip(WAIT_WORDS, counts.waiting, strict=True)))
        self.failed.say(counts.failed, "", _days(counts.failed_by_day, now, forward=False))
        self.closed.say(sum(counts.closed_by_day), "", _days(counts.closed_by_day, now, forward=False))


def elided(painter: QPainter, words: str, width: int) -> str:
    """As much of them as there is room for."""
    return painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, width)


def _days(counts: Sequence[int], now: datetime, *, forward: bool) -> list[tuple[str, int]]:
    first = now.toordinal() if forward else now.toordinal() - len(counts) + 1
    return [(f"{datetime.fromordinal(first + place):%a}", count) for place, count in enumerate(counts)]
