"""Reports in the making: read, laid out and kept away from the Qt thread and from the writes, then one short write."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from pruvan_desk.core.errors import PruvanDeskError, UsageError
from pruvan_desk.operations.intake import StoredBytes
from pruvan_desk.operations.office_files import add_report, keep_content
from pruvan_desk.operations.viewing import copy_to_view
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.thumbnails import ThumbnailCache
from pruvan_desk.store.views.project_report import ReportFacts, report_facts
from pruvan_desk.ui import text
from pruvan_desk.ui.ask import ask
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.gallery.file_commands import VIEWED

OFTEN = 0.1
"""Seconds between two words of progress."""
BREATH = 0.001
"""Seconds after each photo in which the window has Python to itself."""
EDGE = 256
"""Pixels of the thumbnails in it."""
NO_PATH = str.maketrans("/\\", "--")


class _StoppedError(Exception):
    """The window goes away."""


class Reports(QObject):
    """One report after the other; a project whose report is under way is not asked for twice."""

    progressed = Signal(str)
    """How far it is."""
    _came = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._parent = desk, parent
        self._files = PhotoFiles(desk.folder.photos)
        self._thread = ThreadPoolExecutor(1, "reports")
        self._under_way: set[int] = set()
        self._stopped = False
        self.open_url: Callable[[QUrl], object] = QDesktopServices.openUrl
        self._came.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)

    def make(self, project_id: int) -> None:
        """Makes the report of a project an item of it, and asks whether to open it."""
        if project_id in self._under_way:
            return
        self._under_way.add(project_id)
        self.progressed.emit("Report: reading the project …")
        self._desk.read_own(
            lambda session: report_facts(session, project_id), lambda facts: self._lay_out(project_id, facts)
        )

    def stop(self) -> None:
        """The window goes away: what is under way is given up."""
        self._stopped = True
        self._thread.shutdown(cancel_futures=True)

    def _lay_out(self, project_id: int, facts: ReportFacts | None) -> None:
        if facts is None:
            gone = UsageError("The project is not there any more.", "It may be in the trash: restore it first.")
            self._refuse(project_id, gone)
            return
        name = report_name(facts.key)

        def work() -> None:
            stored = keep_content(self._files, name, [self._pdf(facts)])
            self._came.emit(lambda: self._add(project_id, facts, name, stored))

        self._aside(project_id, work)

    def _pdf(self, facts: ReportFacts) -> bytes:
        from pruvan_desk.reports.project_report import project_report  # noqa: PLC0415 - reportlab, when first wanted

        cache = ThumbnailCache(self._desk.folder.thumbnails)
        try:
            found = cache.get_many({photo.sha256 for photo in facts.photos if photo.sha256}, EDGE)
        finally:
            cache.close()

        said = 0.0

        def step(done: int, total: int) -> None:
            nonlocal said
            if self._stopped:
                raise _StoppedError
            time.sleep(BREATH)
            if (now := time.monotonic()) - said >= OFTEN:
                said = now
                self.progressed.emit(f"Report of {facts.key}: {done:,} of {text.counted(total, 'photo')} …")

        return project_report(
            facts,
            {str(sha256): jpeg for sha256, jpeg in found.items()},
            zone=self._desk.settings.zone,
            made_at=datetime.now(UTC),
            who=self._desk.who,
            step=step,
        )

    def _aside(self, project_id: int, work: Callable[[], None]) -> None:
        """In our thread; what it refuses comes back to the Qt thread."""

        def guarded() -> None:
            try:
                work()
            except _StoppedError:
                pass
            except PruvanDeskError as error:
                self._came.emit(lambda error=error: self._refuse(project_id, error))
            except Exception as error:  # noqa: BLE001 - a bug in a thread is shown as one, on the Qt thread
                self._came.emit(lambda error=error: self._fall(project_id, error))

        if not self._stopped:
            self._thread.submit(guarded)

    def _add(self, project_id: int, facts: ReportFacts, name: str, stored: StoredBytes) -> None:
        who = self._desk.who
        self._desk.write(
            lambda database: add_report(database, project_id, name, stored, who=who),
            lambda _changes: self._ask_to_open(project_id, facts, name, stored),
            lambda error: self._refuse(project_id, error),
        )

    def _ask_to_open(self, project_id: int, facts: ReportFacts, name: str, stored: StoredBytes) -> None:
        self._under_way.discard(project_id)
        self._desk.told.emit(f"The report of {facts.key} is made.", "It is among the project's items, Pending QA.")
        if not self._parent.isVisible():
            return  # somebody is at work elsewhere
        lacking = "" if facts.photos else f"It says what is missing: {'; '.join(facts.lacks) or 'photos'}. "
        ask(
            self._parent,
            f"The report of {facts.key} is made. Open it?",
            f"{lacking}It is an item of the project, Pending QA until somebody publishes it. A copy is opened in the system's own "
            "program.",
            "Open",
            lambda: self._aside(project_id, lambda: self._open(name, stored)),
        )

    def _open(self, name: str, stored: StoredBytes) -> None:
        folder = self._desk.folder.thumbnails.parent / VIEWED
        path = copy_to_view(self._files, folder, sha256=stored.sha256, extension=stored.extension, name=name)
        self._came.emit(lambda: self._hand_over(path))

    def _hand_over(self, path: Path) -> None:
        if not self.open_url(QUrl.fromLocalFile(str(path))):
            self._desk.told.emit("The system has no program for this file.", f"It lies at {path}.")

    def _refuse(self, project_id: int, error: PruvanDeskError) -> None:
        self._under_way.discard(project_id)
        self._desk.told.emit(error.title, error.advice)

    def _fall(self, project_id: int, error: Exception) -> None:
        self._under_way.discard(project_id)
        self._desk.failed.emit(error)


def report_name(key: str) -> str:
    """``report AFS 88123.pdf``; a foreign number with a slash in it is no path."""
    return f"report {key.replace('::', ' ').translate(NO_PATH)}.pdf"
