"""Forms filled in in the office: the draft, the submission, and the crew's that comes between."""

import pytest

from builders import item_json, receive_item
from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import FieldStatus, ItemState, ProjectStatus
from pruvan_desk.operations.qa import assign_items, mark_items, publish_items
from pruvan_desk.operations.serving import orders_for
from pruvan_desk.operations.surveys import (
    OVERTAKEN,
    SurveyGapsError,
    SurveyOvertakenError,
    discard_draft,
    reopen_survey,
    save_draft,
    send_back,
    submit_survey,
)
from pruvan_desk.operations.undo import redo, undo
from pruvan_desk.store.models import Item, Project, RelayJob, Retake, SurveyDraft, SurveyTemplateRow, Task
from pruvan_desk.store.surveys import Base
from pruvan_desk.store.views.project_details import project_details
from pruvan_desk.store.views.projects import project_rows
from pruvan_desk.store.views.surveys import SurveyState, survey_rows, survey_sheet
from pruvan_desk.wire.items import read_item

FORM = {
    "meta": {"surveyTemplateId": "F", "version": "1", "name": "Inspection"},
    "questions": [
        {"id": "a", "answerType": "text", "question": "Who?", "required": True},
        {"id": "b", "answerType": "text", "question": "Why?"},
    ],
}


def answers(text="Ana", **more):
    return {"answers": [{"id": "a", "answer": text, **more}]}


class Survey:
    """A survey task, and what a person does with it."""

    def __init__(self, office, **project):
        self.office, self.database = office, office.database
        self.integration = office.integration()
        self.project = office.project(self.integration, tasks=("Inspection",), **project)
        with self.database.write() as writing:
            row = SurveyTemplateRow(
                integration_id=self.integration, template_id="F", version="1", name="Inspection", body=FORM,
                received_at=writing.now,
            )  # fmt: skip
            writing.session.add(row)
        self.task = office.all(Task)[0].id
        office.change(Task, self.task, survey_id="F", survey_template_id=row.id)

    @property
    def sheet(self):
        with self.database.read() as session:
            return survey_sheet(session, self.task)

    @property
    def state(self):
        with self.database.read() as session:
            return survey_rows(session)[0].state

    @property
    def items(self):
        return self.office.all(Item)

    def save(self, body, version=0, base=None):
        return save_draft(self.database, self.task, body, "ana", version=version, base=base or self.sheet.base)

    def submit(self, body, base=None, **more):
        return submit_survey(self.database, self.task, body, "ana", base=base or self.sheet.base, **more)

    def crew_submits(self, text="Ben", uuid="phone", order="AFS::4711", **more):
        payload = item_json(
            uuid, key2=order, key4="Inspection", fileType="survey", survey=answers(text, **more), createdBy="crew7"
        )
        receive_item(self.database, read_item(payload), None, "crew7")


@pytest.fixture
def survey(office):
    return Survey(office)


def test_a_draft_is_kept_as_it_is_typed_and_found_again(survey):
    assert survey.state == SurveyState.OPEN
    survey.save(answers("A"))
    changes = survey.save(answers("An"), version=1)
    assert changes.surveys == {survey.task}
    assert (survey.sheet.draft, survey.sheet.version, survey.state) == (answers("An"), 2, SurveyState.DRAFT)


@pytest.mark.parametrize("version", [0, 2])
def test_two_windows_do_not_overwrite_each_other(survey, version):
    survey.save(answers("A"))
    with pytest.raises(UsageError, match="ana is filling in"):
        survey.save(answers("B"), version=version)
    assert survey.sheet.draft == answers("A")


def test_a_discarded_draft_does_not_come_back(survey):
    survey.save(answers("A"))
    discard_draft(survey.database, survey.task, "ana")
    with pytest.raises(UsageError, match="discarded elsewhere"):
        survey.save(answers("B"), version=1)
    assert (survey.office.all(SurveyDraft), survey.state) == ([], SurveyState.OPEN)


def test_what_is_submitted_is_an_item_of_its_own_that_waits_for_qa(survey):
    survey.save(answers())
    survey.submit(answers(strange="kept"))
    (item,) = survey.items
    assert (item.state, item.file_type, item.task, item.evidence_type) == (
        ItemState.PENDING_QA, "survey", "Inspection", "survey",
    )  # fmt: skip
    assert (item.template, item.created_by, item.from_app, item.revision) == ("AFS::F", "ana", False, 1)
    assert [entry["answer"] for entry in item.survey["answers"]] == ["Ana", ""]
    assert item.survey["answers"][0]["strange"] == "kept"
    assert (survey.office.all(SurveyDraft), survey.state) == ([], SurveyState.SUBMITTED)


