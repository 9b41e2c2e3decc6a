"""What the table is narrowed to: plain rules on rows, no Qt."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from pruvan_desk.domain.orders import past_due
from pruvan_desk.domain.statuses import FieldStatus, ItemState, ProjectStatus
from pruvan_desk.store.views.projects import ProjectRow
from pruvan_desk.ui.projects.columns import CHECK_IN_WORDS, assigned_words

OPEN, CLOSED, CLOSED_THIS_WEEK = "Open", "Closed", "Closed this week"
PAST, TODAY, THIS_WEEK, LATER, NO_DATE = "Past due", "Today", "Next 7 days", "Later", "No date"
NOBODY = "Nobody"
WEEK = timedelta(days=7)
ON_THE_WAY = "On the way"
Values = Callable[[ProjectRow, datetime], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing to narrow by: its name, its word on the chip, what a row counts as, and the choices there always are."""

    name: str
    words: str
    values: Values
    fixed: tuple[str, ...] = ()


AT_RISK = "At risk today"


def states_of(row: ProjectRow, now: datetime) -> tuple[str, ...]:
    """Whether it is open, closed, or closed within the last seven days."""
    if not row.closed:
        return (OPEN,)
    recent = row.closed_at and datetime.fromisoformat(row.closed_at) >= now - WEEK
    return (CLOSED, CLOSED_THIS_WEEK) if recent else (CLOSED,)


def due_of(row: ProjectRow, now: datetime) -> tuple[str, ...]:
    """How near its due date is; a closed one has none that matters. Days are compared as text: 100,000 are looked at in one go."""
    if row.closed:
        return ()
    if not row.due:
        return (NO_DATE,)
    today, last = _edges(now)
    day = row.due
    if "T" in day:
        if past_due(day, now):
            return (PAST,)
        day = datetime.fromisoformat(day).astimezone(now.tzinfo).date().isoformat()
    if day < today:
        return (PAST,)
    if day == today:
        return (TODAY,)
    return (THIS_WEEK,) if day <= last else (LATER,)


@lru_cache(maxsize=2)
def _edges(now: datetime) -> tuple[str, str]:
    """Today, and the last of the seven days after it."""
    return now.date().isoformat(), (now.date() + WEEK).isoformat()


def items_of(row: ProjectRow, _now: datetime) -> tuple[str, ...]:
    """The states that some of its items are in."""
    return tuple(state.label for state in row.items if row.items[state])


def surveys_of(row: ProjectRow, _now: datetime) -> tuple[str, ...]:
    """Whether its forms are in."""
    if not row.surveys:
        return ()
    return ("Submitted",) if row.surveys == row.surveys_submitted else ("Missing",)


def check_ins_of(row: ProjectRow, now: datetime) -> tuple[str, ...]:
    """How its check-in stands; one that is not done and is due today, or was, is at risk."""
    if not row.check_in:
        return ()
    at_risk = row.check_in != "succeeded" and due_of(row, now) in ((PAST,), (TODAY,))
    words = CHECK_IN_WORDS[row.check_in]
    return (words, AT_RISK) if at_risk else (words,)


FACETS: tuple[Facet, ...] = (
    Facet("state", "Open or closed", states_of, (OPEN, CLOSED, CLOSED_THIS_WEEK)),
    Facet("status", "Status", lambda row, _: (row.status,), tuple(ProjectStatus)),
    Facet("due", "Due", due_of, (PAST, TODAY, THIS_WEEK, LATER, NO_DATE)),
    Facet("assigned_to", "Assigned to", lambda row, _: (assigned_words(row) or NOBODY,)),
    Facet("integration", "Integration", lambda row, _: (row.integration,)),
    Facet("items", "Items", items_of, tuple(state.label for state in ItemState if state is not ItemState.UNASSIGNED)),
    Facet("survey", "Survey", surveys_of, ("Missing", "Submitted")),
    Facet(
        "check_in", "Check in", check_ins_of, (*(words for words in CHECK_IN_WORDS.values() if words), AT_RISK),
    ),
    Facet("field_status", "Field status", lambda row, _: (row.field_status,), tuple(FieldStatus)),
    Facet("client_status", "Client status", lambda row, _: (row.client_status,)),
)  # fmt: skip
BY_NAME: Mapping[str, Facet] = {facet.name: facet for facet in FACETS}


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """What is chosen of each facet; a row is shown when it has one of the values chosen of every facet that has any."""

    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.chosen)

    def with_choice(self, facet: str, values: Iterable[str]) -> "ProjectFilter":
        """Another choice of one facet; none takes it away."""
        kept = {name: old for name, old in self.chosen.items() if name != facet}
        return replace(self, chosen=kept | ({facet: frozenset(values)} if values else {}))

    def predicate(self, now: datetime) -> Callable[[ProjectRow], bool] | None:
        """Says of a row whether it is shown; ``None``: all are. ``now`` is in the office's zone."""
        tests = [(BY_NAME[name].values, values) for name, values in self.chosen.items()]
        if not tests:
            return None
        if len(tests) == 1:
            values_of, wanted = tests[0]
            return lambda row: not wanted.isdisjoint(values_of(row, now))
        return lambda row: all(not wanted.isdisjoint(values_of(row, now)) for values_of, wanted in tests)

    def to_json(self) -> dict[str, list[str]]:
        """As kept in saved views and in the window's state."""
        return {name: sorted(values) for name, values in self.chosen.items()}

    @classmethod
    def from_json(cls, body: Any) -> "ProjectFilter":
        """Back again; what this program does not know is passed over."""
        known = body.items() if isinstance(body, dict) else ()
        return cls({n: frozenset(map(str, v)) for n, v in known if n in BY_NAME and isinstance(v, list) and v})


def choices(facet: Facet, rows: Iterable[ProjectRow], now: datetime) -> list[str]:
    """What can be chosen of a facet: the values there always are, or those that rows have."""
    if facet.fixed:
        return list(facet.fixed)
    return sorted({value for row in rows for value in facet.values(row, now) if value}, key=str.casefold)
