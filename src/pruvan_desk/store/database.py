"""The database: how it is opened, read and written.

SQLite with WAL and ``synchronous=FULL``: what was committed survives a power cut. Writes begin with ``BEGIN IMMEDIATE``,
because a transaction that reads first and writes later fails at once with *locked*, whatever the busy timeout.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import URL, Connection, create_engine, event, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from pruvan_desk.core.changes import ChangeLog, Changes
from pruvan_desk.core.clock import Clock, SystemClock
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.store.models import Change

BUSY_SECONDS = 15
CHANGED = insert(Change)
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
    "PRAGMA cache_size=-32000",
    "PRAGMA temp_store=MEMORY",
)


@dataclass
class Writing:
    """A transaction that is being written: its session, its one instant, and what it has changed so far."""

    session: Session
    now: datetime
    log: ChangeLog = field(default_factory=ChangeLog)
    step: str = field(default_factory=lambda: uuid4().hex)
    """Its name in the history: what one deed did is undone together."""

    def changed(self, **kinds: int | str | list[int] | set[int]) -> None:
        """Notes what changes, by the names of :class:`Changes`: one id or several."""
        for kind, ids in kinds.items():
            self.log.add(kind, [ids] if isinstance(ids, (int, str)) else ids)  # type: ignore[arg-type]  # one type for each kind

    @property
    def changes(self) -> Changes:
        """What this transaction changes."""
        return self.log.changes()


class Turn:
    """A lock: first come, first served. A plain one goes back to the thread that has just let go of it, when that comes again at once:
    an import, which writes one transaction after the other, would keep the outcome of a sending waiting until it ends.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()  # returns when it is handed over

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


class Database:
    """One SQLite database, for any number of threads and processes."""

    def __init__(self, path: Path, clock: Clock | None = None) -> None:
        self.path = path
        self._clock = clock or SystemClock()
        self._turn = Turn()  # threads of one process queue here, rather than poll SQLite's own lock
        self._engine = create_engine(
            URL.create("sqlite+pysqlite", database=str(path)),  # a folder may have a ? in its name
            poolclass=QueuePool,
            pool_size=8,
            max_overflow=8,
            connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
        )
        event.listen(self._engine, "connect", _on_connect)
        event.listen(self._engine, "begin", _on_begin)
        self._reader = self._engine.execution_options(read_only=True)

    @contextmanager
    def write(self) -> Iterator[Writing]:
        """A write transaction: all of it is committed at the end, with a row of ``changes``, or nothing is.

        Raises :class:`DeskFault` for what the database or disk refuses.
        """
        with self._turn, translated(), Session(self._engine, expire_on_commit=False) as session, session.begin():
            writing = Writing(session, self._clock.now())
            yield writing
            session.flush()
            if changes := writing.changes:
                session.connection().execute(CHANGED, {"at": writing.now, "body": changes.to_json()})

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view of the database, which no writer waits for. Raises :class:`DeskFault`."""
        with translated(), Session(self._reader, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A bare connection that reads, for bulk queries and pragmas. Raises :class:`DeskFault`."""
        with translated(), self._reader.connect() as connection:
            yield connection

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()


class ChangeFeed:
    """Reads, in one process, what any process changed: cheap to ask ten times a second. Raises :class:`DeskFault`."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self._turn = (
            threading.Lock()
        )  # a connection that is closed under a query in another thread takes the process with it
        self._closed = False
        self._version: int | None = None
        try:
            with translated():
                newest = self._connection.execute("SELECT coalesce(max(id), 0) FROM changes").fetchone()
        except BaseException:
            self._connection.close()
            raise
        self._last: int = newest[0]

    def poll(self) -> Changes:
        """What was committed since the last call, by anybody; nothing after the end. Raises :class:`DeskFault`."""
        with self._turn, translated():
            if self._closed:
                return Changes()
            version = self._connection.execute("PRAGMA data_version").fetchone()[0]
            if version == self._version:
                return Changes()
            self._version = version
            rows = self._connection.execute(
                "SELECT id, body FROM changes WHERE id > ? ORDER BY id", (self._last,)
            ).fetchall()
        changes = Changes()
        for row_id, body in rows:
            self._last = row_id
            changes |= Changes.from_json(body)
        return changes

    def close(self) -> None:
        """Closes the connection, after a poll that is under way."""
        with self._turn:
            self._closed = True
            self._connection.close()


@contextmanager
def translated() -> Iterator[None]:
    """Turns what SQLite and SQLAlchemy raise about this machine into :class:`DeskFault`; bugs stay what they are."""
    try:
        yield
    except DBAPIError as error:
        raise _fault(error.orig) from error
    except sqlite3.Error as error:
        raise _fault(error) from error


def _fault(error: BaseException | None) -> Exception:
    words = str(error)
    if isinstance(error, (sqlite3.IntegrityError, sqlite3.ProgrammingError)) or "no such" in words or "syntax" in words:
        return AssertionError(f"The database was used wrongly: {words}")
    if "full" in words or "disk I/O" in words:
        return DeskFault("The disk is full.", "Make room on it; work goes on by itself.")
    if "locked" in words or "busy" in words:
        return DeskFault("The database is busy.", "Another program holds it; it is tried again.")
    if "malformed" in words or "not a database" in words:
        return DeskFault("The database is damaged.", "Stop, and bring back the newest file of the folder backups.")
    return DeskFault(f"The database cannot be used: {words}.", "Check the disk and the rights of the data folder.")


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we begin transactions ourselves; the driver would begin them late
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _on_begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
