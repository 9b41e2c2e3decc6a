"""Refresh: single orders that are odd, unreadable, mended later; forms that come by themselves or by name."""

import json
from typing import Any

import pytest

from builders import order_json
from pruvan_desk.domain.statuses import ProjectStatus
from pruvan_desk.sandbox.order_book import OrderBook
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import ImportNote, Project, SurveyTemplateRow, Task
from sync.conftest import RunningEngine
from sync.desk import Desk, FieldCaller

FORM = {
    "meta": {"surveyTemplateId": "FORM-1", "version": "2", "name": "Inspection"},
    "questions": [{"id": "a", "answerType": "yesNo", "question": "Vacant?"}],
}


def add(sandbox: FastrackSandbox, *orders: Any) -> None:
    sandbox.control("orders", {"orders": list(orders)})


BAD_ORDERS = {
    "no services": (order_json("BAD", services=None), "services"),
    "a service without a name": (order_json("BAD", services=[{"instructions": "?"}]), "serviceName"),
    "services of the wrong type": (order_json("BAD", services=17), "services"),
    "an address that is a list": (order_json("BAD", address1=["12 Elm St"]), "address1"),
    "no city": (order_json("BAD", city=None), "city"),
    "empty texts": (order_json("BAD", city="", zip=""), "city, zip"),
    "deep nesting": (order_json("BAD", attribute9=json.loads("[" * 300 + "]" * 300)), "nested too deeply"),
    "services in broken JSON": (order_json("BAD", services="[{"), "cannot be read"),
}


@pytest.mark.parametrize(("order", "reason"), BAD_ORDERS.values(), ids=BAD_ORDERS)
def test_one_bad_order_is_skipped_with_its_number_and_reason_and_the_rest_lands(
    desk: Desk, sandbox: FastrackSandbox, order: dict[str, Any], reason: str
) -> None:
    add(sandbox, order_json("1"), order, order_json("2"))
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        run = desk.imported(integration_id)
    assert (run.error, run.created, run.skipped) == ("", 2, 1)
    assert reason in desk.notes(run, "skipped")["BAD"]
    assert {project.number for project in desk.all(Project)} == {"1", "2"}


def test_an_order_without_a_number_is_noted_and_keeps_the_list_from_closing_anything(
    desk: Desk, sandbox: FastrackSandbox
) -> None:
    add(sandbox, order_json("1"), order_json("2"))
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        desk.imported(integration_id)
        add(sandbox, order_json(None))
        sandbox.control("orders/1/close", {"listed": False})
        run = desk.refresh(integration_id, full=True)
    assert (run.skipped, run.closed, run.withheld) == (1, 0, 1)
    assert "no workOrderNumber" in desk.notes(run, "skipped")[""]


def test_a_skipped_order_is_tried_again_from_what_was_kept_until_it_is_mended(
    desk: Desk, sandbox: FastrackSandbox
) -> None:
    add(sandbox, order_json("1"), order_json("2", services=17, city="Waco"))
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        desk.imported(integration_id)
        sandbox.control("clock", {"error": 3600})  # what was there before has not changed lately
        desk.refresh(integration_id)
        again = desk.refresh(integration_id)
        kept = desk.noted(again, "skipped")
        add(sandbox, order_json("2"))
        mended = desk.refresh(integration_id)
        after = desk.refresh(integration_id)
    assert not again.full
    assert [json.loads(note.source)["city"] for note in kept] == ["Waco"]
    assert (mended.created, mended.skipped, after.skipped) == (1, 0, 0)
    assert desk.numbered("2").city == "Austin"


@pytest.mark.logs("refresh failed")
@pytest.mark.parametrize("answer", ["bare_one", "html"])
def test_a_skipped_order_is_kept_through_an_answer_that_holds_no_list(
    desk: Desk, sandbox: FastrackSandbox, answer: str
) -> None:
    add(sandbox, order_json("1", services=17))
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        desk.imported(integration_id)
        sandbox.control("clock", {"error": 3600})
        sandbox.control("faults", {"call": "getWorkOrders", "mode": answer})
        desk.ask(integration_id, full=True)
        run = desk.refresh(integration_id)
    assert not run.full
    assert list(desk.notes(run, "skipped")) == ["1"]


def test_a_skipped_order_does_not_close_its_project(desk: Desk, sandbox: FastrackSandbox) -> None:
    add(sandbox, order_json("1"), order_json("2"))
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        desk.imported(integration_id)
        sandbox.control("orders/1/update", {"services": 17})
        run = desk.refresh(integration_id, full=True)
    assert (run.skipped, run.closed) == (1, 0)
    assert desk.numbered("1").status == ProjectStatus.ASSIGNED


def test_a_duplicate_service_is_remarked_and_the_first_one_kept(desk: Desk, sandbox: FastrackSandbox) -> None:
    services = [
        {"serviceName": "Grass Cut", "instructions": "first"},
        {"serviceName": "Lock Change"},
        {"serviceName": "Grass Cut", "instructions": "second"},
    ]
    add(sandbox, order_json("1", services=services))
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        run = desk.imported(integration_id)
    assert desk.notes(run, "remark") == {"1": "Ignoring duplicate service Grass Cut"}
    assert [(task.name, task.instructions) for task in desk.all(Task)] == [("Grass Cut", "first"), ("Lock Change", "")]


def test_html_and_unknown_fields_are_kept_as_they_came(desk: Desk, sandbox: FastrackSandbox) -> None:
    html = '<p>Grass &lt; 2"</p><img src=x onerror=alert(1)>'
    add(sandbox, order_json("1", instructions=html, gateColour={"hue": "grün"}, attribute7='{"a":  1}'))
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        desk.imported(integration_id)
    project = desk.numbered("1")
    assert project.instructions == html
    assert desk.source("1")["gateColour"] == {"hue": "grün"}
    assert project.attributes == {"attribute7": '{"a":  1}'}


