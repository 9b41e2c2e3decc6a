"""What every view works with: the threads that touch the database, and the changes that come back.

Nothing here runs a query on the Qt thread. Writes go through one serial executor, reads through two threads of their own;
results return to the Qt thread as calls, in the order they were finished.

What goes through the writing thread is handed to it, in order, when the Qt thread has drawn what was decided: the two share
Python's lock, and somebody who presses a key waits for the screen first. For the same reason one question is read at a time, and
the next when the answer was drawn: a table that is painted asks for the lock a thousand times, and waits for every reader each time.
Only beside a reading that takes long a second one goes on.
"""

import functools
import sys
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from shiboken6 import isValid

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import SecretStore
from pruvan_desk.core.settings import Settings
from pruvan_desk.ui.bridge import Bridge, FeedThread

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pruvan_desk.store.database import ChangeFeed, Database

T = TypeVar("T")
READERS = 2
LONG = 80
"""Milliseconds of one reading after which the next need not wait for it."""
TURN_SECONDS = 0.0005
"""How long a thread may keep Python's lock while the Qt thread waits for it; Python's own 5 ms add up to what is felt."""


class Latest:
    """Numbers the questions of one asker, so that the answer to an older one is dropped."""

    def __init__(self) -> None:
        self._number = 0

    def take(self) -> int:
        """The number of a new question; answers to those before it are stale from now on."""
        self._number += 1
        return self._number

    def is_stale(self, number: int) -> bool:
        """Whether a newer question was asked since."""
        return number != self._number


