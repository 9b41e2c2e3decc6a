"""The pages on which the vendor works: discretionary items, Edit Services, invoices, comments, QC, support."""

from collections.abc import Sequence
from urllib.parse import quote

from pruvan_desk.sandbox.order_book import BookedOrder
from pruvan_desk.sandbox.portal import rules
from pruvan_desk.sandbox.portal.cases import Case
from pruvan_desk.sandbox.portal.html import Markup, element, joined
from pruvan_desk.sandbox.portal.invoice_pdf import money
from pruvan_desk.sandbox.portal.pages import flag_words, remarks
from pruvan_desk.sandbox.portal.parts import (
    area,
    bullets,
    button,
    card,
    field,
    form,
    muted,
    order_frame,
    order_path,
    tick,
    when,
)
from pruvan_desk.sandbox.portal.sessions import Session

SUBJECTS = ("An order is wrong", "A photo does not arrive", "An invoice", "Something else")


def extras_page(
    session: Session, order: BookedOrder, case: Case, received: rules.Received, refused: str = ""
) -> Markup:
    """Discretionary items: those there are, and a new one."""
    rows = [
        (extra.name, extra.quantity, money(extra.cents), money(rules.times(extra.quantity, extra.cents)), extra.reason,
         str(len(extra.photos)))
        for extra in case.extras
    ]  # fmt: skip
    photos = [
        tick(f"{flag_words(photo['task'], photo['evidence_type'])} {photo['file_name']}", "photo", photo["uuid"])
        for photo in received.photos
    ]
    new = form(
        session,
        order_path(order.number, "add-extra"),
        field("What", "name", required=True),
        field("Quantity", "quantity", "1", required=True, inputmode="decimal"),
        field("Price of one", "price", required=True, inputmode="decimal", placeholder="0.00"),
        area("Reason", "reason", required=True),
        element(
            "fieldset", element("legend", "Photos that show it"), *(photos or [muted("No photo has arrived yet.")])
        ),
        button("Add item", "add-extra"),
    )
    closed = rules.why_not(order)
    return order_frame(
        session,
        order,
        "extras",
        card("Items", _table(("What", "Quantity", "Price", "Total", "Reason", "Photos"), rows, "extras")),
        card("New item", muted(closed) if closed else new),
        refused=refused,
    )


def services_page(
    session: Session, order: BookedOrder, case: Case, received: rules.Received, refused: str = ""
) -> Markup:
    """*Edit Services*: quantity, comment and Completed of each; *Auto Complete* by what has arrived."""
    closed = rules.why_not(order)
    rows = []
    for place, line in enumerate(rules.lines_of(order)):
        work, lacking = case.work_on(line.name), rules.lacks(line, case, received)
        said = f"no {', no '.join(lacking)}" if lacking else "ready"
        rows.append(
            element(
                "fieldset",
                element("legend", line.name, element("span", f" — {said}", class_="muted")),
                element("input", type="hidden", name=f"service-{place}", value=line.name),
                field("Quantity", f"quantity-{place}", work.quantity, required=True, inputmode="decimal"),
                field("Comment", f"comment-{place}", work.comment),
                tick("Completed", f"completed-{place}", "yes", checked=work.completed),
            )
        )
    deeds = joined(
        button("Save", "save-services", name="deed", value="save"),
        button("Auto Complete", "auto-complete", name="deed", value="auto", class_="plain"),
    )
    edit = form(session, order_path(order.number, "edit-services"), *rows, element("p", deeds))
    done = [line.name for line in rules.lines_of(order) if case.work_on(line.name).completed]
    content = muted(closed) if closed else edit
    completed = card("Completed", bullets(done, "completed") if done else muted("None yet."))
    return order_frame(session, order, "services", card("Edit Services", content), completed, refused=refused)


def invoices_page(session: Session, order: BookedOrder, case: Case, refused: str = "") -> Markup:
    """Invoices: to view, to generate from completed services, to attach as PDF."""
    rows = [
        element(
            "tr",
            element(
                "td",
                element("a", invoice.number, href=order_path(order.number, f"invoices/{quote(invoice.number)}.pdf")),
            ),
            element("td", invoice.file_name or "generated"),
            element("td", money(invoice.total_cents)),
            element("td", when(invoice.at)),
        )
        for invoice in case.invoices
    ]
    generate = form(
        session, order_path(order.number, "generate-invoice"), button("Generate invoice", "generate-invoice")
    )
    attach = form(
        session,
        order_path(order.number, "attach-invoice"),
        field("Your number", "number", required=True),
        field("Total", "total", required=True, inputmode="decimal", placeholder="0.00"),
        element("label", "PDF", element("input", type="file", name="file", id="file", accept=".pdf,application/pdf")),
        button("Attach invoice", "attach-invoice"),
        files=True,
    )
    closed = rules.why_not(order)
    new = (
        muted(closed)
        if closed
        else joined(element("p", "From the services that are completed and the discretionary items:"), generate)
    )
    return order_frame(
        session,
        order,
        "invoices",
        card("Invoices", element("table", element("tbody", *rows), id="invoices") if rows else muted("None yet.")),
        card("New invoice", new),
        None if closed else card("Your own invoice", attach),
        refused=refused,
    )


def comments_page(session: Session, order: BookedOrder, case: Case, refused: str = "") -> Markup:
    """What the vendor and AFS wrote to each other."""
    new = form(
        session,
        order_path(order.number, "comment"),
        area("Comment", "text", required=True),
        button("Add comment", "add-comment"),
    )
    return order_frame(
        session, order, "comments", card("Comments", remarks(case.comments)), card("New comment", new), refused=refused
    )


def qc_page(session: Session, order: BookedOrder, case: Case, received: rules.Received, refused: str = "") -> Markup:
    """What is missing, and the button where nothing is."""
    closed, lacking = rules.why_not(order), rules.missing(order, case, received)
    submit = form(session, order_path(order.number, "submit"), button("Submit to QC", "submit-to-qc"))
    what = muted(closed) if closed else bullets(lacking, "missing") if lacking else muted("Nothing is missing.")
    return order_frame(
        session,
        order,
        "qc",
        card("What is missing", what),
        None if closed else card("", submit),
        card("QC's answers", remarks(case.verdicts)) if case.verdicts else None,
        refused=refused,
    )


def support_page(session: Session, order: BookedOrder, case: Case, refused: str = "") -> Markup:
    """Requests for support about this order."""
    subjects = element(
        "select", *(element("option", words, value=words) for words in SUBJECTS), name="subject", id="subject"
    )
    new = form(
        session,
        order_path(order.number, "request-support"),
        element("label", "Subject", subjects),
        area("What happened", "text", required=True),
        button("Request support", "request-support"),
    )
    return order_frame(
        session, order, "support", card("Requests", remarks(case.support)), card("New request", new), refused=refused
    )


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], name: str) -> Markup:
    if not rows:
        return muted("None yet.")
    top = element("thead", element("tr", *(element("th", words, scope="col") for words in heads)))
    body = element("tbody", *(element("tr", *(element("td", words) for words in row)) for row in rows))
    return element("table", top, body, id=name)
