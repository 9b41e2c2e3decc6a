"""Which projects are shown, and in what order: plain lists, no Qt, so that a keystroke over 100,000 costs a few milliseconds."""

from collections.abc import Callable, Iterable
from typing import Any

from pruvan_desk.store.views.projects import ProjectRow
from pruvan_desk.ui.projects.ordered import OrderedRows

Test = Callable[[ProjectRow], bool]


class ProjectIndex:
    """All projects by id and in order, those that pass the filter, and those of them that match the words: ``shown``.

    Where nothing is filtered, or searched, these are one and the same.
    """

    def __init__(self, key: Callable[[ProjectRow], Any]) -> None:
        self.by_id: dict[int, ProjectRow] = {}
        self._order = self._passing = self._shown = OrderedRows(self._sort_key)
        self._key = key
        self._words: tuple[str, ...] = ()
        self._test: Test | None = None

    @property
    def shown(self) -> list[ProjectRow]:
        """What is to be seen, in order."""
        return self._shown.rows

    def add(self, rows: Iterable[ProjectRow], gone: Iterable[int] = ()) -> None:
        """Takes rows in, in place of those of the same id, and others out; ``shown`` follows."""
        come, gone = {row.id: row for row in rows}, set(gone)
        out = [self.by_id[project_id] for project_id in gone | come.keys() if project_id in self.by_id]
        for project_id in gone:
            self.by_id.pop(project_id, None)
        self.by_id.update(come)
        into = list(come.values())
        self._order.change(out, into)
        if self._passing is not self._order:
            into = list(filter(self._passes, into))
            self._passing.change(out, into)
        if self._shown is not self._passing:
            self._shown.change(out, list(filter(self._holds_words, into)))

    def search(self, text: str) -> None:
        """Shows what holds every word. Typing on narrows what is shown already, instead of asking all again."""
        before, self._words = self._words, tuple(text.casefold().split())
        narrower = bool(before) and len(before) <= len(self._words) and all(
            new.startswith(old) for old, new in zip(before, self._words, strict=False)
        )  # fmt: skip
        self._match(self._shown if narrower else self._passing)

    def filter(self, test: Test | None) -> None:
        """Shows only what passes ``test``."""
        self._test = test
        self._sift()

    def sort(self, key: Callable[[ProjectRow], Any], *, descending: bool) -> None:
        """Orders by another key."""
        self._key = key
        self._order = OrderedRows(self._sort_key, descending=descending)
        self._order.arrange(self.by_id.values())
        self._sift()

    def matches(self, row: ProjectRow) -> bool:
        """Whether a row is to be shown."""
        return self._passes(row) and self._holds_words(row)

    def place_of(self, row: ProjectRow) -> tuple[int, bool]:
        """Where a row is in ``shown``, or would be; and whether it is there."""
        return self._shown.place_of(row)

    def same_place(self, old: ProjectRow, new: ProjectRow) -> bool:
        """Whether a changed row stays where it is."""
        return self._sort_key(old) == self._sort_key(new)

    def _passes(self, row: ProjectRow) -> bool:
        return self._test is None or self._test(row)

    def _holds_words(self, row: ProjectRow) -> bool:
        return all(word in row.search for word in self._words)

    def _sift(self) -> None:
        self._passing = self._order if self._test is None else self._order.passing(self._test)
        self._match(self._passing)

    def _match(self, rows: OrderedRows) -> None:
        """Fills ``shown`` from ``rows``."""
        for word in self._words:
            rows = rows.holding(word)
        self._shown = rows

    def _sort_key(self, row: ProjectRow) -> tuple[Any, str, int]:
        return (self._key(row), row.number, row.id)
