"""The pages that show: login, all orders, one order with its photos, its instructions, and the whole of it in FAStrack."""

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from pruvan_desk.sandbox.order_book import BookedOrder
from pruvan_desk.sandbox.portal import rules
from pruvan_desk.sandbox.portal.cases import Case, Remark
from pruvan_desk.sandbox.portal.html import Child, Markup, document, element, foreign, joined
from pruvan_desk.sandbox.portal.invoice_pdf import money
from pruvan_desk.sandbox.portal.parts import (
    badge,
    bullets,
    button,
    card,
    fastrack_path,
    field,
    form,
    header,
    joined_text,
    muted,
    order_frame,
    order_path,
    page,
    text,
    when,
)
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
    fields = element(
        "form",
        element("input", type="hidden", name="next", value=next_path),
        field("User name", "username", username, autocomplete="username", required=True, autofocus=not refused),
        field("Password", "password", "", "password", autocomplete="current-password", required=True, autofocus=bool(refused)),
        button("Sign in", "sign-in"),
        method="post",
        action="/portal/login",
    )  # fmt: skip
    title = element("h1", "Sign in to myFAStrack")
    words = element("p", refused, class_="notice bad", role="alert", id="refused") if refused else None
    return page(None, "Sign in", title, words, element("div", fields, class_="card"), narrow=True)


def index_page(session: Session, orders: Iterable[BookedOrder]) -> Markup:
    """All orders that are given out, and what became of the others."""
    rows = [_order_row(order) for order in orders]
    heads = (element("th", words, scope="col") for words in ("Order", "Work type", "Address", "City", "Status"))
    table = element("table", element("thead", element("tr", *heads)), element("tbody", *rows))
    what = element("div", table, class_="card") if rows else muted("There are no orders.")
    return page(session, "Orders", element("h1", "Orders"), what)


def order_page(
    session: Session, order: BookedOrder, case: Case, received: rules.Received, today: str, *, refused: str = ""
) -> Markup:
    """One order: the answer it waits for, facts, what is missing, services, and what was received for it."""
    instructions = text(order.payload, "instructions")
    others = [item for item in received.items if item["file_type"] != "picture"]
    last = case.verdicts[-1] if case.verdicts else None
    return order_frame(
        session,
        order,
        "",
        card("QC said", element("p", f"{last.text} ({when(last.at)})"), name="qc-said") if last and last.text else None,
        _answer_forms(session, order, today) if rules.may_answer(order) else None,
        element("section", element("dl", *_facts(order, case)), class_="card"),
        card("Instructions", element("div", foreign(instructions), class_="foreign")) if instructions else None,
        _missing(order, case, received),
        card("Services", element("ul", *_services(order, case), class_="services")),
        card(f"Photos received ({len(received.photos)})", photo_groups(received.photos)),
        card(f"Other items received ({len(others)})", _others(others)) if others else None,
        refused=refused,
    )


def instructions_page(session: Session, order: BookedOrder) -> Markup:
    """What the client wants done, of the order and of each service."""
    whole = text(order.payload, "instructions")
    said = text(order.payload, "clientInstructions")
    lines = [element("li", element("b", line.name), _after(line.instructions)) for line in rules.lines_of(order)]
    return order_frame(
        session,
        order,
        "instructions",
        card("Order", element("div", foreign(whole), class_="foreign") if whole else muted("None.")),
        card("Services", element("ul", *lines, class_="services")),
        card("From AFS", element("div", said, class_="foreign")) if said else None,
    )


def fastrack_page(session: Session, order: BookedOrder, case: Case, received: rules.Received, refused: str) -> Markup:
    """The order as FAStrack itself has it: everything on one page, outside the portal's frame.

    It is the client's side, and so, in the sandbox, the place where somebody may play QC.
    """
    bad = element("p", refused, class_="notice bad", role="alert", id="refused") if refused else None
    said = [f"{when(remark.at)} {remark.who}: {remark.text}" for remark in rules.history(case)]
    extras = [f"{extra.quantity} x {extra.name} at {money(extra.cents)}: {extra.reason}" for extra in case.extras]
    body = element(
        "main",
        bad,
        element("div", element("h1", f"FAStrack · {order.number}"), badge(order), class_="head"),
        element("p", element("a", "Back to myFAStrack", href=order_path(order.number))),
        element("section", element("dl", *_facts(order, case)), class_="card"),
        card("Services", element("ul", *_services(order, case), class_="services")),
        card("Discretionary items", bullets(extras)) if extras else None,
        card("Invoices", bullets(f"{one.number}: {money(one.total_cents)}" for one in case.invoices))
        if case.invoices
        else None,
        _missing(order, case, received),
        card("What was said", bullets(said, "said") if said else muted("Nothing.")),
        _client_side(session, order),
    )
    return document(f"FAStrack {order.number}", header(session), body)


def words_page(session: Session | None, title: str, words: str) -> Markup:
    """A page that says only why there is nothing else."""
    back = element("p", element("a", "All orders", href="/portal/"))
    return page(session, title, element("h1", title), element("p", words), back)


