"""The plot of positions: the property, what is near it, each photo, the crews' ways; north is up, and there is no map."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from itertools import pairwise

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from pruvan_desk.domain.certification import LOCATION_METRES, Position, distance_words, metres_between
from pruvan_desk.domain.positions import Flat, Frame, Spot, around, at_edge, fitted, is_near, paths, round_down
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.theme import Theme

DOT = 4.5
SIGN = 16
REACH = 12.0
"""Pixels around a photo in which the pointer means it."""
EDGE = 26.0
"""Pixels that stay free around what is shown."""
NOTCH, STEP = 120.0, 1.25
NEAREST, FARTHEST = 2.0, 30_000_000.0
"""Metres to each side, at most and at least."""
MOST_RINGS = 300
"""With more photos than these, how exact each position is is drawn only for the one that is pointed at."""
COLOURS = {True: "sent", False: "waiting", None: "good"}
"""Near the property, far from it, or nobody knows where that is."""


@dataclass(frozen=True, slots=True)
class Plotted:
    """What is plotted: the photos with a position, and the property if that is known. ``names`` are the photos' by id."""

    project_id: int | None
    spots: Sequence[Spot]
    place: Position | None
    names: dict[int, str]
    zone: tzinfo


class PositionPlot(QWidget):
    """Paints everything once for each view of it; what is pointed at and selected is drawn over that."""

    pointed = Signal(object)
    """The id of the photo under the pointer, or ``None``."""
    chosen = Signal(int)
    """A photo was clicked, or reached by the arrow keys."""
    opened = Signal()
    """Enter, or a double click."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._plotted: Plotted | None = None
        self._frame: Frame | None = None
        self._layer: QPixmap | None = None
        self._drag_from: QPointF | None = None
        self._where: dict[int, QPointF] = {}
        self._ways: list[list[Spot]] = []
        self._near: dict[int, bool | None] = {}
        self.selected: int | None = None
        self.hovered: int | None = None
        self.with_paths = True
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(280, 240)
        self.setAccessibleName("Where the photos were taken")
        theme.changed.connect(self._anew)

    def sizeHint(self) -> QSize:
        """Square, more or less."""
        return QSize(560, 520)

    @property
    def spots(self) -> Sequence[Spot]:
        """What is drawn, in the order of time."""
        return self._plotted.spots if self._plotted is not None else ()

    def show_positions(self, plotted: Plotted) -> None:
        """Shows other photos; the view stays where it is as long as the project does."""
        self._ways = paths(plotted.spots)
        self._near = {spot.id: is_near(spot.position, plotted.place) for spot in plotted.spots}
        before = self._plotted
        same = before is not None and (before.project_id, before.place) == (plotted.project_id, plotted.place)
        stays = same and self._frame is not None and bool(self.spots)
        self._plotted = replace(plotted, spots=sorted(plotted.spots, key=lambda spot: (spot.at, spot.id)))
        if not stays:
            self.fit()
        self._anew()

    def fit(self) -> None:
        """All photos, but for those far away."""
        if self._plotted is not None:
            self._use(fitted(self._plotted.place, [spot.position for spot in self.spots]))

    def fit_radius(self) -> None:
        """The property with all that counts as near it."""
        if self._plotted is not None and self._plotted.place is not None:
            self._use(around(self._plotted.place))

    def show_paths(self, *, shown: bool) -> None:
        """Whether the crews' ways are drawn."""
        self.with_paths = shown
        self._anew()

    def select(self, item_id: int | None) -> None:
        """Marks a photo."""
        self.selected = item_id
        spot = next((spot for spot in self.spots if spot.id == item_id), None)
        self.setAccessibleDescription(self.words(spot) if spot else "")
        self.update()

    def point_at(self, item_id: int | None) -> None:
        """Marks the photo that the pointer is on, here or elsewhere."""
        if item_id != self.hovered:
            self.hovered = item_id
            self.update()

    def step(self, by: int) -> None:
        """To the next photo in the order of time, or the one before."""
        if not self.spots:
            return
        ids = [spot.id for spot in self.spots]
        start = ids.index(self.selected) if self.selected in ids else (-1 if by > 0 else 0)
        self.chosen.emit(ids[(start + by) % len(ids)])

    def words(self, spot: Spot) -> str:
        """``front.jpg · 10:42 by crew7 · 38 m from the property ± 5 m``."""
        assert self._plotted is not None  # noqa: S101 - a spot comes from what is plotted
        exact = f" ± {spot.accuracy:.0f} m" if spot.accuracy else ""
        place = self._plotted.place
        far = (
            f"{distance_words(metres_between(spot.position, place))} from the property{exact}"
            if place
            else exact.strip()
        )
        when = f"{text.when(spot.at, self._plotted.zone)}{f' by {spot.who}' if spot.who else ''}"
        return " · ".join(part for part in (self._plotted.names.get(spot.id, ""), when, far) if part)

    def zoom(self, steps: float, at: QPointF | None = None) -> None:
        """Nearer, or farther away; what is at ``at`` stays there."""
        if self._frame is None:
            return
        reach = min(max(self._frame.reach / STEP**steps, NEAREST), FARTHEST)
        east, north = self._metres(at) if at is not None else (0.0, 0.0)
        share = 1 - reach / self._frame.reach
        self._move(east * share, north * share, reach)

    def place_of(self, item_id: int) -> QPointF | None:
        """Where a photo is drawn now."""
        if self._layer is None:
            self._layer = self._drawn()
        return self._where.get(item_id)

    def spot_at(self, at: QPointF) -> Spot | None:
        """The photo that is drawn there."""
        best = min(self.spots, key=lambda spot: _apart(self._where.get(spot.id), at), default=None)
        return best if best is not None and _apart(self._where.get(best.id), at) <= REACH else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Chooses a photo, or begins to move the view."""
        spot = self.spot_at(event.position())
        if spot is not None and event.button() is Qt.MouseButton.LeftButton:
            self.chosen.emit(spot.id)
        else:
            self._drag_from = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The view follows, or the photo under the pointer is named."""
        if self._drag_from is not None and self._frame is not None:
            by = event.position() - self._drag_from
            self._drag_from = event.position()
            self._move(-by.x() / self._scale, by.y() / self._scale, self._frame.reach)
            return
        spot = self.spot_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor if spot else Qt.CursorShape.ArrowCursor)
        if (spot.id if spot else None) != self.hovered:
            self.point_at(spot.id if spot else None)
            self.pointed.emit(self.hovered)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """The view stays."""
        self._drag_from = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Opens the photo."""
        if self.spot_at(event.position()) is not None:
            self.opened.emit()

    def leaveEvent(self, _event: QEvent) -> None:
        """Nothing is pointed at."""
        self.point_at(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Nearer, or farther away, at the pointer."""
        self.zoom(event.angleDelta().y() / NOTCH, event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from photo to photo in time; plus and minus zoom, 0 shows all, R the radius; Enter opens."""
        keys = {
            Qt.Key.Key_Right: lambda: self.step(1), Qt.Key.Key_Down: lambda: self.step(1), Qt.Key.Key_Left: lambda: self.step(-1),
            Qt.Key.Key_Up: lambda: self.step(-1), Qt.Key.Key_Plus: lambda: self.zoom(1), Qt.Key.Key_Equal: lambda: self.zoom(1),
            Qt.Key.Key_Minus: lambda: self.zoom(-1), Qt.Key.Key_0: self.fit, Qt.Key.Key_R: self.fit_radius,
            Qt.Key.Key_Return: self.opened.emit, Qt.Key.Key_Enter: self.opened.emit,
        }  # fmt: skip
        deed = keys.get(Qt.Key(event.key()))
        if deed is None:
            super().keyPressEvent(event)
        else:
            deed()

    def event(self, event: QEvent) -> bool:
        """The hint says which photo it is."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            spot = self.spot_at(QPointF(event.pos()))
            if spot is not None:
                QToolTip.showText(event.globalPos(), self.words(spot), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Another size is drawn anew."""
        self._anew()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """What stays, from its picture; over it what is selected and pointed at."""
        if self._layer is None:
            self._layer = self._drawn()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._layer)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for item_id, name in ((self.hovered, "text"), (self.selected, "accent")):
            spot = next((spot for spot in self.spots if spot.id == item_id), None)
            if spot is not None and spot.id in self._where:
                self._paint_ring(painter, spot, self._theme.colour(name))
        painter.end()

    def _paint_ring(self, painter: QPainter, spot: Spot, colour: QColor) -> None:
        at = self._where[spot.id]
        if spot.accuracy:
            self._paint_accuracy(painter, at, spot.accuracy, colour)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 2.5))
        painter.drawEllipse(at, DOT + 4, DOT + 4)

    @property
    def _scale(self) -> float:
        """Pixels a metre."""
        room = max(min(self.width(), self.height()) / 2 - EDGE, 20.0)
        return room / self._frame.reach if self._frame is not None else 1.0

    def _metres(self, at: QPointF) -> Flat:
        return (at.x() - self.width() / 2) / self._scale, (self.height() / 2 - at.y()) / self._scale

    def _at(self, position: Position) -> QPointF:
        """Where a position is drawn: what is beyond the view stands at its edge."""
        assert self._frame is not None  # noqa: S101 - nothing is drawn without one
        wide, high = self.width() / 2 - EDGE / 2, self.height() / 2 - EDGE / 2
        east, north = self._frame.flat(position)
        x, y = east * self._scale, -north * self._scale
        over = max(abs(x) / max(wide, 1.0), abs(y) / max(high, 1.0))
        x, y = (x / over, y / over) if over > 1 else (x, y)
        return QPointF(self.width() / 2 + x, self.height() / 2 + y)

    def _use(self, frame: Frame | None) -> None:
        self._frame = frame
        self._anew()

    def _move(self, east: float, north: float, reach: float) -> None:
        """The view, so many metres further and so large."""
        if self._frame is None:
            return
        centre = self._frame.centre
        a_degree = 111_195.0
        shrunk = max(math.cos(math.radians(centre.latitude)), 1e-6)
        latitude = min(max(centre.latitude + north / a_degree, -90.0), 90.0)
        longitude = (centre.longitude + east / a_degree / shrunk + 180) % 360 - 180
        self._use(Frame(Position(latitude, longitude), reach))

    def _anew(self) -> None:
        self._layer = None
        self.update()

    def _drawn(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        layer = QPixmap(self.size() * ratio)
        layer.setDevicePixelRatio(ratio)
        layer.fill(self._theme.colour("surface"))
        self._where = {}
        if self._plotted is None or self._frame is None:
            return layer
        painter = QPainter(layer)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._where = {spot.id: self._at(spot.position) for spot in self.spots}
        self._paint_radius(painter)
        if self.with_paths:
            self._paint_paths(painter)
        self._paint_spots(painter)
        self._paint_place(painter)
        self._paint_scale(painter)
        painter.end()
        return layer

    def _paint_radius(self, painter: QPainter) -> None:
        assert self._plotted is not None and self._frame is not None  # noqa: S101, PT018 - asked before
        if self._plotted.place is None:
            return
        east, north = self._frame.flat(self._plotted.place)
        middle = QPointF(self.width() / 2 + east * self._scale, self.height() / 2 - north * self._scale)
        side = LOCATION_METRES * self._scale
        pen = QPen(self._theme.colour("muted"), 1.2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        if side > math.hypot(self.width(), self.height()) / 2 + math.hypot(east, north) * self._scale:
            words = f"All of this is within {distance_words(LOCATION_METRES)}; R shows how far that is"
            room = self.rect().adjusted(0, 0, -2 * tokens.UNIT, -tokens.UNIT)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, words)
            return
        painter.drawEllipse(middle, side, side)
        painter.drawText(middle + QPointF(4, -side - 4), distance_words(LOCATION_METRES))

    def _paint_paths(self, painter: QPainter) -> None:
        painter.setPen(QPen(self._theme.colour("border"), 1 if len(self.spots) > MOST_RINGS else 1.5))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(self.spots) <= MOST_RINGS)
        for way in self._ways:
            points = [self._where[spot.id] for spot in way]
            painter.drawLines([QLineF(one, other) for one, other in pairwise(points)])  # one long line takes seconds
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_spots(self, painter: QPainter) -> None:
        assert self._plotted is not None and self._frame is not None  # noqa: S101, PT018 - asked before
        rings = len(self.spots) <= MOST_RINGS
        signs = {near: self._sign(near) for near in COLOURS}
        for spot in self.spots:
            near = self._near[spot.id]
            at = self._where[spot.id]
            if rings and spot.accuracy and not self._is_beyond(spot):
                self._paint_accuracy(painter, at, spot.accuracy, self._theme.colour(COLOURS[near]))
            painter.drawPixmap(at - QPointF(SIGN / 2, SIGN / 2), signs[near])

    def _sign(self, near: bool | None) -> QPixmap:
        """What stands for a photo: a dot, or a triangle for one that was taken far away. Drawn once, stamped often."""
        ratio = self.devicePixelRatioF()
        sign = QPixmap(QSize(SIGN, SIGN) * ratio)
        sign.setDevicePixelRatio(ratio)
        sign.fill(Qt.GlobalColor.transparent)
        painter = QPainter(sign)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("surface"), 1))
        painter.setBrush(self._theme.colour(COLOURS[near]))
        middle = QPointF(SIGN / 2, SIGN / 2)
        if near is False:
            corners = ((0.0, -6.0), (5.5, 4.5), (-5.5, 4.5))
            painter.drawPolygon(QPolygonF([middle + QPointF(*corner) for corner in corners]))
        else:
            painter.drawEllipse(middle, DOT, DOT)
        painter.end()
        return sign

    def _is_beyond(self, spot: Spot) -> bool:
        assert self._frame is not None  # noqa: S101 - asked before
        where = self._frame.flat(spot.position)
        return at_edge(where, max(self.width(), self.height()) / 2 / self._scale) != where

    def _paint_accuracy(self, painter: QPainter, at: QPointF, metres: float, colour: QColor) -> None:
        side = metres * self._scale
        if not DOT < side < 20_000:
            return
        faint = QColor(colour)
        faint.setAlphaF(0.10)
        painter.setBrush(faint)
        faint = QColor(colour)
        faint.setAlphaF(0.35)
        painter.setPen(QPen(faint, 1))
        painter.drawEllipse(at, side, side)

    def _paint_place(self, painter: QPainter) -> None:
        assert self._plotted is not None  # noqa: S101 - asked before
        if self._plotted.place is None:
            return
        at = self._at(self._plotted.place)
        painter.setPen(QPen(self._theme.colour("surface"), 1.5))
        painter.setBrush(self._theme.colour("accent"))
        painter.drawRect(QRectF(at.x() - 6, at.y() - 6, 12, 12))

    def _paint_scale(self, painter: QPainter) -> None:
        """A length in metres, and north."""
        assert self._frame is not None  # noqa: S101 - asked before
        metres = round_down(self._frame.reach / 2)
        ground = self._theme.colour("surface")
        length, left, low = metres * self._scale, 2.0 * tokens.UNIT, self.height() - 2.0 * tokens.UNIT
        words = distance_words(metres)
        wide = length + 2 * tokens.UNIT + painter.fontMetrics().horizontalAdvance(words)
        painter.fillRect(QRectF(left - 4, low - 9, wide, 18), ground)
        painter.fillRect(
            QRectF(self.width() - 3.5 * tokens.UNIT, tokens.UNIT, 3 * tokens.UNIT, 5.5 * tokens.UNIT), ground
        )
        painter.setPen(QPen(self._theme.colour("text"), 1.2))
        painter.drawLine(QPointF(left, low), QPointF(left + length, low))
        for x in (left, left + length):
            painter.drawLine(QPointF(x, low - 4), QPointF(x, low + 4))
        painter.drawText(QPointF(left + length + tokens.UNIT, low + 4), words)
        x, top = self.width() - 2.0 * tokens.UNIT, 1.5 * tokens.UNIT
        painter.drawLine(QPointF(x, top), QPointF(x, top + 18))
        painter.drawPolyline(QPolygonF([QPointF(x - 4, top + 6), QPointF(x, top), QPointF(x + 4, top + 6)]))
        painter.drawText(QRectF(x - 10, top + 19, 20, 16), Qt.AlignmentFlag.AlignHCenter, "N")


def _apart(one: QPointF | None, other: QPointF) -> float:
    return math.hypot(one.x() - other.x(), one.y() - other.y()) if one is not None else math.inf
