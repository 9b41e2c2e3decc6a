"""QA in Field and QA in Office, for everything that the field and the office make, from the gateway to FAStrack.

Holds to §2.1, §2.3, §4 of sync.md.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from builders import order_json
from pruvan_desk.domain.destinations import BOTH, DOWNLOADER, Destinations, destinations_label, destinations_text
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.qa import mark_items, publish_project, republish_items
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Integration, Item
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, FieldCaller, small_jpeg

SURVEY = {"meta": {"surveyTemplateId": "t"}, "answers": [{"id": "1", "question": "Done?", "answer": "yes"}]}
CHECK_IN = {"abcNumber": "ABC1234567", "who": "Dana", "when": "2026-11-20T14:00:00Z"}
THINGS: dict[str, tuple[bytes | None, str, dict[str, Any]]] = {
    "picture": (small_jpeg(1), "front.jpg", {}),
    "report": (b"%PDF-1.4 report", "report.pdf", {"evidenceType": "General"}),
    "csr": (b"%PDF-1.4 record", "csr.pdf", {"evidenceType": "General"}),
    "file": (b"a plan", "plan.txt", {"evidenceType": "General"}),
    "survey": (None, "", {"survey": json.dumps(SURVEY), "evidenceType": "Survey"}),
}


class Field:
    """One order in one mode, with everything the field can send for it."""

    def __init__(self, desk: Desk, caller: FieldCaller) -> None:
        self.desk, self.caller = desk, caller

    def send(self, kind: str, uuid: str = "") -> None:
        data, name, fields = THINGS[kind]
        answer = self.caller.send(uuid or kind, data, name, fileType=kind, **fields)
        assert answer.json()["status"] is True

    def check_in(self) -> None:
        self.caller.send("checkin", None, fileType="checkin", key4="", survey=json.dumps(CHECK_IN))

    def says(self, status: str) -> None:
        self.caller.call("status", workOrders=[{"workOrderNumber": "AFS::4711", "status": status}])


@pytest.fixture
def field(desk: Desk, sandbox: FastrackSandbox, request: pytest.FixtureRequest):
    sandbox.control("orders", {"orders": [order_json("4711")]})
    integration_id = desk.integrate(sandbox, qa_in_field=request.param)
    with RunningEngine(desk) as engine, FieldCaller(engine.gateway, desk.crew()) as caller:
        desk.imported(integration_id)
        yield Field(desk, caller)


@pytest.mark.parametrize("field", [True], indirect=True)
def test_in_the_field_everything_but_a_check_in_is_held_until_complete(
    field: Field, desk: Desk, sandbox: FastrackSandbox
) -> None:
    field.check_in()
    for kind in THINGS:
        field.send(kind)
    desk.wait_for(held=len(THINGS), published=1)
    assert [item["file_type"] for item in sandbox.control("items")] == ["checkin"]
    field.says("Completed")
    desk.wait_for(published=len(THINGS) + 1)
    assert {item["file_type"] for item in sandbox.control("items")} == {*THINGS, "checkin"}


@pytest.mark.parametrize("field", [True], indirect=True)
def test_complete_can_be_switched_off_and_on_and_late_items_follow_what_it_says_then(field: Field, desk: Desk) -> None:
    field.send("picture", "early")
    field.says("Completed")
    field.send("report", "late")
    desk.wait_for(published=2)
    for status in ("In Process", "Rework"):
        field.says(status)
        field.send("picture", status)
    desk.wait_for(published=2, held=2)
    field.says("Completed")
    desk.wait_for(published=4)


@pytest.mark.parametrize("to", [DOWNLOADER, BOTH], ids=destinations_label)
@pytest.mark.parametrize("field", [True], indirect=True)
def test_what_is_released_goes_where_the_integration_says_and_a_check_in_to_the_client(
    field: Field, desk: Desk, sandbox: FastrackSandbox, to: Destinations, tmp_path: Path
) -> None:
    desk.set("downloader_folder", str(tmp_path / "tree"))
    desk.change(Integration, 1, released_to=destinations_text(to))
    field.check_in()
    field.send("picture")
    field.says("Completed")
    field.send("report")
    desk.wait_for(published=3)
    desk.settle()
    at_client = {item["file_type"] for item in sandbox.control("items")}
    assert at_client == {"checkin"} | ({"picture", "report"} if to == BOTH else set())
    assert sorted(path.suffix for path in (tmp_path / "tree").rglob("*.*")) == [".jpg", ".pdf"]


@pytest.mark.parametrize("field", [False], indirect=True)
def test_in_the_office_everything_but_a_check_in_waits_for_somebody_whatever_the_crew_says(
    field: Field, desk: Desk, sandbox: FastrackSandbox
) -> None:
    field.check_in()
    field.says("Completed")
    for kind in THINGS:
        field.send(kind)
    desk.wait_for(pending_qa=len(THINGS), published=1)
    mark_items(desk.database, desk.ids(ItemState.PENDING_QA), Decision.PASS, WHO)
    project = desk.numbered("4711").id
    publish_project(desk.database, project, WHO)
    desk.wait_for(published=len(THINGS) + 1)
    again = [item.id for item in desk.all(Item) if item.file_type != "checkin"]
    republish_items(desk.database, again, WHO)
    desk.wait_for(published=len(THINGS) + 1)
    desk.settle()
    assert {item["file_type"]: item["deliveries"] for item in sandbox.control("items")} == {
        **dict.fromkeys(THINGS, 2),
        "checkin": 1,
    }
