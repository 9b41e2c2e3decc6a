"""The gallery follows what changes: the items named are read again, at most a few times a second, and now and then what waits elsewhere."""

from collections.abc import Set as AbstractSet

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from pruvan_desk.store.views.items import items_by_id
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.gallery.model import GalleryModel

AGAIN = 250
"""Milliseconds after which changed items are read once more at the earliest."""
PIECE = 500
"""Of so many that changed together, the next are read when these have been drawn: nobody waits long for the screen."""
COUNTS = 500
"""Milliseconds of rest after which what waits elsewhere is counted anew: of 100,000 items that takes a tenth of a second."""
LATEST_COUNTS = 3000
"""Milliseconds after which it is counted though things go on changing."""


class Following(QObject):
    """Collects changed items. ``reading`` names those that are read now; ``counts_wanted`` comes a moment later."""

    reading = Signal(object)
    counts_wanted = Signal()

    def __init__(self, desk: Desk, model: GalleryModel, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._model = desk, model
        self._changed: set[int] = set()
        self._meanwhile: set[int] | None = None
        self._soon = QTimer(self, singleShot=True, interval=AGAIN)
        self._counts_soon = QTimer(self, singleShot=True, interval=COUNTS)
        self._uncounted = QElapsedTimer()
        self._soon.timeout.connect(self._read)
        self._counts_soon.timeout.connect(self.counts_wanted)

    def note_asked(self) -> None:
        """All items are being read anew: what changes until they are here is read once more then, for they may be older."""
        self._meanwhile = self._meanwhile or set()

    def note_came(self) -> None:
        """They are here."""
        meanwhile, self._meanwhile = self._meanwhile, None
        self.take(meanwhile or set())

    def take(self, items: AbstractSet[int]) -> None:
        """These items changed: they are read at once, or as soon as it is time again."""
        self._changed |= items
        if self._meanwhile is not None:
            self._meanwhile |= items
        if self._changed and not self._soon.isActive():
            self._read()

    def _read(self) -> None:
        if not self._changed:
            return
        changed, self._changed = sorted(self._changed), set()
        for first in range(0, len(changed), PIECE):
            self._read_piece(changed[first : first + PIECE])
        self._soon.start()
        self._count_when_it_rests()

    def _count_when_it_rests(self) -> None:
        """Somebody who marks photo after photo needs the processor for these."""
        if not self._counts_soon.isActive():
            self._uncounted.start()
            self._counts_soon.start()
        elif self._uncounted.elapsed() < LATEST_COUNTS:
            self._counts_soon.start()

    def _read_piece(self, ids: list[int]) -> None:
        asked = frozenset(ids)
        self.reading.emit(asked)
        self._desk.read(lambda session: items_by_id(session, ids), lambda rows: self._model.take(rows, asked))
