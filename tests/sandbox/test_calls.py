"""The four calls, over HTTP."""

import hashlib
from email.utils import parsedate_to_datetime

import httpx
import pytest

from pruvan_desk.wire.surveys import survey_digest

PHOTO = b"\xff\xd8" + bytes(range(256)) * 900


def test_the_right_login_is_validated(caller):
    assert caller.post("validate", {"pushkey": ""}).json() == {"error": "", "validated": True}


def test_the_extension_may_be_missing(caller):
    assert caller.post("validate", {}, extension="").json()["validated"] is True


@pytest.mark.parametrize("field", ["username", "password", "token"])
def test_a_wrong_login_is_refused_on_every_call(caller, field):
    for call in ("validate", "getWorkOrders", "status", "uploadPictures"):
        answer = caller.post(call, {field: "wrong"})
        assert answer.status_code == 200
        assert answer.json()["validated"] == ""
        assert answer.json()["error"]


def test_a_wrong_login_may_come_as_401(caller):
    caller.sandbox.control("credentials", {"refusal_status": 401})
    assert caller.post("validate", {"token": "wrong"}).status_code == 401


def test_a_changed_password_ends_the_old_one(caller):
    caller.sandbox.control("credentials", {"password": "new"})
    assert caller.post("validate", {}).json()["validated"] == ""
    new = hashlib.sha1(b"new").hexdigest()
    assert caller.post("validate", {"password": new}).json()["validated"] is True


def test_a_full_list_holds_every_order(caller):
    assert len(caller.orders()) == 16


def test_an_incremental_list_holds_what_changed_since(caller):
    cursor = caller.sandbox.control("state")["now"]
    number = caller.any_order()["number"]
    assert caller.orders(cursor) is None
    caller.sandbox.control(f"orders/{number}/update", {"workOrderInfo": "Gate code 4411"})
    assert [(order["workOrderNumber"], order["workOrderInfo"]) for order in caller.orders(cursor)] == [
        (number, "Gate code 4411")
    ]


def test_a_change_at_the_very_second_is_sent(caller):
    number = caller.any_order()["number"]
    caller.sandbox.control(f"orders/{number}/update", {"workOrderInfo": "x"})
    changed_at = caller.any_order()["changed_at"]
    assert [order["workOrderNumber"] for order in caller.orders(changed_at)] == [number]


def test_the_date_header_follows_the_servers_clock(caller):
    before = parsedate_to_datetime(caller.post("validate", {}).headers["date"])
    caller.sandbox.control("clock", {"error": 3600})
    after = parsedate_to_datetime(caller.post("validate", {}).headers["date"])
    assert 3590 <= (after - before).total_seconds() <= 3620


def test_an_uploaded_photo_is_filed_by_task_and_evidence(caller):
    answer = caller.upload(PHOTO, attribute7='{"a":  1}', attribute30="  x ")
    assert answer.json() == {"error": "", "status": True}
    (item,) = caller.items()
    assert item["sha256"] == hashlib.sha256(PHOTO).hexdigest()
    assert (item["task"], item["evidence_type"], item["size"]) == ("Grass Cut", "before", len(PHOTO))
    assert item["attributes"] == {"attribute7": '{"a":  1}', "attribute30": "  x "}
    assert caller.sandbox.kept_file(item["sha256"]).read_bytes() == PHOTO
    assert caller.sandbox.control("state")["by_flag"] == {"Grass Cut": {"before": 1}}


def test_the_latest_of_a_uuid_is_kept_and_each_delivery_counted(caller):
    for task, file in (("Grass Cut", b"one"), ("Grass Cut", b"one"), ("Shrub Trim", b"two")):
        assert caller.upload(file, key4=task).json()["status"] is True
    (item,) = caller.items()
    assert (item["task"], item["deliveries"]) == ("Shrub Trim", 3)
    assert item["sha256"] == hashlib.sha256(b"two").hexdigest()
    assert [delivery["n"] for delivery in caller.sandbox.control("deliveries")] == [1, 2, 3]
    assert caller.sandbox.control("state")["by_flag"] == {"Shrub Trim": {"before": 1}}


