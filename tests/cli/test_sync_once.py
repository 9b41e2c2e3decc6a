"""``sync --once``: what a scheduler runs, and what its exit codes say.

Holds to §7 of sync.md.
"""

import argparse
from collections.abc import Iterator

import pytest

from builders import order_json
from pruvan_desk.cli import sync
from pruvan_desk.core.lock import EngineLock
from pruvan_desk.core.paths import DataFolder, data_folder
from pruvan_desk.domain.destinations import BOTH
from pruvan_desk.domain.statuses import ItemState, JobState
from pruvan_desk.operations.qa import publish_items
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import ImportRun, Integration, Item, RelayJob
from sync.desk import WHO, Desk, small_jpeg


@pytest.fixture
def folder(tmp_path, migrated) -> DataFolder:
    folder = data_folder(tmp_path / "data").create()
    folder.database.write_bytes(migrated.read_bytes())
    return folder


@pytest.fixture
def desk(folder, monkeypatch) -> Iterator[Desk]:
    desk = Desk(folder)
    monkeypatch.setattr(sync, "open_secrets", lambda _kind, _root: desk.secrets)
    monkeypatch.setattr(sync, "configure_logging", lambda *_: None)
    yield desk
    desk.database.close()


@pytest.fixture
def sandbox() -> Iterator[FastrackSandbox]:
    with FastrackSandbox() as running:
        running.control("orders", {"orders": [order_json("4711")]})
        yield running


def run(desk: Desk, code: str | None = None, *, full: bool = False) -> int:
    options = argparse.Namespace(data_dir=desk.folder.root, secrets="memory", code=code, full=full, once=True)
    return sync.main(options)


def publish(desk: Desk) -> int:
    item = desk.photo(desk.numbered("4711").id, ItemState.PASSED, small_jpeg(1))
    publish_items(desk.database, [item], WHO, BOTH)
    return item


def test_it_refreshes_sends_and_ends(desk, sandbox, capsys):
    desk.integrate(sandbox, qa_in_field=False)
    assert run(desk) == 0
    item = publish(desk)
    assert run(desk, "AFS", full=True) == 0
    assert desk.get(Item, item).state == ItemState.PUBLISHED
    assert [job.state for job in desk.all(RelayJob)] == [JobState.DONE] * 2
    assert capsys.readouterr().out.count("All done in") == 2


def test_a_refresh_that_died_with_another_process_is_over(desk, sandbox):
    integration_id = desk.integrate(sandbox)
    desk.change(Integration, integration_id, status="running")
    with desk.database.write() as writing:
        writing.session.add(ImportRun(integration_id=integration_id, started_by="x", full=True, started_at=writing.now))
    assert run(desk) == 0
    assert all(row.finished_at for row in desk.all(ImportRun))
    assert desk.get(Integration, integration_id).status == "idle"


def test_what_is_refused_or_has_to_wait_is_said(desk, sandbox, capsys):
    desk.set("first_retry_seconds", 3600)
    desk.integrate(sandbox, qa_in_field=False)
    assert run(desk) == 0
    publish(desk)
    sandbox.control("faults", {"call": "uploadPictures", "mode": "error", "count": 1})
    assert run(desk) == 1
    assert "1 items were refused" in capsys.readouterr().err
    publish(desk)
    sandbox.control("faults", {"call": "uploadPictures", "mode": "http_500", "count": 1})
    assert run(desk) == 1
    assert "1 wait to be sent" in capsys.readouterr().err
    assert not desk.all(RelayJob, state=JobState.LEASED)


def test_a_paused_integration_is_trouble_and_the_others_go_on(desk, sandbox, capsys):
    paused = desk.integrate(sandbox, "BFS")
    desk.change(Integration, paused, paused=True)
    desk.integrate(sandbox)
    assert run(desk) == 1
    assert "BFS is paused" in capsys.readouterr().err
    assert desk.numbered("4711")


def test_an_unknown_code_is_a_wrong_option(desk, sandbox, capsys):
    desk.integrate(sandbox)
    assert run(desk, "XYZ") == 2
    assert "no integration XYZ" in capsys.readouterr().err


def test_an_engine_that_is_at_work_is_left_to_it(desk, sandbox, capsys):
    desk.integrate(sandbox)
    lock = EngineLock(desk.folder.engine_lock)
    lock.acquire()
    try:
        assert run(desk) == 3
    finally:
        lock.release()
    assert "at work" in capsys.readouterr().err
