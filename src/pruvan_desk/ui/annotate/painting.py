"""Marks as they are seen on a photo on the screen: the same shapes, places and sizes as in the copy that is sent."""

from collections import OrderedDict

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap, QPolygonF, QTransform

from pruvan_desk.domain.annotations import (
    COLOURS,
    Mark,
    MarkKind,
    Marks,
    arrow_head,
    blur_cells,
    drawing_order,
    letters,
    pixels,
    stroke,
    turned,
)

ROOM = 0.96
"""Share of the photo's width that a text may take, as in the copy."""
HALO = 0.09
LIGHT = 380
"""From this sum of its three parts on, a colour has a dark edge around its letters."""
MOST_DISSOLVED = 64

_dissolved: OrderedDict[tuple[int, Mark, int], QPixmap] = OrderedDict()
"""What blurred boxes show, by picture, mark and turn: made once, drawn with every step of the mouse."""


def paint_marks(painter: QPainter, where: QRectF, marks: Marks, picture: QPixmap, rotation: int) -> None:
    """Paints marks over a photo that lies turned by ``rotation`` degrees in ``where``; ``picture`` is the photo unturned."""
    painter.save()
    painter.setClipRect(where, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for mark in drawing_order(marks):
        paint_mark(painter, where, mark, picture, rotation)
    painter.restore()


def paint_mark(painter: QPainter, where: QRectF, mark: Mark, picture: QPixmap, rotation: int) -> None:
    """One of them, which is kept unturned."""
    seen = turned(mark, rotation)
    if mark.kind is MarkKind.BLUR:
        box = _on_screen(seen, where)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        cells = _cells(mark, picture, rotation)
        painter.drawPixmap(box, cells, QRectF(cells.rect()))
    elif mark.kind is MarkKind.TEXT:
        _paint_text(painter, where, seen)
    else:
        _paint_shape(painter, where, seen)


def text_box(mark: Mark, where: QRectF) -> QRectF:
    """Where the letters of a text are seen."""
    path, _ = _text_path(mark, where)
    return path.boundingRect()


def fitted(rect: QRectF, picture: QPixmap, rotation: int) -> QRectF:
    """Where a picture lies that is drawn into ``rect``, whole, in the middle, turned."""
    size = QSizeF(picture.size())
    if rotation % 180:
        size.transpose()
    size.scale(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
    made = QRectF(QPointF(), size)
    made.moveCenter(rect.center())
    return made


def _on_screen(seen: Mark, where: QRectF) -> QRectF:
    left, top, right, bottom = seen.box
    corner = QPointF(where.left() + left * where.width(), where.top() + top * where.height())
    return QRectF(corner, QSizeF((right - left) * where.width(), (bottom - top) * where.height()))


def _cells(mark: Mark, picture: QPixmap, rotation: int) -> QPixmap:
    """A box of the picture, dissolved into its few shades."""
    key = (picture.cacheKey(), mark, rotation % 360)
    if key not in _dissolved:
        left, top, right, bottom = mark.box
        wide, high = picture.width(), picture.height()
        box = QRectF(left * wide, top * high, (right - left) * wide, (bottom - top) * high).toAlignedRect()
        box = box.intersected(picture.rect())
        columns, rows = blur_cells(box.width(), box.height(), max(wide, high))
        how = Qt.TransformationMode.SmoothTransformation
        small = picture.copy(box).scaled(columns, rows, Qt.AspectRatioMode.IgnoreAspectRatio, how)
        _dissolved[key] = small.transformed(QTransform().rotate(rotation)) if rotation % 360 else small
        while len(_dissolved) > MOST_DISSOLVED:
            _dissolved.popitem(last=False)
    _dissolved.move_to_end(key)
    return _dissolved[key]


def _paint_shape(painter: QPainter, where: QRectF, seen: Mark) -> None:
    first, second = pixels(seen, where.width(), where.height())
    thick = stroke(seen, max(where.width(), where.height()))
    colour = QColor(*COLOURS[seen.colour])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(colour, thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    if seen.kind is MarkKind.ARROW:
        tip, one, other = (QPointF(*corner) + where.topLeft() for corner in arrow_head(first, second, thick))
        painter.drawLine(QPointF(*first) + where.topLeft(), (one + other) / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([tip, one, other]))
        return
    inside = _on_screen(seen, where).adjusted(thick / 2, thick / 2, -thick / 2, -thick / 2)  # as Pillow draws: inwards
    if seen.kind is MarkKind.BOX:
        painter.drawRect(inside)
    else:
        painter.drawEllipse(inside)


def _paint_text(painter: QPainter, where: QRectF, seen: Mark) -> None:
    path, high = _text_path(seen, where)
    rgb = COLOURS[seen.colour]
    edge = QColor("black") if sum(rgb) > LIGHT else QColor("white")
    pen = QPen(edge, 2 * max(0.5, high * HALO))
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, pen)
    painter.fillPath(path, QColor(*rgb))


def _text_path(seen: Mark, where: QRectF) -> tuple[QPainterPath, float]:
    """The outline of a text in its place, and how high its letters are."""
    words = " ".join(seen.text.split())
    high = letters(seen, max(where.width(), where.height()))
    font = QFont()
    font.setBold(True)
    font.setPixelSize(max(1, round(high)))
    wide = QFontMetricsF(font).horizontalAdvance(words)
    if wide > ROOM * where.width() > 0:
        high *= ROOM * where.width() / wide
        font.setPixelSize(max(1, int(high)))
    path = QPainterPath()
    path.addText(QPointF(), font, words)
    box = path.boundingRect()
    middle = QPointF(where.left() + seen.middle[0] * where.width(), where.top() + seen.middle[1] * where.height())
    path.translate(middle - box.center())
    box = path.boundingRect()
    path.translate(
        max(where.left() - box.left(), 0) + min(where.right() - box.right(), 0),
        max(where.top() - box.top(), 0) + min(where.bottom() - box.bottom(), 0),
    )
    return path, high
