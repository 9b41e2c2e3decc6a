"""Reconcile: the engine asks FAStrack what it has; what is not there is found, and sent again.

Holds to §6 of sync.md.
"""

import pytest

from builders import order_json
from pruvan_desk.domain.reconcile import Kind
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.qa import publish_items
from pruvan_desk.operations.reconcile import Reconciliation, ask_reconcile, reconciliation, resend
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Item
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, small_jpeg, wait_until


@pytest.fixture
def integration(desk: Desk, sandbox: FastrackSandbox):
    sandbox.control("orders", {"orders": [order_json("4711"), order_json("4712")]})
    integration_id = desk.integrate(sandbox, qa_in_field=False)
    with RunningEngine(desk):
        desk.imported(integration_id)
        yield integration_id


def publish(desk: Desk, number: str, seeds: range) -> list[int]:
    project = desk.numbered(number).id
    items = [desk.photo(project, ItemState.PASSED, small_jpeg(seed)) for seed in seeds]
    publish_items(desk.database, items, WHO)
    return items


def compare(desk: Desk, integration: int, project_id: int | None = None) -> Reconciliation:
    _, request_id = ask_reconcile(desk.database, integration, WHO, project_id)

    def answered() -> Reconciliation | None:
        with desk.database.read() as session:
            return reconciliation(session, request_id)

    found = wait_until("the comparison", answered)
    assert found is not None
    return found


def test_what_the_client_lost_or_misfiled_is_found_and_sent_again(
    desk: Desk, sandbox: FastrackSandbox, integration: int
) -> None:
    sandbox.control("faults", {"call": "uploadPictures", "mode": "drop", "count": 2})
    publish(desk, "4711", range(6))
    other = publish(desk, "4712", range(6, 8))
    desk.wait_for(published=8)
    found = compare(desk, integration)
    assert (found.compared, found.problem) == (8, "")
    assert [each.kind for each in found.differences] == [Kind.MISSING] * 2
    missing = {desk.get(Item, item_id).uuid for item_id in found.resendable}
    assert missing == {item.uuid for item in desk.all(Item)} - {item["uuid"] for item in sandbox.control("items")}
    resend(desk.database, found.resendable, WHO)
    desk.wait_for(published=8)
    again = compare(desk, integration)
    assert (again.compared, again.count) == (8, 0)
    assert {item["deliveries"] for item in sandbox.control("items")} == {1}
    assert compare(desk, integration, desk.numbered("4712").id).compared == len(other)


def test_a_client_that_cannot_be_asked_is_said_to_be_one(
    desk: Desk, sandbox: FastrackSandbox, integration: int
) -> None:
    publish(desk, "4711", range(1))
    desk.wait_for(published=1)
    sandbox.control("faults", {"call": "getItems", "mode": "html", "count": 1})
    found = compare(desk, integration)
    assert found.problem.startswith("This order source cannot be asked what it has.")
    assert desk.alerts() == {}


def test_a_comparison_that_an_engine_did_not_finish_is_begun_anew(desk: Desk, sandbox: FastrackSandbox) -> None:
    integration_id = desk.integrate(sandbox)
    _, request_id = ask_reconcile(desk.database, integration_id, WHO)
    with RunningEngine(desk):

        def answered() -> Reconciliation | None:
            with desk.database.read() as session:
                return reconciliation(session, request_id)

        assert wait_until("the answer", answered) == Reconciliation(0, 0, ())
