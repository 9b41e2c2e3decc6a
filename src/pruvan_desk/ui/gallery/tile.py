"""How a tile looks: the photo, its state by sign, word and colour, and what is wrong with it."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pruvan_desk.domain.annotations import read_annotations
from pruvan_desk.domain.hints import Hint
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.store.views.items import ItemRow
from pruvan_desk.ui import tokens
from pruvan_desk.ui.annotate.painting import fitted, paint_marks
from pruvan_desk.ui.gallery.model import ITEM_ROLE
from pruvan_desk.ui.gallery.thumbnails import ThumbnailLoader
from pruvan_desk.ui.theme import Theme

PHOTO = QSize(176, 132)
SMALLEST, LARGEST = 104, 400
CAPTION = 24
PAD = 4
THUMBNAIL = 256
LARGE_THUMBNAIL = 512
FILE_ICONS = {FileType.SURVEY: "survey", FileType.CHECK_IN: "check-in", FileType.PICTURE: "photo"}
FILE_WORDS = {
    FileType.SURVEY: "Survey answers", FileType.CHECK_IN: "Check-in", FileType.REPORT: "Report", FileType.CSR: "CSR",
    FileType.FILE: "File", FileType.PICTURE: "No preview yet",
}  # fmt: skip

VIDEOS = ("mp4", "m4v", "mov", "qt", "3gp", "3g2", "avi", "mkv", "webm")
EXTENSION_ICONS = {"pdf": "pdf", **dict.fromkeys(VIDEOS, "video")}
EXTENSION_WORDS = {"pdf": "PDF document", **dict.fromkeys(VIDEOS, "Video")}
HINT_GAP = 3


class TileDelegate(QStyledItemDelegate):
    """Paints one tile; asks for its thumbnail by painting it."""

    def __init__(self, theme: Theme, loader: ThumbnailLoader, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._loader = loader
        self.photo = PHOTO

    def set_width(self, width: int) -> None:
        """How wide the photos are, in pixels; three quarters of that high."""
        width = max(SMALLEST, min(width, LARGEST))
        self.photo = QSize(width, width * 3 // 4)

    @property
    def tile(self) -> QSize:
        """All tiles are of one size, in pixels."""
        return self.photo + QSize(2 * PAD, CAPTION + 2 * PAD)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As :attr:`tile`."""
        return self.tile

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One tile."""
        row = index.data(ITEM_ROLE)
        if not isinstance(row, ItemRow):
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        photo = QRect(rect.left() + PAD, rect.top() + PAD, self.photo.width(), self.photo.height())
        painter.save()
        self._frame(painter, rect, state)
        self._photo(painter, photo, row)
        self._caption(painter, QRect(photo.left(), photo.bottom() + 1, photo.width(), CAPTION), row)
        painter.restore()

    def ask_for(self, row: ItemRow, ratio: float) -> None:
        """Has a thumbnail read that is about to be painted on a screen of so many pixels for each of ours."""
        if row.sha256:
            self._thumbnail(row.sha256, ratio)

    def _frame(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        selected = bool(state & QStyle.StateFlag.State_Selected)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("selection" if selected else "surface"))
        painter.drawRect(rect)
        if selected or focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.colour("accent"), 2 if focused else 1))
            painter.drawRect(rect.adjusted(1, 1, -1, -1) if focused else rect.adjusted(0, 0, -1, -1))

    def _photo(self, painter: QPainter, rect: QRect, row: ItemRow) -> None:
        painter.fillRect(rect, self._theme.colour("photo"))
        pixmap = self._thumbnail(row.sha256, painter.device().devicePixelRatioF()) if row.sha256 else None
        if pixmap is not None:
            if row.state is ItemState.REJECTED:
                painter.setOpacity(0.45)
            draw_turned(painter, rect, pixmap, row.rotation)
            if row.annotations:
                where = fitted(QRectF(rect), pixmap, row.rotation)
                paint_marks(painter, where, read_annotations(row.annotations), pixmap, row.rotation)
            painter.setOpacity(1.0)
        else:
            self._stand_in(painter, rect, row)
        if row.problem:
            self._problem(painter, rect, row.problem)
        if row.state is ItemState.REJECTED:
            self._cross_out(painter, rect)
        if row.hints:
            paint_hints(painter, rect.topLeft(), row.hints, self._theme)
        if row.annotations:
            self._annotated(painter, rect)

    def _thumbnail(self, sha256: str, ratio: float) -> QPixmap | None:
        """The smaller one as long as it is sharp enough; it also stands in for the larger while that is on its way."""
        box = self.photo * ratio
        if box.width() > THUMBNAIL and (large := self._loader.get(sha256, LARGE_THUMBNAIL, box)) is not None:
            return large
        return self._loader.get(sha256, THUMBNAIL, box if box.width() <= THUMBNAIL else PHOTO * ratio)

    def _stand_in(self, painter: QPainter, rect: QRect, row: ItemRow) -> None:
        """What is drawn where there is no picture (yet)."""
        icon = "broken" if row.problem else file_icon(row)
        ratio = painter.device().devicePixelRatioF()
        sign = QRect(rect.center().x() - 16, rect.center().y() - 30, 32, 32)
        painter.drawPixmap(sign, self._theme.pixmap(icon, "muted", 32, ratio))
        words = "" if row.problem else file_words(row)
        painter.setPen(self._theme.colour("muted"))
        below = QRect(rect.left() + PAD, sign.bottom() + PAD, rect.width() - 2 * PAD, 20)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._cut(painter, words, below.width()))

    def _problem(self, painter: QPainter, rect: QRect, problem: str) -> None:
        metrics = painter.fontMetrics()
        height = min(2, -(-metrics.horizontalAdvance(problem) // (rect.width() - 28))) * metrics.height() + PAD
        band = QRect(rect.left(), rect.bottom() - height + 1, rect.width(), height)
        painter.fillRect(band, self._theme.colour("surface"))
        painter.drawPixmap(
            QRect(band.left() + PAD, band.top() + PAD, 13, 13),
            self._theme.pixmap("warning", "bad", 16, painter.device().devicePixelRatioF()),
        )
        painter.setPen(self._theme.colour("bad"))
        flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        painter.drawText(band.adjusted(22, 2, -2, 0), flags, problem)

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

    def _caption(self, painter: QPainter, rect: QRect, row: ItemRow) -> None:
        colour = self._theme.colour(tokens.STATE_COLOUR[row.state])
        sign = QRect(rect.left(), rect.center().y() - 7, tokens.ICON, tokens.ICON)
        name, token = tokens.STATE_ICON[row.state], tokens.STATE_COLOUR[row.state]
        painter.drawPixmap(sign, self._theme.pixmap(name, token, tokens.ICON, painter.device().devicePixelRatioF()))
        words = state_words(row)
        beside = QRect(sign.right() + PAD, rect.top(), rect.right() - sign.right() - PAD, rect.height())
        used = self._write(painter, beside, words, colour)
        rest = beside.adjusted(used + tokens.UNIT, 0, 0, 0)
        if rest.width() > 3 * tokens.UNIT:
            painter.setPen(self._theme.colour("muted"))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(rest, flags, self._cut(painter, row.file_name, rest.width()))

    def _write(self, painter: QPainter, rect: QRect, words: str, colour: QColor) -> int:
        painter.setPen(colour)
        cut = self._cut(painter, words, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, cut)
        return painter.fontMetrics().horizontalAdvance(cut)

    @staticmethod
    def _cut(painter: QPainter, words: str, width: int) -> str:
        return painter.fontMetrics().elidedText(words.replace("\n", " "), Qt.TextElideMode.ElideMiddle, width)


def state_words(row: ItemRow) -> str:
    """Where an item stands, with the reason for it, or what is done in its place."""
    if row.state is ItemState.REJECTED and row.reject_reason:
        return f"{row.state.label}: {row.reject_reason}"
    return f"{row.state.label}, see its copy" if row.covered else row.state.label


def file_icon(row: ItemRow) -> str:
    """The sign for an item that shows no picture."""
    return EXTENSION_ICONS.get(row.extension) or FILE_ICONS.get(row.file_type, "file")


def file_words(row: ItemRow) -> str:
    """What an item that shows no picture is."""
    return EXTENSION_WORDS.get(row.extension) or FILE_WORDS[row.file_type]


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
    size = pixmap.size()
    if rotation % 180:
        size.transpose()
    size.scale(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
    if rotation % 180:
        size.transpose()
    if not rotation and size * painter.device().devicePixelRatioF() == pixmap.size():
        corner = rect.topLeft() + QPoint((rect.width() - size.width()) // 2, (rect.height() - size.height()) // 2)
        painter.drawPixmap(QRect(corner, size), pixmap)
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    centre = rect.toRectF().center()
    painter.setTransform(QTransform().translate(centre.x(), centre.y()).rotate(rotation), True)
    painter.drawPixmap(QRect(-size.width() // 2, -size.height() // 2, size.width(), size.height()), pixmap)
    painter.restore()
