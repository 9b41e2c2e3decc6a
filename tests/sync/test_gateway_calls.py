"""The field gateway: who may call, what a crew gets, and what its status does."""

from typing import Any

import pytest

from pruvan_desk.domain.destinations import DOWNLOADER
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import FieldStatus, ItemState, ProjectStatus
from pruvan_desk.operations.integrations import renew_token
from pruvan_desk.operations.project_edits import duplicate_project
from pruvan_desk.operations.qa import mark_items, publish_items
from pruvan_desk.store.models import AuditEvent, Crew, Project, RelayJob
from pruvan_desk.wire.credentials import Credentials
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, FieldCaller, part, small_jpeg

REFUSED = "User name or token is wrong. Ask the office for a new token."


@pytest.mark.parametrize("extension", ["", ".json", ".php", ".aspx"])
def test_the_four_calls_answer_with_and_without_an_extension(field: FieldCaller, desk: Desk, extension: str) -> None:
    status = {"workOrders": [{"workOrderNumber": "AFS::4711", "status": "In Process"}]}
    payload = field.payload(uuid="item-1", key2="AFS::4711", key4="Grass Cut", evidenceType="Before")
    files = {"payload": (None, payload), "file": ("front.jpg", small_jpeg(1))}
    uploaded = field.post_form(f"uploadPictures{extension}", files=files)
    assert field.call(f"validate{extension}").json() == {"error": "", "validated": True}
    assert field.call(f"status{extension}", **status).json() == {"error": None, "status": True}
    assert uploaded.json() == {"error": "", "status": True}
    answer = field.call(f"getWorkOrders{extension}", timestamp=None).json()
    assert answer["error"] == ""
    assert [order["workOrderNumber"] for order in answer["workOrders"]] == ["AFS::4711"]
    assert desk.item("item-1").state == ItemState.PENDING_QA


def test_other_calls_are_not_known(field: FieldCaller) -> None:
    answer = field.call("deleteEverything")
    assert answer.status_code == 404
    assert answer.json() == {"error": "There is no such call.", "status": False}


def strangers(desk: Desk, crew: Credentials) -> dict[str, Credentials]:
    """Everybody who may not call, by what is wrong with them."""
    dismissed, renewed = desk.crew("dismissed"), desk.crew("renewed")
    crews = {row.username: row.id for row in desk.all(Crew)}
    desk.change(Crew, crews["dismissed"], active=False)
    renew_token(desk.database, crews["renewed"], "the office")
    return {
        "wrong token": Credentials(crew.username, "", "wrong"),
        "no token": Credentials(crew.username, "", ""),
        "unknown crew": Credentials("nobody", "", crew.token),
        "no user name": Credentials("", "", crew.token),
        "another's token": Credentials("renewed", "", crew.token),
        "revoked token": renewed,
        "inactive crew": dismissed,
    }


@pytest.mark.logs("a call was refused")
def test_strangers_are_refused_in_the_documented_shape_and_always_the_same_words(
    field: FieldCaller, desk: Desk
) -> None:
    refused = {"error": REFUSED, "status": False, "validated": False}
    status = [{"workOrderNumber": "AFS::4711", "status": "Completed"}]
    for why, credentials in strangers(desk, field.crew).items():
        with FieldCaller(field.gateway, credentials) as stranger:
            assert stranger.call("validate").json() == {"error": REFUSED, "validated": False}, why
            assert stranger.call("getWorkOrders").json() == refused, why
            assert stranger.call("status", workOrders=status).json() == refused, why
            assert stranger.send(f"from {why}", small_jpeg(1)).json() == refused, why
    assert desk.states() == {}
    assert desk.numbered("4711").field_status == FieldStatus.NEW
    assert desk.files_on_disk() == []


@pytest.mark.logs("a call was refused")
def test_a_login_of_the_wrong_types_is_a_stranger_too(field: FieldCaller) -> None:
    for odd in (None, 17, [], {"a": 1}, True, "\ud83d"):
        assert field.call("getWorkOrders", token=odd).json()["error"] == REFUSED
        assert field.call("getWorkOrders", username=odd).json()["error"] == REFUSED


