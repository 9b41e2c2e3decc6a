"""The way to an address: host and port, and the system's proxy before them."""

import base64
import time
from dataclasses import dataclass
from urllib.request import getproxies, proxy_bypass

import httpx

from pruvan_desk.core.errors import IntegrationError
from pruvan_desk.wire.transport import is_loopback

PROXY_SECONDS = 60.0
TLS_PORT = 443
WayKey = tuple[str, str, int, bool]


@dataclass(frozen=True, slots=True)
class Way:
    """How an address is reached: by which host and port, encrypted or not, through which proxy, empty for none."""

    host: str
    port: int
    encrypted: bool
    host_and_port: str
    """As a request names them."""
    target: bytes
    """Path and query."""
    proxy: str
    found_at: float

    @property
    def key(self) -> WayKey:
        """Connections of one key serve the same."""
        return self.proxy, self.host, self.port, self.encrypted

    @property
    def is_old(self) -> bool:
        """The system may have another proxy by now."""
        return time.monotonic() - self.found_at > PROXY_SECONDS

    @property
    def first(self) -> tuple[str, int]:
        """Host and port that a connection begins with: the proxy's, if there is one."""
        if not self.proxy:
            return self.host, self.port
        parts = httpx.URL(self.proxy)
        return parts.host, parts.port or (TLS_PORT if parts.scheme == "https" else 80)


def find_way(url: str) -> Way:
    """The way to ``url``. Raises :class:`IntegrationError` when that is no address."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise IntegrationError("The service URL is not an address.", "Mend it in the integration.") from error
    encrypted = parts.scheme == "https"
    return Way(
        host=parts.raw_host.decode("ascii"),
        port=parts.port or (TLS_PORT if encrypted else 80),
        encrypted=encrypted,
        host_and_port=parts.netloc.decode("ascii"),
        target=parts.raw_path,
        proxy=_proxy_of(parts),
        found_at=time.monotonic(),
    )


def proxy_login(proxy: str) -> str:
    """The header line with the proxy's user name and password, as its address names them; empty where it does not."""
    parts = httpx.URL(proxy)
    if not parts.username:
        return ""
    login = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    return f"proxy-authorization: Basic {login}\r\n"


def _proxy_of(parts: httpx.URL) -> str:
    """The system's proxy; empty where there is none, as for this machine itself, the only one that is spoken to in the clear."""
    if parts.scheme != "https" or is_loopback(parts.host) or proxy_bypass(parts.host):
        return ""
    proxies = getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all") or ""
    return found if "://" in found or not found else f"http://{found}"
