"""What phones sometimes do, and an office must survive: wrong projects, double sending, one uuid for two files."""

import random

from pruvan_desk.sandbox.crews import Phone
from pruvan_desk.sandbox.field_items import renamed
from pruvan_desk.sandbox.outbox import SentItem
from pruvan_desk.wire.values import JsonObject


async def send_for_unknown_project(phone: Phone, order: JsonObject, task: str, rng: random.Random) -> SentItem:
    """Sends a photo that names a project nobody has: the order's code with another number."""
    code = str(order.get("workOrderNumber")).rpartition("::")[0]
    number = f"UNKNOWN-{rng.randrange(10**6)}"
    stranger = {**order, "workOrderNumber": f"{code}::{number}" if code else number}
    item = await phone.make_photo(stranger, task, "before", rng)
    await phone.upload(item)
    return item


async def send_twice(phone: Phone, order: JsonObject, task: str, rng: random.Random) -> SentItem:
    """Sends one photo two times, as after an answer that got lost."""
    item = await phone.make_photo(order, task, "after", rng)
    await phone.upload(item)
    await phone.upload(item)
    return item


async def send_other_bytes(phone: Phone, order: JsonObject, task: str, rng: random.Random) -> tuple[SentItem, SentItem]:
    """Sends two different photos under one uuid; answers both, the later one second."""
    first = await phone.make_photo(order, task, "before", rng)
    second = renamed(await phone.make_photo(order, task, "before", rng), first.uuid)
    await phone.upload(first)
    await phone.upload(second)
    return first, second
