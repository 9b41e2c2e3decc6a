"""The relay, from the phone to FAStrack: both QA modes, what goes out, and what goes out again.

Holds to §2.3, §3.1 of sync.md.
"""

import asyncio
import hashlib
import io
import json
import random
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image

from builders import order_json
from pruvan_desk.cli.balance import compare
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import FileType, ItemState, JobState
from pruvan_desk.operations.qa import mark_items, move_items, publish_project, rotate_items
from pruvan_desk.sandbox.crews import Phone
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.check_ins import required_check_ins
from pruvan_desk.store.models import CheckIn, Item, RelayJob
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, FieldCaller, phone, small_jpeg, wait_until

SHARED_PHOTOS = Path(__file__).parents[2].parent / "shared" / "photos"
ATTRIBUTES = {
    "attribute7": '{"woId": 17,  "note":"a/b\\u00e9" , "x":[1, 2,3 ]}',
    "attribute12": 7,
    "attribute30": "  kept ",
}


def at_fastrack(sandbox: FastrackSandbox) -> dict[str, dict[str, Any]]:
    """What FAStrack has, by uuid."""
    return {item["uuid"]: item for item in sandbox.control("items")}


def assert_balanced(desk: Desk, sandbox: FastrackSandbox) -> None:
    with desk.database.read() as session:
        assert compare(session, sandbox.control("items")).differences == []


class Gallery:
    """An office in QA in Office with the order 4711, its engine running, and a crew."""

    def __init__(self, desk: Desk, sandbox: FastrackSandbox, caller: FieldCaller) -> None:
        self.desk, self.sandbox, self.caller = desk, sandbox, caller

    def publish(self, data: bytes, name: str = "front.jpg", uuid: str = "item-1", turn: int = 0, **fields: Any) -> Item:
        """Sends an item as a crew does, looks at it as the office does, and waits until the client has it."""
        assert self.caller.send(uuid, data, name, **fields).json()["status"] is True
        item = self.desk.inspected(uuid)
        if turn:
            rotate_items(self.desk.database, [item.id], turn, WHO)
        mark_items(self.desk.database, [item.id], Decision.PASS, WHO)
        publish_project(self.desk.database, item.project_id or 0, WHO)
        self.desk.settle()
        return self.desk.item(uuid)

    def received(self, uuid: str = "item-1") -> tuple[dict[str, Any], bytes]:
        """An item as FAStrack has it."""
        item = at_fastrack(self.sandbox)[uuid]
        return item, self.sandbox.kept_file(item["sha256"]).read_bytes()


@pytest.fixture
def gallery(desk: Desk, sandbox: FastrackSandbox) -> Iterator[Gallery]:
    order = order_json("4711", services=[{"serviceName": "Grass Cut"}, {"serviceName": "Lock Change"}], **ATTRIBUTES)
    sandbox.control("orders", {"orders": [order]})
    integration_id = desk.integrate(sandbox, qa_in_field=False)
    crew = desk.crew()
    with RunningEngine(desk) as engine, FieldCaller(engine.gateway, crew) as caller:
        desk.imported(integration_id)
        yield Gallery(desk, sandbox, caller)
    assert_balanced(desk, sandbox)


def work(desk: Desk, gateway: str, job: Callable[[Phone, dict[str, Any]], Awaitable[None]]) -> None:
    """Does a job with a crew's phone on its first order."""

    async def run() -> None:
        async with phone(gateway, desk.crew()) as device:
            await job(device, (await device.fetch_orders())[0])

    asyncio.run(run())


def test_qa_in_field_holds_until_the_crew_completes_and_sends_late_photos_at_once(
    desk: Desk, sandbox: FastrackSandbox
) -> None:
    sandbox.control("orders", {"orders": [order_json("4711", **ATTRIBUTES)]})
    integration_id = desk.integrate(sandbox, qa_in_field=True)

    async def job(device: Phone, order: dict[str, Any]) -> None:
        rng = random.Random(1)
        for evidence_type in ("before", "during", "after"):
            assert await device.upload(await device.make_photo(order, "Grass Cut", evidence_type, rng))
        assert desk.states() == {ItemState.HELD: 3}
        assert at_fastrack(sandbox) == {}
        assert await device.send_status(order, "Completed") == ""
        await asyncio.to_thread(desk.wait_for, published=3)
        assert await device.upload(await device.make_photo(order, "Grass Cut", "after", rng))
        await asyncio.to_thread(desk.wait_for, published=4)

    with RunningEngine(desk) as engine:
        desk.imported(integration_id)
        work(desk, engine.gateway, job)
        desk.settle()
    received = at_fastrack(sandbox).values()
    assert sorted(item["evidence_type"] for item in received) == ["after", "after", "before", "during"]
    assert {item["deliveries"] for item in received} == {1}
    assert {(item["work_order"], item["task"]) for item in received} == {("4711", "Grass Cut")}
    (order,) = sandbox.control("orders")
    assert [call["status"] for call in order["status_calls"]] == ["Completed"]
    assert_balanced(desk, sandbox)


