"""The items of the gallery: a flat list for the grid, filtered and grouped; marks show here before they are saved.

A mark that is being saved is laid over the row as it was read, and taken off when the row has been read again after the
last of its writes: so nothing on the screen jumps back and forth, however fast somebody marks.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from itertools import count, groupby, islice
from operator import attrgetter
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, Signal

from pruvan_desk.domain.annotations import count_words, read_annotations
from pruvan_desk.domain.guesses import Guess
from pruvan_desk.domain.statuses import evidence_label
from pruvan_desk.store.views.items import PROJECT, ItemRow, Scope
from pruvan_desk.ui.gallery.filtering import Filter
from pruvan_desk.ui.gallery.tally import Tally
from pruvan_desk.ui.leaving import Leaving
from pruvan_desk.ui.tables import Index, Role

ITEM_ROLE = Qt.ItemDataRole.UserRole + 1
NAMED = 3
"""Orders that a heading names."""
MANY = 20
"""Of so many rows one is new, from which on sorting all anew is cheaper than putting each where it belongs."""
_id = attrgetter("id")
_raw_group = attrgetter("project", "wanted_project", "position", "task", "evidence_type")
"""What tells groups apart without a step of Python for each row; the same group may have two of them."""


@dataclass(slots=True)
class Group:
    """Tiles under one heading: its words, how many, what is remarkable, and the first of them, which says where they belong."""

    title: str
    count: int
    first: ItemRow
    remark: str = ""
    sign: str = "warning"
    """The icon before the remark."""


class GalleryModel(QAbstractListModel):
    """All items of the scope in ``items``, those that pass the filters in ``shown``."""

    regrouped = Signal()
    """The tiles are others, or elsewhere."""
    counted = Signal()
    """How many stand where has changed."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.scope: Scope | None = None
        self.is_whole = True
        self.items: list[ItemRow] = []
        self.shown: list[ItemRow] = []
        self.groups: list[Group] = []
        self._leaving = Leaving(self)
        self._filter = Filter()
        self._zone: tzinfo = UTC
        self._item_places: dict[int, int] = {}
        self._shown_places: dict[int, int] = {}
        self._kept: set[int] = set()
        self._over: dict[int, ItemRow] = {}
        self._writing: Counter[int] = Counter()
        self.tally = Tally()
        self.guesses: Mapping[int, Guess] = {}
        """For which orders items without a project may be, by item."""
        self._guessed: Scope | None = None
        """The scope whose headings say so."""

    def show_scope(self, scope: Scope, rows: list[ItemRow], *, whole: bool = True) -> None:
        """Shows other items, already in order; when they are not the ``whole``, :meth:`complete` follows."""
        self.beginResetModel()
        self.scope, self.is_whole = scope, whole
        self._kept.clear()
        self._over = {}
        self.guesses = {}
        self._leaving.take(self.items)
        self._keep_items(rows)
        self._fill()
        self.endResetModel()
        self.regrouped.emit()
        self.counted.emit()

    def shows(self, scope: Scope) -> bool:
        """Whether the items are those of this scope."""
        return self.scope is not None and (self.scope.kind, self.scope.project_id) == (scope.kind, scope.project_id)

    def complete(self, rows: list[ItemRow]) -> None:
        """All items of the scope, in order, of which the first are shown already: what is chosen and marked stays."""
        self.is_whole = True
        self._keep_items(rows)
        self._rearranged(self._fill)

    def filter(self, wanted: Filter, zone: tzinfo) -> None:
        """Shows what a filter lets pass, days being those of ``zone``. What was marked since is judged again."""
        self._filter, self._zone = wanted, zone
        self._kept.clear()
        self._rearranged(self._fill)

    def take(self, rows: Iterable[ItemRow], asked: Collection[int]) -> None:
        """Rows as read again; of those asked for, what did not come or belongs elsewhere is taken away."""
        came = {row.id: row for row in rows if self._belongs(row)}
        places = {item_id: self._item_places[item_id] for item_id in asked if item_id in self._item_places}
        moved = {i for i in places if i not in came or came[i].sort_key != self.items[places[i]].sort_key}
        fresh = [came[i] for i in came if i not in places or i in moved]
        before = self._rows_now(asked)
        for item_id, row in came.items():
            if item_id in places and item_id not in moved:
                self.items[places[item_id]] = row
        if moved or fresh:
            self._place_items(
                _put_in([row for row in self.items if row.id not in moved] if moved else self.items, fresh)
            )
        self.tally.change(before, self._rows_now(asked))
        self._show_again(asked, structure=bool(moved or fresh))

    def lay_over(self, rows: Sequence[ItemRow]) -> None:
        """Shows rows as they will be when their write is through; they stay in sight whatever the filter."""
        ids = {row.id for row in rows}
        before = self._rows_now(ids)
        for row in rows:
            self._over[row.id] = row
            self._writing[row.id] += 1
            self._kept.add(row.id)
        self.tally.change(before, self._rows_now(ids))
        self._show_again(ids, structure=False)

    def written(self, ids: Collection[int]) -> None:
        """A write of these is through, or was refused. Their rows are to be read again."""
        for item_id in ids:
            self._writing[item_id] -= 1
            if self._writing[item_id] <= 0:
                del self._writing[item_id]

    def settle(self, ids: Collection[int]) -> None:
        """Takes the overlay off what no write is under way for."""
        free = {item_id for item_id in ids if item_id not in self._writing}
        before = self._rows_now(free)
        for item_id in free:
            self._over.pop(item_id, None)
        self.tally.change(before, self._rows_now(free))
        self._show_again(free, structure=False)

    def let_go(self) -> None:
        """What was marked is judged by the filter again (after publishing)."""
        self._kept.clear()
        self._rearranged(self._fill)

    def now(self, row: ItemRow) -> ItemRow:
        """A row as it is shown."""
        return self._over.get(row.id, row)

    def row_now(self, item_id: int) -> ItemRow | None:
        """An item of the scope as it is shown, by its id."""
        place = self._item_places.get(item_id)
        return self.now(self.items[place]) if place is not None else None

    def all_now(self) -> Iterable[ItemRow]:
        """All items of the scope as they are shown."""
        return map(self.now, self.items) if self._over else self.items

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
        if role == Role.ToolTipRole:
            return "\n".join(remarks(row))
        return spoken(row) if role == Role.AccessibleTextRole else None

    def matches(self, row: ItemRow) -> bool:
        """Whether the filters let a row pass."""
        return row.id in self._kept or self._filter.lets_pass(row, self._zone)

    def show_guesses(self, found: Mapping[int, Guess]) -> None:
        """Says at the headings for which orders the photos below may be."""
        if found != self.guesses:
            self.guesses, self._guessed = found, self.scope
            self.counted.emit()

    def remark(self) -> bool:
        """Says at the headings of one project where Before and After differ in number, at others what is guessed.

        Called when marks have changed; answers whether a heading says something else now.
        """
        if not self._is_one_project and self.scope != self._guessed:
            return False
        before = [group.remark for group in self.groups]
        if self._is_one_project:
            for group in self.groups:
                group.remark = self.tally.remark(group.first.task, group.first.evidence_type)
        else:
            self._remark_guesses()
        return before != [group.remark for group in self.groups]

    def _remark_guesses(self) -> None:
        rows = iter(self.shown)
        for group in self.groups:
            here = list(islice(rows, group.count))
            keys = Counter(self.guesses[row.id].key for row in here if row.id in self.guesses)
            words = [key if count == len(here) else f"{key} ({count:,})" for key, count in keys.most_common(NAMED)]
            more = " …" if len(keys) > NAMED else ""
            group.sign = "question"
            group.remark = f"may be {', '.join(words)}{more}" if words else ""

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
        changed = []
        for item_id, row in known.items():
            place = self._shown_places.get(item_id)
            if place is not None and self.shown[place] != row:
                self.shown[place] = row
                changed.append(place)
        if changed:
            self.dataChanged.emit(self.index(min(changed)), self.index(max(changed)))
        self.counted.emit()

    def _keep_items(self, rows: list[ItemRow]) -> None:
        self._place_items(rows)
        self.tally = Tally(self.all_now())

    def _place_items(self, rows: list[ItemRow]) -> None:
        self.items = rows
        self._item_places = _places(rows)

    def _rows_now(self, ids: Iterable[int]) -> list[ItemRow]:
        return [row for item_id in ids if (row := self.row_now(item_id)) is not None]

    def _fill(self) -> None:
        everything = self._filter == Filter(hints_first=self._filter.hints_first)
        self.shown = list(self.all_now()) if everything else [row for row in self.all_now() if self.matches(row)]
        if self._filter.hints_first:
            runs = [list(run) for _, run in groupby(self.shown, key=lambda row: row.group)]
            self.shown = [row for run in runs for row in sorted(run, key=lambda row: not row.hints)]
        self._shown_places = _places(self.shown)
        self.groups = self._grouped()
        self.remark()

    def _grouped(self) -> list[Group]:
        groups: list[Group] = []
        for rows in (list(run) for _, run in groupby(self.shown, key=_raw_group)):
            if groups and groups[-1].first.group == rows[0].group:
                groups[-1].count += len(rows)
            else:
                title = group_title(rows[0], with_project=not self._is_one_project)
                groups.append(Group(title, len(rows), rows[0]))
        return groups

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


