"""Each way of going wrong, on request."""

import hashlib
import time

import httpx
import pytest

from pruvan_desk.sandbox.server import SandboxError

PHOTO = b"\xff\xd8" + bytes(range(256)) * 900
SHA256 = hashlib.sha256(PHOTO).hexdigest()


def fault(caller, mode, call="uploadPictures", **more):
    caller.sandbox.control("faults", {"call": call, "mode": mode, **more})


def test_drop_acknowledges_and_keeps_nothing(caller):
    fault(caller, "drop")
    assert caller.upload(PHOTO).json()["status"] is True
    assert caller.items() == []
    assert caller.sandbox.control("deliveries") == []


def test_flip_changes_one_byte_of_a_file(caller):
    fault(caller, "flip")
    assert caller.upload(PHOTO).json()["status"] is True
    (item,) = caller.items()
    kept = caller.sandbox.kept_file(item["sha256"]).read_bytes()
    assert item["sha256"] == hashlib.sha256(kept).hexdigest() != SHA256
    assert sum(ours != theirs for ours, theirs in zip(kept, PHOTO, strict=True)) == 1


def test_flip_changes_an_answer_of_a_survey(caller):
    fault(caller, "flip")
    answers = {"meta": {}, "answers": [{"id": "q", "answer": "Yes"}]}
    number = caller.any_order("Inspection")["number"]
    caller.upload(None, key2=number, key4="Inspection Form", fileType="survey", survey=answers)
    assert caller.sandbox.control("surveys")[0]["answers"] != answers


def test_misflag_files_a_photo_under_another_evidence(caller):
    fault(caller, "misflag")
    caller.upload(PHOTO)
    assert caller.sandbox.control("state")["by_flag"] == {"Grass Cut": {"after": 1}}


@pytest.mark.parametrize(
    ("mode", "status"),
    [("error", 200), ("http_500", 500), ("http_503_retry_after", 503), ("http_401_json", 401), ("http_406_json", 406)],
)
def test_refusals_keep_nothing(caller, mode, status):
    fault(caller, mode)
    answer = caller.upload(PHOTO)
    assert answer.status_code == status
    assert '"status":true' not in answer.text
    assert caller.items() == []


def test_a_busy_server_says_when_to_come_back(caller):
    fault(caller, "http_503_retry_after")
    assert caller.upload(PHOTO).headers["retry-after"].isdigit()


@pytest.mark.parametrize("mode", ["garbage", "html"])
def test_answers_that_are_not_of_the_api(caller, mode):
    fault(caller, mode, "getWorkOrders")
    answer = caller.post("getWorkOrders", {"timestamp": None})
    with pytest.raises(ValueError, match=r".*"):
        answer.json()


def test_a_bom_stands_before_a_good_answer(caller):
    fault(caller, "bom", "getWorkOrders")
    answer = caller.post("getWorkOrders", {"timestamp": None})
    assert answer.content.startswith(b"\xef\xbb\xbf{")
    assert len(answer.json()["workOrders"]) == 16


def test_a_truncated_answer_comes_after_the_item_was_kept(caller):
    fault(caller, "truncated")
    with pytest.raises(ValueError, match=r".*"):
        caller.upload(PHOTO).json()
    assert len(caller.items()) == 1


def test_a_reset_connection_loses_the_answer_but_not_the_item(caller):
    fault(caller, "reset")
    with pytest.raises(httpx.TransportError):
        caller.upload(PHOTO)
    assert caller.upload(PHOTO).json()["status"] is True
    assert caller.items()[0]["deliveries"] == 2


def test_a_slow_answer_takes_its_time(caller):
    fault(caller, "slow", "validate", seconds=0.2)
    start = time.monotonic()
    assert caller.post("validate", {}).json()["validated"] is True
    assert time.monotonic() - start >= 0.2


def test_a_slow_answer_does_not_keep_the_server_from_stopping(caller):
    fault(caller, "slow", "validate", seconds=600)
    url, impatient = f"{caller.sandbox.url}/validate", httpx.Timeout(5, read=0.2)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(url, data={"payload": "{}"}, timeout=impatient, trust_env=False, verify=False)
    start = time.monotonic()
    caller.sandbox.stop()
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(("mode", "body"), [("null_list", '{"workOrders":null,"error":""}'), ("bare_one", "1")])
def test_lists_that_are_none(caller, mode, body):
    fault(caller, mode, "*")
    assert caller.post("validate", {}).json()["validated"] is True
    assert caller.post("getWorkOrders", {"timestamp": None}).text == body
    assert len(caller.orders()) == 16


def test_a_fault_happens_as_often_as_asked(caller):
    fault(caller, "http_500", count=2)
    assert [caller.upload(PHOTO).status_code for _ in range(3)] == [500, 500, 200]
    assert caller.sandbox.control("faults") == []


def test_a_lasting_fault_ends_when_cleared(caller):
    fault(caller, "http_500", "*", count=None)
    assert [caller.post("validate", {}).status_code for _ in range(3)] == [500, 500, 500]
    caller.sandbox.control("faults/clear", {})
    assert caller.post("validate", {}).status_code == 200


def test_an_unknown_fault_is_refused(caller):
    with pytest.raises(SandboxError, match="explode"):
        fault(caller, "explode")
