"""The push key: the client's system starts a refresh, or sends orders, at a secret address."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from builders import order_json
from fakes import FakeClock
from pruvan_desk.operations.integrations import renew_push_key
from pruvan_desk.operations.project_edits import close_project
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Integration, Project, Request
from pruvan_desk.sync.gateway import push
from pruvan_desk.sync.gateway.rates import MOST_CALLERS, Rate
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, wait_until

SUCCESS = {"response": True, "error": "success"}
WRONG = {"response": False, "error": "invalid clientCode"}


class Sender:
    """The client's system at the push address of an integration."""

    def __init__(self, gateway: str, key: str) -> None:
        self.address = f"{gateway}/push/{key}"
        self._http = httpx.Client(trust_env=False, timeout=20)

    def get(self) -> Any:
        return self._http.get(self.address).json()

    def post(self, *orders: Any, **form: Any) -> Any:
        given = form or {"data": {"workOrders": json.dumps({"workOrders": list(orders)})}}
        return self._http.post(self.address, **given).json()

    def close(self) -> None:
        self._http.close()


@pytest.fixture
def integration(desk: Desk, sandbox: FastrackSandbox) -> int:
    sandbox.control("orders", {"orders": [order_json("1")]})
    return desk.integrate(sandbox)


@pytest.fixture
def sender(desk: Desk, integration: int) -> Iterator[Sender]:
    """The client's system, when the first full list has been imported; the engine runs."""
    key = desk.secrets.get(f"integration/{integration}/push key")
    with RunningEngine(desk) as engine:
        desk.imported(integration)
        sender = Sender(engine.gateway, str(key))
        yield sender
        sender.close()


def imported(desk: Desk) -> None:
    wait_until("the push", lambda: all(row.done_at for row in desk.all(Request)))


def test_opened_with_get_it_starts_a_refresh(
    desk: Desk, sandbox: FastrackSandbox, integration: int, sender: Sender
) -> None:
    sandbox.control("orders", {"orders": [order_json("2")]})
    assert sender.get() == SUCCESS
    wait_until("the new order", lambda: desk.all(Project, number="2"))
    imported(desk)
    run = desk.last_run(integration)
    assert (run.started_by, run.full) == ("push key", False)


@pytest.mark.parametrize("form", ["form", "multipart", "bare list"])
def test_posted_orders_are_created_and_updated(desk: Desk, integration: int, sender: Sender, form: str) -> None:
    orders = [order_json("1", description="changed"), order_json("2")]
    text = json.dumps(orders if form == "bare list" else {"workOrders": orders})
    multipart = {"files": {"workOrders": (None, text)}}
    assert sender.post(**(multipart if form == "multipart" else {"data": {"workOrders": text}})) == SUCCESS
    imported(desk)
    assert {row.number: row.description for row in desk.all(Project)} == {"1": "changed", "2": ""}
    run = desk.last_run(integration)
    assert (run.started_by, run.created, run.updated, run.error) == ("push key", 1, 1, "")
    assert all("orders" not in row.body for row in desk.all(Request))


def test_a_push_closes_nothing_and_moves_no_cursor(desk: Desk, integration: int, sender: Sender) -> None:
    before = desk.get(Integration, integration)
    assert sender.post(order_json("1", clientStatus="Closed"), order_json("2", clientStatus="Cancelled")) == SUCCESS
    imported(desk)
    assert {row.status for row in desk.all(Project)} == {"Assigned"}
    assert desk.numbered("1").client_status == "Closed"
    after = desk.get(Integration, integration)
    assert (after.next_timestamp, after.last_refreshed_at) == (before.next_timestamp, before.last_refreshed_at)
    close_project(desk.database, desk.numbered("1").id, WHO)
    sender.post(order_json("1", clientStatus="Open"))
    imported(desk)
    assert desk.numbered("1").close_reason == "by_hand"


def test_one_bad_order_does_not_spoil_a_push_and_is_tried_again(desk: Desk, integration: int, sender: Sender) -> None:
    assert sender.post(order_json("2", city=None), order_json("3")) == SUCCESS
    imported(desk)
    assert desk.notes(desk.last_run(integration), "skipped") == {"2": "The order lacks city."}
    assert desk.all(Project, number="3")
    assert desk.notes(desk.refresh(integration), "skipped") == {"2": "The order lacks city."}


@pytest.mark.parametrize("text", ["{", "7", '{"workOrders": 7}', "[" * 200 + "]" * 200])
def test_what_cannot_be_read_is_refused_with_words(desk: Desk, sender: Sender, text: str) -> None:
    answer = sender.post(data={"workOrders": text})
    assert answer["response"] is False
    assert answer["error"]
    assert desk.all(Request) == []


def test_a_paused_integration_is_still_told_of_orders(desk: Desk, integration: int, sender: Sender) -> None:
    desk.change(Integration, integration, paused=True, status="error")
    assert sender.post(order_json("2")) == SUCCESS
    imported(desk)
    assert desk.all(Project, number="2")
    assert (desk.get(Integration, integration).status, desk.get(Integration, integration).paused) == ("error", True)


def test_a_wrong_key_is_told_nothing(desk: Desk, integration: int, sender: Sender) -> None:
    wrong = Sender(sender.address.rpartition("/push/")[0], "x" * 32)
    assert wrong.get() == WRONG
    assert wrong.post(order_json("2")) == WRONG
    wrong.close()
    renew_push_key(desk.database, desk.secrets, integration, WHO)
    assert sender.get() == WRONG
    assert desk.all(Request) == []


def test_wrong_keys_are_slowed_down_and_the_right_one_is_not(
    desk: Desk, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    with httpx.Client(trust_env=False) as http:
        wrong = f"{sender.address[:-3]}xyz"
        codes = [http.get(wrong).status_code for _ in range(push.WRONG_BURST + 2)]
        assert codes[: push.WRONG_BURST] == [200] * push.WRONG_BURST
        assert codes[-1] == 429
        assert http.get(wrong).json() == WRONG
        assert http.get(sender.address).json() == SUCCESS


def test_an_address_that_is_asked_often_asks_for_one_refresh(desk: Desk, sender: Sender) -> None:
    for _ in range(5):
        assert sender.get() == SUCCESS
    wait_until("the refreshes", lambda: all(row.done_at for row in desk.all(Request)))
    assert len(desk.all(Request)) <= 5


def test_so_many_calls_at_once_then_so_many_a_second() -> None:
    clock = FakeClock()
    rate = Rate(clock, burst=3, per_second=0.5)
    assert [rate.allows("a") for _ in range(4)] == [True, True, True, False]
    assert rate.allows("b")
    clock.advance(2)
    assert [rate.allows("a") for _ in range(2)] == [True, False]
    clock.advance(100)
    assert [rate.allows("a") for _ in range(4)] == [True, True, True, False]


def test_callers_without_number_take_no_memory_without_end() -> None:
    rate = Rate(FakeClock(), burst=3, per_second=0.5)
    for number in range(3 * MOST_CALLERS):
        rate.allows(str(number))
    assert len(rate._buckets) <= MOST_CALLERS
