"""Connections to a host with several addresses: the one that answers is found, and what failed is said."""

import asyncio
import socket

import httpcore
import pytest

from pruvan_desk.core.errors import OfflineError
from pruvan_desk.sync import http, streams
from pruvan_desk.sync.streams import Streams

NOWHERE = ("127.0.0.2", 9)


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[str, int]) -> None:
    async def getaddrinfo(_loop: object, _host: str, _port: int, **_: object) -> list[tuple]:
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address) for address in addresses]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)


@pytest.fixture
def listening():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()


async def connect(port: int, patience: float = 5.0) -> None:
    stream = await Streams().connect_tcp("fastrack.example", port, timeout=patience)
    assert stream.get_extra_info("server_addr") == ("127.0.0.1", port)
    assert stream.get_extra_info("is_readable") is False
    await stream.aclose()
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
    with pytest.raises(httpcore.ConnectError) as caught:
        asyncio.run(connect(443))
    assert isinstance(http._meaning(caught.value), OfflineError)


def test_a_host_that_does_not_answer_is_given_up(monkeypatch):
    resolve_to(monkeypatch, NOWHERE)

    async def silent(*_: object, **__: object):
        await asyncio.Event().wait()

    monkeypatch.setattr(streams.asyncio, "open_connection", silent)
    with pytest.raises(httpcore.ConnectTimeout):
        asyncio.run(connect(443, patience=0.05))
