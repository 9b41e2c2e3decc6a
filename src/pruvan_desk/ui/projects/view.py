"""The Projects view: the table on the left, the selected project on the right."""

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtWidgets import QSplitter, QStackedLayout, QTableView, QVBoxLayout, QWidget

from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.statuses import ProjectStatus
from pruvan_desk.store.views.projects import SLICE, ProjectRow, project_rows, project_slice
from pruvan_desk.store.views.status import DeskStatus
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.page import Page
from pruvan_desk.ui.projects.details import ProjectPanel
from pruvan_desk.ui.projects.items_bar import ItemsBar
from pruvan_desk.ui.projects.table_model import COLUMNS, DUE, ITEMS, ProjectTable
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.tables import dress_table
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import EmptyState, bar, choice_box, label, text_field

CLOCK = 60_000
"""Milliseconds after which due dates are judged again."""


class ProjectsPage(Page):
    """All projects, found as somebody types."""

    name = "projects"

    def __init__(self, desk: Desk, theme: Theme, state: WindowState) -> None:
        super().__init__(desk, theme, state)
        self.model = ProjectTable(theme, self)
        self.search = text_field("Search projects", "Search number, address, task, crew", clear=True)
        self.search.setFixedWidth(40 * tokens.UNIT)
        self.status_filter = choice_box("Status filter")
        self.status_filter.addItem("All statuses", "")
        self.status_filter.addItem("Open", "Open")
        for status in ProjectStatus:
            self.status_filter.addItem(status.value, status.value)
        self.count = label("", "muted")
        self.table = self._make_table()
        self.panel = ProjectPanel(desk, theme)
        self.empty = EmptyState(theme, "projects")
        self._put_together()
        self._connect()
        self._clock = QTimer(self, interval=CLOCK)
        self._clock.timeout.connect(lambda: self.model.tick(desk.settings.zone))
        self._clock.start()
        self._reading = True
        self._found: list[ProjectRow] = []
        self._integrations = 0

    def load(self) -> None:
        """Reads all projects, a slice at a time."""
        self.search.setText(self.state.get("projects/search"))
        self.status_filter.setCurrentIndex(max(0, self.status_filter.findData(self.state.get("projects/status"))))
        self._read_slice(0)

    def take(self, changes: Changes) -> None:
        """Reads the projects named again."""
        if changes.settings:
            self.model.tick(self.desk.settings.zone)
        if not changes.projects:
            return
        asked = changes.projects
        self.desk.read(
            lambda session: project_rows(session, sorted(asked)),
            lambda rows: self._mend(rows, asked - {row.id for row in rows}),
        )

    def open_project(self, project_id: int) -> None:
        """Selects a project, if it is shown."""
        place = self.model.place(project_id)
        if place is not None:
            self.table.setCurrentIndex(self.model.index(place, 0))
            self.table.scrollTo(self.model.index(place, 0))

    def focus_first(self) -> None:
        """The table."""
        self.table.setFocus()

    def focus_search(self) -> None:
        """Ctrl+F."""
        self.search.setFocus()
        self.search.selectAll()

    def note_status(self, status: DeskStatus) -> None:
        """What is to be said where there are no projects depends on the integrations."""
        self._integrations = status.integrations
        self.model.zone = status.settings.zone
        self._show_emptiness()

    def _make_table(self) -> QTableView:
        table = QTableView(self)
        table.setModel(self.model)
        table.setAccessibleName("Projects")
        dress_table(table)
        table.setItemDelegateForColumn(ITEMS, ItemsBar(self.theme, table))
        for place, column in enumerate(COLUMNS):
            table.setColumnWidth(place, column.width)
        header = table.horizontalHeader()
        header.setStretchLastSection(True)
        header.setSectionsMovable(True)
        header.setSortIndicator(DUE, Qt.SortOrder.AscendingOrder)
        table.setSortingEnabled(True)
        return table

    def _put_together(self) -> None:
        left = QWidget()
        box = QVBoxLayout(left)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(bar(self.search, self.status_filter, None, self.count))
        stack = QWidget()
        self._stack = QStackedLayout(stack)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        box.addWidget(stack, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.panel)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([1016, 40 * tokens.UNIT])
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.splitter)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._search)
        self.status_filter.currentIndexChanged.connect(self._filter)
        self.table.selectionModel().currentRowChanged.connect(self._select)
        self.table.activated.connect(self._activate)
        self.panel.gallery_wanted.connect(self.gallery_wanted)
        self.panel.portal_wanted.connect(self.portal_wanted)
        self.empty.button.clicked.connect(self._act_on_emptiness)
        self.splitter.splitterMoved.connect(lambda: self.state.put("projects/splitter", self.splitter.saveState()))
        header = self.table.horizontalHeader()
        for signal in (header.sectionResized, header.sectionMoved, header.sortIndicatorChanged):
            signal.connect(lambda *_: self.state.put("projects/header", header.saveState()))
        if kept := self.state.raw("projects/splitter"):
            self.splitter.restoreState(kept)
        if kept := self.state.raw("projects/header"):
            header.restoreState(kept)

    def _read_slice(self, after: int) -> None:
        self.desk.read(lambda session: project_slice(session, after), self._take_slice)

    def _take_slice(self, rows: list[ProjectRow]) -> None:
        self._found += rows
        first = len(self._found) == len(rows)
        if len(rows) == SLICE:
            self._read_slice(rows[-1].id)
        if first or len(rows) < SLICE:
            self.model.take(self._found if len(rows) < SLICE else rows)
        if len(rows) < SLICE:
            self._reading, self._found = False, []
            self.open_project(int(self.state.get("projects/open", "0") or 0))
        self._show_emptiness()

    def _mend(self, rows: list[ProjectRow], gone: frozenset[int]) -> None:
        self.model.take(rows, gone)
        self._show_emptiness()
        row = self._current()
        if row is not None and (row.id in gone or any(row.id == changed.id for changed in rows)):
            self.panel.refresh()

    def _current(self) -> ProjectRow | None:
        place = self.table.currentIndex().row()
        return self.model.shown[place] if 0 <= place < len(self.model.shown) else None

    def _search(self, words: str) -> None:
        self.model.search(words)
        self.state.put("projects/search", words)
        self._show_emptiness()

    def _filter(self) -> None:
        status = self.status_filter.currentData()
        self.model.filter_status(status)
        self.state.put("projects/status", status)
        self._show_emptiness()

    def _select(self, current: QModelIndex) -> None:
        row = self.model.shown[current.row()] if current.isValid() else None
        self.panel.show_project(row.id if row else None)
        if row:
            self.state.put("projects/open", str(row.id))

    def _activate(self, index: QModelIndex) -> None:
        self.gallery_wanted.emit(self.model.shown[index.row()].id, None)

    def _show_emptiness(self) -> None:
        if not self.table.currentIndex().isValid():
            self.panel.show_project(None)
        shown, known = len(self.model.shown), len(self.model.index_of_projects.by_id)
        self.count.setText(text.counted(shown, "project") if shown == known else f"{shown:,} of {known:,} projects")
        self._stack.setCurrentIndex(0 if shown or self._reading else 1)
        if known:
            self.empty.say("No project matches", "Search and filter hide all of them.", "Show all projects")
        elif self._integrations:
            self.empty.say("No orders yet", "They appear here by themselves. F5 asks for them now.")
        else:
            self.empty.say("No orders yet", "Connect FAStrack in Integrations.", "Connect FAStrack")

    def _act_on_emptiness(self) -> None:
        if self.model.index_of_projects.by_id:
            self.search.clear()
            self.status_filter.setCurrentIndex(0)
        else:
            self.page_wanted.emit("integrations")
