"""What the gallery shows: remembered, read, and chosen from what else there is."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from pruvan_desk.store.views.items import (
    DELETED,
    FIRST,
    PENDING,
    PROJECT,
    UNASSIGNED,
    ItemRow,
    Scope,
    first_items,
    gallery_scopes,
    scope_items,
)
from pruvan_desk.ui import tokens
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.widgets import choice_box

FIRST_SEEN = 60
"""Milliseconds in which the first items are drawn, before the rest is read."""
LATEST = 5
"""So many times that long at most: reading takes Python's lock from those who decode the pictures of the first."""
ALL_PENDING = Scope(PENDING, title="All Pending QA")


class Scoping(QObject):
    """The scope that is open and the field to choose another one in. Of many items the first are read first."""

    asked = Signal()
    """The items of the scope are being read."""
    began = Signal(object)
    """The first items of the scope, in order, where there are more."""
    came = Signal(object)
    """All items of the scope, in order."""
    chosen = Signal(object)
    """Somebody wants this scope."""

    def __init__(self, desk: Desk, state: WindowState, is_drawing: Callable[[], bool], parent: QObject) -> None:
        """``is_drawing`` answers whether pictures of what is seen are still on their way."""
        super().__init__(parent)
        self._desk, self._state, self._is_drawing = desk, state, is_drawing
        self.scope = ALL_PENDING
        self.box = choice_box("What is shown")
        self.box.setMinimumWidth(40 * tokens.UNIT)
        self._choices: list[Scope] = []
        self._latest_scope, self._latest_choices = Latest(), Latest()
        self._rest_soon = QTimer(self, singleShot=True, interval=FIRST_SEEN)
        self._rest_soon.timeout.connect(self._read_rest)
        self._put_off = 0
        self.box.activated.connect(lambda place: self.chosen.emit(self._choices[place]))

    def restore(self) -> None:
        """What was open last, unless something else was asked for already."""
        kind = self._state.get("gallery/scope", PENDING)
        project = self._state.get("gallery/project")
        if self.scope.kind != PENDING:
            return
        if kind == PROJECT and project.isdecimal():
            self.scope = Scope(PROJECT, int(project))
        elif kind == UNASSIGNED:
            self.scope = Scope(UNASSIGNED, title="Unassigned")
        elif kind == DELETED:
            self.scope = Scope(DELETED, title="Deleted in the last 30 days")

    def use(self, scope: Scope) -> None:
        """Another scope, which is remembered; :meth:`read` reads it."""
        self.scope = scope
        self._state.put("gallery/scope", scope.kind)
        self._state.put("gallery/project", str(scope.project_id or ""))

    def read(self) -> None:
        """Reads the items of the scope."""
        scope = self.scope
        self._rest_soon.stop()
        self.asked.emit()
        self._desk.read(lambda session: first_items(session, scope), self._take_first, self._latest_scope)

    def read_all(self) -> None:
        """Reads all items of the scope; those that :attr:`began` has shown were only the first."""
        scope = self.scope
        self._rest_soon.stop()
        self._desk.read(lambda session: scope_items(session, scope), self._take, self._latest_scope)

    def _read_rest(self) -> None:
        self._put_off += 1
        if self._put_off < LATEST and self._is_drawing():
            self._rest_soon.start()
        else:
            self.read_all()

    def read_choices(self) -> None:
        """Reads what else there is, and how much waits there."""
        project_id = self.scope.project_id
        self._desk.read(lambda session: gallery_scopes(session, project_id), self._show_choices, self._latest_choices)

    def _take(self, rows: list[ItemRow]) -> None:
        self.came.emit(rows)

    def _take_first(self, rows: list[ItemRow]) -> None:
        if len(rows) < FIRST:
            self._take(rows)
        else:
            self._put_off = 0
            self._rest_soon.start()
            self.began.emit(rows)

    def _show_choices(self, scopes: Sequence[Scope]) -> None:
        self._choices = list(scopes)
        self.box.blockSignals(True)
        self.box.clear()
        for scope in scopes:
            self.box.addItem(f"{scope.title} ({scope.count:,})" if scope.count else scope.title)
        wanted = (self.scope.kind, self.scope.project_id)
        places = [place for place, scope in enumerate(scopes) if (scope.kind, scope.project_id) == wanted]
        if places:
            self.scope = scopes[places[0]]
            self.box.setCurrentIndex(places[0])
        self.box.blockSignals(False)
