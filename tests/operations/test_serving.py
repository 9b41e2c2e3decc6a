"""What a crew is given."""

import json

from pruvan_desk.domain.statuses import ProjectStatus
from pruvan_desk.operations.serving import orders_for
from pruvan_desk.store.models import SurveyTemplateRow, Task

FORM = {"meta": {"surveyTemplateId": "77"}, "questions": []}


def served(office, username: str = "ana") -> list[dict]:
    with office.database.read() as session:
        return json.loads(json.dumps(orders_for(session, username)))


def test_a_crew_gets_what_is_its_own_or_everybodys_and_open(office):
    integration = office.integration()
    for number, assigned_to in (("mine", "ana"), ("everybodys", "~all~"), ("bobs", "bob"), ("nobodys", "")):
        office.project(integration, number, assigned_to=assigned_to)
    office.project(integration, "over", assigned_to="ana", status=ProjectStatus.CLOSED)
    assert [order["workOrderNumber"] for order in served(office)] == ["AFS::mine", "AFS::everybodys"]
    assert [order["workOrderNumber"] for order in served(office, "")] == ["AFS::everybodys", "AFS::nobodys"]


def test_orders_of_two_integrations_never_mix(office):
    office.project(office.integration("AFS"), "1", tasks=("Grass Cut",))
    office.project(office.integration("BFS"), "1", tasks=("Trim", "Debris"))
    orders = {order["workOrderNumber"]: [line["serviceName"] for line in order["services"]] for order in served(office)}
    assert orders == {"AFS::1": ["Grass Cut"], "BFS::1": ["Trim", "Debris"]}


def test_an_order_says_its_qa_mode_and_keeps_its_options_and_attributes(office):
    office.project(
        office.integration(), qa_in_field=True, options={"check_in_required": "1"}, attributes={"attribute7": '{"x":1}'}
    )
    (order,) = served(office)
    assert order["options"] == {"check_in_required": "1", "qa_in_field": True}
    assert order["attribute7"] == '{"x":1}'


def test_the_clients_instructions_come_before_the_offices(office):
    office.project(
        office.integration(), client_instructions="Call first", instructions="Gate code 4411", due="2026-12-01"
    )
    (order,) = served(office)
    assert (order["instructions"], order["dueDate"]) == ("Call first\nGate code 4411", "2026-12-01")


def test_a_removed_task_is_not_served_and_a_form_is_served_whole(office):
    project = office.project(office.integration(), tasks=("Grass Cut", "Checklist", "Rework", "Gone"))
    with office.database.write() as writing:
        row = SurveyTemplateRow(integration_id=1, template_id="77", name="C", body=FORM, received_at=writing.now)
        writing.session.add(row)
    tasks = {task.name: task.id for task in office.all(Task, project_id=project)}
    answers = {"answers": [{"id": "q1"}]}
    office.change(Task, tasks["Checklist"], survey_id="77", survey_template_id=row.id)
    office.change(Task, tasks["Rework"], survey_id="77", survey_template_id=row.id, survey_rework=answers)
    office.change(Task, tasks["Gone"], removed=True)
    (order,) = served(office)
    lines = {line["serviceName"]: (line.get("survey"), line.get("surveyDynamic")) for line in order["services"]}
    assert lines == {"Grass Cut": (None, None), "Checklist": ("77", FORM), "Rework": ("77", answers)}


def test_without_orders_there_is_an_empty_list(office):
    assert served(office) == []
