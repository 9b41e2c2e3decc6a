"""The one question before publishing: how many, where to, what stays behind and what is missing."""

import contextlib
import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QDialog, QDialogButtonBox, QRadioButton, QVBoxLayout, QWidget

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.destinations import (
    BOTH,
    CLIENT,
    DOWNLOADER,
    Destinations,
    destinations_label,
    read_destinations,
)
from pruvan_desk.operations.downloader_folder import check_downloader_folder
from pruvan_desk.store.views.publishable import Publishable
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import label

CHOICES: tuple[Destinations, ...] = (CLIENT, DOWNLOADER, BOTH)
COPIES, ORIGINALS = 0, 1
MOST_LINES = 8
"""Lines of what is missing; the rest is counted."""
AGAIN = 2000
"""Milliseconds after which a folder that cannot be used is looked at once more."""


class FolderCheck(QObject):
    """Looks whether the Downloader can write into its folder: in a thread of its own, as a network drive may not answer for long."""

    found = Signal(str)
    """What is wrong and what to do; empty when nothing is."""
    _came = Signal(str)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._looking = False
        self._came.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    @property
    def root(self) -> Path:
        """The folder, as Preferences name it now."""
        return self._desk.folder.downloader_root(self._desk.settings.downloader_folder)

    def look(self) -> None:
        """``found`` follows."""
        if not self._looking:
            self._looking = True
            threading.Thread(target=self._look, args=(self.root,), name="downloader folder", daemon=True).start()

    def _look(self, root: Path) -> None:
        try:
            check_downloader_folder(root)
            problem = ""
        except UsageError as error:
            problem = str(error)
        with contextlib.suppress(RuntimeError):  # the window was closed meanwhile
            self._came.emit(problem)

    def _tell(self, problem: str) -> None:
        self._looking = False
        self.found.emit(problem)


