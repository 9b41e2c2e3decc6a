"""The pages of the portal, from what the sandbox holds."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from pruvan_desk.sandbox.order_book import OPEN, BookedOrder
from pruvan_desk.sandbox.portal.html import Child, Markup, document, element, foreign, joined
from pruvan_desk.sandbox.portal.sessions import Session
from pruvan_desk.wire.values import JsonObject

FACTS = (
    ("Work type", ("workType",)),
    ("Address", ("address1", "address2")),
    ("City", ("city", "state", "zip")),
    ("Due", ("clientDueDate",)),
    ("Reference", ("reference",)),
    ("Description", ("description",)),
    ("Information", ("workOrderInfo",)),
)
EVIDENCE_ORDER = ("before", "during", "after")


def login_page(next_path: str, refused: str = "", username: str = "") -> Markup:
    """The form that opens the portal; ``refused`` says why it did not."""
    form = element(
        "form",
        element("input", type="hidden", name="next", value=next_path),
        element("label", "User name", _field("username", "text", username, focus=not refused)),
        element("label", "Password", _field("password", "password", "", focus=bool(refused))),
        element("button", "Sign in", type="submit", id="sign-in"),
        method="post",
        action="/portal/login",
    )
    title = element("h1", "Sign in to myFAStrack")
    words = element("p", refused, class_="notice bad", role="alert", id="refused") if refused else None
    return document(
        "Sign in · myFAStrack",
        _header(None),
        element("main", title, words, element("div", form, class_="card"), class_="narrow"),
    )


def index_page(session: Session, orders: Iterable[BookedOrder]) -> Markup:
    """All orders that are given out, and what became of the others."""
    rows = [_order_row(order) for order in orders]
    heads = (element("th", words, scope="col") for words in ("Order", "Work type", "Address", "City", "Status"))
    table = element("table", element("thead", element("tr", *heads)), element("tbody", *rows))
    what = element("div", table, class_="card") if rows else element("p", "There are no orders.", class_="muted")
    return document("Orders · myFAStrack", _header(session), element("main", element("h1", "Orders"), what))


def order_page(session: Session, order: BookedOrder, items: list[JsonObject], notice: str = "") -> Markup:
    """One order: facts, services, what was received for it, and *Accept* while it is open."""
    payload = order.payload
    instructions = str(payload.get("instructions") or "")
    photos = [item for item in items if item["file_type"] == "picture"]
    others = [item for item in items if item["file_type"] != "picture"]
    return document(
        f"Order {order.number} · myFAStrack",
        _header(session),
        element(
            "main",
            element("p", notice, class_="notice good", role="status", id="notice") if notice else None,
            element(
                "div", element("h1", f"Order {order.number}"), _badge(order), _accept(session, order), class_="head"
            ),
            element("section", element("dl", *_facts(payload)), class_="card"),
            _card("Instructions", element("div", foreign(instructions), class_="foreign")) if instructions else None,
            _card("Services", element("ul", *_services(payload), class_="services")),
            _card(f"Photos received ({len(photos)})", _photos(photos)),
            _card(f"Other items received ({len(others)})", _others(others)) if others else None,
        ),
    )


def words_page(session: Session | None, title: str, words: str) -> Markup:
    """A page that says only why there is nothing else."""
    back = element("p", element("a", "All orders", href="/portal/"))
    return document(
        f"{title} · myFAStrack", _header(session), element("main", element("h1", title), element("p", words), back)
    )


def order_path(number: str) -> str:
    """Where an order's page is."""
    return f"/portal/orders/{quote(number, safe='')}"


def _header(session: Session | None) -> Markup:
    brand = element("a", "my", element("b", "FAStrack"), class_="brand", href="/portal/")
    if session is None:
        return element("header", brand)
    out = element(
        "form", _csrf(session), element("button", "Sign out", class_="plain"), method="post", action="/portal/logout"
    )
    return element("header", brand, element("span", session.username, class_="muted"), out)


