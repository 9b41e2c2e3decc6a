"""Answers that are failures, and how far each failure reaches.

Holds to §3.4 of sync.md.
"""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.core.errors import IntegrationError, ItemError, PruvanDeskError, TransientError, WrongAnswerError
from pruvan_desk.wire.answers import HttpAnswer, judge_order_list, judge_status, judge_upload, judge_validate
from wire.strategies import any_json
from wire.test_answers import answer

JUDGES = (judge_validate, judge_order_list, judge_upload, judge_status)
HTML = b"<html><head><title>Wartung</title></head><body><h1>Down for maintenance</h1></body></html>"


def failure(judge, *given, **headers) -> PruvanDeskError:
    with pytest.raises(PruvanDeskError) as caught:
        judge(answer(*given, **headers))
    return caught.value


@pytest.mark.parametrize("validated", [False, "", 0, "0", "false", None, "no", [], {}])
def test_a_login_is_refused_unless_validated_says_yes(validated):
    error = failure(judge_validate, {"error": "", "validated": validated})
    assert type(error) is IntegrationError
    assert "it did not say why" in error.title


def test_a_login_that_is_validated_with_an_error_is_refused_with_its_words():
    error = failure(judge_validate, {"error": "Account locked.", "validated": True})
    assert (type(error), error.title) == (IntegrationError, "The login was refused: Account locked.")


@pytest.mark.parametrize("status", [200, 401, 406])
def test_a_refused_login_may_come_with_any_status(status):
    error = failure(judge_validate, {"error": "Bad user", "validated": ""}, status)
    assert (type(error), error.title) == (IntegrationError, "The login was refused: Bad user.")


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("body", [HTML, b"OK", b"[1]", b"{", b"\x00\xff\xfe", b"9" * 5000, b"[" * 100_000])
def test_what_is_not_of_this_api_is_tried_again(judge, body):
    error = failure(judge, body)
    assert type(error) is WrongAnswerError
    assert "not of this API" in error.title


def test_a_page_is_quoted_without_its_tags_and_shortened():
    error = failure(judge_upload, HTML * 20)
    assert "Down for maintenance" in error.title
    assert "<" not in error.title
    assert len(error.title) < 200


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
def test_a_server_in_trouble_is_tried_again(judge, status):
    assert type(failure(judge, HTML, status)) is TransientError
    assert type(failure(judge, b"", status)) is TransientError


@pytest.mark.parametrize("judge", JUDGES)
def test_a_server_in_trouble_that_says_so_in_json_is_tried_again(judge):
    error = failure(judge, {"error": "maintenance until noon"}, 503, retry_after="120")
    assert (type(error), error.retry_after) == (TransientError, 120)
    assert "maintenance until noon" in error.title


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("status", [404, 405, 410])
def test_a_page_that_is_not_there_says_nothing_about_what_was_sent(judge, status):
    error = failure(judge, HTML, status)
    assert type(error) is WrongAnswerError
    assert f"HTTP {status}" in error.title


@pytest.mark.parametrize("status", [400, 404, 409, 413, 415, 422])
def test_a_refusal_in_the_words_of_the_api_is_the_items_whatever_its_status(status):
    assert type(failure(judge_upload, {"error": "No such order", "status": False}, status)) is ItemError
    if status != 404:
        assert type(failure(judge_upload, HTML, status)) is ItemError


@pytest.mark.parametrize("judge", [judge_order_list, judge_upload])
def test_a_server_in_trouble_with_its_own_logins_does_not_pause_the_integration(judge):
    assert type(failure(judge, {"error": "Authentication service down"}, 503)) is TransientError


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_without_json_pauses_the_integration(judge, status):
    assert type(failure(judge, HTML, status)) is IntegrationError


