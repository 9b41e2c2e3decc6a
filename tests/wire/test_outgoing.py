"""Writing an item as it is relayed, and an order as the field gets it."""

import json
import re
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from builders import order_json
from pruvan_desk.domain.statuses import FileType
from pruvan_desk.wire.items import OutgoingItem, outgoing_file_name
from pruvan_desk.wire.orders import FREE_ATTRIBUTES, read_order
from pruvan_desk.wire.serving import ServedOrder, ServedService

PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*\.[A-Za-z0-9_-]+")
ADDRESS = ("12 Elm St", "", "Austin", "TX", "78701", "US")


def outgoing(**changes) -> OutgoingItem:
    return OutgoingItem(**{
        "uuid": "u-1", "work_order": "4711", "task": "Grass Cut", "evidence_type": "before", "file_type": FileType.PICTURE,
        "file_name": "a.jpg", "file_ext": "jpg", "client_code": "AFS", "address": ADDRESS, "attributes": {},
    } | changes)  # fmt: skip


def test_both_spellings_of_the_uuid_are_sent():
    assert (outgoing().payload()["uuid"], outgoing().payload()["uuId"]) == ("u-1", "u-1")


def test_the_flag_is_sent_in_its_keys():
    payload = outgoing().payload()
    assert [payload[f"key{n}"] for n in range(1, 6)] == ["AFS", "4711", "", "Grass Cut", ""]
    assert (payload["evidenceType"], payload["fileType"]) == ("before", "picture")


def test_the_address_is_sent_as_attributes_one_to_six():
    assert tuple(outgoing().payload()[f"attribute{n}"] for n in range(1, 7)) == ADDRESS


def test_what_is_not_known_is_left_out():
    assert not {"timestamp", "gpsLatitude", "survey", "locationDifference"} & set(outgoing().payload())
    known = outgoing(taken_at=5, latitude=0.0, longitude=1.5, survey={}, distance=0.0).payload()
    assert (known["timestamp"], known["gpsLatitude"], known["survey"], known["locationDifference"]) == (5, 0.0, {}, 0.0)


@given(
    st.dictionaries(
        st.sampled_from(sorted(FREE_ATTRIBUTES)),
        st.text(min_size=1) | st.integers() | st.lists(st.text(max_size=3)),
        max_size=6,
    )
)
def test_free_attributes_return_byte_for_byte(attributes):
    text = json.dumps(order_json(**attributes))
    order = read_order(json.loads(text), ZoneInfo("America/Chicago"))
    sent = json.loads(json.dumps(outgoing(attributes=order.attributes).payload()))
    assert {name: sent[name] for name in attributes} == attributes


def test_json_text_in_attribute7_returns_with_its_own_spacing():
    text = '{ "b" : 1,  "a":"\\u00fc/\\/" }\n'
    order = read_order(order_json(attribute7=text), ZoneInfo("America/Chicago"))
    assert outgoing(attributes=order.attributes).payload()["attribute7"] == text


@given(
    st.text(max_size=60),
    st.text(max_size=60),
    st.text(max_size=20),
    st.text(min_size=1, max_size=100),
    st.text(max_size=10),
)
def test_a_file_name_is_plain_ascii_without_path_characters(number, task, evidence_type, uuid, extension):
    name = outgoing_file_name(number, task, evidence_type, uuid, extension)
    assert PLAIN.fullmatch(name)
    assert len(name) <= 200


@given(st.text(min_size=1, max_size=100), st.text(min_size=1, max_size=100))
def test_items_of_one_flag_have_file_names_of_their_own(one, other):
    names = {outgoing_file_name("4711", "Grass Cut", "before", uuid, "jpg").lower() for uuid in (one, other)}
    assert len(names) == len({one, other})


def test_a_file_name_says_what_it_shows():
    name = outgoing_file_name("4711", "Grass Cut", "before", "u-1", "jpg")
    assert name.startswith("4711_Grass-Cut_before_")
    assert name.endswith(".jpg")


def test_an_order_is_served_with_its_attributes_and_forms():
    services = [
        ServedService("Grass Cut", "2 inches", {}, "", None),
        ServedService("Form", "", {"a": 1}, "77", {"questions": []}),
    ]
    served = ServedOrder(
        "AFS::4711", ADDRESS, "Assigned", "~all~", "2026-12-01", "", "", "", "", (30.5, -97.5), {"qa_in_field": True},
        {"attribute7": '{"x":1}'}, services,
    ).payload()  # fmt: skip
    assert (served["workOrderNumber"], served["dueDate"], served["attribute7"]) == (
        "AFS::4711",
        "2026-12-01",
        '{"x":1}',
    )
    assert served["services"][0] == {"serviceName": "Grass Cut", "instructions": "2 inches", "options": {}}
    assert (served["services"][1]["survey"], served["services"][1]["surveyDynamic"]) == ("77", {"questions": []})
    again = read_order(json.loads(json.dumps(served)), ZoneInfo("America/Chicago"))
    assert (again.number, again.zip, again.latitude) == ("AFS::4711", "78701", 30.5)
