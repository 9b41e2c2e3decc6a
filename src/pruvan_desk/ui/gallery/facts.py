"""The lines under the current photo: what it is, its certification, its state with the receiver's words."""

from datetime import tzinfo

from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout

from pruvan_desk.domain.certification import LOCATION_METRES, Certification
from pruvan_desk.domain.statuses import ItemState, evidence_label
from pruvan_desk.store.views.items import ItemFacts, ItemRow
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import label

KILOMETRE = 1000


class FactsPanel(QFrame):
    """Says at once what the tile knows, and the rest when it has been read."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("facts")
        self.setAccessibleName("Facts about the photo")
        self._theme = theme
        self._signs = [QLabel() for _ in range(4)]
        self.state = label("", wrap=True, selectable=True)
        self.filed = label("", "title", wrap=True)
        self.taken = label("", "muted", wrap=True, selectable=True)
        self.certified = [label("", wrap=True) for _ in range(3)]
        self.words = label("", wrap=True, selectable=True)
        box = QVBoxLayout(self)
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
        box.addWidget(self.words)

    def show_row(self, row: ItemRow | None, facts: ItemFacts | None, zone: tzinfo) -> None:
        """Shows an item; ``facts`` follow when they have been read."""
        self.setVisible(row is not None)
        if row is None:
            return
        kind = row.file_type.value.capitalize()
        self.filed.setText(f"{row.task or 'No task'} · {evidence_label(row.evidence_type)}")
        when = (
            f"Taken {text.when(row.taken_at, zone)}" if row.taken_at else f"Arrived {text.when(row.arrived_at, zone)}"
        )
        who = f" by {row.created_by}" if row.created_by else ""
        size = text.megabytes(facts.size) if facts else ""
        pixels = f"{facts.width} by {facts.height}" if facts and facts.width else ""
        about = (f"{when}{who}", row.project or row.wanted_project, kind, pixels, size, row.file_name)
        self.taken.setText(" · ".join(part for part in about if part))
        self._show_state(row, facts)
        self._show_certification(facts.certification if facts else None)
        self.words.setText("\n".join(_remarks(row)))
        self.words.setVisible(bool(self.words.text()))

    def _show_state(self, row: ItemRow, facts: ItemFacts | None) -> None:
        words = row.state.label
        if row.state is ItemState.REJECTED and row.reject_reason:
            words = f"{words}: {row.reject_reason}"
        if facts is not None and facts.relay_words:
            words = f"{words} — the client says: {facts.relay_words}"
        self.state.setText(words)
        self._sign(0, tokens.STATE_ICON[row.state], tokens.STATE_COLOUR[row.state], row.state.label)

    def _show_certification(self, found: Certification | None) -> None:
        lines = certification_lines(found) if found is not None else []
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


def certification_lines(found: Certification) -> list[tuple[bool, str]]:
    """Item, time and location: certified or not, and the words for it."""
    if found.distance is None:
        place = "Location cannot be verified: no position"
    elif found.location:
        place = f"Location certified, {distance_words(found.distance)} away"
    else:
        limit = distance_words(LOCATION_METRES)
        place = f"Location cannot be verified: {distance_words(found.distance)} away, more than {limit}"
    return [
        (found.item, "Item certified: from the phone's app" if found.item else "Item not certified: not from the phone's app"),
        (found.time, "Time certified" if found.time else "Time cannot be verified"),
        (found.location, place),
    ]  # fmt: skip


def distance_words(metres: float) -> str:
    """``38 m``, ``1.2 km``."""
    return f"{metres:.0f} m" if metres < KILOMETRE else f"{metres / KILOMETRE:.1f} km"


def _remarks(row: ItemRow) -> list[str]:
    lines = [f"Problem: {row.problem}"] if row.problem else []
    lines += [f"Notes: {row.notes}"] if row.notes else []
    return lines
