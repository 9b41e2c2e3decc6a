"""Forms from a file, for orders that only name them."""

import json

import pytest

from pruvan_desk.core.errors import UsageError
from pruvan_desk.operations.survey_templates import import_template, import_template_file
from pruvan_desk.store.models import Alert, SurveyTemplateRow, Task

FORM = {"meta": {"surveyTemplateId": "F", "version": "2", "name": "Form"}, "questions": [{"id": "a"}, {"id": "a"}]}


def test_a_form_from_a_file_is_given_to_the_tasks_that_wait_for_it_and_its_faults_are_named(office):
    integration = office.integration()
    office.project(integration)
    (task,) = office.all(Task)
    office.change(Task, task.id, survey_id="F")
    imported = import_template(office.database, integration, b"\xef\xbb\xbf" + json.dumps(FORM).encode(), "boss")
    (row,) = office.all(SurveyTemplateRow)
    assert (row.template_id, row.version, row.body) == ("F", "2", FORM)
    assert office.get(Task, task.id).survey_template_id == row.id
    assert (imported.name, imported.new, imported.given) == ("Form 2", True, 1)
    assert (imported.changes.integrations, imported.changes.surveys) == ({integration}, {task.id})
    (fault,) = imported.faults
    assert "a is there twice" in fault


def test_the_alert_about_missing_forms_names_those_that_are_left_and_goes_with_the_last(office):
    integration = office.integration()
    for number, form in (("1", "F"), ("2", "G")):
        office.project(integration, number)
        office.change(Task, int(number), survey_id=form)

    def bring(template_id: str) -> list[str]:
        form = {"meta": {"surveyTemplateId": template_id}, "questions": [{"id": "a"}]}
        assert import_template(office.database, integration, json.dumps(form).encode(), "boss").new
        return [alert.title for alert in office.all(Alert) if alert.solved_at is None]

    assert bring("F") == ["The form of a survey task is not known: 2 (G)."]
    assert bring("G") == []


def test_a_form_that_is_known_is_not_kept_twice(office):
    integration, content = office.integration(), json.dumps(FORM).encode()
    import_template(office.database, integration, content, "boss")
    assert not import_template(office.database, integration, content, "boss").new
    assert len(office.all(SurveyTemplateRow)) == 1


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b'{"answers": []}', b'{"questions": {}}'])
def test_what_is_no_form_is_refused(office, content):
    integration = office.integration()
    with pytest.raises(UsageError):
        import_template(office.database, integration, content, "boss")
    assert office.all(SurveyTemplateRow) == []


def test_a_file_that_is_gone_is_named(office, tmp_path):
    with pytest.raises(UsageError, match=r"gone.json cannot be read"):
        import_template_file(office.database, office.integration(), tmp_path / "gone.json", "boss")
