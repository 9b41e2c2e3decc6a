"""An order source that goes wrong in every way there is, on the loop of the test: one fault, then everything is good again."""

import asyncio
import gzip
import hashlib
import json
import re
import socket
import ssl
import struct
import time
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import cache
from typing import Any
from urllib.parse import parse_qs

STALL_SECONDS = 30.0
"""Far longer than the patience of a test."""
DRIP_SECONDS = 0.02
HUGE = 100 << 20
GOOD_LIST = [
    {
        "workOrderNumber": number, "address1": "12 Elm St", "city": "Austin", "state": "TX", "zip": "78701",
        "services": [{"serviceName": "Grass Cut"}],
    }
    for number in ("4711", "4712", "new")
]  # fmt: skip


@dataclass
class Request:
    """A request as far as it was read, and the connection it came on."""

    server: "FaultServer"
    call: str
    headers: dict[str, str]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    body: bytes = b""

    async def read(self, share: float = 1.0) -> None:
        """Reads the body, or the first part of it."""
        self.body = await self.reader.readexactly(int(int(self.headers.get("content-length", "0")) * share))

    async def take(self) -> bytes:
        """Reads the whole body and does what was asked. Answers what a good server says."""
        await self.read()
        return json.dumps(self.server.does(self)).encode()

    def payload(self) -> dict[str, Any]:
        """What was sent as JSON."""
        found = re.search(rb'name="payload"\r\n\r\n(.*?)\r\n--', self.body, re.DOTALL)
        text = found[1].decode() if found else parse_qs(self.body.decode())["payload"][0]
        return dict(json.loads(text))

    def file(self) -> bytes:
        """The bytes of the file part; empty when there is none."""
        found = re.search(rb'name="file".*?\r\n\r\n(.*)\r\n--', self.body, re.DOTALL)
        return found[1] if found else b""

    def reset(self) -> None:
        """Ends the connection at once, with a reset."""
        connection = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def answer(self, status: int, body: bytes, length: int | None = None, **headers: str) -> None:
        """Answers; ``length`` where another than that of ``body`` is promised. A header's name has underscores for dashes."""
        given = {
            "content-type": "application/json", "content-length": str(len(body) if length is None else length),
            "date": formatdate(usegmt=True), **{name.replace("_", "-"): value for name, value in headers.items()},
        }  # fmt: skip
        head = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
        self.writer.write(f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode() + body)
        await self.writer.drain()


Act = Callable[[Request], Awaitable[None]]


@dataclass
class FaultServer:
    """Listens on loopback. ``faults`` strike the next requests, one each."""

    tls: ssl.SSLContext | None = None
    port: int = 0
    faults: list[Act] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    """What it holds: uuid → SHA-256."""
    done: Counter[str] = field(default_factory=Counter)
    """How often it has done what was asked: by call, and by uuid."""
    requests: int = 0
    said: list[bytes] = field(default_factory=list)
    """Everything it was sent, so that a test can look for credentials."""
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self, tls: ssl.SSLContext | None = None) -> "FaultServer":
        """Begins to listen, on the same port as before."""
        self.tls = tls or self.tls
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """Ends every connection."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        """The service URL."""
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}/api"

    def does(self, request: Request) -> dict[str, Any]:
        """What a good server does and says."""
        self.done[request.call] += 1
        if request.call == "validate":
            return {"error": "", "validated": True}
        if request.call == "getWorkOrders":
            return {"error": "", "workOrders": GOOD_LIST}
        if request.call == "uploadPictures":
            uuid = request.payload()["uuid"]
            self.files[uuid] = hashlib.sha256(request.file()).hexdigest()
            self.done[uuid] += 1
        return {"error": None, "status": True}

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
            return  # the other side is gone, or the server is stopped
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.IncompleteReadError:
            return False
        first, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        self.requests += 1
        call = first.split(" ")[1].rpartition("/")[2].partition(".")[0]
        request = Request(self, call, headers, reader, writer)
        if self.faults:
            await self.faults.pop(0)(request)
        else:
            await request.answer(200, await request.take())
        self.said.append(head.encode() + request.body)
        return not writer.is_closing()


def canned(status: int, body: bytes = b"<html><h1>Something</h1></html>", **headers: str) -> Act:
    """An answer that is given without doing what was asked."""

    async def act(request: Request) -> None:
        await request.read()
        kind = "application/json" if body[:1] == b"{" else "text/html"
        await request.answer(status, body, **{"content_type": kind, **headers})

    return act


async def reset_before(request: Request) -> None:
    request.reset()


async def reset_during(request: Request) -> None:
    await request.read(0.5)
    request.reset()


async def reset_after(request: Request) -> None:
    await request.take()
    request.reset()


async def reset_in_answer(request: Request) -> None:
    body = await request.take()
    await request.answer(200, body[:5], len(body))
    request.reset()


async def stalled_headers(request: Request) -> None:
    await request.take()
    await asyncio.sleep(STALL_SECONDS)


async def stalled_body(request: Request) -> None:
    body = await request.take()
    await request.answer(200, body[:5], len(body))
    await asyncio.sleep(STALL_SECONDS)


async def dripping(request: Request) -> None:
    """A byte now and then: each soon enough, the whole never."""
    await request.take()
    await request.answer(200, b"", 100_000)
    while True:
        request.writer.write(b" ")
        await request.writer.drain()
        await asyncio.sleep(DRIP_SECONDS)


async def dripping_headers(request: Request) -> None:
    await request.take()
    request.writer.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
    while True:
        request.writer.write(b"a")
        await request.writer.drain()
        await asyncio.sleep(DRIP_SECONDS)


async def slow_but_whole(request: Request) -> None:
    """As slowly, but it comes to its end in time."""
    body = await request.take()
    await request.answer(200, b"", len(body))
    for start in range(0, len(body), len(body) // 4 + 1):
        request.writer.write(body[start : start + len(body) // 4 + 1])
        await asyncio.sleep(DRIP_SECONDS)


async def truncated(request: Request) -> None:
    body = await request.take()
    await request.answer(200, body[: len(body) // 2])


async def as_html(request: Request) -> None:
    await request.answer(200, await request.take(), content_type="text/html; charset=windows-1252")


async def with_bom(request: Request) -> None:
    await request.answer(200, b"\xef\xbb\xbf" + await request.take())


def a_day_off(days: int) -> Act:
    """Good, but by a clock that is wrong."""

    async def act(request: Request) -> None:
        await request.answer(200, await request.take(), date=formatdate(time.time() + days * 86_400, usegmt=True))

    return act


async def endless(request: Request) -> None:
    """100 MB of nothing."""
    await request.take()
    await request.answer(200, b"", HUGE)
    for _ in range(HUGE >> 20):
        request.writer.write(bytes(1 << 20))
        await request.writer.drain()


@cache
def _packed(layers: int) -> bytes:
    """A gigabyte of nothing, packed: a megabyte of it, over and over, which is a thousand times as fast to make."""
    packing = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    first = packing.compress(bytes(1 << 20)) + packing.flush(zlib.Z_FULL_FLUSH)
    again = packing.compress(bytes(1 << 20)) + packing.flush(zlib.Z_FULL_FLUSH)
    packed = first + again * 1023
    return packed if layers == 1 else gzip.compress(packed)


def bomb(layers: int) -> Act:
    """A small answer that unpacks to a gigabyte, or to far more in two layers."""

    async def act(request: Request) -> None:
        await request.take()
        await request.answer(200, _packed(layers), content_encoding=", ".join(["gzip"] * layers))

    return act
