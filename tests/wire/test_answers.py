"""Good answers, in every shape they were seen in."""

import json
from datetime import UTC, datetime

import pytest

from pruvan_desk.wire.answers import (
    HttpAnswer,
    judge_order_list,
    judge_status,
    judge_upload,
    judge_validate,
    server_time,
)


def answer(body, status: int = 200, **headers: str) -> HttpAnswer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HttpAnswer(status, content, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("validated", [True, 1, "1", "true", "TRUE", "yes"])
def test_a_login_is_good_when_validated_says_so_in_any_way(validated):
    judge_validate(answer({"error": "", "validated": validated}))


@pytest.mark.parametrize("error", ["", None, [], {}, False])
def test_an_error_that_holds_nothing_is_none(error):
    judge_validate(answer({"error": error, "validated": True}))
    assert judge_order_list(answer({"error": error, "workOrders": []})) == []
    assert judge_status(answer({"error": error, "status": True})) == ""


@pytest.mark.parametrize("status", [200, 401, 406, 500])
def test_the_body_is_judged_before_the_status_code(status):
    judge_validate(answer({"error": "", "validated": True}, status))
    judge_upload(answer({"error": "", "status": True}, status))
    assert judge_order_list(answer({"error": "", "workOrders": None}, status)) is None


@pytest.mark.parametrize("bom", [b"\xef\xbb\xbf", b"\xef\xbb\xbf \r\n"])
def test_a_bom_in_front_is_passed_over(bom):
    judge_validate(answer(bom + b'{"error": "", "validated": true}'))
    judge_upload(answer(bom + b'{"error": "", "status": true}'))


def test_json_that_calls_itself_html_is_json_all_the_same():
    judge_upload(answer({"status": True}, content_type="text/html"))


def test_an_order_list_may_be_null_for_none():
    assert judge_order_list(answer({"workOrders": None, "error": ""})) is None


def test_an_order_list_is_handed_on_as_it_came():
    assert judge_order_list(answer({"workOrders": [{"workOrderNumber": 1}], "error": None})) == [{"workOrderNumber": 1}]


@pytest.mark.parametrize("body", [b"1", b"true", b"", b"  \n", b"\xef\xbb\xbf", b'"1"'])
def test_a_push_only_system_answers_nothing_that_proves_absence(body):
    assert judge_order_list(answer(body)) is True


def test_no_content_is_nothing_too():
    assert judge_order_list(answer(b"", 204)) is True


def test_a_status_that_was_taken_brings_no_words():
    assert judge_status(answer({"error": None, "status": True})) == ""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"workOrderNumber": "9", "message": "unknown order"}, "status": False}, "unknown order"),
        ({"error": {"workOrderNumber": "9", "message": "unknown order"}}, "unknown order"),
        ({"error": ["one", "two"], "status": True}, "one; two"),
        ({"error": [{"message": "one"}, "two"]}, "one; two"),
        ({"error": "not implemented", "validated": ""}, "not implemented"),
        ({"error": None}, "The status was not accepted."),
        ({"status": False}, "The status was not accepted."),
    ],
)
def test_an_objection_to_a_status_is_words_and_no_failure(body, words):
    assert judge_status(answer(body)) == words


def test_the_servers_clock_is_read_from_its_date():
    noon = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
    assert server_time(answer({}, date="Tue, 01 Dec 2026 12:00:00 GMT")) == noon
    assert server_time(answer({}, date="Tue, 01 Dec 2026 12:00:00 -0000")) == noon
    assert server_time(answer({}, date="Tue, 01 Dec 2026 06:00:00 -0600")) == noon


@pytest.mark.parametrize("date", ["", "yesterday", "Tue, 99 Foo 2026", "Tue, 01 Dec 99999999999999999999 12:00:00 GMT"])
def test_a_servers_clock_that_cannot_be_read_is_none(date):
    assert server_time(answer({}, date=date)) is None
