"""Python's cyclic garbage, collected on the Qt thread only.

Left alone, Python collects in whatever thread happens to allocate. A widget or timer found in a cycle would then be destroyed in a
reading thread, which Qt does not survive.
"""

import gc
import time

from PySide6.QtCore import QObject, QTimer

LOOK = 100
"""Milliseconds between two looks at how much there is. A collection takes as long as there is much that is new, and the Qt thread
stands still meanwhile: what reading threads make in a second, while an import runs, takes 20 ms in one go.
"""
YOUNG = 2
"""Collections of what is new, after which what they left is looked through as well, for the same reason."""
FULL_SECONDS = 120.0
"""A full collection takes tens of milliseconds over 100,000 projects, so it is rare."""
START = 1000
"""Milliseconds after which all that came with the start is there."""


class GarbageCollector(QObject):
    """Takes over from Python."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._full_at = time.monotonic()
        self._has_begun = False
        self._timer = QTimer(self, interval=START)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def stop(self) -> None:
        """The program ends. Python does not take over again: other threads still run, and what is left of Qt is not theirs."""
        self._timer.stop()

    def _look(self) -> None:
        if not self._has_begun:
            self._has_begun = True
            gc.freeze()  # it stays; looking through it once would take longer than anything else here
            self._timer.start(LOOK)
            return
        counts, limits = gc.get_count(), gc.get_threshold()
        if counts[2] > limits[2] and time.monotonic() - self._full_at > FULL_SECONDS:
            self._full_at = time.monotonic()
            gc.collect()
        elif counts[0] > limits[0]:
            gc.collect(1 if counts[1] > YOUNG else 0)
