"""The window beside the gallery that shows where its photos were taken; what is selected there is marked here, and the other way round."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QStackedLayout, QVBoxLayout, QWidget

from pruvan_desk.domain.certification import LOCATION_METRES, Position, distance_words
from pruvan_desk.domain.positions import Spot, is_near, is_possible
from pruvan_desk.domain.statuses import FileType
from pruvan_desk.store.views.items import ItemRow
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.positions.plot import Plotted, PositionPlot
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import EmptyState, bar, button, label

SOON = 60
"""Milliseconds in which changes are drawn together."""
KINDS = (FileType.PICTURE, FileType.CHECK_IN)
"""What is taken at a place."""


class PositionsWindow(QDialog):
    """Not modal: the gallery goes on beside it. Shows the project of the gallery's current photo."""

    item_wanted = Signal(int)
    """A photo was chosen here."""
    opened = Signal()
    """It is to be seen large."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._theme = desk, theme
        self._rows: Callable[[], Iterable[ItemRow]] = tuple
        self._current: ItemRow | None = None
        self.plot = PositionPlot(theme)
        self.empty = EmptyState(theme, "plot")
        self.legend = label("", "muted", wrap=True)
        self.about = label("", wrap=True)
        self.fit = button("All photos", theme, kind="chip", hint="All photos, but for those far away (0)")
        self.radius = button(
            "Radius", theme, kind="chip", hint=f"Everything within {distance_words(LOCATION_METRES)} (R)"
        )
        self.ways = button("Crews' ways", theme, kind="chip", hint="Lines from photo to photo, in the order of time")
        self.ways.setCheckable(True)
        self.ways.setChecked(True)
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self._draw)
        body = QWidget()
        self.stack = QStackedLayout(body)
        self.stack.addWidget(self.plot)
        self.stack.addWidget(self.empty)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(bar(self.fit, self.radius, self.ways, None))
        box.addWidget(body, 1)
        below = QWidget()
        lines = QVBoxLayout(below)
        lines.setContentsMargins(2 * tokens.UNIT, tokens.UNIT, 2 * tokens.UNIT, tokens.UNIT)
        lines.addWidget(self.about)
        lines.addWidget(self.legend)
        box.addWidget(below)
        self.fit.clicked.connect(self.plot.fit)
        self.radius.clicked.connect(self.plot.fit_radius)
        self.ways.toggled.connect(lambda shown: self.plot.show_paths(shown=shown))
        self.plot.chosen.connect(self.item_wanted)
        self.plot.opened.connect(self.opened)
        self.plot.pointed.connect(lambda _id: self._tell())
        self.resize(72 * tokens.UNIT, 76 * tokens.UNIT)

    def follow(self, rows: Callable[[], Iterable[ItemRow]], current: ItemRow | None) -> None:
        """The gallery shows these now, and is at ``current``; drawn in a moment, together with what else changes."""
        self._rows, self._current = rows, current
        if not self._soon.isActive():
            self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """The keys are the plot's."""
        super().showEvent(event)
        self.plot.setFocus()

    def _draw(self) -> None:
        current = self._current
        project = current.project_id if current is not None else None
        rows = [
            row for row in self._rows() if row.project_id == project and row.file_type in KINDS and project is not None
        ]
        spots = [_spot(row) for row in rows if is_possible(row.latitude, row.longitude)]
        place = next((row.place for row in rows if row.place is not None), None)
        if place is not None and not is_possible(place.latitude, place.longitude):
            place = None
        self.setWindowTitle(f"Positions {current.project}" if current is not None and current.project else "Positions")
        self.plot.show_positions(
            Plotted(project, spots, place, {row.id: row.file_name for row in rows}, self._desk.settings.zone)
        )
        self.plot.select(current.id if current is not None else None)
        self.stack.setCurrentIndex(0 if spots else 1)
        for part in (self.fit, self.ways):
            part.setEnabled(bool(spots))
        self.radius.setEnabled(bool(spots) and place is not None)
        if not spots:
            self.empty.say(*_nothing(rows))
        self.legend.setText(_legend(rows, spots, place))
        self._tell()

    def _tell(self) -> None:
        """What is pointed at, or else selected, in words."""
        wanted = self.plot.hovered if self.plot.hovered is not None else self.plot.selected
        spot = next((spot for spot in self.plot.spots if spot.id == wanted), None)
        self.about.setText(self.plot.words(spot) if spot is not None else "")
        self.about.setVisible(bool(self.plot.spots))


def _spot(row: ItemRow) -> Spot:
    position = Position(row.latitude or 0.0, row.longitude or 0.0)
    return Spot(row.id, position, row.accuracy, row.taken_at or row.arrived_at, row.created_by)


def _nothing(rows: list[ItemRow]) -> tuple[str, str]:
    if not rows:
        return "No photos to plot", "Open a project that has photos."
    return (
        "No photo carries a position",
        "Crews' phones send one when they may use their location; photos added from disk seldom have one.",
    )


def _legend(rows: list[ItemRow], spots: list[Spot], place: Position | None) -> str:
    near = [is_near(spot.position, place) for spot in spots]
    impossible = sum(
        row.latitude is not None and row.longitude is not None and not is_possible(row.latitude, row.longitude)
        for row in rows
    )
    without = len(rows) - len(spots) - impossible
    reach = distance_words(LOCATION_METRES)
    parts = [
        f"■ the property, dashed: {reach} around it"
        if place is not None
        else "The position of the property is not known",
        f"● within {reach}: {near.count(True):,}" if place is not None else f"● {text.counted(len(spots), 'photo')}",
        f"▲ farther: {near.count(False):,}" if near.count(False) else "",
        f"without a position: {without:,}" if without else "",
        f"with an impossible one: {impossible:,}" if impossible else "",
    ]
    return " · ".join(part for part in parts if part)
