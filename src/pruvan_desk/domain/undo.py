"""What can be taken back, and to what: read from the edits of items, in which every decision stands with what was before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.qa import DECIDABLE, IN_OUTBOX, REASONS_AGAINST
from pruvan_desk.domain.statuses import ItemState

PHOTO_MOVED = "photo moved"
"""A photo of a submitted form was moved to another question."""
UNDOABLE = (
    "pass", "reject", "clear", "rotate", "move", "assign", "note", "annotate", "delete", "restore", "publish", "withdraw",
    "release",
)  # fmt: skip
"""Edits of photos by a person in the office. What arrives, is sent or fails is nobody's to undo."""
UNDOABLE_IN_SURVEYS = (PHOTO_MOVED,)
"""Those of forms, which are taken back where forms are seen."""

FLAGS = ("project_id", "task", "evidence_type", "rotation", "survey")
"""Fields whose change the client has to hear of."""

MARKS = ("pass", "reject", "clear")
ARRIVED = (ItemState.PENDING_QA, ItemState.HELD, ItemState.PASSED, ItemState.REJECTED)
DONE = {
    "pass": "passed", "reject": "rejected", "clear": "mark taken off", "rotate": "rotated", "move": "moved",
    "assign": "given a project", "note": "note written", "annotate": "annotated", "delete": "deleted", "restore": "restored",
    "publish": "published", "withdraw": "withdrawn", "release": "released", PHOTO_MOVED: "photo moved",
}  # fmt: skip
"""What an edit did, in words for a sentence."""


@dataclass(frozen=True, slots=True)
class Way:
    """How an item gets back: plain ``values`` to write; ``queue`` it for the client, or ``withdraw`` what is queued."""

    values: Mapping[str, Any]
    queue: bool = False
    withdraw: bool = False


def way_back(kind: str, source: Mapping[str, Any], target: Mapping[str, Any], now: Mapping[str, Any]) -> Way:
    """From ``source`` (what the edit left) to ``target`` (what was before); the other way round for a redo.

    ``now`` is how the item stands. Raises :class:`UsageError` where it was changed since, or is out of our hands.
    """
    state = ItemState(now["state"])
    if kind in ("publish", "release", "withdraw"):
        return _through_outbox(state, source, target)
    if state is ItemState.DELETED and kind not in ("delete", "restore"):
        raise UsageError("It is deleted.", REASONS_AGAINST[state])
    fields = {name: target[name] for name in target if name != "revision" and target[name] != source.get(name)}
    was_held = target.get("state") == ItemState.HELD and source.get("state") in ARRIVED
    if kind in ("rotate", "move", PHOTO_MOVED) and not was_held:
        fields.pop("state", None)  # what goes to the client again because of the edit goes again because of the undo
    if any(now[name] != source[name] for name in fields if name != "state"):
        raise UsageError("It was changed since.", "Look at its history.")
    if "state" in fields:
        _check_state(kind, state, ItemState(source["state"]))
    return Way(fields)


def _through_outbox(state: ItemState, source: Mapping[str, Any], target: Mapping[str, Any]) -> Way:
    if state != source["state"] and not (state is ItemState.FAILED and source["state"] == ItemState.QUEUED):
        raise UsageError(f"It is {state.label.lower()}.", REASONS_AGAINST.get(state, "It was changed since."))
    if target["state"] in (ItemState.QUEUED, ItemState.FAILED):
        return Way({}, queue=True)
    return Way({"state": target["state"]}, withdraw=state in IN_OUTBOX)  # what waited for QA instead has no job


def _check_state(kind: str, state: ItemState, left: ItemState) -> None:
    if kind in MARKS and state not in DECIDABLE:
        raise UsageError(f"It is {state.label.lower()}.", REASONS_AGAINST[state])
    if kind in ("assign", "move") and state not in (*ARRIVED, ItemState.UNASSIGNED):
        raise UsageError(f"It is {state.label.lower()}.", REASONS_AGAINST[state])
    if state is not left:
        raise UsageError("It was changed since.", "Look at its history.")
