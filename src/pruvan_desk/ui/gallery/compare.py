"""Before and After side by side, two or four up: zoomed and moved together, stepped pair by pair."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from pruvan_desk.domain.pairs import Pair, Shot, pair_up
from pruvan_desk.domain.statuses import evidence_label
from pruvan_desk.store.views.items import ItemRow, shots
from pruvan_desk.ui import actions, tokens
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.gallery.pane import PicturePane, SharedZoom
from pruvan_desk.ui.gallery.pictures import Pictures
from pruvan_desk.ui.gallery.thumbnails import ThumbnailLoader
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import ElidedLabel, bar, button, label

PANES = 4


@dataclass(frozen=True, slots=True)
class Couple:
    """What stands side by side; ``None`` leaves a place empty."""

    left: ItemRow | None
    right: ItemRow | None


class ComparePane(QFrame):
    """One photo with its line above it; the one that keys act on has a frame and says so."""

    def __init__(self, pictures: Pictures, loader: ThumbnailLoader, theme: Theme, zoom: SharedZoom) -> None:
        super().__init__()
        self.setObjectName("compare")
        self._theme = theme
        self.picture = PicturePane(pictures, loader, theme, zoom)
        self.words = ElidedLabel()
        self.sign = label("")
        self.sign.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)  # all other room is for the words
        box = QVBoxLayout(self)
        box.setContentsMargins(2, 2, 2, 2)
        box.setSpacing(0)
        box.addWidget(bar(self.sign, self.words, name="caption", tight=True))
        box.addWidget(self.picture, 1)

    def show_item(self, row: ItemRow | None, *, active: bool) -> None:
        """Shows an item, or that there is none to show."""
        self.picture.show_item(row)
        self.setProperty("active", active)
        self.style().unpolish(self)
        self.style().polish(self)
        self.sign.setVisible(row is not None)
        if row is None:
            self.words.say("No photo to set beside it")
            self.picture.setAccessibleName("No photo")
            return
        icon, colour = tokens.STATE_ICON[row.state], tokens.STATE_COLOUR[row.state]
        self.sign.setPixmap(self._theme.pixmap(icon, colour, tokens.ICON, self.devicePixelRatioF()))
        reason = f": {row.reject_reason}" if row.reject_reason else ""
        chosen = "▸ " if active else ""
        hints = (hint.label for hint in row.hints)
        words = " · ".join([evidence_label(row.evidence_type), f"{row.state.label}{reason}", *hints, row.file_name])
        self.words.say(f"{chosen}{words}")
        self.picture.setAccessibleName(f"{words}{', the keys act on this one' if active else ''}")


class CompareView(QWidget):
    """Shows couples. The keys of the gallery act on the active photo."""

    left = Signal()
    """Back to the grid."""
    current_changed = Signal()

    def __init__(
        self,
        desk: Desk,
        pictures: Pictures,
        loader: ThumbnailLoader,
        theme: Theme,
        now: Callable[[int], ItemRow | None],
    ) -> None:
        super().__init__()
        self.setAccessibleName("Compare")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._desk, self._pictures, self._now = desk, pictures, now
        self._couples: list[Couple] = []
        self._sides: tuple[list[ItemRow], list[ItemRow]] = ([], [])
        self._place, self._active, self._four = 0, 0, False
        self._latest = Latest()
        self.zoom = SharedZoom(self)
        self.title = label("", "title")
        self.count = label("", "muted")
        self.up = button("Four up", theme, kind="chip", hint="Two pairs at a time")
        actions.name_key(self.up, "four_up")
        self.up.setCheckable(True)
        back = button("Grid", theme, "gallery", hint="Back to the grid")
        actions.name_key(back, "grid")
        self.panes = [ComparePane(pictures, loader, theme, self.zoom) for _ in range(PANES)]
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(2)
        for place, pane in enumerate(self.panes):
            grid.addWidget(pane, place // 2, place % 2)
            pane.picture.wanted.connect(self._wish)
            pane.picture.pressed.connect(lambda place=place: self.activate(place))
        hint = label("← → pair   Tab the other side   Shift+← → another photo on this side", "muted")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(bar(self.title, self.count, None, hint, self.up, back))
        box.addLayout(grid, 1)
        back.clicked.connect(self.left)
        self.up.clicked.connect(self.toggle_four)

    def compare_task(self, rows: Sequence[ItemRow], start: ItemRow) -> None:
        """The Befores and Afters among ``rows``, which are those of one task, in pairs, beginning with that of ``start``."""
        by_id = {row.id: row for row in rows}
        self._desk.read(
            lambda session: shots(session, list(by_id)),
            lambda found: self._show_pairs(_pairs(found, by_id), by_id, start),
            self._latest,
        )

    def compare_rows(self, rows: Sequence[ItemRow]) -> None:
        """Photos that somebody has chosen, two by two."""
        self._latest.take()
        places = [*rows, None] if len(rows) % 2 else [*rows]
        self._show(
            [Couple(places[n], places[n + 1]) for n in range(0, len(places), 2)],
            0,
            four=len(rows) > 2,
        )

    def current(self) -> ItemRow | None:
        """The photo that keys act on."""
        shown = self._shown()
        return shown[self._active] if self._active < len(shown) else None

    def activate(self, place: int) -> None:
        """Another pane is the one that keys act on."""
        if place < len(self._shown()):
            self._active = place
            self.draw()

    def step(self, pairs: int) -> None:
        """So many pairs on, or back."""
        self._place = max(0, min(self._place + pairs * (2 if self._four else 1), len(self._couples) - 1))
        self.draw()

    def other(self, by: int) -> None:
        """Another photo of the same evidence type on the active side: the pair is chosen by hand."""
        index, side = self._place + self._active // 2, self._active % 2
        row = self.current()
        ids = [each.id for each in self._sides[side]]
        if row is None or row.id not in ids:
            return
        chosen = self._sides[side][(ids.index(row.id) + by) % len(ids)]
        couple = self._couples[index]
        self._couples[index] = Couple(couple.left, chosen) if side else Couple(chosen, couple.right)
        self.draw()

    def next_photo(self) -> None:
        """The other photo of the pair, then the next pair."""
        if self._active + 1 < len(self._shown()):
            self.activate(self._active + 1)
        elif self._place + 1 < len(self._couples):
            self._active = 0
            self.step(1)

    def active_pane(self) -> PicturePane:
        """The pane that keys act on."""
        return self.panes[self._active].picture

    def toggle_four(self) -> None:
        """Two or four up."""
        self._four = not self._four
        self._active = self._active % 2
        self.draw()

    def draw(self) -> None:
        """Shows the couples as they are now."""
        self._couples = [Couple(self._fresh(one.left), self._fresh(one.right)) for one in self._couples]
        shown = self._shown()
        self.up.setChecked(self._four)
        for place, pane in enumerate(self.panes):
            pane.setVisible(place < 2 or self._four)
            row = shown[place] if place < len(shown) else None
            pane.show_item(row, active=place == self._active)
        first = next((row for row in shown if row is not None), None)
        of = (first.project, first.task or "No task") if first else ("Nothing to compare",)
        self.title.setText(" · ".join(part for part in of if part))
        self.count.setText(f"pair {self._place + 1:,} of {len(self._couples):,}" if self._couples else "")
        self._wish()
        self.current_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step, Tab goes to the other side, with Shift another photo comes there."""
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}.get(
            Qt.Key(event.key())
        )
        if step is not None and shift and self._couples:
            self.other(step)
        elif step is not None and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.step(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.left.emit()
        else:
            event.ignore()

    def focusNextPrevChild(self, next_: bool) -> bool:
        """Tab leads to the other photo."""
        if not self._couples:
            return super().focusNextPrevChild(next_)
        count = PANES if self._four else 2
        self.activate((self._active + (1 if next_ else -1)) % min(count, len(self._shown())))
        return True

    def _show_pairs(self, pairs: Sequence[Pair], by_id: dict[int, ItemRow], start: ItemRow) -> None:
        couples = [Couple(by_id.get(pair.before or 0), by_id.get(pair.after or 0)) for pair in pairs]
        place = next((n for n, pair in enumerate(pairs) if start.id in (pair.before, pair.after)), 0)
        self._show(couples, place, four=self._four)
        if pairs and pairs[place].after == start.id:
            self.activate(1)

    def _show(self, couples: list[Couple], place: int, *, four: bool) -> None:
        self._couples, self._place, self._four, self._active = couples, place, four, 0
        lefts, rights = [one.left for one in couples], [one.right for one in couples]
        self._sides = ([row for row in lefts if row], [row for row in rights if row])
        self.draw()

    def _shown(self) -> list[ItemRow | None]:
        couples = self._couples[self._place : self._place + (2 if self._four else 1)]
        return [row for couple in couples for row in (couple.left, couple.right)]

    def _fresh(self, row: ItemRow | None) -> ItemRow | None:
        return (self._now(row.id) or row) if row is not None else None

    def _wish(self) -> None:
        if not self.isVisible():
            return
        pane = self.panes[0].picture
        ahead = self._couples[self._place + (2 if self._four else 1) :][:2]
        later = [row for couple in ahead for row in (couple.left, couple.right) if row is not None]
        now = [pane.wishes(row) for row in self._shown() if row is not None]
        self._pictures.wish(
            [wish for step in zip(*now, strict=True) for wish in step], [pane.wishes(row)[0] for row in later]
        )


def _pairs(found: Sequence[Shot], by_id: dict[int, ItemRow]) -> list[Pair]:
    def of(evidence_type: str) -> list[Shot]:
        return [shot for shot in found if by_id[shot.id].evidence_type == evidence_type]

    return pair_up(of("before"), of("after"))
