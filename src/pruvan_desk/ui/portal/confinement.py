"""Where the portal's pages may go, what they may load, and who gets the header that signs in."""

from dataclasses import dataclass, field
from enum import Enum

from PySide6.QtCore import QUrl

from pruvan_desk.store.views.portal import PortalOrder
from pruvan_desk.wire.credentials import Credentials
from pruvan_desk.wire.portal import Origin, SignIn, order_url, origin_of

INLINE = {"data", "blob"}
"""Schemes of what a page carries in itself. It may be shown in a page, never be one."""
PDF_VIEWER = ("chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/", "chrome://resources/")
"""Of what Chromium's own viewer of PDFs is made. It comes with the program; no page of the web is given it."""


class Verdict(Enum):
    """What becomes of an address that a page wants to go to."""

    STAY = "it is the portal's"
    OUTSIDE = "it is another site's: the system browser may have it, when a person says so"
    REFUSED = "it is no page of the web at all"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The sites that pages of an integration may go to and load from; the header that one of them gets, if any."""

    pages: frozenset[Origin]
    parts: frozenset[Origin]
    header: tuple[str, str] = field(default=("", ""), repr=False)
    header_origin: Origin | None = None

    @classmethod
    def of(cls, order: PortalOrder, credentials: Credentials | None) -> "Bounds":
        """As the integration of an order is set up."""
        access, page = order.access, order_url(order.portal_url, order.number)
        header = access.header_for(credentials) if credentials and access.sign_in == SignIn.HEADER else ("", "")
        return cls(
            pages=access.may_go_to(page),
            parts=access.may_load_from(page),
            header=header,
            header_origin=origin_of(access.login_url) if header[0] else None,
        )

    @classmethod
    def to(cls, origin: Origin) -> "Bounds":
        """One site and nothing else."""
        return cls(frozenset({origin}), frozenset({origin}))

    def judge(self, url: QUrl, *, main_frame: bool = True) -> Verdict:
        """Whether a page of the portal may go to ``url``."""
        if not main_frame and url.scheme() == "about":  # an empty frame, which has the rights of the page around it
            return Verdict.STAY
        found = origin_of_url(url)
        if found is None:
            return Verdict.REFUSED
        return Verdict.STAY if found in self.pages else Verdict.OUTSIDE

    def may_load(self, url: QUrl) -> bool:
        """Whether a page of the portal may load ``url`` as a part of itself, or send anything there."""
        if url.scheme() in INLINE or written(url).startswith(PDF_VIEWER):
            return True
        return origin_of_url(url) in self.parts

    def policy(self) -> str:
        """The same as a content security policy: Chromium holds redirected parts to it before it asks for them."""
        parts = " ".join(sorted(word for origin in self.parts for word in _sources(origin)))
        pages = " ".join(sorted(word for origin in self.pages for word in _sources(origin)))
        inline = "'unsafe-inline' 'unsafe-eval' data: blob:"
        return f"default-src {inline} {parts}; frame-src data: blob: {pages}"

    def wants_header(self, url: QUrl) -> bool:
        """Whether a request to ``url`` carries the header."""
        return self.header_origin is not None and origin_of_url(url) == self.header_origin


def _sources(origin: Origin) -> tuple[str, str]:
    """An origin as a policy names it, and that of its web sockets."""
    scheme, host, port = origin
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}:{port}", f"{'wss' if scheme == 'https' else 'ws'}://{name}:{port}"


def origin_of_url(url: QUrl) -> Origin | None:
    """The origin of an address as Chromium writes it."""
    return origin_of(written(url))


def written(url: QUrl) -> str:
    """An address in ASCII, as it goes over the wire."""
    return url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