@pytest.mark.parametrize(
    "wrong", [{"key2": "999"}, {"key2": ""}, {"key4": "Roof Repair"}, {"key4": ""}, {"uuid": ""}, {"key2": "\ud800"}]
)
def test_what_cannot_be_filed_is_refused(caller, wrong):
    answer = caller.upload(PHOTO, **wrong)
    assert answer.status_code == 200
    assert answer.json()["status"] is False
    assert answer.json()["error"]
    assert caller.items() == []


def test_a_photo_without_a_file_is_refused(caller):
    assert caller.upload(None).json()["status"] is False


def test_a_survey_is_kept_by_the_digest_of_its_answers(caller):
    answers = {"meta": {"surveyTemplateId": "S"}, "answers": [{"id": "q", "answer": "Ja, schön"}]}
    number = caller.any_order("Inspection")["number"]
    survey = {"key2": number, "key4": "Inspection Form", "fileType": "survey", "evidenceType": "Survey"}
    assert caller.upload(None, survey=answers, **survey).json()["status"] is True
    (kept,) = caller.sandbox.control("surveys")
    assert kept["answers"] == answers
    assert kept["sha256"] == survey_digest(answers)


@pytest.mark.parametrize(("abc_number", "accepted"), [("ABC123457", True), ("ABC120000", False), ("", False)])
def test_a_check_in_is_judged_by_its_number(caller, abc_number, accepted):
    number = caller.any_order("Initial Secure")["number"]
    survey = {"abcNumber": abc_number, "who": "Dana", "when": "2026-11-20T09:00:00-05:00"}
    answer = caller.upload(None, key2=number, key4="", fileType="checkin", evidenceType="check in", survey=survey)
    assert answer.json()["status"] is accepted
    (check_in,) = caller.sandbox.control("check_ins")
    assert (check_in["abc_number"], check_in["who"], check_in["accepted"]) == (abc_number, "Dana", accepted)
    assert len(caller.items()) == accepted


def test_a_check_in_may_bring_a_photo(caller):
    number = caller.any_order("Initial Secure")["number"]
    survey = {"abcNumber": "ABC123457", "who": "Dana", "when": "now"}
    caller.upload(PHOTO, key2=number, key4="", fileType="checkin", survey=survey)
    assert caller.items()[0]["sha256"] == hashlib.sha256(PHOTO).hexdigest()


def test_a_status_is_recorded_with_its_order(caller):
    number = caller.any_order()["number"]
    answer = caller.post("status", {"workOrders": [{"workOrderNumber": number, "status": "Complete"}]})
    assert answer.json() == {"error": None, "status": True}
    assert [call["status"] for call in caller.any_order()["status_calls"]] == ["Complete"]


def test_a_status_of_an_unknown_order_is_named_in_the_error(caller):
    answer = caller.post("status", {"workOrders": [{"workOrderNumber": "999", "status": "Complete"}]}).json()
    assert answer["status"] is False
    assert answer["error"]["workOrderNumber"] == "999"


def test_an_empty_status_call_is_refused(caller):
    assert caller.post("status", {"workOrders": []}).json()["status"] is False


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"payload=no json"),
        ("application/x-www-form-urlencoded", b"payload=[1]"),
        ("application/x-www-form-urlencoded", b""),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=b", b"--b\r\nbroken"),
        ("text/plain", b"\xff\xfe"),
    ],
)
def test_a_broken_form_is_answered_in_words(sandbox, content_type, body):
    answer = httpx.post(
        f"{sandbox.url}/validate", content=body, headers={"content-type": content_type}, trust_env=False
    )
    assert answer.status_code == 200
    assert answer.json()["status"] is False


def test_no_secret_is_kept(caller):
    caller.upload(PHOTO)
    caller.post("validate", {"pushkey": "https://desk/push/very-secret"})
    kept = (caller.sandbox.kept_file("0" * 64).parents[2] / "fastrack.db").read_bytes()
    assert caller.sandbox.credentials.token.encode() not in kept
    assert b"very-secret" not in kept
