"""The last resort: an exception that nobody expected is logged with all details and shown as a bug, never swallowed."""

import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.core.logs import logger, redact

log = logger(__name__)


class BugReporter(QObject):
    """Takes exceptions from any thread; ``found`` carries title, advice and details to the Qt thread."""

    found = Signal(str, str, str)
    _raised = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._raised.connect(self._report, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """From now on hears of everything that nobody catches."""
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook

    def take(self, error: BaseException) -> None:
        """One exception."""
        self._raised.emit(error)

    def _hook(self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            sys.__excepthook__(type(error), error, error.__traceback__)
        else:
            self.take(error)

    def _thread_hook(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.take(args.exc_value)

    def _report(self, error: BaseException) -> None:
        if isinstance(error, PruvanDeskError):
            log.error("error not handled where it happened", error=str(error))
            self.found.emit(error.title, error.advice, "")
            return
        details = redact("".join(traceback.format_exception(error)))
        log.critical("bug", details=details)
        self.found.emit(
            "Something went wrong inside Pruvan Desk.",
            "This is a bug. What you decided is saved; you can go on. The details are in the log: please report them.",
            details,
        )
