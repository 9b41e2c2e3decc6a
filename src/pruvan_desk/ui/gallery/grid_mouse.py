"""What the mouse does in the grid: clicks, the frame that selects, and tiles that are dragged onto another group."""

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPoint,
    QRect,
    Qt,
    SignalInstance,
)
from PySide6.QtGui import QColor, QDrag, QDragMoveEvent, QDropEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QApplication, QScrollBar, QWidget

from pruvan_desk.store.views.items import ItemRow
from pruvan_desk.ui.gallery.model import Group

ITEMS = "application/x-pruvan-items"
"""What is dragged: ids of items. Nothing outside the window understands it."""
EDGE = 24
"""Pixels beside the upper and lower border at which a frame scrolls."""
Flag = QItemSelectionModel.SelectionFlag


def local_files(data: QMimeData) -> list[Path]:
    """The files of this machine that something dragged names; none where it is anything else."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile() and url.toLocalFile()]


def accept_drag(event: QDragMoveEvent | QDropEvent, *, copy: bool) -> None:
    """Takes what is dragged. Files are copied: a file manager that was told otherwise would delete its own."""
    if copy:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
    else:
        event.acceptProposedAction()


class Grid(Protocol):
    """What is needed of the grid."""

    dropped: SignalInstance
    files_dropped: SignalInstance

    def indexAt(self, point: QPoint, /) -> QModelIndex:
        """The tile at a point of the viewport."""

    def group_at(self, point: QPoint) -> Group | None:
        """The group at a point of the viewport."""

    def chosen(self) -> list[ItemRow]:
        """The selected items in order."""

    def go(self, place: int, *, extend: bool = False) -> None:
        """Makes a tile the current one."""

    def toggle(self, index: QModelIndex) -> None:
        """One more, or one less."""

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag, /) -> None:
        """Selects what a frame in the viewport touches."""

    def clearSelection(self) -> None:
        """Selects nothing."""

    def selectionModel(self) -> QItemSelectionModel:
        """What is selected."""

    def viewport(self) -> QWidget:
        """What the tiles are painted on."""

    def verticalOffset(self) -> int:
        """Pixels scrolled down."""

    def verticalScrollBar(self) -> QScrollBar:
        """What scrolls them."""


class GridMouse:
    """The state of one press of the button, until it is let go."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._pressed: QPoint | None = None
        self._pressed_on = QModelIndex()
        self._frame_from: QPoint | None = None
        """In the contents, so that it stays where it is while they scroll."""
        self._frame_to = QPoint()
        self._before = QItemSelection()
        self._dragged: list[ItemRow] = []
        self.target: Group | None = None
        """The group that a drop would go to."""

    def press(self, event: QMouseEvent) -> None:
        """A tile, a run with Shift, one more with Ctrl; beside the tiles, a frame begins."""
        grid, point = self._grid, event.position().toPoint()
        index, modifiers = grid.indexAt(point), event.modifiers()
        self._pressed, self._pressed_on = point, QModelIndex()
        if not index.isValid():
            self._begin_frame(point, keep=bool(modifiers))
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            grid.go(index.row(), extend=True)
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            grid.toggle(index)
        elif grid.selectionModel().isSelected(index):
            self._pressed_on = index  # it may be dragged with the others; a plain click is one when it is let go
        else:
            grid.go(index.row())

    def move(self, event: QMouseEvent) -> None:
        """The frame grows, or a drag begins."""
        if not event.buttons() & Qt.MouseButton.LeftButton or self._pressed is None:
            return
        point = event.position().toPoint()
        if self._frame_from is not None:
            self._grow_frame(point)
        elif (point - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self._drag()

    def release(self, event: QMouseEvent) -> None:
        """A frame is done; a click on one of several selected tiles leaves that one."""
        if self._pressed_on.isValid() and self._pressed is not None and event.button() == Qt.MouseButton.LeftButton:
            self._grid.go(self._pressed_on.row())
        self._pressed, self._pressed_on, self._frame_from = None, QModelIndex(), None
        self._grid.viewport().update()

    def drag_over(self, event: QDragMoveEvent) -> None:
        """Marks the group under the mouse."""
        group = self._grid.group_at(event.position().toPoint())
        from_elsewhere = bool(local_files(event.mimeData()))
        if not from_elsewhere and (not event.mimeData().hasFormat(ITEMS) or group is None):
            event.ignore()
            self.drag_left()
            return
        accept_drag(event, copy=from_elsewhere)
        if group is not self.target:
            self.target = group
            self._grid.viewport().update()

    def drag_left(self) -> None:
        """Nothing would be dropped here."""
        self.target = None
        self._grid.viewport().update()

    def drop(self, event: QDropEvent) -> None:
        """Tells which items go to which group."""
        group = self._grid.group_at(event.position().toPoint())
        self.drag_left()
        if paths := local_files(event.mimeData()):
            accept_drag(event, copy=True)
            self._grid.files_dropped.emit(paths, group)
        elif group is not None and event.mimeData().hasFormat(ITEMS) and self._dragged:
            event.acceptProposedAction()
            self._grid.dropped.emit(self._dragged, group)

    def take_up(self) -> QMimeData:
        """The selected items as what is dragged."""
        self._dragged = self._grid.chosen()
        data = QMimeData()
        data.setData(ITEMS, b",".join(b"%d" % row.id for row in self._dragged))
        return data

    def paint_frame(self, painter: QPainter, colour: QColor) -> None:
        """The frame that is being drawn."""
        if self._frame_from is None:
            return
        painter.setPen(QPen(colour, 1))
        inside = QColor(colour)
        inside.setAlpha(40)
        painter.setBrush(inside)
        painter.drawRect(self._frame())

    def _begin_frame(self, point: QPoint, *, keep: bool) -> None:
        self._frame_from = point + QPoint(0, self._grid.verticalOffset())
        self._frame_to = self._frame_from
        if not keep:
            self._grid.clearSelection()
        self._before = QItemSelection(self._grid.selectionModel().selection())

    def _grow_frame(self, point: QPoint) -> None:
        grid = self._grid
        bar, height = grid.verticalScrollBar(), grid.viewport().height()
        if point.y() < EDGE or point.y() > height - EDGE:
            bar.setValue(bar.value() + (-EDGE if point.y() < EDGE else EDGE))
        self._frame_to = point + QPoint(0, grid.verticalOffset())
        grid.selectionModel().select(self._before, Flag.ClearAndSelect)
        grid.setSelection(self._frame(), Flag.Select)
        grid.viewport().update()

    def _frame(self) -> QRect:
        shift = QPoint(0, self._grid.verticalOffset())
        start = self._frame_from if self._frame_from is not None else self._frame_to
        return QRect(start - shift, self._frame_to - shift).normalized()

    def _drag(self) -> None:
        drag = QDrag(self._grid.viewport())
        drag.setMimeData(self.take_up())
        drag.exec(Qt.DropAction.MoveAction)
        self._dragged = []
        self.drag_left()
