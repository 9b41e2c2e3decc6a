"""What phones read out of an order, and the items they make of it."""

import random
import uuid

from pruvan_desk.sandbox.outbox import SentItem
from pruvan_desk.wire.values import JsonObject, read_number

EVIDENCE_BY_WORD = (("bid", ("bid",)), ("damage", ("damage",)), ("inspection", ("inspection",)))
WORK_EVIDENCE = ("before", "during", "after")


def evidence_types_for(task: str) -> tuple[str, ...]:
    """What a crew photographs for a task: before, during and after, or the one thing its name says."""
    words = task.lower()
    return next((types for word, types in EVIDENCE_BY_WORD if word in words), WORK_EVIDENCE)


def new_uuid(rng: random.Random) -> str:
    """A random UUID out of a seeded generator."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def renamed(item: SentItem, item_uuid: str) -> SentItem:
    """The same item under another uuid."""
    payload = {**item.payload, "uuid": item_uuid, "uuId": item_uuid}
    if "fileName" in payload:
        payload["fileName"] = f"{item_uuid}.{payload['fileExt']}"
    return item_of(payload, item.sha256, item.data)


def item_of(payload: JsonObject, sha256: str, data: bytes | None) -> SentItem:
    """The item of a payload, not yet sent."""
    return SentItem(
        uuid=payload["uuid"],
        sha256=sha256,
        work_order=str(payload["key2"]),
        task=payload["key4"],
        evidence_type=payload["evidenceType"].lower(),
        file_type=payload["fileType"],
        payload=payload,
        data=data,
        file_name=payload.get("fileName", ""),
    )


def services_of(order: JsonObject) -> list[JsonObject]:
    """The services of an order, those of a repeated name once."""
    services = order.get("services")
    by_name: dict[str, JsonObject] = {}
    for service in services if isinstance(services, list) else []:
        if isinstance(service, dict):
            by_name.setdefault(str(service.get("serviceName")), service)
    return list(by_name.values())


def address_line(order: JsonObject) -> str:
    """The property's address on one line."""
    parts = (order.get("address1"), order.get("city"), order.get("state"))
    return ", ".join(str(part) for part in parts if part) + f" {order.get('zip') or ''}".rstrip()


def position_of(order: JsonObject) -> tuple[float, float] | None:
    """The property's position in degrees, if the order has one. Raises ``ValueError`` for one that is no number."""
    latitude, longitude = read_number(order.get("gpsLatitude")), read_number(order.get("gpsLongitude"))
    return None if latitude is None or longitude is None else (latitude, longitude)


def is_on(option: object) -> bool:
    """Whether an option is set, in any of its spellings."""
    return str(option).strip().lower() in {"1", "true", "yes", "on"}
