"""Reading the list of an answer, and the services of an order."""

import json
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import order_json
from pruvan_desk.domain.orders import Order, UnreadableOrder
from pruvan_desk.wire.orders import read_order, read_order_list
from wire.strategies import any_json, nearly_orders

OFFICE = ZoneInfo("America/Chicago")


def services(value) -> list[str] | None:
    order = read_order(order_json(services=value), OFFICE)
    assert isinstance(order, Order), order
    return [service.name for service in order.services] if order.services is not None else None


@pytest.mark.parametrize("value", [None, "", "[]", [], {}, "null"])
def test_no_orders_have_many_spellings(value):
    assert read_order_list(value, OFFICE).entries == []


@pytest.mark.parametrize(
    "value",
    [
        [order_json("1"), order_json("2")],
        {"0": order_json("1"), "1": order_json("2")},
        json.dumps([order_json("1"), order_json("2")]),
    ],
)
def test_a_list_may_come_as_an_object_or_a_string(value):
    assert [order.number for order in read_order_list(value, OFFICE).entries] == ["1", "2"]


def test_one_order_may_come_without_the_list_around_it():
    assert [order.number for order in read_order_list(order_json("1"), OFFICE).entries] == ["1"]


@pytest.mark.parametrize("value", [1, True, 1.5, "text", "[" * 100_000, "{"])
def test_what_is_neither_a_list_nor_nothing_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        read_order_list(value, OFFICE)


@given(st.lists(any_json() | nearly_orders(), max_size=3), st.lists(any_json() | nearly_orders(), max_size=3))
def test_a_bad_order_never_spoils_the_list(before, after):
    entries = read_order_list([*before, order_json("good"), *after], OFFICE).entries
    assert len(entries) == len(before) + 1 + len(after)
    assert isinstance(entries[len(before)], Order)
    assert entries[len(before)].number == "good"


def test_a_bad_order_is_skipped_under_its_number_with_the_reason():
    good, bad = read_order_list([order_json("1"), order_json("2", zip=["no"])], OFFICE).entries
    assert isinstance(good, Order)
    assert isinstance(bad, UnreadableOrder)
    assert (bad.number, "zip" in bad.reason) == ("2", True)


@given(any_json())
def test_no_value_breaks_the_reader_of_lists(value):
    try:
        read_order_list(value, OFFICE)
    except ValueError:
        return


@pytest.mark.parametrize(
    "value",
    [
        [{"serviceName": "Grass Cut"}, {"serviceName": "Trim"}],
        ["Grass Cut", "Trim"],
        {"0": {"serviceName": "Grass Cut"}, "1": {"serviceName": "Trim"}},
        {"a": "Grass Cut", "b": "Trim"},
        '[{"serviceName": "Grass Cut"}, "Trim"]',
    ],
)
def test_services_come_as_lists_objects_and_strings(value):
    assert services(value) == ["Grass Cut", "Trim"]


def test_one_service_may_come_without_the_list_around_it():
    assert services({"serviceName": "Grass Cut", "instructions": "2 inches"}) == ["Grass Cut"]


@pytest.mark.parametrize("value", [None, "", "null"])
def test_services_that_were_not_sent_are_not_none_of_them(value):
    assert services(value) is None


def test_of_two_services_of_one_name_the_first_is_kept_with_a_remark():
    order = read_order(
        order_json(services=[{"serviceName": "Trim", "instructions": "first"}, {"serviceName": " Trim "}, {"serviceName": "Trim"}]),
        OFFICE,
    )  # fmt: skip
    assert [service.instructions for service in order.services] == ["first"]
    assert order.notes == ["Ignoring duplicate service Trim"] * 2


def test_a_whole_service_is_read():
    line = {
        "serviceName": 12, "instructions": "Front", "survey": "AFS::77", "surveyDynamic": '{"questions": []}',
        "options": {"a": 1}, "source_service": "GC", "source_service_id": 5,
    }  # fmt: skip
    (service,) = read_order(order_json(services=[line]), OFFICE).services
    assert (service.name, service.instructions, service.survey) == ("12", "Front", "AFS::77")
    assert (service.survey_dynamic, service.options) == ({"questions": []}, {"a": 1})
    assert (service.source_service, service.source_service_id) == ("GC", "5")


def test_what_is_unreadable_of_a_service_is_left_out_with_a_remark():
    order = read_order(order_json(services=[{"serviceName": "Trim", "options": "{", "surveyDynamic": 5}]), OFFICE)
    assert [service.name for service in order.services] == ["Trim"]
    assert [note.split(" was")[0] for note in order.notes] == ["surveyDynamic of Trim", "options of Trim"]
