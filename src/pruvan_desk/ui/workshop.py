"""Work of seconds, such as a PDF: in a thread of its own, away from the Qt thread and from the writes."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from pruvan_desk.store.thumbnails import ThumbnailCache
from pruvan_desk.ui.desk import Desk

T = TypeVar("T")
OFTEN = 0.1
"""Seconds between two words of progress."""
BREATH = 0.001
"""Seconds after each step in which the window has Python to itself."""
EDGE = 256
"""Pixels of the thumbnails in a PDF."""


class _StoppedError(Exception):
    """The window goes away."""


class Workshop(QObject):
    """One piece of work after the other; when the window goes away, what is under way is given up."""

    progressed = Signal(str)
    """How far it is, in words."""
    _came = Signal(object)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._thread = ThreadPoolExecutor(1, "workshop")
        self._said = 0.0
        self.stopped = False
        self._came.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)

    def run(self, work: Callable[[], T], done: Callable[[T], object], failed: Callable[[Exception], object]) -> None:
        """Does ``work``; then, on the Qt thread, ``done`` with what it answers, or ``failed`` with what it raised."""

        def guarded() -> None:
            try:
                result = work()
            except _StoppedError:
                pass
            except Exception as error:  # noqa: BLE001 - handed on whole: who asked tells a refusal from a bug
                self._came.emit(lambda error=error: failed(error))
            else:
                self._came.emit(lambda: done(result))

        if not self.stopped:
            self._thread.submit(guarded)

    def step(self, words: Callable[[], str]) -> None:
        """To be called from the work, often: says how far it is, lets the window breathe, and ends the work when it is given up."""
        if self.stopped:
            raise _StoppedError
        time.sleep(BREATH)
        if (now := time.monotonic()) - self._said >= OFTEN:
            self._said = now
            self.progressed.emit(words())

    def thumbnails(self, sha256s: set[str]) -> dict[str, bytes]:
        """The thumbnails there are of some files, to be called from the work. Raises :class:`DeskFault` for the disk."""
        cache = ThumbnailCache(self._desk.folder.thumbnails)
        try:
            return {str(sha256): jpeg for sha256, jpeg in cache.get_many(sha256s, EDGE).items()}
        finally:
            cache.close()

    def stop(self) -> None:
        """The window goes away."""
        self.stopped = True
        self._thread.shutdown(cancel_futures=True)
