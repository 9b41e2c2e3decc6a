"""What managers do with integrations, and what becomes of their orders: in the whole program, by what is on the screen."""

import json

import httpx
import pytest
from PySide6.QtCore import Qt

from pruvan_desk.domain.statuses import CloseReason
from sync.desk import FieldCaller
from ui.scenarios.conftest import Town
from ui.scenarios.person import Deed, Person


def test_a_changed_qa_in_field_reaches_existing_orders_and_nothing_is_sent_twice(town: Town) -> None:
    town.connect(qa_in_field=True)
    town.order("88123")
    crew = town.hire()

    def day(mary: Person) -> Deed:
        yield from mary.sees_row("Projects", "AFS::88123")
        work = town.crew_works(town.gateway(), crew)
        yield from mary.until("the crew to finish", work.done)
        yield from mary.until("the photos at FAStrack", lambda: sum(town.flags().values()) == work.result())

        yield from mary.goes_to("Integrations")
        yield from mary.clicks_row("Integrations", "FAStrack")
        yield from mary.clicks("Edit…")
        yield from mary.clicks("QA in Field")
        yield from mary.clicks("Apply to existing orders…")
        yield from mary.sees("nothing is sent again")
        yield from mary.clicks("Delete and import again")
        yield from mary.sees_row("Integrations", "FAStrack", "No, in Office")
        yield from mary.until("all orders to be imported again", town.full_refreshes_asked_for)

        yield from mary.goes_to("Projects")
        yield from mary.clicks_row("Projects", "AFS::88123")
        yield from mary.sees("QA in Office")
        yield from mary.clicks("QA photos")
        yield from mary.sees_tiles(3, "Published")
        with FieldCaller(town.gateway(), crew) as phone:
            phone.send("late", b"late", key2="AFS::88123")
        yield from mary.sees_tiles(1, "Pending")

    town.perform(day)
    assert {item["deliveries"] for item in town.fastrack.control("items")} == {1}
    assert "late" not in {item["uuid"] for item in town.fastrack.control("items")}


ENDS = {
    "88101": ("close", {"listed": True}, CloseReason.CLIENT),
    "88102": ("decline", {"listed": True}, CloseReason.CLIENT),
    "88103": ("cancel", {"listed": True}, CloseReason.CANCELLED),
    "88104": ("cancel", {"listed": False}, CloseReason.ABSENT),
}


def test_a_project_closes_by_itself_for_each_reason_and_says_which(town: Town) -> None:
    town.connect()
    for number in (*ENDS, "88105"):
        town.order(number)

    def day(mary: Person) -> Deed:
        for number in ENDS:
            yield from mary.sees_row("Projects", f"AFS::{number}", "Assigned")
        for number, (action, body, _reason) in ENDS.items():
            town.fastrack.control(f"orders/{number}/{action}", body)
        yield from mary.presses(Qt.Key.Key_F5)
        for number in ("88101", "88102", "88103"):
            yield from mary.sees_row("Projects", f"AFS::{number}", "Closed")
        yield from mary.sees_row("Projects", "AFS::88104", "Assigned")  # what changed says nothing of what is absent

        yield from mary.goes_to("Integrations")
        yield from mary.clicks_row("Integrations", "FAStrack")
        yield from mary.clicks("Edit…")
        yield from mary.clicks("Full Refresh…")
        yield from mary.clicks("Full Refresh")
        yield from mary.clicks("Cancel")
        yield from mary.sees_row("Import runs", "Full", "1 closed")

        yield from mary.goes_to("Projects")
        for number, (_action, _body, reason) in ENDS.items():
            yield from mary.clicks_row("Projects", f"AFS::{number}")
            yield from mary.sees(reason.label)
        yield from mary.sees_row("Projects", "AFS::88105", "Assigned")

    town.perform(day)


def test_the_clients_system_pushes_with_the_key_that_the_window_shows(town: Town) -> None:
    town.connect()
    town.order("88123")

    def day(mary: Person) -> Deed:
        yield from mary.sees_row("Projects", "AFS::88123")
        yield from mary.goes_to("Integrations")
        yield from mary.clicks_row("Integrations", "FAStrack")
        yield from mary.clicks("Edit…")
        yield from mary.clicks("Show")
        key = yield from mary.field("Push key")
        yield from mary.clicks("Cancel")

        order = {"workOrderNumber": "88777", "address1": "1 Oak", "city": "Tulsa", "state": "OK", "zip": "74101"}
        order["services"] = [{"serviceName": "Lock Change"}]
        address = f"{town.gateway()}/push/{key}"
        answer = httpx.post(address, data={"workOrders": json.dumps({"workOrders": [order]})}, trust_env=False)
        assert answer.json() == {"response": True, "error": "success"}
        yield from mary.sees_row("Import runs", "push key", "1 new")
        yield from mary.goes_to("Projects")
        yield from mary.sees_row("Projects", "AFS::88777", "1 Oak")
        wrong = httpx.get(f"{address}x", trust_env=False)
        assert wrong.json() == {"response": False, "error": "invalid clientCode"}

    town.perform(day)


@pytest.mark.logs("refresh failed")
def test_a_wrong_password_is_one_alert_and_a_good_validate_is_enough(town: Town) -> None:
    town.connect(qa_in_field=True)
    town.order("88123")

    def day(mary: Person) -> Deed:
        yield from mary.sees_row("Projects", "AFS::88123")
        town.fastrack.control("credentials", {"password": "spring-2027"})
        town.order("88124")
        for _ in range(3):
            yield from mary.presses(Qt.Key.Key_F5)
        yield from mary.sees("The login was refused")
        yield from mary.clicks("Edit credentials")
        yield from mary.fills(Password="spring-2027")
        yield from mary.clicks("Validate")
        yield from mary.sees("refresh and relay go on")
        yield from mary.clicks("Cancel")
        yield from mary.no_longer_sees("The login was refused")
        yield from mary.goes_to("Projects")
        yield from mary.presses(Qt.Key.Key_F5)
        yield from mary.sees_row("Projects", "AFS::88124")

    town.perform(day)
    assert town.paused_alerts() == [1]
