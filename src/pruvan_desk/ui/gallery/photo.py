"""The single view: the current photo, its neighbours decoded ahead in the direction of travel."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QKeyEvent, QPainter, QPaintEvent

from pruvan_desk.domain.statuses import evidence_label
from pruvan_desk.imaging.profiles import header_of, needs_care
from pruvan_desk.store.views.items import ItemRow
from pruvan_desk.ui import tokens
from pruvan_desk.ui.gallery.pane import PicturePane, SharedZoom
from pruvan_desk.ui.gallery.pictures import Pictures
from pruvan_desk.ui.gallery.thumbnails import ThumbnailLoader
from pruvan_desk.ui.theme import Theme

MOST_PIXELS = 200_000_000
READABLE = {b"jpeg", b"jpg", b"png", b"webp", b"bmp", b"gif"}
PAN = 0.25
"""Share of the view that Shift and an arrow look further."""
ARROWS = {Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Down: (0, 1), Qt.Key.Key_Up: (0, -1)}


class PhotoView(PicturePane):
    """Shows the current item. Zoom and position stay from photo to photo."""

    stepped = Signal(int)
    """So many photos on, or back."""
    ended = Signal(bool)
    """To the first (false) or the last."""
    left = Signal()
    """Back to the grid."""

    def __init__(self, pictures: Pictures, loader: ThumbnailLoader, theme: Theme, zoom: SharedZoom) -> None:
        super().__init__(pictures, loader, theme, zoom)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._neighbours: Sequence[ItemRow] = ()
        self._is_first = False
        self._captioned = False
        self.wanted.connect(self._wish)
        self.double_clicked.connect(self.left)

    def show_row(self, row: ItemRow | None, neighbours: Sequence[ItemRow], *, is_first: bool = False) -> None:
        """Shows an item; ``neighbours`` are decoded after it, the likeliest first.

        The ``is_first`` one of a gallery that was just opened is decoded after the thumbnails around it: it takes as long as all of them.
        """
        self._neighbours, self._is_first = neighbours, is_first
        self.show_item(row)
        if self._captioned:
            self.update()
        self._wish()

    def set_captioned(self, *, captioned: bool) -> None:
        """Whether the photo's state stands on it: in full screen nothing else says it."""
        self._captioned = captioned
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The photo, and its state where that is wanted."""
        super().paintEvent(event)
        if self._captioned and self.row is not None:
            painter = QPainter(self)
            self._paint_caption(painter, self.row)
            painter.end()

    def _paint_caption(self, painter: QPainter, row: ItemRow) -> None:
        words = caption(row)
        width = painter.fontMetrics().horizontalAdvance(words) + tokens.ICON + 4 * tokens.UNIT
        box = QRect(tokens.UNIT, self.height() - tokens.ROW_HEIGHT - tokens.UNIT, width, tokens.ROW_HEIGHT)
        painter.fillRect(box, self._theme.colour("surface"))
        sign = QRect(box.left() + tokens.UNIT, box.center().y() - tokens.ICON // 2, tokens.ICON, tokens.ICON)
        icon, colour = tokens.STATE_ICON[row.state], tokens.STATE_COLOUR[row.state]
        painter.drawPixmap(sign, self._theme.pixmap(icon, colour, tokens.ICON, self.devicePixelRatioF()))
        painter.setPen(self._theme.colour("text"))
        beside = box.adjusted(tokens.ICON + 2 * tokens.UNIT, 0, 0, 0)
        painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go on and back, with Shift they move a photo that is zoomed; Enter and Space lead to the grid."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        plain, key = modifiers == Qt.KeyboardModifier.NoModifier, Qt.Key(event.key())
        if modifiers == Qt.KeyboardModifier.ShiftModifier and key in ARROWS and self.is_zoomed():
            right, down = ARROWS[key]
            self.pan(right * PAN, down * PAN)
        elif plain and key in ARROWS:
            self.stepped.emit(sum(ARROWS[key]))
        elif plain and key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.ended.emit(key == Qt.Key.Key_End)
        elif plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.left.emit()
        else:
            event.ignore()

    def _wish(self) -> None:
        """Replaces what is waiting: the current photo, then its neighbours."""
        if self.isVisible() and self.row is not None:
            nearest = [wish for row in self._neighbours[:1] for wish in self.wishes(row)]
            rest = [self.wishes(row)[0] for row in self._neighbours[1:]]
            mine = self.wishes(self.row)
            if self._is_first:
                self._pictures.wish((), [*mine, *nearest, *rest])
            else:
                self._pictures.wish(mine, [*nearest, *rest])


def caption(row: ItemRow) -> str:
    """What stands on a photo that fills the screen: ``Rejected: Dark · Grass Cut · Before · Blurred``."""
    reason = f": {row.reject_reason}" if row.reject_reason else ""
    filed = (row.task or "No task", evidence_label(row.evidence_type))
    return " · ".join([f"{row.state.label}{reason}", *filed, *(hint.label for hint in row.hints)])


def read_fitting(path: Path, edge: int) -> QImage | None:
    """In a thread: a photo upright, in the screen's colours, and no side longer than ``edge`` pixels; ``None`` for what cannot be shown.

    The size in the header is judged before anything is decoded, and the format by the content: only plain picture formats are read.
    """
    if needs_care(header_of(path)):
        return _with_care(path, edge)
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    if reader.format().data() not in READABLE:
        return None
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > MOST_PIXELS:
        return None
    reader.setAutoTransform(True)
    if max(size.width(), size.height()) > edge:
        reader.setScaledSize(size.scaled(QSize(edge, edge), Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return None if image.isNull() else image


def _with_care(path: Path, edge: int) -> QImage | None:
    from pruvan_desk.imaging.display import read_pixels  # noqa: PLC0415 - loads the decoders, for the first photo that needs them

    pixels = read_pixels(path, edge)
    if pixels is None:
        return None
    image = QImage(pixels.data, pixels.width, pixels.height, 4 * pixels.width, QImage.Format.Format_RGB32)
    image.pixels = pixels  # type: ignore[attr-defined]  # Qt only points to the bytes: they live as long as the image
    return image