def _places(rows: Iterable[ItemRow]) -> dict[int, int]:
    """By id, without a step of Python for each row."""
    return dict(zip(map(_id, rows), count(), strict=False))


def _put_in(rows: list[ItemRow], fresh: Sequence[ItemRow]) -> list[ItemRow]:
    """Rows in order, with some more."""
    if len(fresh) * MANY > len(rows):
        return sorted([*rows, *fresh], key=lambda row: row.sort_key)
    for row in fresh:
        rows.insert(bisect_left(rows, row.sort_key, key=lambda one: one.sort_key), row)
    return rows


def group_title(row: ItemRow, *, with_project: bool) -> str:
    """The heading of a group."""
    project = row.project or f"for {row.wanted_project or 'an unnamed project'}"
    parts = [project] if with_project else []
    return " · ".join([*parts, row.task or "No task", evidence_label(row.evidence_type)])


def remarks(row: ItemRow) -> list[str]:
    """What is to be said of a tile when the pointer rests on it."""
    lines = [row.problem] if row.problem else []
    lines += [hint.label for hint in row.hints]
    lines += [annotated_words(row)] if row.annotations else []
    return [*lines, *(words for _, words in row.certification.verdicts)]


def annotated_words(row: ItemRow) -> str:
    """``Annotated: 2 arrows, 1 blur``; of a copy that it is one, of an original whether its copy stands for it."""
    marks = count_words(read_annotations(row.annotations))
    if row.copy_of is not None:
        return f"Annotated copy: {marks}"
    return f"Annotated: {marks}{'; its copy is published in its place' if row.covered else ''}"


def spoken(row: ItemRow) -> str:
    """What a screen reader says of a tile: its group, state and what is wrong with it."""
    words = [row.task or "No task", evidence_label(row.evidence_type), row.state.label]
    words += [f"because: {row.reject_reason}"] if row.reject_reason else []
    words += [f"problem: {row.problem}"] if row.problem else []
    words += [f"hint: {hint.label}" for hint in row.hints]
    words += [annotated_words(row)] if row.annotations else []
    words += [f"note: {row.notes}"] if row.notes else []
    return ", ".join([*words, row.certification.summary, row.file_name])
