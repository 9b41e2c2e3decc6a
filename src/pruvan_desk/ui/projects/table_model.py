"""The table of projects: tuples in memory, read in slices, mended row by row as they change."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QModelRoleData, QModelRoleDataSpan, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from pruvan_desk.domain.orders import past_due
from pruvan_desk.store.views.projects import ProjectRow
from pruvan_desk.ui.projects.colours import tint_of, tints
from pruvan_desk.ui.projects.columns import CHECK_IN, COLUMNS, DUE, ITEMS, SURVEY, check_in_steps_words, items_in_words
from pruvan_desk.ui.projects.filters import Facet, ProjectFilter, choices
from pruvan_desk.ui.projects.search import ProjectIndex
from pruvan_desk.ui.tables import Index, Role, as_plain_tip
from pruvan_desk.ui.theme import Theme

ITEMS_ROLE = Qt.ItemDataRole.UserRole + 1
MANY = 40
"""From so many changed rows on, the order is made anew in one go."""
TIMELY = {"due", "state"}
"""Facets whose values change with the clock."""

CHECK_IN_LOOK = {"required": ("clock", "waiting"), "failed": ("warning", "bad"), "succeeded": ("check", "sent")}
SURVEY_LOOK = {True: ("check", "sent"), False: ("clock", "waiting")}


class ProjectTable(QAbstractTableModel):
    """What the table view shows. Rows come in with :meth:`take`; search, filter and sort never ask the database."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.index_of_projects = ProjectIndex(COLUMNS[DUE].key)
        self.zone: tzinfo = UTC
        self.is_taking = False
        """Whether rows come in from elsewhere: the order changes though nobody asks for it."""
        self._theme = theme
        self._now = datetime.now(UTC)
        self._filter = ProjectFilter()
        self._rule = ""
        self._tints: Mapping[str, QColor] = {}
        self._answers: Mapping[int, Callable[[ProjectRow, int], Any]] = {
            Role.DisplayRole: self._words,
            Role.AccessibleTextRole: self._spoken,
            Role.ToolTipRole: lambda row, column: as_plain_tip(self._spoken(row, column)),
            Role.ForegroundRole: self._colour,
            Role.BackgroundRole: self._tint,
            Role.DecorationRole: self._sign,
            ITEMS_ROLE: lambda row, _column: row.items,
        }
        theme.changed.connect(self._follow_theme)

    @property
    def shown(self) -> Sequence[ProjectRow]:
        """The rows of the table, in order."""
        return self.index_of_projects.shown

    def tick(self, zone: tzinfo) -> None:
        """Looks at the clock: what fell due meanwhile turns red."""
        self.zone, self._now = zone, datetime.now(zone)
        if TIMELY & self._filter.chosen.keys():
            self.filter(self._filter)
        self._all_changed()

    def _all_changed(self) -> None:
        if self.shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.shown) - 1, len(COLUMNS) - 1))

    def take(self, rows: Sequence[ProjectRow], gone: Collection[int] = ()) -> None:
        """New and changed rows, and ids of those that are no more."""
        projects = self.index_of_projects
        changed = [row for row in rows if projects.by_id.get(row.id) != row]
        if len(changed) + len(gone) > MANY:
            self.is_taking = True
            try:
                self._rearranged(lambda: projects.add(changed, gone))
            finally:
                self.is_taking = False
            return
        for project_id in gone:
            self._drop(project_id)
        for row in changed:
            self._mend(row)

    def search(self, words: str) -> None:
        """Shows what holds every word."""
        self._rearranged(lambda: self.index_of_projects.search(words))

    def filter(self, wanted: ProjectFilter) -> None:
        """Shows only what has one of the values chosen of every facet."""
        self._filter = wanted
        self._rearranged(lambda: self.index_of_projects.filter(wanted.predicate(self._now)))

    def colour_by(self, rule: str) -> None:
        """Tints the rows by ``status``, ``due``, or not at all (empty)."""
        self._tints = tints(self._theme, rule)
        self._rule = rule
        self._all_changed()

    def _follow_theme(self) -> None:
        self.colour_by(self._rule)

    def choices(self, facet: Facet) -> list[str]:
        """What can be chosen of a facet."""
        return choices(facet, self.index_of_projects.by_id.values(), self._now)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Orders by a column."""
        descending = order == Qt.SortOrder.DescendingOrder
        if 0 <= column < len(COLUMNS):
            self._rearranged(lambda: self.index_of_projects.sort(COLUMNS[column].key, descending=descending))

    def place(self, project_id: int) -> int | None:
        """The table row of a project; ``None`` when it is not shown."""
        row = self.index_of_projects.by_id.get(project_id)
        if row is None:
            return None
        place, there = self.index_of_projects.place_of(row)
        return place if there else None

    def rowCount(self, parent: Index | None = None) -> int:
        """How many projects are shown."""
        return 0 if parent is not None and parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index | None = None) -> int:
        """How many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """The headings."""
        if orientation == Qt.Orientation.Horizontal and role == Role.DisplayRole and section < len(COLUMNS):
            return COLUMNS[section].heading
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """What a cell says. Asked for thousands of cells a second: most roles are answered by one look into a table."""
        answer = self._answers.get(role)
        place, shown = index.row(), self.index_of_projects.shown
        return answer(shown[place], index.column()) if answer is not None and 0 <= place < len(shown) else None

    def multiData(self, index: Index, asked: QModelRoleDataSpan | QModelRoleData) -> None:
        """All that a cell needs to be painted, in one step: each call into Python may have to wait for a reading thread."""
        assert isinstance(asked, QModelRoleDataSpan)  # noqa: S101 - one alone becomes a span on its way
        place, shown = index.row(), self.index_of_projects.shown
        row, column = shown[place] if 0 <= place < len(shown) else None, index.column()
        for number in range(asked.length()):
            cell = asked[number]  # type: ignore[index]  # it is a sequence; the stubs do not say so
            answer = self._answers.get(cell.role()) if row is not None else None
            value = answer(row, column) if answer is not None and row is not None else None
            if value is None:
                cell.clearData()  # the span is used again and again
            else:
                cell.setData(value)

    def _words(self, row: ProjectRow, column: int) -> str:
        return COLUMNS[column].words(row, self.zone)

    def _tint(self, row: ProjectRow, _column: int) -> QColor | None:
        return self._tints.get(tint_of(row, self._rule, self._now)) if self._rule else None

    def overdue(self, row: ProjectRow) -> bool:
        """Whether an open project's due date is over."""
        return not row.closed and past_due(row.due, self._now)

    def _spoken(self, row: ProjectRow, column: int) -> str:
        words = COLUMNS[column].words(row, self.zone)
        if column == DUE and self.overdue(row):
            return f"{words}, past due"
        if column == CHECK_IN:
            return check_in_steps_words(row)
        return items_in_words(row) if column == ITEMS else words

    def _colour(self, row: ProjectRow, column: int) -> Any:
        if column == DUE and self.overdue(row):
            return self._theme.colour("bad")
        return self._theme.colour("muted") if row.closed else None

    def _sign(self, row: ProjectRow, column: int) -> Any:
        if column == DUE and self.overdue(row):
            return self._theme.icon("warning", "bad")
        if column == CHECK_IN and row.check_in:
            return self._theme.icon(*CHECK_IN_LOOK[row.check_in])
        if column == SURVEY and row.surveys:
            return self._theme.icon(*SURVEY_LOOK[row.surveys == row.surveys_submitted])
        return None

    def _mend(self, row: ProjectRow) -> None:
        """One row that is new, changed, moved, or no longer matches."""
        projects = self.index_of_projects
        old = projects.by_id.get(row.id)
        if old is not None:
            place, there = projects.place_of(old)
            if there and projects.matches(row) and projects.same_place(old, row):
                projects.add([row])
                self.dataChanged.emit(self.index(place, 0), self.index(place, len(COLUMNS) - 1))
                return
            self._drop(row.id)
        if not projects.matches(row):
            projects.add([row])
            return
        place, _ = projects.place_of(row)
        self.beginInsertRows(QModelIndex(), place, place)
        projects.add([row])
        self.endInsertRows()

    def _drop(self, project_id: int) -> None:
        projects = self.index_of_projects
        old = projects.by_id.get(project_id)
        if old is None:
            return
        place, there = projects.place_of(old)
        if not there:
            projects.add((), [project_id])
            return
        self.beginRemoveRows(QModelIndex(), place, place)
        projects.add((), [project_id])
        self.endRemoveRows()

    def _rearranged(self, change: Callable[[], None]) -> None:
        """Changes the order as a whole; what is selected stays selected where it is still shown."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self.shown[index.row()].id for index in before]
        change()
        if before:
            places = {project_id: self.place(project_id) for project_id in set(ids)}
            after = [
                QModelIndex() if (place := places[project_id]) is None else self.index(place, index.column())
                for project_id, index in zip(ids, before, strict=True)
            ]
            self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
