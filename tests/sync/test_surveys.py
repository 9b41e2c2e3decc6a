"""A form that came from the order source, filled in in the office: the source ends up with exactly those answers."""

import asyncio

from builders import order_json
from pruvan_desk.domain.surveys.answers import Place
from pruvan_desk.domain.surveys.filling import Filling, fill
from pruvan_desk.operations.surveys import reopen_survey, send_back, submit_survey
from pruvan_desk.sandbox.forms import inspection_form
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Item, Retake, Task
from pruvan_desk.store.views.surveys import survey_sheet
from sync.conftest import RunningEngine
from sync.desk import Desk, phone

ANSWERS = {
    "occupied": "No", "secured": "Yes", "grass_height": "14", "hazards": ["Pool", "Mold"], "inspector": "Ana", "comments": "Ätna",
}  # fmt: skip


def filled(desk: Desk, task_id: int, **answers: object) -> Filling:
    with desk.database.read() as session:
        sheet = survey_sheet(session, task_id)
    assert sheet is not None
    assert sheet.form is not None
    filling = fill(sheet.form, sheet.draft)
    given = filling.sheet
    for name, answer in answers.items():
        given = given.answer(Place(name), answer)
    return Filling(sheet.form, given.pictures(Place("front_photo"), ["photo-1"]))


def submit(desk: Desk, task_id: int, filling: Filling) -> None:
    with desk.database.read() as session:
        sheet = survey_sheet(session, task_id)
    assert sheet is not None
    submit_survey(desk.database, task_id, filling.draft(), "mary", base=sheet.base)


def test_the_order_source_holds_exactly_the_answers_and_after_a_revision_the_new_ones(
    desk: Desk, sandbox: FastrackSandbox
) -> None:
    order = {
        "workOrderNumber": "1", "address1": "12 Elm St", "city": "Austin", "state": "TX", "zip": "78701",
        "services": [{"serviceName": "Inspection Form", "surveyDynamic": inspection_form()}],
    }  # fmt: skip
    sandbox.control("orders", {"orders": [order]})
    integration_id = desk.integrate(sandbox, qa_in_field=True)
    with RunningEngine(desk):
        desk.imported(integration_id)
        (task,) = desk.all(Task)
        filling = filled(desk, task.id, **ANSWERS)
        submit(desk, task.id, filling)
        desk.settle()
        (survey,) = sandbox.control("surveys")
        assert survey["answers"] == filling.submission()
        assert {entry["id"]: entry["answer"] for entry in survey["answers"]["answers"]}.items() >= ANSWERS.items()
        reopen_survey(desk.database, task.id, "mary")
        again = filled(desk, task.id, inspector="Ben")
        submit(desk, task.id, again)
        desk.settle()
        (survey,) = sandbox.control("surveys")
    (item,) = desk.all(Item)
    assert survey["answers"] == again.submission()
    assert (survey["uuid"], item.revision) == (item.uuid, 2)


def test_what_the_office_sends_back_is_mended_on_the_phone_and_replaces_the_first_at_the_client(
    desk: Desk, sandbox: FastrackSandbox
) -> None:
    order = order_json("1", services=[{"serviceName": "Inspection Form", "surveyDynamic": inspection_form()}])
    sandbox.control("orders", {"orders": [order | {"assignedTo": "~all~"}]})
    integration_id, crew = desk.integrate(sandbox, qa_in_field=True), desk.crew()

    def works(gateway: str, seed: int) -> None:
        async def work() -> None:
            async with phone(gateway, crew, seed) as device:
                (served,) = await device.fetch_orders()
                assert not (await device.work(served)).status_errors

        asyncio.run(work())
        desk.settle()

    with RunningEngine(desk) as engine:
        desk.imported(integration_id)
        works(engine.gateway, 1)
        (first,) = sandbox.control("surveys")
        (task,) = desk.all(Task)
        send_back(desk.database, task.id, "Where is the fence?", "mary")
        works(engine.gateway, 2)
        _, second = sandbox.control("surveys")
    assert second["answers"] == first["answers"]
    (item,) = desk.all(Item, uuid=second["uuid"])
    assert item.parent_uuid == first["uuid"]
    assert desk.all(Retake)[0].answered_at is not None
