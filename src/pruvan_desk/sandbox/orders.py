"""Orders of every kind a vendor gets from FAStrack, made from a seed."""

import json
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from pruvan_desk.sandbox.addresses import make_address
from pruvan_desk.sandbox.forms import (
    CHECKLIST_ID,
    INSPECTION_ID,
    WINTERIZATION_ID,
    checklist_form,
    inspection_form,
    winterization_form,
)
from pruvan_desk.wire.values import JsonObject

NUMBERS_PER_SEED = 100_000
DUPLICATE_EVERY = 9
"""Each order at this distance repeats one of its services, as real packages sometimes do."""


def _service(name: str, instructions: str = "", **more: Any) -> JsonObject:
    service: JsonObject = {"serviceName": name}
    if instructions:
        service["instructions"] = instructions
    return {**service, **more}


def _grass_cut(rng: random.Random) -> JsonObject:
    services = [_service("Grass Cut", "Cut to 2 inches. Edge all walks."), _service("Shrub Trim")]
    if rng.random() < 0.5:
        services.append(_service("Yard Debris Removal"))
    return {
        "description": "Initial grass cut" if rng.random() < 0.3 else "Recut",
        "instructions": (
            "<p><b>Grass must be under 2 inches.</b> Photograph <i>every</i> side before and after.</p>"
            "<ul><li>Front</li><li>Back</li><li>Both sides</li></ul>"
        ),
        "services": services,
    }


def _lock_change(rng: random.Random) -> JsonObject:
    return {
        "description": "Lock change, rear door",
        "workOrderInfo": f"Lockbox code: {rng.randrange(1000, 9999)}. Key code 35241.",
        "instructions": "Change the rear door only. Leave the front door as found.",
        "services": [_service("Lock Change"), _service("Lockbox Install", "Hang on the front railing.")],
    }


def _winterization(_rng: random.Random) -> JsonObject:
    return {
        "description": "Winterization, dry system",
        "instructions": "Pressure test first. Post notices on the front door and at every fixture.",
        "services": [
            _service("Winterization", source_service="WINT", source_service_id="4410"),
            _service(
                "Winterization Checklist", survey=WINTERIZATION_ID, surveyDynamic=json.dumps(winterization_form())
            ),
        ],
    }


def _debris_removal(rng: random.Random) -> JsonObject:
    yards = rng.randrange(2, 40)
    return {
        "description": f"Debris removal, up to {yards} cubic yards",
        "instructions": f"Remove <u>{yards}</u> cubic yards of debris &amp; dispose of it lawfully.<br>Keep the receipt.",
        "services": [_service("Debris Removal Exterior"), _service("Debris Removal Interior")],
    }


def _inspection(_rng: random.Random) -> JsonObject:
    return {
        "description": "Property inspection",
        "instructions": "Do not make contact if the property is occupied.",
        "services": [
            _service("Inspection Photos", "Front, address, street scene."),
            _service("Inspection Form", survey=INSPECTION_ID, surveyDynamic=inspection_form()),
        ],
    }


def _inspection_by_id(_rng: random.Random) -> JsonObject:
    return {
        "description": "Property inspection, monthly",
        "services": [_service("Inspection Photos"), _service("Inspection Form", survey=INSPECTION_ID)],
    }


def _bid(_rng: random.Random) -> JsonObject:
    return {
        "description": "Bid to repair the roof",
        "instructions": "Measure, photograph the damage from two sides, and bid by line.",
        "services": [_service("Bid Roof Repair"), _service("Damage Photos")],
    }


def _check_in(_rng: random.Random) -> JsonObject:
    return {
        "description": "Initial securing, check-in required",
        "instructions": "Check in with your ABC number when you arrive, and fill out the AGS Checklist.",
        "options": {"check_in_required": True, "check_in_provider": "ags", "check_in_relay": True},
        "services": [
            _service("Initial Secure"),
            _service("Trash Out"),
            _service("AGS Checklist", survey=CHECKLIST_ID, surveyDynamic=checklist_form()),
        ],
    }


