"""The relay against a FAStrack that goes wrong and a disk that lost something: everything arrives in the end, once.

Holds to §3.4, §3.6 of sync.md.
"""

import time
from collections import Counter
from collections.abc import Iterator

import pytest

from builders import order_json
from pruvan_desk.cli.balance import compare
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.domain.destinations import CLIENT, DOWNLOADER, Destinations, destinations_label
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import ItemState, JobState
from pruvan_desk.operations.qa import mark_items, publish_items, publish_project, rotate_items
from pruvan_desk.operations.relay import pause_relay, retry_failed
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.models import EngineState, Item, RelayJob
from pruvan_desk.store.views.traffic import Traffic
from pruvan_desk.sync import http, relay
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, small_jpeg, wait_until

COUNT = 6


class Outbox:
    """An office with ``COUNT`` passed photos, and its FAStrack."""

    def __init__(self, desk: Desk, sandbox: FastrackSandbox) -> None:
        self.desk, self.sandbox = desk, sandbox
        self.project_id = desk.numbered("4711").id
        self.photos = [self.photo(seed) for seed in range(COUNT)]

    def photo(self, seed: int) -> int:
        """One more passed photo; answers its id."""
        return self.desk.photo(self.project_id, ItemState.PASSED, small_jpeg(seed))

    def publish(self) -> None:
        """Publishes what has passed."""
        publish_project(self.desk.database, self.project_id, WHO)

    def deliveries(self) -> dict[int, int]:
        """How many items FAStrack was given how often."""
        return dict(Counter(item["deliveries"] for item in self.sandbox.control("items")))

    def fault(self, mode: str, count: int | None = 1, call: str = "uploadPictures", seconds: float = 0) -> None:
        """Something goes wrong at FAStrack."""
        self.sandbox.control("faults", {"call": call, "mode": mode, "count": count, "seconds": seconds})


@pytest.fixture
def outbox(desk: Desk, sandbox: FastrackSandbox) -> Iterator[Outbox]:
    sandbox.control("orders", {"orders": [order_json("4711")]})
    integration_id = desk.integrate(sandbox, qa_in_field=False)
    with RunningEngine(desk):
        desk.imported(integration_id)
        yield Outbox(desk, sandbox)
    with desk.database.read() as session:
        assert compare(session, sandbox.control("items")).differences == []
    assert not desk.all(RelayJob, state=JobState.LEASED)


def test_a_refused_item_is_parked_with_the_receivers_words_and_the_others_go_on(outbox: Outbox, desk: Desk) -> None:
    outbox.fault("error", 2)
    outbox.publish()
    desk.wait_for(published=COUNT - 2, failed=2)
    failed = desk.all(Item, state=ItemState.FAILED)
    assert ["not able to process this request" in item.relay_words for item in failed] == [True, True]
    alert = desk.alerts()["relay-failed"]
    assert alert.title == "The client refused items."
    retry_failed(desk.database, WHO, [failed[0].id])
    desk.wait_for(published=COUNT - 1, failed=1)
    assert "relay-failed" in desk.alerts()
    retry_failed(desk.database, WHO)
    desk.wait_for(published=COUNT)
    desk.settle()
    assert desk.alerts() == {}
    assert outbox.deliveries() == {1: COUNT}


@pytest.mark.parametrize("mode", ["http_406_json", "error"])
def test_a_refusal_is_not_tried_again_by_itself(outbox: Outbox, desk: Desk, mode: str) -> None:
    outbox.fault(mode)
    outbox.publish()
    desk.wait_for(published=COUNT - 1, failed=1)
    assert outbox.sandbox.control("faults") == []
    (job,) = desk.all(RelayJob, state=JobState.FAILED)
    assert job.attempts == 1
    retry_failed(desk.database, WHO)
    desk.wait_for(published=COUNT)


@pytest.mark.parametrize("destinations", [CLIENT, DOWNLOADER], ids=destinations_label)
def test_a_disk_that_refuses_a_photo_lets_its_lane_rest_which_says_why_and_goes_on_when_it_can(
    outbox: Outbox, desk: Desk, monkeypatch: pytest.MonkeyPatch, destinations: Destinations
) -> None:
    def refused(*_: object) -> bytes:
        raise DeskFault("The disk refused a photo.", "Check the disk.")

    def faults() -> list[str]:
        (engine,) = desk.all(EngineState)
        return [lane.fault for lane in Traffic.from_json(engine.traffic).lanes if lane.fault]

    monkeypatch.setattr(relay, "FAULT_SECONDS", 1.0)
    with monkeypatch.context() as disk:
        disk.setattr(PhotoFiles, "read_into", refused)
        publish_items(desk.database, outbox.photos, WHO, destinations)
        wait_until("an alert", lambda: "desk" in desk.alerts())
        assert desk.alerts()["desk"].title == "The disk refused a photo."
        wait_until("the reason in Activity", faults)
        assert set(faults()) == {"The disk refused a photo."}
    desk.wait_for(published=COUNT)
    desk.settle()
    assert {job.attempts for job in desk.all(RelayJob)} == {0}
    assert desk.alerts() == {}


