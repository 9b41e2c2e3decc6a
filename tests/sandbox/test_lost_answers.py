"""Which answers were lost: what the sandbox's count of doubled deliveries is judged by."""

import contextlib
import socket
import struct

import httpx
import pytest

from sync.desk import wait_until

PHOTO = b"\xff\xd8" + bytes(range(256)) * 40


def fault(caller, mode, **more):
    caller.sandbox.control("faults", {"call": "uploadPictures", "mode": mode, **more})


def answers(caller):
    return [answer["answer"] for answer in caller.sandbox.control("answers")]


def test_what_became_of_each_answer_is_known(caller):
    for mode in ("reset", "truncated", "bom"):
        fault(caller, mode)
        with contextlib.suppress(httpx.TransportError):
            caller.upload(PHOTO)
    caller.upload(PHOTO)
    known = caller.sandbox.control("answers")
    assert [answer["answer"] for answer in known] == ["cut", "spoilt", "out", "out"]
    assert [answer["lost"] for answer in known] == [True, True, False, False]
    assert [answer["delivery"] for answer in known] == [each["id"] for each in caller.sandbox.control("deliveries")]


@pytest.mark.parametrize("reset", [True, False], ids=["reset", "closed"])
def test_an_answer_whose_reader_is_gone_is_known_to_be_lost(caller, *, reset):
    fault(caller, "slow", seconds=0.2)
    with socket.create_connection(("127.0.0.1", caller.sandbox.port)) as connection:
        connection.sendall(upload_request(caller))
        wait_until("the delivery", lambda: answers(caller) == ["pending"])
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wait_until("its end", lambda: answers(caller) == ["gone"])


def test_an_answer_that_died_in_its_readers_buffer_is_known_to_be_lost(caller):
    with socket.create_connection(("127.0.0.1", caller.sandbox.port)) as connection:
        connection.sendall(upload_request(caller))
        wait_until("the answer", lambda: answers(caller) == ["out"])
    wait_until("its end", lambda: answers(caller) == ["unread"])
    ((delivery,), (answer,)) = caller.sandbox.control("deliveries"), caller.sandbox.control("answers")
    assert answer["hung_up_at"] >= delivery["at"]


def test_an_answer_that_was_read_before_the_connection_ended_is_not_lost(caller):
    with socket.create_connection(("127.0.0.1", caller.sandbox.port)) as connection:
        connection.sendall(upload_request(caller))
        while b'"status":true' not in connection.recv(4096):
            pass
    wait_until("its end", lambda: caller.sandbox.control("answers")[0]["hung_up_at"])
    assert answers(caller) == ["out"]


def upload_request(caller):
    request = caller.request("uploadPictures", caller.photo(), PHOTO)
    head = f"POST {request.url.path} HTTP/1.1\r\nhost: sandbox\r\n" + "".join(
        f"{name}: {value}\r\n" for name, value in request.headers.items() if name != "host"
    )
    return f"{head}\r\n".encode() + request.read()
