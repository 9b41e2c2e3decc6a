"""The QA gallery: what is shown, the grid, the single view, and the keys that mark."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QSplitter, QStackedLayout, QVBoxLayout, QWidget

from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.missing import Lack
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.thumbnails import ThumbnailCache
from pruvan_desk.store.views.items import (
    PENDING,
    PROJECT,
    UNASSIGNED,
    ItemFacts,
    ItemRow,
    Scope,
    gallery_scopes,
    item_facts,
    items_by_id,
    scope_items,
)
from pruvan_desk.ui import actions, text, tokens
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.gallery.commands import GalleryCommands
from pruvan_desk.ui.gallery.decoders import Decoders
from pruvan_desk.ui.gallery.facts import FactsPanel
from pruvan_desk.ui.gallery.filters import evidence_chips, state_chips
from pruvan_desk.ui.gallery.grid import GridView
from pruvan_desk.ui.gallery.marks import Marker
from pruvan_desk.ui.gallery.model import GalleryModel
from pruvan_desk.ui.gallery.photo import PhotoView
from pruvan_desk.ui.gallery.thumbnails import ThumbnailLoader
from pruvan_desk.ui.gallery.tile import TileDelegate
from pruvan_desk.ui.page import Page
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import EmptyState, bar, button, choice_box, column, label, text_field

QUIET = 60
"""Milliseconds in which changes of the counts are drawn together."""


class GalleryPage(Page):
    """Photos of one project, all that are Pending QA, or those without a project."""

    name = "gallery"

    def __init__(self, desk: Desk, theme: Theme, state: WindowState) -> None:
        super().__init__(desk, theme, state)
        self.model = GalleryModel(self)
        self.decoders = Decoders(self)
        self._thumbnails = ThumbnailCache(desk.folder.thumbnails)
        self.loader = ThumbnailLoader(self._thumbnails, self.decoders, self)
        self.scopes = choice_box("What is shown")
        self.scopes.setMinimumWidth(40 * tokens.UNIT)
        self.search = text_field("Search photos", "Search task, notes, crew", clear=True)
        self.search.setFixedWidth(28 * tokens.UNIT)
        self.publish_button = button("Publish…", theme, "send", "primary", "Publish what has passed (Ctrl+Enter)")
        self.states = state_chips(theme)
        self.evidence = evidence_chips(theme)
        self.grid = GridView(self.model, TileDelegate(theme, self.loader, self), theme, self)
        self.photo = PhotoView(PhotoFiles(desk.folder.photos), self.decoders, self.loader, theme)
        self.facts = FactsPanel(theme)
        self.empty = EmptyState(theme, "gallery")
        self.marker = Marker(desk, self.model, self)
        self.commands = GalleryCommands(self, self)
        self.page_actions = actions.install(self, self.commands.handlers())
        self._scope = Scope(PENDING, title="All Pending QA")
        self._choices: list[Scope] = []
        self._row: ItemRow | None = None
        self._facts: ItemFacts | None = None
        self._latest_scope, self._latest_choices, self._latest_facts = Latest(), Latest(), Latest()
        self._count_soon = QTimer(self, singleShot=True, interval=QUIET)
        self._put_together()
        self._connect()

    def load(self) -> None:
        """Reads the scope that was open last."""
        kind = self.state.get("gallery/scope", PENDING)
        project = self.state.get("gallery/project")
        if self._scope.kind == PENDING and kind == PROJECT and project.isdecimal():
            self._scope = Scope(PROJECT, int(project))
        elif self._scope.kind == PENDING and kind == UNASSIGNED:
            self._scope = Scope(UNASSIGNED, title="Unassigned")
        self.states.choose(self.state.get("gallery/state"))
        self._filter()
        self._read_scope()

    def take(self, changes: Changes) -> None:
        """Reads the items named again."""
        if not changes.items:
            return
        asked = changes.items
        self.loader.forget_missing()
        self.desk.read(lambda session: items_by_id(session, sorted(asked)), lambda rows: self.model.take(rows, asked))
        self._read_choices()

    def open_project(self, project_id: int, lack: Lack | None = None) -> None:
        """Shows the items of a project: as they were filtered last, or those that something missing is about."""
        self.open_scope(Scope(PROJECT, project_id))
        if lack is not None:
            self.states.choose(lack.state or "")
            self.evidence.choose("")
            self.search.setText(lack.task)
            self._filter()

    def open_scope(self, scope: Scope) -> None:
        """Shows other items."""
        self._scope = scope
        self.state.put("gallery/scope", scope.kind)
        self.state.put("gallery/project", str(scope.project_id or ""))
        if self._loaded:
            self._read_scope()

    @property
    def scope(self) -> Scope:
        """What is shown."""
        return self._scope

    def chosen(self) -> list[ItemRow]:
        """The items that a key acts on: in the single view the one that is seen."""
        if self.is_single and self._row is not None:
            return [self._row]
        return self.grid.chosen()

    @property
    def is_single(self) -> bool:
        """Whether the photo has the whole view."""
        return self._left.isHidden()

    def show_single(self, *, single: bool) -> None:
        """The photo alone, or the grid beside it."""
        if single and self._row is None:
            return
        self._left.setHidden(single)
        (self.photo if single else self.grid).setFocus()

    def focus_first(self) -> None:
        """The grid, or the photo."""
        (self.photo if self.is_single else self.grid).setFocus()

    def focus_search(self) -> None:
        """Ctrl+F."""
        self.search.setFocus()
        self.search.selectAll()

    def show_evidence(self, evidence_type: str) -> None:
        """Shows one evidence type, or all."""
        self.evidence.choose(evidence_type)
        self._filter()

    def passed(self) -> list[ItemRow]:
        """What would be published."""
        return [row for row in self.model.all_now() if row.state is ItemState.PASSED]

    def close_page(self) -> None:
        """Stops the threads that decode."""
        self.decoders.stop()
        self._thumbnails.close()

    def _put_together(self) -> None:
        above = column(
            bar(self.scopes, self.search, None, self.publish_button),
            bar(self.states, None, label("Evidence", "muted"), self.evidence),
            spacing=0,
        )
        self._left = QWidget()
        self._stack = QStackedLayout(self._left)
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self.empty)
        self.right = column(self.photo, self.facts, spacing=0)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self._left)
        self.splitter.addWidget(self.right)
        self.splitter.setSizes([800, 536])
        self.splitter.setStretchFactor(0, 1)
        self.hints = label(actions.hints(), "muted")
        more = button("? all keys", self.theme, kind="link")
        more.clicked.connect(self.keys_wanted)
        self.hint_bar = bar(self.hints, None, more, name="hints", tight=True)
        self.hints.setMinimumWidth(0)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(above)
        box.addWidget(self.splitter, 1)
        box.addWidget(self.hint_bar)

    def _connect(self) -> None:
        self.scopes.activated.connect(lambda place: self.open_scope(self._choices[place]))
        self.search.textChanged.connect(lambda _words: self._filter())
        self.states.chosen.connect(self._filter)
        self.evidence.chosen.connect(self._filter)
        self.publish_button.clicked.connect(self.commands.publish)
        self.grid.opened.connect(lambda: self.show_single(single=True))
        self.grid.current_changed.connect(self._follow)
        self.photo.stepped.connect(self.grid.step)
        self.photo.ended.connect(lambda last: self.grid.go(len(self.model.shown) - 1 if last else 0))
        self.photo.left.connect(lambda: self.show_single(single=not self.is_single))
        self.marker.refused.connect(self.said)
        self.model.regrouped.connect(self._regrouped)
        self.model.dataChanged.connect(lambda *_: self._follow())
        self.model.counted.connect(self._count_soon.start)
        self._count_soon.timeout.connect(self._count)
        self.loader.ready.connect(self._thumbnail_came)
        self.empty.button.clicked.connect(self._show_all)
        self.splitter.splitterMoved.connect(lambda: self.state.put("gallery/splitter", self.splitter.saveState()))
        if kept := self.state.raw("gallery/splitter"):
            self.splitter.restoreState(kept)

    def _read_scope(self) -> None:
        scope = self._scope
        self.desk.read(lambda session: scope_items(session, scope), self._show_scope, self._latest_scope)
        self._read_choices()

    def _show_scope(self, rows: list[ItemRow]) -> None:
        self._row = None
        self.model.show_scope(self._scope, rows)
        if self.model.shown:
            self.grid.go(0)
        self._follow()

    def _read_choices(self) -> None:
        project_id = self._scope.project_id
        self.desk.read(lambda session: gallery_scopes(session, project_id), self._show_choices, self._latest_choices)

    def _show_choices(self, scopes: Sequence[Scope]) -> None:
        self._choices = list(scopes)
        self.scopes.blockSignals(True)
        self.scopes.clear()
        for scope in scopes:
            self.scopes.addItem(f"{scope.title} ({scope.count:,})" if scope.count else scope.title)
        wanted = (self._scope.kind, self._scope.project_id)
        places = [place for place, scope in enumerate(scopes) if (scope.kind, scope.project_id) == wanted]
        if places:
            self._scope = scopes[places[0]]
            self.scopes.setCurrentIndex(places[0])
        self.scopes.blockSignals(False)

    def _filter(self) -> None:
        value = self.states.value()
        self.state.put("gallery/state", value)
        self.model.filter(ItemState(value) if value else None, self.evidence.value() or None, self.search.text())

    def _follow(self) -> None:
        """The single view and the facts follow the current tile."""
        place = self.grid.currentIndex().row()
        row = self.model.shown[place] if 0 <= place < len(self.model.shown) else None
        if row == self._row and row is not None:
            return
        other = row is None or self._row is None or row.id != self._row.id
        self._row = row
        around = [self.model.shown[i] for i in (place + 1, place + 2, place - 1) if 0 <= i < len(self.model.shown)]
        self.photo.show_row(row, around if row else ())
        if other:
            self._facts = None
        self.facts.show_row(row, self._facts, self.desk.settings.zone)
        if row is not None:
            item_id = row.id
            self.desk.read(lambda session: item_facts(session, item_id), self._show_facts, self._latest_facts)

    def _show_facts(self, facts: ItemFacts | None) -> None:
        if facts is not None and self._row is not None and facts.id == self._row.id:
            self._facts = facts
            self.facts.show_row(self._row, facts, self.desk.settings.zone)

    def _regrouped(self) -> None:
        shown = bool(self.model.shown)
        self._stack.setCurrentIndex(0 if shown else 1)
        if shown and not self.grid.currentIndex().isValid():
            self.grid.go(0)
        if not shown:
            self.show_single(single=False)
            self._say_empty()
        self._follow()

    def _say_empty(self) -> None:
        if self.model.items:
            self.empty.say("Nothing matches the filter", "", f"Show all {len(self.model.items):,}")
        elif self._scope.kind == PENDING:
            self.empty.say("Nothing waits for QA", "Photos appear here by themselves as crews take them.")
        elif self._scope.kind == UNASSIGNED:
            self.empty.say(
                "Every item has its project", "What names no known project is kept here until somebody files it."
            )
        else:
            self.empty.say("No photos yet", "They appear here by themselves as the crew takes them.")

    def _show_all(self) -> None:
        self.search.clear()
        self.states.choose("")
        self.evidence.choose("")
        self._filter()

    def _count(self) -> None:
        rows = list(self.model.all_now())
        states = Counter(row.state.value for row in rows)
        states[ItemState.QUEUED.value] += states[ItemState.RELAYING.value]
        self.states.count(states | Counter({"": len(rows)}))
        self.evidence.count(Counter(row.evidence_type for row in rows) | Counter({"": len(rows)}))
        passed = states[ItemState.PASSED.value]
        self.publish_button.setText(f"Publish {passed:,}…" if passed else "Publish…")
        self.publish_button.setAccessibleName(f"Publish {text.counted(passed, 'passed item')}")
        self.publish_button.setEnabled(passed > 0)

    def _thumbnail_came(self, _sha256: str) -> None:
        self.grid.viewport().update()