@pytest.mark.parametrize("field_status", [FieldStatus.NEW, FieldStatus.COMPLETED])
def test_where_qa_is_in_the_field_it_is_queued_at_once(office, field_status):
    survey = Survey(office, qa_in_field=True, field_status=field_status)
    survey.submit(answers())
    assert (survey.items[0].state, len(office.all(RelayJob))) == (ItemState.QUEUED, 1)


def test_a_form_with_gaps_is_not_submitted_and_the_gaps_are_named(survey):
    survey.save(answers(""))
    with pytest.raises(SurveyGapsError) as refused:
        survey.submit(answers(""))
    assert [gap.question for gap in refused.value.gaps] == ["Who?"]
    assert (survey.items, survey.state) == ([], SurveyState.DRAFT)


def test_a_closed_project_takes_no_more_answers(survey):
    survey.office.change(Project, survey.project, status=ProjectStatus.CLOSED)
    with pytest.raises(UsageError, match="closed"):
        survey.submit(answers())


def test_reopening_makes_the_next_revision_of_the_same_item(survey):
    survey.submit(answers("Ana"))
    uuid = survey.items[0].uuid
    reopen_survey(survey.database, survey.task, "ana")
    assert (survey.state, survey.sheet.draft) == (SurveyState.DRAFT, survey.items[0].survey)
    survey.submit(answers("Ann"))
    (item,) = survey.items
    assert (item.uuid, item.revision, item.survey["answers"][0]["answer"]) == (uuid, 2, "Ann")
    assert [found.survey["answers"][0]["answer"] for found in survey.sheet.submitted] == ["Ann", "Ana"]


def test_what_the_client_has_goes_again_under_the_same_uuid(survey):
    survey.submit(answers("Ana"))
    (item,) = survey.items
    survey.office.change(Item, item.id, state=ItemState.PASSED)
    publish_items(survey.database, [item.id], "ana")
    survey.office.change(Item, item.id, state=ItemState.PUBLISHED)
    reopen_survey(survey.database, survey.task, "ana")
    survey.submit(answers("Ann"))
    jobs = survey.office.all(RelayJob)
    assert (survey.items[0].state, jobs[-1].revision, jobs[-1].state) == (ItemState.QUEUED, 2, "queued")


@pytest.mark.parametrize("draft", [True, False])
def test_only_what_was_submitted_and_is_not_open_can_be_reopened(survey, draft):
    if draft:
        survey.submit(answers())
        survey.save(answers("Ann"))
    with pytest.raises(UsageError, match="open already" if draft else "was not submitted"):
        reopen_survey(survey.database, survey.task, "ana")


def test_the_crews_submission_leaves_the_draft_alone_and_is_named(survey):
    survey.save(answers("Ana"))
    survey.crew_submits("Ben")
    sheet = survey.sheet
    assert (sheet.draft, sheet.overtaken_by.who) == (answers("Ana"), "crew7")


def test_the_office_does_not_replace_the_crews_without_being_asked_and_keeps_theirs(survey):
    survey.save(answers("Ana"))
    base = survey.sheet.base
    survey.crew_submits("Ben")
    with pytest.raises(SurveyOvertakenError, match="crew7 submitted"):
        survey.submit(answers("Ana"), base)
    survey.submit(answers("Ana"), base, over_another=True)
    (item,) = survey.items
    assert (item.uuid, item.revision, item.from_app) == ("phone", 2, False)
    assert [(found.who, found.survey["answers"][0]["answer"]) for found in survey.sheet.submitted] == [
        ("ana", "Ana"), ("crew7", "Ben"),
    ]  # fmt: skip
    survey.crew_submits("Ben")  # the phone has not heard that it arrived, and sends the same again
    assert survey.items[0].survey["answers"][0]["answer"] == "Ana"


def test_a_later_submission_of_the_crew_stands_and_the_offices_unsent_one_is_kept_unsent(office):
    survey = Survey(office, qa_in_field=True)
    survey.submit(answers("Ana"))
    survey.crew_submits("Ben")
    mine, theirs = survey.items
    assert (mine.state, mine.reject_reason, theirs.parent_uuid) == (ItemState.REJECTED, OVERTAKEN, "")
    assert [job.state for job in office.all(RelayJob, item_id=mine.id)] == ["replaced"]
    assert [found.survey["answers"][0]["answer"] for found in survey.sheet.submitted] == ["Ben", "Ana"]


