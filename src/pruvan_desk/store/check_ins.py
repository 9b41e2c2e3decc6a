"""How far the check-ins of projects are: read from what came, never kept beside it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.core.errors import ItemError
from pruvan_desk.domain.check_in import NOT_A_NUMBER, CheckInSteps, check_in_required
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState
from pruvan_desk.store.alerts import raise_alert, solve_alert
from pruvan_desk.store.database import Writing
from pruvan_desk.store.models import CheckIn, Integration, Item, Project
from pruvan_desk.store.outbox import chunks

CHECKLIST = "checklist"
NOT_SUBMITTED = (ItemState.REJECTED, ItemState.DELETED)


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


def tell_refusals(writing: Writing, project_ids: Iterable[int]) -> None:
    """The office learns at once that a check-in was refused; the alert goes when a good one comes."""
    columns = select(Project.id, Project.number, Project.field_status, Integration.code)
    for some in chunks(sorted(project_ids)):
        wanted = columns.join(Integration, Integration.id == Project.integration_id).where(Project.id.in_(some))
        rows = writing.session.execute(wanted).all()
        steps = check_in_steps(writing.session, {row.id: row.field_status for row in rows})
        for row in rows:
            key = f"check-in-refused/{row.id}"
            if refused := steps[row.id].refused:
                problem = ItemError(
                    f"The check-in at {row.code}::{row.number} was refused: {refused}.",
                    "The crew is told, too; it must check in again with a valid ABC number.",
                )
                raise_alert(writing, key, problem, project_id=row.id)
            else:
                solve_alert(writing, key)


def _steps(numbers: list[CheckIn], *, checklist: bool, field_status: str) -> CheckInSteps:
    """One good number is enough, whatever was typed before or after it; without one, the last refusal counts."""
    good = any(row.well_formed and row.accepted is not False for row in numbers)
    return CheckInSteps(
        checked_in=good,
        checklist_submitted=checklist,
        completed=field_status == FieldStatus.COMPLETED,
        refused="" if good or not numbers else numbers[-1].words or NOT_A_NUMBER,
    )
