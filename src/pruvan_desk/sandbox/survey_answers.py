"""Filling in a form on the phone: from a template to an answer set, with the triggers respected."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from pruvan_desk.wire.values import JsonObject

COMMENTS = (
    "Front lawn is 14 inches high.", "Rear fence is down on the north side.", "Neighbour says nobody lives here.",
    "No damage seen.", "Water is off at the curb.", "Broken pane in the garage door.",
)  # fmt: skip
NAMES = ("Dana Whitfield", "José Alvarez", "Priya Natarajan", "Marcus O'Neil")
TakePictures = Callable[[int], list[str]]
"""Takes that many photos for a question and answers their uuids."""


def answer_form(
    template: JsonObject, rng: random.Random, take_pictures: TakePictures, earlier: JsonObject | None = None
) -> JsonObject:
    """The answer set of a filled-in form: every question that is on, in the template's order.

    What an ``earlier`` answer set says, which came back to be mended, stays; what it lacks is answered.
    """
    entries = list(questions_of(template))
    triggered = {str(name) for entry in entries for name, _ in enables(entry)}
    given = _by_question(earlier)
    switched_on: set[str] = set()
    answers = []
    for entry in entries:
        question_id = str(entry.get("id"))
        if question_id in triggered and question_id not in switched_on:
            continue
        for said in given.get(question_id, [{}]):
            answer = said.get("answer") or _answer(entry, rng)
            switched_on |= {name for name, wanted in enables(entry) if same_answer(wanted, answer)}
            answers.append(_entry(entry, answer, _pictures(entry, said, rng, take_pictures)) | _repetition(said))
    return {"meta": dict(template.get("meta") or {}), "answers": answers}


def form_of_answers(answers: JsonObject) -> JsonObject:
    """The form that an answer set shows, for a phone that never got the template: each of its questions once."""
    once: dict[str, JsonObject] = {}
    for entry in _entries(answers):
        once.setdefault(str(entry.get("id")), entry)
    return {"meta": dict(answers.get("meta") or {}), "questions": list(once.values())}


def _entries(answers: JsonObject | None) -> list[JsonObject]:
    found = (answers or {}).get("answers")
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _by_question(answers: JsonObject | None) -> dict[str, list[JsonObject]]:
    found: dict[str, list[JsonObject]] = defaultdict(list)
    for entry in _entries(answers):
        found[str(entry.get("id"))].append(entry)
    return found


def _repetition(said: JsonObject) -> JsonObject:
    return {"repetition": said["repetition"]} if "repetition" in said else {}


def _pictures(entry: JsonObject, said: JsonObject, rng: random.Random, take_pictures: TakePictures) -> list[str]:
    """Those that were there, and as many new ones as are wanted."""
    if not said:
        return take_pictures(_pictures_wanted(entry, rng))
    there = [uuid for uuid in said.get("pictures") or [] if isinstance(uuid, str)]
    return there + take_pictures(max(0, int(entry.get("minPictures") or 0) - len(there)))


def questions_of(part: JsonObject) -> Iterator[JsonObject]:
    """The questions of a template or section, in order, sections opened."""
    for entry in part.get("questions") or []:
        if not isinstance(entry, dict):
            continue
        if entry.get("type") == "section" or "questions" in entry:
            yield from questions_of(entry)
        else:
            yield entry


def enables(entry: JsonObject) -> Iterator[tuple[str, Any]]:
    """The ids of the questions that this one can switch on, each with the answer that does."""
    for trigger in entry.get("triggers") or []:
        for name in trigger.get("enables") or []:
            yield str(name), trigger.get("answer")


def same_answer(wanted: Any, answer: Any) -> bool:
    """Whether an answer, or one of several, is the one wanted, in any case."""
    given = answer if isinstance(answer, list) else [answer]
    return str(wanted).lower() in {str(value).lower() for value in given}


def _entry(entry: JsonObject, answer: Any, pictures: list[str]) -> JsonObject:
    return {
        "id": entry.get("id"),
        "question": entry.get("question", ""),
        "answerType": entry.get("answerType", "text"),
        "answer": answer,
        "answerOptions": entry.get("answerOptions", []),
        "hint": entry.get("hint", ""),
        "pictures": pictures,
    }


def _pictures_wanted(entry: JsonObject, rng: random.Random) -> int:
    fewest = int(entry.get("minPictures") or 0)
    most = int(entry.get("maxPictures") or fewest)
    return min(most, fewest + (rng.random() < 0.25))


def _answer(entry: JsonObject, rng: random.Random) -> Any:
    """An answer that a person could give, of the type the question asks for."""
    answer_type, options = entry.get("answerType"), list(entry.get("answerOptions") or [])
    if answer_type == "select" and options:
        return rng.choice(options)
    if answer_type == "multiSelect":
        return [option for option in options if rng.random() < 0.3]
    if answer_type in ("number", "currency"):
        limits = entry.get("validation") or {}
        low, high = limits.get("min", 0), limits.get("max", 500)
        return str(rng.randint(int(low), int(high)))
    simple: dict[Any, Callable[[], Any]] = {
        "yesNo": lambda: rng.choice(("Yes", "No")),
        "yesNoNA": lambda: rng.choice(("Yes", "No", "N/A")),
        "date": lambda: f"2026-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
        "time": lambda: f"{rng.randint(7, 18):02d}:{rng.randint(0, 59):02d}",
        "phone": lambda: f"({rng.randint(201, 989)}) 555-{rng.randint(100, 199):04d}",
        "email": lambda: f"crew{rng.randint(1, 99)}@example.com",
        "text": lambda: rng.choice(NAMES),
        "textArea": lambda: rng.choice(COMMENTS),
    }
    return simple.get(answer_type, lambda: "")()
