"""The Projects view: the strip of counts, filters and table on the left, the selected project on the right."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QMenu, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from pruvan_desk.core.changes import Changes
from pruvan_desk.store.views.dashboard import Dashboard, dashboard
from pruvan_desk.store.views.projects import SLICE, ProjectRow, project_rows, project_slice
from pruvan_desk.store.views.status import DeskStatus
from pruvan_desk.store.views.undo import UndoState, undo_state
from pruvan_desk.ui import actions, text, tokens
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.page import Page
from pruvan_desk.ui.projects.colours import RULES
from pruvan_desk.ui.projects.columns import COLUMNS, DUE, PLACE
from pruvan_desk.ui.projects.dashboard import DashboardStrip
from pruvan_desk.ui.projects.details import ProjectPanel
from pruvan_desk.ui.projects.filter_bar import FilterBar
from pruvan_desk.ui.projects.filters import ProjectFilter
from pruvan_desk.ui.projects.saved import SavedViews
from pruvan_desk.ui.projects.table import ProjectsTable
from pruvan_desk.ui.projects.table_model import ProjectTable
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import EmptyState, bar, button, choice_box, label, text_field

if TYPE_CHECKING:
    from pruvan_desk.ui.projects.commands import ProjectCommands
    from pruvan_desk.ui.zips import ZipExport

DEEDS = ("undo", "redo", *(deed.name for deed in actions.DEEDS if deed.menu == actions.PROJECT))
"""What can be done here, by the names of the action map."""
CLOCK = 60_000
"""Milliseconds after which due dates are judged again."""
TOGETHER = 150
"""Milliseconds in which changes lead to one reading of the rows they name."""
PIECE = 200
"""Of so many that changed together, the next are read when these have been drawn: nobody waits long for the screen."""
COUNT = 800
"""Milliseconds in which changes lead to one counting."""


class ProjectsPage(Page):
    """All projects, found as somebody types."""

    name = "projects"

    def __init__(self, desk: Desk, theme: Theme, state: WindowState) -> None:
        super().__init__(desk, theme, state)
        self.model = ProjectTable(theme, self)
        self.strip = DashboardStrip(theme)
        self.search = text_field("Search projects", "Search number, address, task, crew", clear=True)
        self.search.setFixedWidth(34 * tokens.UNIT)
        self.filters = FilterBar(theme, self.model.choices)
        self.views = SavedViews(desk, theme, self.look, self)
        self.colours = choice_box("Colours")
        for rule, words in RULES.items():
            self.colours.addItem(words, rule)
        self.columns = button("Columns", theme, kind="link", hint="Which columns are shown")
        self.new = button("New", theme, "plus", hint="A new project of the office's own")
        actions.name_key(self.new, "project_new")
        self.change = button("Change…", theme, hint="Status, crew, due date of all that are selected")
        actions.name_key(self.change, "project_change")
        self.count = label("", "muted")
        self.table = ProjectsTable(self.model, theme, self)
        self.panel = ProjectPanel(desk, theme)
        self.empty = EmptyState(theme, "projects")
        self._commands: ProjectCommands | None = None
        self._zips: ZipExport | None = None
        self.page_actions = actions.install(
            self, {**{name: partial(self._do, name) for name in DEEDS}, "project_zip": self.save_zip}
        )
        self._clock = QTimer(self, interval=CLOCK)
        self._soon = QTimer(self, singleShot=True, interval=COUNT)
        self._changed: frozenset[int] = frozenset()
        self._read_soon = QTimer(self, singleShot=True, interval=TOGETHER)
        self._reading = True
        self._found: list[ProjectRow] = []
        self._awaited: int | None = None
        self._integrations = 0
        self._latest_counts, self._latest_undo = Latest(), Latest()
        self._put_together()
        self._connect()

    @property
    def commands(self) -> "ProjectCommands":
        """What can be done with projects; loaded when something is: the table is to be there first."""
        if self._commands is None:
            from pruvan_desk.ui.projects.commands import ProjectCommands  # noqa: PLC0415 - as said

            self._commands = ProjectCommands(self, self)
        return self._commands

    def load(self) -> None:
        """Reads all projects, a slice at a time."""
        self.search.setText(self.state.get("projects/search"))
        self.model.zone = self.desk.settings.zone
        self.show_look(json.loads(self.state.get("projects/look", "{}")))
        self._read_slice(0)
        self.views.read()
        self._count()

    def take(self, changes: Changes) -> None:
        """Reads the projects named again."""
        if changes.settings:
            self.model.tick(self.desk.settings.zone)
        if changes.saved_views:
            self.views.read()
        if (changes.projects or changes.items or changes.jobs) and not self._soon.isActive():
            self._soon.start()
        if changes.projects:
            self._changed |= changes.projects
            if not self._read_soon.isActive():
                self._read_soon.start()

    def _read_changed(self) -> None:
        changed, self._changed = sorted(self._changed), frozenset()
        for first in range(0, len(changed), PIECE):
            self._read_piece(changed[first : first + PIECE])

    def _read_piece(self, ids: list[int]) -> None:
        self.desk.read(
            lambda session: project_rows(session, ids),
            lambda rows: self._mend(rows, frozenset(ids) - {row.id for row in rows}),
        )

    def open_project(self, project_id: int) -> None:
        """Selects a project, if it is shown."""
        place = self.model.place(project_id)
        if place is not None:
            self.table.select_project(place)

    def show_when_there(self, project_id: int) -> None:
        """Selects a project as soon as the table has it."""
        self._awaited = project_id
        self._show_awaited()

    def chosen(self) -> list[ProjectRow]:
        """The projects that a command acts on."""
        return self.table.chosen()

    def all_shown(self) -> Sequence[ProjectRow]:
        """What the table shows, in its order."""
        return self.model.shown

    def say(self, words: str, advice: str = "") -> None:
        """Tells somebody what happened."""
        self.said.emit(words, advice)

    def look(self) -> Mapping[str, Any]:
        """How the table looks now: filters, order, columns, colours, and what is searched."""
        header = self.table.horizontalHeader()
        return {
            "search": self.search.text(),
            "filter": self.filters.filter.to_json(),
            "sort": COLUMNS[header.sortIndicatorSection()].name,
            "descending": header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder,
            "columns": self.table.columns(),
            "colours": self.colours.currentData(),
        }

    def show_look(self, look: Mapping[str, Any]) -> None:
        """Makes the table look as it did; what is not said, or not known any more, is as by default."""
        self.table.show_columns([one for one in look.get("columns", ()) if isinstance(one, dict)])
        order = Qt.SortOrder.DescendingOrder if look.get("descending") else Qt.SortOrder.AscendingOrder
        self.table.sortByColumn(PLACE.get(str(look.get("sort")), DUE), order)
        self.colours.setCurrentIndex(max(0, self.colours.findData(look.get("colours", ""))))
        self.filters.show_filter(ProjectFilter.from_json(look.get("filter")))
        if isinstance(words := look.get("search"), str):
            self.search.setText(words)
        self._filter()

    def focus_first(self) -> None:
        """The table."""
        self.table.setFocus()

    def focus_search(self) -> None:
        """Ctrl+F."""
        self.search.setFocus()
        self.search.selectAll()

    def focus_note(self) -> None:
        """Where a note is written."""
        self.panel.focus_note()

    def save_zip(self) -> None:
        """All files of the projects that are chosen, as one ZIP."""
        if rows := self.chosen():
            self.zips.ask_for_projects([row.key for row in rows], [row.id for row in rows])

    @property
    def zips(self) -> "ZipExport":
        """Loaded when first wanted, as the commands are."""
        if self._zips is None:
            from pruvan_desk.ui.zips import ZipExport  # noqa: PLC0415 - as said

            self._zips = ZipExport(self.desk, self.theme, self.state, self)
            self._zips.said.connect(self.said)
            self._around.addWidget(self._zips.strip)
        return self._zips

    def close_page(self) -> None:
        """A report or ZIP that is being made is given up."""
        if self._commands is not None:
            self._commands.stop()
        if self._zips is not None:
            self._zips.stop()

    def note_status(self, status: DeskStatus) -> None:
        """What is to be said where there are no projects depends on the integrations."""
        self._integrations = status.integrations
        if self.model.zone != status.settings.zone:
            self.model.tick(status.settings.zone)
        self._show_emptiness()

    def _do(self, name: str, *_of_the_signal: object) -> None:
        self.commands.handlers()[name]()

    def _make_report(self, project_id: int) -> None:
        self.commands.reports.make(project_id)

    def _add_note(self, project_id: int, words: str) -> None:
        self.commands.add_note(project_id, words)

    def _remove_note(self, note_id: int) -> None:
        self.commands.remove_note(note_id)

    def _put_together(self) -> None:
        left = QWidget()
        box = QVBoxLayout(left)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.strip)
        box.addWidget(bar(self.search, self.filters, None, self.views.button, self.new))
        stack = QWidget()
        self._stack = QStackedLayout(stack)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        box.addWidget(stack, 1)
        box.addWidget(bar(self.count, self.change, None, self.columns, self.colours, name="hints", tight=True))
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.panel)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([1016, 40 * tokens.UNIT])
        self._around = QVBoxLayout(self)
        self._around.setContentsMargins(0, 0, 0, 0)
        self._around.setSpacing(0)
        self._around.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._search)
        self.filters.changed.connect(self._filter)
        self.strip.wanted.connect(self._filter_by_tile)
        self.views.chosen.connect(self.show_look)
        self.colours.currentIndexChanged.connect(lambda _place: self._colour())
        self.columns.clicked.connect(lambda: self.table.column_menu(self).popup(self.columns.mapToGlobal(QPoint(0, 0))))
        self.new.clicked.connect(partial(self._do, "project_new"))
        self.change.clicked.connect(partial(self._do, "project_change"))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._select())
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_count())
        self.table.activated.connect(lambda index: self.gallery_wanted.emit(self.model.shown[index.row()].id, None))
        self.table.columns_changed.connect(self._remember)
        self.table.menu_wanted.connect(self._open_menu)
        self.panel.gallery_wanted.connect(self.gallery_wanted)
        self.panel.positions_wanted.connect(self.positions_wanted)
        self.panel.portal_wanted.connect(self.portal_wanted)
        self.panel.survey_wanted.connect(self.survey_wanted)
        self.panel.report_wanted.connect(self._make_report)
        self.panel.edit_wanted.connect(partial(self._do, "project_edit"))
        self.panel.close_wanted.connect(partial(self._do, "project_close"))
        self.panel.notes.added.connect(self._add_note)
        self.panel.notes.removed.connect(self._remove_note)
        self.empty.button.clicked.connect(self._act_on_emptiness)
        self._clock.timeout.connect(self._tick)
        self._clock.start()
        self._soon.timeout.connect(self._count)
        self._read_soon.timeout.connect(self._read_changed)
        self.splitter.splitterMoved.connect(lambda: self.state.put("projects/splitter", self.splitter.saveState()))
        if kept := self.state.raw("projects/splitter"):
            self.splitter.restoreState(kept)

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
            self.panel.follow()
        self._show_awaited()

    def _show_awaited(self) -> None:
        if self._awaited is None or self._awaited not in self.model.index_of_projects.by_id:
            return
        if self.model.place(self._awaited) is None:
            self._show_all()
        self.open_project(self._awaited)
        self._awaited = None

    def _current(self) -> ProjectRow | None:
        place = self.table.currentIndex().row()
        return self.model.shown[place] if 0 <= place < len(self.model.shown) else None

    def _tick(self) -> None:
        self.model.tick(self.desk.settings.zone)
        self._count()

    def _count(self) -> None:
        """Counts in the database what the strip shows, and looks what could be undone."""
        now, who = datetime.now(self.desk.settings.zone), self.desk.who
        self.desk.read(
            lambda session: dashboard(session, now), lambda counts: self._show_counts(counts, now), self._latest_counts
        )
        self.desk.read(lambda session: undo_state(session, who), self._show_undo, self._latest_undo)

    def _show_counts(self, counts: Dashboard, now: datetime) -> None:
        self.strip.show_counts(counts, now)

    def _show_undo(self, state: UndoState) -> None:
        for name, what in (("undo", state.undo), ("redo", state.redo)):
            action = self.page_actions[name]
            action.setText(f"{actions.BY_NAME[name].words} {what}".strip())

    def _search(self, words: str) -> None:
        self.model.search(words)
        self.state.put("projects/search", words)
        self._show_emptiness()

    def _filter(self) -> None:
        self.model.filter(self.filters.filter)
        self.strip.show_filter(self.filters.filter)
        self._remember()
        self._show_emptiness()

    def _filter_by_tile(self, facet: str, value: str) -> None:
        self.filters.show_filter(self.filters.filter.with_choice(facet, [value] if value else []))
        self._filter()

    def _colour(self) -> None:
        self.table.colour_by(self.colours.currentData())
        self._remember()

    def _remember(self) -> None:
        look = {name: value for name, value in self.look().items() if name != "search"}
        self.state.put("projects/look", json.dumps(look))

    def _select(self) -> None:
        row = self._current()
        self.panel.show_project(row.id if row else None)
        if row:
            self.state.put("projects/open", str(row.id))

    def _open_menu(self, point: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        about = [action for name, action in self.page_actions.items() if name.startswith("project_")]
        actions.fill_menu(menu, about)
        menu.popup(point)

    def _show_emptiness(self) -> None:
        if not self.table.currentIndex().isValid():
            self.panel.show_project(None)
        self._show_count()
        empty = not self.model.shown and not self._reading
        if self._stack.currentIndex() != empty:
            self._stack.setCurrentIndex(empty)
        if not empty:
            return
        if self.model.index_of_projects.by_id:
            self.empty.say("No project matches", "Search and filters hide all of them.", "Show all projects")
        elif self._integrations:
            self.empty.say("No orders yet", "They appear here by themselves. F5 asks for them now.")
        else:
            self.empty.say("No orders yet", "Connect FAStrack in Integrations.", "Connect FAStrack")

    def _show_count(self) -> None:
        shown, known = len(self.model.shown), len(self.model.index_of_projects.by_id)
        words = text.counted(shown, "project") if shown == known else f"{shown:,} of {known:,} projects"
        selected = self.table.selected_count()
        self.count.setText(f"{words} · {selected:,} selected" if selected > 1 else words)
        self.change.setVisible(selected > 1)

    def _show_all(self) -> None:
        self.search.clear()
        self.filters.show_filter(ProjectFilter())
        self._filter()

    def _act_on_emptiness(self) -> None:
        if self.model.index_of_projects.by_id:
            self._show_all()
        else:
            self.page_wanted.emit("integrations")
