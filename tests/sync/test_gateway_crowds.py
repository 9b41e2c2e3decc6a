"""The field gateway and those who mean it no good, or come all at once: refused as documented, and the crews are served on.

Holds to §2.4 of sync.md.
"""

import asyncio
import hmac
import json
import socket
from collections import Counter
from urllib.parse import urlencode, urlsplit

import pytest

from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.sync.gateway import calls, crowds, server
from pruvan_desk.wire.credentials import Credentials
from sync.desk import Desk, FieldCaller, part, secrets_of, small_jpeg

REFUSED_LOG = pytest.mark.logs("a call was refused")
WRONG = "User name or token is wrong. Ask the office for a new token."
TOO_MANY = "Too many wrong tokens. Wait a minute, and ask the office for the right one."


def guesses(field: FieldCaller, count: int, username: str = "crew1") -> list[int]:
    """The status of so many calls with wrong tokens."""
    answers = []
    for number in range(count):
        with FieldCaller(field.gateway, Credentials(username, "", f"guess-{number}")) as stranger:
            answers.append(stranger.call("getWorkOrders").status_code)
    return answers


@REFUSED_LOG
def test_guessing_becomes_slow_and_is_told_when_to_come_again(field: FieldCaller) -> None:
    assert guesses(field, calls.WRONG_BURST) == [200] * calls.WRONG_BURST
    with FieldCaller(field.gateway, Credentials("crew1", "", "guess")) as stranger:
        answer = stranger.call("validate")
    assert answer.status_code == 429
    assert answer.json() == {"error": TOO_MANY, "status": False, "validated": False}
    assert answer.headers["retry-after"] == "3"


@REFUSED_LOG
def test_even_the_right_token_is_not_compared_after_many_wrong_ones_and_a_colleague_is_not_kept_waiting(
    field: FieldCaller, desk: Desk
) -> None:
    other = desk.crew("crew2")
    guesses(field, calls.WRONG_BURST)
    assert field.call("validate").status_code == 429
    with FieldCaller(field.gateway, other) as colleague:
        assert colleague.call("validate").json() == {"error": "", "validated": True}
        assert colleague.send("item-1", small_jpeg(1)).json()["status"] is True


@REFUSED_LOG
def test_a_few_wrong_tokens_keep_nobody_waiting(field: FieldCaller) -> None:
    guesses(field, calls.WRONG_BURST - 1)
    assert field.call("validate").json() == {"error": "", "validated": True}


