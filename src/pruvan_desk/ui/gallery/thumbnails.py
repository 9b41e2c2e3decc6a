"""Thumbnails on their way to the screen: JPEGs out of the cache, decoded in threads, kept as pixmaps."""

from collections import OrderedDict
from functools import partial
from typing import Protocol

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap

from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.logs import logger
from pruvan_desk.imaging.preview import embedded_preview
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.ui.gallery.decoders import Decoders, Lane, Wish

KEPT = 700
"""Pixmaps kept: 130 MB of 256 px ones at the very most, and some ten screenfuls."""

Key = tuple[str, int, int, int]
"""SHA-256, the edge it was made for, and the box it is to fit, in pixels; a box of 0 leaves it as it is."""
MOST_PIXELS = 4_000_000
AS_IT_IS = QSize(0, 0)
PREVIEW = 0
"""The edge that stands for the preview in the file."""
log = logger(__name__)


class ThumbnailSource(Protocol):
    """Where the JPEGs are kept; asked by several threads."""

    def get(self, sha256: str, edge: int) -> bytes | None:
        """The thumbnail of a file, ``edge`` pixels on its longer side; ``None`` when there is none."""


class CacheAndPreviews:
    """The cache of thumbnails, and the previews that cameras put into their files."""

    def __init__(self, cache: ThumbnailSource, files: PhotoFiles) -> None:
        self._cache, self._files = cache, files

    def get(self, sha256: str, edge: int) -> bytes | None:
        """From the cache; for the edge :data:`PREVIEW` out of the file itself."""
        if edge != PREVIEW:
            return self._cache.get(sha256, edge)
        path = self._files.find(sha256)
        return embedded_preview(path) if path is not None else None


class ThumbnailLoader(QObject):
    """``get`` answers a pixmap at once, or nothing now and ``ready`` later; the camera's own preview where there is no thumbnail.

    What is asked for while something is painted is read when that has been drawn: the threads that read want Python's lock.
    """

    ready = Signal(str)
    """The SHA-256 of a file whose thumbnail can be drawn now."""

    def __init__(self, source: ThumbnailSource, decoders: Decoders, parent: QObject) -> None:
        super().__init__(parent)
        self._source = source
        self._decoders = decoders
        self._pixmaps: OrderedDict[Key, QPixmap | None] = OrderedDict()
        self._wanted: dict[Key, Wish] = {}
        self._drawn = QTimer(self, singleShot=True, interval=0)  # comes after the paint events that are due
        self._drawn.timeout.connect(self.hand_over)

    def get(self, sha256: str, edge: int, box: QSize = AS_IT_IS) -> QPixmap | None:
        """The thumbnail, if it is here; otherwise it is on its way (or there is none).

        It is scaled down to ``box`` (pixels) in the thread that reads it, so that painting it costs next to nothing.
        """
        key = (sha256, edge, box.width(), box.height())
        if key not in self._pixmaps:
            if not self._wanted:
                self._drawn.start()
            self._wanted[key] = (partial(_read, self._source, key), partial(self._keep, key))
            return self._pixmaps.get(_preview_of(key))
        self._pixmaps.move_to_end(key)
        if self._pixmaps[key] is None and edge != PREVIEW:
            return self.get(sha256, PREVIEW, box)
        return self._pixmaps[key]

    def hand_over(self) -> None:
        """Has all that was asked for read now."""
        wanted, self._wanted = self._wanted, {}
        self._decoders.wish_all(Lane.THUMBNAIL, wanted.items())

    def forget_missing(self) -> None:
        """Asks again for those that were not there: new ones may have been made."""
        for key in [key for key, pixmap in self._pixmaps.items() if pixmap is None]:
            del self._pixmaps[key]

    def _keep(self, key: Key, image: QImage | None) -> None:
        self._pixmaps[key] = QPixmap.fromImage(image) if image is not None else None
        while len(self._pixmaps) > KEPT:
            self._pixmaps.popitem(last=False)
        if image is not None:
            self.ready.emit(key[0])
        elif key[1] != PREVIEW:
            self.get(key[0], PREVIEW, QSize(key[2], key[3]))


def _preview_of(key: Key) -> Key:
    return (key[0], PREVIEW, key[2], key[3])


def _read(source: ThumbnailSource, key: Key) -> QImage | None:
    """In a thread: a small JPEG as an image; ``None`` when there is none.

    ``canRead`` comes first for more than its answer. It makes Qt look for the decoder while Python's lock is held; ``read`` would
    do so without it, under a lock of Qt's, and there wait for Python's to look at our ``QBuffer``, while another thread holds
    Python's and waits for Qt's: both forever (seen with PySide6 6.11.3 within a second of two threads reading).
    """
    try:
        blob = source.get(key[0], key[1])
    except DeskFault as fault:  # a tile without its picture still tells its state
        log.warning("a thumbnail could not be read", fault=str(fault))
        return None
    if blob is None:
        return None
    buffer = QBuffer()
    buffer.setData(QByteArray(blob))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"jpeg"))
    if not reader.canRead():
        return None
    reader.setAutoTransform(True)  # a preview says which way is up; thumbnails are upright and say nothing
    size, box = reader.size(), QSize(key[2], key[3])
    if size.width() * size.height() > MOST_PIXELS:
        return None  # a stranger's preview that claims to be a whole photo, or worse
    if box.isValid() and not box.isEmpty() and (size.width() > box.width() or size.height() > box.height()):
        reader.setScaledSize(size.scaled(box, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return None if image.isNull() else image
