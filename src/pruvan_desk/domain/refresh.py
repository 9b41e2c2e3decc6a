"""Refresh as a plan: from what is known and what came to a list of typed steps. Nothing is written here.

The rules (who closes, reopens, overwrites what) are those of the business; applying a plan twice equals applying it once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pruvan_desk.domain.orders import Order, UnreadableOrder
from pruvan_desk.domain.statuses import CloseReason, ProjectStatus
from pruvan_desk.domain.tasks import KnownTask, TaskSteps, plan_tasks

CLOSED_WORDS = {"closed", "complete", "completed", "complete and closed", "qc declined", "denied"}
CANCELLED_WORDS = {"cancelled", "canceled"}

CLIENT_FIELDS = ("client_status", "client_due", "client_instructions")
"""Always follow the client, whatever Auto Admin says."""

AUTO_ADMIN_FIELDS = ("description", "reference", "info", "options", "instructions", "status", "due")
"""Overwritten by each import while Auto Admin is on; set on first import only while it is off."""

ORDER_FIELDS = (
    "address1", "address2", "city", "state", "zip", "country", "latitude", "longitude",
    "start", "source_id", "source_number", "source_provider",
)  # fmt: skip
"""Facts of the order that are the client's alone and follow every import."""

GUARD_COUNT = 10
GUARD_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class KnownProject:
    """A project we have. ``unchanged_source``: the order just received is the one last applied. ``deleted``: in the trash."""

    id: int
    number: str
    closed: bool = False
    close_reason: CloseReason | None = None
    unchanged_source: bool = False
    deleted: bool = False
    tasks: tuple[KnownTask, ...] = ()
    rework_client_status: str | None = None
    """For a project that the office put into Rework: the client's status at that time."""


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """The integration's settings that an import obeys. ``full``: the list was asked for whole and came whole.

    ``closes``: not so for what is pushed, which creates and updates only.
    """

    full: bool
    closes: bool = True
    auto_admin: bool = True
    qa_in_field: bool = True
    assign_to: str = "~all~"


@dataclass(frozen=True, slots=True)
class Create:
    """A new project, with its tasks; closed at once when the client says so already."""

    order: Order
    values: dict[str, Any]
    close_reason: CloseReason | None = None


@dataclass(frozen=True, slots=True)
class Recreate:
    """A new project in the place of a trashed one: what belongs to that one belongs to it, in the state it is in."""

    project_id: int
    order: Order
    values: dict[str, Any]
    tasks: TaskSteps


@dataclass(frozen=True, slots=True)
class Update:
    """New values for a known project."""

    project_id: int
    order: Order
    values: dict[str, Any]
    tasks: TaskSteps
    renames_tasks: bool


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The order came as it was."""

    project_id: int


@dataclass(frozen=True, slots=True)
class Close:
    """A project to close, and why."""

    project_id: int
    number: str
    reason: CloseReason


@dataclass(frozen=True, slots=True)
class Reopen:
    """A project that closed by itself and is sent as open again. Comes before its update, which may set the status."""

    project_id: int
    number: str


@dataclass(frozen=True, slots=True)
class Skip:
    """An order that cannot be imported now; tried again at the next refresh, and present all the same."""

    number: str
    reason: str
    source: str


Step = Create | Recreate | Update | Unchanged | Close | Reopen | Skip


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in the order they are applied. ``withheld`` are closures that the guard kept back, for somebody to decide."""

    steps: list[Step]
    withheld: list[Close] = field(default_factory=list)


def plan_refresh(
    known: Mapping[str, KnownProject],
    received: Sequence[Order | UnreadableOrder],
    settings: ImportSettings,
    open_elsewhere: Iterable[KnownProject] = (),
) -> Plan:
    """The steps that bring ``known`` (by number) in line with ``received``.

    ``open_elsewhere`` are open projects of the integration that need no entry in ``known`` because nothing about them came;
    with a full list, those whose order is absent close, unless the guard holds.
    """
    steps: list[Step] = []
    latest = {entry.number: entry for entry in received if entry.number}
    nameless = [entry for entry in received if not entry.number]
    for entry in [*latest.values(), *nameless]:
        if isinstance(entry, UnreadableOrder):
            steps.append(Skip(entry.number, entry.reason, entry.source))
        else:
            steps.extend(_plan_order(known.get(entry.number), entry, settings))
    if not settings.full:
        return Plan(steps)
    everything = {
        project.number: project
        for project in (*known.values(), *open_elsewhere)
        if not project.closed and not project.deleted
    }
    absent = [
        Close(project.id, project.number, CloseReason.ABSENT)
        for project in everything.values()
        if project.number not in latest
    ]
    if nameless or closes_too_much(len(absent), len(everything) + _opened(steps)):
        return Plan(steps, withheld=absent)
    return Plan([*steps, *absent])