def test_a_whole_crew_works_every_kind_of_order_and_both_sides_agree(desk: Desk, sandbox: FastrackSandbox) -> None:
    """The phone's own way: it checks in, holds, fills in the forms, completes, and sends."""
    sandbox.control("orders", {"count": 8, "seed": 3})
    integration_id = desk.integrate(sandbox, qa_in_field=True)

    async def run(gateway: str) -> list[str]:
        async with phone(gateway, desk.crew()) as device:
            done = [await device.work(order) for order in await device.fetch_orders()]
            assert device.unsent == []
            assert [errors for one in done for errors in one.status_errors] == []
            return [item.uuid for one in done for item in one.acknowledged]

    with RunningEngine(desk) as engine:
        desk.imported(integration_id)
        sent = asyncio.run(run(engine.gateway))
        desk.settle()
    assert desk.states() == {ItemState.PUBLISHED: len(sent)}
    assert set(at_fastrack(sandbox)) == set(sent)
    surveys = {entry["uuid"]: entry["answers"] for entry in sandbox.control("surveys")}
    assert surveys == {item.uuid: item.survey for item in desk.all(Item, file_type=FileType.SURVEY)}
    with desk.database.read() as session:
        assert [steps.state for steps in required_check_ins(session).values()] == ["succeeded"]
    assert_balanced(desk, sandbox)


def test_qa_in_office_sends_nothing_before_it_is_passed_and_published(gallery: Gallery, desk: Desk) -> None:
    for number in range(3):
        gallery.caller.send(f"item-{number}", small_jpeg(number))
    gallery.caller.call("status", workOrders=[{"workOrderNumber": "4711", "status": "Completed"}])
    desk.settle()
    assert desk.states() == {ItemState.PENDING_QA: 3}
    kept, rejected, _ = desk.ids(ItemState.PENDING_QA)
    mark_items(desk.database, [kept], Decision.PASS, WHO)
    mark_items(desk.database, [rejected], Decision.REJECT, WHO, "Blurred")
    publish_project(desk.database, 1, WHO)
    desk.wait_for(published=1, rejected=1, pending_qa=1)
    assert list(at_fastrack(gallery.sandbox)) == [desk.get(Item, kept).uuid]


def test_flag_attributes_and_bytes_arrive_as_they_were(gallery: Gallery) -> None:
    photo = small_jpeg(1, orientation=6)
    item = gallery.publish(photo, key4="Lock Change", evidenceType="During")
    received, data = gallery.received()
    assert (received["work_order"], received["task"], received["evidence_type"]) == ("4711", "Lock Change", "during")
    assert received["attributes"] == ATTRIBUTES
    assert data == photo
    assert received["sha256"] == item.sent_sha256 == item.sha256 == hashlib.sha256(photo).hexdigest()
    assert received["file_name"].isascii()
    assert received["file_name"].endswith(".jpg")


@pytest.mark.parametrize(("turn", "orientation"), [(90, 6), (180, 3), (270, 8)])
def test_a_turned_jpeg_goes_out_with_nothing_changed_but_its_orientation(
    gallery: Gallery, turn: int, orientation: int
) -> None:
    photo = small_jpeg(1)
    item = gallery.publish(photo, turn=turn)
    received, data = gallery.received()
    assert Image.open(io.BytesIO(data)).getexif()[ExifTags.Base.Orientation] == orientation
    assert len(data) == len(photo)
    assert sum(one != other for one, other in zip(data, photo, strict=True)) == 1
    assert received["sha256"] == item.sent_sha256 == hashlib.sha256(data).hexdigest()
    assert item.sha256 == hashlib.sha256(photo).hexdigest()


