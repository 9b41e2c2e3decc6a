"""A disk that is full: work stops and says so, nothing that was acknowledged is lost, and it goes on by itself.

Holds to §3.4 of sync.md.
"""

import contextlib
import errno
import time
from collections.abc import Callable, Iterator

import pytest

from builders import order_json
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.domain.pace import START
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.qa import publish_project
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store import files
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.sync import context, relay
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, FieldCaller, small_jpeg, wait_until

COUNT = int(START)
"""As many as a receiver is given at once to begin with: with a full disk no other is begun."""
STOP_SECONDS = 5.0
FullDisk = tuple[list[str], Callable[[bool], None]]
WAITS = (
    "the engine waits",
    "a call must wait",
    "outcomes wait",
    "the relay waits",
    "scheduler waits",
    "nothing could be reported",
    "no sign of life",
    "inspection waits",
)


@pytest.mark.logs("a call must wait")
def test_an_upload_is_not_acknowledged_and_comes_again(
    field: FieldCaller, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(files.os, "fsync", full)
        answer = field.send("item-1", small_jpeg(1))
    assert answer.status_code == 503
    assert answer.json()["error"] == "The disk is full. Make room on it; work goes on by itself."
    assert desk.states() == {}
    assert desk.files_on_disk() == []
    assert field.send("item-1", small_jpeg(1)).json() == {"error": "", "status": True}
    assert desk.states() == {ItemState.PENDING_QA: 1}


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> FullDisk:
    """Nothing can be written while it is full: what was tried in vain, and how to fill and empty it."""
    write = Database.write
    tried: list[str] = []

    @contextlib.contextmanager
    def full(_database: Database) -> Iterator[Writing]:
        tried.append("in vain")
        raise DeskFault("The disk is full.", "Make room on it; work goes on by itself.")
        yield

    return tried, lambda is_full: monkeypatch.setattr(Database, "write", full if is_full else write)


@pytest.mark.logs(*WAITS)
def test_an_engine_that_starts_on_a_full_disk_waits_and_goes_on_by_itself(
    desk: Desk, sandbox: FastrackSandbox, full_disk: FullDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "AGAIN_SECONDS", 0.05)
    sandbox.control("orders", {"orders": [order_json("4711")]})
    integration_id = desk.integrate(sandbox)
    tried, fill = full_disk
    fill(True)
    with RunningEngine(desk) as engine:
        wait_until("every part to have tried in vain", lambda: len(tried) > 8)
        fill(False)
        desk.imported(integration_id)
        assert engine.gateway


@pytest.mark.logs(*WAITS, "written down")
def test_an_engine_stops_in_time_on_a_full_disk_too(desk: Desk, sandbox: FastrackSandbox, full_disk: FullDisk) -> None:
    sandbox.control("orders", {"orders": [order_json("4711")]})
    integration_id = desk.integrate(sandbox, qa_in_field=False)
    tried, fill = full_disk
    with RunningEngine(desk):
        desk.imported(integration_id)
        project_id = desk.numbered("4711").id
        desk.photo(project_id, ItemState.PASSED, small_jpeg(1))
        sandbox.control("faults", {"call": "uploadPictures", "mode": "slow", "count": None, "seconds": 0.2})
        publish_project(desk.database, project_id, WHO)
        wait_until("it on its way", lambda: desk.states() == {ItemState.RELAYING: 1})
        fill(True)
        wait_until("it at FAStrack", lambda: sandbox.control("state")["items"] == 1)
        wait_until("an attempt to write that down", lambda: tried)
        began = time.monotonic()
    assert time.monotonic() - began < STOP_SECONDS
    fill(False)
    with RunningEngine(desk):
        desk.wait_for(published=1)


@pytest.mark.logs(*WAITS)
def test_what_fastrack_has_taken_is_written_down_when_there_is_room_again_and_not_sent_twice(
    desk: Desk, sandbox: FastrackSandbox, full_disk: FullDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "FAULT_SECONDS", 0.05)
    sandbox.control("orders", {"orders": [order_json("4711")]})
    integration_id = desk.integrate(sandbox, qa_in_field=False)
    tried, fill = full_disk
    with RunningEngine(desk):
        desk.imported(integration_id)
        project_id = desk.numbered("4711").id
        for seed in range(COUNT):
            desk.photo(project_id, ItemState.PASSED, small_jpeg(seed))
        sandbox.control("faults", {"call": "uploadPictures", "mode": "slow", "count": None, "seconds": 0.2})
        publish_project(desk.database, project_id, WHO)
        wait_until("all on their way", lambda: desk.states() == {ItemState.RELAYING: COUNT})
        fill(True)
        wait_until("all at FAStrack", lambda: sandbox.control("state")["items"] == COUNT)
        wait_until("an attempt to write that down", lambda: len(tried) > 1)
        fill(False)
        desk.wait_for(published=COUNT)
    assert [item["deliveries"] for item in sandbox.control("items")] == [1] * COUNT
