"""The one way out for Chromium: a proxy on this machine that lets through to the portals' sites, and to nothing else.

The policy of a page does not hold for all that Chromium does: a worker has its own, what is loaded ahead may be redirected
before there is one, and connections that are opened ahead or for WebRTC have none. None of them gets past this.
"""

import atexit
from collections.abc import Hashable, Iterable
from enum import StrEnum
from threading import Event
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, QThread, QUrl
from PySide6.QtNetwork import (
    QAbstractSocket,
    QHostAddress,
    QNetworkProxy,
    QNetworkProxyFactory,
    QNetworkProxyQuery,
    QTcpServer,
    QTcpSocket,
)

from pruvan_desk.core.logs import logger
from pruvan_desk.wire.portal import Origin, origin_of
from pruvan_desk.wire.transport import is_loopback

log = logger(__name__)

Site = tuple[str, int]
"""Host and port: what a connection is made to."""
Kind = QNetworkProxy.ProxyType
Fault = QAbstractSocket.SocketError
LONGEST_HEAD = 64 * 1024
"""Bytes until the end of the headers of a request."""
AT_ONCE = 256 * 1024
"""Bytes that are read from one side before the other has taken them."""
OURS = ("proxy-connection:", "proxy-authorization:", "connection:")
"""Headers that were meant for us."""
CONNECTED = b"HTTP/1.1 200 Connected\r\n\r\n"
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
UNREACHED = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Trouble(StrEnum):
    """Why a site was not reached, as people read it."""

    NOT_FOUND = "Its name was not found"
    REFUSED = "It refused the connection"
    PROXY = "The network's proxy refused the connection"
    ASKS = "The network's proxy asks for a password"
    SILENT = "No connection came about"


class Gate:
    """Listens on a loopback port of its own from the beginning, and works in a thread of its own until the program ends."""

    def __init__(self) -> None:
        self._admitted: dict[Hashable, frozenset[Site]] = {}
        self._open: frozenset[Site] = frozenset()
        self._troubles: dict[Site, Trouble] = {}
        self._thread = _GateThread(self)
        self._thread.start()
        self._thread.ready.wait()
        self.port = self._thread.port
        atexit.register(self.shut)

    def admit(self, whose: Hashable, origins: Iterable[Origin]) -> None:
        """From now on these sites, and none of those before, may be reached for somebody."""
        self._admitted[whose] = frozenset((host, port) for _scheme, host, port in origins)
        self._open = frozenset[Site]().union(*self._admitted.values())

    def forget(self, whose: Hashable) -> None:
        """Nothing may be reached for somebody any more."""
        self.admit(whose, ())
        del self._admitted[whose]

    def lets_through(self, site: Site) -> bool:
        """Whether a site may be reached."""
        return site in self._open

    def note(self, site: Site, trouble: Trouble | None) -> None:
        """How the last try to reach a site ended; ``None``: well."""
        if trouble is None:
            self._troubles.pop(site, None)
        else:
            self._troubles[site] = trouble

    def trouble_with(self, site: Site) -> Trouble | None:
        """Why a site could not be reached the last time, if it could not."""
        return self._troubles.get(site)

    def shut(self) -> None:
        """Ends the thread, and every connection."""
        self._thread.quit()
        self._thread.wait()


class _GateThread(QThread):
    """Whatever lives here is made here, so that it belongs to this thread."""

    def __init__(self, gate: Gate) -> None:
        super().__init__()
        self._gate = gate
        self.ready, self.port = Event(), 0

    def run(self) -> None:
        """Serves until told to quit."""
        doorkeeper = _Doorkeeper(self._gate)
        self.port = doorkeeper.server.serverPort()
        self.ready.set()
        self.exec()
        doorkeeper.server.close()
        del doorkeeper


class _Doorkeeper(QObject):
    """Takes what Chromium connects."""

    def __init__(self, gate: Gate) -> None:
        super().__init__()
        self._gate = gate
        self.server = QTcpServer(self)
        self.server.newConnection.connect(self._take)
        self.server.listen(QHostAddress.SpecialAddress.LocalHost)

    def _take(self) -> None:
        while (coming := self.server.nextPendingConnection()) is not None:
            if _is_open(coming):
                _Passage(self._gate, coming, self)
            else:  # opened ahead, and not wanted any more
                coming.deleteLater()


