"""Filling in a survey in the office: the draft, the submission, and what becomes of two that meet.

One submission of a task stands at a time, the latest. What it replaces is kept: as an earlier revision of the item, or as an
item of its own that is not sent.
"""

from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.qa import DECIDABLE, IN_OUTBOX, OUTCOME, Decision
from pruvan_desk.domain.statuses import FileType, ItemState, ProjectStatus
from pruvan_desk.domain.surveys.filling import Gap, fill
from pruvan_desk.operations.retakes import answer_retakes, ask_retakes
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.history import record_edit, record_event
from pruvan_desk.store.models import Integration, Item, Project, SurveyDraft, Task
from pruvan_desk.store.outbox import enqueue_items, withdraw_unsent
from pruvan_desk.store.surveys import (
    Base,
    answer_rework,
    base_of,
    form_of,
    note_survey,
    standing,
    submissions,
    survey_task,
)
from pruvan_desk.wire.surveys import template_id_of
from pruvan_desk.wire.values import JsonObject

EVIDENCE = "survey"
AGAIN = "submitted again"
OVERTAKEN = "A later submission came from the crew."
KEPT = ("survey", "template", "state", "revision", "created_by", "from_app", "reject_reason", "device_id")
"""Of an item, what a new submission replaces and its history keeps."""


class SurveyGapsError(UsageError):
    """The form is not complete. ``gaps`` says where."""

    def __init__(self, gaps: tuple[Gap, ...]) -> None:
        super().__init__(f"{len(gaps)} answers are missing or wrong.", "Mend them, then submit.")
        self.gaps = gaps


class SurveyOvertakenError(UsageError):
    """Another submission came since the draft was begun."""


def save_draft(database: Database, task_id: int, body: JsonObject, who: str, *, version: int, base: Base) -> Changes:
    """Keeps the answers given so far. ``version`` is that of the draft as the writer knows it, 0 for a new one.

    Raises :class:`UsageError`, and keeps the other's, when somebody else saved it meanwhile.
    """
    with database.write() as writing:
        task, _ = read_survey(writing.session, task_id)
        draft = _draft(writing.session, task_id, version)
        if draft is None:
            draft = SurveyDraft(
                task_id=task_id, base_item_id=base.item_id or None, base_revision=base.revision, version=0
            )
            writing.session.add(draft)
        draft.body, draft.who, draft.saved_at = body, who, writing.now
        draft.version += 1
        writing.session.flush()
        writing.changed(surveys=task.id)
    return writing.changes


def discard_draft(database: Database, task_id: int, who: str) -> Changes:
    """Throws a draft away; what was submitted stands."""
    with database.write() as writing:
        task, project = read_survey(writing.session, task_id)
        draft = writing.session.scalar(select(SurveyDraft).where(SurveyDraft.task_id == task_id))
        if draft is not None:
            writing.session.delete(draft)
            record_event(writing, who, "survey draft discarded", project_id=project.id, after=task.name)
            note_survey(writing, task)
    return writing.changes


def submit_survey(
    database: Database, task_id: int, body: JsonObject, who: str, *, base: Base, over_another: bool = False
) -> Changes:
    """Submits a form: as Pending QA, or queued at once where the project's QA is in the field.

    The first submission is an item of its own; a later one is the next revision of it, under the same ``uuid``. Raises
    :class:`SurveyGapsError` when something is missing, :class:`SurveyOvertakenError` when another submission came since ``base``
    and ``over_another`` does not say that this one is to replace it.
    """
    with database.write() as writing:
        task, project = read_survey(writing.session, task_id)
        check_open(project)
        answers = _complete_answers(writing.session, task, body)
        standing_item = standing(submissions(writing.session, project.id, task.name))
        if standing_item is not None and base_of(standing_item) != base and not over_another:
            raise SurveyOvertakenError(
                f"{standing_item.created_by or 'The crew'} submitted {task.name} while you were filling it in.",
                "Yours can replace it; theirs is kept as a revision.",
            )
        item = standing_item or _first(writing, task, who)
        _write(writing, item, project, answers, who)
        if item.state == ItemState.QUEUED:
            enqueue_items(writing, [item])
        if draft := writing.session.scalar(select(SurveyDraft).where(SurveyDraft.task_id == task_id)):
            writing.session.delete(draft)
        answer_rework(task)
        answer_retakes(writing, [item])
        record_event(writing, who, "survey submitted", project_id=project.id, after=task.name)
        writing.changed(items=item.id)
        note_survey(writing, task)
    return writing.changes


