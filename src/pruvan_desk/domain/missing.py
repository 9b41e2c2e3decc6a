"""What a project still lacks before its order can be submitted. Nothing lacking means: ready to submit."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pruvan_desk.domain.check_in import CheckInSteps
from pruvan_desk.domain.statuses import ItemState, evidence_label

WORK = frozenset({"before", "during", "after"})
"""Evidence of work that was done; where there is any of it, both Before and After are wanted."""
UNPUBLISHED: Mapping[ItemState, str] = {
    ItemState.PENDING_QA: "waiting for QA",
    ItemState.PASSED: "passed and not published",
    ItemState.HELD: "held until the crew presses Complete",
    ItemState.QUEUED: "on the way to the client",
    ItemState.RELAYING: "on the way to the client",
    ItemState.FAILED: "failed to reach the client",
}
"""The states of items that the client will have to get, and what is said of them. Rejected and deleted ones never go."""


class Mending(StrEnum):
    """Where something that lacks is mended."""

    PHOTOS = "photos"
    SURVEY = "survey"
    CHECK_IN = "check_in"


class TaskFacts(Protocol):
    """What the rule has to know of a task."""

    @property
    def name(self) -> str:
        """The service line."""

    @property
    def survey(self) -> bool:
        """Whether it wants a form filled in, not photos."""

    @property
    def survey_submitted(self) -> bool:
        """Whether the form came."""

    @property
    def removed(self) -> bool:
        """Whether the client took it away."""

    @property
    def evidence(self) -> Mapping[str, int]:
        """How many items prove it, by evidence type."""


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that lacks, in words, and where it is mended: which task, evidence type or state of items to look at."""

    mending: Mending
    words: str
    task: str = ""
    evidence_type: str = ""
    state: ItemState | None = None


def lacks(
    tasks: Iterable[TaskFacts], items: Mapping[ItemState, int], unfiled: int, check_in: CheckInSteps | None
) -> tuple[Lack, ...]:
    """Everything that lacks, in the order somebody would mend it.

    ``items``: how many items are in which state; ``unfiled``: items on a task that the project does not have; ``check_in``:
    ``None`` where the order asks for none. A task proved by bids, inspections or damage alone wants no Before and After.
    """
    found: list[Lack] = []
    for task in tasks:
        if not task.removed:
            found += _of_survey(task) if task.survey else _of_photos(task)
    if check_in is not None:
        found += [Lack(Mending.CHECK_IN, f"Check in: {step}") for step in check_in.missing]
    if unfiled:
        found.append(Lack(Mending.PHOTOS, f"{_items(unfiled)} on no task of this project"))
    return (*found, *_of_items(items))


def _of_survey(task: TaskFacts) -> list[Lack]:
    return [] if task.survey_submitted else [Lack(Mending.SURVEY, f"{task.name}: survey not submitted", task.name)]


def _of_photos(task: TaskFacts) -> list[Lack]:
    shown = {kind for kind, count in task.evidence.items() if count}
    if not shown:
        return [Lack(Mending.PHOTOS, f"{task.name}: no photos", task.name)]
    if not shown & WORK:
        return []
    wanted = [kind for kind in ("before", "after") if kind not in shown]
    return [Lack(Mending.PHOTOS, f"{task.name}: no {evidence_label(kind)}", task.name, kind) for kind in wanted]


def _of_items(items: Mapping[ItemState, int]) -> Iterator[Lack]:
    counts: dict[str, int] = {}
    first: dict[str, ItemState] = {}
    for state, words in UNPUBLISHED.items():
        if items.get(state):
            counts[words] = counts.get(words, 0) + items[state]
            first.setdefault(words, state)
    for words, count in counts.items():
        yield Lack(Mending.PHOTOS, f"{_items(count)} {words}", state=first[words])


def _items(count: int) -> str:
    return f"{count:,} item{'' if count == 1 else 's'}"
