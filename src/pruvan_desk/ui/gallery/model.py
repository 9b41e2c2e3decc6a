"""The items of the gallery: a flat list for the grid, filtered and grouped; marks show here before they are saved.

A mark that is being saved is laid over the row as it was read, and taken off when the row has been read again after the
last of its writes: so nothing on the screen jumps back and forth, however fast somebody marks.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import groupby
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, Signal

from pruvan_desk.domain.statuses import ItemState, evidence_label
from pruvan_desk.store.views.items import PROJECT, ItemRow, Scope
from pruvan_desk.ui.tables import Index, Role

ITEM_ROLE = Qt.ItemDataRole.UserRole + 1
ON_THE_WAY = (ItemState.QUEUED, ItemState.RELAYING)


class GalleryModel(QAbstractListModel):
    """All items of the scope in ``items``, those that pass the filters in ``shown``."""

    regrouped = Signal()
    """The tiles are others, or elsewhere."""
    counted = Signal()
    """How many stand where has changed."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.scope: Scope | None = None
        self.items: list[ItemRow] = []
        self.shown: list[ItemRow] = []
        self.groups: list[tuple[str, int]] = []
        self.state_filter: ItemState | None = None
        self.evidence_filter: str | None = None
        self._words: tuple[str, ...] = ()
        self._item_places: dict[int, int] = {}
        self._shown_places: dict[int, int] = {}
        self._kept: set[int] = set()
        self._over: dict[int, ItemRow] = {}
        self._writing: Counter[int] = Counter()

    def show_scope(self, scope: Scope, rows: list[ItemRow]) -> None:
        """Shows other items, already in order."""
        self.beginResetModel()
        self.scope = scope
        self._keep_items(rows)
        self._kept.clear()
        self._over = {}
        self._fill()
        self.endResetModel()
        self.regrouped.emit()
        self.counted.emit()

    def filter(self, state: ItemState | None, evidence_type: str | None, words: str) -> None:
        """Shows some states, one evidence type, or what holds every word. What was marked since is judged again."""
        self.state_filter, self.evidence_filter, self._words = state, evidence_type, tuple(words.casefold().split())
        self._kept.clear()
        self._rearranged(self._fill)

    def take(self, rows: Iterable[ItemRow], asked: Collection[int]) -> None:
        """Rows as read again; of those asked for, what did not come or belongs elsewhere is taken away."""
        came = {row.id: row for row in rows if self._belongs(row)}
        places = {item_id: self._item_places[item_id] for item_id in asked if item_id in self._item_places}
        moved = [i for i in places if i not in came or came[i].sort_key != self.items[places[i]].sort_key]
        for item_id, row in came.items():
            if item_id in places and item_id not in moved:
                self.items[places[item_id]] = row
        fresh = [came[i] for i in came if i not in places or i in moved]
        if moved or fresh:
            leaving = set(moved)
            staying = [row for row in self.items if row.id not in leaving]
            for row in fresh:
                staying.insert(bisect_left(staying, row.sort_key, key=lambda one: one.sort_key), row)
            self._keep_items(staying)
        self._show_again(asked, structure=bool(moved or fresh))

    def lay_over(self, rows: Sequence[ItemRow]) -> None:
        """Shows rows as they will be when their write is through; they stay in sight whatever the filter."""
        for row in rows:
            self._over[row.id] = row
            self._writing[row.id] += 1
            self._kept.add(row.id)
        self._show_again({row.id for row in rows}, structure=False)

    def written(self, ids: Collection[int]) -> None:
        """A write of these is through, or was refused. Their rows are to be read again."""
        for item_id in ids:
            self._writing[item_id] -= 1
            if self._writing[item_id] <= 0:
                del self._writing[item_id]

    def settle(self, ids: Collection[int]) -> None:
        """Takes the overlay off what no write is under way for."""
        free = {item_id for item_id in ids if item_id not in self._writing}
        for item_id in free:
            self._over.pop(item_id, None)
        self._show_again(free, structure=False)

    def let_go(self) -> None:
        """What was marked is judged by the filter again (after publishing)."""
        self._kept.clear()
        self._rearranged(self._fill)

    def now(self, row: ItemRow) -> ItemRow:
        """A row as it is shown."""
        return self._over.get(row.id, row)

    def all_now(self) -> Iterable[ItemRow]:
        """All items of the scope as they are shown."""
        return map(self.now, self.items)

    def counts(self) -> Counter[ItemState]:
        """How many of the scope stand where."""
        return Counter(row.state for row in self.all_now())

    def place(self, item_id: int) -> int | None:
        """Where an item is shown, if it is."""
        return self._shown_places.get(item_id)

    def rowCount(self, parent: Index | None = None) -> int:
        """How many tiles there are."""
        return 0 if parent is not None and parent.isValid() else len(self.shown)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """The item itself for the delegate, and its words for a screen reader."""
        if not index.isValid() or index.row() >= len(self.shown):
            return None
        row = self.shown[index.row()]
        if role == ITEM_ROLE:
            return row
        if role == Role.DisplayRole:
            return row.file_name
        return spoken(row) if role == Role.AccessibleTextRole else None

    def matches(self, row: ItemRow) -> bool:
        """Whether the filters let a row pass."""
        if row.id in self._kept:
            return True
        if self.state_filter is not None and row.state is not self.state_filter:
            both_on_the_way = self.state_filter is ItemState.QUEUED and row.state in ON_THE_WAY
            if not both_on_the_way:
                return False
        if self.evidence_filter is not None and row.evidence_type != self.evidence_filter:
            return False
        return not self._words or all(word in _haystack(row) for word in self._words)

    def _belongs(self, row: ItemRow) -> bool:
        return self.scope is not None and (self.scope.holds(row) or (row.id in self._kept and not self._is_one_project))

    @property
    def _is_one_project(self) -> bool:
        return self.scope is not None and self.scope.kind == PROJECT

    def _show_again(self, ids: Collection[int], *, structure: bool) -> None:
        known = {i: self.now(self.items[self._item_places[i]]) for i in ids if i in self._item_places}
        if structure or any((i in self._shown_places) != self.matches(row) for i, row in known.items()):
            self._rearranged(self._fill)
            return
        for item_id, row in known.items():
            place = self._shown_places.get(item_id)
            if place is not None and self.shown[place] != row:
                self.shown[place] = row
                self.dataChanged.emit(self.index(place), self.index(place))
        self.counted.emit()

    def _keep_items(self, rows: list[ItemRow]) -> None:
        self.items = rows
        self._item_places = {row.id: place for place, row in enumerate(rows)}

    def _fill(self) -> None:
        self.shown = [row for row in self.all_now() if self.matches(row)]
        self._shown_places = {row.id: place for place, row in enumerate(self.shown)}
        multiple = not self._is_one_project
        self.groups = [
            (group_title(rows[0], with_project=multiple), len(rows))
            for rows in (list(run) for _, run in groupby(self.shown, key=lambda row: row.group))
        ]

    def _rearranged(self, change: Callable[[], None]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self.shown[index.row()].id for index in before]
        change()
        if before:
            places = self._shown_places
            after = [self.index(places[item_id]) if item_id in places else QModelIndex() for item_id in ids]
            self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
        self.regrouped.emit()
        self.counted.emit()


def group_title(row: ItemRow, *, with_project: bool) -> str:
    """The heading of a group."""
    project = row.project or f"for {row.wanted_project or 'an unnamed project'}"
    parts = [project] if with_project else []
    return " · ".join([*parts, row.task or "No task", evidence_label(row.evidence_type)])


def spoken(row: ItemRow) -> str:
    """What a screen reader says of a tile: its group, state and what is wrong with it."""
    words = [row.task or "No task", evidence_label(row.evidence_type), row.state.label]
    words += [f"because: {row.reject_reason}"] if row.reject_reason else []
    words += [f"problem: {row.problem}"] if row.problem else []
    return ", ".join([*words, row.file_name])


def _haystack(row: ItemRow) -> str:
    return f"{row.project} {row.wanted_project} {row.task} {row.file_name} {row.notes} {row.created_by}".casefold()
