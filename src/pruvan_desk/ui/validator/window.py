"""The validator: drop a photo or type a uuid, and read whether it is an original or what was sent of one, and all that happened to it."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.domain.statuses import evidence_label
from pruvan_desk.operations.validating import Looked, alike, look_into
from pruvan_desk.store.thumbnails import ThumbnailCache
from pruvan_desk.store.views.validator import (
    Known,
    Match,
    Sent,
    known_by_look,
    known_by_sha256,
    known_by_uuid,
)
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.gallery.fact_words import history_lines, relay_lines
from pruvan_desk.ui.gallery.grid_mouse import accept_drag, local_files
from pruvan_desk.ui.gallery.model import annotated_words
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import bar, button, column, label, text_field

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from pruvan_desk.operations.likeness import CutOut, Sought

WORDS = {
    Match.ORIGINAL: "Byte for byte the original",
    Match.RENDITION: "Byte for byte what Desk sent",
    Match.EARLIER: "Byte for byte an earlier original, replaced since",
    Match.NAMED: "Known by its uuid",
}
SIGNS = {
    Match.ORIGINAL: ("check", "sent"), Match.RENDITION: ("check", "sent"), Match.EARLIER: ("clock", "waiting"),
    Match.NAMED: ("check", "good"),
}  # fmt: skip
BITS = 512


class ValidatorWindow(QDialog):
    """Compares by content, never by name. Looking into a file is done in a thread of its own."""

    item_wanted = Signal(int, int)
    """An item is to be seen in the gallery: its project, and itself."""
    _looked = Signal(object, object)

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Validator")
        self.setAcceptDrops(True)
        self._desk, self._theme, self._latest = desk, theme, Latest()
        self._thread = ThreadPoolExecutor(1, "validator")
        self._asked = 0
        self.choose = button("Choose a file…", theme, "file", hint="Any photo, PDF or video")
        self.uuid = text_field("uuid", "or type the uuid of an item and press Enter", clear=True)
        self.verdict = label("Drop a photo anywhere here, choose a file, or type a uuid.", "title", wrap=True)
        self.about = label("", "muted", wrap=True, selectable=True)
        self.body = QVBoxLayout()
        self._put_together()
        self.choose.clicked.connect(self._pick)
        self.uuid.returnPressed.connect(self._ask_uuid)
        self._looked.connect(self._take_look, Qt.ConnectionType.QueuedConnection)
        self.finished.connect(lambda _result: self._thread.shutdown(wait=False, cancel_futures=True))
        self.resize(88 * tokens.UNIT, 80 * tokens.UNIT)

    def validate(self, path: Path) -> None:
        """Looks into a file."""
        self._asked += 1
        asked = self._asked
        self.uuid.clear()
        self._say(f"Looking into {path.name} …", "", ())
        self._thread.submit(look_into, path).add_done_callback(partial(self._hand_over, asked))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped."""
        if local_files(event.mimeData()):
            accept_drag(event, copy=True)

    def dropEvent(self, event: QDropEvent) -> None:
        """The first of them is looked into."""
        if paths := local_files(event.mimeData()):
            accept_drag(event, copy=True)
            self.validate(paths[0])

    def _put_together(self) -> None:
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(*4 * [2 * tokens.UNIT])
        box.setSpacing(tokens.UNIT)
        for part in (self.verdict, self.about):
            box.addWidget(part)
        box.addLayout(self.body)
        box.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName("What is known of it")
        area.setWidget(inside)
        all_of_it = QVBoxLayout(self)
        all_of_it.setContentsMargins(0, 0, 0, 0)
        all_of_it.setSpacing(0)
        all_of_it.addWidget(bar(self.choose, self.uuid))
        all_of_it.addWidget(area, 1)
        self.choose.setAutoDefault(False)

    def _pick(self) -> None:
        dialog = QFileDialog(self, "Choose a file")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.validate(Path(name)))
        dialog.open()

    def _ask_uuid(self) -> None:
        uuid = self.uuid.text().strip()
        if not uuid:
            return
        self._asked += 1

        self._desk.read(lambda session: known_by_uuid(session, uuid), partial(self._show_named, uuid), self._latest)

    def _show_named(self, uuid: str, known: tuple[Known, ...]) -> None:
        if known:
            self._say(f"{WORDS[Match.NAMED]}.", f"uuid {uuid}", known)
        else:
            advice = "Check it for typing errors; it is compared as it stands."
            self._say("Unknown: Desk has no item with this uuid.", advice, ())

    def _hand_over(self, asked: int, done: "Future[Looked]") -> None:
        with suppress(RuntimeError):  # the window was closed meanwhile
            if not done.cancelled():
                self._looked.emit(asked, done)

    def _take_look(self, asked: int, done: Future[Looked]) -> None:
        if asked != self._asked:
            return
        error = done.exception()
        if isinstance(error, PruvanDeskError):
            self._say(error.title, error.advice, ())
        elif error is not None:
            self._desk.failed.emit(error)
        else:
            looked = done.result()
            self._desk.read(
                lambda session: known_by_sha256(session, looked.sha256),
                partial(self._show_known, looked),
                self._latest,
            )

    def _show_known(self, looked: Looked, known: tuple[Known, ...]) -> None:
        about = f"{looked.name} · {text.megabytes(looked.size)} · SHA-256 {looked.sha256}"
        if known:
            count = f" of {len(known)} items" if len(known) > 1 else ""
            self._say(f"{WORDS[known[0].match]}{count}.", about, known)
            return
        self._say("Unknown: these bytes are neither an original nor anything that Desk has sent.", about, ())
        if looked.sought is not None:
            find = partial(_find_alike, self._desk.folder.thumbnails, looked.sought)
            self._desk.read(find, self._show_alike, self._latest)

    def _show_alike(self, found: "list[tuple[int | CutOut, Known]]") -> None:
        if not found:
            self.about.setText(f"{self.about.text()}\nNo photo here looks like it.")
            return
        self.body.addWidget(label("Looks most like", "heading"))
        for like, each in found:
            words = _likeness_words(each.row.file_name or "an item without a name", like)
            self.body.addWidget(self._section(each, words, ("question", "waiting")))

    def _say(self, verdict: str, about: str, known: Sequence[Known]) -> None:
        self.verdict.setText(verdict)
        self.about.setText(about)
        self._clear()
        several = len({each.match for each in known}) > 1
        for each in known:
            name = each.row.file_name or "An item without a name"
            title = f"{name}: {WORDS[each.match].lower()}" if several else name
            self.body.addWidget(self._section(each, title, SIGNS[each.match]))

    def _clear(self) -> None:
        while (taken := self.body.takeAt(0)) is not None:
            if (widget := taken.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def _section(self, known: Known, verdict: str, sign: tuple[str, str]) -> QWidget:
        row = known.row
        show = button("Show in the gallery", self._theme, "gallery", "link")
        show.setAutoDefault(False)
        show.setEnabled(row.project_id is not None)
        show.clicked.connect(lambda: self.item_wanted.emit(row.project_id or 0, row.id))
        picture = QLabel()
        picture.setPixmap(self._theme.pixmap(*sign, 20, self.devicePixelRatioF()))
        head = QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(picture)
        line.addWidget(label(verdict, "title", wrap=True), 1)
        line.addWidget(show)
        return column(head, label("\n".join(self._lines(known)), wrap=True, selectable=True), spacing=tokens.HALF)

    def _lines(self, known: Known) -> list[str]:
        """What it is, who sent it, what is certified, where it went, what was decided."""
        row, facts, zone = known.row, known.facts, self._desk.settings.zone
        filed = " · ".join((row.project or "no project", row.task or "No task", evidence_label(row.evidence_type)))
        by = f" by {row.created_by}" if row.created_by else ""
        received = f"{text.when(facts.arrived_at, zone)}{by}"
        return [
            f"{filed} · {row.state.label}",
            f"uuid {known.uuid}" + (f" · replaces {known.parent_uuid}" if known.parent_uuid else ""),
            f"Taken {text.when(row.taken_at, zone)}, received {received}" if row.taken_at else f"Received {received}",
            *([annotated_words(row)] if row.annotations else []),
            *(words for _, words in facts.certification.verdicts),
            *_taken_by(known.sent, self._when),
            *relay_lines(facts, zone),
            *([f"The client says: {facts.relay_words}"] if facts.relay_words else []),
            *history_lines(facts.history, zone),
        ]

    def _when(self, sent: Sent) -> str:
        return text.when(sent.at, self._desk.settings.zone) if sent.at else "at an unknown time"


def _find_alike(thumbnails: Path, sought: "Sought", session: "Session") -> "list[tuple[int | CutOut, Known]]":
    """In a reading thread: the items that look most like a file, each with how much."""
    cache = ThumbnailCache(thumbnails)
    try:
        found = dict(alike(session, cache, sought))
    finally:
        cache.close()
    return [(found[number], each) for number, each in known_by_look(session, list(found))]


def _likeness_words(name: str, like: "int | CutOut") -> str:
    if isinstance(like, int):
        return f"{name}: {100 * (BITS - like) // BITS} % alike, but other bytes"
    if like.is_part:
        return f"Not byte for byte; looks like a cut copy of {name}"
    return f"Not byte for byte; {name} looks like a cut copy of it"


def _taken_by(sent: Sequence[Sent], when: Callable[[Sent], str]) -> list[str]:
    by = (f"taken by the {each.destination.label}" if each.destination else "saved in a ZIP" for each in sent)
    return [f"These very bytes were {words} {when(each)}" for words, each in zip(by, sent, strict=True)]
