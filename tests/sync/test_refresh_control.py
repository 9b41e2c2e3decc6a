"""A refresh that is watched, stopped and taken up again; and the step that imports all orders of an integration anew."""

import threading
from collections.abc import Iterator

import pytest

from builders import order_json
from pruvan_desk.core.errors import UsageError
from pruvan_desk.operations import reimport
from pruvan_desk.operations.integrations import ask_refresh, cancel_refresh
from pruvan_desk.operations.project_edits import close_project
from pruvan_desk.operations.reimport import drop_reimport, resume_reimport, start_reimport, stop_reimport
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Alert, ImportRun, Integration, Project, Reimport, Request
from pruvan_desk.sync import import_run
from pruvan_desk.sync.stopping import Stop
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, wait_until

ORDERS = 6


class Gate:
    """Holds an import between its transactions, until it is told how many more it may make."""

    def __init__(self) -> None:
        self._may = threading.Semaphore(0)
        self.waits = threading.Event()

    def wait(self) -> None:
        self.waits.set()
        assert self._may.acquire(timeout=20)

    def let(self, transactions: int) -> None:
        self.waits.clear()
        self._may.release(transactions)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Orders are written and deleted two at a time, and each time only when the gate opens."""
    for module in (import_run, reimport):
        monkeypatch.setattr(module, "ORDERS_PER_TRANSACTION", 2)
    gate, check = Gate(), Stop.check

    def waiting(stop: Stop) -> None:
        gate.wait()
        check(stop)

    monkeypatch.setattr(Stop, "check", waiting)
    return gate


@pytest.fixture
def integration(desk: Desk, sandbox: FastrackSandbox) -> int:
    sandbox.control("orders", {"orders": [order_json(f"{4711 + number}") for number in range(ORDERS)]})
    return desk.integrate(sandbox, qa_in_field=True)


@pytest.fixture
def imported(desk: Desk, integration: int) -> Iterator[int]:
    """The integration, once its orders are here, with QA in Office from now on; its engine has stopped again."""
    with RunningEngine(desk):
        desk.imported(integration)
    desk.change(Integration, integration, qa_in_field=False)
    return integration


def modes(desk: Desk) -> dict[str, int]:
    """How many live projects there are of either mode, and how many are in the trash."""
    rows = desk.all(Project)
    live = [row for row in rows if row.deleted_at is None]
    field = sum(row.qa_in_field for row in live)
    return {"field": field, "office": len(live) - field, "trash": len(rows) - len(live)}


def test_a_refresh_says_how_far_it_is_and_stops_between_two_transactions(
    desk: Desk, integration: int, gate: Gate
) -> None:
    with RunningEngine(desk):
        gate.let(1)
        wait_until("the first transaction", lambda: desk.last_run(integration).done == 2 if desk.all(ImportRun) else 0)
        assert (desk.last_run(integration).total, desk.last_run(integration).finished_at) == (ORDERS, None)
        cancel_refresh(desk.database, integration, "mary")
        wait_until("an answer", lambda: [row.answer for row in desk.all(Request)] == ["done"])
        gate.let(1)
        wait_until("the end", lambda: desk.last_run(integration).finished_at)
        run, row = desk.last_run(integration), desk.get(Integration, integration)
        assert (run.error, run.done, len(desk.all(Project))) == ("Stopped by mary.", 2, 2)
        assert (row.status, row.last_error, row.next_timestamp, desk.all(Alert)) == ("idle", "", None, [])
        gate.let(9)
        assert desk.refresh(integration).created == ORDERS - 2
    assert len(desk.all(Project)) == ORDERS


def test_a_refresh_that_waits_for_the_client_stops_at_once(
    desk: Desk, sandbox: FastrackSandbox, integration: int
) -> None:
    sandbox.control("faults", {"call": "getWorkOrders", "mode": "slow", "seconds": 60})
    with RunningEngine(desk):
        wait_until("the refresh", lambda: desk.get(Integration, integration).status == "running")
        cancel_refresh(desk.database, integration, "mary")
        wait_until("the end", lambda: desk.last_run(integration).finished_at)
    assert desk.last_run(integration).error == "Stopped by mary."
    assert desk.all(Project) == []


def test_an_import_that_died_with_its_engine_is_not_shown_as_running(desk: Desk, integration: int) -> None:
    with desk.database.write() as writing:
        writing.session.add(ImportRun(integration_id=integration, started_by="x", full=True, started_at=writing.now))
    with RunningEngine(desk):
        wait_until("the refresh", lambda: len(desk.all(ImportRun)) == 2 and desk.last_run(integration).finished_at)
    first, second = desk.all(ImportRun)
    assert (first.error, second.error, second.created) == ("It broke off; the next refresh does it again.", "", ORDERS)


def test_a_stop_begins_none_of_the_refreshes_that_wait_and_the_next_engine_answers_them(
    desk: Desk, sandbox: FastrackSandbox, integration: int
) -> None:
    sandbox.control("faults", {"call": "getWorkOrders", "mode": "slow", "seconds": 60})
    ids = [request for _ in range(2) for request in ask_refresh(desk.database, integration, WHO).requests]
    with RunningEngine(desk):
        wait_until("the first", lambda: len(desk.all(ImportRun)) == 1)
        wait_until("the second behind it", lambda: all(row.taken_at for row in desk.all(Request)))
    assert len(desk.all(ImportRun)) == 1
    assert [desk.get(Request, request).answer for request in ids] == ["", ""]
    sandbox.control("faults/clear", {})  # the stop may have come before the call that was to be slow
    with RunningEngine(desk):
        wait_until("both answers", lambda: all(row.done_at for row in desk.all(Request)))
    assert [desk.get(Request, request).answer for request in ids] == ["done", "done"]


def test_all_orders_are_imported_again_with_the_setting_of_today(desk: Desk, imported: int) -> None:
    closed = desk.numbered("4711").id
    close_project(desk.database, closed, WHO)
    with RunningEngine(desk):
        start_reimport(desk.database, imported, WHO)
        wait_until("the end of it", lambda: desk.all(Reimport) == [])
    assert modes(desk) == {"field": 1, "office": ORDERS - 1, "trash": 0}
    assert desk.get(Project, closed).close_reason == "by_hand"
    run = desk.last_run(imported)
    assert (run.full, run.created, run.started_by) == (True, ORDERS - 1, WHO)


def test_it_can_be_stopped_and_taken_up_again_even_after_a_restart(desk: Desk, imported: int, gate: Gate) -> None:
    start_reimport(desk.database, imported, WHO)
    with RunningEngine(desk):
        gate.let(2)
        wait_until("two deletions", lambda: modes(desk)["trash"] == 4)
        stop_reimport(desk.database, imported, "mary")
        gate.let(1)
        wait_until("the end", lambda: desk.last_run(imported).error)
    (row,) = desk.all(Reimport)
    assert (row.state, row.total, row.deleted) == ("stopped", ORDERS, 4)
    assert modes(desk) == {"field": 2, "office": 0, "trash": 4}
    gate.let(99)
    runs = len(desk.all(ImportRun))
    with RunningEngine(desk):
        desk.refresh(imported, full=True)
        assert sum(run.created for run in desk.all(ImportRun)[runs:]) == 4, "by it, or by the engine's own at its start"
        assert modes(desk) == {"field": 2, "office": 4, "trash": 0}
    resume_reimport(desk.database, imported, WHO)
    with RunningEngine(desk):
        wait_until("the end of it", lambda: desk.all(Reimport) == [])
    assert modes(desk) == {"field": 0, "office": ORDERS, "trash": 0}
    assert desk.last_run(imported).created == 2, "what came anew already was left alone"


@pytest.mark.logs("refresh failed")
def test_nothing_is_deleted_while_the_client_cannot_be_reached(
    desk: Desk, sandbox: FastrackSandbox, imported: int
) -> None:
    sandbox.control("faults", {"call": "getWorkOrders", "mode": "http_500"})
    start_reimport(desk.database, imported, WHO)
    with RunningEngine(desk):
        wait_until("the failure", lambda: desk.last_run(imported).error)
        assert modes(desk) == {"field": ORDERS, "office": 0, "trash": 0}
        desk.refresh(imported)  # any refresh goes on with it
    assert modes(desk) == {"field": 0, "office": ORDERS, "trash": 0}
    assert desk.all(Reimport) == []


def test_it_is_begun_once_and_can_be_left(desk: Desk, imported: int) -> None:
    start_reimport(desk.database, imported, WHO)
    with pytest.raises(UsageError, match="already"):
        start_reimport(desk.database, imported, WHO)
    drop_reimport(desk.database, imported, WHO)
    with pytest.raises(UsageError, match="done already"):
        resume_reimport(desk.database, imported, WHO)
    with RunningEngine(desk):
        desk.refresh(imported)
    assert modes(desk) == {"field": ORDERS, "office": 0, "trash": 0}


def test_closed_projects_are_deleted_too_when_that_is_asked_for(desk: Desk, imported: int) -> None:
    close_project(desk.database, desk.numbered("4711").id, WHO)
    with RunningEngine(desk):
        start_reimport(desk.database, imported, WHO, closed_too=True)
        wait_until("the end of it", lambda: desk.all(Reimport) == [])
    assert modes(desk) == {"field": 0, "office": ORDERS, "trash": 0}
