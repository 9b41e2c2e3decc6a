"""The lines under the current photo: what it is, its certification, its relay with the receiver's words, its history."""

from datetime import tzinfo

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from pruvan_desk.domain.statuses import ItemState, evidence_label
from pruvan_desk.store.views.item_facts import ItemFacts, item_facts
from pruvan_desk.store.views.items import ItemRow
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.gallery.fact_words import history_lines, relay_lines, watched_lines, where_words
from pruvan_desk.ui.gallery.model import annotated_words
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import label

SOON = 60
"""Milliseconds somebody stays at a photo until the rest of its facts is read."""
HASH_SHOWN = 12
"""Digits of the SHA-256 that tell two files apart for people; the whole stands in the hint."""


class FactsPanel(QScrollArea):
    """Says what the tile knows as soon as tile and photo are drawn, and the rest when it has been read.

    Its many lines take longer to lay out and draw than a screenful of tiles, and somebody who presses a key looks at the photo.
    """

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("details")
        self.setAccessibleName("Facts about the photo")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._desk, self._theme = desk, theme
        self._row: ItemRow | None = None
        self._facts: ItemFacts | None = None
        self._latest = Latest()
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self.read_again)
        self._drawn = QTimer(self, singleShot=True, interval=0)  # comes after the paint events that are due
        self._drawn.timeout.connect(self._draw)
        self._signs = [QLabel() for _ in range(4)]
        self.state = label("", wrap=True, selectable=True)
        self.filed = label("", "title", wrap=True)
        self.taken = label("", "muted", wrap=True, selectable=True)
        self.certified = [label("", wrap=True) for _ in range(3)]
        self.words = label("", wrap=True, selectable=True)
        self.relay = label("", wrap=True, selectable=True)
        self.file = label("", "muted", wrap=True, selectable=True)
        self.history_heading = label("History", "heading")
        self.history = label("", wrap=True, selectable=True)
        self.setWidget(self._put_together())

    def show_item(self, row: ItemRow | None) -> None:
        """Shows an item, a moment later; what the tile does not know follows when it has been read."""
        other = row is None or self._row is None or row.id != self._row.id
        self._row = row
        if other:
            self._facts = None
        self.setVisible(row is not None)
        self._drawn.start()
        if other:  # what else changes about it is told by the database when it is there
            self._soon.start()

    def read_again(self) -> None:
        """Something about the item has changed."""
        if self._row is not None:
            item_id = self._row.id
            self._desk.read(lambda session: item_facts(session, item_id), self._came, self._latest)

    def _came(self, facts: ItemFacts | None) -> None:
        if facts is not None and self._row is not None and facts.id == self._row.id:
            self._facts = facts
            self._draw()

    def _put_together(self) -> QWidget:
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(tokens.UNIT * 2, tokens.UNIT, tokens.UNIT * 2, tokens.UNIT)
        box.setSpacing(tokens.HALF)
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.UNIT)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for place, line in enumerate((self.state, *self.certified)):
            grid.addWidget(self._signs[place], place, 0)
            grid.addWidget(line, place, 1)
        box.addWidget(self.filed)
        box.addWidget(self.taken)
        box.addLayout(grid)
        for part in (self.words, self.relay, self.file, self.history_heading, self.history):
            box.addWidget(part)
        box.addStretch(1)
        return inside

    def _draw(self) -> None:
        row, facts, zone = self._row, self._facts, self._desk.settings.zone
        if row is None:
            return
        self.filed.setText(f"{row.task or 'No task'} · {evidence_label(row.evidence_type)}")
        self.taken.setText(_taken(row, facts, zone))
        self._show_state(row, facts)
        self._show_certification(facts)
        self._say(self.words, _remarks(row, facts, zone))
        self._say(self.relay, relay_lines(facts, zone) if facts else [])
        self._say(self.file, [_file(row, facts)])
        self.file.setToolTip(f"SHA-256 {facts.sha256}" if facts and facts.sha256 else "")
        self._say(self.history, history_lines(facts.history, zone) if facts else [])
        self.history_heading.setVisible(self.history.isVisibleTo(self))

    @staticmethod
    def _say(line: QLabel, words: list[str]) -> None:
        line.setText("\n".join(words))
        line.setVisible(bool(line.text()))

    def _show_state(self, row: ItemRow, facts: ItemFacts | None) -> None:
        words = row.state.label
        if row.state is ItemState.REJECTED and row.reject_reason:
            words = f"{words}: {row.reject_reason}"
        if row.state is ItemState.REJECTED and facts is not None and facts.retake_asked:
            words = f"{words} · the crew is asked to take it again"
        if facts is not None and facts.relay_words:
            words = f"{words} — the client says: {facts.relay_words}"
        self.state.setText(words)
        self._sign(0, tokens.STATE_ICON[row.state], tokens.STATE_COLOUR[row.state], row.state.label)

    def _show_certification(self, facts: ItemFacts | None) -> None:
        lines = facts.certification.verdicts if facts is not None else ()
        for place, line in enumerate(self.certified):
            shown = place < len(lines)
            line.setVisible(shown)
            self._signs[place + 1].setVisible(shown)
            if shown:
                good, words = lines[place]
                line.setText(words)
                sign = ("check", "sent", "certified") if good else ("question", "waiting", "cannot be verified")
                self._sign(place + 1, *sign)

    def _sign(self, place: int, icon: str, colour: str, words: str) -> None:
        self._signs[place].setPixmap(self._theme.pixmap(icon, colour, tokens.ICON, self.devicePixelRatioF()))
        self._signs[place].setAccessibleName(words)


def _taken(row: ItemRow, facts: ItemFacts | None, zone: tzinfo) -> str:
    when = f"Taken {text.when(row.taken_at, zone)}" if row.taken_at else f"Arrived {text.when(row.arrived_at, zone)}"
    who = f" by {row.created_by}" if row.created_by else ""
    where = where_words(facts) if facts else ""
    return " · ".join(part for part in (f"{when}{who}", where, row.project or row.wanted_project) if part)


def _file(row: ItemRow, facts: ItemFacts | None) -> str:
    kind = row.file_type.value.capitalize()
    if facts is None:
        return f"{kind} · {row.file_name}"
    pixels = f"{facts.width} by {facts.height}" if facts.width else ""
    hashed = f"SHA-256 {facts.sha256[:HASH_SHOWN]}…" if facts.sha256 else ""
    device = f"device {facts.device_id}" if facts.device_id else ""
    parts = (kind, facts.image_format, pixels, text.megabytes(facts.size), row.file_name, device, hashed)
    return " · ".join(part for part in parts if part)


def _remarks(row: ItemRow, facts: ItemFacts | None, zone: tzinfo) -> list[str]:
    lines = [f"Problem: {row.problem}"] if row.problem else []
    lines += [f"Hint: {each.words}" for each in facts.hints] if facts else []
    lines += [annotated_words(row)] if row.annotations else []
    lines += [f"Notes: {row.notes}"] if row.notes else []
    lines += watched_lines(facts) if facts else []
    turned = f"Turned in the office by {row.rotation}°" if row.rotation else ""
    arrived = ""
    if facts is not None and facts.taken_at is not None:
        taken, came = (text.when(at, zone).partition(" ")[0] for at in (facts.taken_at, facts.arrived_at))
        arrived = f"Arrived {came}" if came != taken else ""
    return [*lines, *(line for line in (turned, arrived) if line)]
