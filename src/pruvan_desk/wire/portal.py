"""Where the pages of a client's portal are, which addresses belong to it, and how one signs in there."""

import base64
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urlsplit

from pruvan_desk.core.errors import UsageError
from pruvan_desk.wire.credentials import Credentials
from pruvan_desk.wire.transport import is_loopback

NUMBER = "{number}"
"""Stands for the order's number in a portal address."""
EXAMPLE = f"Enter one such as https://host/portal/orders/{NUMBER}."
PORTS = {"http": 80, "https": 443}
SAME_AS = {"ws": "http", "wss": "https"}
Origin = tuple[str, str, int]
"""Scheme, host and port."""
HEADER = re.compile(r"([A-Za-z0-9-]+)\s*:\s*(\S[ -~]*)")
HEADER_WORDS = ("{username}", "{password}", "{token}", "{basic}")
FORBIDDEN_HEADERS = frozenset({"host", "origin", "referer", "cookie", "content-length", "content-type", "connection"})


class SignIn(StrEnum):
    """How Desk signs somebody in to the portal."""

    NONE = ""
    FORM = "form"
    HEADER = "header"


@dataclass(frozen=True, slots=True)
class PortalAccess:
    """How an integration signs in to its portal, and which other addresses belong to that.

    ``login_url`` is the one page whose form is filled in, or (by its origin) the one site that gets ``header``.
    A field is named by its ``name`` or ``id``, or by a CSS selector that begins with ``#``, ``.`` or ``[``.
    ``header``: ``Name: value``, with ``{username}``, ``{password}``, ``{token}`` or ``{basic}`` in its value.
    ``origins``: further sites that pages may go to; ``subresources``: sites that pages may load parts from; one a line.
    """

    sign_in: str = SignIn.NONE.value
    login_url: str = ""
    username_field: str = "username"
    password_field: str = "password"  # noqa: S105 - the name of a field, not a password
    header: str = ""
    origins: str = ""
    subresources: str = ""

    def check(self) -> None:
        """Raises :class:`UsageError` for what cannot be saved."""
        for words, text in (
            ("site of the portal", self.origins),
            ("site that parts are loaded from", self.subresources),
        ):
            for line in lines_of(text):
                check_origin(line, words)
        if self.sign_in not in set(SignIn):
            raise UsageError("There is no such way to sign in.", "Choose a form, a header, or neither.")
        if self.sign_in == SignIn.NONE:
            return
        _check_encrypted(self.login_url, "The login address")
        if self.sign_in == SignIn.FORM and not (self.username_field.strip() and self.password_field.strip()):
            raise UsageError("The login form's fields have no names.", "Enter the names of its two fields.")
        if self.sign_in == SignIn.HEADER:
            check_header(self.header)

    def may_go_to(self, portal_url: str) -> frozenset[Origin]:
        """The origins that pages may go to: the portal's, that of its login, and those that were added."""
        listed = [portal_url, *lines_of(self.origins), *([self.login_url] if self.sign_in else [])]
        return frozenset(origin for line in listed if (origin := origin_of(line)) is not None)

    def may_load_from(self, portal_url: str) -> frozenset[Origin]:
        """The origins that parts of pages may come from; encrypted ones only, where the portal is."""
        listed = (origin_of(line) for line in lines_of(self.subresources))
        found = self.may_go_to(portal_url) | {origin for origin in listed if origin is not None}
        portal = origin_of(portal_url)
        encrypted = portal is not None and portal[0] == "https"
        return frozenset(origin for origin in found if origin[0] == "https" or not encrypted)

    def header_for(self, credentials: Credentials) -> tuple[str, str]:
        """The header's name and its value."""
        match = HEADER.fullmatch(self.header.strip())
        if match is None:
            return "", ""
        basic = base64.b64encode(f"{credentials.username}:{credentials.password}".encode()).decode()
        words = dict(
            zip(HEADER_WORDS, (credentials.username, credentials.password, credentials.token, basic), strict=True)
        )
        return match[1], re.sub("|".join(map(re.escape, words)), lambda found: words[found[0]], match[2])

    def is_login(self, url: str) -> bool:
        """Whether an address is exactly that of the login form; a query counts where the login's address has one."""
        wanted, found = urlsplit(self.login_url.strip()), urlsplit(url)
        query = not wanted.query or wanted.query == found.query
        same = origin_of(url) is not None and origin_of(url) == origin_of(self.login_url)
        return bool(same and (wanted.path or "/") == (found.path or "/") and query)


def lines_of(text: str) -> list[str]:
    """The lines of a list that was typed in; commas and spaces part them too."""
    return [line for line in re.split(r"[\s,]+", text) if line]


def check_origin(line: str, words: str) -> None:
    """Raises :class:`UsageError` unless a line names an encrypted site, and nothing but a site."""
    _check_encrypted(line, f"{line}, a {words},")
    parts = urlsplit(line)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise UsageError(f"{line} is more than a site.", "Enter it as https://host, without anything behind.")


def check_header(header: str) -> None:
    """Raises :class:`UsageError` unless a header has a name and a value that holds one of :data:`HEADER_WORDS`."""
    match = HEADER.fullmatch(header.strip())
    if match is None or not any(word in match[2] for word in HEADER_WORDS):
        raise UsageError(
            "The header is not complete.", "Enter one such as Authorization: Basic {basic}, or X-Token: {token}."
        )
    if match[1].lower() in FORBIDDEN_HEADERS:
        raise UsageError(f"The header {match[1]} belongs to the browser.", "Enter another.")


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
    _check_encrypted(template, "The portal address")


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


def _check_encrypted(url: str, what: str) -> None:
    origin = origin_of(url)
    if origin is None or not url.strip().lower().startswith("http"):
        raise UsageError(f"{what} is not an address.", "Enter one such as https://host/login.")
    if "@" in urlsplit(url.strip()).netloc:
        raise UsageError(f"{what} holds a user name or password.", "Enter it without them.")
    if origin[0] == "http" and not is_loopback(origin[1]):
        raise UsageError(f"{what} is not encrypted.", "Use https: you sign in there.")
