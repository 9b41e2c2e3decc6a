"""Too many at once: the last to come are told to come again, before they have cost anything; the others are answered as ever."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CALLS = 200
"""In hand at the same time."""
MOST_CONNECTIONS = 500
"""Open at the same time: a process may hold about a thousand files and connections on many a Linux, and needs some itself."""
HEADER_SECONDS = 30.0
"""Who connects and says nothing is not waited for."""
CROWDED_WORDS = "Too many calls at once. Send it again in a moment."
AGAIN_SECONDS = 2
_BODY = f'{{"error":"{CROWDED_WORDS}","status":false,"validated":false}}'
TURNED_AWAY = (
    "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nconnection: close\r\n"
    f"retry-after: {AGAIN_SECONDS}\r\ncontent-length: {len(_BODY)}\r\n\r\n{_BODY}"
).encode()


class CrowdProtocol(H11Protocol):
    """HTTP as uvicorn speaks it, to no more than ``MOST_CONNECTIONS`` at once, and not to those who say nothing."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Takes it, or turns it away."""
        super().connection_made(transport)
        self._turned_away = len(self.connections) > MOST_CONNECTIONS
        if self._turned_away:
            transport.write(TURNED_AWAY)
            transport.close()
            return
        self._silence = self.loop.call_later(HEADER_SECONDS, self._give_up)

    def data_received(self, data: bytes) -> None:
        """Hears what is said, but for those who were turned away."""
        if not self._turned_away:
            super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        if not self._turned_away:
            self._silence.cancel()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        cycle: Any = self.cycle
        if cycle is None:  # no request has been heard to the end of its headers
            self.transport.close()
