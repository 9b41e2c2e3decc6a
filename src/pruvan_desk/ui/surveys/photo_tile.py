"""A photo of an answer: clicked, or dragged onto the question that it belongs to."""

import json

from PySide6.QtCore import QMimeData, QPoint, QSize, Qt
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolButton

from pruvan_desk.domain.surveys.answers import Place
from pruvan_desk.domain.surveys.moving import Move
from pruvan_desk.ui import tokens

DRAGGED = "application/x-pruvan-answer-photo"
"""What is dragged: a photo, and the question that it comes from. Nothing outside the window understands it."""
SMALL = QSize(72, 72)


class PhotoTile(QToolButton):
    """One photo, by its ``uuid``, of the answer at a place."""

    def __init__(self, place: Place, uuid: str) -> None:
        super().__init__()
        self._place, self._uuid = place, uuid
        self._pressed = QPoint()
        self.setIconSize(SMALL)
        self.setFixedSize(SMALL + QSize(tokens.UNIT, tokens.UNIT))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Where a drag would begin."""
        self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A drag begins: what is let go elsewhere was no click."""
        far = (event.position().toPoint() - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if not event.buttons() & Qt.MouseButton.LeftButton or not far:
            super().mouseMoveEvent(event)
            return
        self.setDown(False)
        drag = QDrag(self)
        drag.setMimeData(self.take_up())
        drag.setPixmap(self.icon().pixmap(SMALL))
        drag.exec(Qt.DropAction.MoveAction)

    def take_up(self) -> QMimeData:
        """The photo as what is dragged."""
        data = QMimeData()
        data.setData(DRAGGED, json.dumps([self._uuid, *self._place]).encode())
        return data


def dragged_to(target: Place, data: QMimeData) -> Move | None:
    """The move of a photo that is dragged to a question; ``None`` where it is there already, or something else is dragged."""
    if not data.hasFormat(DRAGGED):
        return None
    uuid, *source = json.loads(bytes(data.data(DRAGGED).data()))
    move = Move(uuid, Place(*source), target)
    return move if move.source != target else None
