"""Too many at once: the last to come are told to come again, before they have cost anything; the others are answered as ever."""

import asyncio

import h11

from pruvan_desk.sync.gateway.bodies import BodyProtocol

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


class CrowdProtocol(BodyProtocol):
    """HTTP to no more than ``MOST_CONNECTIONS`` at once, and not to those who say nothing."""

    _silence: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Takes it, or turns it away."""
        super().connection_made(transport)
        self._turned_away = len(self.connections) > MOST_CONNECTIONS
        if self._turned_away:
            transport.write(TURNED_AWAY)
            transport.close()
            return
        self._wait_for_headers()

    def data_received(self, data: bytes) -> None:
        """Hears what is said, but for those who were turned away. The headers of each request have their time, the first or not."""
        if self._turned_away:
            return
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._silence is None:
            self._wait_for_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_headers(self) -> None:
        """Of a request that has begun, or, on a new connection, is expected; between two uvicorn itself does not wait for long."""
        self._silence = self.loop.call_later(HEADER_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None