class Desk(QObject):
    """The database as the window sees it: ask, and be called back on the Qt thread."""

    opened = Signal()
    told = Signal(str, str)
    """Something a person should read: title and advice."""
    failed = Signal(object)
    """An exception that nobody expected: a bug."""
    status_changed = Signal(object)
    """A new :class:`DeskStatus`."""
    _delivered = Signal(object)

    def __init__(self, folder: DataFolder, secrets: SecretStore, who: str) -> None:
        super().__init__()
        self.folder = folder
        self.secrets = secrets
        self.who = who
        self.settings = Settings()
        self.bridge = Bridge(self)
        self.spawn: Callable[[Coroutine[Any, Any, None]], object] = _no_loop
        sys.setswitchinterval(TURN_SECONDS)
        self._writes = ThreadPoolExecutor(1, "write")
        self._reads = ThreadPoolExecutor(READERS, "read")
        self._opening: Future[tuple[Database, ChangeFeed]] | None = None
        self._feed: FeedThread | None = None
        self._closed = False
        self._waiting: deque[Callable[[], None]] = deque()
        self._questions: deque[Callable[[], None]] = deque()
        self._reading = 0
        self._long = QTimer(self, singleShot=True, interval=LONG)
        self._long.timeout.connect(self._ask)
        self._drawn = QTimer(self, singleShot=True, interval=0)  # comes after the paint events that are due
        self._drawn.timeout.connect(self._hand_over)
        self._laid_out = QTimer(
            self, singleShot=True, interval=0
        )  # a table that has been answered first lays itself out
        self._laid_out.timeout.connect(self._drawn.start)
        self._delivered.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def open(self, refused: Callable[[PruvanDeskError], None]) -> None:
        """Opens the database, away from the Qt thread. ``opened`` is emitted, or ``refused`` called."""
        self._opening = self._writes.submit(_open, self.folder)
        self._answer(self._opening, self._start, refused)

    def read(
        self,
        query: "Callable[[Session], T]",
        done: Callable[[T], None],
        latest: Latest | None = None,
    ) -> None:
        """Runs ``query`` in a reading thread, then ``done`` with its answer here; not when a newer question was asked."""
        number = latest.take() if latest else 0

        def answer(result: T) -> None:
            if latest is None or not latest.is_stale(number):
                done(result)

        def ask() -> None:
            future = self._reads.submit(self._read, query)
            self._answer(future, answer, None, done)
            future.add_done_callback(lambda _: self._delivered.emit(self._answered))

        if not self._closed:
            self._questions.append(ask)
            if not self._reading:
                self._ask()

    def read_own(self, query: "Callable[[Session], T]", done: Callable[[T], None]) -> None:
        """Like :meth:`read`, but after all writes that were asked for before: what somebody has just decided is in the answer."""
        self._in_turn(functools.partial(self._read, query), done, None, done)

    def write(
        self,
        operation: "Callable[[Database], T]",
        done: Callable[[T], None] | None = None,
        refused: Callable[[PruvanDeskError], None] | None = None,
    ) -> None:
        """Runs an operation after all that were asked for before it. What it refuses is told, unless ``refused`` takes it."""
        self._in_turn(functools.partial(self._write, operation), done, refused, done)

    def aside(self, work: Callable[[], T], done: Callable[[T], None] | None = None) -> None:
        """Runs ``work`` that needs no database among the writes (a child process to start, a file to write)."""
        self._in_turn(work, done, None, done)

    def tell(self, error: BaseException) -> None:
        """Tells of what went wrong: a refusal with its advice, anything else as the bug that it is."""
        if isinstance(error, PruvanDeskError):
            self.told.emit(error.title, error.advice)
        else:
            self.failed.emit(error)

    def close(self) -> None:
        """Finishes what is being written and stops all threads. Nothing is called back any more."""
        self._hand_over()
        self._closed = True
        if self._feed is not None:
            self._feed.stop()
        self._reads.shutdown(cancel_futures=True)
        self._writes.shutdown()
        if self._opening is not None and self._opening.exception() is None:
            for part in self._opening.result():
                part.close()

    def stop_listening(self) -> None:
        """From now on no result is delivered: the window is going away."""
        self._hand_over()
        self._closed = True

    def _start(self, opened: "tuple[Database, ChangeFeed]") -> None:
        self._feed = FeedThread(opened[1].poll, self.bridge)
        self._feed.start()
        self.opened.emit()

    def _read(self, query: "Callable[[Session], T]") -> T:
        assert self._opening is not None, "read before open"  # noqa: S101 - an order of calls that only a bug breaks
        with self._opening.result()[0].read() as session:
            return query(session)

    def _write(self, operation: "Callable[[Database], T]") -> T:
        assert self._opening is not None, "written before open"  # noqa: S101 - as above
        return operation(self._opening.result()[0])

    def _in_turn(
        self,
        work: Callable[[], T],
        done: Callable[[T], None] | None,
        refused: Callable[[PruvanDeskError], None] | None,
        asker: object,
    ) -> None:
        if not self._closed:
            self._waiting.append(lambda: self._answer(self._writes.submit(work), done, refused, asker))
            self._drawn.start()

    def _hand_over(self) -> None:
        """Gives the writing thread all that waits for it, and a reading one the next question."""
        while self._waiting:
            self._waiting.popleft()()
        if not self._reading:
            self._ask()

    def _ask(self) -> None:
        if self._questions and self._reading < READERS and not self._closed:
            self._reading += 1
            self._questions.popleft()()
            self._long.start()

    def _answered(self) -> None:
        self._reading -= 1
        self._laid_out.start()

    def _answer(
        self,
        future: Future[T],
        done: Callable[[T], None] | None,
        refused: Callable[[PruvanDeskError], None] | None,
        asker: object = None,
    ) -> None:
        def finished(finished_future: Future[T]) -> None:
            if not finished_future.cancelled() and not self._closed:
                self._delivered.emit(functools.partial(self._settle, finished_future, done, refused, asker))

        future.add_done_callback(finished)

    def _settle(
        self,
        future: Future[T],
        done: Callable[[T], None] | None,
        refused: Callable[[PruvanDeskError], None] | None,
        asker: object,
    ) -> None:
        if self._closed or _is_gone(asker):
            return
        error = future.exception()
        if error is None:
            if done is not None:
                done(future.result())
        elif isinstance(error, PruvanDeskError) and refused is not None:
            refused(error)
        else:
            self.tell(error)

    @Slot(object)
    def _run(self, call: Callable[[], None]) -> None:
        call()


def _open(folder: DataFolder) -> "tuple[Database, ChangeFeed]":
    """The feed is opened with the database, before anything is read: no change falls between the two."""
    from pruvan_desk.store.database import ChangeFeed  # noqa: PLC0415 - loaded while the window is being drawn
    from pruvan_desk.store.opening import open_database  # noqa: PLC0415

    database = open_database(folder)
    return database, ChangeFeed(database.path)


def _is_gone(asker: object) -> bool:
    """Whether the widget that asked was closed meanwhile."""
    while isinstance(asker, functools.partial):
        asker = asker.func
    owner = getattr(asker, "__self__", None)
    return isinstance(owner, QObject) and not isValid(owner)


def _no_loop(coroutine: Coroutine[Any, Any, None]) -> object:
    coroutine.close()
    raise AssertionError("no event loop for coroutines was given")
