"""The QA gallery: what is shown, the grid, the single view, the comparison, and the keys that mark."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout

from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.missing import Lack
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.thumbnails import ThumbnailCache
from pruvan_desk.store.views.items import PROJECT, ItemRow, Scope
from pruvan_desk.ui import actions, text
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.gallery import emptiness
from pruvan_desk.ui.gallery.commands import GalleryCommands
from pruvan_desk.ui.gallery.compare import CompareView
from pruvan_desk.ui.gallery.decoders import Decoders, Lane
from pruvan_desk.ui.gallery.facts import FactsPanel
from pruvan_desk.ui.gallery.file_commands import FileCommands, opens_elsewhere
from pruvan_desk.ui.gallery.filter_bar import FilterBar
from pruvan_desk.ui.gallery.filtering import Filter, filter_text, read_filter
from pruvan_desk.ui.gallery.following import Following
from pruvan_desk.ui.gallery.frame import Frame, HintBar, SizeSlider
from pruvan_desk.ui.gallery.grid import GridView
from pruvan_desk.ui.gallery.grid_mouse import accept_drag, local_files
from pruvan_desk.ui.gallery.guessing import Guessing
from pruvan_desk.ui.gallery.looking import Looking
from pruvan_desk.ui.gallery.marks import Marker
from pruvan_desk.ui.gallery.model import GalleryModel
from pruvan_desk.ui.gallery.pane import SharedZoom
from pruvan_desk.ui.gallery.photo import PhotoView, read_fitting
from pruvan_desk.ui.gallery.pictures import Pictures
from pruvan_desk.ui.gallery.queue import QaQueue, QueueStrip
from pruvan_desk.ui.gallery.queue_view import QueueView
from pruvan_desk.ui.gallery.scoping import Scoping
from pruvan_desk.ui.gallery.thumbnails import CacheAndPreviews, ThumbnailLoader
from pruvan_desk.ui.gallery.tile import TileDelegate
from pruvan_desk.ui.key_map import KeyMap
from pruvan_desk.ui.page import Page
from pruvan_desk.ui.positions.link import PositionsLink
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import EmptyState, bar, button, column, label

QUIET = 60
"""Milliseconds in which changes of the counts are drawn together."""


class GalleryPage(Page):
    """Photos of one project, all that are Pending QA, those without a project, or deleted ones."""

    name = "gallery"

    def __init__(self, desk: Desk, theme: Theme, state: WindowState) -> None:
        super().__init__(desk, theme, state)
        self.model = GalleryModel(self)
        self.decoders = Decoders(self)
        self._thumbnails = ThumbnailCache(desk.folder.thumbnails)
        originals = PhotoFiles(desk.folder.photos)
        self.loader = ThumbnailLoader(CacheAndPreviews(self._thumbnails, originals), self.decoders, self)
        self.pictures = Pictures(originals, self.decoders, read_fitting, self)
        self.scoping = Scoping(desk, state, lambda: self.decoders.has_waiting(Lane.THUMBNAIL), self)
        self.scopes = self.scoping.box
        self.following = Following(desk, self.model, self)
        self.filters = FilterBar(desk, theme, self.model)
        self.search, self.states, self.evidence = self.filters.search, self.filters.states, self.filters.evidence
        self.publish_button = button("Publish…", theme, "send", "primary", "Publish what has passed")
        actions.name_key(self.publish_button, "publish")
        self.grid = GridView(self.model, TileDelegate(theme, self.loader, self), theme, self)
        self.size_slider = SizeSlider(self.grid, state)
        self.photo = PhotoView(self.pictures, self.loader, theme, SharedZoom(self))
        self.compare = CompareView(desk, self.pictures, self.loader, theme, self.model.row_now)
        self.facts = FactsPanel(desk, theme)
        self.empty = EmptyState(theme, "gallery")
        self.marker = Marker(desk, self.model, self)
        self.queue = QaQueue(desk, state, self)
        self.queue_strip = QueueStrip(self.queue, theme)
        self.queue_button = button("QA queue", theme, "play", hint="Project after project until nothing waits for QA")
        self.commands = GalleryCommands(self, self)
        self.looking = Looking(self, self)
        self.queue_view = QueueView(self, self)
        self.files = FileCommands(self, self)
        self.guessing = Guessing(self, self)
        self.positions = PositionsLink(self, self)
        handlers = {
            **self.looking.handlers(),
            **self.commands.handlers(),
            **self.files.handlers(),
            **self.guessing.handlers(),
            **self.positions.handlers(),
        }
        self.page_actions = actions.install(self, handlers)
        self.keys: KeyMap | None = None
        self._row: ItemRow | None = None
        self._place = 0
        self._is_arriving = False
        self._asked: Filter | None = None
        self._return_to: int | None = None
        self._count_soon = QTimer(self, singleShot=True, interval=QUIET)
        self._choices_soon = QTimer(self, singleShot=True, interval=QUIET)  # after the photos, which somebody waits for
        self._put_together()
        self._connect()
        self.setAcceptDrops(True)

    def load(self) -> None:
        """Reads the scope that was open last, filtered as it was, at the photo that was the current one."""
        self.scoping.restore()
        item = self.state.get("gallery/item")
        self._return_to = int(item) if item.isdecimal() else None
        self.filters.put(self._asked or read_filter(self.state.get("gallery/filter")))
        self.scoping.read()

    def take(self, changes: Changes) -> None:
        """Reads the items named again: at once, and while many change in a row a few times a second."""
        self.following.take(changes.items)

    def _note_reading(self, asked: AbstractSet[int]) -> None:
        self.loader.forget_missing()
        if self._row is not None and self._row.id in asked:
            self.facts.read_again()

    def _read_counts(self) -> None:
        """What waits elsewhere."""
        self.scoping.read_choices()
        self.guessing.read()
        if self.queue.running:
            self.queue.read()

    def open_project(self, project_id: int, lack: Lack | None = None) -> None:
        """Shows the items of a project: as they were filtered last, or those that something missing is about."""
        self.queue.stop()
        self.open_scope(Scope(PROJECT, project_id))
        if lack is not None:
            wanted = Filter(state=lack.state, task=lack.task or None)
            if self._loaded:
                self.filters.put(wanted)
            else:
                self._asked = wanted

    def open_item(self, project_id: int, item_id: int) -> None:
        """Shows an item among all of its project."""
        self.queue.stop()
        self.filters.clear()
        self.open_scope(Scope(PROJECT, project_id), item_id)

    def open_scope(self, scope: Scope, item_id: int | None = None) -> None:
        """Shows other items, at one of them."""
        self.scoping.use(scope)
        self._return_to = item_id if item_id is not None else self._return_to
        if self._loaded:
            self.scoping.read()

    @property
    def scope(self) -> Scope:
        """What is shown."""
        return self.scoping.scope

    def chosen(self) -> list[ItemRow]:
        """The items that a key acts on: where one photo is seen large, that one."""
        if self.is_comparing:
            row = self.compare.current()
            return [row] if row is not None else []
        if self.is_single and self._row is not None:
            return [self._row]
        return self.grid.chosen()

    def step(self) -> None:
        """On to the next photo."""
        if self.is_comparing:
            self.compare.next_photo()
        elif self.is_single:
            self.grid.step(1)
        else:
            self.grid.pass_by_chosen()

    def publish_projects(self) -> list[int]:
        """The projects whose passed items would be published: those of the queue so far, the open one, or all that are shown."""
        if self.queue.running:
            return self.queue.visited
        if self.scope.kind == PROJECT and self.scope.project_id is not None:
            return [self.scope.project_id]
        rows = (row for row in self.model.all_now() if row.state is ItemState.PASSED and not row.covered)
        return sorted({row.project_id for row in rows if row.project_id is not None})

    @property
    def is_single(self) -> bool:
        """Whether the photo has the whole view."""
        return self.frame.left.isHidden()

    @property
    def is_comparing(self) -> bool:
        """Whether photos are side by side."""
        return self.body.currentWidget() is self.compare

    def show_single(self, *, single: bool) -> None:
        """The photo alone, or the grid beside it."""
        if single and self._row is None:
            return
        self.frame.left.setHidden(single)
        (self.photo if single else self.grid).setFocus()

    def focus_first(self) -> None:
        """The comparison, the photo or the grid."""
        (self.compare if self.is_comparing else self.photo if self.is_single else self.grid).setFocus()

    def focus_search(self) -> None:
        """Ctrl+F."""
        self.search.setFocus()
        self.search.selectAll()

    def set_bare(self, *, bare: bool) -> None:
        """Hides everything but the photo, or shows it again."""
        for part in (self.above, self.hint_bar, self.facts):
            part.setHidden(bare)
        self.photo.set_captioned(captioned=bare)
        if not bare:
            self.facts.setVisible(self._row is not None)
            self.queue.changed.emit()

    def note_keys(self, keys: KeyMap) -> None:
        """The line below names them."""
        super().note_keys(keys)
        self.keys = keys
        self.hint_bar.show_keys(keys)

    def say(self, title: str, advice: str) -> None:
        """Tells a person."""
        self.said.emit(title, advice)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped beside the grid as well, above all where there are no photos yet."""
        if local_files(event.mimeData()):
            accept_drag(event, copy=True)

    def dropEvent(self, event: QDropEvent) -> None:
        """They are added to the open project."""
        if paths := local_files(event.mimeData()):
            accept_drag(event, copy=True)
            self.files.drop(paths, None)

    def close_page(self) -> None:
        """Stops the threads that decode."""
        self.files.stop()
        self.decoders.stop()
        self._thumbnails.close()

    def _put_together(self) -> None:
        self.above = column(
            self.queue_strip,
            bar(
                self.scopes, self.search, self.filters.button, None, self.size_slider, self.guessing.button,
                self.files.make_button(), self.queue_button, self.publish_button,
            ),
            bar(self.states, None, label("Evidence", "muted"), self.evidence),
            self.filters,
            spacing=0,
        )  # fmt: skip
        for each in self.above.findChildren(QPushButton):
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click on one leaves the keys to the photos
        self.frame = Frame(self.grid, self.empty, self.photo, self.facts, compare=self.compare, state=self.state)
        self.body = self.frame.body
        self.hint_bar = HintBar(self.theme)
        self.hint_bar.all_wanted.connect(self.keys_wanted)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.above)
        box.addWidget(self.frame, 1)
        box.addWidget(self.files.strip)
        box.addWidget(self.files.zips.strip)
        box.addWidget(self.hint_bar)

    def _connect(self) -> None:
        self.scoping.chosen.connect(self._scope_chosen)
        self.scoping.asked.connect(self.following.note_asked)
        self.scoping.began.connect(self._show_first)
        self.scoping.came.connect(self._show_all)
        self.following.reading.connect(self._note_reading)
        self.following.counts_wanted.connect(self._read_counts)
        self.filters.changed.connect(self._filter)
        self.search.returnPressed.connect(self.focus_first)
        self.publish_button.clicked.connect(self.commands.publish)
        self.queue_button.clicked.connect(self.queue.start)
        self.grid.opened.connect(self._open)
        self.grid.files_dropped.connect(self.files.drop)
        self.grid.current_changed.connect(self._follow)
        self.grid.selectionModel().selectionChanged.connect(lambda *_: self._show_selection())
        self.grid.dropped.connect(self.commands.drop)
        self.photo.stepped.connect(self.grid.step)
        self.photo.ended.connect(lambda last: self.grid.go(len(self.model.shown) - 1 if last else 0))
        self.photo.left.connect(lambda: self.show_single(single=not self.is_single))
        self.compare.left.connect(self.looking.leave_comparison)
        self.marker.said.connect(self.said)
        self.marker.decided.connect(self.queue.note_decided)
        self.marker.went_back.connect(self._go_to)
        self.model.regrouped.connect(self._regrouped)
        self.model.dataChanged.connect(lambda *_: self._redraw())
        self.model.counted.connect(self._count_soon.start)
        self._count_soon.timeout.connect(self._count)
        self._choices_soon.timeout.connect(self.scoping.read_choices)
        self._choices_soon.timeout.connect(self.guessing.read)
        self.loader.ready.connect(self.grid.draw_photo)
        self.pictures.vanished.connect(self.files.note_vanished, Qt.ConnectionType.QueuedConnection)
        self.empty.button.clicked.connect(self.filters.clear)

    def _open(self) -> None:
        """Enter on a tile: the photo large, or a video or PDF in its program."""
        if self._row is not None and opens_elsewhere(self._row):
            self.files.open_file()
        else:
            self.show_single(single=True)

    def _scope_chosen(self, scope: Scope) -> None:
        self.queue.stop()
        self.open_scope(scope)
        self.focus_first()

    def _show_first(self, rows: list[ItemRow]) -> None:
        """The first of many, unless a filter is to choose among all, or the photo to return to is further down."""
        further = self._return_to is not None and all(row.id != self._return_to for row in rows)
        if further or self.filters.filter() != Filter():
            self.scoping.read_all()
        else:
            self._show_scope(rows, whole=False)

    def _show_all(self, rows: list[ItemRow]) -> None:
        if self.model.shows(self.scope) and not self.model.is_whole and self._return_to is None:
            self.model.complete(rows)
        else:
            self._show_scope(rows, whole=True)
        self.following.note_came()

    def _show_scope(self, rows: list[ItemRow], *, whole: bool) -> None:
        self._row, self._place, self._is_arriving = None, 0, True
        self.model.show_scope(self.scope, rows, whole=whole)
        if self.model.shown:
            self.grid.go(self.model.place(self._return_to or 0) or 0)
            self.grid.ask_for_photos()
        self._return_to, self._is_arriving = None, False
        self._follow(is_first=True)
        self._choices_soon.start()

    def _filter(self) -> None:
        self.state.put("gallery/filter", filter_text(self.filters.filter()))
        self._place = 0
        self.model.filter(self.filters.filter(), self.desk.settings.zone)

    def _follow(self, *, is_first: bool = False) -> None:
        """The single view and the facts follow the current tile."""
        if self._is_arriving:
            return
        place = self.grid.currentIndex().row()
        row = self.model.shown[place] if 0 <= place < len(self.model.shown) else None
        ahead = (1, 2, -1) if place >= self._place else (-1, -2, 1)
        self._place = place if row is not None else self._place
        if row == self._row and row is not None:
            return
        self._row = row
        if row is not None:
            self.state.put("gallery/item", str(row.id))
        around = [self.model.shown[place + by] for by in ahead if 0 <= place + by < len(self.model.shown)]
        self.photo.show_row(row, around if row else (), is_first=is_first)
        self.facts.show_item(row)
        if not self.above.isVisible():
            self.facts.hide()

    def _show_selection(self) -> None:
        self.hint_bar.show_selection(self.grid.selectionModel().selection())

    def _redraw(self) -> None:
        self._follow()
        if self.is_comparing:
            self.compare.draw()

    def _go_to(self, rows: Sequence[ItemRow]) -> None:
        """To what an undo has changed: where it is shown, or in the project that the queue has left."""
        place = next((found for row in rows if (found := self.model.place(row.id)) is not None), None)
        if place is not None:
            if not self.is_comparing:
                self.grid.go(place)
        else:
            self.queue_view.go_back(rows)

    def _regrouped(self) -> None:
        shown = bool(self.model.shown)
        self.frame.stack.setCurrentIndex(0 if shown else 1)
        if shown and not self.grid.currentIndex().isValid():
            self.grid.go(self._place)  # what came after the one that is gone
        if not shown:
            self.show_single(single=False)
            emptiness.say(self.empty, self.scope, len(self.model.items))
        self._show_selection()
        self._redraw()

    def _count(self) -> None:
        if not self.model.is_whole:
            return
        states = self.model.tally.states
        self.filters.count(self.model.tally)
        if self.model.remark():
            self.grid.viewport().update()
        passed = states[ItemState.PASSED] - self.model.tally.covered
        self.publish_button.setText(f"Publish {passed:,}…" if passed and not self.queue.running else "Publish…")
        self.publish_button.setAccessibleName(f"Publish {text.counted(passed, 'passed item')}")
        self.publish_button.setEnabled(passed > 0 or len(self.queue.visited) > 1)
        self.queue_button.setHidden(self.queue.running)
        shown = self.model.scope  # whose items were counted; the next ones may be on their way
        self.queue.note_pending(shown.project_id if shown else None, states[ItemState.PENDING_QA])
