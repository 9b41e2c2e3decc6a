"""Files that come from the portal, and pages saved as PDF: each with its progress, then into the project's files."""

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QTimer, Signal
from PySide6.QtWebEngineCore import QWebEngineDownloadRequest, QWebEnginePage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.operations.office_files import file_chunks, keep_office_file, plain_file_name
from pruvan_desk.store.database import Database
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.ui import tokens
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.text import megabytes
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, label

State = QWebEngineDownloadRequest.DownloadState
FOLDER = "downloads-"
LARGEST = 512 * 1024 * 1024
"""Bytes of a file that the portal may send."""
REMOVALS, REMOVE_AGAIN = 5, 400
"""How often what a download left is removed again, and milliseconds in between."""


class Downloads(QObject):
    """Takes the downloads of one integration and puts each into the files of its tab's project."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        root = desk.folder.root
        desk.aside(lambda: _remove_leftovers(root))

    def keep(self, project_id: int, name: str, content: Callable[[], Iterable[bytes]], line: "DownloadLine") -> None:
        """Adds a file to a project, away from the Qt thread."""
        photos, who = self._desk.folder.photos, self._desk.who

        def work(database: Database) -> Changes:
            return keep_office_file(database, PhotoFiles(photos), project_id, name, content(), who=who)

        def refused(error: PruvanDeskError) -> None:
            line.fail(str(error))

        self._desk.write(work, lambda _changes: line.succeed(), refused)

    def save_pdf(self, page: QWebEnginePage, project_id: int, name: str, bar: "DownloadBar") -> None:
        """The page as it is, as a PDF among the project's files."""
        line = bar.begin(plain_file_name(name))

        def printed(data: QByteArray) -> None:
            content = bytes(data.data())
            if content:
                self.keep(project_id, name, lambda: [content], line)
            else:
                line.fail("The page could not be made a PDF. Load it again, then try once more.")

        page.printToPdf(printed)

    def take(self, download: QWebEngineDownloadRequest, project_id: int, bar: "DownloadBar") -> None:
        """Fetches a file that the page offered."""
        name = plain_file_name(download.suggestedFileName())
        line = bar.begin(name)
        if download.totalBytes() > LARGEST:
            download.cancel()
            line.fail(f"It is larger than {megabytes(LARGEST)}.")
            return
        folder = Path(tempfile.mkdtemp(prefix=FOLDER, dir=self._desk.folder.root))
        download.setDownloadDirectory(str(folder))
        download.setDownloadFileName("file")  # nobody's name becomes a path
        line.cancelled.connect(download.cancel)
        download.receivedBytesChanged.connect(lambda: self._count(download, line))

        def changed(state: QWebEngineDownloadRequest.DownloadState) -> None:
            if state in (State.DownloadRequested, State.DownloadInProgress):
                return
            if state == State.DownloadCompleted:
                self.keep(project_id, name, lambda: file_chunks(folder / "file"), line)
            elif state == State.DownloadCancelled or line.was_cancelled:
                line.fail("It was cancelled.")
            else:
                line.fail(f"It did not arrive: {download.interruptReasonString()}.")
            self._forget(folder)  # after the file was kept: both wait in one line

        download.stateChanged.connect(changed)
        download.accept()

    def _forget(self, folder: Path, tries: int = REMOVALS) -> None:
        """Removes what a download left; Chromium may still be at it, so it is looked at again."""

        def look_again(gone: bool) -> None:
            if not gone and tries:
                QTimer.singleShot(REMOVE_AGAIN, self, lambda: self._forget(folder, tries - 1))

        self._desk.aside(lambda: _removed(folder), look_again)

    def _count(self, download: QWebEngineDownloadRequest, line: "DownloadLine") -> None:
        if download.receivedBytes() > LARGEST:
            line.fail(f"It is larger than {megabytes(LARGEST)}.")
            download.cancel()
        else:
            line.count(download.receivedBytes(), download.totalBytes())


def _removed(folder: Path) -> bool:
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def _remove_leftovers(root: Path) -> None:
    """What a crash left of downloads that never finished."""
    for folder in root.glob(f"{FOLDER}*"):
        shutil.rmtree(folder, ignore_errors=True)


class DownloadLine(QFrame):
    """One file: its name, how much of it has come, and what became of it."""

    gone = Signal()
    cancelled = Signal()

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self._theme, self._name = theme, name
        self.is_over = self.was_cancelled = False
        self._sign = QLabel()
        self.words = label("", wrap=False)
        self.progress = QProgressBar()
        self.progress.setAccessibleName(f"Download of {name}")
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedSize(24 * tokens.UNIT, tokens.UNIT)
        self.cancel = button("Cancel", theme)
        self.close_button = button("", theme, "cross", "link", "Dismiss")
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * tokens.UNIT, tokens.HALF, 2 * tokens.UNIT, tokens.HALF)
        for part in (self._sign, self.words, self.progress):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.close_button)
        self.cancel.clicked.connect(self._cancel)
        self.close_button.clicked.connect(self.gone)
        self.close_button.hide()
        self._say("clock", "waiting", f"{name}: on its way")

    def count(self, received: int, total: int) -> None:
        """``received`` of ``total`` bytes are here; a total of 0 or less is not known."""
        if self.is_over:
            return
        self.progress.setRange(0, 1000 if total > 0 else 0)
        self.progress.setValue(received * 1000 // total if total > 0 else 0)
        of = f" of {megabytes(total)}" if total > 0 else ""
        self._say("clock", "waiting", f"{self._name}: {megabytes(received)}{of}")

    def _cancel(self) -> None:
        self.was_cancelled = True
        self.cancelled.emit()

    def succeed(self) -> None:
        """It is among the project's files."""
        self._end("check", "sent", f"{self._name} is in the project's files, Pending QA.")

    def fail(self, words: str) -> None:
        """It is not, and why."""
        if not self.is_over:
            self._end("warning", "bad", f"{self._name} was not saved. {words}")

    def _end(self, icon: str, colour: str, words: str) -> None:
        self.is_over = True
        self.progress.hide()
        self.cancel.hide()
        self.close_button.show()
        self._say(icon, colour, words)

    def _say(self, icon: str, colour: str, words: str) -> None:
        self._sign.setPixmap(self._theme.pixmap(icon, colour, 16, self.devicePixelRatioF()))
        self.words.setText(words)
        self.setAccessibleName(words)


class DownloadBar(QWidget):
    """The lines of one tab, below its page; not there while there is none."""

    MOST = 4

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.lines: list[DownloadLine] = []
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self.hide()

    def begin(self, name: str) -> DownloadLine:
        """A line for a file that is coming; the oldest that is over makes room for it."""
        over = [line for line in self.lines if line.is_over]
        if len(self.lines) >= self.MOST and over:
            self._drop(over[0])
        line = DownloadLine(name, self._theme)
        line.gone.connect(lambda: self._drop(line))
        self.lines.append(line)
        self._box.addWidget(line)
        self.show()
        return line

    def _drop(self, line: DownloadLine) -> None:
        with contextlib.suppress(ValueError):
            self.lines.remove(line)
        line.hide()
        line.deleteLater()
        self.setVisible(bool(self.lines))