def reopen_survey(database: Database, task_id: int, who: str) -> Changes:
    """Begins a draft from what was submitted; submitting it makes a new revision."""
    with database.write() as writing:
        task, project = read_survey(writing.session, task_id)
        check_open(project)
        item = standing(submissions(writing.session, project.id, task.name))
        if item is None or item.survey is None:
            raise UsageError(f"{task.name} was not submitted.", "Fill it in.")
        if writing.session.scalar(select(SurveyDraft.id).where(SurveyDraft.task_id == task_id)) is not None:
            raise UsageError(f"{task.name} is open already.", "Go on with the draft.")
        draft = SurveyDraft(
            task_id=task_id, body=item.survey, version=1, base_item_id=item.id, base_revision=item.revision,
            who=who, saved_at=writing.now,
        )  # fmt: skip
        writing.session.add(draft)
        record_event(writing, who, "survey reopened", project_id=project.id, after=task.name)
        note_survey(writing, task)
    return writing.changes


def send_back(database: Database, task_id: int, reason: str, who: str) -> Changes:
    """Asks the crew to fill a submitted form in again: rejected, unless the client has it already, with the reason for the crew."""
    if not reason.strip():
        raise UsageError("The crew has to know why.", "Write a reason.")
    with database.write() as writing:
        task, project = read_survey(writing.session, task_id)
        item = standing(submissions(writing.session, project.id, task.name))
        if item is None:
            raise UsageError(f"{task.name} was not submitted.", "There is nothing to send back.")
        if item.state in DECIDABLE:
            before = {"state": item.state, "reject_reason": item.reject_reason}
            item.state, item.reject_reason = OUTCOME[Decision.REJECT], reason.strip()
            record_edit(writing, item, Decision.REJECT.value, before, who)
        ask_retakes(writing, [item], reason.strip(), who)
        note_survey(writing, task)
    return writing.changes


def settle_arrival(writing: Writing, item: Item) -> None:
    """A submission came from the field: it stands. One that was not sent yet, the office's or another crew's, is kept, and not sent.

    Where an earlier one has gone out, the new one says that it replaces it. A draft stays: whoever writes it is asked.
    """
    if item.file_type != FileType.SURVEY or item.project_id is None:
        return
    task = survey_task(writing.session, item)
    if task is None:
        return
    answer_rework(task)
    for other in _unsent_beside(writing.session, item):
        _overtake(writing, other, "overtaken", item.created_by)
    note_survey(writing, task)


def is_overtaken(session: Session, item: Item) -> bool:
    """Whether a form that is given its project by hand came before one that stands there already."""
    if item.file_type != FileType.SURVEY or item.project_id is None:
        return False
    stands = standing([other for other in submissions(session, item.project_id, item.task) if other.id != item.id])
    return stands is not None and stands.arrived_at > item.arrived_at


def settle_assigned(writing: Writing, item: Item, who: str) -> None:
    """A form was given its project by hand, and came last of all there: it stands, as if it had come there by itself.

    What was waiting for a decision is rejected by whoever did that, in the same step, so that an undo takes that back too.
    """
    task = survey_task(writing.session, item) if item.file_type == FileType.SURVEY else None
    if task is None:
        return
    if item.state != ItemState.REJECTED:
        answer_rework(task)
        for other in _unsent_beside(writing.session, item):
            _overtake(writing, other, Decision.REJECT.value if other.state in DECIDABLE else "overtaken", who)
    note_survey(writing, task)


