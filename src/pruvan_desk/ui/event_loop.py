"""One event loop for Qt and for coroutines.

qasync calls ``QApplication.exec`` and ``exit`` for every ``run_until_complete``; with WebEngine in the process the second
``exit`` crashes (Qt 6.10 to 6.12, as far as tried). A private ``QEventLoop`` does the same work and never ends the application.
"""

from collections.abc import Callable
from typing import Any

import qasync
from PySide6.QtCore import QEventLoop, QObject
from PySide6.QtWidgets import QApplication
from shiboken6 import delete


class _PrivateLoops:
    """Stands in for the application where qasync runs and stops it; everything else is the application's own."""

    def __init__(self, application: QApplication) -> None:
        self._application = application
        self._running: list[QEventLoop] = []

    def exec(self) -> int:
        """Runs until :meth:`exit`, however deep."""
        loop = QEventLoop()
        self._running.append(loop)
        try:
            return loop.exec()
        finally:
            self._running.pop()

    def exit(self, code: int = 0) -> None:
        """Stops the innermost."""
        if self._running:
            self._running[-1].exit(code)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._application, name)


class _Loop(qasync.QEventLoop):  # type: ignore[misc]  # qasync says nothing of its types
    """A loop that takes its timers along when it is closed.

    qasync leaves them running: a timeout that was cancelled long ago still waits for its time. They are found in a cycle later, by
    the garbage collection of whatever thread, which cannot stop them; and the next one that is due takes the process with it.
    """

    def close(self) -> None:
        """Ends it, in the Qt thread."""
        super().close()
        for part in [part for part in vars(self).values() if isinstance(part, QObject)]:
            delete(part)


def loop_factory(application: QApplication) -> Callable[[], Any]:
    """What makes the asyncio loop that runs inside Qt's, for :class:`asyncio.Runner`."""
    return lambda: _Loop(_PrivateLoops(application))
