"""Which survey tasks are in. Apart from :mod:`pruvan_desk.store.surveys`: the table of projects needs it at the start, and no form."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from pruvan_desk.domain.check_in import truthy_option
from pruvan_desk.domain.portal import SURVEY_OPTION
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.store.models import Item, Retake, Task
from pruvan_desk.wire.surveys import survey_digest
from pruvan_desk.wire.values import JsonObject

NOT_SUBMITTED = (ItemState.REJECTED, ItemState.DELETED)
ASKED_AGAIN = (Retake.answered_at.is_(None), Retake.withdrawn_at.is_(None))
SURVEY_FACTS = (
    Task.survey_id, Task.survey_template_id, Task.survey_rework, Task.rework_answered,
    Task.options[SURVEY_OPTION].as_string().label("done_in_portal"),
)  # fmt: skip
"""Of a task, what tells whether it is a survey, and, to :class:`Submitted`, whether that is in."""
Wanted = Callable[[ColumnElement[Any]], ColumnElement[bool]]
"""Says which projects are meant, of the column that holds their id."""


class Submitted:
    """Which survey tasks of some projects are in: submitted, here or in the portal, and not sent back since."""

    def __init__(self, session: Session, wanted: Wanted) -> None:
        surveys = select(Item.project_id, Item.task).where(
            wanted(Item.project_id.expression), Item.file_type == FileType.SURVEY, Item.state.not_in(NOT_SUBMITTED)
        )
        self._came = {(row.project_id, row.task) for row in session.execute(surveys)}
        self._back = sent_back(session, wanted)

    def holds(self, task: Any) -> bool:
        """Whether a task is in, given as a row of ``project_id``, ``name`` and :data:`SURVEY_FACTS`."""
        place = (task.project_id, task.name)
        if place in self._back or rework_is_open(task.survey_rework, task.rework_answered):
            return False
        return place in self._came or truthy_option(task.done_in_portal)


def is_one_of(column: ColumnElement[Any], ids: Sequence[int]) -> ColumnElement[bool]:
    """With ``functools.partial``, a :data:`Wanted` for some projects."""
    return column.in_(ids)


def sent_back(session: Session, wanted: Wanted) -> set[tuple[int, str]]:
    """Project and name of the survey tasks that the office has sent back to the crew, and that did not come again yet."""
    asked = select(Retake.project_id, Retake.task).join(Item, Item.id == Retake.item_id)
    mine = (Item.file_type == FileType.SURVEY, wanted(Retake.project_id.expression), *ASKED_AGAIN)
    return {(row.project_id, row.task) for row in session.execute(asked.where(*mine))}


def rework_is_open(rework: JsonObject | None, answered: str) -> bool:
    """Whether the client sent answers back that are not those ``answered`` already, by their digest."""
    return rework is not None and survey_digest(rework) != answered
