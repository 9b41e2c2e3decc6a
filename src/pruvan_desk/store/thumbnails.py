"""The thumbnail cache: JPEG blobs in one SQLite file, read by the window while the engine writes.

It is cache, not data: it may be deleted while Desk is not running, and a damaged file is thrown away and begun anew. Plain
``sqlite3``, because the window looks up hundreds of thumbnails a second while scrolling (about 0.01 ms each);
``synchronous=NORMAL``, because a last batch that a power cut takes is only made again.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from pruvan_desk.core.errors import DeskFault

Key = str | bytes
"""The SHA-256 of an original: 64 hex digits or 32 bytes."""

Answer = TypeVar("Answer")

_VERSION = 1
_MMAP_BYTES = 256 << 20
_BUSY_SECONDS = 10.0
_FRESH_STARTS = 3
_FILES_OF_A_DATABASE = ("", "-wal", "-shm")
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}  # the last: it lacks our table

_TABLE = """
CREATE TABLE thumbnails (
    sha256 BLOB NOT NULL, edge INTEGER NOT NULL, jpeg BLOB NOT NULL, PRIMARY KEY (sha256, edge)
)
"""


class _DamagedError(Exception):
    """The file is not a cache of ours, or no longer a whole one."""


class ThumbnailCache:
    """The cache at ``path``, made when it is not there. Safe for threads, and for processes of which some write and some read.

    All methods raise :class:`DeskFault` when the disk is full or refuses the file. A damaged file only means that its thumbnails
    are missing: the cache goes on in a fresh one, named with the next number (``thumbnails-2.db``), which the other process finds
    by itself. The old name is not taken again, because a process that still has the old file open would spoil the new one.

    ``mapped``: into memory, for who reads many at once; what was read once then counts as the process's own.
    """

    def __init__(self, path: Path, *, mapped: bool = True) -> None:
        self._base, self._mapped_bytes = path, _MMAP_BYTES if mapped else 0
        self._lock = threading.Lock()
        self._number = 0
        self._lowest = 1
        self._connection: sqlite3.Connection | None = None

    def get(self, sha256: Key, edge: int) -> bytes | None:
        """The JPEG that was made for this edge (pixels), or None."""
        return self.get_many([sha256], edge).get(sha256)

    def get_many(self, keys: Iterable[Key], edge: int) -> dict[Key, bytes]:
        """The JPEGs for this edge (pixels) that are there, by the keys as they were given."""
        query = "SELECT jpeg FROM thumbnails WHERE sha256 = ? AND edge = ?"
        wanted = list(keys)

        def look_up(connection: sqlite3.Connection) -> dict[Key, bytes]:
            rows = ((key, connection.execute(query, (_digest(key), edge)).fetchone()) for key in wanted)
            return {key: row[0] for key, row in rows if row is not None}

        found = self._run(look_up)
        if len(found) < len(set(wanted)) and self._next_exists():
            found = self._run(look_up, reopen=True)
        return found

    def missing(self, keys: Iterable[Key], edge: int) -> list[Key]:
        """Those of the keys that have no JPEG for this edge (pixels)."""
        query = "SELECT 1 FROM thumbnails WHERE sha256 = ? AND edge = ?"
        wanted = list(keys)
        return self._run(
            lambda connection: [k for k in wanted if connection.execute(query, (_digest(k), edge)).fetchone() is None],
            reopen=self._next_exists(),
        )

    def put(self, thumbnails: Mapping[tuple[Key, int], bytes]) -> None:
        """Keeps JPEGs, by the original's SHA-256 and the edge in pixels, in one transaction; those already there are replaced."""
        rows = [(_digest(key), edge, jpeg) for (key, edge), jpeg in thumbnails.items()]
        self._write("INSERT OR REPLACE INTO thumbnails VALUES (?, ?, ?)", rows)

    def remove(self, keys: Iterable[Key]) -> None:
        """Forgets the JPEGs of these originals."""
        self._write("DELETE FROM thumbnails WHERE sha256 = ?", [(_digest(key),) for key in keys])

    def close(self) -> None:
        """Lets go of the file; the next call opens it again."""
        with self._lock:
            self._close()

    def _write(self, statement: str, rows: Sequence[tuple[bytes | int, ...]]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.executemany(statement, rows)
                connection.execute("COMMIT")
            except sqlite3.Error:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

        if rows:
            self._run(work, reopen=self._next_exists())

    def _run(self, work: Callable[[sqlite3.Connection], Answer], *, reopen: bool = False) -> Answer:
        """Does the work, in a fresh file when the present one proves damaged."""
        with self._lock:
            if reopen:
                self._close()
            for _ in range(_FRESH_STARTS):
                try:
                    return self._attempt(work)
                except _DamagedError:
                    self._close()
                    self._lowest = self._number + 1
        raise DeskFault(f"The thumbnail cache {self._base} is damaged again and again.", "Check the disk.")

    def _attempt(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        try:
            return work(self._connection or self._open(max(self._lowest, self._newest())))
        except sqlite3.Error as error:
            if _code(error) in _DAMAGE:
                raise _DamagedError(str(error)) from error
            raise _fault(error, self._base) from error

    def _open(self, number: int) -> sqlite3.Connection:
        """Opens or makes the file of this number, and clears away those before it."""
        self._number = number
        name = self._name(number)
        try:
            _make(name)
        except OSError as error:
            raise _fault(error, self._base) from error
        connection = _connect(name)
        try:
            _set_up(connection, self._mapped_bytes)
        except (sqlite3.Error, _DamagedError):
            connection.close()
            raise
        self._connection = connection
        for old in range(1, number):
            for ending in _FILES_OF_A_DATABASE:
                with contextlib.suppress(OSError):  # Windows refuses while the other process has it open
                    Path(f"{self._name(old)}{ending}").unlink()
        return connection

    def _close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _name(self, number: int) -> Path:
        return self._base if number == 1 else self._base.with_stem(f"{self._base.stem}-{number}")

    def _newest(self) -> int:
        """The number of the file in use: the highest there is, for a lower one proved damaged."""
        others = self._base.parent.glob(f"{self._base.stem}-*{self._base.suffix}")
        numbers = [int(digits) for other in others if (digits := other.stem.rpartition("-")[2]).isdecimal()]
        return max([1, *numbers])

    def _next_exists(self) -> bool:
        """Whether the other process found this file damaged and went on to the next."""
        return self._connection is not None and self._name(self._number + 1).exists()


def _make(name: Path) -> None:
    """Makes an empty cache if there is none. It appears under its name only when it is complete: SQLite answers "locked" or "disk
    I/O error" when two processes set up one file together.
    """
    if name.exists():
        return
    import filelock  # noqa: PLC0415 - takes 50 ms, and is needed once in the life of a cache

    name.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(f"{name}.lock"):
        if name.exists():
            return
        new = Path(f"{name}.new")
        new.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(new, isolation_level=None)) as connection:
            for statement in (
                "PRAGMA page_size = 8192",
                "PRAGMA journal_mode = WAL",
                _TABLE,
                f"PRAGMA user_version = {_VERSION}",
            ):
                connection.execute(statement)
        new.replace(name)


def _connect(name: Path) -> sqlite3.Connection:
    address = f"{name.absolute().as_uri()}?mode=rw"  # never makes an empty file
    return sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)


