"""A photo that was given for another answer than it belongs to."""

import pytest

from builders import item_json, receive_item
from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.statuses import ItemState, ProjectStatus
from pruvan_desk.domain.surveys.answers import Place
from pruvan_desk.domain.surveys.moving import Move
from pruvan_desk.domain.undo import UNDOABLE_IN_SURVEYS
from pruvan_desk.operations.qa import publish_items
from pruvan_desk.operations.survey_photos import move_survey_photo
from pruvan_desk.operations.surveys import reopen_survey, submit_survey
from pruvan_desk.operations.undo import redo, undo
from pruvan_desk.store.models import Item, Project, RelayJob, SurveyTemplateRow, Task
from pruvan_desk.store.views.surveys import survey_sheet
from pruvan_desk.wire.items import read_item

FORM = {
    "meta": {"surveyTemplateId": "F", "version": "1", "name": "Inspection"},
    "questions": [
        {"id": "front", "answerType": "picture", "question": "Front?", "minPictures": 1},
        {"id": "back", "answerType": "picture", "question": "Back?", "maxPictures": 1},
        {"id": "roof", "answerType": "text", "question": "Roof?", "maxPictures": 3},
    ],
}
FRONT, BACK, ROOF = Place("front"), Place("back"), Place("roof")


def entry(name, *pictures, **more):
    return {"id": name, "answer": "", "pictures": list(pictures), **more}


SENT = {
    "answers": [entry("front", "one", "two", strange="kept"), entry("back"), {"id": "foreign", "answer": 1}],
    "x": 1,
}


class Form:
    """A form that the crew submitted, and what the office does with its photos."""

    def __init__(self, office):
        self.office, self.database = office, office.database
        self.project = office.project(office.integration(), tasks=("Inspection",))
        with self.database.write() as writing:
            row = SurveyTemplateRow(
                integration_id=1, template_id="F", version="1", name="Inspection", body=FORM, received_at=writing.now
            )
            writing.session.add(row)
        self.task = office.all(Task)[0].id
        office.change(Task, self.task, survey_id="F", survey_template_id=row.id)
        payload = item_json("phone", key4="Inspection", fileType="survey", survey=SENT, createdBy="crew7")
        receive_item(self.database, read_item(payload), None, "crew7")

    @property
    def item(self):
        (item,) = self.office.all(Item)
        return item

    @property
    def photos(self):
        return {each["id"]: each.get("pictures") for each in self.item.survey["answers"]}

    @property
    def sheet(self):
        with self.database.read() as session:
            return survey_sheet(session, self.task)

    def move(self, uuid="one", source=FRONT, target=BACK):
        return move_survey_photo(self.database, self.task, Move(uuid, source, target), "ana")


@pytest.fixture
def form(office):
    return Form(office)


def test_it_belongs_to_the_other_answer_and_all_else_stays_as_it_came(form):
    changes = form.move()
    assert form.photos == {"front": ["two"], "back": ["one"], "foreign": None}
    assert form.item.survey["answers"][0] == entry("front", "two", strange="kept")
    assert form.item.survey["x"] == 1
    assert (form.item.revision, form.item.state, form.item.created_by) == (2, ItemState.PENDING_QA, "crew7")
    assert (changes.surveys, changes.items, changes.projects) == ({form.task}, {form.item.id}, {form.project})
    earlier = form.sheet.submitted[1]
    assert (earlier.who, earlier.words, earlier.survey) == ("crew7", "Replaced by ana", SENT)


@pytest.mark.parametrize(
    ("state", "after", "jobs"),
    [(ItemState.PASSED, ItemState.PASSED, []), (ItemState.HELD, ItemState.HELD, []),
     (ItemState.PUBLISHED, ItemState.QUEUED, [2]), (ItemState.FAILED, ItemState.QUEUED, [2])],
)  # fmt: skip
def test_what_the_client_has_goes_again_under_the_same_uuid_and_nothing_else_does(form, state, after, jobs):
    form.office.change(Item, form.item.id, state=state)
    form.move()
    assert form.item.state == after
    assert [job.revision for job in form.office.all(RelayJob)] == jobs


def test_an_unsent_revision_is_replaced_by_the_next(form):
    form.office.change(Item, form.item.id, state=ItemState.PASSED)
    publish_items(form.database, [form.item.id], "ana")
    form.move()
    assert [(job.revision, job.state) for job in form.office.all(RelayJob)] == [(1, "replaced"), (2, "queued")]


@pytest.mark.parametrize(
    ("moves", "words"),
    [([("one", FRONT, BACK), ("two", FRONT, ROOF)], "“Front\\?” would be wrong. At least 1 photo is wanted"),
     ([("one", FRONT, BACK), ("two", FRONT, BACK)], "would be wrong"),
     ([("other", FRONT, BACK)], "not at this question any more"), ([("one", BACK, FRONT)], "not at this question any more")],
)  # fmt: skip
def test_no_question_is_made_wrong(form, moves, words):
    for moved in moves[:-1]:
        form.move(*moved)
    before = form.item.survey
    with pytest.raises(UsageError, match=words):
        form.move(*moves[-1])
    assert (form.item.survey, form.item.revision) == (before, len(moves))


def test_a_question_that_was_wrong_before_may_stay_so(form):
    form.office.change(Item, form.item.id, survey={"answers": [entry("front"), entry("back", "a", "b", "c")]})
    form.move("a", BACK, ROOF)
    assert (form.photos["back"], form.photos["roof"]) == (["b", "c"], ["a"])


def test_not_while_the_form_is_being_filled_in_nor_in_a_closed_project_nor_without_a_submission(form):
    reopen_survey(form.database, form.task, "ana")
    with pytest.raises(UsageError, match="was reopened"):
        form.move()
    submit_survey(form.database, form.task, form.sheet.draft, "ana", base=form.sheet.base)
    form.office.change(Project, form.project, status=ProjectStatus.CLOSED)
    with pytest.raises(UsageError, match="closed"):
        form.move()
    form.office.change(Project, form.project, status=ProjectStatus.ASSIGNED)
    form.office.change(Item, form.item.id, state=ItemState.REJECTED)
    with pytest.raises(UsageError, match="not submitted"):
        form.move()


@pytest.mark.parametrize(("state", "jobs"), [(ItemState.PENDING_QA, []), (ItemState.PUBLISHED, [2, 3, 4])])
def test_it_can_be_taken_back_and_done_again(form, state, jobs):
    form.office.change(Item, form.item.id, state=state)
    form.move()
    changes = undo(form.database, "ana", UNDOABLE_IN_SURVEYS).changes
    assert (form.item.survey, form.item.revision, changes.surveys) == (SENT, 3, {form.task})
    redo(form.database, "ana", UNDOABLE_IN_SURVEYS)
    assert (form.photos["back"], form.item.revision) == (["one"], 4)
    assert [job.revision for job in form.office.all(RelayJob)] == jobs


def test_what_was_submitted_again_since_is_not_taken_back_and_the_gallery_takes_back_none_of_it(form):
    form.move()
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(form.database, "ana")
    reopen_survey(form.database, form.task, "ana")
    body = form.sheet.draft | {"answers": [entry("front", "two"), entry("back")]}
    submit_survey(form.database, form.task, body, "ana", base=form.sheet.base)
    with pytest.raises(UsageError, match="changed since"):
        undo(form.database, "ana", UNDOABLE_IN_SURVEYS)