@pytest.mark.parametrize("turn", [0, 90])
def test_a_heic_goes_out_as_jpeg(gallery: Gallery, turn: int) -> None:
    path = next(iter(SHARED_PHOTOS.glob("heic/*")), None)
    if path is None:
        pytest.skip("there is no HEIC photo on this machine")
    item = gallery.publish(path.read_bytes(), path.name, turn=turn)
    received, data = gallery.received()
    sent = Image.open(io.BytesIO(data))
    assert sent.format == "JPEG"
    assert sent.size == ((item.width, item.height) if not turn else (item.height, item.width))
    assert received["file_name"].endswith(".jpg")
    assert received["sha256"] == item.sent_sha256 != item.sha256


def test_what_is_moved_or_turned_after_publishing_goes_again_under_its_uuid(gallery: Gallery, desk: Desk) -> None:
    item = gallery.publish(small_jpeg(1))
    rotate_items(desk.database, [item.id], 90, WHO)
    desk.settle()
    turned, data = gallery.received()
    assert Image.open(io.BytesIO(data)).getexif()[ExifTags.Base.Orientation] == 6
    move_items(desk.database, [item.id], WHO, task="Lock Change", evidence_type="After")
    desk.settle()
    moved, _ = gallery.received()
    assert (turned["task"], turned["deliveries"]) == ("Grass Cut", 2)
    assert (moved["task"], moved["evidence_type"], moved["deliveries"]) == ("Lock Change", "after", 3)
    assert len(at_fastrack(gallery.sandbox)) == 1
    assert [job.state for job in desk.all(RelayJob)] == [JobState.DONE] * 3


def test_new_bytes_for_a_published_item_wait_for_the_office_again(gallery: Gallery, desk: Desk) -> None:
    gallery.publish(small_jpeg(1))
    gallery.caller.send("item-1", small_jpeg(2))
    assert desk.states() == {ItemState.PENDING_QA: 1}
    item = gallery.publish(small_jpeg(2))
    received, data = gallery.received()
    assert (received["deliveries"], data) == (2, small_jpeg(2))
    assert item.revision == 2


def test_a_check_in_is_never_held_and_the_providers_refusal_is_shown(desk: Desk, sandbox: FastrackSandbox) -> None:
    options = {"check_in_required": True, "check_in_provider": "ags"}
    sandbox.control("orders", {"orders": [order_json(number, options=options) for number in ("1", "2")]})
    sandbox.control("orders", {"orders": [order_json("3", options={**options, "check_in_relay": False})]})
    integration_id = desk.integrate(sandbox, qa_in_field=True)
    crew = desk.crew()
    with RunningEngine(desk) as engine, FieldCaller(engine.gateway, crew) as caller:
        desk.imported(integration_id)
        for number, abc_number in (("1", "ABC1234567"), ("2", "ABC1230000"), ("3", "ABC1234567")):
            survey = json.dumps({"abcNumber": abc_number, "who": "Dana", "when": "2026-11-20T14:00:00Z"})
            fields = {"key2": f"AFS::{number}", "key4": "", "fileType": "checkin", "survey": survey}
            caller.send(f"check-in {number}", None, **fields)
        desk.wait_for(published=1, failed=1, passed=1)
        desk.settle()
    rows = {row.project_id: row for row in desk.all(CheckIn)}
    good, lapsed, kept = (rows[desk.numbered(number).id] for number in ("1", "2", "3"))
    assert (good.accepted, lapsed.accepted, kept.accepted) == (True, False, None)
    assert "The background check has lapsed" in lapsed.words
    assert [entry["accepted"] for entry in sandbox.control("check_ins")] == [True, False]
    with desk.database.read() as session:
        (missing,) = [steps.missing[0] for steps in required_check_ins(session).values() if steps.refused]
    assert "The background check has lapsed" in missing


def test_an_objection_to_a_status_is_recorded_and_stops_nothing(gallery: Gallery, desk: Desk) -> None:
    desk.project(1, "9999")
    gallery.caller.call("status", workOrders=[{"workOrderNumber": "9999", "status": "Completed"}])
    (job,) = wait_until("the status job", lambda: desk.all(RelayJob, state=JobState.DONE))
    assert job.words == "Unknown work order."
    assert desk.alerts() == {}
    assert gallery.publish(small_jpeg(1)).state == ItemState.PUBLISHED
