"""Which projects demand a Check In, and which of its three steps have happened."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.check_in import CheckInSteps, check_in_required
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState
from pruvan_desk.store.models import CheckIn, Item, Project

CHECKLIST_WORD = "checklist"
NOT_SUBMITTED = (ItemState.REJECTED, ItemState.DELETED)


def check_in_steps(session: Session, project_id: int | None = None) -> dict[int, CheckInSteps]:
    """The steps of every project that demands a Check In, or of one, by project id."""
    wanted = select(Project)
    if project_id is not None:
        wanted = wanted.where(Project.id == project_id)
    return {
        project.id: _steps(session, project)
        for project in session.scalars(wanted)
        if check_in_required(project.options)
    }


def _steps(session: Session, project: Project) -> CheckInSteps:
    rows = list(session.scalars(select(CheckIn).where(CheckIn.project_id == project.id).order_by(CheckIn.id)))
    good = [row for row in rows if row.well_formed and row.accepted is not False]
    refused = "" if good or not rows else rows[-1].words or "the number has not the form of an ABC number"
    submitted = select(Item.id).where(
        Item.project_id == project.id,
        Item.file_type == FileType.SURVEY,
        Item.task.ilike(f"%{CHECKLIST_WORD}%"),
        Item.state.not_in(NOT_SUBMITTED),
    )
    return CheckInSteps(
        checked_in=bool(good),
        checklist_submitted=session.scalar(submitted.limit(1)) is not None,
        completed=project.field_status == FieldStatus.COMPLETED,
        refused=refused,
    )
