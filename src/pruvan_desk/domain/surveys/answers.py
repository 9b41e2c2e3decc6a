"""An answer set while it is filled in: read from the wire's shape, changed answer by answer, written again.

What is not known is kept: keys of the set and of its entries, and entries about questions that the form does not have. An
entry of a repeating section says in ``repetition`` which one it is of, from 1; where that is not said, entries of one id count up.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from pruvan_desk.domain.surveys.form import Form, JsonObject, Question, Section
from pruvan_desk.domain.surveys.reading import text_of

REPETITION = "repetition"
MOST_REPETITIONS = 100


class Place(NamedTuple):
    """A question in the form; ``repetition`` counts from 1 in a repeating section and is 0 elsewhere."""

    question_id: str
    repetition: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """What was answered at a place. ``entry`` is all that an earlier answer set said there."""

    answer: Any = None
    pictures: tuple[str, ...] = ()
    """The photos' ``uuid``, in their order."""
    entry: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """The answers given so far. ``rest``: everything else of the answer set, its foreign entries under ``answers``."""

    given: Mapping[Place, Given] = field(default_factory=dict)
    rest: JsonObject = field(default_factory=dict)

    def answer(self, place: Place, answer: Any) -> "Sheet":
        """With another answer at a place."""
        return self._with(place, replace(self.given.get(place, Given()), answer=answer))

    def pictures(self, place: Place, pictures: Iterable[str]) -> "Sheet":
        """With other photos at a place."""
        once = tuple(dict.fromkeys(pictures))
        return self._with(place, replace(self.given.get(place, Given()), pictures=once))

    def repetitions(self, section: Section) -> int:
        """How often a section is filled in: once where it does not repeat."""
        if not section.repeats:
            return 1
        ids = {question.id for question in section.questions}
        return max((place.repetition for place in self.given if place.question_id in ids), default=1)

    def with_repetition(self, section: Section) -> "Sheet":
        """With one more repetition of a section."""
        place = Place(section.questions[0].id, self.repetitions(section) + 1)
        return self if place.repetition > MOST_REPETITIONS else self.answer(place, "")

    def without_repetition(self, section: Section, repetition: int) -> "Sheet":
        """Without one of the repetitions of a section; those after it move up."""
        ids = {question.id for question in section.questions}
        moved: dict[Place, Given] = {}
        for place, given in self.given.items():
            mine = place.question_id in ids
            if mine and place.repetition == repetition:
                continue
            later = mine and place.repetition > repetition
            moved[Place(place.question_id, place.repetition - 1) if later else place] = given
        return replace(self, given=moved)

    def _with(self, place: Place, given: Given) -> "Sheet":
        return replace(self, given={**self.given, place: given})


def effective(question: Question, given: Given | None) -> Any:
    """The answer that counts: what was given, or the default as long as nobody has said anything."""
    return question.default if given is None or given.answer is None else given.answer


def read_answers(form: Form, body: JsonObject | None) -> Sheet:
    """The sheet of an answer set."""
    if body is None:
        return Sheet()
    given: dict[Place, Given] = {}
    foreign: list[Any] = []
    seen: Counter[str] = Counter()
    entries = body.get("answers")
    for entry in entries if isinstance(entries, list) else []:
        question_id = text_of(entry.get("id")) if isinstance(entry, dict) else ""
        place = _place(form, question_id, entry, seen) if question_id in form.questions else None
        if place is None or place in given:
            foreign.append(entry)
            continue
        pictures = entry.get("pictures")
        named = [text_of(uuid) for uuid in pictures] if isinstance(pictures, list) else []
        answer = entry.get("answer")
        given[place] = Given("" if answer is None else answer, tuple(filter(None, named)), entry)
    return Sheet(given, {**body, "answers": foreign})


def _place(form: Form, question_id: str, entry: JsonObject, seen: Counter[str]) -> Place | None:
    if not form.section_of[question_id].repeats:
        return Place(question_id)
    seen[question_id] += 1
    said = text_of(entry.get(REPETITION))
    repetition = int(said) if said.isdecimal() and len(said) < 5 else seen[question_id]
    return Place(question_id, repetition) if 1 <= repetition <= MOST_REPETITIONS else None


def write_answers(form: Form, sheet: Sheet, places: Iterable[Place]) -> JsonObject:
    """The answer set of a sheet, of these places alone, in their order, with what is foreign after them.

    What did not change is written as it was read.
    """
    entries = [_written(form, sheet, place) for place in places]
    rest = dict(sheet.rest)
    foreign = rest.pop("answers", [])
    head = {"meta": rest.pop("meta", None) or dict(form.meta)}
    return head | rest | {"answers": entries + foreign}


def _written(form: Form, sheet: Sheet, place: Place) -> JsonObject:
    question, given = form.questions[place.question_id], sheet.given.get(place, Given())
    answer = effective(question, given)
    entry = given.entry or _head(question, place)
    said = entry.get("answer")
    if ("" if said is None else said) != answer:
        entry = entry | {"answer": "" if answer is None else answer}
    if _pictures(entry) != given.pictures:
        entry = entry | {"pictures": list(given.pictures)}
    return entry if given.entry or "pictures" in entry else entry | {"pictures": []}


def _pictures(entry: JsonObject) -> tuple[str, ...]:
    pictures = entry.get("pictures")
    return tuple(filter(None, map(text_of, pictures))) if isinstance(pictures, list) else ()


def _head(question: Question, place: Place) -> JsonObject:
    said = question.source
    entry: JsonObject = {
        "id": said.get("id"),
        "question": said.get("question", ""),
        "answerType": said.get("answerType", "text"),
        "answerOptions": said.get("answerOptions", []),
        "hint": said.get("hint", ""),
    }
    return entry | {REPETITION: place.repetition} if place.repetition else entry
