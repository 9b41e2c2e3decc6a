"""How a tile looks: the photo, its state by sign, word and colour, and what is wrong with it."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from pruvan_desk.domain.annotations import read_annotations
from pruvan_desk.domain.hints import Hint
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.views.items import ItemRow
from pruvan_desk.ui import tokens
from pruvan_desk.ui.annotate.painting import fitted, paint_marks
from pruvan_desk.ui.gallery.thumbnails import ThumbnailLoader
from pruvan_desk.ui.gallery.tile_look import CAPTION, PAD, PHOTO, TileLook, size_within
from pruvan_desk.ui.theme import Theme

SMALLEST, LARGEST = 104, 400
HINT_GAP = 3
LEAST_NAME = 3 * tokens.UNIT
"""Pixels from which on a name is written beside the state."""


class TileDelegate(QStyledItemDelegate):
    """Draws tiles; asks for their thumbnails by drawing them."""

    def __init__(self, theme: Theme, loader: ThumbnailLoader, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self.loader = loader
        self._look: TileLook | None = None
        self._font_key = ""
        self.photo = PHOTO
        theme.changed.connect(self._forget_look)

    def set_width(self, width: int) -> None:
        """How wide the photos are, in pixels; three quarters of that high."""
        width = max(SMALLEST, min(width, LARGEST))
        self.photo = QSize(width, width * 3 // 4)
        self._forget_look()

    @property
    def tile(self) -> QSize:
        """All tiles are of one size, in pixels."""
        return self.photo + QSize(2 * PAD, CAPTION + 2 * PAD)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As :attr:`tile`."""
        return self.tile

    def look_on(self, widget: QWidget) -> TileLook:
        """How tiles look on a widget: with its font, and as fine as its screen."""
        font, ratio = widget.font(), widget.devicePixelRatioF()
        key, look = font.key(), self._look
        if look is None or look.ratio != ratio or self._font_key != key:
            look = self._look = TileLook(self._theme, self.photo, font, ratio)
            self._font_key = key
        return look

    def draw(
        self, painter: QPainter, look: TileLook, x: int, y: int, row: ItemRow, *, selected: bool, focused: bool
    ) -> None:
        """One tile with its upper left corner there."""
        left, top = x + PAD, y + PAD
        below = top + look.height
        painter.fillRect(x, y, look.tile_width, look.tile_height, look.grounds[selected])
        picture = self.thumbnail(row.sha256, look) if row.sha256 else None
        if picture is None:
            painter.drawPixmap(left, top, look.stand_in(row))
        else:
            painter.fillRect(left, top, look.width, look.height, look.behind_photo)
            self._picture(painter, QRect(left, top, look.width, look.height), row, picture)
        if row.problem or row.hints or row.annotations or row.state is ItemState.REJECTED:
            self._remarks(painter, look, QRect(left, top, look.width, look.height), row)
        caption, used = look.caption(row, selected=selected)
        painter.drawPixmap(left, below, caption)
        right = left + look.width - 1
        room = right - left - used - tokens.UNIT
        if room > LEAST_NAME:
            name, takes = look.name(row.file_name, room)
            painter.setPen(look.muted)
            painter.drawText(right - takes, below + look.baseline, name)
        if selected or focused:
            self._frame(painter, QRect(x, y, look.tile_width, look.tile_height), focused=focused)

    def thumbnail(self, sha256: str, look: TileLook) -> QPixmap | None:
        """The best one that is here; what is better, or the first, is on its way."""
        for edge, box in look.thumbnails:
            if (found := self.loader.get(sha256, edge, box)) is not None:
                return found
        return None

    def _forget_look(self) -> None:
        self._look = None

    def _frame(self, painter: QPainter, rect: QRect, *, focused: bool) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.colour("accent"), 2 if focused else 1))
        painter.drawRect(rect.adjusted(1, 1, -1, -1) if focused else rect.adjusted(0, 0, -1, -1))

    @staticmethod
    def _picture(painter: QPainter, rect: QRect, row: ItemRow, picture: QPixmap) -> None:
        rejected = row.state is ItemState.REJECTED
        if rejected:
            painter.setOpacity(0.45)
        draw_turned(painter, rect, picture, row.rotation)
        if row.annotations:
            where = fitted(QRectF(rect), picture, row.rotation)
            paint_marks(painter, where, read_annotations(row.annotations), picture, row.rotation)
        if rejected:
            painter.setOpacity(1.0)

    def _remarks(self, painter: QPainter, look: TileLook, rect: QRect, row: ItemRow) -> None:
        """What there is to say of it, on the photo."""
        painter.save()
        if row.problem:
            band = look.problem(row.problem)
            painter.drawPixmap(rect.left(), rect.bottom() + 1 - round(band.height() / look.ratio), band)
        if row.state is ItemState.REJECTED:
            self._cross_out(painter, rect)
        if row.hints:
            paint_hints(painter, rect.topLeft(), row.hints, self._theme)
        if row.annotations:
            self._annotated(painter, rect)
        painter.restore()

    def _annotated(self, painter: QPainter, rect: QRect) -> None:
        """The sign of marks, in the upper right corner."""
        side = tokens.ICON + 2 * HINT_GAP
        ground = QRect(rect.right() - side + 1, rect.top(), side, side)
        painter.fillRect(ground, self._theme.colour("surface"))
        sign = ground.adjusted(HINT_GAP, HINT_GAP, -HINT_GAP, -HINT_GAP)
        painter.drawPixmap(
            sign, self._theme.pixmap("annotate", "text", tokens.ICON, painter.device().devicePixelRatioF())
        )

    def _cross_out(self, painter: QPainter, rect: QRect) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("bad"), 2))
        painter.drawLine(rect.topLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomLeft())


def paint_hints(painter: QPainter, corner: QPoint, hints: Sequence[Hint], theme: Theme) -> None:
    """The signs of what to look at twice, on a ground of their own, so that they are seen on any photo."""
    width = len(hints) * (tokens.ICON + HINT_GAP) + HINT_GAP
    ground = QRect(corner, QSize(width, tokens.ICON + 2 * HINT_GAP))
    painter.fillRect(ground, theme.colour("surface"))
    ratio = painter.device().devicePixelRatioF()
    for place, hint in enumerate(hints):
        left = ground.left() + HINT_GAP + place * (tokens.ICON + HINT_GAP)
        sign = QRect(left, ground.top() + HINT_GAP, tokens.ICON, tokens.ICON)
        painter.drawPixmap(sign, theme.pixmap(tokens.HINT_ICON[hint], "waiting", tokens.ICON, ratio))


def draw_turned(painter: QPainter, rect: QRect, pixmap: QPixmap, rotation: int) -> None:
    """Draws a picture into ``rect``, whole, in the middle, turned clockwise by ``rotation`` degrees."""
    width, height = pixmap.width(), pixmap.height()
    if rotation % 180:
        high, wide = size_within(height, width, rect.width(), rect.height())
    else:
        wide, high = size_within(width, height, rect.width(), rect.height())
    ratio = painter.device().devicePixelRatioF()
    if not rotation and (round(wide * ratio), round(high * ratio)) == (width, height):
        painter.drawPixmap(
            rect.left() + (rect.width() - wide) // 2, rect.top() + (rect.height() - high) // 2, wide, high, pixmap
        )
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    centre = rect.toRectF().center()
    painter.setTransform(QTransform().translate(centre.x(), centre.y()).rotate(rotation), True)
    painter.drawPixmap(QRect(-wide // 2, -high // 2, wide, high), pixmap)
    painter.restore()
