"""Which projects are shown, and in what order: plain lists, no Qt, so that a keystroke over 100,000 costs a few milliseconds."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any

from pruvan_desk.store.views.projects import ProjectRow

Key = Callable[[ProjectRow], Any]
Test = Callable[[ProjectRow], bool]


class ProjectIndex:
    """All projects by id and in order, those that pass the filter, and those of them that match the words: ``shown``."""

    def __init__(self, key: Key) -> None:
        self.by_id: dict[int, ProjectRow] = {}
        self.shown: list[ProjectRow] = []
        self._order: list[ProjectRow] = []
        self._passing: list[ProjectRow] = self._order
        self._key = key
        self._descending = False
        self._words: tuple[str, ...] = ()
        self._test: Test | None = None

    def add(self, rows: Iterable[ProjectRow], gone: Iterable[int] = ()) -> None:
        """Takes many rows in and out at once; ``shown`` follows."""
        for project_id in gone:
            self.by_id.pop(project_id, None)
        self.by_id.update((row.id, row) for row in rows)
        self._arrange()

    def search(self, text: str) -> None:
        """Shows what holds every word. Typing on narrows what is shown already, instead of asking all again."""
        before, self._words = self._words, tuple(text.casefold().split())
        narrower = bool(before) and len(before) <= len(self._words) and all(
            new.startswith(old) for old, new in zip(before, self._words, strict=False)
        )  # fmt: skip
        self._match(self.shown if narrower else self._passing)

    def filter(self, test: Test | None) -> None:
        """Shows only what passes ``test``."""
        self._test = test
        self._sift()

    def sort(self, key: Key, *, descending: bool) -> None:
        """Orders by another key."""
        self._key, self._descending = key, descending
        self._arrange()

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
        """Takes one row out of the order of all; ``shown`` is the caller's."""
        self.by_id.pop(row.id, None)
        for rows in self._lists():
            place, there = self._find(rows, row)
            if there:
                del rows[place]

    def learn(self, row: ProjectRow) -> None:
        """Puts one row, that is new or keeps its place, into the order of all; ``shown`` is the caller's."""
        self.by_id[row.id] = row
        for rows in self._lists():
            place, there = self._find(rows, row)
            wanted = rows is self._order or self._passes(row)
            rows[place : place + there] = [row] if wanted else []

    def _lists(self) -> tuple[list[ProjectRow], ...]:
        return (self._order,) if self._passing is self._order else (self._order, self._passing)

    def _passes(self, row: ProjectRow) -> bool:
        return self._test is None or self._test(row)

    def _arrange(self) -> None:
        self._order = sorted(self.by_id.values(), key=self._sort_key, reverse=self._descending)
        self._sift()

    def _sift(self) -> None:
        test = self._test
        self._passing = self._order if test is None else [row for row in self._order if test(row)]
        self._match(self._passing)

    def _match(self, among: list[ProjectRow]) -> None:
        rows = among
        for word in self._words:  # one plain pass a word: a call for each row would take five times as long
            rows = [row for row in rows if word in row.search]
        self.shown = list(rows) if rows is among else rows

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