def test_a_crew_gets_only_its_open_orders_and_those_of_everybody(desk: Desk) -> None:
    afs, bank = desk.field_office("AFS"), desk.field_office("BNK")
    desk.project(afs, "1", assigned_to="crew1")
    desk.project(afs, "2", assigned_to="crew2")
    desk.project(afs, "3")
    desk.project(afs, "4", assigned_to="")
    desk.project(afs, "5", status=ProjectStatus.CLOSED)
    desk.project(bank, "1", assigned_to="crew1", qa_in_field=True, options={"check_in_required": True})
    crew = desk.crew("crew1")
    with RunningEngine(desk) as engine, FieldCaller(engine.gateway, crew) as caller:
        orders = {order["workOrderNumber"]: order for order in caller.call("getWorkOrders").json()["workOrders"]}
    assert list(orders) == ["AFS::1", "AFS::3", "BNK::1"]
    assert orders["BNK::1"]["options"] == {"check_in_required": True, "qa_in_field": True}
    assert orders["AFS::1"]["options"] == {"qa_in_field": False}


def test_a_crew_without_orders_gets_an_empty_list(desk: Desk) -> None:
    crew = desk.crew()
    with RunningEngine(desk) as engine, FieldCaller(engine.gateway, crew) as caller:
        assert caller.call("getWorkOrders").json() == {"workOrders": [], "error": ""}


def test_simple_calls_take_a_form_of_either_kind(field: FieldCaller) -> None:
    answer = field.post_form("validate", files={"payload": (None, field.payload())})
    assert answer.json() == {"error": "", "validated": True}


BAD_PAYLOADS: dict[str, Any] = {
    "not JSON": "{",
    "empty": "",
    "a list": "[1]",
    "a number": "17",
    "null": "null",
    "endless nesting": "[" * 100_000,
    "deep nesting": '{"a":' * 980 + "1" + "}" * 980,
}


@pytest.mark.parametrize("call", ["validate", "getWorkOrders", "status", "uploadPictures"])
@pytest.mark.parametrize("text", BAD_PAYLOADS.values(), ids=BAD_PAYLOADS)
def test_a_payload_that_cannot_be_read_is_refused_in_words(
    field: FieldCaller, desk: Desk, call: str, text: str
) -> None:
    for answer in (
        field.post_form(call, data={"payload": text}),
        field.post_form(call, files={"payload": (None, text), "file": ("a.jpg", small_jpeg(1))}),
        field.post_raw(call, part("payload", text) + part("file", b"bytes", "a.jpg") + b"--line--\r\n"),
    ):
        said = answer.json()
        assert answer.status_code == 200
        assert said["error"].startswith(
            ("The payload is not JSON.", "The payload is not an object.", "The payload is nested")
        )
        assert (said["status"], said["validated"]) == (False, False)
    assert desk.files_on_disk() == []


def test_a_form_without_a_payload_is_refused_in_words(field: FieldCaller) -> None:
    assert field.post_form("validate", data={"other": "1"}).json()["error"].startswith("The payload is not JSON.")
    assert field.post_raw("validate", b"", "text/plain").json()["status"] is False


@pytest.mark.parametrize("word", ["Completed", "complete", "COMPLETED"])
def test_completed_releases_what_is_held_and_the_client_hears_of_it(desk: Desk, word: str) -> None:
    project_id = desk.project(desk.field_office(), qa_in_field=True)
    other = desk.project(1, "4712", qa_in_field=True)
    for _ in range(3):
        desk.photo(project_id, ItemState.HELD)
    desk.photo(other, ItemState.HELD)
    crew = desk.crew()
    with RunningEngine(desk) as engine, FieldCaller(engine.gateway, crew) as caller:
        answer = caller.call("status", workOrders=[{"workOrderNumber": "AFS::4711", "status": word}])
    assert answer.json() == {"error": None, "status": True}
    assert desk.states() == {ItemState.QUEUED: 3, ItemState.HELD: 1}
    assert [job.status_word for job in desk.all(RelayJob, item_id=None)] == ["Completed"]
    assert desk.numbered("4711").status == ProjectStatus.ASSIGNED


