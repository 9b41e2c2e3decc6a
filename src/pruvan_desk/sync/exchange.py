"""One connection to a server: HTTP/1.1, as h11 understands it, over asyncio's streams; one call after the other.

httpx and httpcore do the same for all event loops, with redirects, cookies and sessions: what must not happen here, and costs as much
for each photo as all of our bookkeeping.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import h11

from pruvan_desk.sync.streams import READ_AHEAD

KEEP_SECONDS = 20.0
"""Servers close idle connections after a while; we do so first, and do not send into one that is just being closed."""
LONGEST_HEAD = 100 << 10
"""Bytes of an answer's status line and headers."""
Body = AsyncGenerator[bytes | memoryview, None]


@dataclass(frozen=True, slots=True)
class Silence:
    """The time that the other side has to take something, or to say something: ``seconds`` each time."""

    limit: asyncio.Timeout
    seconds: float

    def begin(self) -> None:
        """It is the other side's turn."""
        self.limit.reschedule(asyncio.get_running_loop().time() + self.seconds)

    def end(self) -> None:
        """It is ours."""
        self.limit.reschedule(None)


async def whole(content: bytes) -> Body:
    """A body in one piece."""
    yield content


class Connection:
    """An open connection. What it reads and writes raises ``OSError`` and ``h11.RemoteProtocolError``."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=LONGEST_HEAD)
        self._free_since = time.monotonic()

    async def ask(self, request: h11.Request, body: Body, silence: Silence) -> h11.Response:
        """Sends a request; answers the head of its answer.

        The server may hang up before it has heard everything: then its answer says why.
        """
        await self._send(request, body, silence)
        silence.begin()
        while not isinstance(event := await self._next(), h11.Response):
            if not isinstance(event, h11.InformationalResponse):
                raise h11.RemoteProtocolError("what was answered is no answer")
        return event

    async def more(self) -> bytes:
        """The next bytes of the answer; empty at its end."""
        event = await self._next()
        return event.data if isinstance(event, h11.Data) else b""

    def is_free(self) -> bool:
        """Whether the call is over and another may follow; if not, the connection is of no use any more.

        Nor is it when something of the call is still to be sent: by then, its memory may hold something else.
        """
        if self._writer.transport.get_write_buffer_size():
            return False
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        self._free_since = time.monotonic()
        return not self._writer.is_closing()

    def is_stale(self) -> bool:
        """Whether the server has closed it meanwhile, or will soon."""
        closed = self._reader.at_eof() or self._writer.is_closing()
        return closed or time.monotonic() > self._free_since + KEEP_SECONDS

    def close(self) -> None:
        """At once: what was not sent is not wanted any more."""
        self._writer.transport.abort()

    async def _send(self, request: h11.Request, body: Body, silence: Silence) -> None:
        head = self._http.send(request) or b""
        async with contextlib.aclosing(body):
            async for piece in body:
                self._http.send_with_data_passthrough(h11.Data(piece))  # type: ignore[arg-type]  # bytes of any kind
                try:
                    self._writer.write(head + piece if head else piece)  # one packet for the head and what comes first
                    await self._taken(silence)
                except OSError:
                    return
                head = b""
        self._http.send(h11.EndOfMessage())

    async def _taken(self, silence: Silence) -> None:
        """Returns when more may be sent. On a fast line that is at once, and nobody is timed."""
        waits = self._writer.transport.get_write_buffer_size() > 0
        if waits:
            silence.begin()
        await self._writer.drain()
        if waits:
            silence.end()

    async def _next(self) -> h11.Event | type[h11.PAUSED]:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            data = await self._reader.read(READ_AHEAD)
            if not data and self._http.their_state is h11.SEND_RESPONSE:
                raise ConnectionError("the server hung up without an answer")
            self._http.receive_data(data)
        return event  # type: ignore[return-value]  # NEED_DATA is out of the question
