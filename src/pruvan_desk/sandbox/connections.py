"""The open connections, and what became of the answers to deliveries: a delivery whose answer was lost may well come again."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request

Address = tuple[str, int]


class AnswerFate(StrEnum):
    """What became of the answer to a delivery."""

    PENDING = "pending"
    OUT = "out"
    """It left on an open connection."""
    GONE = "gone"
    """The other side had hung up before it could leave."""
    UNREAD = "unread"
    """It left, and the other side died without reading it: the connection was reset, and nothing more was asked on it."""
    CUT = "cut"
    """A fault ended the connection before it left."""
    SPOILT = "spoilt"
    """A fault took the better half of it."""


LOST = frozenset({AnswerFate.GONE, AnswerFate.UNREAD, AnswerFate.CUT, AnswerFate.SPOILT})
"""Nobody can have understood these."""


@dataclass(slots=True)
class Answered:
    """The answer to one delivery. ``hung_up_at`` (Unix seconds): when its connection ended without another call on it."""

    fate: AnswerFate = AnswerFate.PENDING
    hung_up_at: float | None = None

    @property
    def lost(self) -> bool:
        """Whether it certainly did not arrive."""
        return self.fate in LOST


class Connections:
    """The open connections by the address of their other end, so that one can be cut and the end of each is noticed.

    Who asks again on a connection has read the answer before; so the last answer on each is the one that may be lost. What
    became of answers is remembered for as long as the server runs.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._transports: dict[Address, asyncio.Transport] = {}
        self._last: dict[Address, Answered] = {}
        self.answers: dict[int, Answered] = {}
        """By the id of the delivery."""

    def opened(self, transport: asyncio.Transport) -> None:
        """Notes a connection."""
        self._transports[_address(transport)] = transport

    def closed(self, transport: asyncio.Transport, error: Exception | None) -> None:
        """Forgets a connection; ``error`` says whether its other side reset it."""
        address = _address(transport)
        self._transports.pop(address, None)
        answer = self._last.pop(address, None)
        if answer is None:
            return
        answer.hung_up_at = self._now()
        if isinstance(error, ConnectionError) and answer.fate is AnswerFate.OUT:
            answer.fate = AnswerFate.UNREAD

    def asked(self, request: Request) -> None:
        """Another call came on a connection: the answer before it was read."""
        self._last.pop(_client(request), None)

    def delivered(self, request: Request, delivery: int) -> Answered:
        """A delivery was kept, and is going to be answered."""
        answer = self.answers[delivery] = Answered()
        if _client(request) in self._transports:
            self._last[_client(request)] = answer
        else:
            answer.fate, answer.hung_up_at = AnswerFate.GONE, self._now()
        return answer

    def leaves(self, request: Request, answer: Answered, fate: AnswerFate) -> None:
        """An answer is about to be written, ``fate`` being what a fault made of it; where nobody listens it never arrives."""
        transport = self._transports.get(_client(request))
        there = transport is not None and not transport.is_closing()
        if answer.fate is AnswerFate.PENDING:
            answer.fate = fate if there or fate is AnswerFate.CUT else AnswerFate.GONE

    async def cut(self, request: Request) -> None:
        """Ends the connection of a request at once, with nothing said."""
        if (transport := self._transports.get(_client(request))) is not None:
            transport.abort()
            await asyncio.sleep(0)  # lets the protocol learn of it, so that it sends nothing more


def _address(transport: asyncio.Transport) -> Address:
    host, port = transport.get_extra_info("peername")[:2]
    return host, port


def _client(request: Request) -> Address:
    return (request.client.host, request.client.port) if request.client is not None else ("", 0)
