"""The facts about an item in words: certification with its reasons, the relay, the history."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from itertools import groupby
from typing import Any

from pruvan_desk.domain.certification import distance_words
from pruvan_desk.domain.statuses import ItemState, JobState, evidence_label
from pruvan_desk.domain.undo import DONE
from pruvan_desk.store.marked import TAKEN_OUT
from pruvan_desk.store.views.item_facts import ItemEvent, ItemFacts
from pruvan_desk.ui import text

OUTCOMES = {
    JobState.QUEUED: "waits", JobState.LEASED: "is being sent", JobState.DONE: "has it", JobState.FAILED: "refused it",
}  # fmt: skip
OTHER_DEEDS = {
    "received again": "received again", "retry": "tried again", "republish": "published again", "undo": "undone",
    "redo": "done again", "purge": "file removed, 30 days after it was deleted", "annotated copy": "annotated copy made",
    TAKEN_OUT: "taken out of the queue, as it was to go without the marks",
}  # fmt: skip


def where_words(facts: ItemFacts) -> str:
    """``38 m away ± 5 m``; empty where nothing is known."""
    if facts.certification.distance is None:
        return ""
    accuracy = f" ± {facts.accuracy:.0f} m" if facts.accuracy else ""
    return f"{distance_words(facts.certification.distance)} from the property{accuracy}"


def relay_lines(facts: ItemFacts, zone: tzinfo) -> list[str]:
    """How it stands at each destination, with what was said there."""
    lines = []
    for outcome in facts.outcomes:
        said = OUTCOMES.get(outcome.state, outcome.state.value)
        at = f" since {text.when(outcome.at, zone)}" if outcome.at and outcome.state is JobState.DONE else ""
        words = f": {outcome.words}" if outcome.words else ""
        place = f" in {outcome.place}" if outcome.place else ""
        lines.append(f"{outcome.destination.label} {said}{at}{place}{words}")
    return lines


def watched_lines(facts: ItemFacts) -> list[str]:
    """Where in a watch folder it lies, what was wrong there, and for which order it may be."""
    guess = facts.guess
    return [
        *([f"From the watch folder: {facts.watched}"] if facts.watched else []),
        *([facts.unfiled] if facts.unfiled else []),
        *([f"May be {guess.key}{f' · {guess.task}' if guess.task else ''}: {guess.words}."] if guess else []),
    ]


def history_lines(events: Iterable[ItemEvent], zone: tzinfo) -> list[str]:
    """Who did what, when, the newest first. Marks that somebody drew one after the other are one line."""
    lines = []
    for (who, words, _), run in groupby(events, key=_together):
        same = list(run)
        times = f", {len(same)} changes" if len(same) > 1 else ""
        lines.append(f"{text.when(same[0].at, zone)}  {who}  {words}{times}")
    return lines


def _together(event: ItemEvent) -> tuple[str, str, datetime | None]:
    return event.who, edit_words(event), None if event.kind == "annotate" else event.at


def edit_words(event: ItemEvent) -> str:
    """What one edit did: ``rejected: Blurred``, ``moved: Grass Cut · Before → Trim · After``."""
    done = DONE.get(event.kind) or OTHER_DEEDS.get(event.kind, event.kind)
    before, after = event.before, event.after
    if event.kind == "reject" and after.get("reject_reason"):
        return f"{done}: {after['reject_reason']}"
    if event.kind == "note":
        return f"{done}: {after.get('notes') or '(none)'}"
    if "rotation" in after and before.get("rotation") != after["rotation"]:
        return f"{done} to {after['rotation']}°"
    if "task" in after and _flag(before) != _flag(after):
        return f"{done}: {_flag(before)} → {_flag(after)}"
    went = _went(before, after) if event.kind in ("undo", "redo") else ""
    return f"{done}: {went}" if went else done


def _went(before: dict[str, Any], after: dict[str, Any]) -> str:
    """What going back or forth has changed of state and note."""
    if before.get("state") != after.get("state"):
        return f"{_state(before)} → {_state(after)}"
    return f"note {after.get('notes') or '(none)'}" if before.get("notes") != after.get("notes") else ""


def _flag(values: dict[str, Any]) -> str:
    return f"{values.get('task') or 'No task'} · {evidence_label(values.get('evidence_type') or '')}"


def _state(values: dict[str, Any]) -> str:
    state = values.get("state", "")
    return ItemState(state).label if state in set(ItemState) else str(state)
