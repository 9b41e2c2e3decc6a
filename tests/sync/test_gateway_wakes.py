"""The field gateway: how much of a body the system gathers before it wakes the engine."""

import asyncio
import os
import select
import socket
from collections.abc import Iterator
from typing import Any, cast

import pytest

from pruvan_desk.sync.gateway.pieces import LONGEST_SECONDS
from pruvan_desk.sync.gateway.wakes import Wakes
from sync.desk import wait_until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such threshold")


class Transport:
    """A transport, as far as it is asked about its connection."""

    max_size = 1000

    def __init__(self, connection: socket.socket, sslcontext: object | None = None) -> None:
        self._extra = {"socket": connection, "sslcontext": sslcontext}

    def get_extra_info(self, name: str) -> Any:
        return self._extra[name]


class Loop:
    """An event loop that only remembers what is to be done later."""

    def __init__(self) -> None:
        self.later: list[tuple[float, Any]] = []

    def call_later(self, seconds: float, deed: Any) -> asyncio.TimerHandle:
        self.later.append((seconds, deed))
        return cast("asyncio.TimerHandle", self)

    def cancel(self) -> None:
        self.later.clear()


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A connection: the phone's end and the gateway's."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as phone:
        ours, _ = server.accept()
        with ours:
            yield phone, ours


def wakes(loop: Loop, connection: socket.socket, sslcontext: object | None = None) -> Wakes:
    return Wakes(cast("asyncio.AbstractEventLoop", loop), cast("asyncio.Transport", Transport(connection, sslcontext)))


def is_woken(connection: socket.socket, seconds: float = 0) -> bool:
    return bool(select.select([connection], [], [], seconds)[0])


def there(connection: socket.socket) -> int:
    """How many bytes have come, whoever was told of them."""
    try:
        return len(connection.recv(2000, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except BlockingIOError:
        return 0


def test_it_is_woken_when_as_much_is_there(ends: tuple[socket.socket, socket.socket], loop: Loop) -> None:
    phone, ours = ends
    wakes(loop, ours).only_for(1000)
    phone.sendall(bytes(999))
    wait_until("the bytes", lambda: there(ours) == 999)
    assert not is_woken(ours)
    phone.sendall(bytes(1))
    assert is_woken(ours, 10)


def test_it_is_woken_when_the_sender_says_no_more(ends: tuple[socket.socket, socket.socket], loop: Loop) -> None:
    phone, ours = ends
    wakes(loop, ours).only_for(1000)
    phone.sendall(bytes(5))
    phone.shutdown(socket.SHUT_WR)
    assert is_woken(ours, 10)


def test_it_is_woken_after_a_moment_in_any_case(ends: tuple[socket.socket, socket.socket], loop: Loop) -> None:
    phone, ours = ends
    made = wakes(loop, ours)
    made.only_for(1000)
    made.only_for(900)
    phone.sendall(bytes(5))
    ((seconds, deed),) = loop.later
    assert seconds == LONGEST_SECONDS
    wait_until("the bytes", lambda: there(ours) == 5)
    assert not is_woken(ours)
    deed()
    assert is_woken(ours, 10)


def test_once_it_has_been_woken_it_is_for_each_piece_again(
    ends: tuple[socket.socket, socket.socket], loop: Loop
) -> None:
    phone, ours = ends
    made = wakes(loop, ours)
    made.only_for(1000)
    made.for_all()
    assert loop.later == []
    phone.sendall(b"a")
    assert is_woken(ours, 10)


def test_nothing_is_done_to_a_connection_that_is_over(ends: tuple[socket.socket, socket.socket], loop: Loop) -> None:
    _, ours = ends
    made = wakes(loop, ours)
    made.only_for(1000)
    ours.close()
    made.end()
    made.for_all()
    assert loop.later == []


def test_under_tls_each_piece_wakes(ends: tuple[socket.socket, socket.socket], loop: Loop) -> None:
    phone, ours = ends
    wakes(loop, ours, sslcontext=object()).only_for(1000)
    phone.sendall(b"a")
    assert is_woken(ours, 10)
    assert loop.later == []
