"""One event loop for Qt and for coroutines.

qasync calls ``QApplication.exec`` and ``exit`` for every ``run_until_complete``; with WebEngine in the process the second
``exit`` crashes (Qt 6.10 to 6.12, as far as tried). A private ``QEventLoop`` does the same work and never ends the application.
"""

from collections.abc import Callable
from typing import Any

import qasync
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication


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


def loop_factory(application: QApplication) -> Callable[[], Any]:
    """What makes the asyncio loop that runs inside Qt's, for :class:`asyncio.Runner`."""
    return lambda: qasync.QEventLoop(_PrivateLoops(application))
