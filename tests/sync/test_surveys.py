"""A form that came from the order source, filled in in the office: the source ends up with exactly those answers."""

from pruvan_desk.domain.surveys.answers import Place
from pruvan_desk.domain.surveys.filling import Filling, fill
from pruvan_desk.operations.surveys import reopen_survey, submit_survey
from pruvan_desk.sandbox.forms import inspection_form
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Item, Task
from pruvan_desk.store.views.surveys import survey_sheet
from sync.conftest import RunningEngine
from sync.desk import Desk

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
