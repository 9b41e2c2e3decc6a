"""What the vendor and AFS do in the portal: each checks the rules, keeps the case, and lets the order say so.

What a refresh is to bring to the vendor's office stands in the order itself: client status, status, client due date and
instructions, the options of its services, and under the option ``portal`` what else was done here.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from pruvan_desk.sandbox.item_book import read_check_ins, read_items_of, read_status_calls
from pruvan_desk.sandbox.order_book import ACCEPTED, BookedOrder
from pruvan_desk.sandbox.portal import rules
from pruvan_desk.sandbox.portal.cases import CLIENT, VENDOR, Case, Extra, Invoice, Remark, ServiceWork
from pruvan_desk.sandbox.portal.rules import Received, Refused
from pruvan_desk.sandbox.portal.surveys import answer_set, read_answers, template_of, unanswered
from pruvan_desk.sandbox.uploads import IncomingFile
from pruvan_desk.sandbox.world import World
from pruvan_desk.wire.values import JsonObject, read_object

LONGEST = 4000
"""Characters of a remark."""
MOST_QUANTITY = Decimal(10_000)
MOST_CENTS = Decimal(100_000_000)
LARGEST_PDF = 20 * 1024 * 1024
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came: values by field, and its file if there was one."""

    fields: Mapping[str, list[str]]
    file: IncomingFile | None = None

    def get(self, name: str) -> str:
        """The value of a field, without spaces around it; empty when it was not sent."""
        values = self.fields.get(name)
        return values[-1].strip()[:LONGEST] if values else ""

    def need(self, name: str, words: str) -> str:
        """The value of a field. Raises :class:`Refused` with ``words`` when it is empty."""
        value = self.get(name)
        if not value:
            raise Refused(words)
        return value


Deed = Callable[[BookedOrder, Case, Sent], Awaitable[str]]


