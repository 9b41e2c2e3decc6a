"""Rows in order, mended in place: what a few changed rows cost hardly grows with how many there are."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import compress, repeat
from operator import contains
from typing import Any

from pruvan_desk.store.views.projects import ProjectRow

Key = Callable[[ProjectRow], Any]
SEPARATOR = "\0"
"""In no text that is searched: the view that makes it sees to that."""


class OrderedRows:
    """Rows by a key that no two of them share.

    What is searched stands in a list of its own, copied one behind the other: a pass over strings that lie anywhere in memory takes
    five times as long.
    """

    def __init__(self, key: Key, *, descending: bool = False) -> None:
        self.rows: list[ProjectRow] = []
        self._texts: list[str] = []
        self._key, self._descending = key, descending

    def arrange(self, rows: Iterable[ProjectRow]) -> None:
        """Holds these rows."""
        self.rows = sorted(rows, key=self._key, reverse=self._descending)
        self._texts = SEPARATOR.join([row.search for row in self.rows]).split(SEPARATOR) if self.rows else []

    def passing(self, test: Callable[[ProjectRow], bool]) -> "OrderedRows":
        """Those that pass ``test``."""
        return self._chosen(list(map(test, self.rows)))

    def holding(self, word: str) -> "OrderedRows":
        """Those in whose text ``word`` is; found without a step of Python for each row."""
        return self._chosen(list(map(contains, self._texts, repeat(word))))

    def place_of(self, row: ProjectRow) -> tuple[int, bool]:
        """Where a row is, or would be; and whether it is there."""
        if not self._descending:
            return self._find(row)
        self._turn()
        place, there = self._find(row)
        self._turn()
        return len(self.rows) - place - there, there

    def change(self, out: Sequence[ProjectRow], into: Sequence[ProjectRow]) -> None:
        """Takes rows out, where they are there, and others in."""
        if len(into) > len(self.rows):
            left = {row.id for row in out}
            self.arrange([*(row for row in self.rows if row.id not in left), *into])
            return
        if self._descending:
            self._turn()
        for row in out:
            place, there = self._find(row)
            del self.rows[place : place + there]
            del self._texts[place : place + there]
        for row in into:
            place, _ = self._find(row)
            self.rows.insert(place, row)
            self._texts.insert(place, row.search)
        if self._descending:
            self._turn()

    def _find(self, row: ProjectRow) -> tuple[int, bool]:
        """Among rows in ascending order."""
        place = bisect_left(self.rows, self._key(row), key=self._key)
        return place, place < len(self.rows) and self.rows[place].id == row.id

    def _turn(self) -> None:
        self.rows.reverse()
        self._texts.reverse()

    def _chosen(self, found: Sequence[bool]) -> "OrderedRows":
        chosen = OrderedRows(self._key, descending=self._descending)
        chosen.rows, chosen._texts = list(compress(self.rows, found)), list(compress(self._texts, found))
        return chosen
