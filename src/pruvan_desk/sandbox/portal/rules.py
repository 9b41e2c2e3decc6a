"""The rules of the portal: what may be done to an order, what is missing, what QC answers. Nothing is changed here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from pruvan_desk.sandbox.field_items import WORK_EVIDENCE, evidence_types_for, is_on, services_of
from pruvan_desk.sandbox.order_book import ACCEPTED, OPEN, BookedOrder
from pruvan_desk.sandbox.portal.cases import CLIENT, Case, Remark
from pruvan_desk.wire.values import JsonObject, read_object

SUBMITTED, REWORK, ASKED = "Submitted to QC", "Rework", "Information Requested"
DENIED, CLOSED, QC_DECLINED = "Denied", "Closed", "QC Declined"
WORKABLE = frozenset({ACCEPTED, REWORK, ASKED})
MOST_EXTRA_CENTS = 25_000
"""Discretionary items above this are asked about."""
PRICES = (("grass", 4500), ("lock", 6000), ("winter", 8500), ("debris", 3500), ("inspection", 2500), ("bid", 0))
"""Cents for one of a service, by a word of its name; others cost :data:`PRICE`."""
PRICE = 3000


class Refused(Exception):
    """The portal does not do what was asked; the words are for the page."""


@dataclass(frozen=True, slots=True)
class Received:
    """What came for an order through the API: items, its accepted check-ins, and the statuses that were reported."""

    items: list[JsonObject] = field(default_factory=list)
    checked_in: bool = False
    statuses: frozenset[str] = frozenset()

    @property
    def photos(self) -> list[JsonObject]:
        """The photos among the items."""
        return [item for item in self.items if item["file_type"] == "picture"]

    def evidence(self, service: str) -> dict[str, int]:
        """How many photos of each evidence type prove a service."""
        counts: dict[str, int] = {}
        for photo in self.photos:
            if photo["task"] == service:
                counts[photo["evidence_type"]] = counts.get(photo["evidence_type"], 0) + 1
        return counts


@dataclass(frozen=True, slots=True)
class Line:
    """A service line of an order; ``form`` is the id of its survey, empty for a photo task."""

    name: str
    instructions: str
    form: str

    @property
    def wanted(self) -> tuple[str, ...]:
        """The evidence types without which QC declines it."""
        types = evidence_types_for(self.name)
        return ("before", "after") if types == WORK_EVIDENCE else types

    @property
    def cents(self) -> int:
        """The price of one."""
        return next((cents for word, cents in PRICES if word in self.name.lower()), PRICE)


def lines_of(order: BookedOrder) -> list[Line]:
    """The service lines, those of a repeated name once."""
    return [
        Line(
            name=str(service.get("serviceName") or "").strip(),
            instructions=str(service.get("instructions") or ""),
            form=str(service.get("survey") or ""),
        )
        for service in services_of(order.payload)
    ]


def may_answer(order: BookedOrder) -> bool:
    """Whether the vendor may still accept or deny."""
    return order.listed and order.client_status == OPEN


def may_work(order: BookedOrder) -> bool:
    """Whether services, invoice and the rest may be changed: the order was accepted, and is not with QC or over."""
    return order.listed and order.client_status in WORKABLE


def why_not(order: BookedOrder) -> str:
    """Why an order cannot be worked on; empty where it can."""
    if may_work(order):
        return ""
    if may_answer(order):
        return "Accept the order first."
    if order.client_status == SUBMITTED:
        return "The order is with QC. It can be changed again when QC sends it back."
    return f"The order is {order.client_status}: nothing can be changed any more."


def lacks(line: Line, case: Case, received: Received) -> list[str]:
    """What a service still lacks before it can be completed."""
    if line.form:
        return [] if survey_is_in(line, case, received) else ["survey"]
    counts = received.evidence(line.name)
    return [kind.capitalize() for kind in line.wanted if not counts.get(kind)]


def survey_is_in(line: Line, case: Case, received: Received) -> bool:
    """Whether the form of a service was submitted, here or from the field."""
    sent = any(item["file_type"] == "survey" and item["task"] == line.name for item in received.items)
    return sent or line.name in case.submitted_surveys


def missing(order: BookedOrder, case: Case, received: Received) -> list[str]:
    """Everything that keeps the order from QC, in words."""
    found = []
    for line in lines_of(order):
        lacking = lacks(line, case, received)
        if line.form and lacking:
            found.append(f"{line.name}: survey not submitted")
        else:
            found += [f"{line.name}: no {kind} photo" for kind in lacking]
        if not case.work_on(line.name).completed:
            found.append(f"{line.name}: service not completed")
    if not case.invoices:
        found.append("Invoice: none generated or attached")
    found += _check_in_lacks(order, received)
    if order.client_status == ASKED and not _answered(case):
        found.append("QC's question: not answered in Comments")
    return found


def verdict(order: BookedOrder, case: Case, received: Received) -> tuple[str, str]:
    """What QC answers when it looks for itself: ``approve``, ``decline`` (as Rework) or ``ask``, and its words."""
    lacking = missing(order, case, received)
    if lacking:
        return "decline", f"Missing: {'; '.join(lacking)}."
    for line in lines_of(order):
        hashes = {kind: _hashes(received, line.name, kind) for kind in ("before", "after")}
        if hashes["before"] & hashes["after"]:
            return "decline", f"{line.name}: the same photo is Before and After."
    if extra_cents(case) > MOST_EXTRA_CENTS and not _answered(case):
        return "ask", "Why were the discretionary items needed?"
    return "approve", ""


def extra_cents(case: Case) -> int:
    """The price of all discretionary items."""
    return sum(times(extra.quantity, extra.cents) for extra in case.extras)


def times(quantity: str, cents: int) -> int:
    """A price for a quantity."""
    return int(Decimal(quantity) * cents)


def _check_in_lacks(order: BookedOrder, received: Received) -> Iterable[str]:
    options = read_object(order.payload.get("options")) or {}
    if is_on(options.get("check_in_required")):
        if not received.checked_in:
            yield "Check In: no check-in with a valid ABC number"
        if not received.statuses & {"Completed", "Complete"}:
            yield "Check In: Complete was not pressed"


def _answered(case: Case) -> bool:
    """Whether the vendor wrote something after QC's last question."""
    asked = max((remark.at for remark in case.verdicts), default=None)
    return asked is not None and any(remark.who != CLIENT and remark.at > asked for remark in case.comments)


def _hashes(received: Received, service: str, kind: str) -> set[str]:
    wanted = (photo for photo in received.photos if (photo["task"], photo["evidence_type"]) == (service, kind))
    return {photo["sha256"] for photo in wanted}


def history(case: Case) -> list[Remark]:
    """Everything that was said about an order, oldest first."""
    return sorted([*case.comments, *case.support, *case.verdicts], key=lambda remark: remark.at)
