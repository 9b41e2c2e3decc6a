"""Reports in the making: read, laid out and kept away from the Qt thread and from the writes, then one short write."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from pruvan_desk.core.errors import UsageError
from pruvan_desk.operations.intake import StoredBytes
from pruvan_desk.operations.office_files import add_report, keep_content
from pruvan_desk.operations.viewing import copy_to_view
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.views.project_report import ReportFacts, report_facts
from pruvan_desk.ui import text
from pruvan_desk.ui.ask import ask
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.gallery.file_commands import VIEWED
from pruvan_desk.ui.workshop import Workshop

NO_PATH = str.maketrans("/\\", "--")


class Reports(QObject):
    """One report after the other; a project whose report is under way is not asked for twice."""

    progressed = Signal(str)
    """How far it is."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._parent = desk, parent
        self._files = PhotoFiles(desk.folder.photos)
        self._workshop = Workshop(desk, self)
        self._workshop.progressed.connect(self.progressed)
        self._under_way: set[int] = set()
        self.open_url: Callable[[QUrl], object] = QDesktopServices.openUrl

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
        self._workshop.stop()

    def _lay_out(self, project_id: int, facts: ReportFacts | None) -> None:
        if facts is None:
            gone = UsageError("The project is not there any more.", "It may be in the trash: restore it first.")
            self._fall(project_id, gone)
            return
        name = report_name(facts.key)
        self._workshop.run(
            lambda: keep_content(self._files, name, [self._pdf(facts)]),
            lambda stored: self._add(project_id, facts, name, stored),
            lambda error: self._fall(project_id, error),
        )

    def _pdf(self, facts: ReportFacts) -> bytes:
        from pruvan_desk.reports.project_report import project_report  # noqa: PLC0415 - reportlab, when first wanted

        def step(done: int, total: int) -> None:
            self._workshop.step(lambda: f"Report of {facts.key}: {done:,} of {text.counted(total, 'photo')} …")

        return project_report(
            facts,
            self._workshop.thumbnails({photo.sha256 for photo in facts.photos if photo.sha256}),
            zone=self._desk.settings.zone,
            made_at=datetime.now(UTC),
            who=self._desk.who,
            step=step,
        )

    def _add(self, project_id: int, facts: ReportFacts, name: str, stored: StoredBytes) -> None:
        who = self._desk.who
        self._desk.write(
            lambda database: add_report(database, project_id, name, stored, who=who),
            lambda _changes: self._ask_to_open(project_id, facts, name, stored),
            lambda error: self._fall(project_id, error),
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
            lambda: self._open(project_id, name, stored),
        )

    def _open(self, project_id: int, name: str, stored: StoredBytes) -> None:
        folder = self._desk.folder.thumbnails.parent / VIEWED
        self._workshop.run(
            lambda: copy_to_view(self._files, folder, sha256=stored.sha256, extension=stored.extension, name=name),
            self._hand_over,
            lambda error: self._fall(project_id, error),
        )

    def _hand_over(self, path: Path) -> None:
        if not self.open_url(QUrl.fromLocalFile(str(path))):
            self._desk.told.emit("The system has no program for this file.", f"It lies at {path}.")

    def _fall(self, project_id: int, error: Exception) -> None:
        self._under_way.discard(project_id)
        self._desk.tell(error)


def report_name(key: str) -> str:
    """``report AFS 88123.pdf``; a foreign number with a slash in it is no path."""
    return f"report {key.replace('::', ' ').translate(NO_PATH)}.pdf"
