"""Templates and answer sets: only their head is read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.wire.surveys import plain_template_id, read_template, survey_digest, template_id_of
from wire.strategies import any_json

TEMPLATE = {"meta": {"surveyTemplateId": "AFS::77", "version": 3, "name": "AGS Checklist"}, "questions": [{"id": "q1"}]}


def test_a_template_is_known_by_its_id_version_and_name():
    template = read_template(TEMPLATE)
    assert (template.template_id, template.version, template.name) == ("77", "3", "AGS Checklist")
    assert template.body is TEMPLATE


def test_an_answer_set_is_no_template_and_names_its_own():
    answers = {"meta": {"surveyTemplateId": 77}, "answers": []}
    assert read_template(answers) is None
    assert template_id_of(answers) == "77"


def test_a_template_without_an_id_gets_one_that_stays_the_same():
    one, same = read_template({"questions": [1], "x": 2}), read_template({"x": 2, "questions": [1]})
    assert one.template_id == same.template_id != read_template({"questions": [2]}).template_id


@pytest.mark.parametrize(("text", "template_id"), [("AFS::77", "77"), ("77", "77"), ("A::B:: 77 ", "77"), ("", "")])
def test_the_id_stands_behind_the_code(text, template_id):
    assert plain_template_id(text) == template_id


@given(st.dictionaries(st.sampled_from(["meta", "questions", "answers"]), any_json()))
def test_no_form_breaks_the_reader(body):
    read_template(body)
    template_id_of(body)


@given(st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=3) | st.none(), max_size=5))
def test_what_was_sent_and_what_came_back_as_json_have_one_digest(answers):
    assert survey_digest(answers) == survey_digest(json.loads(json.dumps(answers, indent=1)))
