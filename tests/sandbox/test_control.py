"""What can be done to FAStrack from outside, and what it remembers."""

import pytest

from pruvan_desk.core.errors import UsageError
from pruvan_desk.sandbox.server import FastrackSandbox, SandboxError


@pytest.mark.parametrize(
    ("action", "status"), [("close", "Closed"), ("decline", "QC Declined"), ("cancel", "Cancelled")]
)
def test_an_ended_order_is_no_longer_sent(caller, action, status):
    number = caller.any_order()["number"]
    answer = caller.sandbox.control(f"orders/{number}/{action}", {"listed": False})
    assert (answer["client_status"], answer["listed"]) == (status, False)
    assert number not in {order["workOrderNumber"] for order in caller.orders()}
    assert number not in {order["workOrderNumber"] for order in caller.orders(0)}


@pytest.mark.parametrize(
    ("action", "status"), [("close", "Closed"), ("decline", "QC Declined"), ("cancel", "Cancelled")]
)
def test_an_ended_order_may_still_be_sent_with_its_status(caller, action, status):
    number = caller.any_order()["number"]
    cursor = caller.sandbox.control("state")["now"]
    caller.sandbox.control(f"orders/{number}/{action}", {"listed": True})
    for orders in (caller.orders(), caller.orders(cursor)):
        assert {order["workOrderNumber"]: order["clientStatus"] for order in orders}[number] == status


def test_a_reopened_order_is_sent_again(caller):
    number = caller.any_order()["number"]
    cursor = caller.sandbox.control("state")["now"]
    caller.sandbox.control(f"orders/{number}/close", {})
    caller.sandbox.control(f"orders/{number}/reopen", {})
    (order,) = caller.orders(cursor)
    assert (order["workOrderNumber"], order["clientStatus"]) == (number, "Open")


def test_an_ended_order_still_takes_evidence(caller):
    caller.sandbox.control(f"orders/{caller.any_order()['number']}/close", {})
    assert caller.upload().json()["status"] is True


def test_new_orders_appear_and_bad_ones_on_request_only(caller):
    added = caller.sandbox.control("orders", {"count": 3, "seed": 5, "bad": 1})["numbers"]
    numbers = {order["workOrderNumber"] for order in caller.orders()}
    assert set(added) <= numbers
    assert len(numbers) == 20
    assert sum(number.startswith("BAD") for number in numbers) == 1


def test_orders_can_be_given_as_they_are(caller):
    caller.sandbox.control("orders", {"orders": [{"workOrderNumber": "RAW 1", "odd": [1, None]}, {"no": "number"}]})
    assert caller.orders()[-2:] == [{"workOrderNumber": "RAW 1", "odd": [1, None]}, {"no": "number"}]


def test_without_orders_the_list_is_null(caller):
    for order in caller.sandbox.control("orders"):
        caller.sandbox.control(f"orders/{order['number']}/close", {})
    assert caller.post("getWorkOrders", {"timestamp": None}).json() == {"workOrders": None, "error": ""}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("orders/999/close", {}), ("orders/999/update", {}), ("orders", {"orders": 5}), ("clock", {"error": "x"}),
        ("faults", {"mode": "drop", "call": "dance"}), ("crews/start", {}),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(sandbox, path, body):
    with pytest.raises(SandboxError):
        sandbox.control(path, body)


def test_accepting_an_order_shows(caller):
    caller.sandbox.control(f"orders/{caller.any_order()['number']}/accept", {})
    assert caller.any_order()["accepted"] is True


def test_everything_survives_a_restart(caller):
    caller.upload(b"a photo")
    number = caller.any_order()["number"]
    caller.sandbox.control(f"orders/{number}/close", {})
    caller.sandbox.control("credentials", {"password": "new"})
    before = [caller.sandbox.control(path) for path in ("items", "orders", "deliveries")]
    port = caller.sandbox.port
    caller.sandbox.stop()
    caller.sandbox.start()
    assert caller.sandbox.port == port
    assert [caller.sandbox.control(path) for path in ("items", "orders", "deliveries")] == before
    assert caller.post("validate", {}).json()["validated"] == ""


def test_another_process_on_the_folder_finds_it(tmp_path):
    with FastrackSandbox(tmp_path, orders=3, seed=2) as first:
        before = first.control("orders")
    with FastrackSandbox(tmp_path, orders=9, seed=7) as second:
        assert second.control("orders") == before


def test_a_taken_port_is_said_so(sandbox):
    with pytest.raises(UsageError, match="taken"):
        FastrackSandbox(port=sandbox.port).start()
