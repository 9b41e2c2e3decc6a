"""Which questions of a form are on, how far it is, and what is missing before it can be submitted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pruvan_desk.domain.surveys.answers import Given, Place, Sheet, effective, read_answers, write_answers
from pruvan_desk.domain.surveys.form import AnswerType, Form, JsonObject, Question
from pruvan_desk.domain.surveys.validation import answer_fault, same_answer, texts_of


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that keeps a form from being submitted: where, and in words what is wanted."""

    place: Place
    question: str
    words: str


@dataclass(frozen=True, slots=True)
class Progress:
    """``18 of 24``: how many of the questions that are on have a good answer."""

    answered: int
    asked: int


class Filling:
    """A form with the answers given so far, judged once: ask it as often as you like."""

    def __init__(self, form: Form, sheet: Sheet) -> None:
        self.form, self.sheet = form, sheet
        self.places = places_of(form, sheet)
        self._position = {place: position for position, place in enumerate(self.places)}
        self._on = self._switched_on()
        self.on: Sequence[Place] = [place for place in self.places if place in self._on]
        self._faults = {place: self._fault(place) for place in self.on}

    def is_on(self, place: Place) -> bool:
        """Whether a question is asked; one that a trigger switches on is not, until it has."""
        return place in self._on

    def answer(self, place: Place) -> object:
        """The answer that counts: what was given, or the default."""
        return effective(self.form.questions[place.question_id], self.sheet.given.get(place))

    def pictures(self, place: Place) -> tuple[str, ...]:
        """The photos chosen, by ``uuid``."""
        return self.sheet.given.get(place, Given()).pictures

    def fault(self, place: Place) -> str:
        """What is wrong with what was given there, or missing; empty for a question that is all right, or off."""
        return self._faults.get(place, "")

    def wrong(self, place: Place) -> str:
        """What is wrong with the answer itself, whatever is missing; labels ask for none."""
        return answer_fault(self.form.questions[place.question_id], self.answer(place)) if self._asks(place) else ""

    def answered(self, place: Place) -> bool:
        """Whether there is a good answer."""
        return bool(texts_of(self.answer(place)) or self.pictures(place)) and not self.fault(place)

    @property
    def progress(self) -> Progress:
        """How far it is; labels ask nothing."""
        asked = [place for place in self.on if self._asks(place)]
        return Progress(sum(map(self.answered, asked)), len(asked))

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """All that is missing or wrong, in the form's order. Nothing: it can be submitted."""
        return tuple(
            Gap(place, self.form.questions[place.question_id].text, words)
            for place, words in self._faults.items()
            if words
        )

    def next_unanswered(self, after: Place | None = None) -> Place | None:
        """The next question without a good answer, from the start again after the last; ``None`` when there is none."""
        asked = [place for place in self.on if self._asks(place)]
        start = self._position.get(after, -1) if after else -1
        order = sorted(asked, key=lambda place: self._position[place] <= start)
        return next((place for place in order if not self.answered(place) and place != after), None)

    def submission(self) -> JsonObject:
        """The answer set to send: every question that is on, and nothing of those that are off."""
        places = [place for place in self.on if self._asks(place) or place in self.sheet.given]
        return write_answers(self.form, self.sheet, places)

    def draft(self) -> JsonObject:
        """The answer set to keep: whatever was given, also where the question is off now."""
        return write_answers(self.form, self.sheet, [place for place in self.places if place in self.sheet.given])

    def _asks(self, place: Place) -> bool:
        return self.form.questions[place.question_id].kind is not AnswerType.LABEL

    def _switched_on(self) -> set[Place]:
        """From what is on anyway, along the triggers: one counts only where its own question is on, so a chain ends with it."""
        on: set[Place] = set()
        waiting = [place for place in self.places if place.question_id not in self.form.switched]
        while waiting:
            place = waiting.pop()
            if place not in on:
                on.add(place)
                waiting += self._switches_on(place)
        return on

    def _switches_on(self, place: Place) -> Iterator[Place]:
        """The places that the answer at ``place`` switches on: in its own section those of its own repetition."""
        question, section = self.form.questions[place.question_id], self.form.section_of[place.question_id]
        for trigger in question.triggers:
            if not same_answer(trigger.answer, self.answer(place)):
                continue
            for name in self.form.reached(trigger):
                target = self.form.section_of[name]
                if not target.repeats:
                    yield Place(name)
                elif target is section:
                    yield Place(name, place.repetition)
                else:
                    yield from (Place(name, n) for n in range(1, self.sheet.repetitions(target) + 1))

    def _fault(self, place: Place) -> str:
        question = self.form.questions[place.question_id]
        if question.kind is AnswerType.LABEL:
            return ""
        answer, pictures = self.answer(place), self.pictures(place)
        if wrong := answer_fault(question, answer):
            return wrong
        picture = question.kind is AnswerType.PICTURE
        if question.required and not (pictures if picture else texts_of(answer)) and not (picture and texts_of(answer)):
            return _photos(max(1, question.fewest_pictures)) if picture else "An answer is wanted."
        wants = picture or question.required or bool(texts_of(answer))
        return _picture_fault(question, len(pictures)) if wants or pictures else ""


def places_of(form: Form, sheet: Sheet) -> list[Place]:
    """Every place of a form, repetition by repetition."""
    found: list[Place] = []
    for section in form.sections:
        for repetition in range(1, sheet.repetitions(section) + 1):
            found += [Place(question.id, repetition if section.repeats else 0) for question in section.questions]
    return found


def fill(form: Form, body: JsonObject | None) -> Filling:
    """A form with the answers of an answer set."""
    return Filling(form, read_answers(form, body))


def _picture_fault(question: Question, count: int) -> str:
    if count < question.fewest_pictures:
        return _photos(question.fewest_pictures, count)
    if question.most_pictures is not None and count > question.most_pictures:
        return f"At most {question.most_pictures} of the {count} photos can stay."
    return ""


def _photos(wanted: int, count: int = 0) -> str:
    photos = "photo is" if wanted == 1 else "photos are"
    return f"At least {wanted} {photos} wanted{f', {count} so far' if count else ''}."
