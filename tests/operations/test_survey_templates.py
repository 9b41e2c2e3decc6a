"""Forms from a file, for orders that only name them."""

import json

import pytest

from pruvan_desk.core.errors import UsageError
from pruvan_desk.operations.survey_templates import import_template, import_template_file
from pruvan_desk.store.models import SurveyTemplateRow, Task

FORM = {"meta": {"surveyTemplateId": "F", "version": "2", "name": "Form"}, "questions": [{"id": "a"}, {"id": "a"}]}


def test_a_form_from_a_file_is_given_to_the_tasks_that_wait_for_it_and_its_faults_are_named(office):
    integration = office.integration()
    office.project(integration)
    (task,) = office.all(Task)
    office.change(Task, task.id, survey_id="F")
    changes, faults = import_template(office.database, integration, b"\xef\xbb\xbf" + json.dumps(FORM).encode(), "boss")
    (row,) = office.all(SurveyTemplateRow)
    assert (row.template_id, row.version, row.body) == ("F", "2", FORM)
    assert office.get(Task, task.id).survey_template_id == row.id
    assert changes.integrations == {integration}
    assert len(faults) == 1
    assert "a is there twice" in faults[0]


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b'{"answers": []}', b'{"questions": {}}'])
def test_what_is_no_form_is_refused(office, content):
    integration = office.integration()
    with pytest.raises(UsageError):
        import_template(office.database, integration, content, "boss")
    assert office.all(SurveyTemplateRow) == []


def test_a_file_that_is_gone_is_named(office, tmp_path):
    with pytest.raises(UsageError, match=r"gone.json cannot be read"):
        import_template_file(office.database, office.integration(), tmp_path / "gone.json", "boss")
