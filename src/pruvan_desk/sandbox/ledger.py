"""The sandbox's memory: one SQLite file, written by one thread, many writes to a commit."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS orders (
    number TEXT PRIMARY KEY, position INTEGER NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL,
    client_status TEXT NOT NULL, listed INTEGER NOT NULL, accepted INTEGER NOT NULL, changed_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS items (
    uuid TEXT PRIMARY KEY, work_order TEXT NOT NULL, task TEXT NOT NULL, evidence_type TEXT NOT NULL,
    file_type TEXT NOT NULL, file_name TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
    has_file INTEGER NOT NULL, payload TEXT NOT NULL, deliveries INTEGER NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY, uuid TEXT NOT NULL, n INTEGER NOT NULL, sha256 TEXT NOT NULL, work_order TEXT NOT NULL,
    task TEXT NOT NULL, evidence_type TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS check_ins (
    id INTEGER PRIMARY KEY, uuid TEXT NOT NULL, work_order TEXT NOT NULL, abc_number TEXT NOT NULL, who TEXT NOT NULL,
    happened TEXT NOT NULL, accepted INTEGER NOT NULL, refusal TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS status_calls (
    id INTEGER PRIMARY KEY, work_order TEXT NOT NULL, status TEXT NOT NULL, payload TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS refusals (
    id INTEGER PRIMARY KEY, call TEXT NOT NULL, words TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS worked (number TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS cases (number TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS status_calls_by_order ON status_calls (work_order);
"""


class _Cell(Generic[Result]):
    """One job waiting for its turn, and what came of it."""

    def __init__(self, job: Callable[[sqlite3.Connection], Result]) -> None:
        self.job = job
        self.results: list[Result] = []  # empty until its transaction is committed


class Ledger:
    """Runs jobs on the database, in order, on a thread of its own; jobs that wait at the same time share a commit.

    A job gets the connection inside a transaction. Its exception goes to its caller, and nothing of the job stays.
    """

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")  # survives a killed process, which is what is tested
        self._connection.executescript(SCHEMA)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox-ledger")
        self._waiting: deque[_Cell[Any]] = deque()

    async def run(self, job: Callable[[sqlite3.Connection], Result]) -> Result:
        """Runs a job and answers its result once it is committed. Raises what the job raises, or ``sqlite3.Error``."""
        cell = _Cell(job)
        self._waiting.append(cell)
        return await asyncio.wrap_future(self._thread.submit(self._settle, cell))

    def run_now(self, job: Callable[[sqlite3.Connection], Result]) -> Result:
        """As :meth:`run`, for callers without an event loop."""
        cell = _Cell(job)
        self._waiting.append(cell)
        return self._thread.submit(self._settle, cell).result()

    def close(self) -> None:
        """Finishes what waits and closes the file."""
        self._thread.shutdown(wait=True)
        self._connection.close()

    def _settle(self, cell: _Cell[Result]) -> Result:
        """The first of several waiting jobs takes the others along; when that fails, each is tried alone."""
        if not cell.results:
            batch = [cell]
            while self._waiting:
                other = self._waiting.popleft()
                if other is not cell and not other.results:
                    batch.append(other)
            if len(batch) == 1 or not self._committed(batch):
                self._commit([cell])
        return cell.results[0]

    def _committed(self, batch: list[_Cell[Any]]) -> bool:
        try:
            self._commit(batch)
        except sqlite3.Error:
            return False
        return True

    def _commit(self, batch: list[_Cell[Any]]) -> None:
        with self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            results = [cell.job(connection) for cell in batch]
        for cell, result in zip(batch, results, strict=True):
            cell.results.append(result)


def read_fact(connection: sqlite3.Connection, name: str) -> str | None:
    """A single remembered value; ``None`` when there is none."""
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row["value"])


def write_fact(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Remembers a single value."""
    connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))