class Deeds:
    """Over one :class:`World`. Every deed answers the words in which the page says that it is done; raises :class:`Refused`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.of_vendor: dict[str, tuple[Deed, str]] = {
            "accept": (self._accept, ""), "deny": (self._deny, ""), "answer-survey": (self._answer_survey, "survey"),
            "add-extra": (self._add_extra, "extras"), "edit-services": (self._edit_services, "services"),
            "generate-invoice": (self._generate_invoice, "invoices"), "attach-invoice": (self._attach_invoice, "invoices"),
            "comment": (self._comment, "comments"), "submit": (self._submit, "qc"),
            "request-support": (self._request_support, "support"),
        }  # fmt: skip
        """By the last part of the path, each with the page that it belongs to."""

    def today(self) -> str:
        """This day by the server's clock, in UTC."""
        return datetime.fromtimestamp(self._world.now(), UTC).date().isoformat()

    async def received(self, number: str) -> Received:
        """What came for an order through the API."""
        ledger = self._world.ledger
        items = await ledger.run(lambda connection: read_items_of(connection, number))
        check_ins = await ledger.run(read_check_ins)
        calls = await ledger.run(read_status_calls)
        return Received(
            items=items,
            checked_in=any(row["work_order"] == number and row["accepted"] for row in check_ins),
            statuses=frozenset(call["status"] for call in calls.get(number, [])),
        )

    async def answer(self, order: BookedOrder, answer: str, words: str) -> str:
        """What AFS says: ``approve``, ``decline`` (closes), ``rework``, ``ask``, ``auto`` or ``comment``."""
        case, now = self._world.cases.of(order.number), self._world.now()
        if answer == "comment":
            if not words:
                raise Refused("Write the comment first.")
            case.comments.append(Remark(CLIENT, words, now))
            await self._keep(order, case, clientInstructions=_client_words(case))
            return "AFS commented."
        if order.client_status != rules.SUBMITTED:
            raise Refused(f"QC has nothing to decide: the order is {order.client_status}.")
        if answer == "auto":
            answer, words = rules.verdict(order, case, await self.received(order.number))
            answer = "rework" if answer == "decline" else answer
        statuses = {
            "approve": (rules.CLOSED, "Approved."), "rework": (rules.REWORK, ""), "decline": (rules.QC_DECLINED, ""),
            "ask": (rules.ASKED, ""),
        }  # fmt: skip
        if answer not in statuses:
            raise Refused("QC approves, declines or asks.")
        status, said = statuses[answer]
        if not words and not said:
            raise Refused("QC gives a reason.")
        case.verdicts.append(Remark(CLIENT, words or said, now))
        fields: JsonObject = {"clientStatus": status, "clientInstructions": _client_words(case)}
        if answer == "rework":
            fields["status"] = "Rework"
        await self._keep(order, case, **fields)
        return f"QC answered: {status}."

    async def _accept(self, order: BookedOrder, case: Case, sent: Sent) -> str:
        _must_be_open(order)
        promised = sent.need("promised", "Say by when you promise the work.")
        try:
            day = date.fromisoformat(promised)
        except ValueError as error:
            raise Refused("The promised date is not a date.") from error
        if day.isoformat() < self.today():
            raise Refused("The promised date is over.")
        case.promised = day.isoformat()
        await self._world.orders.accept(order.number, self._world.now())
        await self._keep(order, case, clientStatus=ACCEPTED, clientDueDate=case.promised)
        return f"You accepted this order. It is promised for {case.promised}."

    async def _deny(self, order: BookedOrder, case: Case, sent: Sent) -> str:
        _must_be_open(order)
        case.denied = sent.need("reason", "Say why you deny the order.")
        await self._keep(order, case, clientStatus=rules.DENIED)
        return "You denied this order."

    async def _answer_survey(self, order: BookedOrder, case: Case, sent: Sent) -> str:
        _must_be_workable(order)
        service = sent.get("service")
        template = template_of(order, service)
        if template is None:
            raise Refused("There is no such survey.")
        if service in case.submitted_surveys:
            raise Refused("The survey is submitted already.")
        photos = {str(photo["uuid"]) for photo in (await self.received(order.number)).photos}
        answers = read_answers(template, sent.fields, photos)
        case.surveys[service] = answers
        lacking = unanswered(template, answers)
        if sent.get("deed") != "submit" or lacking:
            await self._world.cases.keep(case)  # the draft stays, whatever is still missing
        if sent.get("deed") != "submit":
            return "The answers are saved, and not submitted yet."
        if lacking:
            raise Refused(f"Not submitted. Still to be answered: {'; '.join(lacking)}.")
        case.submitted_surveys.append(service)
        await self._keep(order, case, services=_with_option(order, {service: {"survey_submitted": True}}))
        return f"{service} is submitted, with {len(answer_set(template, answers)['answers'])} answers."

    async def _add_extra(self, order: BookedOrder, case: Case, sent: Sent) -> str:
        _must_be_workable(order)
        chosen = [uuid for uuid in sent.fields.get("photo", []) if uuid]
        known = {photo["uuid"] for photo in (await self.received(order.number)).photos}
        extra = Extra(
            name=sent.need("name", "Say what the item is."),
            quantity=_quantity(sent.get("quantity")),
            cents=_cents(sent.get("price"), "The price"),
            reason=sent.need("reason", "Say why it is needed."),
            photos=[uuid for uuid in chosen if uuid in known],
        )
        if not extra.photos:
            raise Refused("Choose at least one photo that shows it.")
        case.extras.append(extra)
        await self._keep(order, case)
        return f"{extra.name} is added."

    async def _edit_services(self, order: BookedOrder, case: Case, sent: Sent) -> str:
        _must_be_workable(order)
        received = await self.received(order.number)
        works: dict[str, ServiceWork] = {}
        for place, line in enumerate(rules.lines_of(order)):
            if sent.get(f"service-{place}") != line.name:
                raise Refused("The services were changed meanwhile. Open the page again.")
            quantity = _quantity(sent.get(f"quantity-{place}"))
            works[line.name] = ServiceWork(quantity, sent.get(f"comment-{place}"), bool(sent.get(f"completed-{place}")))
        lacking = {line.name: rules.lacks(line, case, received) for line in rules.lines_of(order)}
        if sent.get("deed") == "auto":
            works = {name: replace(work, completed=work.completed or not lacking[name]) for name, work in works.items()}
        wrong = [
            f"{name}: no {', no '.join(lacking[name])}"
            for name, work in works.items()
            if work.completed and lacking[name]
        ]
        if wrong:
            raise Refused(f"Not saved. A service is completed when its evidence is there. {'; '.join(wrong)}.")
        case.services = works
        await self._keep(order, case, services=_with_option(order, _options_of(works)))
        done = sum(work.completed for work in works.values())
        rest = [
            f"{name}: no {', no '.join(lacking[name])}"
            for name, work in works.items()
            if not work.completed and lacking[name]
        ]
        return f"{done} of {len(works)} services are completed.{' Not yet: ' + '; '.join(rest) + '.' if rest else ''}"

    async def _generate_invoice(self, order: BookedOrder, case: Case, _sent: Sent) -> str:
        _must_be_workable(order)
        lines = [
            (line.name, work.quantity, rules.times(work.quantity, line.cents))
            for line in rules.lines_of(order)
            if (work := case.work_on(line.name)).completed
        ]
        if not lines:
            raise Refused("No service is completed yet. Complete them under Edit Services.")
        lines += [(extra.name, extra.quantity, rules.times(extra.quantity, extra.cents)) for extra in case.extras]
        number = f"INV-{order.number}-{len(case.invoices) + 1}"
        case.invoices.append(Invoice(number, sum(cents for *_, cents in lines), self._world.now(), lines))
        await self._keep(order, case)
        return f"Invoice {number} is generated."

    async def _attach_invoice(self, order: BookedOrder, case: Case, sent: Sent) -> str:
        _must_be_workable(order)
        number = sent.need("number", "The invoice needs its number.")
        total = _cents(sent.get("total"), "The total")
        if any(invoice.number == number for invoice in case.invoices):
            raise Refused(f"There is an invoice {number} already.")
        if sent.file is None or not sent.file.name:
            raise Refused("Choose the invoice's PDF.")
        if sent.file.size > LARGEST_PDF:
            raise Refused("The PDF is too large: 20 MB at most.")
        path = sent.file.keep()
        with path.open("rb") as file:
            if not file.read(5).startswith(b"%PDF-"):
                raise Refused("The file is no PDF.")
        name = f"{number} {secrets.token_hex(2)}.pdf" if not sent.file.name else sent.file.name
        case.invoices.append(Invoice(number, total, self._world.now(), [], sent.file.sha256, name))
        await self._keep(order, case)
        return f"Invoice {number} is attached."

    async def _comment(self, order: BookedOrder, case: Case, sent: Sent) -> str:
        case.comments.append(Remark(VENDOR, sent.need("text", "Write the comment first."), self._world.now()))
        await self._keep(order, case)
        return "Your comment is sent."

    async def _submit(self, order: BookedOrder, case: Case, _sent: Sent) -> str:
        _must_be_workable(order)
        lacking = rules.missing(order, case, await self.received(order.number))
        if lacking:
            raise Refused(f"Not submitted. {len(lacking)} things are missing: see below.")
        case.submissions.append(self._world.now())
        await self._keep(order, case, clientStatus=rules.SUBMITTED, status="Submitted")
        return "The order is submitted to QC."

    async def _request_support(self, order: BookedOrder, case: Case, sent: Sent) -> str:
        text = sent.need("text", "Say what happened.")
        case.support.append(Remark(VENDOR, f"{sent.get('subject')}: {text}", self._world.now()))
        await self._keep(order, case)
        return f"Support has your request {order.number}-{len(case.support)}."

    async def _keep(self, order: BookedOrder, case: Case, **fields: object) -> None:
        """Keeps the case, and what the order says from now on."""
        await self._world.cases.keep(case)
        options = {**(read_object(order.payload.get("options")) or {}), "portal": _digest(case)}
        await self._world.orders.update(order.number, {"options": options, **fields}, self._world.now())


