"""What the pages are put together from: the frame around them, fields, cards, and the words of an order."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from pruvan_desk.sandbox.order_book import ACCEPTED, BookedOrder
from pruvan_desk.sandbox.portal.html import Child, Markup, document, element
from pruvan_desk.sandbox.portal.rules import CLOSED, REWORK, SUBMITTED
from pruvan_desk.sandbox.portal.sessions import Session

TABS = (
    ("", "Overview"), ("instructions", "Instructions"), ("surveys", "Surveys"), ("extras", "Discretionary items"),
    ("services", "Edit Services"), ("invoices", "Invoices"), ("comments", "Comments"), ("qc", "Submit to QC"),
    ("support", "Support"),
)  # fmt: skip
GOOD = frozenset({ACCEPTED, SUBMITTED, CLOSED})


def page(session: Session | None, title: str, *content: Child, narrow: bool = False) -> Markup:
    """A whole page; what the session was told is said once."""
    notices: list[Child] = []
    if session is not None and session.notice:
        words, session.notice = session.notice, ""
        notices = [element("p", words, class_="notice good", role="status", id="notice")]
    main = element("main", *notices, *content, class_="narrow" if narrow else None)
    return document(f"{title} · myFAStrack", header(session), main)


def order_frame(session: Session, order: BookedOrder, current: str, *content: Child, refused: str = "") -> Markup:
    """A page of one order: its number, where it stands, the way to its other pages. ``refused``: why nothing was done."""
    tabs = [
        element("a", words, href=order_path(order.number, name), aria_current="page" if name == current else None)
        for name, words in TABS
    ]
    away = element("a", "Open in FAStrack", href=fastrack_path(order.number), target="_blank", id="open-in-fastrack")
    bad = element("p", refused, class_="notice bad", role="alert", id="refused") if refused else None
    head = element("div", element("h1", f"Order {order.number}"), badge(order), class_="head")
    nav = element("nav", *tabs, away, aria_label="Order")
    return page(session, f"Order {order.number}", bad, head, nav, *content)


def order_path(number: str, name: str = "") -> str:
    """Where a page of an order is."""
    path = f"/portal/orders/{quote(number, safe='')}"
    return f"{path}/{name}" if name else path


def fastrack_path(number: str) -> str:
    """Where FAStrack itself shows an order."""
    return f"/portal/fastrack/{quote(number, safe='')}"


def header(session: Session | None) -> Markup:
    """The top of every page."""
    brand = element("a", "my", element("b", "FAStrack"), class_="brand", href="/portal/")
    if session is None:
        return element("header", brand)
    out = form(session, "/portal/logout", element("button", "Sign out", class_="plain"))
    return element("header", brand, element("span", session.username, class_="muted"), out)


def form(session: Session, action: str, *content: Child, files: bool = False, **attributes: str) -> Markup:
    """A form that this session may send."""
    token = element("input", type="hidden", name="csrf", value=session.csrf)
    kind = "multipart/form-data" if files else None
    return element("form", token, *content, method="post", action=action, enctype=kind, **attributes)


def button(words: str, identity: str, /, **attributes: str) -> Markup:
    """The button that sends a form."""
    return element("button", words, type="submit", id=identity, **attributes)


def field(words: str, name: str, value: str = "", kind: str = "text", **attributes: str | bool | None) -> Markup:
    """A labelled field."""
    return element("label", words, element("input", name=name, id=name, type=kind, value=value, **attributes))


def area(words: str, name: str, value: str = "", *, required: bool = False) -> Markup:
    """A labelled field for several lines."""
    return element("label", words, element("textarea", value, name=name, id=name, rows="3", required=required))


def tick(words: Child, name: str, value: str, *, checked: bool = False) -> Markup:
    """A box to tick; its id is its name and value."""
    box = element("input", type="checkbox", name=name, value=value, id=f"{name}-{value}", checked=checked)
    return element("label", box, " ", words, class_="tick")


def card(title: str, *content: Child, name: str | None = None) -> Markup:
    """A framed part of a page."""
    return element("section", element("h2", title) if title else None, *content, class_="card", id=name)


def bullets(lines: Iterable[str], name: str | None = None) -> Markup:
    """A list of words."""
    return element("ul", *(element("li", line) for line in lines), class_="services", id=name)


def muted(words: str) -> Markup:
    """What is said where there is nothing."""
    return element("p", words, class_="muted")


def badge(order: BookedOrder) -> Markup:
    """Where the order stands."""
    mood = "bad" if order.client_status == REWORK else "good" if order.client_status in GOOD else "muted"
    return element("span", order.client_status, class_=f"badge {mood}", id="client-status")


def when(at: float) -> str:
    """An instant as people read it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def joined_text(payload: Mapping[str, Any], names: Iterable[str]) -> str:
    """Several values of an order on one line."""
    return ", ".join(written for name in names if (written := text(payload, name)))


def text(payload: Mapping[str, Any], name: str) -> str:
    """A value of an order; empty where there is none."""
    value = payload.get(name)
    return "" if value is None else str(value)
