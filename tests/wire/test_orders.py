"""Reading one work order, however it was written."""

import json
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from builders import order_json
from pruvan_desk.domain.orders import Order, UnreadableOrder
from pruvan_desk.wire.orders import FREE_ATTRIBUTES, TEXTS, read_order
from wire.strategies import any_json, nearly_orders

OFFICE = ZoneInfo("America/Chicago")


def read(**changes) -> Order:
    order = read_order(order_json(**changes), OFFICE)
    assert isinstance(order, Order), order
    return order


def refusal(entry) -> UnreadableOrder:
    order = read_order(entry, OFFICE)
    assert isinstance(order, UnreadableOrder)
    return order


def test_a_whole_order_is_read():
    order = read(
        address2="Rear", country="US", assignedTo="~all~", status="Rush", workOrderInfo="Gate 4411", description="Yard",
        reference="R-1", instructions="<b>Mow</b>", clientStatus="Open", clientInstructions="Call first",
        source_wo_id=9, source_wo_number="N9", source_wo_provider="AFS",
    )  # fmt: skip
    assert (order.number, order.address1, order.city, order.state, order.zip) == (
        "4711",
        "12 Elm St",
        "Austin",
        "TX",
        "78701",
    )
    assert (order.info, order.instructions, order.client_status) == ("Gate 4411", "<b>Mow</b>", "Open")
    assert (order.source_id, order.source_number, order.source_provider) == ("9", "N9", "AFS")
    assert (order.assigned_to, order.status, order.notes) == ("~all~", "Rush", [])


@pytest.mark.parametrize(
    ("number", "text"),
    [(4711, "4711"), (4711.0, "4711"), (" 4711 ", "4711"), ("0004711", "0004711"), (2026000123.0, "2026000123")],
)
def test_the_order_number_is_text_even_when_it_looks_like_a_number(number, text):
    assert read(number=number).number == text


def test_a_zip_that_came_as_a_number_is_text():
    assert read(zip=78701).zip == "78701"


def test_a_position_that_came_as_text_is_a_number():
    order = read(gpsLatitude="30.2672", gpsLongitude=-97.7431)
    assert (order.latitude, order.longitude) == (30.2672, -97.7431)


@pytest.mark.parametrize("nothing", [None, "", "  "])
@pytest.mark.parametrize(
    "field", [*TEXTS, "dueDate", "startDate", "clientDueDate", "gpsLatitude", "options", "services"]
)
def test_null_and_empty_mean_the_same_as_absent(field, nothing):
    entry, without = order_json(), order_json()
    entry[field] = nothing
    without.pop(field, None)
    order, same = read_order(entry, OFFICE), read_order(without, OFFICE)
    order.source = same.source = ""
    assert order == same


def test_unknown_fields_stay_in_the_kept_source():
    entry = order_json(bankName="Ægir & Søn", nested={"keep": [1, None, "x"]})
    order = read_order(entry, OFFICE)
    assert json.loads(order.source) == entry
    assert "Ægir & Søn" in order.source


def test_options_may_come_as_a_string_of_json():
    assert read(options='{"check_in_required": "1"}').options == {"check_in_required": "1"}
    assert read(options={"check_in_required": True}).options == {"check_in_required": True}
    assert read(options=[]).options == {}


@pytest.mark.parametrize(
    ("field", "value"), [("options", "{broken"), ("dueDate", "asap"), ("gpsLatitude", "north"), ("instructions", ["a"])]
)
def test_what_is_optional_and_unreadable_is_left_out_with_a_remark(field, value):
    order = read(**{field: value})
    assert [note for note in order.notes if note.startswith(f"{field} was left out")]
    assert order.address1 == "12 Elm St"


def test_a_due_date_is_a_calendar_day():
    assert read(dueDate="1/2/2026 12:00:00 AM").due == date(2026, 1, 2)


def test_free_attributes_are_kept_as_they_came_whatever_they_hold():
    texts = {
        "attribute7": '{"a":  1,\t"b":"ü"}',
        "attribute8": 12.50,
        "attribute30": {"deep": [1]},
        "attribute31": "not free",
    }
    order = read(**texts)
    assert order.attributes == {name: texts[name] for name in ("attribute7", "attribute8", "attribute30")}
    assert order.attributes["attribute7"] == '{"a":  1,\t"b":"ü"}'


def test_the_free_attributes_are_seven_to_thirty():
    assert sorted(FREE_ATTRIBUTES, key=lambda name: int(name[9:])) == [f"attribute{n}" for n in range(7, 31)]


def test_an_order_without_a_number_is_unreadable_and_kept():
    entry = order_json(None, workOrderInfo="lost")
    assert refusal(entry).number == ""
    assert "no workOrderNumber" in refusal(entry).reason
    assert json.loads(refusal(entry).source) == entry


@pytest.mark.parametrize("entry", [None, 1, "text", [], True])
def test_an_entry_that_is_no_object_is_unreadable(entry):
    assert refusal(entry).reason == "The entry is not an object."


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("city", {"name": "Austin"}),
        ("services", 5),
        ("services", "{"),
        ("services", [{"serviceName": ""}]),
        ("services", [None]),
    ],
)
def test_a_needed_field_of_a_wrong_kind_makes_the_order_unreadable_under_its_number(field, value):
    broken = refusal(order_json(**{field: value}))
    assert broken.number == "4711"
    assert broken.reason.startswith("The order cannot be read: ")


def test_what_is_missing_to_make_a_project_is_named():
    order = read_order({"workOrderNumber": "1", "city": "Austin"}, OFFICE)
    assert order.missing_to_create() == ["address1", "state", "zip", "services"]
    assert read().missing_to_create() == []


@given(nearly_orders() | any_json())
def test_no_entry_breaks_the_reader(entry):
    order = read_order(entry, OFFICE)
    assert isinstance(order, Order | UnreadableOrder)
    order.source.encode()


@pytest.mark.parametrize("depth", [100, 990, 10_000])
def test_an_order_nested_too_deeply_is_present_under_its_number(depth):
    stranger: list = []
    for _ in range(depth):
        stranger = [stranger]
    assert read_order(order_json(stranger=stranger), OFFICE).number == "4711"
