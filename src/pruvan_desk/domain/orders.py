"""A work order as the client system sends it, once it has been read. ``None`` means: not sent."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Due = date | datetime
"""A calendar day, never shifted by a zone, or an instant in UTC."""


@dataclass(slots=True)
class Service:
    """A service line of an order, which becomes a task of the project."""

    name: str
    instructions: str | None = None
    survey: str | None = None
    survey_dynamic: dict[str, Any] | None = None
    options: dict[str, Any] | None = None
    source_service: str | None = None
    source_service_id: str | None = None


@dataclass(slots=True)
class Order:
    """A work order: its number, what was sent of it, and what had to be left out of it (``notes``)."""

    number: str
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    assigned_to: str | None = None
    status: str | None = None
    due: Due | None = None
    start: Due | None = None
    info: str | None = None
    instructions: str | None = None
    description: str | None = None
    reference: str | None = None
    options: dict[str, Any] | None = None
    client_status: str | None = None
    client_due: Due | None = None
    client_instructions: str | None = None
    source_id: str | None = None
    source_number: str | None = None
    source_provider: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    services: list[Service] | None = None
    notes: list[str] = field(default_factory=list)
    source: str = ""
    """The order as it came, as JSON text: kept whole, so that no unknown field is lost."""

    def missing_to_create(self) -> list[str]:
        """The fields without which a new project cannot be made (the API's documented minimum)."""
        wanted = {"address1": self.address1, "city": self.city, "state": self.state, "zip": self.zip}
        missing = [name for name, value in wanted.items() if value is None]
        return missing if self.services else [*missing, "services"]


@dataclass(frozen=True, slots=True)
class UnreadableOrder:
    """An entry of an order list that could not be read; its number where it had one."""

    number: str
    reason: str
    source: str


def due_text(due: Due | None) -> str:
    """As kept in the database: ``2026-12-01`` for a day, ``2026-12-01T17:00:00Z`` for an instant. Sorts by time."""
    if due is None:
        return ""
    if isinstance(due, datetime):
        return due.strftime("%Y-%m-%dT%H:%M:%SZ")
    return due.isoformat()


def past_due(due: str, now: datetime) -> bool:
    """Whether a due date, as kept, is over. ``now`` is in the office's zone, in which a day ends."""
    if not due:
        return False
    if "T" in due:
        return datetime.fromisoformat(due) < now
    return date.fromisoformat(due) < now.date()
