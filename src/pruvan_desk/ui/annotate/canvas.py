"""The photo that is annotated: marks are drawn, taken, moved and sized here, by mouse and by keys."""

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QShowEvent

from pruvan_desk.domain.annotations import (
    Mark,
    MarkKind,
    Marks,
    Point,
    distance_to,
    handles,
    is_slip,
    moved,
    read_annotations,
    resized,
    turned,
)
from pruvan_desk.store.views.items import ItemRow
from pruvan_desk.ui.annotate.painting import paint_mark, text_box
from pruvan_desk.ui.gallery.pane import PicturePane, SharedZoom
from pruvan_desk.ui.gallery.pictures import Pictures
from pruvan_desk.ui.gallery.thumbnails import ThumbnailLoader
from pruvan_desk.ui.theme import Theme

REACH = 9.0
"""Pixels around a line or handle in which it is taken."""
HANDLE = 9.0
STEP, FINE = 0.01, 0.002
"""Shares of the photo by which an arrow key moves a mark; with Ctrl the smaller one."""
PAN = 0.25
ARROWS = {Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Down: (0, 1), Qt.Key.Key_Up: (0, -1)}
PUT = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Insert)
SIZES = {MarkKind.ARROW: (0.2, 0.15), MarkKind.TEXT: (0.0, 0.0)}
USUAL = (0.2, 0.2)
"""Shares of what is seen that a mark takes which is put by a key."""