def _field(name: str, kind: str, value: str, *, focus: bool) -> Markup:
    complete = "current-password" if kind == "password" else "username"
    return element(
        "input", name=name, id=name, type=kind, value=value, autocomplete=complete, required=True, autofocus=focus
    )


def _csrf(session: Session) -> Markup:
    return element("input", type="hidden", name="csrf", value=session.csrf)


def _order_row(order: BookedOrder) -> Markup:
    payload = order.payload
    return element(
        "tr",
        element("td", element("a", order.number, href=order_path(order.number))),
        element("td", order.kind),
        element("td", _text(payload, "address1")),
        element("td", _joined_text(payload, ("city", "state"))),
        element("td", _badge(order)),
    )


def _badge(order: BookedOrder) -> Markup:
    mood = "good" if order.client_status == "Accepted" else "muted" if order.listed else "bad"
    return element("span", order.client_status, class_=f"badge {mood}")


def may_accept(order: BookedOrder) -> bool:
    """Whether the vendor may still say yes."""
    return order.listed and order.client_status == OPEN


def _accept(session: Session, order: BookedOrder) -> Markup | None:
    if not may_accept(order):
        return None
    button = element("button", "Accept", type="submit", id="accept")
    return element("form", _csrf(session), button, method="post", action=f"{order_path(order.number)}/accept")


def _facts(payload: JsonObject) -> Iterable[Markup]:
    for words, names in FACTS:
        if text := _joined_text(payload, names):
            yield joined(element("dt", words), element("dd", text))


def _services(payload: JsonObject) -> list[Markup]:
    services = payload.get("services")
    lines = [service for service in services if isinstance(service, dict)] if isinstance(services, list) else []
    return [
        element(
            "li",
            _text(line, "serviceName"),
            _after(_text(line, "instructions")),
            _after("survey" if line.get("survey") else ""),
        )
        for line in lines
    ]


def _after(words: str) -> Child:
    return element("span", f" — {words}", class_="muted") if words else None


def _photos(photos: list[JsonObject]) -> Markup:
    if not photos:
        return element("p", "None yet.", class_="muted")
    groups: dict[tuple[str, str], list[JsonObject]] = {}
    for photo in photos:
        groups.setdefault((photo["task"], photo["evidence_type"]), []).append(photo)
    parts = []
    for flag in sorted(groups, key=_flag_order):
        figures = [_figure(photo) for photo in groups[flag]]
        parts.append(element("h3", f"{_flag(*flag)} ({len(figures)})"))
        parts.append(element("div", *figures, class_="photos"))
    return joined(*parts)


def _figure(photo: JsonObject) -> Markup:
    flag = _flag(photo["task"], photo["evidence_type"])
    source = f"/portal/photos/{quote(photo['uuid'], safe='')}?v={photo['sha256'][:12]}"
    caption = joined(photo["file_name"] or photo["uuid"], element("br"), _when(photo["at"]))
    image = element("img", src=source, alt=f"{flag}: {photo['file_name']}", loading="lazy")
    return element("figure", image, element("figcaption", caption))


def _others(items: list[JsonObject]) -> Markup:
    rows = (
        element(
            "tr",
            *(element("td", text) for text in (item["file_type"], item["task"], item["file_name"], _when(item["at"]))),
        )
        for item in items
    )
    return element("table", element("tbody", *rows))


def _card(title: str, content: Markup) -> Markup:
    return element("section", element("h2", title), content, class_="card")


def _flag(task: str, evidence_type: str) -> str:
    return " · ".join(part for part in (task or "no service", evidence_type.capitalize()) if part)


def _flag_order(flag: tuple[str, str]) -> tuple[str, int, str]:
    task, evidence_type = flag
    known = EVIDENCE_ORDER.index(evidence_type) if evidence_type in EVIDENCE_ORDER else len(EVIDENCE_ORDER)
    return task, known, evidence_type


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _joined_text(payload: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return ", ".join(text for name in names if (text := _text(payload, name)))


def _text(payload: Mapping[str, Any], name: str) -> str:
    value = payload.get(name)
    return "" if value is None else str(value)
