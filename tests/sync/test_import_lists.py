"""Refresh: what a full list and an incremental one do to projects."""

import time
from typing import Any

import pytest

from builders import order_json
from pruvan_desk.domain.statuses import CloseReason, ProjectStatus
from pruvan_desk.operations.project_edits import close_project
from pruvan_desk.sandbox.order_book import OrderBook
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Integration, Project
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk

DAY = 86_400
OVERLAP = 600
TOLERANCE = 3
"""Seconds: a ``Date`` header has whole ones, and a call takes its time."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """The ``timestamp`` of every ``getWorkOrders`` that reaches FAStrack."""
    seen: list[float | None] = []
    answer = OrderBook.encoded_list

    def noted(book: OrderBook, since: float | None) -> bytes:
        seen.append(since)
        return answer(book, since)

    monkeypatch.setattr(OrderBook, "encoded_list", noted)
    return seen


def add(sandbox: FastrackSandbox, *orders: dict[str, Any]) -> None:
    sandbox.control("orders", {"orders": list(orders)})


def numbers(first: int, count: int) -> list[str]:
    return [str(number) for number in range(first, first + count)]


def test_the_engine_asks_for_the_full_list_by_itself(
    desk: Desk, sandbox: FastrackSandbox, asked: list[float | None]
) -> None:
    add(sandbox, order_json("1"), order_json("2"))
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        run = desk.imported(integration_id)
    assert (run.full, run.created, run.started_by) == (True, 2, "Pruvan Desk")
    assert asked == [None]
    assert {project.number for project in desk.all(Project)} == {"1", "2"}


@pytest.mark.parametrize("error", [0, DAY, -DAY], ids=["right clock", "a day ahead", "a day behind"])
def test_an_incremental_refresh_sends_the_servers_time_less_ten_minutes(
    desk: Desk, sandbox: FastrackSandbox, asked: list[float | None], error: int
) -> None:
    sandbox.control("clock", {"error": error})
    add(sandbox, order_json("1"))
    integration_id = desk.integrate(sandbox)
    started = time.time()
    with RunningEngine(desk):
        desk.imported(integration_id)
        run = desk.refresh(integration_id)
    assert not run.full
    full, since = asked
    assert full is None
    assert since == pytest.approx(started + error - OVERLAP, abs=TOLERANCE)
    assert isinstance(since, float)
    assert since <= time.time() + error - OVERLAP


@pytest.mark.logs("refresh failed")
def test_a_failed_refresh_does_not_move_the_cursor(desk: Desk, sandbox: FastrackSandbox) -> None:
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        desk.imported(integration_id)
        before = desk.get(Integration, integration_id).next_timestamp
        sandbox.control("faults", {"call": "getWorkOrders", "mode": "garbage"})
        desk.ask(integration_id)
    assert desk.get(Integration, integration_id).next_timestamp == before


def test_an_incremental_refresh_brings_changes_and_closes_nothing(desk: Desk, sandbox: FastrackSandbox) -> None:
    add(sandbox, order_json("1"), order_json("2"))
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        desk.imported(integration_id)
        sandbox.control("orders/1/close", {"listed": False})
        sandbox.control("orders/2/update", {"city": "Waco"})
        add(sandbox, order_json("3"))
        run = desk.refresh(integration_id)
    assert (run.full, run.created, run.closed) == (False, 1, 0)
    assert desk.numbered("1").status == ProjectStatus.ASSIGNED
    assert desk.numbered("2").city == "Waco"


def test_an_incremental_answer_that_holds_everything_else_closes_nothing(
    desk: Desk, sandbox: FastrackSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(sandbox, *[order_json(number) for number in numbers(1, 3)])
    integration_id = desk.integrate(sandbox)
    answer = OrderBook.encoded_list
    with RunningEngine(desk):
        desk.imported(integration_id)
        sandbox.control("orders/1/close", {"listed": False})
        monkeypatch.setattr(OrderBook, "encoded_list", lambda book, since: answer(book, None))
        run = desk.refresh(integration_id)
    assert (run.full, run.closed, run.unchanged) == (False, 0, 2)
    assert not [project for project in desk.all(Project) if project.close_reason]


def test_a_full_list_closes_what_is_absent_and_says_so(desk: Desk, sandbox: FastrackSandbox) -> None:
    add(sandbox, *[order_json(number) for number in numbers(1, 4)])
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        desk.imported(integration_id)
        sandbox.control("orders/3/close", {"listed": False})
        run = desk.refresh(integration_id, full=True)
    assert (run.full, run.closed, run.withheld) == (True, 1, 0)
    gone = desk.numbered("3")
    assert (gone.status, gone.close_reason) == (ProjectStatus.CLOSED, CloseReason.ABSENT)
    assert gone.closed_at is not None


@pytest.mark.parametrize("gone", [11, 20], ids=["too many", "an empty list"])
def test_a_full_list_that_would_close_too_much_closes_nothing_and_raises_an_alert(
    desk: Desk, sandbox: FastrackSandbox, gone: int
) -> None:
    add(sandbox, *[order_json(number) for number in numbers(1, 20)])
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        desk.imported(integration_id)
        for number in numbers(1, gone):
            sandbox.control(f"orders/{number}/close", {"listed": False})
        run = desk.refresh(integration_id, full=True)
        alert = desk.alerts()["closures-withheld"]
        for number in numbers(1, gone - 2):
            sandbox.control(f"orders/{number}/reopen", {})
        second = desk.refresh(integration_id, full=True)
    assert (run.closed, run.withheld) == (0, gone)
    assert f"{gone} open projects of AFS" in alert.title
    assert len(alert.body["project_ids"]) == gone
    assert (second.closed, second.withheld) == (2, 0)
    assert "closures-withheld" not in desk.alerts()


@pytest.mark.parametrize(
    ("action", "reason"),
    [("close", CloseReason.CLIENT), ("decline", CloseReason.CLIENT), ("cancel", CloseReason.CANCELLED)],
)
def test_an_order_that_says_it_is_over_closes_at_once(
    desk: Desk, sandbox: FastrackSandbox, action: str, reason: CloseReason
) -> None:
    add(sandbox, order_json("1"), order_json("2"))
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        desk.imported(integration_id)
        sandbox.control(f"orders/2/{action}", {"listed": True})
        run = desk.refresh(integration_id)
    assert (run.full, run.closed) == (False, 1)
    assert (desk.numbered("2").status, desk.numbered("2").close_reason) == (ProjectStatus.CLOSED, reason)
    assert desk.numbered("1").status == ProjectStatus.ASSIGNED


def test_an_order_that_is_over_when_it_first_comes_makes_a_closed_project(desk: Desk, sandbox: FastrackSandbox) -> None:
    add(sandbox, order_json("1", clientStatus="Cancelled"))
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        desk.imported(integration_id)
    assert desk.numbered("1").close_reason == CloseReason.CANCELLED


@pytest.mark.parametrize("listed", [True, False], ids=["closed by its status", "absent"])
def test_a_project_that_closed_by_itself_reopens_with_its_order(
    desk: Desk, sandbox: FastrackSandbox, *, listed: bool
) -> None:
    add(sandbox, order_json("1"), order_json("2"))
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        desk.imported(integration_id)
        sandbox.control("orders/1/close", {"listed": listed})
        desk.refresh(integration_id, full=True)
        assert desk.numbered("1").status == ProjectStatus.CLOSED
        sandbox.control("orders/1/reopen", {})
        run = desk.refresh(integration_id)
    assert (run.full, run.reopened) == (False, 1)
    again = desk.numbered("1")
    assert (again.status, again.close_reason, again.closed_at) == (ProjectStatus.ASSIGNED, "", None)


def test_a_project_closed_by_hand_stays_closed_whatever_comes(desk: Desk, sandbox: FastrackSandbox) -> None:
    add(sandbox, order_json("1"), order_json("2"))
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        desk.imported(integration_id)
        close_project(desk.database, desk.numbered("1").id, WHO)
        sandbox.control("orders/1/update", {"status": "Rush", "clientStatus": "Open"})
        desk.refresh(integration_id)
        run = desk.refresh(integration_id, full=True)
    assert run.reopened == 0
    assert desk.numbered("1").close_reason == CloseReason.BY_HAND


def test_the_qa_mode_is_that_of_the_setting_when_the_project_was_made(desk: Desk, sandbox: FastrackSandbox) -> None:
    add(sandbox, order_json("1"))
    integration_id = desk.integrate(sandbox, qa_in_field=True)
    with RunningEngine(desk):
        desk.imported(integration_id)
        desk.change(Integration, integration_id, qa_in_field=False)
        add(sandbox, order_json("2"))
        sandbox.control("orders/1/update", {"city": "Waco"})
        desk.refresh(integration_id)
    assert [(project.number, project.qa_in_field) for project in desk.all(Project)] == [("1", True), ("2", False)]


def test_hundreds_of_orders_come_in_several_transactions_and_all_arrive(desk: Desk, sandbox: FastrackSandbox) -> None:
    add(sandbox, *[order_json(number) for number in numbers(1, 450)])
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        run = desk.imported(integration_id)
    assert run.created == 450
    assert len(desk.all(Project)) == 450
