"""The checklist that a demanded Check In brings: once, and gone again with the demand unless it was answered."""

from zoneinfo import ZoneInfo

import pytest

from builders import order_json
from pruvan_desk.domain.statuses import FileType
from pruvan_desk.domain.surveys.reading import read_form
from pruvan_desk.store.checklists import CHECKLIST_ID, NAME, settle_checklists
from pruvan_desk.store.imports import load_known
from pruvan_desk.store.models import Project, SurveyDraft, SurveyTemplateRow, Task
from pruvan_desk.wire.orders import read_order

DEMANDED = {"check_in_required": "1", "check_in_provider": "ags"}


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration(), options=DEMANDED)


def settle(office, project):
    with office.database.write() as writing:
        settle_checklists(writing, 1, [project])
    return writing.changes


def checklists(office):
    return [task for task in office.all(Task) if task.name == NAME and not task.removed]


def test_an_order_that_demands_a_check_in_gets_the_checklist_once(office, project):
    assert settle(office, project).projects == {project}
    assert not settle(office, project)
    (task,) = checklists(office)
    (form,) = office.all(SurveyTemplateRow)
    assert (task.survey_id, task.survey_template_id, form.template_id) == (CHECKLIST_ID, form.id, CHECKLIST_ID)
    assert read_form(form.body).faults == ()


def test_one_that_demands_none_gets_none(office, project):
    office.change(Project, project, options={"check_in_required": "0"})
    settle(office, project)
    assert checklists(office) == []


def test_the_form_that_the_client_sent_before_is_the_one(office, project):
    with office.database.write() as writing:
        row = SurveyTemplateRow(
            integration_id=1, template_id=CHECKLIST_ID, version="7", name=NAME, body={}, received_at=writing.now
        )
        writing.session.add(row)
    settle(office, project)
    assert checklists(office)[0].survey_template_id == row.id


def test_one_that_the_client_sends_itself_stands_in_for_ours(office):
    project = office.project(office.integration(), tasks=("AGS Checklist",), options=DEMANDED)
    settle(office, project)
    assert [task.added_here for task in checklists(office)] == [False]


def test_it_goes_with_the_demand_and_comes_back_with_it(office, project):
    settle(office, project)
    office.change(Project, project, options={})
    settle(office, project)
    assert checklists(office) == []
    office.change(Project, project, options=DEMANDED)
    settle(office, project)
    assert len(checklists(office)) == 1
    assert len(office.all(Task, name=NAME)) == 1


@pytest.mark.parametrize("answered", ["draft", "submission"])
def test_one_that_was_answered_stays(office, project, answered):
    settle(office, project)
    if answered == "draft":
        (task,) = checklists(office)
        with office.database.write() as writing:
            writing.session.add(SurveyDraft(task_id=task.id, body={}, version=1, who="ana", saved_at=writing.now))
    else:
        office.photo(project, file_type=FileType.SURVEY, task=NAME)
    office.change(Project, project, options={})
    settle(office, project)
    assert len(checklists(office)) == 1


def test_no_order_of_the_client_takes_it_away(office, project):
    settle(office, project)
    order = read_order(order_json(), ZoneInfo("America/Chicago"))
    with office.database.read() as session:
        known = load_known(session, 1, [order])
    assert [task.name for task in known["4711"].tasks] == ["Grass Cut"]
