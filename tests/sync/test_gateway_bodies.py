"""The field gateway: how bodies come over a connection. However they are cut, and whatever comes behind them, each call gets its own."""

import json
import socket
from collections.abc import Iterator

import pytest

from pruvan_desk.sync.gateway import arrivals, bodies
from sync.desk import Desk, FieldCaller, part, small_jpeg, wait_until
from sync.test_gateway_crowds import raw
from sync.test_gateway_uploads import END, TAKEN, photo_payload, stored

MULTIPART = "multipart/form-data; boundary=line"
HEADLIKE = b"\xff\xd8 POST / HTTP/1.1\r\nhost: x\r\n\r\n--lin\r\n--lime" * 20_000
"""A file that looks like heads, and nearly like its own end; over a megabyte."""


class Line:
    """One connection, on which several calls are made."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._answers = connection.makefile("rb")

    def answer(self) -> tuple[int, dict[str, object]]:
        """The next answer: its status and what it says."""
        status = int(self._answers.readline().split()[1])
        length = 0
        while (line := self._answers.readline().strip()) != b"":
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        return status, json.loads(self._answers.read(length)) if length else {}


@pytest.fixture
def line(field: FieldCaller) -> Iterator[Line]:
    with raw(field) as connection:
        yield Line(connection)


def request(field: FieldCaller, uuid: str, photo: bytes, *more: str) -> bytes:
    """An upload, head and body; ``more`` header lines."""
    body = part("payload", photo_payload(field, uuid)) + part("file", photo, "a.jpg") + END
    lines = [
        "POST /uploadPictures HTTP/1.1",
        "host: desk",
        f"content-length: {len(body)}",
        f"content-type: {MULTIPART}",
    ]
    return "\r\n".join([*lines, *more, "", ""]).encode() + body


def test_several_uploads_on_one_connection(field: FieldCaller, desk: Desk, line: Line) -> None:
    for number in range(3):
        line.connection.sendall(request(field, f"item-{number}", HEADLIKE + bytes([number])))
        assert line.answer() == (200, TAKEN)
    assert desk.files_on_disk() == sorted(stored(HEADLIKE + bytes([number])) for number in range(3))


def test_calls_that_come_before_the_one_before_is_answered(field: FieldCaller, desk: Desk, line: Line) -> None:
    line.connection.sendall(b"".join(request(field, f"item-{number}", small_jpeg(number)) for number in range(4)))
    assert [line.answer() for _ in range(4)] == [(200, TAKEN)] * 4
    assert desk.files_on_disk() == sorted(stored(small_jpeg(number)) for number in range(4))


@pytest.mark.parametrize("size", [1, 7, 101])
def test_a_call_in_many_small_pieces(field: FieldCaller, desk: Desk, line: Line, size: int) -> None:
    line.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    photo = small_jpeg(1)
    whole = request(field, "item-1", photo)
    for start in range(0, len(whole), size):
        line.connection.sendall(whole[start : start + size])
    assert line.answer() == (200, TAKEN)
    assert desk.files_on_disk() == [stored(photo)]


@pytest.mark.parametrize("also", [[], [b"content-length: 5"]], ids=["", "though a length is said"])
def test_a_body_in_chunks_comes_as_well(field: FieldCaller, desk: Desk, line: Line, also: list[bytes]) -> None:
    head, _, body = request(field, "item-1", HEADLIKE).partition(b"\r\n\r\n")
    chunked = [b"%x\r\n%s\r\n" % (len(some), some) for some in (body[:5], body[5:70_000], body[70_000:])]
    lines = [each for each in head.split(b"\r\n") if not each.startswith(b"content-length")]
    line.connection.sendall(
        b"\r\n".join([*lines, *also, b"transfer-encoding: chunked", b"", b""]) + b"".join(chunked) + b"0\r\n\r\n"
    )
    assert line.answer() == (200, TAKEN)
    line.connection.sendall(request(field, "item-2", small_jpeg(2)))
    assert line.answer() == (200, TAKEN)
    assert desk.files_on_disk() == sorted([stored(HEADLIKE), stored(small_jpeg(2))])


def test_who_asks_first_is_told_to_go_on(field: FieldCaller, desk: Desk, line: Line) -> None:
    head, _, body = request(field, "item-1", HEADLIKE, "expect: 100-continue").partition(b"\r\n\r\n")
    line.connection.sendall(head + b"\r\n\r\n")
    assert line.answer()[0] == 100
    line.connection.sendall(body)
    assert line.answer() == (200, TAKEN)
    assert desk.files_on_disk() == [stored(HEADLIKE)]


def test_a_call_that_was_refused_early_is_heard_to_its_end_and_the_next_is_answered(
    field: FieldCaller, desk: Desk, line: Line
) -> None:
    refused = request(field, "item-1", HEADLIKE).replace(b"boundary=line", b"boundary=")
    line.connection.sendall(refused[:1000])
    assert "names no boundary" in str(line.answer()[1]["error"])
    line.connection.sendall(refused[1000:] + request(field, "item-2", small_jpeg(2)))
    assert line.answer() == (200, TAKEN)
    assert desk.files_on_disk() == [stored(small_jpeg(2))]


def test_a_few_bytes_may_be_held_for_many_connections(
    field: FieldCaller, desk: Desk, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "GATHERED_TOGETHER", 1000)
    line.connection.sendall(request(field, "item-1", HEADLIKE))
    assert line.answer() == (200, TAKEN)
    assert desk.files_on_disk() == [stored(HEADLIKE)]


def test_a_large_file_is_written_while_it_comes(
    field: FieldCaller, desk: Desk, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "HELD_TOGETHER", 100_000)
    whole = request(field, "item-1", HEADLIKE)
    line.connection.sendall(whole[:-1000])
    wait_until("the file on its way", lambda: [name for name in desk.files_on_disk() if name.startswith("incoming-")])
    line.connection.sendall(whole[-1000:])
    assert line.answer() == (200, TAKEN)
    assert desk.files_on_disk() == [stored(HEADLIKE)]
