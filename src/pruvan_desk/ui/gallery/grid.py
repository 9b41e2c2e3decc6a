"""The grid: a list view with a layout of its own, so that 100,000 tiles scroll as ten do and screen readers find each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from pruvan_desk.store.views.items import ItemRow
from pruvan_desk.ui import tokens
from pruvan_desk.ui.gallery.grid_mouse import GridMouse
from pruvan_desk.ui.gallery.layout import HEADING, MARGIN, Box, GridLayout
from pruvan_desk.ui.gallery.model import GalleryModel, Group
from pruvan_desk.ui.gallery.tile import TileDelegate
from pruvan_desk.ui.theme import Theme

Flag = QItemSelectionModel.SelectionFlag
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Held:
    """A tile that is to stay where it is seen: its group, and its top in pixels of the viewport."""

    tile: QPersistentModelIndex
    group: tuple[Any, ...]
    top: int


class GridView(QListView):
    """Tiles in groups. Selection by arrows, Shift, Ctrl, and by drawing a frame with the mouse."""

    opened = Signal()
    """Enter, Space or a double click: the single view is wanted."""
    current_changed = Signal()
    dropped = Signal(object, object)
    """Items, and the :class:`Group` that they were dropped on."""
    files_dropped = Signal(object, object)
    """Paths of files from elsewhere, and the :class:`Group` that they were dropped on, if any."""

    def __init__(self, model: GalleryModel, delegate: TileDelegate, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("grid")
        self.setAccessibleName("Photos")
        self._gallery, self._theme = model, theme
        self._delegate = delegate
        self._places = GridLayout([], 1, delegate.tile.width(), delegate.tile.height())
        self._anchor = 0
        self.mouse = GridMouse(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        opaque = Qt.WidgetAttribute.WA_OpaquePaintEvent  # or Qt would paint all anew to scroll a line
        self.viewport().setAttribute(opaque)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAcceptDrops(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setItemDelegate(delegate)
        self.setModel(model)
        self._held: list[Held] = []
        model.layoutAboutToBeChanged.connect(self._hold)
        model.regrouped.connect(self._lay_out_around_what_is_held)
        theme.changed.connect(self.viewport().update)

    def chosen(self) -> list[ItemRow]:
        """The selected items in order; the current one when none is selected."""
        places: set[int] = set()
        for run in self.selectionModel().selection().toList():
            places.update(range(run.top(), run.bottom() + 1))
        current = self.currentIndex().row()
        if not places and 0 <= current < len(self._gallery.shown):
            places = {current}
        return [self._gallery.shown[place] for place in sorted(places)]

    def go(self, place: int, *, extend: bool = False) -> None:
        """Makes a tile the current one, alone or with all between it and the anchor."""
        if not self._gallery.shown:
            return
        place = max(0, min(place, len(self._gallery.shown) - 1))
        index = self._gallery.index(place)
        if extend:
            self._select_run(self._anchor, place)
            self.selectionModel().setCurrentIndex(index, Flag.NoUpdate)
        else:
            self._anchor = place
            self.selectionModel().setCurrentIndex(index, Flag.ClearAndSelect)
        self.scrollTo(index)

    def pass_by_chosen(self) -> None:
        """To the tile after the last one that is selected."""
        runs = self.selectionModel().selection().toList()
        self.go(1 + max([run.bottom() for run in runs], default=max(0, self.currentIndex().row())))

    def step(self, by: int) -> None:
        """To the next tile, or the one before."""
        self.go(max(0, self.currentIndex().row()) + by)

    def doItemsLayout(self) -> None:
        """Lays out anew; costs one pass over the groups."""
        counts = [group.count for group in self._gallery.groups]
        tile = self._delegate.tile
        self._places = GridLayout(counts, self.viewport().width(), tile.width(), tile.height())
        self.updateGeometries()
        self.viewport().update()

    def _hold(self) -> None:
        """Remembers where the current tile is seen, and another one in sight: what comes before them must not push them away."""
        rect, selected = self.viewport().rect(), self.selectionModel().isSelected
        seen = [self._gallery.index(place) for place in self._in_sight(rect)]
        others = (index for index in seen if not selected(index))
        wanted = [index for index in (self.currentIndex(), next(others, QModelIndex())) if index in seen]
        self._held = [
            Held(QPersistentModelIndex(index), self._gallery.shown[index.row()].group, self.visualRect(index).top())
            for index in wanted
        ]

    def _lay_out_around_what_is_held(self) -> None:
        """What was filed elsewhere goes there alone: then the other tile stays where it is."""
        self.doItemsLayout()
        for held in self._held:
            place = held.tile.row()
            if place >= 0 and self._gallery.shown[place].group == held.group:
                self.verticalScrollBar().setValue(self._places.box(place).y - held.top)
                break
        self._held = []

    def dataChanged(self, top_left: Index, bottom_right: Index, roles: Sequence[int] = ()) -> None:
        """Draws what changed; a list view would lay all out anew, later, though every tile is as large as before."""
        QAbstractItemView.dataChanged(self, top_left, bottom_right, roles)

    def ask_for_photos(self) -> None:
        """Has those in sight read, while what is around them is being painted."""
        look = self._delegate.look_on(self)
        for place in self._in_sight(self.viewport().rect()):
            if sha256 := self._gallery.shown[place].sha256:
                self._delegate.thumbnail(sha256, look)
        self._delegate.loader.hand_over()

    def draw_photo(self, sha256: str) -> None:
        """Draws the tiles in sight that show this file again."""
        for place in self._in_sight(self.viewport().rect()):
            if self._gallery.shown[place].sha256 == sha256:
                self.viewport().update(self._rect(place))

    def set_photo_width(self, width: int) -> None:
        """Larger or smaller tiles; the current one stays in sight."""
        self._delegate.set_width(width)
        self.doItemsLayout()
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def updateGeometries(self) -> None:
        """Sets the scroll bar to the height of the contents."""
        scroll = self.verticalScrollBar()
        scroll.setSingleStep(self._delegate.tile.height() // 3)
        scroll.setPageStep(self.viewport().height())
        scroll.setRange(0, max(0, self._places.height - self.viewport().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width: other rows. The current tile stays in sight, unless somebody has scrolled away from it."""
        before = event.oldSize()
        was_seen = before.isEmpty() or self.visualRect(self.currentIndex()).intersects(QRect(QPoint(), before))
        self.doItemsLayout()
        if was_seen and self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def visualRect(self, index: Index) -> QRect:
        """Where a tile is, in pixels of the viewport."""
        return self._rect(index.row()) if index.isValid() and index.row() < self._places.count else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The tile at a point of the viewport."""
        place = self._places.at(point.x(), point.y() + self.verticalOffset())
        return self._gallery.index(place) if place is not None else QModelIndex()

    def verticalOffset(self) -> int:
        """Pixels scrolled down."""
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        """Never scrolled sideways."""
        return 0

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Moves what is drawn and paints only what is new."""
        self.viewport().scroll(dx, dy)

    def scrollTo(
        self, index: Index, _hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Brings a tile into sight, with its heading when it is in the first row of its group."""
        rect = self.visualRect(index)
        if rect.isNull():
            return
        first_row = index.row() - self._places.firsts[self._places.group_of(index.row())] < self._places.columns
        top = rect.top() - (HEADING if first_row else 0)
        if top < 0:
            self.verticalScrollBar().setValue(self.verticalOffset() + top)
        elif rect.bottom() > self.viewport().height():
            self.verticalScrollBar().setValue(self.verticalOffset() + rect.bottom() - self.viewport().height() + MARGIN)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Selects what a frame in the viewport touches."""
        selection = QItemSelection()
        rect = rect.normalized()
        box = Box(rect.x(), rect.y() + self.verticalOffset(), rect.width(), rect.height())
        for run in self._places.inside(box):
            selection.select(self._gallery.index(run.start), self._gallery.index(run.stop - 1))
        self.selectionModel().select(selection, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """What to draw again when a selection changes: no more than what is in sight."""
        region = QRegion()
        seen = self._in_sight(self.viewport().rect())
        for run in selection.toList():
            for place in range(max(run.top(), seen.start), min(run.bottom() + 1, seen.stop)):
                region += self.visualRect(self._gallery.index(place))
        return region

    def isIndexHidden(self, _index: Index) -> bool:
        """No tile is."""
        return False

    def selectAll(self) -> None:
        """All tiles, as one run; when all are here."""
        if self._gallery.shown and self._gallery.is_whole:
            self._select_run(0, len(self._gallery.shown) - 1)

    def keyboardSearch(self, _words: str) -> None:
        """Letters are marks here, not a search."""

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tells the single view."""
        super().currentChanged(current, previous)
        self.current_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home, End, Page; Enter and Space open the photo."""
        place = self._place_after(Qt.Key(event.key()))
        if place is not None:
            self.go(place, extend=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and not event.modifiers():
            self.opened.emit()
        elif event.key() == Qt.Key.Key_A and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.selectAll()
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """As :class:`GridMouse` does it, here and below."""
        self.mouse.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The frame grows, or a drag begins."""
        self.mouse.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The frame is done."""
        self.mouse.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Opens the photo."""
        if self.indexAt(event.position().toPoint()).isValid():
            self.opened.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Thumbnails may be dropped on another group."""
        self.mouse.drag_over(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """The heading they would go to is marked."""
        self.mouse.drag_over(event)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """Nothing is marked any more."""
        self.mouse.drag_left()

    def dropEvent(self, event: QDropEvent) -> None:
        """They go there."""
        self.mouse.drop(event)

    def group_at(self, point: QPoint) -> Group | None:
        """The group at a point of the viewport."""
        place = self._places.group_at(point.y() + self.verticalOffset())
        return self._gallery.groups[place] if place is not None and place < len(self._gallery.groups) else None

    def toggle(self, index: QModelIndex) -> None:
        """Ctrl and a click: one more, or one less."""
        self._anchor = index.row()
        self.selectionModel().setCurrentIndex(index, Flag.Toggle)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Headings and tiles of the part that is asked for."""
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        painter.fillRect(event.rect(), self._theme.colour("window"))
        self._paint_headings(painter, event.rect())
        self._paint_tiles(painter, event.rect(), event.region())
        self.mouse.paint_frame(painter, self._theme.colour("accent"))
        painter.end()

    def _paint_tiles(self, painter: QPainter, rect: QRect, part: QRegion) -> None:
        """Each by few calls of Qt, and none of the model: threads that read want Python's lock meanwhile."""
        delegate, look, shown = self._delegate, self._delegate.look_on(self), self._gallery.shown
        seen = self._in_sight(rect)
        chosen = self._selected_within(seen)
        current = self.currentIndex().row() if self.hasFocus() else -1
        shift, left, right = self.verticalOffset(), rect.left() - look.tile_width, rect.right()
        in_pieces = part.rectCount() > 1
        for place in seen:
            box = self._places.box(place)
            y = box.y - shift
            if not left < box.x <= right or (in_pieces and not part.intersects(QRect(box.x, y, box.width, box.height))):
                continue
            delegate.draw(painter, look, box.x, y, shown[place], selected=place in chosen, focused=place == current)

    def _selected_within(self, seen: range) -> set[int]:
        chosen: set[int] = set()
        for run in self.selectionModel().selection().toList():
            chosen.update(range(max(run.top(), seen.start), min(run.bottom() + 1, seen.stop)))
        return chosen

    def _rect(self, place: int) -> QRect:
        box = self._places.box(place)
        return QRect(box.x, box.y - self.verticalOffset(), box.width, box.height)

    def _paint_headings(self, painter: QPainter, part: QRect) -> None:
        """Those of groups that are touched, unless they themselves are out of it."""
        shift = self.verticalOffset()
        for group in self._places.groups_within(part.top() + shift, part.bottom() + shift):
            y = self._places.heading(group) - shift
            rect = QRect(MARGIN, y + 4, self.viewport().width() - 2 * MARGIN, HEADING - 4)
            if rect.top() <= part.bottom() and rect.bottom() >= part.top():
                self._paint_heading(painter, rect, self._gallery.groups[group])

    def _paint_heading(self, painter: QPainter, rect: QRect, shown: Group) -> None:
        painter.save()
        if shown is self.mouse.target:
            painter.fillRect(rect.adjusted(-4, 0, 4, 0), self._theme.colour("selection"))
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, shown.title)
        used = painter.fontMetrics().horizontalAdvance(f"{shown.title}  ")
        painter.setFont(self.font())
        painter.setPen(self._theme.colour("muted"))
        rect = rect.adjusted(used, 0, 0, 0)
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, f"{shown.count:,}")
        if shown.remark:
            rect = rect.adjusted(painter.fontMetrics().horizontalAdvance(f"{shown.count:,}   "), 0, 0, 0)
            self._paint_remark(painter, rect, shown.remark, shown.sign)
        painter.restore()

    def _paint_remark(self, painter: QPainter, rect: QRect, words: str, icon: str) -> None:
        ratio = painter.device().devicePixelRatioF()
        sign = QRect(rect.left(), rect.center().y() - tokens.ICON // 2, tokens.ICON, tokens.ICON)
        painter.drawPixmap(sign, self._theme.pixmap(icon, "waiting", tokens.ICON, ratio))
        painter.setPen(self._theme.colour("waiting"))
        painter.drawText(rect.adjusted(tokens.ICON + tokens.HALF, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)

    def _in_sight(self, rect: QRect) -> range:
        shift = self.verticalOffset()
        seen = self._places.within(rect.top() + shift, rect.bottom() + shift)
        return range(seen.start, min(seen.stop, len(self._gallery.shown)))

    def _select_run(self, one: int, other: int) -> None:
        first, last = sorted((one, other))
        run = QItemSelection(self._gallery.index(first), self._gallery.index(min(last, len(self._gallery.shown) - 1)))
        self.selectionModel().select(run, Flag.ClearAndSelect)

    def _place_after(self, key: Qt.Key) -> int | None:
        """Where a key leads from the current tile; ``None`` for a key that leads nowhere."""
        count = len(self._gallery.shown)
        here = self.currentIndex().row()
        if not count or here < 0:
            moves = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home)
            return 0 if count and key in moves else None
        sideways = {
            Qt.Key.Key_Left: here - 1,
            Qt.Key.Key_Right: here + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: count - 1,
        }
        if key in sideways:
            return max(0, min(sideways[key], count - 1))
        page = max(1, self.viewport().height() // (self._delegate.tile.height() + HEADING))
        rows = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page}.get(key)
        return self._places.below(here, rows) if rows is not None else None