@REFUSED_LOG
def test_tokens_are_compared_in_constant_time_those_of_nobody_too(
    field: FieldCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []
    really = hmac.compare_digest

    def compare(ours: str, theirs: str) -> bool:
        compared.append(len(ours))
        return really(ours, theirs)

    monkeypatch.setattr(calls.hmac, "compare_digest", compare)
    for username in ("crew1", "nobody", ""):
        with FieldCaller(field.gateway, Credentials(username, "", "x")) as stranger:
            assert stranger.call("validate").json()["error"] == WRONG
    assert compared == [64, 64, 64]


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(field: FieldCaller, desk: Desk) -> None:
    with raw(field) as connection:
        connection.sendall(head(field, "uploadPictures", 600 << 20, "multipart/form-data; boundary=line"))
        answer = read_all(connection)
    assert b"200 OK" in answer
    assert json.loads(answer.partition(b"\r\n\r\n")[2]) == {
        "error": "The upload is larger than 512 MB. Send less at once.", "status": False, "validated": False,
    }  # fmt: skip
    assert desk.files_on_disk() == []


def test_a_call_that_does_not_go_on_is_broken_off(
    field: FieldCaller, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "SILENCE_SECONDS", 0.1)
    begun = part("payload", field.payload(uuid="item-1", key2="AFS::4711")) + b"--line\r\n"
    with raw(field) as connection:
        connection.sendall(head(field, "uploadPictures", 100_000, "multipart/form-data; boundary=line") + begun)
        answer = read_all(connection)
    assert b" 408 " in answer
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"] == "The call does not go on. Send it again."
    assert desk.files_on_disk() == []


def test_who_connects_and_says_nothing_is_not_waited_for(field: FieldCaller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowds, "HEADER_SECONDS", 0.1)
    with raw(field) as connection:
        connection.sendall(b"POST /validate HTTP/1.1\r\nhost: ")
        assert connection.recv(100) == b""


def test_the_next_request_on_a_connection_that_is_kept_has_no_more_time_for_its_headers(
    field: FieldCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowds, "HEADER_SECONDS", 0.5)
    form = urlencode({"payload": field.payload()}).encode()
    request = head(field, "validate", len(form), "application/x-www-form-urlencoded") + form
    with raw(field) as connection:
        for _ in range(2):
            connection.sendall(request.replace(b"connection: close", b"connection: keep-alive"))
            answer = b""
            while b'"validated":true' not in answer:
                answer += connection.recv(4096)
        connection.sendall(b"POST /validate HTTP/1.1\r\nhost: ")
        assert connection.recv(100) == b""


def test_more_calls_than_can_be_in_hand_are_told_to_come_again(
    field: FieldCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MOST_CALLS", 0)
    answer = field.call("validate")
    assert answer.status_code == 503
    assert answer.json() == {"error": crowds.CROWDED_WORDS, "status": False, "validated": False}
    assert answer.headers["retry-after"] == "2"


def test_more_connections_than_can_be_open_are_told_to_come_again(
    field: FieldCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowds, "MOST_CONNECTIONS", 1)
    assert field.call("validate").json()["validated"] is True  # and its connection stays open
    with raw(field) as connection:
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"] == crowds.CROWDED_WORDS
    assert field.call("validate").json()["validated"] is True


REQUESTS = 10_000


@pytest.mark.logs("a call was refused", "socket.accept")
@pytest.mark.timeout(240)
def test_ten_thousand_at_once_are_refused_as_documented_and_harm_nobody(field: FieldCaller, desk: Desk) -> None:
    token = "guess-7d1b4e"
    form = urlencode({"payload": json.dumps({"username": "crew1", "token": token})}).encode()
    request = head(field, "validate", len(form), "application/x-www-form-urlencoded") + form
    answers = asyncio.run(all_at_once(field, request))
    with FieldCaller(field.gateway, desk.crew("crew2")) as colleague:
        for number in range(5):
            assert colleague.send(f"item-{number}", small_jpeg(number)).json()["status"] is True
    assert sum(answers.values()) == REQUESTS
    assert set(answers) <= {WRONG, TOO_MANY, crowds.CROWDED_WORDS, "no connection"}
    assert answers[WRONG] >= calls.WRONG_BURST
    assert desk.states() == {ItemState.PENDING_QA: 5}
    assert len(desk.files_on_disk()) == 5
    logs = "".join(path.read_text(encoding="utf-8") for path in desk.folder.logs.iterdir())
    assert not [secret for secret in (token, *secrets_of(field.crew)) if secret in logs]


async def all_at_once(field: FieldCaller, request: bytes) -> Counter[str]:
    """What became of that many requests, each on a connection of its own."""
    host = urlsplit(field.gateway)

    async def one() -> str:
        try:
            reader, writer = await asyncio.open_connection(host.hostname, host.port)
            writer.write(request)
            answer = await reader.read()
            writer.close()
        except OSError:
            return "no connection"
        body = answer.partition(b"\r\n\r\n")[2]
        return str(json.loads(body)["error"]) if body else "no connection"

    return Counter(await asyncio.gather(*(one() for _ in range(REQUESTS))))


def raw(field: FieldCaller) -> socket.socket:
    """A bare connection to the gateway."""
    host = urlsplit(field.gateway)
    return socket.create_connection((str(host.hostname), host.port or 0), timeout=20)


def head(field: FieldCaller, call: str, length: int, content_type: str) -> bytes:
    """The head of a request."""
    host = urlsplit(field.gateway).netloc
    return (
        f"POST /{call} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n"
        f"content-type: {content_type}\r\n\r\n"
    ).encode()


def read_all(connection: socket.socket) -> bytes:
    """Everything until the other side closes."""
    parts = []
    while piece := connection.recv(65_536):
        parts.append(piece)
    return b"".join(parts)
