"""Files from disk on their way in: looked at and copied in a thread of their own, with progress, while work goes on."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.operations.uploading import (
    Added,
    Candidate,
    UploadTarget,
    add_files,
    find_files,
    keep_files,
    known_already,
    look_at,
)
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.ui import text
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.standing_back import stand_back

T = TypeVar("T")
TOGETHER = 16
"""Files that are copied, and then taken in, at a time."""
OFTEN = 0.1
"""Seconds between two signs of progress."""


class Uploads(QObject):
    """One batch at a time; another that comes meanwhile waits for its turn."""

    progressed = Signal(str, int, int)
    """What is done, how many of how many; with 0 of 0 there is nothing to do any more."""
    looked = Signal(object, object)
    """The files as :class:`Candidate`, and by their SHA-256 the words for those that are there already."""
    finished = Signal(int, object)
    """How many were added, and the refused with why."""
    failed = Signal(object)
    """The :class:`PruvanDeskError` that ended a batch early."""
    bug = Signal(object)
    """An exception that nobody expected."""
    _came = Signal(object)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._files = PhotoFiles(desk.folder.photos)
        self._thread = ThreadPoolExecutor(1, "uploads", stand_back)
        self._stopped = False
        self._said = 0.0
        self._came.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)

    def look(self, paths: Sequence[Path]) -> None:
        """Looks at files, and those in folders; ``looked`` follows."""
        self._stopped = False
        self._thread.submit(self._guarded, lambda: self._look(list(paths)))

    def add(self, target: UploadTarget, candidates: Sequence[Candidate]) -> None:
        """Copies files and takes them in; ``finished`` follows."""
        self._stopped = False
        self._thread.submit(self._guarded, lambda: self._add(target, list(candidates)))

    def aside(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Does something else with files in the same thread, then ``done`` on the Qt thread."""

        def both() -> None:
            result = work()
            self._came.emit(lambda: done(result))

        self._thread.submit(self._guarded, both)

    def cancel(self) -> None:
        """Looks at no more, and adds no more; what was added stays."""
        self._stopped = True

    def stop(self) -> None:
        """Returns when the thread is done with the file that it is at."""
        self._stopped = True
        self._thread.shutdown(cancel_futures=True)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except PruvanDeskError as error:
            self._progress("", 0, 0)
            self.failed.emit(error)
        except Exception as error:  # noqa: BLE001 - a bug in a thread is shown as one, on the Qt thread
            self._progress("", 0, 0)
            self.bug.emit(error)

    def _look(self, paths: list[Path]) -> None:
        files = list(find_files(paths))
        seen: list[Candidate] = []
        for place, path in enumerate(files):
            if self._stopped:
                break
            self._progress("Looking at files", place, len(files))
            seen.append(look_at(path))
        self._progress("", 0, 0)
        if not self._stopped:
            self._came.emit(lambda: self._ask_known(seen))

    def _ask_known(self, seen: list[Candidate]) -> None:
        hashes = {candidate.sha256 for candidate in seen if candidate.sha256}
        self._desk.read(lambda session: known_already(session, hashes), lambda known: self.looked.emit(seen, known))

    def _add(self, target: UploadTarget, candidates: list[Candidate]) -> None:
        refused: list[tuple[Candidate, str]] = []
        kept = 0
        try:
            for start in range(0, len(candidates), TOGETHER):
                if self._stopped:
                    break
                self._progress("Adding files", start, len(candidates))
                added = keep_files(self._files, candidates[start : start + TOGETHER])
                refused += added.refused
                kept += len(added.kept)
                self._came.emit(lambda added=added: self._take_in(target, added))
        finally:
            self._progress("", 0, 0)
        self._came.emit(lambda: self.finished.emit(kept, refused))

    def _take_in(self, target: UploadTarget, added: Added) -> None:
        if added.kept:
            who = self._desk.who
            self._desk.write(lambda database: add_files(database, target, added.kept, who))

    def _progress(self, words: str, done: int, total: int) -> None:
        now = time.monotonic()
        if not total or now - self._said >= OFTEN:
            self._said = now
            self.progressed.emit(words, done, total)


def result_words(count: int, refused: Sequence[tuple[Candidate, str]], target: UploadTarget) -> tuple[str, str]:
    """What to say at the end: title, and the files that were not added with why."""
    where = " · ".join(part for part in (target.project, target.task) if part)
    title = f"{text.counted(count, 'file')} added to {where}."
    shown = "  ".join(f"{candidate.path.name}: {words}" for candidate, words in refused[:5])
    more = f"  … and {len(refused) - 5} more" if len(refused) > 5 else ""
    return title, f"Not added: {shown}{more}" if refused else ""
