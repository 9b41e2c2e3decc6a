"""Reads a template into a form, and names every fault of it. It never fails: what is sound is there, whatever is not."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from pruvan_desk.domain.check_in import truthy_option
from pruvan_desk.domain.surveys.form import CHOICES, AnswerType, Form, JsonObject, Question, Section, Trigger, names_in
from pruvan_desk.domain.surveys.patterns import pattern_fault

KINDS = {kind.value.lower(): kind for kind in AnswerType}
MOST_PICTURES = 1000
DEEPEST = 20
"""Sections in sections; what lies deeper is left out."""


def read_form(body: JsonObject) -> Form:
    """The form of a template."""
    reader = _Reader()
    sections = reader.sections(body.get("questions"))
    sections = _without_faulty_triggers(sections, reader.faults)
    template_id, version, name = head(body)
    if not any(section.questions for section in sections):
        reader.faults.append("It asks nothing.")
    return Form(
        template_id, version, name or template_id, tuple(sections), tuple(reader.faults), _object(body.get("meta"))
    )


def form_of_answers(body: JsonObject) -> Form:
    """A form made of an answer set whose template is not known: its questions, without rules."""
    entries = body.get("answers")
    questions = [
        {name: value for name, value in entry.items() if name not in ("answer", "pictures")}
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict)
    ]
    once = {text_of(question.get("id")): question for question in reversed(questions)}
    kept = [question for question in questions if once.get(text_of(question.get("id"))) is question]
    return read_form({"meta": body.get("meta"), "questions": kept})


def head(body: JsonObject) -> tuple[str, str, str]:
    """Id, version and name of the template that a template or an answer set names."""
    meta = _object(body.get("meta"))
    template_id, version, name = (text_of(meta.get(key)) for key in ("surveyTemplateId", "version", "name"))
    return template_id.rsplit("::", 1)[-1].strip(), version, name


def text_of(value: Any) -> str:
    """A foreign value as a person reads it; empty for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


