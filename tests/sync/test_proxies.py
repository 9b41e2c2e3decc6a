"""Through the system's proxy: a tunnel to the order source, whose inside the proxy does not see."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from pruvan_desk.core.errors import IntegrationError, TransientError
from pruvan_desk.sync import ways
from pruvan_desk.sync.exchange import whole
from pruvan_desk.sync.http import Connections
from pruvan_desk.wire.answers import HttpAnswer
from sync.faults.certificates import Certificates, make_certificates

OPEN = b"HTTP/1.1 200 Connection established\r\n\r\n"
SHUT = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"
ANSWER = b'HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{"status": true}'
URL = "https://localhost:8443/api/validate"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


class Proxy:
    """Answers ``CONNECT`` and, when it lets through, is what stands behind it, too."""

    def __init__(self, certificates: Certificates, answer: bytes) -> None:
        self._certificates, self._answer = certificates, answer
        self.asked = self.heard = b""

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with server:
            yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked = await reader.readuntil(b"\r\n\r\n")
        writer.write(self._answer)
        if self._answer == OPEN:
            await writer.start_tls(self._certificates.good)
            self.heard = await reader.readuntil(b"payload=1")
            writer.write(ANSWER)
        await writer.drain()
        writer.close()


def post(monkeypatch: pytest.MonkeyPatch, certificates: Certificates, proxy: Proxy) -> HttpAnswer:
    async def through() -> HttpAnswer:
        async with proxy.running() as address:
            monkeypatch.setattr(ways, "is_loopback", lambda _host: False)
            monkeypatch.setattr(ways, "getproxies", lambda: {"https": f"http://desk:se%20cret@{address}"})
            connections = Connections(tls=certificates.trusting)
            try:
                return await connections.post(URL, whole(b"payload=1"), {"content-length": "9"}, 1000)
            finally:
                await connections.close()

    return asyncio.run(through())


def test_a_call_goes_through_the_tunnel_of_a_proxy(monkeypatch, certificates):
    proxy = Proxy(certificates, OPEN)
    assert post(monkeypatch, certificates, proxy).body == b'{"status": true}'
    lines = proxy.asked.decode().split("\r\n")
    assert lines[:2] == ["CONNECT localhost:8443 HTTP/1.1", "host: localhost:8443"]
    assert "proxy-authorization: Basic ZGVzazpzZSBjcmV0" in lines
    assert proxy.heard.startswith(b"POST /api/validate HTTP/1.1\r\nhost: localhost:8443\r\n")
    assert b"proxy-authorization" not in proxy.heard.lower()


def test_a_proxy_that_refuses_is_named_in_its_own_words(monkeypatch, certificates):
    with pytest.raises(TransientError, match="407 Proxy Authentication Required"):
        post(monkeypatch, certificates, Proxy(certificates, SHUT))


def test_a_proxy_of_a_kind_that_is_not_known_is_said(monkeypatch):
    monkeypatch.setattr(ways, "getproxies", lambda: {"all": "socks5://127.0.0.1:1080"})
    call = Connections().post("https://fastrack.example/api", whole(b"payload=1"), {}, 1000)
    with pytest.raises(IntegrationError, match="proxy's address"):
        asyncio.run(call)
