"""How often a connection that brings a photo wakes the engine: the system gathers its bytes as well, and for less."""

import asyncio
import os
import socket

from pruvan_desk.sync.gateway.pieces import LARGEST, LONGEST_SECONDS


class Wakes:
    """Of one connection. Where the system knows no such threshold, on Windows and under TLS, each piece wakes the engine as it comes."""

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport) -> None:
        self._loop = loop
        plain = os.name == "posix" and transport.get_extra_info("sslcontext") is None
        self._socket: socket.socket | None = transport.get_extra_info("socket") if plain else None
        self._timer: asyncio.TimerHandle | None = None
        if self._socket is not None:
            # asyncio's own limit for a read, a quarter of this, would leave a rest below the threshold
            transport.max_size = LARGEST  # type: ignore[attr-defined]  # of its transport for selectors

    def only_for(self, count: int) -> None:
        """The next when ``count`` bytes are there, ``LARGEST`` at the most, or the sender says no more, or after a moment in any case."""
        if self._socket is None:
            return
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, count)
        if self._timer is None:
            self._timer = self._loop.call_later(LONGEST_SECONDS, self.for_all)

    def for_all(self) -> None:
        """The next as soon as anything comes, or is there."""
        if self._socket is not None and self._timer is not None:
            self.end()
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)

    def end(self) -> None:
        """The connection is over."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
