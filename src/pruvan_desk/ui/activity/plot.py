"""The throughput of the last minutes, painted by hand: one curve needs no library."""

import time
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.theme import Theme

SHOWN_SECONDS = 120.0
GAP_SECONDS = 3.0
"""Samples further apart than this had nothing between them."""
LEAST_TOP = 100_000.0


class ThroughputPlot(QWidget):
    """Bytes a second over the last two minutes, with the highest and the present rate in words."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._history: Sequence[tuple[float, float]] = ()
        self._rate = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(tokens.UNIT * 9)
        theme.changed.connect(self.update)
        self.show_history((), 0.0)

    def sizeHint(self) -> QSize:
        """As wide as its neighbours, three times as wide as high."""
        return QSize(360, 120)

    def show_history(self, history: Sequence[tuple[float, float]], rate: float) -> None:
        """Takes samples: Unix seconds, and bytes a second then."""
        self._history, self._rate = history, rate
        words = f"Throughput {text.rate(rate)}" if rate else "Nothing is going out"
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.update()

    def points(self, now: float) -> list[tuple[float, float]]:
        """What is drawn: seconds before now (from -120 to 0) and bytes a second, down to zero where nothing went out."""
        drawn: list[tuple[float, float]] = []
        last: float | None = None
        for at, rate in self._history:
            x = at - now
            if x < -SHOWN_SECONDS:
                continue
            if last is None or x - last > GAP_SECONDS:
                drawn += [(last, 0.0)] if last is not None else []
                drawn.append((x, 0.0))
            drawn.append((x, rate))
            last = x
        if last is not None and -last > GAP_SECONDS:
            drawn.append((last, 0.0))
        return drawn

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The curve on its ground line, its top named."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        inside = QRectF(self.rect()).adjusted(
            tokens.UNIT * 2, tokens.UNIT + metrics.height(), -tokens.UNIT * 2, -tokens.UNIT
        )
        points = self.points(time.time())
        top = max([LEAST_TOP, *(rate for _, rate in points)])
        painter.setPen(self._theme.colour("muted"))
        heading = QRectF(inside.left(), tokens.HALF, inside.width(), metrics.height())
        painter.drawText(heading, Qt.AlignmentFlag.AlignLeft, "Last 2 minutes")
        words = f"now {text.rate(self._rate)} · highest {text.rate(top)}" if points else "nothing went out"
        painter.drawText(heading, Qt.AlignmentFlag.AlignRight, words)
        painter.setPen(QPen(self._theme.colour("border"), 1))
        painter.drawLine(inside.bottomLeft(), inside.bottomRight())
        if points:
            self._draw_curve(painter, inside, points, top)
        painter.end()

    def _draw_curve(self, painter: QPainter, inside: QRectF, points: list[tuple[float, float]], top: float) -> None:
        def at(x: float, rate: float) -> QPointF:
            return QPointF(
                inside.right() + x / SHOWN_SECONDS * inside.width(), inside.bottom() - rate / top * inside.height()
            )

        curve = QPainterPath(at(*points[0]))
        for point in points[1:]:
            curve.lineTo(at(*point))
        filled = QPainterPath(curve)
        filled.lineTo(at(points[-1][0], 0))
        filled.lineTo(at(points[0][0], 0))
        colour = self._theme.colour("good")
        painter.setPen(QPen(colour, 1.5))
        painter.drawPath(curve)
        colour.setAlphaF(0.18)
        painter.fillPath(filled, colour)
