"""Order lists: lenient reading of what ``getWorkOrders`` answers and push sends, and writing of what the gateway serves."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from pruvan_desk.domain.orders import Order, Service, UnreadableOrder
from pruvan_desk.wire.dates import read_date
from pruvan_desk.wire.values import JsonObject, nested_too_deeply, read_json, read_number, read_object, read_text, sent

FREE_ATTRIBUTES = frozenset(f"attribute{n}" for n in range(7, 31))
"""Come back untouched, byte for byte, with every item of the project."""

TEXTS = {
    "address1": "address1", "address2": "address2", "city": "city", "state": "state", "zip": "zip", "country": "country",
    "assignedTo": "assigned_to", "status": "status", "workOrderInfo": "info", "instructions": "instructions",
    "description": "description", "reference": "reference", "clientStatus": "client_status",
    "clientInstructions": "client_instructions", "source_wo_id": "source_id", "source_wo_number": "source_number",
    "source_wo_provider": "source_provider",
}  # fmt: skip
DATES = {"dueDate": "due", "startDate": "start", "clientDueDate": "client_due"}
NUMBERS = {"gpsLatitude": "latitude", "gpsLongitude": "longitude"}
REQUIRED_TEXTS = frozenset({"address1", "city", "state", "zip"})


@dataclass(frozen=True, slots=True)
class OrderList:
    """What an answer held. ``proves_absence`` is false where the answer was no list, so that its silence says nothing."""

    entries: list[Order | UnreadableOrder]
    proves_absence: bool


def read_order_list(value: Any, zone: tzinfo) -> OrderList:
    """Reads the ``workOrders`` of an answer or push. Raises ``ValueError`` when it is neither a list nor nothing."""
    if isinstance(value, str):
        value = read_json(value) if value.strip() else None
    if value is None:
        return OrderList([], proves_absence=True)
    if isinstance(value, dict):  # one order without the list around it, or a list that PHP turned into an object
        value = [value] if "workOrderNumber" in value else list(value.values())
    if not isinstance(value, list):
        raise ValueError(f"workOrders is {type(value).__name__}, not a list")
    return OrderList([read_order(entry, zone) for entry in value], proves_absence=True)


def read_order(entry: Any, zone: tzinfo) -> Order | UnreadableOrder:
    """One order. What is optional and unreadable is left out with a note; what is needed makes the order unreadable."""
    if nested_too_deeply(entry):
        return _too_deep(entry)
    source = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    if not isinstance(entry, dict):
        return UnreadableOrder("", "The entry is not an object.", source)
    number = _number(entry)
    if not number:
        return UnreadableOrder("", "The order has no workOrderNumber.", source)
    order = Order(number, source=source)
    try:
        order.services = _read_services(entry.get("services"), order.notes)
        _read_fields(entry, order, zone)
    except ValueError as error:
        return UnreadableOrder(number, f"The order cannot be read: {error}.", source)
    return order


def _number(entry: JsonObject) -> str | None:
    try:
        return read_text(entry.get("workOrderNumber"))
    except ValueError:
        return None


def _too_deep(entry: Any) -> UnreadableOrder:
    """An order that may not be possible to write down: its number is kept, so that it counts as present."""
    number = _number(entry) if isinstance(entry, dict) else None
    return UnreadableOrder(
        number or "", "The order is nested too deeply.", json.dumps({"workOrderNumber": number} if number else None)
    )


def _read_fields(entry: JsonObject, order: Order, zone: tzinfo) -> None:
    for name, value in entry.items():
        if not sent(value):
            continue
        if name in REQUIRED_TEXTS:
            setattr(order, TEXTS[name], _named(name, read_text, value))
        elif name in TEXTS:
            _read_optional(order, name, TEXTS[name], read_text, value)
        elif name in NUMBERS:
            _read_optional(order, name, NUMBERS[name], read_number, value)
        elif name in DATES:
            _read_optional(order, name, DATES[name], lambda date: read_date(date, zone), value)
        elif name == "options":
            _read_optional(order, name, "options", read_object, value)
        elif name in FREE_ATTRIBUTES:
            order.attributes[name] = value


def _read_optional(order: Order, name: str, attribute: str, read: Callable[[Any], Any], value: Any) -> None:
    try:
        setattr(order, attribute, read(value))
    except ValueError as error:
        order.notes.append(f"{name} was left out: {error}.")


def _named(name: str, read: Callable[[Any], Any], value: Any) -> Any:
    try:
        return read(value)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def _read_services(value: Any, notes: list[str]) -> list[Service] | None:
    if not sent(value):
        return None
    if isinstance(value, str):
        value = read_json(value) if value.strip() else None
        if value is None:
            return None
    if isinstance(value, dict):
        value = [value] if "serviceName" in value else list(value.values())
    if not isinstance(value, list):
        raise ValueError(f"services is {type(value).__name__}, not a list")
    services: dict[str, Service] = {}
    for entry in value:
        service = _read_service(entry, notes)
        if service.name in services:
            notes.append(f"Ignoring duplicate service {service.name}")
        else:
            services[service.name] = service
    return list(services.values())


def _read_service(entry: Any, notes: list[str]) -> Service:
    if isinstance(entry, str) and entry.strip():
        return Service(entry.strip())
    name = read_text(entry.get("serviceName")) if isinstance(entry, dict) else None
    if not name:
        raise ValueError("a service has no serviceName")
    service = Service(name)
    readers: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
        ("instructions", "instructions", read_text),
        ("survey", "survey", read_text),
        ("surveyDynamic", "survey_dynamic", read_object),
        ("options", "options", read_object),
        ("source_service", "source_service", read_text),
        ("source_service_id", "source_service_id", read_text),
    )
    for key, attribute, read in readers:
        value = entry.get(key)
        if sent(value):
            try:
                setattr(service, attribute, read(value))
            except ValueError as error:
                notes.append(f"{key} of {name} was left out: {error}.")
    return service
