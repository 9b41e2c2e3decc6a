"""Makes items of what was read, in a thread of its own: the next files are copied while the database writes.

Copying waits for the disk most of the time, writing items computes most of the time; one after the other they take the sum of both.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.logs import logger
from pruvan_desk.operations.watched import Outcome, Read, note_outcome, take_in
from pruvan_desk.store.database import Database
from pruvan_desk.sync.watching.moves import with_moves

log = logger(__name__)


class Taking:
    """Takes batches of one watch folder in, one after the other. To be used by one thread, and left open by nobody."""

    def __init__(self, database: Database, watch_id: int, root: Path) -> None:
        self._database, self._watch_id, self._root = database, watch_id, root
        self._thread: ThreadPoolExecutor | None = None
        self._under_way: Future[None] | None = None

    def hand_over(self, batch: Sequence[Read]) -> None:
        """Begins to take a batch in, when the one before it is. Raises :class:`DeskFault` where that one met it."""
        self._wait()
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, f"watch-{self._watch_id}-items")
        self._under_way = self._thread.submit(self._take, batch)

    def finish(self) -> None:
        """All that was handed over is taken in when this returns. Raises :class:`DeskFault`."""
        try:
            self._wait()
        finally:
            if self._thread is not None:
                self._thread.shutdown()
                self._thread = None

    def _wait(self) -> None:
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            under_way.result()

    def _take(self, batch: Sequence[Read]) -> None:
        """All together; where that fails, one by one: one of them is at fault."""
        batch = with_moves(self._database, self._watch_id, self._root, batch)
        try:
            take_in(self._database, batch)
        except DeskFault:
            raise
        except Exception:
            log.exception("bug while taking files in together", watch=self._watch_id)
            for read in batch:
                self._take_alone(read)

    def _take_alone(self, read: Read) -> None:
        try:
            take_in(self._database, [read])
        except DeskFault:
            raise
        except Exception:  # shown as a bug, on the one file that met it
            log.exception("bug while taking a file in", watch=self._watch_id, name=read.place.name)
            words = "Pruvan Desk could not take this file in. Please report it with the log."
            note_outcome(self._database, read.place, Outcome.REFUSED, words)
