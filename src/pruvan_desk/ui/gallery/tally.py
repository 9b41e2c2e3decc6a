"""How many items stand where, kept up to date row by row: counting 100,000 anew at every mark would be felt."""

from collections import Counter
from collections.abc import Iterable
from operator import attrgetter

from pruvan_desk.domain.pairs import fewer_words
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.store.views.items import ItemRow

GONE = (ItemState.REJECTED, ItemState.DELETED)
PAIR = ("before", "after")


class Tally:
    """Counts of rows by state, by evidence type, and of the Befores and Afters of each task."""

    def __init__(self, rows: Iterable[ItemRow] = ()) -> None:
        rows = list(rows)
        self.total = len(rows)
        self.states: Counter[ItemState] = Counter(map(attrgetter("state"), rows))
        self.kinds: Counter[str] = Counter(map(attrgetter("evidence_type"), rows))
        self.covered = sum(map(_is_done, rows))
        """Those that have passed and for which an annotated copy stands: nothing is to be done about them."""
        self._pairs: Counter[tuple[str, str]] = Counter((row.task, row.evidence_type) for row in rows if _counts(row))

    def change(self, before: Iterable[ItemRow], after: Iterable[ItemRow]) -> None:
        """Some rows became others."""
        for rows, by in ((before, -1), (after, 1)):
            for row in rows:
                self.total += by
                self.covered += by * _is_done(row)
                self.states[row.state] += by
                self.kinds[row.evidence_type] += by
                if _counts(row):
                    self._pairs[row.task, row.evidence_type] += by

    def remark(self, task: str, evidence_type: str) -> str:
        """What the heading of a group says where Before and After of its task differ in number."""
        if evidence_type not in PAIR:
            return ""
        return fewer_words(*(self._pairs[task, kind] for kind in PAIR))[PAIR.index(evidence_type)]


def _is_done(row: ItemRow) -> bool:
    return row.covered and row.state is ItemState.PASSED


def _counts(row: ItemRow) -> bool:
    """Whether it is one of a pair: a picture that has not been rejected, and for which no copy stands."""
    return row.evidence_type in PAIR and row.state not in GONE and row.file_type is FileType.PICTURE and not row.covered
