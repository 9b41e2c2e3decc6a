"""What is wrong with one answer, in words that say what is wanted."""

import re
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from pruvan_desk.domain.surveys.form import AnswerType, Question
from pruvan_desk.domain.surveys.patterns import matches
from pruvan_desk.domain.surveys.reading import text_of

PHONE = re.compile(r"[\d\s()+./x#-]{7,30}", re.IGNORECASE)
EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,200}")
FEWEST_DIGITS = 7
Value = TypeVar("Value", Decimal, date, time)


def texts_of(answer: Any) -> tuple[str, ...]:
    """An answer, or several of them, as texts; nothing for none."""
    given = answer if isinstance(answer, list) else [answer]
    return tuple(text for value in given if (text := text_of(value)))


def same_answer(wanted: str, answer: Any) -> bool:
    """Whether an answer, or one of several, is the one wanted, in any case."""
    return wanted.casefold() in {text.casefold() for text in texts_of(answer)}


def answer_fault(question: Question, answer: Any) -> str:
    """What is wrong with an answer that was given; empty for one that will do, and for none."""
    texts = texts_of(answer)
    if not texts:
        return ""
    if question.choices:
        known = {choice.casefold() for choice in question.choices}
        strange = next((text for text in texts if text.casefold() not in known), None)
        if strange is not None:
            return f"“{strange}” is not one of the choices."
        if len(texts) > 1 and question.kind is not AnswerType.MULTI_SELECT:
            return "Only one can be chosen."
        return ""
    return CHECKS.get(question.kind, _text_fault)(question, ", ".join(texts))


def _number_fault(question: Question, text: str) -> str:
    number = _decimal(text)
    if number is None:
        return "A number is wanted."
    return _limit_fault(question, number, _decimal)


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace("$", "").replace(",", "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _date_fault(question: Question, text: str) -> str:
    day = _date(text)
    return "A date is wanted: 2026-12-31." if day is None else _limit_fault(question, day, _date)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _time_fault(question: Question, text: str) -> str:
    moment = _time(text)
    return "A time is wanted: 14:30." if moment is None else _limit_fault(question, moment, _time)


def _time(text: str) -> time | None:
    try:
        moment = time.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=None)


def _limit_fault(question: Question, value: Value, read: Callable[[str], Value | None]) -> str:
    least, most = read(question.least) if question.least else None, read(question.most) if question.most else None
    if least is not None and value < least:
        return f"At least {question.least} is wanted."
    if most is not None and value > most:
        return f"At most {question.most} is wanted."
    return ""


def _phone_fault(question: Question, text: str) -> str:
    if not PHONE.fullmatch(text) or sum(letter.isdigit() for letter in text) < FEWEST_DIGITS:
        return "A telephone number is wanted."
    return _pattern_fault(question, text)


def _email_fault(question: Question, text: str) -> str:
    return _pattern_fault(question, text) if EMAIL.fullmatch(text) else "An e-mail address is wanted."


def _text_fault(question: Question, text: str) -> str:
    least, most = (_decimal(limit) if limit else None for limit in (question.least, question.most))
    if least is not None and len(text) < least:
        return f"At least {question.least} letters are wanted."
    if most is not None and len(text) > most:
        return f"At most {question.most} letters are wanted."
    return _pattern_fault(question, text)


def _pattern_fault(question: Question, text: str) -> str:
    if question.pattern and not matches(question.pattern, text):
        return f"It has not the form that is wanted ({question.hint or question.pattern})."
    return ""


CHECKS: dict[AnswerType, Callable[[Question, str], str]] = {
    AnswerType.NUMBER: _number_fault,
    AnswerType.CURRENCY: _number_fault,
    AnswerType.DATE: _date_fault,
    AnswerType.TIME: _time_fault,
    AnswerType.PHONE: _phone_fault,
    AnswerType.EMAIL: _email_fault,
}
