"""The bar that shows how far a project's items are. Its text alternative is the cell's accessible text."""

from collections.abc import Iterable, Mapping
from typing import cast

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.ui import tokens
from pruvan_desk.ui.projects.table_model import ITEMS_ROLE
from pruvan_desk.ui.theme import Theme

PARTS: tuple[tuple[str, tuple[ItemState, ...]], ...] = (
    ("sent", (ItemState.PUBLISHED,)),
    ("idle", (ItemState.QUEUED, ItemState.RELAYING)),
    ("good", (ItemState.PASSED,)),
    ("waiting", (ItemState.PENDING_QA, ItemState.UNASSIGNED)),
    ("held", (ItemState.HELD,)),
    ("bad", (ItemState.REJECTED, ItemState.FAILED)),
)
THICKNESS = 8
TEXT_WIDTH = 58


def paint_tint(painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
    """The colour coding behind a cell, where there is any: a style sheet for items leaves it out."""
    tint = index.data(Qt.ItemDataRole.BackgroundRole)
    if tint is not None and not option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(option.rect, tint)


class TintedCell(QStyledItemDelegate):
    """A plain cell with its tint; in use only while rows are coloured."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One cell."""
        paint_tint(painter, option, index)
        super().paint(painter, option, index)


class ItemsBar(QStyledItemDelegate):
    """Paints the bar, and beside it how many of how many are published; a sign where some failed."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One cell."""
        counts = cast(Mapping[ItemState, int], index.data(ITEMS_ROLE) or {})
        words = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        paint_tint(painter, option, index)
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        rect: QRect = option.rect.adjusted(tokens.UNIT, 0, -tokens.UNIT, 0)
        if not words:
            return
        failed = counts.get(ItemState.FAILED, 0) > 0
        line = QRectF(rect.left(), rect.center().y() - THICKNESS / 2 + 1, rect.width() - TEXT_WIDTH, THICKNESS)
        self._paint_bar(painter, line, [(name, sum(counts.get(s, 0) for s in states)) for name, states in PARTS])
        beside = QRect(rect.right() - TEXT_WIDTH + tokens.UNIT, rect.top(), TEXT_WIDTH - tokens.UNIT, rect.height())
        if failed:
            sign = QRect(beside.left(), beside.center().y() - 6, 13, 13)
            painter.drawPixmap(sign, self._theme.pixmap("warning", "bad", 16, painter.device().devicePixelRatioF()))
            beside.setLeft(sign.right() + 2)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words.replace(" of ", "/"))

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As wide as the text and a bar need."""
        return QSize(168, tokens.ROW_HEIGHT)

    def _paint_bar(self, painter: QPainter, line: QRectF, parts: Iterable[tuple[str, int]]) -> None:
        shown = [(name, count) for name, count in parts if count]
        total = sum(count for _, count in shown)
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        left = line.left()
        for name, count in shown:
            width = max(3.0, line.width() * count / total)
            painter.setBrush(self._theme.colour(name))
            painter.drawRect(QRectF(left, line.top(), min(width, line.right() - left) - 1, line.height()))
            left += width
        painter.restore()