LOST_BEFORE = ("http_500", "garbage", "html")
LOST_AFTER = ("reset", "truncated")


@pytest.mark.parametrize("mode", [*LOST_BEFORE, *LOST_AFTER, "bom"])
def test_a_passing_failure_is_tried_again_and_every_item_arrives_once(outbox: Outbox, desk: Desk, mode: str) -> None:
    outbox.fault(mode, 3)
    outbox.publish()
    desk.wait_for(published=COUNT)
    delivered = outbox.deliveries()
    assert sum(delivered.values()) == COUNT
    extra = sum(times * count for times, count in delivered.items()) - COUNT
    assert extra == (3 if mode in LOST_AFTER else 0)
    assert sum(job.attempts for job in desk.all(RelayJob)) == (0 if mode == "bom" else 3)
    assert desk.alerts() == {}


def test_a_busy_server_is_given_the_time_it_asks_for(outbox: Outbox, desk: Desk) -> None:
    outbox.fault("http_503_retry_after")
    outbox.publish()
    desk.wait_for(published=COUNT - 1, queued=1)
    (job,) = wait_until("the job that waits", lambda: desk.all(RelayJob, state=JobState.QUEUED))
    assert "Down for maintenance." in job.words
    assert (job.not_before - job.created_at).total_seconds() > 1.9
    retry_failed(desk.database, WHO)  # somebody will not wait
    desk.wait_for(published=COUNT)
    assert outbox.deliveries() == {1: COUNT}


def test_a_slow_answer_is_not_a_lost_one(outbox: Outbox, desk: Desk) -> None:
    outbox.fault("slow", COUNT, seconds=0.3)
    outbox.publish()
    desk.wait_for(published=COUNT)
    assert outbox.deliveries() == {1: COUNT}


def test_a_server_without_an_answer_is_tried_again(
    desk: Desk, sandbox: FastrackSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "PATIENCE", http.Patience(5.0, 0.3))
    sandbox.control("orders", {"orders": [order_json("4711")]})
    integration_id = desk.integrate(sandbox, qa_in_field=False)
    with RunningEngine(desk):
        desk.imported(integration_id)
        outbox = Outbox(desk, sandbox)
        outbox.fault("slow", 2, seconds=20)
        outbox.publish()
        desk.wait_for(published=COUNT)
        assert outbox.deliveries() == {1: COUNT - 2, 2: 2}


def test_a_server_that_was_down_gets_everything_when_it_is_back(outbox: Outbox, desk: Desk) -> None:
    outbox.sandbox.stop()
    outbox.publish()
    wait_until("a first try of each", lambda: all(job.attempts for job in desk.all(RelayJob)))
    assert desk.alerts() == {}
    outbox.sandbox.start()
    desk.wait_for(published=COUNT)
    assert outbox.deliveries() == {1: COUNT}


@pytest.mark.parametrize("turned", [False, True], ids=["as it is", "turned"])
@pytest.mark.parametrize("harm", ["gone", "changed", "shorter"])
def test_a_file_that_is_gone_or_damaged_parks_its_item_and_no_other(
    outbox: Outbox, desk: Desk, harm: str, *, turned: bool
) -> None:
    victim = desk.get(Item, outbox.photos[2])
    path = desk.files.path(victim.sha256 or "", victim.extension)
    whole = path.read_bytes()
    if turned:
        rotate_items(desk.database, [victim.id], 90, WHO)
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(whole[:-40] if harm == "shorter" else whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:])
    outbox.publish()
    desk.wait_for(published=COUNT - 1, failed=1)
    words = desk.get(Item, victim.id).relay_words
    assert path.name in words
    assert ("is gone from the disk" if harm == "gone" else "is damaged on the disk") in words
    assert "backup" in words
    path.write_bytes(whole)
    retry_failed(desk.database, WHO)
    desk.wait_for(published=COUNT)


def test_a_pause_stops_sending_and_its_end_goes_on(outbox: Outbox, desk: Desk) -> None:
    pause_relay(desk.database, paused=True)
    outbox.publish()
    desk.ask(1)  # the engine has had its turn
    assert desk.states() == {ItemState.QUEUED: COUNT}
    assert outbox.deliveries() == {}
    pause_relay(desk.database, paused=False)
    desk.wait_for(published=COUNT)
    assert outbox.deliveries() == {1: COUNT}


