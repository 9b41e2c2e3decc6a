"""HTTP to the order sources: connections that are kept, proxies of the system, answers with a limit, errors in our words.

It stands on the connections of httpcore, as httpx does; what httpx adds (redirects, cookies, sessions) is what must not happen here,
and costs as much for each photo as all of our bookkeeping. httpcore's pool only makes the connections: which are free is simple.
"""

import asyncio
import contextlib
import errno
import re
import socket
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx
import truststore

from pruvan_desk import __version__
from pruvan_desk.core.errors import IntegrationError, OfflineError, PruvanDeskError, TransientError
from pruvan_desk.sync.streams import Streams
from pruvan_desk.wire.answers import HttpAnswer
from pruvan_desk.wire.transport import is_loopback

KEEP_SECONDS = 20.0
"""Servers close idle connections after a while; we do so first, and do not send into one that is just being closed."""
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
PROXY_SECONDS = 60.0
ERRNO = re.compile(r"\[Errno (-?\d+)\]")
"""In the words of an error that stands for those of several addresses."""
SLOWEST = 1024
"""Bytes of an answer in each second: one that comes more slowly is given up, or it would hold its connection for ever."""
Body = bytes | AsyncIterator[bytes]
WayKey = tuple[str, bytes, bytes, int | None]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server is waited for, in seconds: for a connection, and while it takes or says nothing."""

    connect: float = 10.0
    silence: float = 60.0

    def for_answer(self, size: int) -> float:
        """Seconds until the rest of an answer must be there, of which ``size`` bytes have come."""
        return self.silence + size / SLOWEST


PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Way:
    """How an address is reached: what httpcore is asked for, and the proxy, empty for none."""

    target: httpcore.URL
    host: bytes
    """Host and port, as a request names them."""
    proxy: str
    found_at: float

    @property
    def key(self) -> WayKey:
        """Connections of one key serve the same: scheme, host and port, and the proxy before them."""
        return self.proxy, self.target.scheme, self.target.host, self.target.port


class Connections:
    """Connections that are kept between calls. ``tls``: other certificates than the system's."""

    def __init__(self, patience: Patience | None = None, tls: ssl.SSLContext | None = None) -> None:
        self._patience = patience or PATIENCE
        self._tls = tls
        self._ways: dict[str, Way] = {}
        self._makers: dict[str, httpcore.AsyncConnectionPool] = {}
        """By the proxy."""
        self._idle: dict[WayKey, list[httpcore.AsyncConnectionInterface]] = {}
        self._all: set[httpcore.AsyncConnectionInterface] = set()

    async def post(self, url: str, body: Body, headers: Mapping[str, str], longest: int) -> HttpAnswer:
        """Posts and reads the answer, at most ``longest`` bytes of it. Follows no redirect: credentials go to this host only.

        Raises :class:`TransientError`, :class:`OfflineError` or :class:`IntegrationError`.
        """
        patience = self._patience
        timeout = {"connect": patience.connect, "read": patience.silence, "write": patience.silence, "pool": None}
        with _translated():
            way = self._way(url)
            sent: list[tuple[bytes | str, bytes | str]] = [("host", way.host), *HEADERS.items(), *headers.items()]
            async with asyncio.timeout(None) as limit, self._connection(way) as connection:
                content = _told(body, partial(_within, limit, patience.connect + patience.silence))
                request = httpcore.Request(
                    "POST", way.target, headers=sent, content=content, extensions={"timeout": timeout}
                )
                response = await connection.handle_async_request(request)
                said = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                async with contextlib.aclosing(response):
                    read = await _read(response, said, longest, partial(_from_now, limit, patience))
                return HttpAnswer(response.status, read, said)

    def way_to(self, url: str) -> tuple[str, int]:
        """Host and port that a connection to ``url`` begins with: its own, or the proxy's."""
        parts = httpx.URL(_proxy_of(url) or url)
        return parts.host, parts.port or (443 if parts.scheme == "https" else 80)

    async def close(self) -> None:
        """Closes all connections, those in use too; new ones are made when they are needed."""
        connections, self._all, self._idle = self._all, set(), {}
        self._ways.clear()
        for connection in connections:
            await connection.aclose()

    def _way(self, url: str) -> Way:
        """The way to an address; the system is asked for its proxy once a minute."""
        now = time.monotonic()
        way = self._ways.get(url)
        if way is None or now - way.found_at > PROXY_SECONDS:
            way = self._ways[url] = Way(_target(url), httpx.URL(url).netloc, _proxy_of(url), now)
        return way

    @contextlib.asynccontextmanager
    async def _connection(self, way: Way) -> AsyncIterator[httpcore.AsyncConnectionInterface]:
        """The connection that was used last and is free, or a new one; it is kept for the next call if it can take one."""
        connection = await self._kept(way.key) or self._new(way)
        try:
            yield connection
        finally:
            if connection in self._all and connection.is_idle() and not connection.is_closed():
                self._idle.setdefault(way.key, []).append(connection)
            else:
                self._all.discard(connection)
                await connection.aclose()

    async def _kept(self, key: WayKey) -> httpcore.AsyncConnectionInterface | None:
        """A free connection that is still good. Those that the server has closed, or will soon, are given up."""
        idle = self._idle.get(key, [])
        while idle:
            connection = idle.pop()
            if not connection.has_expired():
                return connection
            self._all.discard(connection)
            await connection.aclose()
        return None

    def _new(self, way: Way) -> httpcore.AsyncConnectionInterface:
        if way.proxy not in self._makers:
            self._makers[way.proxy] = httpcore.AsyncConnectionPool(
                ssl_context=self._tls or tls_context(),
                proxy=_proxy(way.proxy),
                keepalive_expiry=KEEP_SECONDS,
                network_backend=Streams(),
            )
        connection = self._makers[way.proxy].create_connection(way.target.origin)
        self._all.add(connection)
        return connection