class _Passage(QObject):
    """One connection of Chromium: its first request says where to; then bytes go both ways until one side ends."""

    def __init__(self, gate: Gate, coming: QTcpSocket, parent: QObject) -> None:
        super().__init__(parent)
        self._gate, self._inner = gate, coming
        self._outer = QTcpSocket(self)
        self._head = b""
        self._greeting = b""
        self._site: Site | None = None
        self._tunnels = self._has_greeted = False
        coming.setParent(self)
        for socket in (self._inner, self._outer):
            socket.setReadBufferSize(AT_ONCE)
            socket.setSocketOption(QAbstractSocket.SocketOption.LowDelayOption, 1)
        self._inner.readyRead.connect(self._hear_inner)
        self._inner.bytesWritten.connect(self._pump_inwards)
        self._inner.disconnected.connect(self._end)
        self._outer.connected.connect(self._greet)
        self._outer.readyRead.connect(self._pump_inwards)
        self._outer.bytesWritten.connect(self._pump_outwards)
        self._outer.errorOccurred.connect(self._fail)
        self._outer.disconnected.connect(self._finish)
        self._hear_inner()

    def _hear_inner(self) -> None:
        if self._site is not None:
            self._pump_outwards()
            return
        self._head += bytes(self._inner.read(AT_ONCE).data())
        head, end, rest = self._head.partition(b"\r\n\r\n")
        if end:
            self._begin(head.decode("latin-1").split("\r\n"), rest)
        elif len(self._head) > LONGEST_HEAD:
            self._refuse()

    def _begin(self, lines: list[str], rest: bytes) -> None:
        method, _, target = lines[0].partition(" ")
        address = target.rpartition(" ")[0]
        self._tunnels = method == "CONNECT"
        origin = origin_of(f"https://{address}" if self._tunnels else address)
        site = origin[1:] if origin is not None else ("", 0)
        if not self._gate.lets_through(site):
            log.info("portal page was kept from reaching a site", host=site[0])
            self._refuse()
            return
        self._site = site
        self._greeting = rest if self._tunnels else _own_request(method, address, lines[1:]) + rest
        self._outer.setProxy(_proxy_to(site, encrypted=self._tunnels))
        self._outer.connectToHost(*site)

    def _greet(self) -> None:
        self._has_greeted = True
        self._gate.note(self._site or ("", 0), None)
        if self._tunnels:
            self._inner.write(CONNECTED)
        self._outer.write(self._greeting)
        self._pump_outwards()

    def _pump_outwards(self) -> None:
        _pump(self._inner, self._outer)

    def _pump_inwards(self) -> None:
        _pump(self._outer, self._inner)

    def _refuse(self) -> None:
        self._hang_up(REFUSED)

    def _hang_up(self, last_words: bytes = b"") -> None:
        if _is_open(self._inner):
            self._inner.write(last_words)
            self._inner.disconnectFromHost()

    def _fail(self, fault: QAbstractSocket.SocketError) -> None:
        """Of a connection that came about, what is there is handed on; of one that did not, Desk tells why."""
        if not self._has_greeted:
            self._gate.note(self._site or ("", 0), _trouble(fault))
            self._hang_up(UNREACHED if self._tunnels else b"")

    def _finish(self) -> None:
        """The site ended it: its last words are handed on."""
        if self._outer.isOpen():
            self._hang_up(bytes(self._outer.readAll().data()))

    def _end(self) -> None:
        self._outer.abort()
        self.deleteLater()


def _is_open(socket: QTcpSocket) -> bool:
    return socket.state() == QAbstractSocket.SocketState.ConnectedState


def _pump(source: QTcpSocket, sink: QTcpSocket) -> None:
    room = AT_ONCE - sink.bytesToWrite()
    if room > 0 and source.isOpen() and source.bytesAvailable() and _is_open(sink):
        sink.write(source.read(room))


def _own_request(method: str, address: str, headers: list[str]) -> bytes:
    """A request as its site wants it: one to a connection."""
    parts = urlsplit(address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kept = [line for line in headers if not line.lower().startswith(OURS)]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *kept, "Connection: close", "", ""]).encode("latin-1")


def _proxy_to(site: Site, *, encrypted: bool) -> QNetworkProxy:
    """The way that the system's settings name (a proxy script of the office as well). Blocking."""
    host, port = site
    if is_loopback(host):
        return QNetworkProxy(Kind.NoProxy)
    url = QUrl()
    url.setScheme("https" if encrypted else "http")
    url.setHost(host)
    url.setPort(port)
    for found in QNetworkProxyFactory.systemProxyForQuery(QNetworkProxyQuery(url)):
        if found.type() == Kind.HttpCachingProxy:  # which tunnels as well, in all offices that we know of
            found.setType(Kind.HttpProxy)
        if found.type() in (Kind.HttpProxy, Kind.Socks5Proxy, Kind.NoProxy):
            return found
    return QNetworkProxy(Kind.NoProxy)


def _trouble(fault: QAbstractSocket.SocketError) -> Trouble:
    if fault == Fault.HostNotFoundError:
        return Trouble.NOT_FOUND
    if fault == Fault.ConnectionRefusedError:
        return Trouble.REFUSED
    if fault == Fault.ProxyAuthenticationRequiredError:
        return Trouble.ASKS
    if "Proxy" in fault.name:
        return Trouble.PROXY
    return Trouble.SILENT
