"""What closed tabs leave behind in this process goes back to the system.

The processes of their pages end by themselves. But half of Chromium works in the window's process, and what it frees there lies
in small pieces between others, which glibc keeps for later: of ten tabs about 50 MB. It gives them back when it is asked to.
The C libraries of Windows and macOS do so unasked. What stays is Chromium itself, which no program can unload.
"""

import ctypes
import sys

from PySide6.QtCore import QObject, QTimer

from pruvan_desk.ui.desk import Desk

SETTLED = 1_500
"""Milliseconds after a tab was closed, until Chromium has let go of its page."""


class FreedMemory(QObject):
    """Gives back what was freed, a moment after the last of some tabs was closed."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._settled = QTimer(self, singleShot=True, interval=SETTLED)
        self._settled.timeout.connect(lambda: desk.aside(give_back))

    def tab_closed(self) -> None:
        """A tab went away; another may follow."""
        self._settled.start()


def give_back() -> None:
    """Gives the free pieces of this process's memory back to the system. Takes some milliseconds, without Python's lock."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
