"""What a refresh writes: projects, tasks and forms."""

import json
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from builders import Office, order_json
from pruvan_desk.domain.orders import Order
from pruvan_desk.domain.refresh import Create, ImportSettings, Update, plan_refresh
from pruvan_desk.domain.statuses import FileType, ProjectStatus
from pruvan_desk.store.imports import Importer, load_known, load_open, settle_missing_forms, tasks_without_form
from pruvan_desk.store.models import Project, SurveyTemplateRow, Task
from pruvan_desk.wire.items import OutgoingItem
from pruvan_desk.wire.orders import read_order
from pruvan_desk.wire.values import read_json

OFFICE = ZoneInfo("America/Chicago")
FORM = {"meta": {"surveyTemplateId": "77", "version": "1", "name": "Checklist"}, "questions": [{"id": "q1"}]}


class Import:
    """Orders as they come, planned and written."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.integration = office.integration()

    def take(self, *entries: dict, auto_admin: bool = True) -> None:
        orders = [read_order(entry, OFFICE) for entry in entries]
        assert all(isinstance(order, Order) for order in orders)
        settings = ImportSettings(full=False, auto_admin=auto_admin)
        with self.office.database.read() as session:
            known = load_known(session, self.integration, orders)
        plan = plan_refresh(known, orders, settings)
        importer = Importer(self.integration, qa_in_field=True)
        with self.office.database.write() as writing:
            importer.create(writing, [step for step in plan.steps if isinstance(step, Create)])
            for step in plan.steps:
                if isinstance(step, Update):
                    importer.update(writing, step)
            settle_missing_forms(writing, self.integration)

    def project(self, number: str = "4711") -> Project:
        (row,) = self.office.all(Project, number=number)
        return row

    def tasks(self, number: str = "4711") -> list[Task]:
        return self.office.all(Task, project_id=self.project(number).id)

    def missing(self) -> list[tuple[str, str]]:
        with self.office.database.read() as session:
            return tasks_without_form(session, self.integration)


@pytest.fixture
def imports(office) -> Import:
    return Import(office)


def line(name: str = "Checklist", **fields) -> dict:
    return {"serviceName": name, **fields}


def test_an_order_becomes_a_project_as_it_was_sent(imports):
    imports.take(
        order_json(dueDate="2026-12-01", gpsLatitude="30.5", options={"a": 1}, strangerField="kept", zip=78701)
    )
    row = imports.project()
    assert (row.number, row.zip, row.due, row.latitude, row.options) == ("4711", "78701", "2026-12-01", 30.5, {"a": 1})
    assert (row.status, row.qa_in_field, row.assigned_to) == (ProjectStatus.ASSIGNED, True, "~all~")
    with imports.office.database.read() as session:
        assert "strangerField" in session.scalar(select(Project.source))


def test_an_order_that_comes_as_it_was_is_known_to_be_unchanged(imports):
    imports.take(order_json())
    for entry, unchanged in ((order_json(), True), (order_json(workOrderInfo="new"), False)):
        with imports.office.database.read() as session:
            known = load_known(session, imports.integration, [read_order(entry, OFFICE)])
        assert known["4711"].unchanged_source is unchanged
        assert len(known["4711"].tasks) == (0 if unchanged else 1)


def test_two_integrations_may_have_one_number(imports, office):
    imports.take(order_json())
    other = Import.__new__(Import)
    other.office, other.integration = office, office.integration("BFS")
    other.take(order_json(city="Dallas"))
    assert [row.city for row in office.all(Project, number="4711")] == ["Austin", "Dallas"]


def test_hundreds_of_new_orders_are_written_with_their_tasks(imports):
    imports.take(*(order_json(n, services=["Grass Cut", "Trim"], options={"n": n}) for n in range(600)))
    assert len(imports.office.all(Project)) == 600
    assert imports.project("599").options == {"n": 599}
    assert [task.name for task in imports.tasks("599")] == ["Grass Cut", "Trim"]


def test_free_attributes_that_an_update_does_not_send_stand(imports):
    text = '{ "k" : 1 }'
    imports.take(order_json(attribute7=text, attribute8="a", attribute9="b"))
    imports.take({"workOrderNumber": "4711", "attribute8": "new", "attribute9": "", "workOrderInfo": "changed"})
    assert imports.project().attributes == {"attribute7": text, "attribute8": "new", "attribute9": "b"}


@pytest.mark.parametrize(
    "text", ['{ "b" : 1,  "a":"\\u00fc/\\/" }\n', "\U0001f600\t'\"\\", "4711.00", "null", " ", "x" * 100_000]
)
def test_a_free_attribute_goes_through_the_store_byte_for_byte(imports, text):
    imports.take(read_json(json.dumps(order_json(attribute7=text, attribute30=text))))
    row = imports.project()
    sent = OutgoingItem(
        uuid="u", work_order=row.number, task="", evidence_type="before", file_type=FileType.PICTURE, file_name="a.jpg",
        file_ext="jpg", client_code="AFS", address=("", "", "", "", "", ""), attributes=row.attributes,
    ).payload()  # fmt: skip
    assert (sent["attribute7"], sent["attribute30"]) == (text, text)


def test_an_update_without_services_leaves_the_tasks(imports):
    imports.take(order_json(services=["Grass Cut", "Trim"]))
    imports.take({"workOrderNumber": "4711", "workOrderInfo": "Gate"})
    assert [(task.name, task.removed) for task in imports.tasks()] == [("Grass Cut", False), ("Trim", False)]
    assert imports.project().info == "Gate"


def test_a_renamed_service_keeps_its_task_by_the_id_it_got_later(imports):
    imports.take(order_json(services=[line("Trim")]))
    imports.take(order_json(services=[line("Trim", source_service_id="9")]))
    imports.take(order_json(services=[line("Trim hedges", source_service_id="9")]))
    (task,) = imports.tasks()
    assert (task.name, task.source_service_id) == ("Trim hedges", "9")


@pytest.mark.parametrize("auto_admin", [True, False])
def test_auto_admin_decides_whether_tasks_follow(imports, auto_admin):
    imports.take(order_json(services=[line("Trim", source_service_id="9", instructions="old", options={"a": 1})]))
    changed = line("Trim hedges", source_service_id="9", instructions="new", options={"a": 2})
    imports.take(order_json(services=[changed]), auto_admin=auto_admin)
    (task,) = imports.tasks()
    expected = ("Trim hedges", "new", {"a": 2}) if auto_admin else ("Trim", "old", {"a": 1})
    assert (task.name, task.instructions, task.options) == expected


def test_a_removed_task_is_marked_and_a_new_one_added(imports):
    imports.take(order_json(services=["Grass Cut", "Trim"]))
    imports.take(order_json(services=["Trim", "Debris"]))
    assert [(task.name, task.removed) for task in imports.tasks()] == [
        ("Grass Cut", True),
        ("Trim", False),
        ("Debris", False),
    ]


def test_a_whole_form_is_kept_once_by_id_and_version(imports):
    imports.take(order_json(1, services=[line(surveyDynamic=FORM)]), order_json(2, services=[line(surveyDynamic=FORM)]))
    newer = FORM | {"meta": FORM["meta"] | {"version": "2"}}
    imports.take(order_json(3, services=[line(surveyDynamic=newer)]))
    rows = imports.office.all(SurveyTemplateRow)
    assert [(row.template_id, row.version, row.name) for row in rows] == [
        ("77", "1", "Checklist"),
        ("77", "2", "Checklist"),
    ]
    assert rows[0].body == FORM
    assert [imports.tasks(number)[0].survey_template_id for number in "123"] == [rows[0].id, rows[0].id, rows[1].id]


def test_an_order_that_names_only_the_id_gets_the_newest_form(imports):
    newer = FORM | {"meta": FORM["meta"] | {"version": "2"}}
    imports.take(
        order_json(1, services=[line(surveyDynamic=FORM)]), order_json(2, services=[line(surveyDynamic=newer)])
    )
    imports.take(order_json(3, services=[line(survey="AFS::77")]))
    (task,) = imports.tasks("3")
    assert task.survey_template_id == imports.office.all(SurveyTemplateRow, version="2")[0].id
    assert imports.missing() == []


def test_a_form_that_nobody_has_sent_is_missing_until_it_comes(imports):
    imports.take(order_json(1, services=[line(survey="77")]))
    assert imports.missing() == [("1", "77")]
    imports.take(order_json(2, services=[line(surveyDynamic=FORM)]))
    assert imports.missing() == []
    assert imports.tasks("1")[0].survey_template_id == imports.tasks("2")[0].survey_template_id


def test_an_earlier_answer_set_comes_back_for_rework(imports):
    answers = {"meta": {"surveyTemplateId": "77"}, "answers": [{"id": "q1", "answer": ""}]}
    imports.take(order_json(1, services=[line(surveyDynamic=answers)]))
    (task,) = imports.tasks("1")
    assert (task.survey_id, task.survey_rework) == ("77", answers)
    assert imports.missing() == []


def test_a_whole_form_after_a_rework_asks_for_fresh_answers(imports):
    answers = {"meta": {"surveyTemplateId": "77"}, "answers": [{"id": "q1", "answer": ""}]}
    imports.take(order_json(1, services=[line(surveyDynamic=answers)]))
    imports.take(order_json(1, services=[line(surveyDynamic=FORM)]))
    (task,) = imports.tasks("1")
    assert (task.survey_rework, task.survey_template_id is not None) == (None, True)


def test_only_open_projects_can_be_absent(imports, office):
    imports.take(order_json(1), order_json(2))
    office.change(Project, imports.project("2").id, status=ProjectStatus.CLOSED)
    with office.database.read() as session:
        assert [known.number for known in load_open(session, imports.integration)] == ["1"]


def newer(version: str = "2", **more) -> dict:
    return FORM | {"meta": FORM["meta"] | {"version": version}} | more


def test_a_form_stays_with_the_project_that_got_it_though_another_order_brings_a_newer_one(imports):
    imports.take(order_json("1", services=[line(surveyDynamic=FORM)]))
    imports.take(order_json("2", services=[line(surveyDynamic=newer())]))
    imports.take(order_json("1", workOrderInfo="new", services=[line(survey="77")]))
    versions = {row.id: row.version for row in imports.office.all(SurveyTemplateRow)}
    assert [versions[imports.tasks(number)[0].survey_template_id] for number in ("1", "2")] == ["1", "2"]
    imports.take(order_json("3", services=[line(survey="77")]))
    assert versions[imports.tasks("3")[0].survey_template_id] == "2"


def test_its_own_order_may_bring_a_newer_one(imports):
    imports.take(order_json("1", services=[line(surveyDynamic=FORM)]))
    imports.take(order_json("1", services=[line(surveyDynamic=newer())]))
    row = imports.office.get(SurveyTemplateRow, imports.tasks("1")[0].survey_template_id)
    assert row.version == "2"


def test_another_form_under_the_same_version_is_kept_beside_it(imports):
    imports.take(order_json("1", services=[line(surveyDynamic=FORM)]))
    for number in ("2", "3"):
        imports.take(order_json(number, services=[line(surveyDynamic=newer("1", questions=[{"id": "q2"}]))]))
    first, second = imports.office.all(SurveyTemplateRow)
    assert (first.body["questions"], second.body["questions"]) == ([{"id": "q1"}], [{"id": "q2"}])
    assert second.version.startswith("1+")
    assert imports.tasks("3")[0].survey_template_id == second.id
