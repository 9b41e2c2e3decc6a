"""Survey tasks as they are kept: the form of one, and the submission that stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.statuses import FileType
from pruvan_desk.domain.surveys.form import Form
from pruvan_desk.domain.surveys.reading import form_of_answers, read_form
from pruvan_desk.domain.surveys.rework import without_pictures
from pruvan_desk.store.database import Writing
from pruvan_desk.store.models import Item, Retake, SurveyTemplateRow, Task
from pruvan_desk.store.submitted import ASKED_AGAIN, NOT_SUBMITTED, rework_is_open
from pruvan_desk.wire.surveys import survey_digest
from pruvan_desk.wire.values import JsonObject


@dataclass(frozen=True, slots=True)
class Base:
    """The submission that a draft began from: the id of its item and the revision; 0 and 0 where there was none."""

    item_id: int = 0
    revision: int = 0


def form_of(session: Session, task: Task) -> Form | None:
    """The form of a survey task; of a template that is not known what an answer set sent back says. ``None``: it waits."""
    template = session.get(SurveyTemplateRow, task.survey_template_id) if task.survey_template_id else None
    if template is not None:
        return read_form(template.body)
    return form_of_answers(task.survey_rework) if task.survey_rework else None


def open_rework(task: Task) -> JsonObject | None:
    """The answer set that the client sent back, as long as nobody has answered it."""
    return task.survey_rework if rework_is_open(task.survey_rework, task.rework_answered) else None


def answer_rework(task: Task) -> None:
    """A submission came: what the client sent back is answered."""
    if task.survey_rework is not None:
        task.rework_answered = survey_digest(task.survey_rework)


def answers_sent_back(session: Session, project_ids: Sequence[int]) -> dict[tuple[int, str], JsonObject]:
    """The answers that the crew gets to mend, by project and task: those that the office has sent back.

    Photos that were rejected or deleted since are not in them: others are wanted.
    """
    asked = select(Retake.project_id, Retake.task, Item.survey).join(Item, Item.id == Retake.item_id)
    mine = (Item.file_type == FileType.SURVEY, Retake.project_id.in_(project_ids), *ASKED_AGAIN)
    rows = session.execute(asked.where(*mine).order_by(Retake.id)).all()
    projects = {row.project_id for row in rows}
    gone = select(Item.uuid).where(
        Item.project_id.in_(projects), Item.file_type == FileType.PICTURE, Item.state.in_(NOT_SUBMITTED)
    )
    without = set(session.scalars(gone)) if projects else set()
    return {(row.project_id, row.task): without_pictures(row.survey, without) for row in rows if row.survey}


def submissions(session: Session, project_id: int, task: str) -> list[Item]:
    """Every submission of a survey task, the one that stands first."""
    mine = (Item.project_id == project_id, Item.task == task, Item.file_type == FileType.SURVEY)
    return list(session.scalars(select(Item).where(*mine).order_by(Item.arrived_at.desc(), Item.id.desc())))


def standing(found: list[Item]) -> Item | None:
    """Of all submissions the one that counts: the latest that nobody rejected or deleted."""
    return next((item for item in found if item.state not in NOT_SUBMITTED), None)


def base_of(item: Item | None) -> Base:
    """What a draft that begins now begins from."""
    return Base(item.id, item.revision) if item else Base()


def survey_task(session: Session, item: Item) -> Task | None:
    """The task that a submission is about."""
    wanted = select(Task).where(Task.project_id == item.project_id, Task.name == item.task, Task.removed.is_(False))
    return session.scalar(wanted.order_by(Task.id).limit(1))


def note_survey(writing: Writing, task: Task) -> None:
    """Tells whoever looks at the survey or its project."""
    writing.changed(surveys=task.id, projects=task.project_id)
