"""The projects that have items waiting for QA."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pruvan_desk.domain.qa_queue import QueueEntry
from pruvan_desk.domain.statuses import ItemState, ProjectStatus
from pruvan_desk.store.models import Integration, Item, Project


def qa_queue(session: Session) -> list[QueueEntry]:
    """One entry for each such project, in no order."""
    waiting = (
        select(Item.project_id, func.count().label("pending"), func.min(Item.arrived_at).label("oldest"))
        .where(Item.state == ItemState.PENDING_QA, Item.project_id.is_not(None))
        .group_by(Item.project_id)
        .subquery()
    )
    columns = (
        Project.id, Integration.code, Project.number, Project.status, Project.due, Project.client_due,
        waiting.c.pending, waiting.c.oldest,
    )  # fmt: skip
    rows = session.execute(
        select(*columns)
        .join(waiting, waiting.c.project_id == Project.id)
        .join(Integration, Integration.id == Project.integration_id)
    )
    return [
        QueueEntry(
            project_id=row.id,
            key=f"{row.code}::{row.number}",
            pending=row.pending,
            oldest=row.oldest,
            due=row.due or row.client_due,
            rush=row.status == ProjectStatus.RUSH,
        )
        for row in rows
    ]