def _set_up(connection: sqlite3.Connection, mapped_bytes: int) -> None:
    if (mode := _pragma(connection, "journal_mode")) != "wal":
        raise _DamagedError(f"journal mode {mode}")
    if (version := _pragma(connection, "user_version")) != _VERSION:
        raise _DamagedError(f"version {version}")
    _pragma(connection, "synchronous = NORMAL")
    _pragma(connection, f"mmap_size = {mapped_bytes}")


def _pragma(connection: sqlite3.Connection, text: str) -> object:
    row = connection.execute(f"PRAGMA {text}").fetchone()
    return row[0] if row else None


def _digest(key: Key) -> bytes:
    return bytes.fromhex(key) if isinstance(key, str) else key


def _code(error: sqlite3.Error) -> int:
    """The primary result code (https://sqlite.org/rescode.html); 0 for what SQLite did not say."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _fault(error: Exception, path: Path) -> DeskFault:
    if isinstance(error, sqlite3.Error) and _code(error) == sqlite3.SQLITE_FULL:
        return DeskFault("The disk is full.", "Make room on it; work goes on by itself.")
    return DeskFault(
        f"The thumbnail cache {path} cannot be used: {error}.",
        f"Check the disk and the rights of {path.parent}; its thumbnails may be deleted, they are made again.",
    )
