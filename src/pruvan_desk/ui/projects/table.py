"""The table itself: many rows can be selected, and 100,000 selected rows cost no more to draw than one."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyle,
    QStyleOptionHeader,
    QTableView,
    QWidget,
)

from pruvan_desk.store.views.projects import ProjectRow
from pruvan_desk.ui.projects.columns import COLUMNS, DUE, ITEMS, PLACE
from pruvan_desk.ui.projects.items_bar import ItemsBar, TintedCell
from pruvan_desk.ui.projects.redrawing import Redrawing
from pruvan_desk.ui.projects.table_model import ProjectTable
from pruvan_desk.ui.tables import dress_table
from pruvan_desk.ui.theme import Theme

MANY = 2000
"""A selection of more rows than this goes when the order changes: Qt would follow each of its cells."""


class PlainHeader(QHeaderView):
    """Headings that do not ask, at every drawing, whether their whole column is selected."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setStretchLastSection(True)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """One heading, with the arrow where it is sorted by."""
        option = QStyleOptionHeader()
        self.initStyleOption(option)
        option.rect, option.section = rect, section
        option.text = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        option.textAlignment = self.defaultAlignment()
        if self.isSortIndicatorShown() and self.sortIndicatorSection() == section:
            up = self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
            arrows = QStyleOptionHeader.SortIndicator
            option.sortIndicator = arrows.SortDown if up else arrows.SortUp
        self.style().drawControl(QStyle.ControlElement.CE_Header, option, painter, self)


class ProjectsTable(QTableView):
    """Shows a :class:`ProjectTable`. ``columns_changed`` tells that somebody moved, sized or hid a column."""

    columns_changed = Signal()
    menu_wanted = Signal(object)
    """A context menu is wanted here (a global position)."""

    def __init__(self, model: ProjectTable, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.projects = model
        self._redrawing = Redrawing(self, lambda: model.shown)
        self.setModel(model)
        header = PlainHeader(self)
        self.setHorizontalHeader(header)
        self.setAccessibleName("Projects")
        dress_table(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setItemDelegateForColumn(ITEMS, ItemsBar(theme, self))
        self._plain, self._tinted = self.itemDelegate(), TintedCell(self)
        self._applying = False
        self.show_columns([])
        header.setSortIndicator(DUE, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(lambda point: self.column_menu(self).popup(header.mapToGlobal(point)))
        for signal in (header.sectionResized, header.sectionMoved, header.sortIndicatorChanged):
            signal.connect(self._note_columns)
        model.layoutAboutToBeChanged.connect(self._let_go_of_many)
        model.layoutAboutToBeChanged.connect(self._note_order)
        model.dataChanged.connect(self._note_looks)
        model.rowsAboutToBeInserted.connect(self._redrawing.note_rows)
        model.rowsAboutToBeRemoved.connect(self._redrawing.note_rows)

    def chosen(self) -> list[ProjectRow]:
        """The selected projects, from top to bottom; the current one where none is selected."""
        shown = self.projects.shown
        places = self._ranges()
        rows = [row for top, bottom in places for row in shown[top : bottom + 1]]
        if not rows and self.currentIndex().isValid():
            rows = [shown[self.currentIndex().row()]]
        return rows

    def selected_count(self) -> int:
        """How many rows are selected."""
        return sum(bottom - top + 1 for top, bottom in self._ranges())

    def _ranges(self) -> list[tuple[int, int]]:
        """The selected rows, as ranges: Qt's lists of indexes take seconds for many."""
        selection = self.selectionModel().selection()
        parts = (selection.at(place) for place in range(selection.count()))
        return sorted({(part.top(), part.bottom()) for part in parts})

    def colour_by(self, rule: str) -> None:
        """Tints the rows by status or due date; not at all without a rule."""
        self.setItemDelegate(self._tinted if rule else self._plain)
        self.projects.colour_by(rule)

    def columns(self) -> list[dict[str, Any]]:
        """The columns as they are, from left to right: name, width, whether shown."""
        header = self.horizontalHeader()
        order = (header.logicalIndex(place) for place in range(header.count()))
        return [
            {"name": COLUMNS[n].name, "width": self._width(n), "shown": not header.isSectionHidden(n)} for n in order
        ]

    def show_columns(self, wanted: Sequence[Mapping[str, Any]]) -> None:
        """Columns as they were kept; those that are not named follow, as they are by default."""
        self._applying = True
        header = self.horizontalHeader()
        known = {str(one.get("name")): one for one in wanted if one.get("name") in PLACE}
        names = [*known, *(column.name for column in COLUMNS if column.name not in known)]
        for place, name in enumerate(names):
            logical = PLACE[name]
            header.moveSection(header.visualIndex(logical), place)
            width = known.get(name, {}).get("width")
            header.resizeSection(logical, width if isinstance(width, int) and width > 0 else COLUMNS[logical].width)
            header.setSectionHidden(logical, not bool(known.get(name, {}).get("shown", COLUMNS[logical].shown)))
        self._applying = False

    def column_menu(self, parent: QWidget) -> QMenu:
        """Which columns are shown; the project itself always is."""
        menu = QMenu("Columns", parent)
        menu.setAccessibleName("Columns")
        for place, column in enumerate(COLUMNS):
            action = menu.addAction(column.heading)
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(place))
            action.setEnabled(place > 0)
            action.toggled.connect(lambda shown, place=place: self._show_column(place, shown=shown))
        menu.addSeparator()
        menu.addAction("As they were").triggered.connect(self._reset_columns)
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the selected ones."""
        self.menu_wanted.emit(event.globalPos())

    def doItemsLayout(self) -> None:
        """Draws what of the rows has changed, where they have."""
        self._redrawing.lay_out(super().doItemsLayout)

    def paintEvent(self, event: QPaintEvent) -> None:
        """What was asked for; then the rest."""
        super().paintEvent(event)
        self._redrawing.note_drawn()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Another part of the table."""
        super().scrollContentsBy(dx, dy)
        self._redrawing.note_other()

    def select_project(self, place: int) -> None:
        """Selects one row, and brings it into sight."""
        index = self.projects.index(place, 0)
        self.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        )
        self.scrollTo(index)

    def _width(self, place: int) -> int:
        hidden = self.isColumnHidden(place)
        return COLUMNS[place].width if hidden else self.columnWidth(place)

    def _show_column(self, place: int, *, shown: bool) -> None:
        self.setColumnHidden(place, not shown)
        self.columns_changed.emit()

    def _reset_columns(self) -> None:
        self.show_columns([])
        self.columns_changed.emit()

    def _note_columns(self) -> None:
        if not self._applying:
            self.columns_changed.emit()

    def _note_order(self) -> None:
        if self.projects.is_taking:
            self._redrawing.note_rows()
        else:
            self._redrawing.note_wish()

    def _note_looks(self, first: QModelIndex, last: QModelIndex) -> None:
        """The colours of all, or what is due by now; one row that changed is known by itself."""
        if first.row() != last.row():
            self._redrawing.note_other()

    def _let_go_of_many(self) -> None:
        if self.selected_count() > MANY:
            current = self.currentIndex()
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().select(current, flags)
