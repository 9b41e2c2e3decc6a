"""Reading an item as phones and peers send it."""

import pytest
from hypothesis import given

from builders import item_json
from pruvan_desk.domain.statuses import FileType
from pruvan_desk.wire.items import ReceivedItem, read_item
from wire.strategies import any_json, nearly_items


def test_a_whole_item_is_read():
    item = read_item(
        item_json(
            parentUuid="old", notes="Mud", createdBySubUser="Ana", createdBy="Yard Co", deviceId="pixel", timestamp=1796126400,
            gpsLatitude=30.26, gpsLongitude=-97.74, gpsAccuracy="4.5",
        )
    )  # fmt: skip
    assert (item.uuid, item.work_order, item.task, item.evidence_type) == ("item-1", "AFS::4711", "Grass Cut", "before")
    assert (item.file_type, item.file_name, item.parent_uuid, item.notes) == (
        FileType.PICTURE,
        "front.jpg",
        "old",
        "Mud",
    )
    assert (item.created_by, item.device_id, item.taken_at) == ("Ana", "pixel", 1796126400.0)
    assert (item.latitude, item.longitude, item.accuracy) == (30.26, -97.74, 4.5)


@pytest.mark.parametrize(
    ("fields", "uuid"),
    [({"uuid": "a"}, "a"), ({"uuId": "b"}, "b"), ({"uuid": "", "uuId": "b"}, "b"), ({"uuid": 7}, "7")],
)
def test_the_uuid_has_two_spellings(fields, uuid):
    assert read_item({"key2": "1", **fields}).uuid == uuid


@pytest.mark.parametrize("payload", [{}, {"uuid": ""}, {"uuid": None}, {"uuid": []}, {"uuid": "x" * 101}])
def test_an_item_without_a_usable_uuid_cannot_be_kept(payload):
    with pytest.raises(ValueError, match="uuid"):
        read_item(payload)


@pytest.mark.parametrize("payload", [None, [], "text", 1])
def test_a_payload_that_is_no_object_is_refused(payload):
    with pytest.raises(ValueError, match="not an object"):
        read_item(payload)


@pytest.mark.parametrize(
    "name",
    [
        "key2",
        "key4",
        "evidenceType",
        "fileType",
        "fileName",
        "parentUuid",
        "notes",
        "timestamp",
        "gpsAccuracy",
        "survey",
        "template",
        "deviceId",
    ],
)
@pytest.mark.parametrize("value", [["wrong"], {"wrong": 1}, float("nan"), True])
def test_a_field_of_a_wrong_kind_costs_no_item(name, value):
    assert read_item(item_json(**{name: value})).uuid == "item-1"


@pytest.mark.parametrize(
    "place",
    [
        (0, 0),
        ("0", "0.0"),
        (91, 10),
        (-90.1, 10),
        (10, 181),
        (10, -180.5),
        (float("nan"), 10),
        (10, float("inf")),
        ("north", 10),
        (10, None),
        (None, 10),
        (10, ""),
    ],
)
def test_a_place_that_is_not_on_this_planet_is_no_place(place):
    item = read_item(item_json(gpsLatitude=place[0], gpsLongitude=place[1]))
    assert (item.latitude, item.longitude) == (None, None)


@pytest.mark.parametrize("place", [(90, 180), (-90, -180), (0, 10), ("30.5", "-97.25")])
def test_every_place_on_this_planet_is_one(place):
    item = read_item(item_json(gpsLatitude=place[0], gpsLongitude=place[1]))
    assert (item.latitude, item.longitude) == (float(place[0]), float(place[1]))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Picture", FileType.PICTURE),
        ("", FileType.PICTURE),
        ("CHECKIN", FileType.CHECK_IN),
        ("survey", FileType.SURVEY),
        ("video", FileType.FILE),
    ],
)
def test_the_kind_of_an_item_is_read_in_any_case_and_an_unknown_one_is_a_file(written, read):
    assert read_item(item_json(fileType=written)).file_type is read


def test_an_answer_set_may_be_an_object_or_a_string():
    answers = {"meta": {}, "answers": []}
    assert read_item(item_json(survey=answers)).survey == answers
    assert read_item(item_json(survey='{"meta": {}, "answers": []}')).survey == answers


def test_all_that_was_said_is_kept_except_the_secrets():
    item = read_item(item_json(strangerField=[1], batchId="b"))
    assert item.payload["strangerField"] == [1]
    assert item.payload["batchId"] == "b"
    assert not {"username", "password", "token"} & set(item.payload)


@given(nearly_items() | any_json())
def test_no_payload_breaks_the_reader(payload):
    try:
        item = read_item(payload)
    except ValueError:
        return
    assert isinstance(item, ReceivedItem)
    assert item.uuid
    assert item.latitude is None or -90 <= item.latitude <= 90
