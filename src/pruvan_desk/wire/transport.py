"""Where calls go, and that secrets never travel in the clear."""

import ipaddress
from urllib.parse import urlsplit

from pruvan_desk.core.errors import UsageError


def check_service_url(url: str) -> None:
    """Raises :class:`UsageError` unless ``url`` is HTTPS, or plain HTTP to this machine itself."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
        _ = parts.port
    except ValueError as error:
        raise UsageError(f"{url} is not an address.", "Enter one such as https://host/path.") from error
    if not host or parts.scheme not in {"http", "https"}:
        raise UsageError("The service URL is not an address.", "Enter one such as https://host/path.")
    if "@" in parts.netloc:
        raise UsageError("The service URL holds a user name or password.", "Put them into their own fields.")
    if parts.scheme == "http" and not is_loopback(host):
        raise UsageError("The service URL is not encrypted.", "Use https: the password travels on every call.")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def service_host(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port that credentials belong to."""
    parts = urlsplit(url.strip())
    return parts.scheme, parts.hostname or "", parts.port


def call_url(url: str, call: str, extension: str) -> str:
    """The address of one call: ``{url}/{call}.{extension}``, without a dot where the extension is empty."""
    suffix = f".{extension.lstrip('.')}" if extension else ""
    return f"{url.strip().rstrip('/')}/{call}{suffix}"