def test_a_pause_in_the_middle_finishes_what_is_being_sent_and_keeps_the_rest(outbox: Outbox, desk: Desk) -> None:
    for seed in range(COUNT, 30):
        outbox.photo(seed)
    desk.set("relay_at_once", 2)
    outbox.fault("slow", None, seconds=0.05)
    outbox.publish()
    wait_until("the first ones", lambda: desk.states().get(ItemState.PUBLISHED))
    pause_relay(desk.database, paused=True)
    wait_until("nothing on its way", lambda: set(desk.states()) == {ItemState.PUBLISHED, ItemState.QUEUED})
    sent = desk.states()[ItemState.PUBLISHED]
    desk.ask(1)
    assert desk.states() == {ItemState.PUBLISHED: sent, ItemState.QUEUED: 30 - sent}
    outbox.sandbox.control("faults/clear", {})
    pause_relay(desk.database, paused=False)
    desk.wait_for(published=30)
    assert outbox.deliveries() == {1: 30}


def test_a_change_while_an_item_is_being_sent_goes_out_after_it(outbox: Outbox, desk: Desk) -> None:
    item_id = outbox.photo(99)
    mark_items(desk.database, outbox.photos, Decision.CLEAR, WHO)
    outbox.fault("slow", 1, seconds=0.5)
    outbox.publish()
    wait_until("the sending", lambda: desk.get(Item, item_id).state == ItemState.RELAYING)
    rotate_items(desk.database, [item_id], 90, WHO)
    rotate_items(desk.database, [item_id], 90, WHO)
    desk.settle()
    item = desk.get(Item, item_id)
    assert item.state == ItemState.PUBLISHED
    assert item.sent_sha256 not in ("", item.sha256)
    assert outbox.deliveries() == {2: 1}


def test_what_was_answered_before_the_stop_is_not_sent_again(desk: Desk, sandbox: FastrackSandbox) -> None:
    """Only a call that was cut off may have reached FAStrack unheard."""
    sandbox.control("orders", {"orders": [order_json("4711")]})
    integration_id = desk.integrate(sandbox, qa_in_field=False)
    desk.set("relay_at_once", 1)
    with RunningEngine(desk):
        desk.imported(integration_id)
        outbox = Outbox(desk, sandbox)
        for seed in range(COUNT, 60):
            outbox.photo(seed)
        outbox.publish()
        wait_until("some at FAStrack", lambda: sandbox.control("state")["items"] >= 10)
    with RunningEngine(desk):
        desk.wait_for(published=60)
    deliveries = outbox.deliveries()
    assert deliveries.get(2, 0) <= 1
    assert sum(deliveries.values()) == 60


def test_a_relay_that_is_stopped_leaves_nothing_claimed_and_another_engine_goes_on(
    desk: Desk, sandbox: FastrackSandbox
) -> None:
    sandbox.control("orders", {"orders": [order_json("4711")]})
    integration_id = desk.integrate(sandbox, qa_in_field=False)
    with RunningEngine(desk):
        desk.imported(integration_id)
        outbox = Outbox(desk, sandbox)
        for seed in range(COUNT, 40):
            outbox.photo(seed)
        outbox.fault("slow", None, seconds=0.1)
        outbox.publish()
        wait_until("the first ones", lambda: desk.states().get(ItemState.PUBLISHED))
    assert not desk.all(RelayJob, state=JobState.LEASED)
    assert set(desk.states()) <= {ItemState.PUBLISHED, ItemState.QUEUED}
    sandbox.control("faults/clear", {})
    with RunningEngine(desk):
        desk.wait_for(published=40)
    received = sandbox.control("items")
    assert len(received) == 40
    assert all(item["deliveries"] <= 2 for item in received)


def test_it_stops_in_time_though_the_client_does_not_answer(desk: Desk, sandbox: FastrackSandbox) -> None:
    sandbox.control("orders", {"orders": [order_json("4711")]})
    integration_id = desk.integrate(sandbox, qa_in_field=False)
    with RunningEngine(desk):
        desk.imported(integration_id)
        outbox = Outbox(desk, sandbox)
        outbox.fault("slow", None, seconds=30)
        outbox.publish()
        wait_until("a sending", lambda: desk.ids(ItemState.RELAYING))
        began = time.monotonic()
    seconds = time.monotonic() - began
    sandbox.control("faults/clear", {})
    assert seconds < 10  # five on a machine that has nothing else to do
    assert not desk.all(RelayJob, state=JobState.LEASED)
    assert desk.states() == {ItemState.QUEUED: COUNT}
