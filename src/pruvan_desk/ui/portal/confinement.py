"""Where the portal's pages may go, and what they may load."""

from enum import Enum

from PySide6.QtCore import QUrl

from pruvan_desk.wire.portal import Origin, origin_of

INLINE = {"data", "blob"}
"""Schemes of what a page carries in itself. It may be shown in a page, never be one."""


class Verdict(Enum):
    """What becomes of an address that a page wants to go to."""

    STAY = "it is the portal's"
    OUTSIDE = "it is another site's: the system browser may have it, when a person says so"
    REFUSED = "it is no page of the web at all"


def judge(url: QUrl, origin: Origin, *, main_frame: bool = True) -> Verdict:
    """Whether a page of the portal may go to ``url``."""
    if not main_frame and url.scheme() == "about":  # an empty frame, which has the rights of the page around it
        return Verdict.STAY
    found = origin_of(written(url))
    if found is None:
        return Verdict.REFUSED
    return Verdict.STAY if found == origin else Verdict.OUTSIDE


def may_load(url: QUrl, origin: Origin) -> bool:
    """Whether a page of the portal may load ``url`` as a part of itself, or send anything there."""
    return url.scheme() in INLINE or origin_of(written(url)) == origin


def origin_of_url(url: QUrl) -> Origin | None:
    """The origin of an address as Chromium writes it."""
    return origin_of(written(url))


def written(url: QUrl) -> str:
    """An address in ASCII, as it goes over the wire."""
    return url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
