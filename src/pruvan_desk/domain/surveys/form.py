"""A survey form as it is filled in: sections of questions, read from a template that a stranger wrote."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

JsonObject = dict[str, Any]
ANSWERS_OF_YES_NO = ("Yes", "No")
ANSWERS_OF_YES_NO_NA = ("Yes", "No", "N/A")


class AnswerType(StrEnum):
    """How a question is answered."""

    YES_NO = "yesNo"
    YES_NO_NA = "yesNoNA"
    TEXT = "text"
    TEXT_AREA = "textArea"
    NUMBER = "number"
    CURRENCY = "currency"
    DATE = "date"
    TIME = "time"
    SELECT = "select"
    MULTI_SELECT = "multiSelect"
    PICTURE = "picture"
    SIGNATURE = "signature"
    PHONE = "phone"
    EMAIL = "email"
    LABEL = "label"


CHOICES = frozenset({AnswerType.SELECT, AnswerType.MULTI_SELECT})


@dataclass(frozen=True, slots=True)
class Trigger:
    """``answer`` switches on the questions, or the whole sections, that ``enables`` names."""

    answer: str
    enables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``named_type`` is the answer type as the template spells it; ``kind`` how it is shown here.

    ``least`` and ``most`` limit a number, a date or time, or the letters of a text. ``source`` is all that the template says.
    """

    id: str
    kind: AnswerType
    named_type: str
    text: str
    options: tuple[str, ...] = ()
    hint: str = ""
    required: bool = False
    default: Any = None
    least: str = ""
    most: str = ""
    pattern: str = ""
    fewest_pictures: int = 0
    most_pictures: int | None = None
    triggers: tuple[Trigger, ...] = ()
    source: JsonObject = field(default_factory=dict, compare=False)

    @property
    def takes_pictures(self) -> bool:
        """Whether photos belong to its answer."""
        return self.kind is AnswerType.PICTURE or self.fewest_pictures > 0 or bool(self.most_pictures)

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be chosen; nothing where the answer is free."""
        if self.kind in (AnswerType.YES_NO, AnswerType.YES_NO_NA):
            usual = ANSWERS_OF_YES_NO if self.kind is AnswerType.YES_NO else ANSWERS_OF_YES_NO_NA
            return self.options or usual
        return self.options if self.kind in CHOICES else ()


@dataclass(frozen=True, slots=True)
class Section:
    """Questions under one heading, empty for those outside any. One that ``repeats`` is filled in several times.

    ``ids``: its own and those of the sections around it.
    """

    name: str
    questions: tuple[Question, ...]
    repeats: bool = False
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Form:
    """All that a template asks. ``faults`` names, in words, what is wrong with the template: the rest is here and works."""

    template_id: str
    version: str
    name: str
    sections: tuple[Section, ...]
    faults: tuple[str, ...] = ()
    meta: JsonObject = field(default_factory=dict, compare=False)

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """The questions by id, in the order of the form."""
        return {question.id: question for section in self.sections for question in section.questions}

    @cached_property
    def section_of(self) -> Mapping[str, Section]:
        """The section of each question, by the question's id."""
        return {question.id: section for section in self.sections for question in section.questions}

    @cached_property
    def switched(self) -> frozenset[str]:
        """The questions that are off until a trigger switches them on."""
        triggers = [trigger for question in self.questions.values() for trigger in question.triggers]
        return frozenset(name for trigger in triggers for name in self.reached(trigger))

    def reached(self, trigger: Trigger) -> list[str]:
        """The questions that a trigger switches on."""
        return [name for target in trigger.enables for name in self._named.get(target, ())]

    @cached_property
    def _named(self) -> Mapping[str, tuple[str, ...]]:
        return names_in(self.sections)


def names_in(sections: Iterable[Section]) -> Mapping[str, tuple[str, ...]]:
    """What a trigger can name: a question, or a section, which stands for all the questions in it."""
    found: dict[str, list[str]] = {}
    for section in sections:
        for question in section.questions:
            found[question.id] = [question.id]
            for section_id in section.ids:
                found.setdefault(section_id, []).append(question.id)
    return {name: tuple(ids) for name, ids in found.items()}
