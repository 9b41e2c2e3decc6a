"""Decoded photos: as large as fits a pane, and whole ones for zooming; what is asked for next is decoded ahead."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from pruvan_desk.domain.statuses import FileType
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.views.items import ItemRow
from pruvan_desk.ui.gallery.decoders import Decoders, Lane

FITTED = 12
WHOLE = 3
STEP = 256
"""Decoded sizes are multiples of this many pixels, so that a few pixels of the window more do not decode again."""
ALL_OF_IT = 1 << 20
"""An edge that no photo has: it is decoded as large as it is."""

Key = tuple[str, int]
Reader = Callable[[Path, int], QImage | None]


def edge_for(pixels: float) -> int:
    """The edge to decode for a pane whose longer side has so many pixels."""
    return STEP * -(-int(pixels) // STEP)


class Pictures(QObject):
    """``get`` answers what is here; ``wish`` says what is wanted, the first most. ``came`` names a file that can be drawn now."""

    came = Signal(str)
    vanished = Signal(str)
    """The SHA-256 of a photo that cannot be shown because its file is gone."""

    def __init__(self, files: PhotoFiles, decoders: Decoders, read: Reader, parent: QObject) -> None:
        super().__init__(parent)
        self._files, self._decoders, self._read = files, decoders, read
        self._fitted: OrderedDict[Key, QPixmap | None] = OrderedDict()
        self._whole: OrderedDict[Key, QPixmap | None] = OrderedDict()

    def get(self, row: ItemRow, edge: int) -> QPixmap | None:
        """A photo decoded for ``edge`` pixels, if it is here."""
        kept, key = self._kept(edge), (row.sha256 or "", edge)
        if kept.get(key) is None:
            return None
        kept.move_to_end(key)
        return kept[key]

    def was_tried(self, row: ItemRow, edge: int) -> bool:
        """Whether it was decoded, or cannot be."""
        return (row.sha256 or "", edge) in self._kept(edge)

    def wish(self, now: Iterable[tuple[ItemRow, int]], ahead: Iterable[tuple[ItemRow, int]]) -> None:
        """Replaces all that is waiting: ``now`` is what is looked at, ``ahead`` what will be; each with its edge, the first first."""
        for lane, wishes in ((Lane.CURRENT, list(now)), (Lane.NEIGHBOUR, list(ahead))):
            self._decoders.forget(lane)
            for row, edge in reversed(wishes):
                self._wish_one(lane, row, edge)

    def _wish_one(self, lane: Lane, row: ItemRow, edge: int) -> None:
        key = (row.sha256 or "", edge)
        if row.sha256 is None or row.file_type is FileType.SURVEY or key in self._kept(edge):
            return
        path = self._files.path(row.sha256, row.extension)
        self._decoders.wish(lane, key, partial(self._look, path, edge), partial(self._keep, key))

    def _look(self, path: Path, edge: int) -> QImage | None:
        """In a thread."""
        image = self._read(path, edge)
        if image is None and not path.exists():
            self.vanished.emit(path.stem)
        return image

    def _keep(self, key: Key, image: QImage | None) -> None:
        kept, most = self._kept(key[1]), WHOLE if key[1] == ALL_OF_IT else FITTED
        kept[key] = QPixmap.fromImage(image) if image is not None else None
        while len(kept) > most:
            kept.popitem(last=False)
        self.came.emit(key[0])

    def _kept(self, edge: int) -> OrderedDict[Key, QPixmap | None]:
        return self._whole if edge == ALL_OF_IT else self._fitted