def test_one_that_the_client_has_is_named_as_replaced(survey):
    survey.submit(answers("Ana"))
    survey.office.change(Item, survey.items[0].id, state=ItemState.PUBLISHED, sent_sha256="x")
    survey.crew_submits("Ben")
    mine, theirs = survey.items
    assert (mine.state, theirs.parent_uuid) == (ItemState.PUBLISHED, mine.uuid)


def test_when_the_crew_submits_again_with_other_answers_that_is_from_the_app(survey):
    survey.crew_submits("Ben")
    reopen_survey(survey.database, survey.task, "ana")
    survey.submit(answers("Ana"))
    survey.crew_submits("Bob")
    (item,) = survey.items
    assert (item.revision, item.from_app, item.created_by) == (3, True, "crew7")


@pytest.mark.parametrize("published", [True, False])
def test_a_survey_goes_back_to_the_crew_with_a_reason_until_it_comes_again(survey, published):
    survey.crew_submits("Ben")
    if published:
        survey.office.change(Item, survey.items[0].id, state=ItemState.PUBLISHED)
    send_back(survey.database, survey.task, "Whose house is it?", "ana")
    assert survey.items[0].state == (ItemState.PUBLISHED if published else ItemState.REJECTED)
    assert survey.sheet.reason == "Whose house is it?"
    assert survey.office.get(Project, survey.project).status == ProjectStatus.REWORK
    survey.crew_submits("Bob", "again")
    assert survey.office.all(Retake)[0].answered_at is not None
    assert survey.sheet.reason == ""


def test_without_a_reason_or_a_submission_nothing_goes_back(survey):
    with pytest.raises(UsageError, match="not submitted"):
        send_back(survey.database, survey.task, "why", "ana")
    survey.crew_submits()
    with pytest.raises(UsageError, match="know why"):
        send_back(survey.database, survey.task, " ", "ana")


@pytest.mark.parametrize("by", ["office", "crew"])
def test_what_the_client_sent_back_is_rework_until_it_is_answered(survey, by):
    survey.submit(answers("Ana"))
    back = answers("")
    survey.office.change(Task, survey.task, survey_rework=back)
    assert (survey.state, survey.sheet.rework) == (SurveyState.REWORK, back)
    if by == "office":
        survey.submit(answers("Ann"))
    else:
        survey.crew_submits("Ben")
    assert (survey.state, survey.sheet.rework) == (SurveyState.SUBMITTED, None)
    survey.office.change(Task, survey.task, survey_rework=answers("", strange=1))
    assert survey.state == SurveyState.REWORK  # sent back once more, with something else


def test_a_task_whose_form_nobody_knows_waits(survey):
    survey.office.change(Task, survey.task, survey_template_id=None)
    assert (survey.state, survey.sheet.form) == (SurveyState.WAITING, None)
    with pytest.raises(UsageError, match="not known"):
        survey.submit(answers())


def test_without_a_template_the_answers_that_came_back_are_the_form(survey):
    survey.office.change(Task, survey.task, survey_template_id=None, survey_rework=answers("Ana"))
    assert list(survey.sheet.form.questions) == ["a"]
    survey.submit(answers("Ann"))
    assert survey.state == SurveyState.SUBMITTED


def test_closed_and_deleted_projects_and_removed_tasks_are_not_in_the_list(survey, clock):
    for kind, key, values in (
        (Task, survey.task, {"removed": True}),
        (Project, survey.project, {"status": ProjectStatus.CLOSED}),
        (Project, survey.project, {"deleted_at": clock.now()}),
    ):
        kept = {name: getattr(survey.office.get(kind, key), name) for name in values}
        survey.office.change(kind, key, **values)
        with survey.database.read() as session:
            assert survey_rows(session) == []
        survey.office.change(kind, key, **kept)


def test_the_photos_to_choose_from_are_those_of_the_project(survey):
    survey.office.photo(survey.project, uuid="mine")
    survey.office.photo(survey.project, ItemState.REJECTED, uuid="rejected")
    survey.office.photo(survey.office.project(survey.integration, "other"), uuid="others")
    assert [photo.uuid for photo in survey.sheet.photos] == ["mine"]


def test_a_form_that_is_done_in_the_portal_counts_as_submitted(survey):
    survey.office.change(Task, survey.task, options={"survey_submitted": "1"})
    assert survey.state == SurveyState.SUBMITTED