class Canvas(PicturePane):
    """Marks are held as they are kept, unturned, and drawn and taken as the photo is seen, turned."""

    edited = Signal()
    """The marks have changed, and are to be kept."""
    chosen = Signal()
    """Another mark is selected, or none."""
    words_wanted = Signal(object)
    """The words of a text: of the selected mark, or of a new one in the place that is carried."""

    def __init__(self, pictures: Pictures, loader: ThumbnailLoader, theme: Theme, zoom: SharedZoom) -> None:
        super().__init__(pictures, loader, theme, zoom)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.tool: MarkKind | None = MarkKind.ARROW
        self.colour, self.thickness = "red", 2
        self.marks: list[Mark] = []
        self.selected: int | None = None
        self._drag: tuple[str, Point, Mark] | None = None
        """What is being done (``new``, ``move`` or the number of a handle), where it began, and the mark as it was, turned."""
        self._handle = 0
        self.wanted.connect(self._wish)
        pictures.came.connect(self._wish_again)

    @property
    def is_drawing(self) -> bool:
        """Whether a mark is being drawn or dragged right now."""
        return self._drag is not None

    def show_photo(self, row: ItemRow) -> None:
        """Shows a photo with its marks."""
        self.show_marks(read_annotations(row.annotations))
        self.show_item(row)
        self._wish()

    def show_marks(self, marks: Marks) -> None:
        """Shows other marks than before; the one that is selected stays so where it can."""
        self.marks = list(marks)
        self._drag = None
        self.select(self.selected if self.selected is not None and self.selected < len(marks) else None)

    def shown_marks(self, _row: ItemRow) -> Marks:
        """Those that are being made."""
        return tuple(self.marks)

    def select(self, number: int | None) -> None:
        """Selects a mark, or none."""
        self.selected = number
        self._describe()
        self.chosen.emit()
        self.update()

    def use_tool(self, tool: MarkKind | None) -> None:
        """What the mouse does from now on; ``None`` selects."""
        self.tool = tool
        self.setCursor(Qt.CursorShape.ArrowCursor if tool is None else Qt.CursorShape.CrossCursor)

    def dress(self, *, colour: str | None = None, thickness: int | None = None) -> None:
        """Another colour or thickness, for what is made next and for what is selected."""
        self.colour, self.thickness = colour or self.colour, thickness or self.thickness
        if self.selected is not None and self.marks[self.selected].kind is not MarkKind.BLUR:
            mark = self.marks[self.selected]
            self._put(replace(mark, colour=colour or mark.colour, width=thickness or mark.width))

    def delete(self) -> None:
        """Takes the selected mark away; the one before it is selected then."""
        if self.selected is not None:
            del self.marks[self.selected]
            self.select(min(self.selected, len(self.marks) - 1) if self.marks else None)
            self.edited.emit()

    def step(self, by: int) -> None:
        """Selects the next mark, or the one before."""
        if self.marks:
            start = self.selected if self.selected is not None else (-1 if by > 0 else 0)
            self.select((start + by) % len(self.marks))

    def write(self, words: str, at: Point | None) -> None:
        """Gives the selected text other words, or puts a new one at a point as it is seen; without words there is none."""
        if at is not None:
            made = Mark(MarkKind.TEXT, *at, *at, self.colour, self.thickness, words)
            if not is_slip(made):
                self._add(made)
        elif self.selected is not None and words.strip():
            self._put(replace(self.marks[self.selected], text=words))
        elif self.selected is not None:
            self.delete()

    def put_in_the_middle(self) -> None:
        """By key: a mark of the tool's kind in the middle of what is seen of the photo."""
        if self.tool is None:
            if self.selected is not None and self.marks[self.selected].kind is MarkKind.TEXT:
                self.words_wanted.emit(None)
            return
        where = self.place()
        seen = where.intersected(QRectF(self.rect()))
        middle = self._share(seen.center())
        if self.tool is MarkKind.TEXT:
            self.words_wanted.emit(middle)
            return
        wide, high = SIZES.get(self.tool, USUAL)
        right, down = wide * seen.width() / where.width() / 2, high * seen.height() / where.height() / 2
        first, second = _inside((middle[0] - right, middle[1] - down)), _inside((middle[0] + right, middle[1] + down))
        self._add(Mark(self.tool, *first, *second, self.colour, self.thickness))

    def showEvent(self, event: QShowEvent) -> None:
        """Now it is known how large the photo is wanted."""
        super().showEvent(event)
        self._wish()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The photo with its marks, and what holds the selected one."""
        super().paintEvent(event)
        if self.row is None:
            return
        painter = QPainter(self)
        if self._drag is not None and self._drag[0] == "new" and (picture := self._picture(self.row)) is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_mark(painter, self.place(), self._kept(self._drag[2]), picture, self.row.rotation)
        if self.selected is not None:
            self._paint_selection(painter, self._seen(self.marks[self.selected]))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Takes a handle or a mark, or begins a new one; the middle button moves the photo."""
        if event.button() is not Qt.MouseButton.LeftButton or self.row is None:
            super().mousePressEvent(event)
            return
        at = self._share(event.position())
        handle = self._handle_at(event.position())
        if handle is not None and self.selected is not None:
            self._drag, self._handle = ("size", at, self._seen(self.marks[self.selected])), handle
        elif self.tool is None:
            self.select(self._mark_at(event.position()))
            if self.selected is not None:
                self._drag = ("move", at, self._seen(self.marks[self.selected]))
            else:
                super().mousePressEvent(event)
        elif self.tool is MarkKind.TEXT and self._is_text(self._mark_at(event.position())):
            self.select(self._mark_at(event.position()))
            self.words_wanted.emit(None)
        elif self.place().adjusted(-REACH, -REACH, REACH, REACH).contains(event.position()):
            at = _inside(at)
            self.select(None)
            self._drag = ("new", at, Mark(self.tool, *at, *at, self.colour, self.thickness))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The mark follows."""
        if self._drag is None:
            self._point(event.position())
            super().mouseMoveEvent(event)
            return
        deed, began, mark = self._drag
        at = self._share(event.position())
        if deed == "new":
            x, y = _inside(at)
            self._drag = (deed, began, replace(mark, x2=x, y2=y))
        elif self.selected is not None:
            other = (
                moved(mark, at[0] - began[0], at[1] - began[1]) if deed == "move" else resized(mark, self._handle, at)
            )
            self.marks[self.selected] = self._kept(other)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """It stays where it was let go."""
        super().mouseReleaseEvent(event)
        self.use_tool(self.tool)
        if self._drag is None:
            return
        deed, _, mark = self._drag
        self._drag = None
        if deed == "new" and mark.kind is MarkKind.TEXT:
            self.words_wanted.emit((mark.x2, mark.y2))
        elif deed == "new" and not is_slip(mark):
            self._add(mark)
        elif deed != "new" and self.selected is not None and self.marks[self.selected] != self._kept(mark):
            self._put(self.marks[self.selected])
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On a text: its words."""
        self._drag = None
        number = self._mark_at(event.position())
        if self._is_text(number):
            self.select(number)
            self.words_wanted.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the selected mark, with Shift its far end; Page Up and Down select; Enter puts one in the middle."""
        key, modifiers = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in ARROWS:
            self._move_by_key(ARROWS[key], modifiers)
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.step(1 if key == Qt.Key.Key_PageDown else -1)
        elif key in PUT:
            self.put_in_the_middle()
        elif key == Qt.Key.Key_Escape and (self._drag is not None or self.selected is not None):
            self._drag = None
            self.select(None)
        else:
            event.ignore()

    def _move_by_key(self, way: tuple[int, int], modifiers: Qt.KeyboardModifier) -> None:
        if self.selected is None:
            self.pan(way[0] * PAN, way[1] * PAN)
            return
        step = FINE if modifiers & Qt.KeyboardModifier.ControlModifier else STEP
        right, down = way[0] * step, way[1] * step
        seen = self._seen(self.marks[self.selected])
        if modifiers & Qt.KeyboardModifier.ShiftModifier and handles(seen):
            other = resized(seen, 1, (seen.x2 + right, seen.y2 + down))
            if is_slip(other):
                return
        else:
            other = moved(seen, right, down)
        self._put(self._kept(other))

    def _add(self, seen: Mark) -> None:
        self.marks.append(self._kept(seen))
        self.select(len(self.marks) - 1)
        self.edited.emit()

    def _put(self, mark: Mark) -> None:
        if self.selected is not None:
            self.marks[self.selected] = mark
            self._describe()
            self.edited.emit()
            self.update()

    def _seen(self, mark: Mark) -> Mark:
        return turned(mark, self.row.rotation if self.row else 0)

    def _kept(self, seen: Mark) -> Mark:
        return turned(seen, -self.row.rotation if self.row else 0)

    def _share(self, at: QPointF) -> Point:
        where = self.place()
        return (at.x() - where.left()) / (where.width() or 1), (at.y() - where.top()) / (where.height() or 1)

    def _handle_at(self, at: QPointF) -> int | None:
        if self.selected is None:
            return None
        for number, (x, y) in enumerate(handles(self._seen(self.marks[self.selected]))):
            if (self._spot(x, y) - at).manhattanLength() <= 2 * HANDLE:
                return number
        return None

    def _mark_at(self, at: QPointF) -> int | None:
        """The topmost mark that is seen there."""
        where = self.place()
        for number in reversed(range(len(self.marks))):
            seen = self._seen(self.marks[number])
            if seen.kind is MarkKind.TEXT:
                if text_box(seen, where).adjusted(-REACH, -REACH, REACH, REACH).contains(at):
                    return number
            elif distance_to(seen, self._share(at), where.width(), where.height()) <= REACH:
                return number
        return None

    def _is_text(self, number: int | None) -> bool:
        return number is not None and self.marks[number].kind is MarkKind.TEXT

    def _spot(self, x: float, y: float) -> QPointF:
        where = self.place()
        return QPointF(where.left() + x * where.width(), where.top() + y * where.height())

    def _point(self, at: QPointF) -> None:
        """The pointer says what a press would do."""
        if self._handle_at(at) is not None:
            self.setCursor(Qt.CursorShape.SizeAllCursor)
        elif self.tool is None and self._mark_at(at) is not None:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.use_tool(self.tool)

    def _paint_selection(self, painter: QPainter, seen: Mark) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        light, accent = QColor("white"), self._theme.colour("accent")
        box = (
            text_box(seen, self.place())
            if seen.kind is MarkKind.TEXT
            else _between(self._spot(seen.x1, seen.y1), self._spot(seen.x2, seen.y2))
        )
        if seen.kind is not MarkKind.ARROW:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for pen in (QPen(light, 1), QPen(accent, 1, Qt.PenStyle.DashLine)):
                painter.setPen(pen)
                painter.drawRect(box.adjusted(-3, -3, 3, 3) if seen.kind is MarkKind.TEXT else box)
        painter.setPen(QPen(accent, 1.5))
        painter.setBrush(light)
        for x, y in handles(seen):
            spot = self._spot(x, y)
            painter.drawEllipse(spot, HANDLE / 2, HANDLE / 2)

    def _describe(self) -> None:
        """What a screen reader says."""
        name = self.row.file_name if self.row is not None else ""
        if self.selected is None:
            self.setAccessibleDescription(name)
            return
        mark = self.marks[self.selected]
        what = f"“{mark.text}”" if mark.text else ""
        self.setAccessibleDescription(f"{mark.kind.label} {self.selected + 1} of {len(self.marks)} {what}".strip())

    def _wish_again(self, _sha256: str) -> None:
        """The view behind this window wishes for pictures of the same store, and takes the place of what was wished for here."""
        if not self.shows_photo():
            self._wish()

    def _wish(self) -> None:
        if self.isVisible() and self.row is not None:
            self._pictures.wish(self.wishes(self.row), ())


def _inside(at: Point) -> Point:
    return min(max(at[0], 0.0), 1.0), min(max(at[1], 0.0), 1.0)


def _between(one: QPointF, other: QPointF) -> QRectF:
    return QRectF(one, other).normalized()