def _opened(steps: Iterable[Step]) -> int:
    """By how many open projects there are more after ``steps``: counted, so that the same list has the same share next time."""
    steps = list(steps)
    opened = sum(isinstance(step, Reopen | Recreate) for step in steps)
    opened += sum(isinstance(step, Create) and step.close_reason is None for step in steps)
    return opened - sum(isinstance(step, Close) for step in steps)


def closes_too_much(closing: int, open_projects: int) -> bool:
    """Whether the silence of a full list would close more of the open projects than a client plausibly does between two lists."""
    return closing > GUARD_COUNT and closing > GUARD_SHARE * open_projects


def close_reason(order: Order) -> CloseReason | None:
    """What the order itself says about its end, if anything."""
    word = (order.client_status or "").strip().lower()
    if word in CANCELLED_WORDS:
        return CloseReason.CANCELLED
    if word in CLOSED_WORDS or ProjectStatus.read(order.status or "") is ProjectStatus.CLOSED:
        return CloseReason.CLIENT
    return None


def _plan_order(known: KnownProject | None, order: Order, settings: ImportSettings) -> list[Step]:
    reason = close_reason(order)
    if known is None:
        return [_plan_new(order, settings, reason if settings.closes else None)]
    if known.deleted:
        return [_plan_again(known, order, settings, reason)]
    reopens = reason is None and _reopens(known, order, settings)
    steps: list[Step] = [Reopen(known.id, known.number)] if reopens else []
    if known.unchanged_source:
        steps.append(Unchanged(known.id))
    else:
        values = {name: getattr(order, name) for name in _fields_to_write(settings) if getattr(order, name) is not None}
        if _keeps_rework(known, order):
            values.pop("status", None)
        elif known.rework_client_status is not None:
            values["rework_client_status"] = None
        if "status" in values:
            values.update(_status_from_client(values.pop("status"), is_open=reopens or not known.closed))
        tasks = plan_tasks(known.tasks, order.services)
        steps.append(Update(known.id, order, values, tasks, settings.auto_admin))
    if reason and settings.closes and not known.closed:
        steps.append(Close(known.id, known.number, reason))
    return steps


def _keeps_rework(known: KnownProject, order: Order) -> bool:
    """Whether the office's Rework stands: until the client's own status becomes another."""
    said, then = order.client_status, known.rework_client_status
    return then is not None and (said is None or said.strip().lower() == then.strip().lower())


def _reopens(known: KnownProject, order: Order, settings: ImportSettings) -> bool:
    """Whether an order that is not closed opens its project again: never one closed by hand.

    An order of a full list is whole, and so is open; an incremental one that is silent about its status may be only an
    update, which reopens nothing but what was merely absent.
    """
    if not known.closed or known.close_reason is CloseReason.BY_HAND:
        return False
    return settings.full or known.close_reason is CloseReason.ABSENT or order.client_status is not None


def _plan_new(order: Order, settings: ImportSettings, reason: CloseReason | None) -> Create | Skip:
    missing = order.missing_to_create()
    if missing:
        return Skip(order.number, f"The order lacks {', '.join(missing)}.", order.source)
    values = {
        name: getattr(order, name)
        for name in (*ORDER_FIELDS, *CLIENT_FIELDS, *AUTO_ADMIN_FIELDS)
        if name != "status" and getattr(order, name) is not None
    }
    values["assigned_to"] = order.assigned_to or settings.assign_to
    status = ProjectStatus.read(order.status or "")
    open_status = ProjectStatus.ASSIGNED if values["assigned_to"] else ProjectStatus.UNASSIGNED
    values["status"] = status if status and status is not ProjectStatus.CLOSED else open_status
    return Create(order, values, reason)


def _plan_again(known: KnownProject, order: Order, settings: ImportSettings, reason: CloseReason | None) -> Step:
    """The order of a trashed project: a whole and open one makes it anew; one that is over leaves it where it is."""
    if reason:
        return Unchanged(known.id)
    new = _plan_new(order, settings, None)
    if isinstance(new, Skip):
        return Skip(order.number, f"Its project is in the trash. {new.reason}", order.source)
    return Recreate(known.id, order, new.values, plan_tasks(known.tasks, order.services))


def _fields_to_write(settings: ImportSettings) -> tuple[str, ...]:
    always = (*ORDER_FIELDS, *CLIENT_FIELDS)
    return (*always, *AUTO_ADMIN_FIELDS) if settings.auto_admin else always


def _status_from_client(word: str, *, is_open: bool) -> dict[str, Any]:
    """The project status an import may set: never into or out of *Closed*, which has rules of its own."""
    status = ProjectStatus.read(word)
    if status is None or status is ProjectStatus.CLOSED or not is_open:
        return {}
    return {"status": status}
