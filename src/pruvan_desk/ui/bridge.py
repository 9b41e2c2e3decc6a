"""Changes on their way into the window: polled on a thread, merged, and handed out on the Qt thread as a signal."""

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.logs import logger

POLL_SECONDS = 0.1
log = logger(__name__)


class Bridge(QObject):
    """``changed`` carries every :class:`Changes` of any process, on the Qt thread."""

    changed = Signal(object)


class FeedThread(threading.Thread):
    """Asks the change feed ten times a second; emitting from here reaches the Qt thread by itself."""

    def __init__(self, poll: Callable[[], Changes], bridge: Bridge) -> None:
        super().__init__(name="changes", daemon=True)
        self._poll = poll
        self._bridge = bridge
        self._stopping = threading.Event()

    def run(self) -> None:
        """Until :meth:`stop`."""
        while not self._stopping.wait(POLL_SECONDS):
            try:
                changes = self._poll()
            except DeskFault as fault:  # a busy database is asked again; the engine reports a broken one
                log.warning("changes could not be read", fault=str(fault))
                continue
            if changes:
                self._bridge.changed.emit(changes)

    def stop(self) -> None:
        """Returns when no change can come any more."""
        self._stopping.set()
        if self.is_alive():
            self.join()