def test_a_base_is_nothing_where_nothing_was_submitted(survey):
    assert survey.sheet.base == Base()


def served_form(survey):
    with survey.database.read() as session:
        (order,) = orders_for(session, "ana")
    return order["services"][0]["surveyDynamic"], order["instructions"]


@pytest.mark.parametrize("by", ["crew", "office"])
def test_what_goes_back_to_the_crew_reaches_its_phone_filled_in_until_it_is_answered(survey, by):
    survey.crew_submits("Ben", pictures=["bad", "good"])
    survey.office.photo(survey.project, ItemState.REJECTED, uuid="bad")
    survey.office.photo(survey.project, uuid="good")
    assert served_form(survey) == (FORM, "")
    send_back(survey.database, survey.task, "Whose house is it?", "ana")
    form, words = served_form(survey)
    assert form == {"answers": [{"id": "a", "answer": "Ben", "pictures": ["good"]}]}
    assert "Whose house is it?" in words
    assert survey.state == SurveyState.SENT_BACK
    if by == "crew":
        survey.crew_submits("Bob", "again")
    else:
        survey.submit(answers("Bob"))
    assert served_form(survey) == (FORM, "")
    assert survey.state == SurveyState.SUBMITTED


def test_a_photo_of_the_form_does_not_answer_for_the_form_nor_the_form_for_a_photo(survey):
    survey.crew_submits("Ben")
    send_back(survey.database, survey.task, "Whose house is it?", "ana")
    photo = survey.office.photo(survey.project, task="Inspection", evidence_type="survey")
    mark_items(survey.database, [photo], Decision.REJECT, "ana", "Blurred", retake=True)
    picture = item_json("new", key4="Inspection", evidenceType="Survey")
    receive_item(survey.database, read_item(picture), survey.office.keep(b"new"), "crew7")
    assert [asked.answered_at is None for asked in survey.office.all(Retake)] == [True, False]
    survey.crew_submits("Bob", "again")
    assert [asked.answered_at is None for asked in survey.office.all(Retake)] == [False, False]


def test_what_the_client_sent_back_goes_before_and_once_answered_the_form_is_empty_again(survey):
    survey.crew_submits("Ben")
    send_back(survey.database, survey.task, "why", "ana")
    survey.office.change(Task, survey.task, survey_rework=answers("", strange=1))
    assert served_form(survey)[0] == answers("", strange=1)
    survey.crew_submits("Bob", "again")
    assert served_form(survey)[0] == FORM
    survey.office.change(Task, survey.task, survey_template_id=None)
    assert served_form(survey)[0] == answers("", strange=1)  # all that is known of the form


def counted(survey):
    with survey.database.read() as session:
        (row,), details = project_rows(session, [survey.project]), project_details(session, survey.project)
    (task,) = details.tasks
    assert task.survey_submitted is (row.surveys_submitted == 1)
    return row.surveys_submitted


def test_a_survey_counts_as_submitted_in_projects_as_long_as_nobody_has_sent_it_back(survey):
    assert counted(survey) == 0
    survey.crew_submits("Ben")
    assert counted(survey) == 1
    survey.office.change(Task, survey.task, survey_rework=answers(""))
    assert counted(survey) == 0
    survey.submit(answers("Ann"))
    assert counted(survey) == 1
    survey.office.change(Item, survey.items[0].id, state=ItemState.PUBLISHED)
    send_back(survey.database, survey.task, "why", "ana")
    assert counted(survey) == 0
    survey.crew_submits("Bob", "again")
    assert counted(survey) == 1


@pytest.mark.parametrize(("said", "count"), [("1", 1), (1, 1), (True, 1), ("false", 0), (None, 0), ({"a": 1}, 0)])
def test_a_form_that_is_done_in_the_portal_counts_in_projects_too(survey, said, count):
    survey.office.change(Task, survey.task, options={"survey_submitted": said})
    assert counted(survey) == count


def test_what_replaces_a_form_of_the_crews_that_the_client_has_says_so(survey):
    survey.crew_submits("Ben")
    survey.office.change(Item, survey.items[0].id, state=ItemState.PUBLISHED, sent_sha256="x")
    send_back(survey.database, survey.task, "why", "ana")
    survey.crew_submits("Bob", "again")
    assert survey.items[1].parent_uuid == "phone"


