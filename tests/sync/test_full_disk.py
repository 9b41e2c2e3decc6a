"""A disk that is full: work stops and says so, nothing that was acknowledged is lost, and it goes on by itself.

Holds to §3.4 of sync.md.
"""

import contextlib
import errno
from collections.abc import Iterator

import pytest

from builders import order_json
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.qa import publish_project
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store import files
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.sync import relay
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, FieldCaller, small_jpeg, wait_until

COUNT = 6
WAITS = (
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


@pytest.mark.logs(*WAITS)
def test_what_fastrack_has_taken_is_written_down_when_there_is_room_again_and_not_sent_twice(
    desk: Desk, sandbox: FastrackSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "FAULT_SECONDS", 0.05)
    sandbox.control("orders", {"orders": [order_json("4711")]})
    integration_id = desk.integrate(sandbox, qa_in_field=False)
    write = Database.write
    tried: list[str] = []

    @contextlib.contextmanager
    def full(_database: Database) -> Iterator[Writing]:
        tried.append("in vain")
        raise DeskFault("The disk is full.", "Make room on it; work goes on by itself.")
        yield

    with RunningEngine(desk):
        desk.imported(integration_id)
        project_id = desk.numbered("4711").id
        for seed in range(COUNT):
            desk.photo(project_id, ItemState.PASSED, small_jpeg(seed))
        sandbox.control("faults", {"call": "uploadPictures", "mode": "slow", "count": None, "seconds": 0.2})
        publish_project(desk.database, project_id, WHO)
        wait_until("all on their way", lambda: desk.states() == {ItemState.RELAYING: COUNT})
        monkeypatch.setattr(Database, "write", full)
        wait_until("all at FAStrack", lambda: sandbox.control("state")["items"] == COUNT)
        wait_until("an attempt to write that down", lambda: len(tried) > 1)
        monkeypatch.setattr(Database, "write", write)
        desk.wait_for(published=COUNT)
    assert [item["deliveries"] for item in sandbox.control("items")] == [1] * COUNT
