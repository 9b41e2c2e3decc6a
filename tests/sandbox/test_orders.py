"""The orders a vendor gets, and the forms that come with them."""

import json
import random
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.sandbox.forms import checklist_form, inspection_form, winterization_form
from pruvan_desk.sandbox.orders import KINDS, make_bad_orders, make_orders
from pruvan_desk.sandbox.survey_answers import answer_form, questions_of
from pruvan_desk.wire.orders import read_order
from pruvan_desk.wire.surveys import read_template

TODAY = date(2026, 11, 20)
FORMS = [inspection_form, winterization_form, checklist_form]


def test_a_seed_repeats_its_orders():
    assert make_orders(40, 7, TODAY) == make_orders(40, 7, TODAY)
    assert make_orders(40, 7, TODAY) != make_orders(40, 8, TODAY)


def test_all_kinds_come_and_numbers_differ():
    orders = make_orders(60, 1, TODAY) + make_orders(60, 2, TODAY)
    assert {order["workType"] for order in orders} == set(KINDS)
    assert len({order["workOrderNumber"] for order in orders}) == 120


def test_every_order_can_be_read():
    for entry in make_orders(120, 3, TODAY):
        order = read_order(entry, ZoneInfo("America/New_York"))
        assert order.services
        assert all("duplicate" in note for note in order.notes)
        assert order.attributes["attribute7"] == entry["attribute7"]
        json.loads(order.attributes["attribute7"])


def test_some_orders_repeat_a_service_and_some_have_no_due_date():
    orders = [read_order(entry, UTC) for entry in make_orders(120, 3, TODAY)]
    assert any(order.notes for order in orders)
    assert {type(order.due) for order in orders} == {date, datetime, type(None)}


def test_bad_orders_cannot_be_read():
    for entry in make_bad_orders(4, 1):
        assert not hasattr(read_order(entry, UTC), "services")


def test_a_form_comes_whole_before_an_order_only_names_it():
    known = set()
    for order in make_orders(32, 1, TODAY):
        for service in order["services"]:
            dynamic = service.get("surveyDynamic")
            if dynamic is not None:
                known.add(read_template(json.loads(dynamic) if isinstance(dynamic, str) else dynamic).template_id)
            if "survey" in service:
                assert service["survey"] in known


@pytest.mark.parametrize("form", FORMS)
def test_a_form_names_no_question_it_does_not_have(form):
    questions = list(questions_of(form()))
    ids = [question["id"] for question in questions]
    assert len(ids) == len(set(ids))
    enabled = {
        name for question in questions for trigger in question.get("triggers", []) for name in trigger["enables"]
    }
    assert enabled <= set(ids)


@given(seed=st.integers(0, 2**32), form=st.sampled_from(FORMS))
def test_answers_respect_triggers_and_photos(seed, form):
    template = form()
    taken = []

    def take_pictures(count):
        taken.extend(f"{len(taken) + n}" for n in range(count))
        return taken[len(taken) - count :]

    answers = answer_form(template, random.Random(seed), take_pictures)["answers"]
    given_answers = {answer["id"]: answer for answer in answers}
    assert [uuid for answer in answers for uuid in answer["pictures"]] == taken
    for question in questions_of(template):
        answer = given_answers.get(question["id"])
        if answer is not None:
            assert len(answer["pictures"]) >= question.get("minPictures", 0)
            assert len(answer["pictures"]) <= question.get("maxPictures", 0)
        for trigger in question.get("triggers", []):
            is_on = answer is not None and answer["answer"] == trigger["answer"]
            assert all((name in given_answers) == is_on for name in trigger["enables"])