def test_answers_that_come_again_from_the_phone_are_later_than_the_offices(survey, clock):
    survey.crew_submits("Ben")
    send_back(survey.database, survey.task, "why", "ana")
    clock.advance(60)
    survey.submit(answers("Ana"))
    survey.office.change(Item, survey.items[1].id, state=ItemState.PUBLISHED, sent_sha256="x")
    clock.advance(60)
    survey.crew_submits("Bob")
    latest = survey.sheet.submitted[0]
    assert (latest.who, latest.at, latest.survey["answers"][0]["answer"]) == ("crew7", clock.now(), "Bob")


@pytest.mark.parametrize("state", [ItemState.HELD, ItemState.PENDING_QA, ItemState.PASSED, ItemState.QUEUED])
def test_of_two_crews_the_later_one_stands_and_the_others_is_kept_as_a_revision_and_not_sent(survey, clock, state):
    survey.crew_submits("Ben", "first")
    survey.office.change(Item, survey.items[0].id, state=state)
    clock.advance(60)
    survey.crew_submits("Bob", "second")
    assert [(item.uuid, item.state, item.reject_reason) for item in survey.items] == [
        ("first", ItemState.REJECTED, OVERTAKEN), ("second", ItemState.PENDING_QA, ""),
    ]  # fmt: skip
    assert [found.survey["answers"][0]["answer"] for found in survey.sheet.submitted] == ["Bob", "Ben"]
    survey.crew_submits("Ben", "first")  # its phone has not heard that it arrived: the same again is nothing new
    assert survey.sheet.submitted[0].survey["answers"][0]["answer"] == "Bob"
    clock.advance(60)
    survey.crew_submits("Eve", "first")  # but other answers are
    assert [(item.uuid, item.state) for item in survey.items] == [
        ("first", ItemState.PENDING_QA), ("second", ItemState.REJECTED),
    ]  # fmt: skip
    latest, *earlier = [found.survey["answers"][0]["answer"] for found in survey.sheet.submitted]
    assert (latest, sorted(earlier)) == ("Eve", ["Ben", "Bob"])


def test_a_crews_submission_that_is_on_its_way_or_out_is_named_as_replaced_by_another_crews(survey):
    survey.crew_submits("Ben", "first")
    survey.office.change(Item, survey.items[0].id, state=ItemState.RELAYING)
    survey.crew_submits("Bob", "second")
    first, second = survey.items
    assert (first.state, second.parent_uuid) == (ItemState.RELAYING, "first")


def states(survey):
    return {item.uuid: item.state for item in survey.items}


def test_a_later_form_that_is_given_its_project_by_hand_stands_until_that_is_undone(survey, clock):
    survey.crew_submits("Ben", "first")
    clock.advance(60)
    survey.crew_submits("Bob", "second", order="AFS::unknown")
    assign_items(survey.database, {survey.items[1].id: (survey.project, "")}, "ana")
    stands = {"first": ItemState.REJECTED, "second": ItemState.PENDING_QA}
    assert (states(survey), survey.items[0].reject_reason) == (stands, OVERTAKEN)
    undo(survey.database, "ana")
    assert states(survey) == {"first": ItemState.PENDING_QA, "second": ItemState.UNASSIGNED}
    redo(survey.database, "ana")
    assert states(survey) == stands


def test_an_earlier_form_that_is_given_its_project_by_hand_is_kept_and_not_sent_until_that_is_undone(survey, clock):
    survey.crew_submits("Bob", "first", order="AFS::unknown")
    clock.advance(60)
    survey.crew_submits("Ben", "second")
    assign_items(survey.database, {survey.items[0].id: (survey.project, "")}, "ana")
    assert states(survey) == {"first": ItemState.REJECTED, "second": ItemState.PENDING_QA}
    assert [found.survey["answers"][0]["answer"] for found in survey.sheet.submitted] == ["Ben", "Bob"]
    undo(survey.database, "ana")
    first = survey.items[0]
    assert (first.state, first.reject_reason, first.project_id) == (ItemState.UNASSIGNED, "", None)


def test_a_form_given_its_project_by_hand_says_that_it_replaces_what_is_out(survey, clock):
    survey.crew_submits("Ben", "first")
    survey.office.change(Item, survey.items[0].id, state=ItemState.PUBLISHED, sent_sha256="x")
    clock.advance(60)
    survey.crew_submits("Bob", "second", order="AFS::unknown")
    assign_items(survey.database, {survey.items[1].id: (survey.project, "")}, "ana")
    first, second = survey.items
    assert (first.state, second.state, second.parent_uuid) == (ItemState.PUBLISHED, ItemState.PENDING_QA, "first")
