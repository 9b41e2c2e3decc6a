"""HTTP to the order sources: connections that are kept, answers with a limit, errors in our words."""

import asyncio
import contextlib
import errno
import re
import socket
import ssl
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import h11
import truststore

from pruvan_desk import __version__
from pruvan_desk.core.errors import IntegrationError, OfflineError, PruvanDeskError, TransientError
from pruvan_desk.sync.exchange import Body, Connection, Silence
from pruvan_desk.sync.streams import open_stream
from pruvan_desk.sync.ways import Way, WayKey, find_way
from pruvan_desk.wire.answers import HttpAnswer

HEADERS = {
    "accept": "application/json, */*",
    "accept-encoding": "gzip, deflate",
    "user-agent": f"Pruvan Desk {__version__}",
}
COMPRESSED = {"gzip", "x-gzip", "deflate"}
TOO_LONG = ("The server's answer is far too long.", "Check the service URL and extension.")
BY_ITSELF = "It is tried again by itself."
NO_WAY = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, 10051, 10050, 10065})
"""No network, no way to the host; the last three are Windows' own numbers."""
ERRNO = re.compile(r"\[Errno (-?\d+)\]")
"""In the words of an error that stands for those of several addresses."""
SLOWEST = 1024
"""Bytes of an answer in each second: one that comes more slowly is given up, or it would hold its connection for ever."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server is waited for, in seconds: for a connection, and while it takes or says nothing."""

    connect: float = 10.0
    silence: float = 60.0

    def for_answer(self, size: int) -> float:
        """Seconds until the rest of an answer must be there, of which ``size`` bytes have come."""
        return self.silence + size / SLOWEST


PATIENCE = Patience()


class Connections:
    """Connections that are kept between calls. ``tls``: other certificates than the system's."""

    def __init__(self, patience: Patience | None = None, tls: ssl.SSLContext | None = None) -> None:
        self._patience = patience or PATIENCE
        self._tls = tls
        self._ways: dict[str, Way] = {}
        self._idle: dict[WayKey, list[Connection]] = {}
        self._all: set[Connection] = set()

    async def post(self, url: str, body: Body, headers: Mapping[str, str], longest: int) -> HttpAnswer:
        """Posts and reads the answer, at most ``longest`` bytes of it. Follows no redirect: credentials go to this host only.

        Raises :class:`TransientError`, :class:`OfflineError` or :class:`IntegrationError`.
        """
        way = self._way(url)
        connection = self._kept(way.key) or await self._new(way)
        try:
            with _translated():
                return await self._exchange(connection, _request(way, headers), body, longest)
        finally:
            if connection in self._all and connection.is_free():
                self._idle.setdefault(way.key, []).append(connection)
            else:
                self._give_up(connection)

    def way_to(self, url: str) -> tuple[str, int]:
        """Host and port that a connection to ``url`` begins with: its own, or the proxy's."""
        return self._way(url).first

    async def close(self) -> None:
        """Closes all connections, those in use too; new ones are made when they are needed."""
        self._ways.clear()
        self._idle.clear()
        for connection in list(self._all):
            self._give_up(connection)

    async def _exchange(self, connection: Connection, request: h11.Request, body: Body, longest: int) -> HttpAnswer:
        async with asyncio.timeout(None) as limit:
            answer = await connection.ask(request, body, Silence(limit, self._patience.silence))
            said = {name.decode("latin-1"): value.decode("latin-1") for name, value in answer.headers}
            content = await _read(connection, said, longest, Drip(limit, self._patience))
        return HttpAnswer(answer.status_code, content, said)

    def _way(self, url: str) -> Way:
        """The way to an address; the system is asked for its proxy now and then. Raises :class:`IntegrationError`."""
        way = self._ways.get(url)
        if way is None or way.is_old:
            way = self._ways[url] = find_way(url)
        return way

    def _kept(self, key: WayKey) -> Connection | None:
        """The free connection that was used last, if it is still good. Those that the server has closed, or will soon, are given up."""
        idle = self._idle.get(key, [])
        while idle:
            connection = idle.pop()
            if not connection.is_stale():
                return connection
            self._give_up(connection)
        return None

    async def _new(self, way: Way) -> Connection:
        try:
            async with asyncio.timeout(self._patience.connect):
                connection = Connection(*await open_stream(way, self._tls or tls_context()))
        except OSError as error:
            raise meaning(error, connecting=True) from error
        self._all.add(connection)
        return connection

    def _give_up(self, connection: Connection) -> None:
        self._all.discard(connection)
        connection.close()


