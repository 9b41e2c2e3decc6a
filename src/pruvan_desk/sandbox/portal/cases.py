"""What the vendor and AFS did to an order in the portal: durable, one document for each order."""

import json
import sqlite3
from dataclasses import asdict, dataclass, field
from typing import Any

from pruvan_desk.sandbox.ledger import Ledger
from pruvan_desk.wire.values import JsonObject

VENDOR, CLIENT = "Vendor", "AFS"


@dataclass(slots=True)
class ServiceWork:
    """What *Edit Services* holds of one service. ``quantity`` is a decimal number as text."""

    quantity: str = "1"
    comment: str = ""
    completed: bool = False


@dataclass(slots=True)
class Extra:
    """A discretionary item. ``cents`` is the price of one; ``photos`` are uuids of photos that prove the need."""

    name: str
    quantity: str
    cents: int
    reason: str
    photos: list[str]


@dataclass(slots=True)
class Invoice:
    """Generated from completed services (``lines``: words, quantity, cents), or attached (``sha256`` of its PDF)."""

    number: str
    total_cents: int
    at: float
    lines: list[tuple[str, str, int]] = field(default_factory=list)
    sha256: str = ""
    file_name: str = ""


@dataclass(slots=True)
class Remark:
    """Somebody's words: a comment, a request for support, an answer of QC. ``at`` is Unix seconds."""

    who: str
    text: str
    at: float


@dataclass(slots=True)
class Case:
    """One order in the portal."""

    number: str
    promised: str = ""
    services: dict[str, ServiceWork] = field(default_factory=dict)
    surveys: dict[str, JsonObject] = field(default_factory=dict)
    """Answer sets by service, drafts among them."""
    submitted_surveys: list[str] = field(default_factory=list)
    extras: list[Extra] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    comments: list[Remark] = field(default_factory=list)
    support: list[Remark] = field(default_factory=list)
    submissions: list[float] = field(default_factory=list)
    verdicts: list[Remark] = field(default_factory=list)
    """QC's answers, oldest first."""
    denied: str = ""
    """Why the vendor did not take the order."""

    def work_on(self, service: str) -> ServiceWork:
        """What is known of a service; a new one where nothing is."""
        return self.services.get(service) or ServiceWork()

    @classmethod
    def read(cls, body: dict[str, Any]) -> "Case":
        """Back from the ledger."""
        case = cls(**body)
        case.services = {name: ServiceWork(**work) for name, work in body.get("services", {}).items()}
        case.extras = [Extra(**extra) for extra in body.get("extras", [])]
        case.invoices = [Invoice(**invoice) for invoice in body.get("invoices", [])]
        for name in ("comments", "support", "verdicts"):
            setattr(case, name, [Remark(**remark) for remark in body.get(name, [])])
        return case


class CaseBook:
    """All cases. Methods belong to the event loop's thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._cases = {row["number"]: Case.read(json.loads(row["body"])) for row in ledger.run_now(_read_all)}

    def of(self, number: str) -> Case:
        """The case of an order; an empty one where nothing was done yet."""
        return self._cases.get(number) or Case(number)

    async def keep(self, case: Case) -> None:
        """Returns when the case is safe."""
        self._cases[case.number] = case
        row = (case.number, json.dumps(asdict(case)))
        await self._ledger.run(lambda connection: connection.execute("INSERT OR REPLACE INTO cases VALUES (?, ?)", row))


def _read_all(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    return connection.execute("SELECT number, body FROM cases").fetchall()
