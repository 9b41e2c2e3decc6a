"""Where the pages of a client's portal are, and which addresses belong to it."""

from urllib.parse import quote, urlsplit

from pruvan_desk.core.errors import UsageError
from pruvan_desk.wire.transport import is_loopback

NUMBER = "{number}"
"""Stands for the order's number in a portal address."""
EXAMPLE = f"Enter one such as https://host/portal/orders/{NUMBER}."
PORTS = {"http": 80, "https": 443}
SAME_AS = {"ws": "http", "wss": "https"}
Origin = tuple[str, str, int]
"""Scheme, host and port."""


def check_portal_url(template: str) -> None:
    """Raises :class:`UsageError` unless ``template`` is an encrypted address with :data:`NUMBER` after its host."""
    origin = origin_of(template)
    if origin is None:
        raise UsageError("The portal address is not an address.", EXAMPLE)
    parts = urlsplit(template.strip())
    if "@" in parts.netloc:
        raise UsageError("The portal address holds a user name or password.", EXAMPLE)
    if NUMBER in parts.netloc or NUMBER not in template:
        raise UsageError(f"The portal address does not say where the order's number goes ({NUMBER}).", EXAMPLE)
    if parts.scheme == "http" and not is_loopback(origin[1]):
        raise UsageError("The portal address is not encrypted.", "Use https: you sign in there.")


def order_url(template: str, number: str) -> str:
    """The page of one order."""
    return template.strip().replace(NUMBER, quote(number, safe=""))


def origin_of(url: str) -> Origin | None:
    """The origin of an http(s) or web socket address; ``None`` for everything else."""
    try:
        parts = urlsplit(url.strip())
        scheme = SAME_AS.get(parts.scheme, parts.scheme)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if not host or scheme not in PORTS:
        return None
    return scheme, host, port or PORTS[scheme]
