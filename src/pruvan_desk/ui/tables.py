"""A small table of records that changes row by row: integrations, crews, runs, jobs, alerts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from pruvan_desk.ui import tokens

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole


class Record(Protocol):
    """A frozen record with an id."""

    @property
    def id(self) -> int:
        """Which row it is."""


R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column: its heading, and what it says of a record. ``width`` in pixels; 0 takes what is left."""

    heading: str
    text: Callable[[R], str]
    width: int = 120
    right: bool = False
    icon: Callable[[R], QIcon | None] | None = None
    colour: Callable[[R], QColor | None] | None = None
    hint: Callable[[R], str] | None = field(default=None)


class RecordTable(QAbstractTableModel, Generic[R]):
    """Records by id, in the order given."""

    def __init__(self, columns: Sequence[Column[R]], parent: QWidget) -> None:
        super().__init__(parent)
        self.columns = columns
        self.records: list[R] = []

    def take(self, records: Sequence[R]) -> None:
        """Shows these records; only what differs from what was shown is drawn again."""
        keep = {record.id for record in records}
        for place in range(len(self.records) - 1, -1, -1):
            if self.records[place].id not in keep:
                self.beginRemoveRows(QModelIndex(), place, place)
                del self.records[place]
                self.endRemoveRows()
        for place, record in enumerate(records):
            self._place(place, record)

    def _place(self, place: int, record: R) -> None:
        if place < len(self.records) and self.records[place].id == record.id:
            if self.records[place] != record:
                self.records[place] = record
                self.dataChanged.emit(self.index(place, 0), self.index(place, len(self.columns) - 1))
            return
        old = next((i for i in range(place, len(self.records)) if self.records[i].id == record.id), None)
        if old is not None:
            self.beginMoveRows(QModelIndex(), old, old, QModelIndex(), place)
            self.records.insert(place, self.records.pop(old))
            self.endMoveRows()
            self._place(place, record)
            return
        self.beginInsertRows(QModelIndex(), place, place)
        self.records.insert(place, record)
        self.endInsertRows()

    def rowCount(self, parent: Index | None = None) -> int:
        """How many records there are."""
        return 0 if parent is not None and parent.isValid() else len(self.records)

    def columnCount(self, parent: Index | None = None) -> int:
        """How many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """The headings."""
        if orientation != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        if role == Role.DisplayRole:
            return self.columns[section].heading
        if role == Role.TextAlignmentRole:
            return _alignment(right=self.columns[section].right)
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """What a cell says."""
        if not index.isValid():
            return None
        record, column = self.records[index.row()], self.columns[index.column()]
        if role in (Role.DisplayRole, Role.AccessibleTextRole):
            return column.text(record).replace("\n", " ")
        if role == Role.ToolTipRole:
            return as_plain_tip((column.hint or column.text)(record))
        if role == Role.DecorationRole:
            return column.icon(record) if column.icon else None
        if role == Role.ForegroundRole:
            return column.colour(record) if column.colour else None
        return _alignment(right=column.right) if role == Role.TextAlignmentRole else None


def record_view(model: RecordTable[R], name: str, parent: QWidget) -> QTableView:
    """A table of records, as all of them look."""
    view = QTableView(parent)
    view.setModel(model)
    view.setAccessibleName(name)
    dress_table(view)
    for place, column in enumerate(model.columns):
        if column.width:
            view.setColumnWidth(place, column.width)
        else:
            view.horizontalHeader().setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
    return view


def dress_table(view: QTableView) -> None:
    """Rows of one height, whole rows selected, no grid, no row numbers."""
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.verticalHeader().hide()
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.verticalHeader().setDefaultSectionSize(tokens.ROW_HEIGHT)
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def selected_record(view: QTableView) -> Any | None:
    """The record that is selected, if any."""
    model, index = view.model(), view.currentIndex()
    if isinstance(model, RecordTable) and index.isValid() and index.row() < len(model.records):
        return model.records[index.row()]
    return None


def as_plain_tip(text: str) -> str:
    """A tool tip that Qt does not take for HTML, whatever a stranger wrote."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    return f"<qt>{escaped}</qt>" if text else ""


def _alignment(*, right: bool) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
