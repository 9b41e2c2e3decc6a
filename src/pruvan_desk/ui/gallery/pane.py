"""A pane that shows one photo: fitted or zoomed, turned as the office turned it, moved by mouse and keys.

Several panes may share one :class:`SharedZoom`: then they are zoomed and moved together.
"""

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QCursor, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pruvan_desk.domain.annotations import Marks, read_annotations
from pruvan_desk.store.views.items import ItemRow
from pruvan_desk.ui import tokens
from pruvan_desk.ui.annotate.painting import paint_marks
from pruvan_desk.ui.gallery import zoom as zooming
from pruvan_desk.ui.gallery.pictures import ALL_OF_IT, Pictures, edge_for
from pruvan_desk.ui.gallery.thumbnails import ThumbnailLoader
from pruvan_desk.ui.gallery.tile_look import LARGE_THUMBNAIL, PHOTO, THUMBNAIL, file_icon, file_words
from pruvan_desk.ui.gallery.zoom import Size, Zoom
from pruvan_desk.ui.theme import Theme

NOTCH = 120.0
"""What Qt calls one notch of a mouse wheel."""
SHARP = 2.0
"""From this enlargement on single pixels are shown as squares, not smoothed."""


class SharedZoom(QObject):
    """The zoom of one or several panes."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.now = Zoom()

    def use(self, zoom: Zoom) -> None:
        """Takes another zoom."""
        if zoom != self.now:
            self.now = zoom
            self.changed.emit()


class PicturePane(QWidget):
    """Paints one item: the best picture there is, at once. Whoever shows it wishes for better ones by ``wishes``."""

    wanted = Signal()
    """Its size or zoom has changed: other pictures are needed."""
    double_clicked = Signal()
    pressed = Signal()

    def __init__(self, pictures: Pictures, loader: ThumbnailLoader, theme: Theme, zoom: SharedZoom) -> None:
        super().__init__()
        self.setAccessibleName("Photo")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 180)
        self.row: ItemRow | None = None
        self._pictures, self._loader, self._theme, self._zoom = pictures, loader, theme, zoom
        self._drag_from: QPointF | None = None
        loader.ready.connect(self._came)
        pictures.came.connect(self._came)
        theme.changed.connect(self.update)
        zoom.changed.connect(self._zoomed)

    def show_item(self, row: ItemRow | None) -> None:
        """Shows an item. One that was only decided meanwhile is not drawn again: its picture is the same."""
        decided = self.row is not None and row is not None and self.row.decided(row.state, row.reject_reason) == row
        self.row = row
        self.setAccessibleDescription(row.file_name if row else "")
        if not decided:
            self.update()

    def wishes(self, row: ItemRow) -> list[tuple[ItemRow, int]]:
        """What is needed to show an item here, the most urgent first."""
        whole = [(row, ALL_OF_IT)] if self._zoom.now.scale is not None else []
        return [(row, self._edge()), *whole]

    def place(self) -> QRectF:
        """Where the photo lies, as it is turned; it may reach beyond the pane."""
        ratio = self.devicePixelRatioF()
        where = zooming.place(self._zoom.now, *self._sizes())
        return QRectF(where.x / ratio, where.y / ratio, where.width / ratio, where.height / ratio)

    def shown_marks(self, row: ItemRow) -> Marks:
        """The annotations that are seen on it."""
        return read_annotations(row.annotations)

    def shows_photo(self) -> bool:
        """Whether the photo itself is on the screen, decoded for this size and zoom."""
        return self.row is not None and all(self._pictures.get(*wish) for wish in self.wishes(self.row))

    def toggle_zoom(self) -> None:
        """Fitted, or one screen pixel for each pixel of the photo, at the pointer."""
        self._zoom.use(zooming.toggled(self._zoom.now, self._pointer(), *self._sizes()))

    def step_zoom(self, steps: float) -> None:
        """Larger or smaller, at the pointer."""
        self._zoom.use(zooming.stepped(self._zoom.now, steps, self._pointer(), *self._sizes()))

    def pan(self, right: float, down: float) -> None:
        """Looks further to the right or below, by shares of the pane."""
        ratio = self.devicePixelRatioF()
        by = (-right * self.width() * ratio, -down * self.height() * ratio)
        self._zoom.use(zooming.panned(self._zoom.now, by, *self._sizes()))

    def is_zoomed(self) -> bool:
        """Whether it is not fitted."""
        return self._zoom.now.scale is not None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms at the pointer."""
        at = event.position() * self.devicePixelRatioF()
        steps = event.angleDelta().y() / NOTCH
        self._zoom.use(zooming.stepped(self._zoom.now, steps, (at.x(), at.y()), *self._sizes()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A drag may begin."""
        self.pressed.emit()
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._drag_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor if self.is_zoomed() else Qt.CursorShape.ArrowCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The photo follows the mouse."""
        if self._drag_from is not None:
            by = (event.position() - self._drag_from) * self.devicePixelRatioF()
            self._drag_from = event.position()
            self._zoom.use(zooming.panned(self._zoom.now, (by.x(), by.y()), *self._sizes()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """The drag is done."""
        self._drag_from = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Back to the grid, or into the single view."""
        self._drag_from = None
        self.double_clicked.emit()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Another size may need another decoding."""
        self.wanted.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The best picture there is."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("photo"))
        if self.row is not None:
            picture = self._picture(self.row)
            if picture is not None:
                self._draw(painter, self.row, picture)
            else:
                self._stand_in(painter, self.row)
        painter.end()

    def _draw(self, painter: QPainter, row: ItemRow, picture: QPixmap) -> None:
        """Draws in screen pixels, turned about its middle."""
        ratio = self.devicePixelRatioF()
        turned, pane = self._sizes()
        where = zooming.place(self._zoom.now, turned, pane)
        upright = QSizeF(where.width, where.height) / ratio
        middle = QPointF(where.x + where.width / 2, where.y + where.height / 2) / ratio
        if row.rotation % 180:
            upright.transpose()
        painter.setRenderHint(
            QPainter.RenderHint.SmoothPixmapTransform,
            upright.width() * ratio < SHARP * picture.width() or not self.is_zoomed(),
        )
        painter.save()
        painter.translate(middle)
        painter.rotate(row.rotation)
        target = QRectF(QPointF(-upright.width() / 2, -upright.height() / 2), upright)
        painter.drawPixmap(target, picture, QRectF(picture.rect()))
        painter.restore()
        if marks := self.shown_marks(row):
            paint_marks(painter, self.place(), marks, picture, row.rotation)

    def _picture(self, row: ItemRow) -> QPixmap | None:
        if row.sha256 is None:
            return None
        for wanted, edge in reversed(self.wishes(row)):
            if (picture := self._pictures.get(wanted, edge)) is not None:
                return picture
        large = self._loader.get(row.sha256, LARGE_THUMBNAIL) if self._pictures.was_tried(row, self._edge()) else None
        return large or self._loader.get(row.sha256, THUMBNAIL, PHOTO * self.devicePixelRatioF())

    def _sizes(self) -> tuple[Size, Size]:
        """Of the picture as it is turned, and of the pane: in screen pixels, whole."""
        ratio = self.devicePixelRatioF()
        pane = (self.width() * ratio, self.height() * ratio)
        if self.row is None:
            return (1.0, 1.0), pane
        picture = self._picture(self.row)
        if picture is None or picture.isNull():
            return (1.0, 1.0), pane
        longest = max(self.row.width or 0, self.row.height or 0) or max(
            picture.width(), picture.height(), *map(int, pane)
        )
        grow = longest / max(picture.width(), picture.height())
        size = (picture.width() * grow, picture.height() * grow)
        return (size[::-1] if self.row.rotation % 180 else size), pane

    def _stand_in(self, painter: QPainter, row: ItemRow) -> None:
        icon = "broken" if row.problem else file_icon(row)
        rect = self.rect()
        pixmap = self._theme.pixmap(icon, "muted", 48, self.devicePixelRatioF())
        painter.drawPixmap(rect.center().x() - 24, rect.center().y() - 48, pixmap)
        painter.setPen(self._theme.colour("bad" if row.problem else "muted"))
        words = row.problem or " · ".join(part for part in (file_words(row), row.file_name) if part)
        below = rect.adjusted(2 * tokens.UNIT, rect.height() // 2 + tokens.UNIT, -2 * tokens.UNIT, 0)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(below, flags, words)

    def _edge(self) -> int:
        return edge_for(max(self.width(), self.height()) * self.devicePixelRatioF())

    def _pointer(self) -> tuple[float, float]:
        """Where the mouse is in the pane, in screen pixels; the middle when it is elsewhere."""
        at = self.mapFromGlobal(QCursor.pos())
        point = at if self.rect().contains(at) and self.isActiveWindow() else self.rect().center()
        return point.x() * self.devicePixelRatioF(), point.y() * self.devicePixelRatioF()

    def _zoomed(self) -> None:
        self.wanted.emit()
        self.update()

    def _came(self, sha256: str) -> None:
        if self.row is not None and self.row.sha256 == sha256:
            self.update()
