"""Connections to a host with several addresses: the one that answers is found, and what failed is said."""

import asyncio
import socket

import h11
import pytest

from pruvan_desk.core.errors import OfflineError, TransientError
from pruvan_desk.sync import http, streams
from pruvan_desk.sync.exchange import Connection, Silence, whole

NOWHERE = ("127.0.0.2", 9)


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[str, int]) -> None:
    async def getaddrinfo(_loop: object, _host: str, _port: int, **_: object) -> list[tuple]:
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address) for address in addresses]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)


async def post(url: str, patience: http.Patience | None = None) -> None:
    await http.Connections(patience).post(url, whole(b"payload="), {}, 1000)


@pytest.fixture
def listening():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()


async def connect(port: int) -> None:
    _, writer = await streams.connect("fastrack.example", port)
    assert writer.get_extra_info("peername") == ("127.0.0.1", port)
    writer.transport.abort()
    await asyncio.sleep(0)


def test_the_next_address_is_tried_when_the_first_refuses(monkeypatch, listening):
    resolve_to(monkeypatch, NOWHERE, listening)
    real = asyncio.open_connection

    async def open_connection(host: str, port: int, **rest: object):
        if host == NOWHERE[0]:
            raise ConnectionRefusedError(111, "Connection refused")
        return await real(sock=socket.create_connection(listening), limit=rest["limit"])

    monkeypatch.setattr(streams.asyncio, "open_connection", open_connection)
    asyncio.run(connect(listening[1]))


def test_no_way_to_any_address_is_no_network(monkeypatch):
    resolve_to(monkeypatch, NOWHERE, NOWHERE)

    async def no_way(*_: object, **__: object):
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(streams.asyncio, "open_connection", no_way)
    with pytest.raises(OfflineError):
        asyncio.run(post("https://fastrack.example/api"))


def test_a_host_that_does_not_answer_is_given_up(monkeypatch):
    resolve_to(monkeypatch, NOWHERE)

    async def silent(*_: object, **__: object):
        await asyncio.Event().wait()

    monkeypatch.setattr(streams.asyncio, "open_connection", silent)
    with pytest.raises(TransientError, match="in time"):
        asyncio.run(post("https://fastrack.example/api", http.Patience(connect=0.05)))


class Unread:
    """Stands for a stream of which the other side has left something unread."""

    def __init__(self, unread: int) -> None:
        self.transport, self._unread = self, unread

    def get_write_buffer_size(self) -> int:
        return self._unread

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes) -> None:
        pass

    async def drain(self) -> None:
        pass


@pytest.mark.parametrize(("unread", "free"), [(0, True), (1, False)])
def test_a_connection_is_not_used_again_while_something_of_the_call_before_is_still_to_be_sent(unread: int, free: bool):
    async def call() -> bool:
        reader = asyncio.StreamReader()
        reader.feed_data(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        connection = Connection(reader, Unread(unread))  # type: ignore[arg-type]  # what is used of a StreamWriter
        request = h11.Request(method="POST", target="/", headers=[("host", "fastrack"), ("content-length", "8")])
        async with asyncio.timeout(None) as limit:
            await connection.ask(request, whole(b"payload="), Silence(limit, 10.0))
        assert await connection.more() == b""
        return connection.is_free()

    assert asyncio.run(call()) is free