class _Reader:
    """Goes through a template once, and collects faults."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._ids: set[str] = set()

    def sections(self, entries: Any, outer: str = "", depth: int = 0) -> list[Section]:
        """The sections of a list of questions and sections; questions between sections form nameless ones."""
        found: list[Section] = []
        loose: list[Question] = []
        for entry in self._listed(entries, outer or "The form"):
            if not _is_section(entry):
                loose += self._question(entry)
                continue
            found += _nameless(loose)
            loose = []
            found += self._section(entry, outer, depth)
        return [*found, *_nameless(loose)]

    def _section(self, entry: JsonObject, outer: str, depth: int) -> list[Section]:
        name = text_of(entry.get("name")) or text_of(entry.get("question"))
        full = " · ".join(part for part in (outer, name) if part)
        if depth >= DEEPEST:
            self.faults.append(f"Section {name or '?'} is nested too deeply and left out.")
            return []
        section_id = text_of(entry.get("id"))
        if section_id and not self._is_new(section_id, f"Section {name or section_id}"):
            section_id = ""
        inner = self.sections(entry.get("questions"), full, depth + 1)
        ids = frozenset({section_id} - {""})
        if truthy_option(entry.get("repeat")) or truthy_option(entry.get("repeats")):
            questions = tuple(question for section in inner for question in section.questions)
            ids = ids.union(*(section.ids for section in inner))
            return [Section(full, questions, repeats=True, ids=ids)] if questions else []
        return [replace(section, name=section.name or full, ids=section.ids | ids) for section in inner]

    def _question(self, entry: JsonObject) -> list[Question]:
        question_id, text = text_of(entry.get("id")), text_of(entry.get("question")) or text_of(entry.get("name"))
        if not question_id:
            self.faults.append(f"A question has no id and is left out: {text or '?'}.")
            return []
        if not self._is_new(question_id, f"Question {question_id}"):
            return []
        named = text_of(entry.get("answerType")) or AnswerType.TEXT.value
        kind = KINDS.get(named.lower(), AnswerType.TEXT)
        options = tuple(dict.fromkeys(_option(option) for option in _list(entry.get("answerOptions"))))
        options = tuple(option for option in options if option)
        if kind in CHOICES and not options:
            self.faults.append(f"Question {question_id} has no options to choose from; it is shown as text.")
            kind = AnswerType.TEXT
        rules = _object(entry.get("validation"))
        pattern = text_of(rules.get("pattern"))
        if pattern and (fault := pattern_fault(pattern)):
            self.faults.append(f"The pattern of question {question_id} {fault}; it is not checked.")
            pattern = ""
        fewest, most = _count(entry.get("minPictures")) or 0, _count(entry.get("maxPictures"))
        if most is not None and most < fewest:
            self.faults.append(f"Question {question_id} wants at least {fewest} photos and at most {most}.")
            most = None
        return [
            Question(
                question_id, kind, named, text or question_id, options, text_of(entry.get("hint")),
                truthy_option(entry.get("required")), _default(entry), text_of(rules.get("min")), text_of(rules.get("max")),
                pattern, fewest, most, tuple(self._triggers(question_id, entry.get("triggers"))), entry,
            )
        ]  # fmt: skip

    def _triggers(self, question_id: str, entries: Any) -> Iterable[Trigger]:
        for entry in self._listed(entries, f"Question {question_id}"):
            enables = entry.get("enables")
            names = enables if isinstance(enables, list) else [enables]
            yield Trigger(text_of(entry.get("answer")), tuple(filter(None, map(text_of, names))))

    def _listed(self, entries: Any, whose: str) -> list[JsonObject]:
        if entries is None:
            return []
        found = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
        if not isinstance(entries, list) or len(found) < len(entries):
            self.faults.append(f"{whose} holds something that is no question, section or trigger; it is left out.")
        return found

    def _is_new(self, name: str, words: str) -> bool:
        if name in self._ids:
            self.faults.append(f"{words}: the id {name} is there twice; only the first is used.")
            return False
        self._ids.add(name)
        return True


def _without_faulty_triggers(sections: list[Section], faults: list[str]) -> list[Section]:
    """Leaves out triggers to nowhere, and those that close a circle: what they would switch on could never come on."""
    named = names_in(sections)
    edges = {
        question.id: [
            name for trigger in question.triggers for target in trigger.enables for name in named.get(target, ())
        ]
        for section in sections
        for question in section.questions
    }
    closing = _closing(edges)

    def sound(question: Question, target: str) -> bool:
        if target not in named:
            faults.append(f"Question {question.id} switches on {target}, which is not there.")
            return False
        if any((question.id, name) in closing for name in named[target]):
            faults.append(f"Question {question.id} switches on {target}, which leads back to it.")
            return False
        return True

    def mended(question: Question) -> Question:
        triggers = tuple(
            replace(trigger, enables=tuple(target for target in trigger.enables if sound(question, target)))
            for trigger in question.triggers
        )
        return replace(question, triggers=triggers)

    return [replace(section, questions=tuple(map(mended, section.questions))) for section in sections]


def _closing(edges: dict[str, list[str]]) -> set[tuple[str, str]]:
    """The edges that close a circle, met when everything is walked through once, in order."""
    closing: set[tuple[str, str]] = set()
    done: set[str] = set()
    for start, targets in edges.items():
        path: dict[str, Iterator[str]] = {} if start in done else {start: iter(targets)}
        while path:
            name, left = next(reversed(path.items()))
            target = next(left, None)
            if target is None:
                done.add(name)
                del path[name]
            elif target in path:
                closing.add((name, target))
            elif target not in done:
                path[target] = iter(edges[target])
    return closing


def _nameless(questions: list[Question]) -> list[Section]:
    return [Section("", tuple(questions))] if questions else []


def _is_section(entry: JsonObject) -> bool:
    return text_of(entry.get("type")).lower() == "section" or isinstance(entry.get("questions"), list)


def _default(entry: JsonObject) -> Any:
    value = entry.get("default")
    return None if value == "" else value


def _option(option: Any) -> str:
    if isinstance(option, dict):
        return next((text for name in ("answer", "value", "text", "name") if (text := text_of(option.get(name)))), "")
    return text_of(option)


def _object(value: Any) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _count(value: Any) -> int | None:
    """A number of photos; ``None`` for none or nonsense."""
    try:
        number = float(text_of(value))
    except ValueError:
        return None
    return min(int(number), MOST_PICTURES) if math.isfinite(number) and number >= 0 else None