def photo_groups(photos: Sequence[JsonObject]) -> Markup:
    """Photos under their flags."""
    if not photos:
        return muted("None yet.")
    groups: dict[tuple[str, str], list[JsonObject]] = {}
    for photo in photos:
        groups.setdefault((photo["task"], photo["evidence_type"]), []).append(photo)
    parts = []
    for flag in sorted(groups, key=_flag_order):
        figures = [_figure(photo) for photo in groups[flag]]
        parts.append(element("h3", f"{flag_words(*flag)} ({len(figures)})"))
        parts.append(element("div", *figures, class_="photos"))
    return joined(*parts)


def flag_words(task: str, evidence_type: str) -> str:
    """Where a photo is filed."""
    return " · ".join(part for part in (task or "no service", evidence_type.capitalize()) if part)


def remarks(said: Iterable[Remark]) -> Markup:
    """What people wrote, oldest first."""
    lines = [
        element("li", element("b", remark.who), " ", element("span", when(remark.at), class_="muted"), element("br"), remark.text)
        for remark in said
    ]  # fmt: skip
    return element("ul", *lines, class_="services", id="said") if lines else muted("None yet.")


def _answer_forms(session: Session, order: BookedOrder, today: str) -> Markup:
    due = text(order.payload, "clientDueDate")
    accept = form(
        session,
        order_path(order.number, "accept"),
        field("Promised date", "promised", max(due, today), "date", required=True),
        button("Accept", "accept"),
    )
    deny = form(
        session,
        order_path(order.number, "deny"),
        field("Reason", "reason", required=True),
        button("Deny", "deny", class_="plain"),
    )
    return card("Will you do this order?", element("div", accept, deny, class_="pair"))


def _client_side(session: Session, order: BookedOrder) -> Markup:
    target = fastrack_path(order.number)
    words = element("label", "Words", element("input", name="words", id="words"))
    choices = (("approve", "Approve"), ("rework", "Decline: Rework"), ("decline", "Decline: close"), ("ask", "Ask"))
    deeds = [button(text, f"qc-{name}", name="answer", value=name, class_="plain") for name, text in choices]
    auto = button("Let QC decide", "qc-auto", name="answer", value="auto")
    comment = button("Comment", "qc-comment", name="answer", value="comment", class_="plain")
    return card("AFS's side (sandbox only)", form(session, f"{target}/answer", words, joined(*deeds, auto, comment)))


def _missing(order: BookedOrder, case: Case, received: rules.Received) -> Markup | None:
    if not order.listed or order.client_status in (rules.DENIED, rules.CLOSED, rules.QC_DECLINED):
        return None
    lines = rules.missing(order, case, received)
    return card("What is missing", bullets(lines, "missing") if lines else muted("Nothing."))


def _order_row(order: BookedOrder) -> Markup:
    payload = order.payload
    return element(
        "tr",
        element("td", element("a", order.number, href=order_path(order.number))),
        element("td", order.kind),
        element("td", text(payload, "address1")),
        element("td", joined_text(payload, ("city", "state"))),
        element("td", badge(order)),
    )


def _facts(order: BookedOrder, case: Case) -> Iterable[Markup]:
    for words, names in FACTS:
        if written := joined_text(order.payload, names):
            yield joined(element("dt", words), element("dd", written))
    if case.promised:
        yield joined(element("dt", "Promised"), element("dd", case.promised, id="promised-date"))
    if case.denied:
        yield joined(element("dt", "Denied"), element("dd", case.denied))


def _services(order: BookedOrder, case: Case) -> list[Markup]:
    return [
        element(
            "li",
            line.name,
            _after(line.instructions),
            _after("survey" if line.form else ""),
            _after("completed" if case.work_on(line.name).completed else ""),
        )
        for line in rules.lines_of(order)
    ]


def _after(words: str) -> Child:
    return element("span", f" — {words}", class_="muted") if words else None


def _figure(photo: JsonObject) -> Markup:
    flag = flag_words(photo["task"], photo["evidence_type"])
    source = f"/portal/photos/{quote(photo['uuid'], safe='')}?v={photo['sha256'][:12]}"
    replaces = (element("br"), f"replaces {photo['parent_uuid']}") if photo["parent_uuid"] else ()
    caption = joined(photo["file_name"] or photo["uuid"], element("br"), when(photo["at"]), *replaces)
    image = element("img", src=source, alt=f"{flag}: {photo['file_name']}", loading="lazy")
    return element("figure", image, element("figcaption", caption))


def _others(items: list[JsonObject]) -> Markup:
    rows = (
        element(
            "tr",
            *(element("td", words) for words in (item["file_type"], item["task"], item["file_name"], when(item["at"]))),
        )
        for item in items
    )
    return element("table", element("tbody", *rows))


def _flag_order(flag: tuple[str, str]) -> tuple[str, int, str]:
    task, evidence_type = flag
    known = EVIDENCE_ORDER.index(evidence_type) if evidence_type in EVIDENCE_ORDER else len(EVIDENCE_ORDER)
    return task, known, evidence_type
