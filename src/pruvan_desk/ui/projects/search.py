"""Which projects are shown, and in what order: plain lists, no Qt, so that a keystroke over 100,000 costs a few milliseconds."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from itertools import compress, repeat
from operator import contains
from typing import Any

from pruvan_desk.store.views.projects import ProjectRow

Key = Callable[[ProjectRow], Any]
Test = Callable[[ProjectRow], bool]
SEPARATOR = "\0"
"""In no text that is searched: the view that makes it sees to that."""


class ProjectIndex:
    """All projects by id and in order, those that pass the filter, and those of them that match the words: ``shown``.

    What is searched stands in lists of its own, in the order of the rows and copied one behind the other: a pass over strings
    that lie anywhere in memory takes five times as long.
    """

    def __init__(self, key: Key) -> None:
        self.by_id: dict[int, ProjectRow] = {}
        self.shown: list[ProjectRow] = []
        self._order: list[ProjectRow] = []
        self._passing: list[ProjectRow] = self._order
        self._texts: list[str] = []
        self._shown_texts: list[str] | None = None
        self._key = key
        self._keys: dict[int, tuple[Any, str, int]] = {}
        self._descending = False
        self._words: tuple[str, ...] = ()
        self._test: Test | None = None

    def add(self, rows: Iterable[ProjectRow], gone: Iterable[int] = ()) -> None:
        """Takes many rows in and out at once; ``shown`` follows."""
        changed = {row.id: row for row in rows}
        left = set(gone) | changed.keys()
        kept = [row.id for row in self._order if row.id not in left]
        for project_id in gone:
            self.by_id.pop(project_id, None)
        self.by_id.update(changed)
        self._keys.update((row.id, self._sort_key(row)) for row in changed.values())
        self._arrange([*kept, *changed])

    def search(self, text: str) -> None:
        """Shows what holds every word. Typing on narrows what is shown already, instead of asking all again."""
        before, self._words = self._words, tuple(text.casefold().split())
        narrower = bool(before) and len(before) <= len(self._words) and all(
            new.startswith(old) for old, new in zip(before, self._words, strict=False)
        )  # fmt: skip
        if narrower:
            self._match(self.shown, self._shown_texts or [row.search for row in self.shown])
        else:
            self._match(self._passing, self._texts)

    def filter(self, test: Test | None) -> None:
        """Shows only what passes ``test``."""
        self._test = test
        self._sift()

    def sort(self, key: Key, *, descending: bool) -> None:
        """Orders by another key."""
        self._key, self._descending = key, descending
        self._keys = {row.id: self._sort_key(row) for row in self.by_id.values()}
        self._arrange(list(self.by_id))

    def matches(self, row: ProjectRow) -> bool:
        """Whether a row is to be shown."""
        return self._passes(row) and all(word in row.search for word in self._words)

    def place_of(self, row: ProjectRow) -> tuple[int, bool]:
        """Where a row is in ``shown``, or would be; and whether it is there."""
        return self._find(self.shown, row)

    def same_place(self, old: ProjectRow, new: ProjectRow) -> bool:
        """Whether a changed row stays where it is."""
        return bool(self._sort_key(old) == self._sort_key(new))

    def forget(self, row: ProjectRow) -> None:
        """Takes one row out of the order of all; out of ``shown`` :meth:`hide` takes it."""
        self.by_id.pop(row.id, None)
        if self._passing is not self._order:
            place, there = self._find(self._order, row)
            del self._order[place : place + there]
        place, there = self._find(self._passing, row)
        del self._passing[place : place + there]
        del self._texts[place : place + there]

    def learn(self, row: ProjectRow) -> None:
        """Puts one row, that is new or keeps its place, into the order of all; into ``shown`` :meth:`show` puts it."""
        self.by_id[row.id] = row
        self._keys[row.id] = self._sort_key(row)
        if self._passing is not self._order:
            place, there = self._find(self._order, row)
            self._order[place : place + there] = [row]
        place, there = self._find(self._passing, row)
        passes = self._passes(row)
        self._passing[place : place + there] = [row] if passes else []
        self._texts[place : place + there] = [row.search] if passes else []

    def show(self, place: int, row: ProjectRow, *, instead: bool = False) -> None:
        """Puts a row into ``shown``, or in the place of another one."""
        self.shown[place : place + instead] = [row]
        self._shown_texts = None

    def hide(self, place: int) -> None:
        """Takes a row out of ``shown``."""
        del self.shown[place]
        self._shown_texts = None

    def _passes(self, row: ProjectRow) -> bool:
        return self._test is None or self._test(row)

    def _arrange(self, ids: list[int]) -> None:
        """Orders the projects; what is in order already, with a few behind it, costs little more than looking at it."""
        ids.sort(key=self._keys.__getitem__, reverse=self._descending)
        self._order = [self.by_id[project_id] for project_id in ids]
        self._sift()

    def _sift(self) -> None:
        test = self._test
        self._passing = self._order if test is None else [row for row in self._order if test(row)]
        self._texts = SEPARATOR.join([row.search for row in self._passing]).split(SEPARATOR) if self._passing else []
        self._match(self._passing, self._texts)

    def _match(self, rows: list[ProjectRow], texts: list[str]) -> None:
        """Fills ``shown`` from ``rows``, of which ``texts`` are searched."""
        if not self._words:
            self.shown, self._shown_texts = rows.copy(), None
            return
        for word in self._words:  # passes without a step of Python for each row
            found = list(map(contains, texts, repeat(word)))
            rows, texts = list(compress(rows, found)), list(compress(texts, found))
        self.shown, self._shown_texts = rows, texts

    def _find(self, rows: list[ProjectRow], row: ProjectRow) -> tuple[int, bool]:
        place = self._bisect_descending(rows, row) if self._descending else self._bisect(rows, row)
        return place, place < len(rows) and rows[place].id == row.id

    def _bisect(self, rows: list[ProjectRow], row: ProjectRow) -> int:
        return bisect_left(rows, self._sort_key(row), key=self._sort_key)

    def _bisect_descending(self, rows: list[ProjectRow], row: ProjectRow) -> int:
        low, high, wanted = 0, len(rows), self._sort_key(row)
        while low < high:
            middle = (low + high) // 2
            if self._sort_key(rows[middle]) > wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def _sort_key(self, row: ProjectRow) -> tuple[Any, str, int]:
        return (self._key(row), row.number, row.id)
