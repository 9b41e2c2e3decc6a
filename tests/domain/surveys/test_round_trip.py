"""Whatever a stranger calls a template opens, and what was answered comes back as it was."""

import random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from domain.surveys.templates import ANSWERS, PATTERNS, templates
from pruvan_desk.domain.surveys.answers import read_answers, write_answers
from pruvan_desk.domain.surveys.filling import Filling, fill
from pruvan_desk.domain.surveys.form import AnswerType
from pruvan_desk.domain.surveys.patterns import matches, pattern_fault
from pruvan_desk.domain.surveys.reading import form_of_answers, read_form
from pruvan_desk.sandbox.forms import checklist_form, inspection_form, winterization_form
from pruvan_desk.sandbox.survey_answers import answer_form
from wire.strategies import any_json, nearly

ENTRIES = st.lists(
    nearly(["question", "strange"], id=st.sampled_from(["a", "b", "c", "s"]) | any_json(), answer=ANSWERS | any_json(),
           pictures=st.lists(st.text(max_size=3), max_size=3) | any_json(), repetition=st.integers(0, 3) | any_json()) | any_json(),
    max_size=6,
)  # fmt: skip
BIG = settings(max_examples=1000, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@BIG
@given(body=templates(), seed=st.integers(0, 9))
@example(body={"questions": [{"id": "a", "answerType": "label", "validation": {"max": 0}}]}, seed=0)
def test_a_thousand_templates_open_and_take_answers(body, seed):
    form, rng = read_form(body), random.Random(seed)
    filling = fill(form, None)
    for place in rng.sample(filling.places, min(4, len(filling.places))):
        filling = Filling(form, filling.sheet.answer(place, rng.choice(["Yes", "x", "7", ["No", "x"], ""])))
    assert_it_comes_back(filling)


@given(body=templates(), answers=nearly(["strange"], answers=ENTRIES | any_json(), meta=any_json()))
def test_whatever_comes_as_its_answers_opens_too(body, answers):
    assert_it_comes_back(fill(read_form(body), answers))


def assert_it_comes_back(filling):
    progress = filling.progress
    assert 0 <= progress.answered <= progress.asked
    assert bool(filling.gaps) >= any(filling.wrong(place) for place in filling.on)
    for sent in (filling.draft(), filling.submission()):
        again = fill(filling.form, sent)
        places = [place for place in again.places if place in again.sheet.given]
        assert write_answers(filling.form, again.sheet, places) == sent


@given(entries=ENTRIES)
def test_no_entry_of_a_foreign_answer_set_is_lost_or_changed(entries):
    body = {"meta": {"surveyTemplateId": "F"}, "answers": entries, "strange": 1}
    for form in (read_form(inspection_form()), form_of_answers(body)):
        sheet = read_answers(form, body)
        written = write_answers(form, sheet, sheet.given)
        assert sorted(map(repr, written["answers"])) == sorted(map(repr, entries))
        assert written["strange"] == 1


@pytest.mark.parametrize("body", [checklist_form(), inspection_form(), winterization_form()])
@pytest.mark.parametrize("seed", range(5))
def test_what_a_phone_sends_has_no_gaps_and_is_written_as_it_came(body, seed):
    sent = answer_form(body, random.Random(seed), lambda count: [f"u{n}" for n in range(count)])
    filling = fill(read_form(body), sent)
    assert filling.gaps == ()
    assert filling.draft() == sent
    switched_on = {place.question_id for place in filling.on}
    assert switched_on == {entry["id"] for entry in sent["answers"]}


@given(pattern=PATTERNS, text=st.text("ab1", max_size=60))
def test_a_pattern_that_is_used_answers(pattern, text):
    if not pattern_fault(pattern):
        assert matches(pattern, text) in (True, False)


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)*b", "(a*)*b", "a?" * 30 + "a" * 30, ".*.*.*.*.*x", "(a)\\1", "(?=a)", "([ab]+x?){2,}"]
)
def test_patterns_that_could_take_for_ever_are_not_used(pattern):
    assert pattern_fault(pattern)


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"[^@]+@[^@]+\.[a-z]+", "a@b.com", "a@b"),
        (r"(\d{3}-)?\d{3}-\d{4}", "512-555-0142", "555"),
        (r"[]a]{2}\(\{", "]a({", "aa("),
        (r"(?:AB|CD)\d{4,12}", "CD1234", "EF1234"),
        (".{2,}", "é" * 5000, "x"),
    ],
)
def test_the_patterns_of_ordinary_forms_are(pattern, good, bad):
    assert pattern_fault(pattern) == ""
    assert matches(pattern, good)
    assert not matches(pattern, bad)


def test_types_are_all_in_the_generated_templates():
    from domain.surveys.templates import TYPES  # noqa: PLC0415 - only this test looks into it

    assert {kind.value for kind in AnswerType} <= set(TYPES.elements)  # type: ignore[attr-defined]  # sampled_from