STRANGE_TEXTS = {
    "half of an emoji": "Key is under the mat \ud83d",
    "a NUL": "before\0after",
    "a number of 400 digits": int("9" * 400),
    "endless nesting in a string of JSON": "[" * 100_000,
}


@pytest.mark.parametrize("text", STRANGE_TEXTS.values(), ids=STRANGE_TEXTS)
def test_a_strange_value_in_one_order_spoils_neither_the_import_nor_what_the_field_gets(
    desk: Desk, sandbox: FastrackSandbox, monkeypatch: pytest.MonkeyPatch, text: Any
) -> None:
    odd = order_json("1", workOrderInfo=text, instructions=text, options=text, attribute9=text)
    answer = json.dumps({"workOrders": [odd, order_json("2")], "error": ""}).encode()
    monkeypatch.setattr(OrderBook, "encoded_list", lambda _book, _since: answer)
    integration_id = desk.integrate(sandbox)
    crew = desk.crew()
    with RunningEngine(desk) as engine, FieldCaller(engine.gateway, crew) as caller:
        run = desk.imported(integration_id)
        served = caller.call("getWorkOrders").json()["workOrders"]
    assert (run.error, run.created) == ("", 2)
    assert [order["workOrderNumber"] for order in served] == ["AFS::1", "AFS::2"]


def test_a_value_that_json_does_not_know_does_not_shut_the_field_out(desk: Desk, sandbox: FastrackSandbox) -> None:
    odd = order_json("1", gpsLatitude=float("nan"), attribute9=float("inf"), options={"limit": float("nan")})
    add(sandbox, odd, order_json("2"))
    integration_id = desk.integrate(sandbox)
    crew = desk.crew()
    with RunningEngine(desk) as engine, FieldCaller(engine.gateway, crew) as caller:
        run = desk.imported(integration_id)
        served = caller.call("getWorkOrders").json()["workOrders"]
    assert (run.error, run.created) == ("", 2)
    assert [order["workOrderNumber"] for order in served] == ["AFS::1", "AFS::2"]


def test_a_survey_task_that_names_its_form_gets_it_when_it_comes(desk: Desk, sandbox: FastrackSandbox) -> None:
    add(sandbox, order_json("1", services=[{"serviceName": "Form", "survey": "AFS::FORM-1"}]))
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        desk.imported(integration_id)
        alert = desk.alerts()["forms-missing"]
        add(sandbox, order_json("2", services=[{"serviceName": "Form", "surveyDynamic": json.dumps(FORM)}]))
        desk.refresh(integration_id)
    assert "1 (FORM-1)" in alert.title
    (template,) = desk.all(SurveyTemplateRow)
    assert (template.template_id, template.version, template.body) == ("FORM-1", "2", FORM)
    assert [task.survey_template_id for task in desk.all(Task)] == [template.id, template.id]
    assert "forms-missing" not in desk.alerts()


def test_an_order_that_names_a_known_form_gets_the_newest(desk: Desk, sandbox: FastrackSandbox) -> None:
    newer = {**FORM, "meta": {**FORM["meta"], "version": "3"}}
    add(sandbox, order_json("1", services=[{"serviceName": "Form", "surveyDynamic": FORM}]))
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        desk.imported(integration_id)
        add(sandbox, order_json("2", services=[{"serviceName": "Form", "surveyDynamic": newer}]))
        desk.refresh(integration_id)
        add(sandbox, order_json("3", services=[{"serviceName": "Form", "survey": "FORM-1"}]))
        desk.refresh(integration_id)
    versions = {row.id: row.version for row in desk.all(SurveyTemplateRow)}
    assert [versions[task.survey_template_id or 0] for task in desk.all(Task)] == ["2", "3", "3"]


def test_what_is_wrong_with_a_form_is_remarked_once_and_the_order_is_imported(
    desk: Desk, sandbox: FastrackSandbox
) -> None:
    faulty = {**FORM, "questions": [{"id": "a", "triggers": [{"answer": "Yes", "enables": ["nowhere"]}]}]}
    for number in ("1", "2"):
        add(sandbox, order_json(number, services=[{"serviceName": "Form", "surveyDynamic": faulty}]))
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        desk.imported(integration_id)
    (remark,) = [note.text for note in desk.all(ImportNote) if "nowhere" in note.text]
    assert "a switches on nowhere" in remark
    assert len(desk.all(Task)) == 2


def test_an_order_that_demands_a_check_in_brings_the_checklist_once_however_often_it_comes(
    desk: Desk, sandbox: FastrackSandbox
) -> None:
    demanded = {"check_in_required": "1", "check_in_provider": "ags"}
    add(sandbox, order_json("1", options=demanded))
    integration_id = desk.integrate(sandbox)
    with RunningEngine(desk):
        desk.imported(integration_id)
        for info in ("a", "b"):
            add(sandbox, order_json("1", options=demanded, workOrderInfo=info))
            desk.refresh(integration_id, full=info == "b")
        tasks = [(task.name, task.removed) for task in desk.all(Task)]
        assert tasks == [("Grass Cut", False), ("AGS Checklist", False)]
        add(sandbox, order_json("1", options={"check_in_required": "0"}))
        desk.refresh(integration_id)
    assert [(task.name, task.removed) for task in desk.all(Task)] == [("Grass Cut", False), ("AGS Checklist", True)]
