"""The single view: the current photo as large as fits, its neighbours decoded ahead."""

from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pruvan_desk.domain.statuses import FileType
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.views.items import ItemRow
from pruvan_desk.ui import tokens
from pruvan_desk.ui.gallery.decoders import Decoders, Lane
from pruvan_desk.ui.gallery.thumbnails import ThumbnailLoader
from pruvan_desk.ui.gallery.tile import FILE_ICONS, PHOTO, THUMBNAIL, draw_turned
from pruvan_desk.ui.theme import Theme

LARGE_THUMBNAIL = 512
KEPT = 12
STEP = 256
"""Decoded sizes are multiples of this many pixels, so that a few pixels of the window more do not decode again."""
MOST_PIXELS = 200_000_000
READABLE = {b"jpeg", b"jpg", b"png", b"webp", b"bmp", b"gif", b"tiff", b"tif"}

Key = tuple[str, int]


class PhotoView(QWidget):
    """Paints one item: its thumbnail at once, the photo itself as soon as it is decoded."""

    stepped = Signal(int)
    """So many photos on, or back."""
    ended = Signal(bool)
    """To the first (false) or the last."""
    left = Signal()
    """Back to the grid."""

    def __init__(self, files: PhotoFiles, decoders: Decoders, loader: ThumbnailLoader, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Photo")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 180)
        self._files, self._decoders, self._loader, self._theme = files, decoders, loader, theme
        self._row: ItemRow | None = None
        self._neighbours: Sequence[ItemRow] = ()
        self._images: OrderedDict[Key, QPixmap | None] = OrderedDict()
        loader.ready.connect(self._thumbnail_came)
        theme.changed.connect(self.update)

    def show_row(self, row: ItemRow | None, neighbours: Sequence[ItemRow]) -> None:
        """Shows an item; ``neighbours`` are decoded after it, the likeliest first."""
        self._row, self._neighbours = row, neighbours
        self.setAccessibleDescription(row.file_name if row else "")
        self._wish()
        self.update()

    def shows_photo(self) -> bool:
        """Whether the photo itself is on the screen, decoded for this size."""
        return self._row is not None and self._images.get(self._key(self._row)) is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go on and back; G, Escape, Enter and Space lead to the grid."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        key = Qt.Key(event.key())
        if plain and key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up):
            self.stepped.emit(1 if key in (Qt.Key.Key_Right, Qt.Key.Key_Down) else -1)
        elif plain and key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.ended.emit(key == Qt.Key.Key_End)
        elif plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.left.emit()
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Back to the grid, or into the single view."""
        self.left.emit()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Another size may need another decoding."""
        self._wish()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The best picture there is."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("photo"))
        if self._row is not None:
            picture = self._picture(self._row)
            if picture is not None:
                draw_turned(painter, self.rect(), picture, self._row.rotation)
            else:
                self._stand_in(painter, self._row)
        painter.end()

    def _picture(self, row: ItemRow) -> QPixmap | None:
        if row.sha256 is None:
            return None
        key = self._key(row)
        if self._images.get(key) is not None:
            self._images.move_to_end(key)
            return self._images[key]
        large = self._loader.get(row.sha256, LARGE_THUMBNAIL) if key in self._images else None
        return large or self._loader.get(row.sha256, THUMBNAIL, PHOTO * self.devicePixelRatioF())

    def _stand_in(self, painter: QPainter, row: ItemRow) -> None:
        icon = "broken" if row.problem else FILE_ICONS.get(row.file_type, "file")
        rect = self.rect()
        pixmap = self._theme.pixmap(icon, "muted", 48, self.devicePixelRatioF())
        painter.drawPixmap(rect.center().x() - 24, rect.center().y() - 48, pixmap)
        painter.setPen(self._theme.colour("bad" if row.problem else "muted"))
        words = row.problem or row.file_name or row.file_type.value.capitalize()
        below = rect.adjusted(2 * tokens.UNIT, rect.height() // 2 + tokens.UNIT, -2 * tokens.UNIT, 0)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(below, flags, words)

    def _wish(self) -> None:
        """Replaces what is waiting: the current photo, then its neighbours."""
        self._decoders.forget(Lane.CURRENT)
        self._decoders.forget(Lane.NEIGHBOUR)
        for row in reversed(self._neighbours):
            self._wish_one(Lane.NEIGHBOUR, row)
        if self._row is not None:
            self._wish_one(Lane.CURRENT, self._row)

    def _wish_one(self, lane: Lane, row: ItemRow) -> None:
        key = self._key(row)
        if row.sha256 is None or row.file_type is FileType.SURVEY or key in self._images:
            return
        path = self._files.path(row.sha256, row.extension)
        self._decoders.wish(lane, key, partial(read_fitting, path, key[1]), partial(self._keep, key))

    def _key(self, row: ItemRow) -> Key:
        pixels = max(self.width(), self.height()) * self.devicePixelRatioF()
        return (row.sha256 or "", STEP * -(-int(pixels) // STEP))

    def _keep(self, key: Key, image: QImage | None) -> None:
        self._images[key] = QPixmap.fromImage(image) if image is not None else None
        while len(self._images) > KEPT:
            self._images.popitem(last=False)
        if self._row is not None and self._row.sha256 == key[0]:
            self.update()

    def _thumbnail_came(self, sha256: str) -> None:
        if self._row is not None and self._row.sha256 == sha256:
            self.update()


def read_fitting(path: Path, edge: int) -> QImage | None:
    """In a thread: a photo upright and no side longer than ``edge`` pixels; ``None`` for what Qt cannot show.

    The size in the header is judged before anything is decoded, and the format by the content: only plain picture formats are read.
    """
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