class PublishDialog(QDialog):
    """Asks once. ``chosen`` carries where the passed items go."""

    chosen = Signal(object)

    def __init__(
        self,
        found: Publishable,
        last: str,
        theme: Theme,
        parent: QWidget,
        *,
        folder: FolderCheck,
        as_copies: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Publish")
        self.found = found
        count = len(found.passed)
        self.question = label(f"Publish {text.counted(count, 'passed item')} of {found.where}", "title", wrap=True)
        self.destinations = QButtonGroup(self)
        box = QVBoxLayout(self)
        box.setContentsMargins(*4 * [3 * tokens.UNIT])
        box.setSpacing(tokens.UNIT)
        box.addWidget(self.question)
        self._ask_where(box, read_destinations(last) or CLIENT)
        self.copies = QButtonGroup(self)
        if found.annotated:
            self._ask_about_copies(box, as_copies=as_copies or found.blurred > 0)
        self.left_behind = label("\n".join(left_behind(found)), wrap=True)
        if self.left_behind.text():
            self._head(box, "Not sent")
            box.addWidget(self.left_behind)
        self.missing = label("\n".join(_shortened(found.lacks)), wrap=True)
        if found.lacks:
            self._head(box, "Still missing")
            box.addWidget(self.missing)
        self.promise = label("", "muted", wrap=True)
        box.addWidget(self.promise)
        self._folder, self._problem = folder, ""
        self.folder_problem = label("", "bad", wrap=True, selectable=True)
        self.folder_problem.hide()
        box.addWidget(self.folder_problem)
        self._look_again = QTimer(self, singleShot=True, interval=AGAIN)
        self._look_again.timeout.connect(folder.look)
        folder.found.connect(self._found)
        if found.broken:
            words = f"{text.counted(found.broken, 'passed item')} with a problem in the file: sent as it is."
            box.addWidget(label(words, "bad", wrap=True))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        accept = buttons.addButton(f"Publish {count:,}", QDialogButtonBox.ButtonRole.AcceptRole)
        accept.setDefault(True)
        box.addWidget(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.destinations.idClicked.connect(lambda _place: self._promise())
        self.accepted.connect(lambda: self.chosen.emit(self.value()))
        self._promise()
        folder.look()
        self.setMinimumWidth(64 * tokens.UNIT)
        accept.setFocus()

    def value(self) -> Destinations:
        """Where to."""
        return CHOICES[max(0, self.destinations.checkedId())]

    @property
    def as_copies(self) -> bool:
        """Whether of annotated photos the copies go, not the originals."""
        return self.copies.checkedId() != ORIGINALS

    def _ask_about_copies(self, box: QVBoxLayout, *, as_copies: bool) -> None:
        count, blurred = len(self.found.annotated), self.found.blurred
        self._head(box, f"{text.counted(count, 'photo')} annotated")
        for place, words in ((COPIES, copies_words(count)), (ORIGINALS, originals_words(count, blurred))):
            choice = QRadioButton(words)
            choice.setAccessibleName(words)
            choice.setChecked((place == COPIES) is as_copies)
            self.copies.addButton(choice, place)
            box.addWidget(choice)

    def _ask_where(self, box: QVBoxLayout, last: Destinations) -> None:
        self._head(box, "To")
        for place, destinations in enumerate(CHOICES):
            choice = QRadioButton(destination_words(destinations))
            choice.setAccessibleName(destination_words(destinations))
            choice.setChecked(destinations == last)
            self.destinations.addButton(choice, place)
            box.addWidget(choice)

    @staticmethod
    def _head(box: QVBoxLayout, words: str) -> None:
        box.addSpacing(tokens.UNIT)
        box.addWidget(label(words, "heading"))

    def _found(self, problem: str) -> None:
        self._problem = problem
        if problem:
            self._look_again.start()
        self._promise()

    def _promise(self) -> None:
        """What it will do; for the Downloader, that its folder has to be usable before."""
        hindered = self.value() >= DOWNLOADER and bool(self._problem)
        self.folder_problem.setText(
            f"{self._problem} What is published to it waits here until then." if hindered else ""
        )
        self.folder_problem.setVisible(hindered)
        self.promise.setText(promise(self.value(), self._folder.root))
        self.adjustSize()


def destination_words(destinations: Destinations) -> str:
    """A choice in words."""
    return {
        CLIENT: "Client: the order source files each photo under its task and evidence type",
        DOWNLOADER: "Downloader: into the folders on this computer",
        BOTH: "Both",
    }.get(destinations, destinations_label(destinations))


def copies_words(count: int) -> str:
    """What choosing the copies does."""
    if count == 1:
        return "Annotated copy, a new item with the marks in it; the original stays here"
    return "Annotated copies, new items with the marks in them; the originals stay here"


def originals_words(count: int, blurred: int) -> str:
    """What choosing the originals does; said plainly where it shows what was blurred."""
    words = "Original, without the marks" if count == 1 else "Originals, without the marks"
    shown = "what was blurred" if count == 1 else f"what was blurred in {blurred:,} of them"
    return f"{words}: {shown} is seen" if blurred else words


def left_behind(found: Publishable) -> list[str]:
    """What is not sent, and why."""
    lines = [f"{found.pending:,} still unreviewed (Pending QA)"] if found.pending else []
    return lines + ([f"{found.rejected:,} rejected"] if found.rejected else [])


def promise(destinations: Destinations, folder: Path) -> str:
    """What it will do."""
    if destinations == DOWNLOADER:
        return f"The files are copied in the background, into {folder}. Until an item's turn comes, U withdraws it."
    return (
        "They are sent in the background. Until an item's turn comes, U withdraws it; "
        "what the client has received cannot be asked back."
    )


def _shortened(lacks: Sequence[str]) -> list[str]:
    more = len(lacks) - MOST_LINES
    return [*lacks[:MOST_LINES], *([f"… and {more:,} more"] if more > 0 else [])]