def overtake(item: Item) -> None:
    """A later submission stands: this one is kept, and not sent."""
    item.state, item.reject_reason = ItemState.REJECTED, OVERTAKEN


def _overtake(writing: Writing, other: Item, kind: str, who: str) -> None:
    before = {"state": other.state, "reject_reason": other.reject_reason}
    withdraw_unsent(writing, [other.id])
    overtake(other)
    record_edit(writing, other, kind, before, who)


def _unsent_beside(session: Session, item: Item) -> list[Item]:
    """The other submissions of a form that nobody has rejected, and that are not out; ``item`` says which of those it replaces."""
    unsent = []
    for other in submissions(session, item.project_id or 0, item.task):
        if other.id == item.id or other.state in (ItemState.REJECTED, ItemState.DELETED):
            continue
        if other.sent_sha256 or other.state in (ItemState.RELAYING, ItemState.PUBLISHED):
            item.parent_uuid = item.parent_uuid or other.uuid
            continue
        unsent.append(other)
    return unsent


def _complete_answers(session: Session, task: Task, body: JsonObject) -> JsonObject:
    """The answer set to send. Raises :class:`SurveyGapsError`."""
    form = form_of(session, task)
    if form is None:
        raise UsageError(f"The form of {task.name} is not known yet.", "Ask the client to send it, or import it.")
    filling = fill(form, body)
    if filling.gaps:
        raise SurveyGapsError(filling.gaps)
    return filling.submission()


def _first(writing: Writing, task: Task, who: str) -> Item:
    """An item for the first submission of a task; it has no answers yet."""
    item = Item(
        uuid=str(uuid4()), project_id=task.project_id, task=task.name, evidence_type=EVIDENCE, file_type=FileType.SURVEY,
        state=ItemState.PENDING_QA, revision=0, created_by=who, from_app=False, arrived_at=writing.now,
    )  # fmt: skip
    writing.session.add(item)
    writing.session.flush()
    return item


def _write(writing: Writing, item: Item, project: Project, answers: JsonObject, who: str) -> None:
    """The next revision of a survey; what it was, if it was anything, goes into its history."""
    before: dict[str, Any] = {name: getattr(item, name) for name in KEPT}
    withdraw_unsent(writing, [item.id])
    template_id = template_id_of(answers)
    code = writing.session.get_one(Integration, project.integration_id).code
    item.survey, item.template = answers, f"{code}::{template_id}" if template_id else item.template
    item.created_by, item.from_app, item.reject_reason, item.device_id = who, False, "", ""
    item.arrived_at = writing.now
    item.state = _state(project, sent_before=item.state in IN_OUTBOX)
    item.revision += 1
    if item.revision > 1:
        record_edit(writing, item, AGAIN, before, who)


def _state(project: Project, *, sent_before: bool) -> ItemState:
    """The office has looked at what it submits where QA is in the field; what the client has, goes again."""
    return ItemState.QUEUED if project.qa_in_field or sent_before else ItemState.PENDING_QA


def _draft(session: Session, task_id: int, version: int) -> SurveyDraft | None:
    draft = session.scalar(select(SurveyDraft).where(SurveyDraft.task_id == task_id))
    if draft is not None and draft.version != version:
        raise UsageError(f"{draft.who} is filling in this form as well.", "Look at what is there before you go on.")
    if draft is None and version:
        raise UsageError("This draft was submitted or discarded elsewhere.", "Look at what is there before you go on.")
    return draft


def read_survey(session: Session, task_id: int) -> tuple[Task, Project]:
    """A survey task and its project. Raises :class:`UsageError` when they are gone."""
    task = session.get(Task, task_id)
    project = session.get(Project, task.project_id) if task is not None else None
    if task is None or project is None or project.deleted_at is not None:
        raise UsageError("The survey is not there any more.", "Its project was deleted.")
    return task, project


def check_open(project: Project) -> None:
    """Raises :class:`UsageError` for a closed project."""
    if project.status == ProjectStatus.CLOSED:
        raise UsageError(f"Project {project.number} is closed.", "Reopen it first.")