@cache
def tls_context() -> ssl.SSLContext:
    """The system's certificates, as the browser uses them."""
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _request(way: Way, headers: Mapping[str, str]) -> h11.Request:
    told = [("host", way.host_and_port), *HEADERS.items(), *headers.items()]
    return h11.Request(method="POST", target=way.target, headers=told)


class Drip:
    """The time that the rest of an answer has: it must go on, and not more slowly than ``SLOWEST``."""

    def __init__(self, limit: asyncio.Timeout, patience: Patience) -> None:
        self._limit, self._patience = limit, patience
        self._clock = asyncio.get_running_loop().time
        self._began = self._clock()

    def come(self, size: int) -> None:
        """So many bytes of it have come."""
        patience = self._patience
        self._limit.reschedule(min(self._clock() + patience.silence, self._began + patience.for_answer(size)))


async def _read(connection: Connection, headers: Mapping[str, str], longest: int, drip: Drip) -> bytes:
    """The decoded body. Raises :class:`TransientError` when it is longer than any honest one, compressed bombs too."""
    packed = headers.get("content-encoding", "").strip().lower() in COMPRESSED
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32) if packed else None
    parts: list[bytes] = []
    raw = size = 0
    drip.come(0)
    while part := await connection.more():
        raw += len(part)
        drip.come(raw)
        plain = unpacking.decompress(part, longest + 1 - size) if unpacking else part
        size += len(plain)
        if size > longest or (unpacking and unpacking.unconsumed_tail):
            raise TransientError(*TOO_LONG)
        parts.append(plain)
    if unpacking and parts and not unpacking.eof:
        raise TransientError("The server's answer ends in the middle.", BY_ITSELF)
    return b"".join(parts)


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    """What a failure on an open connection means, in words."""
    try:
        yield
    except zlib.error as error:
        raise TransientError("The server's answer cannot be unpacked.", BY_ITSELF) from error
    except (OSError, h11.RemoteProtocolError) as error:
        raise meaning(error) from error


def meaning(error: OSError | h11.RemoteProtocolError, *, connecting: bool = False) -> PruvanDeskError:
    """What is told of a failure; ``connecting``: nothing has been said to the server yet."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return IntegrationError(
            f"The server's certificate is not trusted: {error.verify_message or error.reason}.",
            "Check the service URL. If the office has its own certificates, install them on this computer.",
        )
    if isinstance(error, ssl.SSLError):
        words = error.reason or "the server does not speak TLS"
        return IntegrationError(f"The encrypted connection was refused: {words}.", "Check the service URL.")
    if isinstance(error, TimeoutError):
        return TransientError("The server did not answer in time.", BY_ITSELF)
    if connecting and isinstance(error, OSError):
        if _is_no_network(error):
            return OfflineError("There is no network.", "Work goes on, and is sent as soon as the network is back.")
        return TransientError("The server cannot be reached.", f"{BY_ITSELF} Check the network.")
    return TransientError(f"The connection broke: {str(error) or type(error).__name__}.", BY_ITSELF)


def _is_no_network(error: OSError) -> bool:
    """A name that cannot be looked up, or no way to any of its addresses: nothing that the server has said."""
    if isinstance(error, socket.gaierror):
        return True
    tried = {int(number) for number in ERRNO.findall(str(error))} if error.errno is None else {error.errno}
    return bool(tried) and tried <= NO_WAY
