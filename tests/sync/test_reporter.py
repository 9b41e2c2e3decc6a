"""What the engine says of itself, and the alarm when nothing moves.

Holds to §3.6, §3.8 of sync.md.
"""

from datetime import timedelta

import pytest

from fakes import NOON
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.qa import publish_items
from pruvan_desk.operations.relay import pause_relay
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import EngineState, Integration, RelayJob
from pruvan_desk.store.views.traffic import LaneTraffic, Traffic, receiver_rows, waiting_now
from pruvan_desk.sync import reporter
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, wait_until
from sync.test_reach import ORDER

TRAFFIC = Traffic(
    sending={7: (500, 1000)},
    rate=4_100_000,
    items_per_second=2.5,
    history=((1000.0, 0.0), (1000.5, 4_100_000.0)),
    offline=frozenset({2}),
    fault="The disk is full.",
    lanes=(LaneTraffic(1, "client", 4, 8, ""),),
)


def test_what_the_engine_says_survives_the_database():
    assert Traffic.from_json(TRAFFIC.as_json()) == TRAFFIC
    assert Traffic.from_json({}) == Traffic()


def test_the_receivers_say_how_they_are(office, database):
    good, paused, away = (office.integration(code) for code in ("AFS", "BFS", "CFS"))
    office.change(Integration, paused, paused=True, last_error="The login was refused.")
    office.photo(office.project(good), ItemState.QUEUED)
    traffic = Traffic(offline=frozenset({away}), lanes=(LaneTraffic(good, "client", 4, 8),))
    with database.read() as session:
        rows = {row.name: row for row in receiver_rows(session, traffic)}
    assert [rows[code].state for code in ("AFS", "BFS", "CFS")] == ["sending", "paused", "offline"]
    assert rows["AFS"].words == "Sending 4, up to 8 at once"
    assert (rows["AFS"].queued, rows["AFS"].under_way) == (1, 4)
    assert rows["BFS"].words == "Paused: The login was refused."
    assert rows["Downloader"].words == "Nothing to send"


def test_the_queue_says_what_it_waits_for(office, database, clock):
    integration = office.integration()
    project = office.project(integration)
    for _ in range(3):
        office.photo(project, ItemState.QUEUED)
    office.change(RelayJob, 1, attempts=2, not_before=NOON + timedelta(minutes=9))
    office.change(Integration, integration, paused=True)
    with database.read() as session:
        waiting = waiting_now(session, Traffic(fault="The disk is full."))
    assert (waiting.queued, waiting.oldest, waiting.behind_paused) == (3, NOON, (("AFS", 3),))
    assert (waiting.retrying, waiting.retry_at, waiting.fault) == (1, NOON + timedelta(minutes=9), "The disk is full.")


@pytest.fixture
def project(desk: Desk, sandbox: FastrackSandbox, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reporter, "REPORT_SECONDS", 0.02)
    monkeypatch.setattr(reporter, "WATCH_SECONDS", 0.05)
    sandbox.control("orders", {"orders": [ORDER]})
    integration_id = desk.integrate(sandbox, qa_in_field=False)
    with RunningEngine(desk):
        desk.imported(integration_id)
        yield desk.numbered("4711").id


def traffic(desk: Desk) -> Traffic:
    return Traffic.from_json(desk.get(EngineState, 1).traffic)


def test_a_large_file_shows_its_progress_and_keeps_to_the_limit(desk: Desk, project: int) -> None:
    desk.set("bandwidth_mbit", 8)
    item = desk.photo(project, ItemState.PASSED, b"\xff\xd8\xff" + bytes(1_500_000))
    publish_items(desk.database, [item], WHO)
    seen = []

    def halfway() -> bool:
        seen.extend(traffic(desk).sending.values())
        return any(0 < sent < total for sent, total in seen)

    wait_until("some progress", halfway)
    assert {total for _, total in seen if total} == {1_500_003}
    desk.wait_for(published=1)
    (job,) = desk.all(RelayJob)
    assert job.finished_at is not None
    assert (job.finished_at - job.created_at).total_seconds() > 1.0, "1.5 MB at 1 MB a second, less what may go at once"
    wait_until("nothing on its way", lambda: traffic(desk).sending == {})
    assert any(rate > 0 for _, rate in traffic(desk).history)


def test_a_pause_stops_what_is_on_its_way(desk: Desk, sandbox: FastrackSandbox, project: int) -> None:
    desk.set("bandwidth_mbit", 0.08)
    item = desk.photo(project, ItemState.PASSED, b"\xff\xd8\xff" + bytes(1_500_000))
    publish_items(desk.database, [item], WHO)
    wait_until("some progress", lambda: any(sent for sent, _ in traffic(desk).sending.values()))
    pause_relay(desk.database, paused=True)
    desk.wait_for(queued=1)
    assert sandbox.control("items") == []
    desk.set("bandwidth_mbit", 0)
    pause_relay(desk.database, paused=False)
    desk.wait_for(published=1)
    (received,) = sandbox.control("items")
    assert received["deliveries"] == 1


def test_a_queue_in_which_nothing_moves_is_an_alert_that_goes_by_itself(desk: Desk, project: int) -> None:
    pause_relay(desk.database, paused=True)
    desk.set("stall_minutes", 0.001)
    publish_items(desk.database, [desk.photo(project, ItemState.PASSED)], WHO)
    alert = wait_until("the alert", lambda: desk.alerts().get("stalled"))
    assert alert.title == "Nothing moves, and 1 wait to be sent."
    assert "Sending is paused" in alert.advice
    pause_relay(desk.database, paused=False)
    wait_until("the end of the alert", lambda: "stalled" not in desk.alerts())
