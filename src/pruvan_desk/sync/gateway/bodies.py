"""Bodies of a stated length, handed on as they come: h11, which reads the heads, would copy each byte of a photo four times."""

import asyncio
from typing import cast

import h11
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.h11_impl import H11Protocol

from pruvan_desk.sync.gateway.pieces import LARGEST, Pieces
from pruvan_desk.sync.gateway.wakes import Wakes

END_OF_HEAD = b"\r\n\r\n"
GATHERED_TOGETHER = 16 << 20
"""Bytes of bodies that all connections may gather before they are looked at, each its share."""


class BodyProtocol(H11Protocol):
    """HTTP as uvicorn speaks it, but for bodies whose length the head states: their bytes do not go through h11.

    Each such request has an ``h11.Connection`` of its own, which never hears of the body; the next has a new one.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """A connection begins."""
        super().connection_made(transport)
        self._pieces = Pieces(self.loop.time)
        self._wakes = Wakes(self.loop, transport)
        self._past = False
        """Whether the body of the present request goes past h11."""
        self._after = b""
        """What came behind that body: it is the next request's, once this one is answered."""

    def data_received(self, data: bytes) -> None:
        """A head, a body, or parts of them."""
        if self._past:
            self._take_body(data)
            return
        head = data.find(END_OF_HEAD) + len(END_OF_HEAD) if self.conn.their_state is h11.IDLE else 0
        split = len(END_OF_HEAD) <= head < len(data)
        before = self.cycle
        super().data_received(data[:head] if split else data)
        if self.cycle is not before and self.cycle.more_body:
            self._begin_body()
        if split and not self.transport.is_closing():
            self.data_received(data[head:])

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._wakes.end()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """The request is answered; the next may begin, unless some of this one's body is still to come."""
        super().on_response_complete()
        if self._past and not self._pieces.left:
            self._next_request()

    def _begin_body(self) -> None:
        """From here on the body is counted here, where the head says how long it is."""
        said = dict(self.headers)  # the length once only: h11 sees to that
        length = 0 if b"transfer-encoding" in said else int(said.get(b"content-length", b"0"))
        self._pieces.left = max(0, length - len(self.cycle.body))  # which is empty, unless the head came in two parts
        self._past = self._pieces.left > 0

    def _take_body(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        if not self._pieces.left:  # the next request comes before this one is answered
            self._after += data
            self.flow.pause_reading()
            return
        share = min(LARGEST, GATHERED_TOGETHER // max(1, len(self.connections)))
        if (whole := self._pieces.take(data, share)) is None:
            self._wakes.only_for(min(share, self._pieces.left) - self._pieces.held)
            return
        self._wakes.for_all()
        body, self._after = whole[: self._pieces.left], whole[self._pieces.left :]
        self._pieces.left -= len(body)
        if not self.cycle.response_complete:
            self._hand_on(body)
        elif not self._pieces.left:
            self._next_request()

    def _hand_on(self, body: bytes) -> None:
        cycle = self.cycle
        held = bytes(cycle.body) + body if cycle.body else body
        cycle.body = cast("bytearray", held)  # whoever takes it makes bytes of it, which costs nothing where they are
        cycle.more_body = self._pieces.left > 0
        if len(held) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        cycle.message_event.set()

    def _next_request(self) -> None:
        """What is said next is a head again."""
        self.conn = h11.Connection(h11.SERVER)
        after, self._after, self._past = self._after, b"", False
        if after and not self.transport.is_closing():
            self.data_received(after)