@pytest.mark.parametrize("word", ["In Process", "Rework", "Viewed"])
def test_other_field_statuses_release_nothing(desk: Desk, word: str) -> None:
    desk.photo(desk.project(desk.field_office(), qa_in_field=True), ItemState.HELD)
    crew = desk.crew()
    with RunningEngine(desk) as engine, FieldCaller(engine.gateway, crew) as caller:
        caller.call("status", workOrders=[{"workOrderNumber": "AFS::4711", "status": word}])
    assert desk.states() == {ItemState.HELD: 1}
    assert desk.numbered("4711").field_status == word


def test_in_process_after_completed_holds_later_arrivals_only(desk: Desk) -> None:
    desk.photo(desk.project(desk.field_office(), qa_in_field=True), ItemState.HELD)
    crew = desk.crew()
    with RunningEngine(desk) as engine, FieldCaller(engine.gateway, crew) as caller:
        caller.call("status", workOrders=[{"workOrderNumber": "AFS::4711", "status": "Completed"}])
        caller.send("meanwhile", small_jpeg(1))
        caller.call("status", workOrders=[{"workOrderNumber": "AFS::4711", "status": "In Process"}])
        caller.send("later", small_jpeg(2))
    assert desk.states() == {ItemState.QUEUED: 2, ItemState.HELD: 1}
    assert desk.item("later").state == ItemState.HELD


def test_each_status_is_taken_by_itself_and_the_first_bad_one_named(field: FieldCaller, desk: Desk) -> None:
    desk.project(1, "4712")
    entries = [
        {"workOrderNumber": "AFS::4711", "status": "In Process"},
        {"workOrderNumber": "AFS::9999", "status": "In Process"},
        {"workOrderNumber": "AFS::4712", "status": "Dancing"},
        "nonsense",
        {"workOrderNumber": "AFS::4712", "fieldStatus": "Completed"},
    ]
    answer = field.call("status", workOrders=entries).json()
    assert answer["status"] is False
    assert answer["error"] == {"workOrderNumber": "AFS::9999", "message": "There is no order AFS::9999."}
    assert [project.field_status for project in desk.all(Project)] == ["In Process", "Completed"]


def test_the_office_can_see_which_crew_said_what(field: FieldCaller, desk: Desk) -> None:
    field.call("status", workOrders=[{"workOrderNumber": "4711", "status": "Completed"}])
    events = [event for event in desk.all(AuditEvent) if event.what == "field status"]
    assert [(event.who, event.details) for event in events] == [("crew1", {"before": "New", "after": "Completed"})]


def test_the_office_sees_when_a_crew_was_last_heard_of(desk: Desk, field: FieldCaller) -> None:
    assert desk.all(Crew)[0].last_seen_at is None
    field.call("validate")
    first = desk.all(Crew)[0].last_seen_at
    assert first is not None
    field.call("getWorkOrders")
    assert desk.all(Crew)[0].last_seen_at == first


def test_an_order_of_the_offices_own_is_served_and_takes_what_the_crew_sends_and_no_client_hears_of_it(
    field: FieldCaller, desk: Desk
) -> None:
    _, own = duplicate_project(desk.database, desk.numbered("4711").id, WHO)
    served = field.call("getWorkOrders", timestamp=None).json()["workOrders"]
    assert [order["workOrderNumber"] for order in served] == ["AFS::4711", "OFFICE::4711"]
    assert field.send("item-1", small_jpeg(1), key2="OFFICE::4711").json()["status"] is True
    status = [{"workOrderNumber": "OFFICE::4711", "status": "Completed"}]
    assert field.call("status", workOrders=status).json() == {"error": None, "status": True}
    item = desk.inspected("item-1")
    assert (item.project_id, item.state) == (own, ItemState.PENDING_QA)
    assert desk.get(Project, own).field_status == FieldStatus.COMPLETED
    mark_items(desk.database, [item.id], Decision.PASS, WHO)
    publish_items(desk.database, [item.id], WHO, DOWNLOADER)
    desk.wait_for(published=1)
    assert [job.destination for job in desk.all(RelayJob)] == ["downloader"]


def test_a_bare_number_that_the_client_and_the_office_both_have_is_nobodys_until_somebody_chooses(
    field: FieldCaller, desk: Desk
) -> None:
    duplicate_project(desk.database, desk.numbered("4711").id, WHO)
    assert field.send("item-1", small_jpeg(1), key2="4711").json()["status"] is True
    assert desk.item("item-1").state == ItemState.UNASSIGNED
