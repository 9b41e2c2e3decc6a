"""Three threads that turn files into images, the most wanted first; one of them is there for thumbnails alone.

They yield ``QImage`` by ``QImageReader``, which releases Python's lock while it works; ``QImage.fromData``, ``scaled`` and ``copy``
do not, and would freeze the window for seconds. A ``QPixmap`` is made on the Qt thread only.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Hashable, Sequence
from enum import IntEnum

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QImage

WAITING = 160
"""Wishes of one lane that outlast the next ones; what was scrolled past long ago is forgotten, and wished for again when it is back."""

Work = Callable[[], QImage | None]
Done = Callable[[QImage | None], None]
Wish = tuple[Work, Done]


class Lane(IntEnum):
    """What is decoded first."""

    CURRENT = 0
    THUMBNAIL = 1
    NEIGHBOUR = 2


WORKERS = ((Lane.CURRENT, Lane.THUMBNAIL, Lane.NEIGHBOUR), (Lane.CURRENT,), (Lane.THUMBNAIL,))
"""The lanes of each thread in its order. A photo takes as long as a hundred thumbnails: were all at photos, the grid would be empty."""


class Decoders(QObject):
    """Wishes by key and lane; the newest of a lane first, as that is what somebody looks at."""

    _delivered = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes: dict[Lane, OrderedDict[Hashable, Wish]] = {lane: OrderedDict() for lane in Lane}
        self._came: deque[tuple[Done, QImage | None]] = deque()
        self._lock = threading.Lock()
        self._awake = [threading.Condition(self._lock) for _ in WORKERS]
        self._stopping = False
        self._delivered.connect(self._run, Qt.ConnectionType.QueuedConnection)
        self._threads = [
            threading.Thread(target=self._work, args=[place], name=f"decode-{place}", daemon=True)
            for place in range(len(WORKERS))
        ]
        for thread in self._threads:
            thread.start()

    def wish(self, lane: Lane, key: Hashable, work: Work, done: Done) -> None:
        """``work`` is done in a thread, and ``done`` called here with its image; a wish of the same key is replaced."""
        self.wish_all(lane, [(key, (work, done))])

    def wish_all(self, lane: Lane, wanted: Collection[tuple[Hashable, Wish]]) -> None:
        """Several at once, the last first; all of these are kept."""
        with self._lock:
            wishes = self._lanes[lane]
            for key, wish in wanted:
                wishes[key] = wish
                wishes.move_to_end(key)
            while len(wishes) > max(WAITING, len(wanted)):
                wishes.popitem(last=False)
            for awake, lanes in zip(self._awake, WORKERS, strict=True):
                if lane in lanes:
                    awake.notify()

    def forget(self, lane: Lane) -> None:
        """Nothing of a lane that has not been begun is wanted any more."""
        with self._lock:
            self._lanes[lane].clear()

    def has_waiting(self, lane: Lane) -> bool:
        """Whether something of a lane has not been begun."""
        with self._lock:
            return bool(self._lanes[lane])

    def stop(self) -> None:
        """Returns when no thread is at work any more."""
        with self._lock:
            self._stopping = True
            for awake in self._awake:
                awake.notify()
        for thread in self._threads:
            thread.join()

    def _work(self, place: int) -> None:
        while (wish := self._next(WORKERS[place], self._awake[place])) is not None:
            work, done = wish
            image = work()
            with self._lock:
                self._came.append((done, image))
                is_first = len(self._came) == 1
            if is_first and not self._stopping:
                self._delivered.emit()

    def _next(self, lanes: Sequence[Lane], awake: threading.Condition) -> Wish | None:
        with self._lock:
            while not self._stopping:
                wishes = next((wishes for lane in lanes if (wishes := self._lanes[lane])), None)
                if wishes is not None:
                    return wishes.popitem()[1]
                awake.wait()
            return None

    @Slot()
    def _run(self) -> None:
        """All that came since: each would take its turn with Python's lock, and its own frame."""
        with self._lock:
            came, self._came = self._came, deque()
        for done, image in came:
            if not self._stopping:
                done(image)