def _digest(case: Case) -> JsonObject:
    """What was done here, for the vendor's office."""
    done: JsonObject = {
        "promised": case.promised,
        "invoices": [invoice.number for invoice in case.invoices],
        "discretionary": [f"{extra.quantity} x {extra.name}" for extra in case.extras],
        "comments": len(case.comments),
        "support": len(case.support),
        "submissions": len(case.submissions),
    }
    return {name: value for name, value in done.items() if value}


def _client_words(case: Case) -> str:
    """What AFS said last, for the client's instructions."""
    said = sorted((remark for remark in rules.history(case) if remark.who == CLIENT), key=lambda remark: remark.at)
    return f"AFS: {said[-1].text}" if said else ""


def _options_of(works: Mapping[str, ServiceWork]) -> dict[str, JsonObject]:
    return {name: {"completed": work.completed, "quantity": work.quantity} for name, work in works.items()}


def _with_option(order: BookedOrder, options: Mapping[str, JsonObject]) -> list[object]:
    """The services of an order, as they came, with more options for some."""
    services = order.payload.get("services")
    changed: list[object] = []
    for service in services if isinstance(services, list) else []:
        more = options.get(str(service.get("serviceName") or "").strip()) if isinstance(service, dict) else None
        changed.append(
            {**service, "options": {**(read_object(service.get("options")) or {}), **more}} if more else service
        )
    return changed


def _must_be_open(order: BookedOrder) -> None:
    if not rules.may_answer(order):
        raise Refused(f"Order {order.number} is {order.client_status}: it can no longer be accepted or denied.")


def _must_be_workable(order: BookedOrder) -> None:
    if words := rules.why_not(order):
        raise Refused(words)


def _quantity(text: str) -> str:
    try:
        quantity = Decimal(text)
    except InvalidOperation as error:
        raise Refused("A quantity is a number.") from error
    if not quantity.is_finite() or not 0 < quantity <= MOST_QUANTITY:
        raise Refused("A quantity is more than nothing.")
    return text


def _cents(text: str, what: str) -> int:
    try:
        cents = Decimal(text.lstrip("$").replace(",", "")) * 100
    except InvalidOperation as error:
        raise Refused(f"{what} is an amount such as 45.00.") from error
    if not cents.is_finite() or not 0 <= cents <= MOST_CENTS:
        raise Refused(f"{what} is an amount such as 45.00.")
    return int(cents)