KINDS: dict[str, Callable[[random.Random], JsonObject]] = {
    "Grass Cut": _grass_cut,
    "Lock Change": _lock_change,
    "Winterization": _winterization,
    "Debris Removal": _debris_removal,
    "Inspection": _inspection,
    "Bid": _bid,
    "Initial Secure": _check_in,
    "Inspection Update": _inspection_by_id,
}
"""Kinds of order, in the order they take turns; a form comes whole before an order only names it."""


def make_orders(count: int, seed: int, today: date | None = None) -> list[JsonObject]:
    """``count`` orders as ``getWorkOrders`` sends them, the kinds taking turns; the same for the same seed and day.

    ``today`` (default: this day in UTC) is what the due dates are counted from.
    """
    rng = random.Random(f"orders {seed}")  # noqa: S311 - a seeded day, not a secret
    first = 1_000_000_000 + seed % 80_000 * NUMBERS_PER_SEED + 1
    day = today or datetime.now(UTC).date()
    kinds = list(KINDS)
    return [_make_order(rng, first + n, kinds[n % len(kinds)], n, day) for n in range(count)]


def make_bad_orders(count: int, seed: int) -> list[JsonObject]:
    """Orders that nobody can read, to be skipped: a number but no service name, or services that are no list."""
    orders = make_orders(count, seed + 1)
    for n, order in enumerate(orders):
        order["workOrderNumber"] = f"BAD-{seed}-{n + 1}"
        order["services"] = [{"instructions": "The name is missing."}] if n % 2 == 0 else 17
    return orders


def _make_order(rng: random.Random, number: int, kind: str, n: int, today: date) -> JsonObject:
    address = make_address(rng)
    due = today + timedelta(days=rng.randrange(-3, 15))
    order: JsonObject = {
        "workOrderNumber": str(number),
        "workType": kind,
        "address1": address.address1,
        "address2": address.address2,
        "city": address.town.city,
        "state": address.town.state,
        "zip": address.town.zip_code,
        "country": "US",
        "gpsLatitude": str(address.latitude) if n % 4 == 1 else address.latitude,
        "gpsLongitude": str(address.longitude) if n % 4 == 1 else address.longitude,
        "dueDate": _written_date(due, n),
        "clientDueDate": due.isoformat(),
        "clientStatus": "Open",
        "reference": f"LN-{rng.randrange(10**8, 10**9)}",
        "source_wo_id": rng.randrange(10**6, 10**7),
        "source_wo_number": str(number),
        "source_wo_provider": "FAStrack",
        **_attributes(rng, n),
        **KINDS[kind](rng),
    }
    if n % DUPLICATE_EVERY == DUPLICATE_EVERY - 1:
        order["services"] = [*order["services"], dict(order["services"][0])]
    return order


def _attributes(rng: random.Random, n: int) -> JsonObject:
    """Free attributes; the JSON text in ``attribute7`` has the odd spacing that must survive the way back."""
    servicer = rng.choice(("First Harbor Bank", "Müller & Söhne Servicing", "Lakeview Trust"))
    attributes: JsonObject = {
        "attribute7": f'{{"woId": {rng.randrange(10**6)},  "servicer":"{servicer}", "flags":[1, 2,3 ], "note":"a/b\\u00e9"}}',
        "attribute8": f"LOAN-{rng.randrange(10**6):06d}",
    }
    if n % 3 == 0:
        attributes["attribute12"] = rng.randrange(1000)
    if n % 5 == 0:
        attributes["attribute30"] = "  spaces kept  "
    return attributes


def _written_date(day: date, n: int) -> Any:
    """The date in one of the spellings that order sources use."""
    noon = datetime.combine(day, time(17), UTC)
    spellings: tuple[Any, ...] = (
        day.isoformat(),
        f"{day.isoformat()} 1200 -5",
        f"{day.month}/{day.day}/{day.year} 12:00:00 AM",
        f"{day.isoformat()}T12:00:00-05:00",
        int(noon.timestamp()),
        "",
    )
    return spellings[n % len(spellings)]
