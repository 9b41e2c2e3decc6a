"""What the office may change about a project by hand, what follows from it, and what can be taken back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.refresh import AUTO_ADMIN_FIELDS
from pruvan_desk.domain.statuses import CloseReason, ProjectStatus

OFFICE_FIELDS = ("status", "assigned_to", "due", "info", "instructions", "description", "reference")
"""May be changed of every project. With Auto Admin the next import of its order writes its own over all but who it is assigned to."""
OWN_FIELDS = ("number", "address1", "address2", "city", "state", "zip", "country", "start", "tasks")
"""May be changed of the office's own orders only: of an imported one they are the client's."""
REQUIRED = {"number": "A number", "address1": "The address", "city": "The city"}
FIELD_WORDS = {
    "status": "status", "assigned_to": "assigned to", "due": "due date", "info": "work order info", "instructions": "instructions",
    "description": "description", "reference": "reference", "number": "number", "address1": "address", "address2": "address 2",
    "city": "city", "state": "state", "zip": "zip", "country": "country", "start": "start date", "tasks": "tasks",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Before:
    """What the rules have to know of a project as it is."""

    own: bool
    status: str
    assigned_to: str


def checked(values: Mapping[str, Any], *, own: bool) -> dict[str, Any]:
    """The values as they may be written. Raises :class:`UsageError` for a field that is the client's, or a value that is none."""
    made: dict[str, Any] = {}
    for name, value in values.items():
        if name in OWN_FIELDS and not own:
            raise UsageError(f"The {FIELD_WORDS[name]} of an imported order is the client's.", CLIENTS_ADVICE)
        if name not in FIELD_WORDS:
            raise UsageError(f"{name} cannot be changed here.", CLIENTS_ADVICE)
        made[name] = _checked(name, value)
    return made


CLIENTS_ADVICE = "Ask the client's coordinator to change it; a refresh brings it."


def _checked(name: str, value: Any) -> Any:
    if name == "tasks":
        names = [str(task).strip() for task in value]
        if not any(names) or len(set(names)) != len(names):
            raise UsageError("An order needs tasks, each of another name.", "Name at least one; no name twice.")
        return [task for task in names if task]
    text = str(value).strip()
    if name in REQUIRED and not text:
        raise UsageError(f"{REQUIRED[name]} is needed.", "Fill it in.")
    if name == "status":
        status = ProjectStatus.read(text)
        if status is None:
            raise UsageError(f"{text or 'Nothing'} is no status.", f"There are: {', '.join(ProjectStatus)}.")
        return status.value
    if name in ("due", "start") and text:
        _check_day(text)
    return text


def _check_day(text: str) -> None:
    try:
        datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text[:40]} is no date.", "Write it as 2026-12-31.") from error


def consequences(before: Before, values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """``values`` with what follows from them: a reason where a project closes, *Assigned* where an unassigned one gets a crew."""
    made = dict(values)
    closed = before.status == ProjectStatus.CLOSED
    status = made.get("status", before.status)
    if "assigned_to" in made and "status" not in made and not closed:
        status = _status_of(made["assigned_to"], before.status)
        if status != before.status:
            made["status"] = status
    if status == ProjectStatus.CLOSED and not closed:
        made |= {"close_reason": CloseReason.BY_HAND.value, "closed_at": now.isoformat()}
    elif closed and status != ProjectStatus.CLOSED:
        made |= {"close_reason": "", "closed_at": None}
    return made


def reopened_status(assigned_to: str) -> ProjectStatus:
    """What a project is when it is opened again."""
    return ProjectStatus.ASSIGNED if assigned_to else ProjectStatus.UNASSIGNED


def _status_of(assigned_to: str, status: str) -> str:
    """*Unassigned* and *Assigned* follow the crew; every other status says more, and stays."""
    if status in (ProjectStatus.UNASSIGNED, ProjectStatus.ASSIGNED):
        return reopened_status(assigned_to).value
    return status


def applied_again(changed: Iterable[str]) -> bool:
    """Whether the next import has to write its order over this edit although the order has not changed (Auto Admin)."""
    return any(name in AUTO_ADMIN_FIELDS for name in changed)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a step in the history: when it was done, undone or redone (``last``: the id of its newest event)."""

    step: str
    kind: str
    last: int


DONE, UNDONE, REDONE = "done", "undone", "redone"


def stacks(turns: Sequence[Turn]) -> tuple[list[str], list[str]]:
    """What can be undone and what redone, the next one last. Doing something new forgets what could be redone."""
    newest: dict[str, Turn] = {}
    for turn in turns:
        if turn.step not in newest or newest[turn.step].last < turn.last:
            newest[turn.step] = turn
    last_done = max((turn.last for turn in turns if turn.kind == DONE), default=0)
    ordered = sorted(newest.values(), key=lambda turn: turn.last)
    undo = [turn.step for turn in ordered if turn.kind != UNDONE]
    redo = [turn.step for turn in ordered if turn.kind == UNDONE and turn.last > last_done]
    return undo, redo
