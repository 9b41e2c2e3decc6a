"""How far the check-ins of projects are: read from what came, never kept beside it."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.check_in import CheckInSteps, check_in_required
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState
from pruvan_desk.store.models import CheckIn, Item, Project
from pruvan_desk.store.outbox import chunks

CHECKLIST = "checklist"
NOT_SUBMITTED = (ItemState.REJECTED, ItemState.DELETED)
NOT_A_NUMBER = "the number has not the form of an ABC number"


def required_check_ins(session: Session) -> dict[int, CheckInSteps]:
    """The steps of every project whose order demands a Check In, by project id."""
    rows = session.execute(select(Project.id, Project.field_status, Project.options))
    return check_in_steps(session, {row.id: row.field_status for row in rows if check_in_required(row.options)})


def check_in_steps(session: Session, field_status: Mapping[int, str]) -> dict[int, CheckInSteps]:
    """How far the check-ins of projects are that demand one. ``field_status`` names them, with their crew's status."""
    numbers: dict[int, list[CheckIn]] = defaultdict(list)
    submitted: set[int] = set()
    for some in chunks(list(field_status)):
        for row in session.scalars(select(CheckIn).where(CheckIn.project_id.in_(some)).order_by(CheckIn.id)):
            numbers[row.project_id or 0].append(row)
        checklists = select(Item.project_id).where(
            Item.project_id.in_(some),
            Item.file_type == FileType.SURVEY,
            Item.task.icontains(CHECKLIST),
            Item.state.not_in(NOT_SUBMITTED),
        )
        submitted.update(found for found in session.scalars(checklists) if found is not None)
    return {
        project_id: _steps(numbers[project_id], checklist=project_id in submitted, field_status=status)
        for project_id, status in field_status.items()
    }


def _steps(numbers: list[CheckIn], *, checklist: bool, field_status: str) -> CheckInSteps:
    """One good number is enough, whatever was typed before or after it; without one, the last refusal counts."""
    good = any(row.well_formed and row.accepted is not False for row in numbers)
    return CheckInSteps(
        checked_in=good,
        checklist_submitted=checklist,
        completed=field_status == FieldStatus.COMPLETED,
        refused="" if good or not numbers else numbers[-1].words or NOT_A_NUMBER,
    )