@cache
def tls_context() -> ssl.SSLContext:
    """The system's certificates, as the browser uses them."""
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _proxy_of(url: str) -> str:
    """The system's proxy for an address; empty where there is none, as for this machine itself."""
    parts = httpx.URL(url)
    if is_loopback(parts.host) or proxy_bypass(parts.host):
        return ""
    proxies = getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all") or ""
    return found if "://" in found or not found else f"http://{found}"


def _proxy(url: str) -> httpcore.Proxy | None:
    if not url:
        return None
    parts = httpx.URL(url)
    login = (parts.username, parts.password) if parts.username else None
    return httpcore.Proxy(f"{parts.scheme}://{parts.netloc.decode()}", auth=login)


def _target(url: str) -> httpcore.URL:
    parts = httpx.URL(url)
    return httpcore.URL(scheme=parts.raw_scheme, host=parts.raw_host, port=parts.port, target=parts.raw_path)


def _within(limit: asyncio.Timeout, seconds: float) -> None:
    limit.reschedule(asyncio.get_running_loop().time() + seconds)


def _from_now(limit: asyncio.Timeout, patience: Patience) -> Callable[[int], None]:
    """What gives the rest of an answer its time, whenever some of it has come."""
    began = asyncio.get_running_loop().time()

    def come(size: int) -> None:
        limit.reschedule(began + patience.for_answer(size))

    come(0)
    return come


async def _told(body: Body, over: Callable[[], None]) -> AsyncIterator[bytes]:
    """``body``, and ``over`` is called when all of it is out: it is the server's turn, which may drip its headers, too."""
    if isinstance(body, bytes):
        yield body
    else:
        async for part in body:
            yield part
    over()


async def _read(
    response: httpcore.Response, headers: Mapping[str, str], longest: int, began: Callable[[], Callable[[int], None]]
) -> bytes:
    """The decoded body. Raises :class:`TransientError` when it is longer than any honest one, compressed bombs too."""
    come = began()
    packed = headers.get("content-encoding", "").strip().lower() in COMPRESSED
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32) if packed else None
    parts: list[bytes] = []
    raw = size = 0
    async for part in response.aiter_stream():
        raw += len(part)
        come(raw)
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
    """What a failure of the network means, in words."""
    try:
        yield
    except httpx.InvalidURL as error:
        raise IntegrationError("The service URL is not an address.", "Mend it in the integration.") from error
    except zlib.error as error:
        raise TransientError("The server's answer cannot be unpacked.", BY_ITSELF) from error
    except TimeoutError as error:
        raise TransientError("The server did not answer in time.", BY_ITSELF) from error
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpcore.ProxyError) as error:
        raise _meaning(error) from error
    except httpcore.UnsupportedProtocol as error:
        raise IntegrationError(
            "The proxy's address is not one that is known here.", "Mend it in the system."
        ) from error


def _meaning(error: Exception) -> PruvanDeskError:
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return IntegrationError(
                f"The server's certificate is not trusted: {cause.verify_message or cause.reason}.",
                "Check the service URL. If the office has its own certificates, install them on this computer.",
            )
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        words = next(str(getattr(cause, "reason", "")) for cause in causes if isinstance(cause, ssl.SSLError))
        return IntegrationError(
            f"The encrypted connection was refused: {words or 'the server does not speak TLS'}.",
            "Check the service URL.",
        )
    if isinstance(error, httpcore.ConnectError) and any(_is_no_network(cause) for cause in causes):
        return OfflineError("There is no network.", "Work goes on, and is sent as soon as the network is back.")
    if isinstance(error, httpcore.TimeoutException):
        return TransientError("The server did not answer in time.", BY_ITSELF)
    if isinstance(error, httpcore.ConnectError):
        return TransientError("The server cannot be reached.", f"{BY_ITSELF} Check the network.")
    return TransientError(f"The connection broke: {str(error) or type(error).__name__}.", BY_ITSELF)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_no_network(cause: BaseException) -> bool:
    """A name that cannot be looked up, or no way to any of its addresses: nothing that the server has said."""
    if isinstance(cause, socket.gaierror):
        return True
    if not isinstance(cause, OSError):
        return False
    tried = {int(number) for number in ERRNO.findall(str(cause))} if cause.errno is None else {cause.errno}
    return bool(tried) and tried <= NO_WAY
