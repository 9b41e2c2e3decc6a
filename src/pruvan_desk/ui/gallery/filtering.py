"""Which items the gallery shows: one value for each thing that can be filtered by, and what there is to choose from."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from functools import lru_cache

from pruvan_desk.domain.hints import Hint
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.views.items import ItemRow

ON_THE_WAY = (ItemState.QUEUED, ItemState.RELAYING)
QUARTER = 900
"""Seconds: every zone's offset is a multiple of it, so that a day need not be worked out for each photo."""


class By(StrEnum):
    """What can be filtered by beside state and evidence type, which have chips of their own."""

    TASK = "task"
    CREW = "crew"
    DAY = "day"
    HINT = "hint"

    @property
    def label(self) -> str:
        """As people read it."""
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class Filter:
    """``None`` (or no words) lets everything pass; an empty text means: those that have none. A queued filter shows relaying too."""

    state: ItemState | None = None
    evidence_type: str | None = None
    task: str | None = None
    crew: str | None = None
    day: str | None = None
    hint: str | None = None
    words: str = ""
    hints_first: bool = False
    """Within each group, what has a quality hint stands before the rest."""

    def value(self, by: By) -> str | None:
        """What is chosen of one kind."""
        chosen: str | None = getattr(self, by.value)
        return chosen

    def with_value(self, by: By, value: str | None) -> "Filter":
        """The same with another choice of one kind."""
        changes: dict[str, str | None] = {by.value: value}
        return replace(self, **changes)  # type: ignore[arg-type]  # the names of By are those of the fields

    def lets_pass(self, row: ItemRow, zone: tzinfo) -> bool:
        """Whether it shows an item. Every word must be found in its project, task, notes, crew or file name."""
        if self.state is not None and row.state is not self.state:
            both_on_the_way = self.state is ItemState.QUEUED and row.state in ON_THE_WAY
            if not both_on_the_way:
                return False
        if self.evidence_type is not None and row.evidence_type != self.evidence_type:
            return False
        chosen = ((self.task, row.task), (self.crew, row.created_by))
        if any(wanted is not None and wanted != has for wanted, has in chosen):
            return False
        if self.hint is not None and self.hint not in row.hints:
            return False
        if self.day is not None and day_of(row, zone) != self.day:
            return False
        return not self.words or all(word in haystack(row) for word in self.words.casefold().split())


def filter_text(wanted: Filter) -> str:
    """A filter as the window remembers it: what it chooses, as JSON."""
    return json.dumps({name: value for name, value in asdict(wanted).items() if value not in (None, False)})


def read_filter(kept: str) -> Filter:
    """A filter as it was remembered; what another version wrote and this one does not know is passed over."""
    try:
        read = json.loads(kept or "{}")
    except ValueError:
        read = {}
    read = read if isinstance(read, dict) else {}
    chosen = {name: value for name in ("evidence_type", *By) if isinstance(value := read.get(name), str)}
    words = read.get("words")
    return Filter(
        state=next((state for state in ItemState if state.value == read.get("state")), None),
        words=words if isinstance(words, str) else "",
        hints_first=read.get("hints_first") is True,
        **chosen,
    )


def day_of(row: ItemRow, zone: tzinfo) -> str:
    """The day it was taken (or else arrived), in the office's zone: ``2026-03-05``."""
    return _day(int((row.taken_at or row.arrived_at).timestamp()) // QUARTER, zone)


@lru_cache(maxsize=20_000)
def _day(quarter: int, zone: tzinfo) -> str:
    return datetime.fromtimestamp(quarter * QUARTER, UTC).astimezone(zone).date().isoformat()


def haystack(row: ItemRow) -> str:
    """What words are looked for in, case-folded."""
    return f"{row.project} {row.wanted_project} {row.task} {row.file_name} {row.notes} {row.created_by}".casefold()


def choices(rows: Iterable[ItemRow], by: By, zone: tzinfo) -> Counter[str]:
    """What there is to choose from of one kind, and how many items have it."""
    match by:
        case By.TASK:
            return Counter(row.task for row in rows)
        case By.CREW:
            return Counter(row.created_by for row in rows)
        case By.DAY:
            return Counter(day_of(row, zone) for row in rows)
        case By.HINT:
            return Counter(hint.value for row in rows for hint in row.hints)


def value_words(by: By, value: str) -> str:
    """A choice in words."""
    if not value:
        return {By.TASK: "No task", By.CREW: "Nobody named"}.get(by, "None")
    if by is By.DAY:
        day = datetime.fromisoformat(value)
        return f"{day:%a} {value}"
    return Hint(value).label if by is By.HINT else value