@pytest.mark.parametrize("judge", [judge_order_list, judge_upload])
@pytest.mark.parametrize(
    "words",
    [
        "Wrong password",
        "Invalid username",
        "Unauthorised",
        "Authentication failed",
        "invalid token",
        "Please log in",
        "Login failed",
    ],
)
def test_words_about_the_login_pause_the_integration_whatever_the_status(judge, words):
    for status in (200, 406):
        error = failure(judge, {"error": words, "status": False}, status)
        assert type(error) is IntegrationError
        assert words in error.title


@pytest.mark.parametrize(
    "words",
    ["Photo not found in catalog in use", "blogin.jpg is broken", "No such order"],
)
def test_words_about_an_item_do_not(words):
    assert type(failure(judge_upload, {"error": words, "status": False})) is ItemError


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_refused_and_names_the_other_host_only(status):
    error = failure(judge_upload, b"", status, location="https://user:secret@elsewhere.example/path?token=abc")
    assert type(error) is IntegrationError
    assert "elsewhere.example" in error.title
    assert "secret" not in str(error)
    assert "abc" not in str(error)


@pytest.mark.parametrize("taken", [False, None, "", 1, "true", "1", 0, []])
def test_an_item_is_taken_only_by_status_true(taken):
    assert type(failure(judge_upload, {"error": "", "status": taken})) is ItemError


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": "No such task", "validated": ""}, "No such task"),
        ({"error": {"message": "No such task"}, "status": False}, "No such task"),
        ({"error": {"code": 7}, "status": False}, '{"code": 7}'),
        ({"status": False}, "it did not say why"),
        ({}, "it did not say why"),
    ],
)
def test_a_failure_under_http_200_is_the_items_with_the_receivers_words(body, words):
    error = failure(judge_upload, body)
    assert type(error) is ItemError
    assert words in error.title


def test_a_refusal_under_406_is_the_items_with_the_receivers_words():
    error = failure(judge_upload, {"error": "File too large", "status": False}, 406)
    assert (type(error), "File too large" in error.title) == (ItemError, True)


@pytest.mark.parametrize("judge", [judge_validate, judge_order_list, judge_upload])
def test_long_words_are_shortened(judge):
    assert len(failure(judge, {"error": "x" * 10_000, "status": False}).title) < 400
    assert len(judge_status(answer({"error": ["x" * 10_000]}))) <= 300


def test_an_error_beside_the_orders_is_a_failure():
    assert type(failure(judge_order_list, {"error": "try later", "workOrders": []})) is ItemError


@pytest.mark.parametrize("body", [{"error": ""}, [], "text", 2, None])
def test_an_answer_without_orders_is_no_empty_list(body):
    assert type(failure(judge_order_list, body)) is WrongAnswerError


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("Tue, 01 Dec 2026 12:01:00 GMT", 60),
        ("Tue, 01 Dec 2026 12:01:00 -0000", 60),
        ("Tue, 01 Dec 2026 11:00:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("²", None),
        ("-5", None),
    ],
)  # fmt: skip
def test_the_servers_wish_is_read_in_seconds_or_as_a_date_on_its_own_clock(value, seconds):
    error = failure(judge_upload, b"", 503, retry_after=value, date="Tue, 01 Dec 2026 12:00:00 GMT")
    assert error.retry_after == seconds


@given(any_json(), st.integers(200, 599), st.text(max_size=40))
def test_no_answer_breaks_a_judge(body, status, header):
    content = json.dumps(body).encode()
    for judge in JUDGES:
        with contextlib.suppress(PruvanDeskError):
            judge(HttpAnswer(status, content, {"retry-after": header, "date": header, "location": header}))


@given(st.binary(max_size=60), st.sampled_from([200, 401, 406, 500]))
def test_no_bytes_break_a_judge(body, status):
    for judge in JUDGES:
        with contextlib.suppress(PruvanDeskError):
            judge(HttpAnswer(status, body))


def test_words_can_be_kept_and_shown():
    judge_status(answer(b'{"error": "broken \\ud800 text"}')).encode()
