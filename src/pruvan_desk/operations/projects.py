"""What a person does with projects, and what the field says about them."""

from sqlalchemy import select

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.statuses import CloseReason, FieldStatus, ItemState, ProjectStatus
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.history import record_event, record_same_edit
from pruvan_desk.store.models import Alert, Item, Project
from pruvan_desk.store.outbox import chunks, enqueue_items, enqueue_status


def set_field_status(database: Database, project_id: int, status: FieldStatus, who: str) -> Changes:
    """What the crew says. *Completed* releases every held item of the project, and the order source hears of it."""
    with database.write() as writing:
        project = _project(writing, project_id)
        before = project.field_status
        project.field_status = status
        writing.changed(projects=project_id)
        if before != status:
            record_event(writing, who, "field status", project_id=project_id, before=before, after=status.value)
        if status is FieldStatus.COMPLETED:
            _release(writing, project_id, who)
            if before != status:
                enqueue_status(writing, project, status.value)
    return writing.changes


def release_held(database: Database, project_id: int, who: str) -> Changes:
    """Queues every held item of a project by a decision of the office, for a phone that will never say Complete."""
    with database.write() as writing:
        count = _release(writing, project_id, who)
        record_event(writing, who, "released held items", project_id=project_id, items=count)
        writing.changed(projects=project_id)
    return writing.changes


def close_absent(database: Database, alert_id: int, who: str) -> Changes:
    """*Apply* on the alert that a full list would close implausibly many: closes those of them that are still open."""
    with database.write() as writing:
        alert = writing.session.get(Alert, alert_id)
        if alert is None or alert.solved_at is not None:
            raise UsageError("The alert was solved meanwhile.", "Look again.")
        wanted = select(Project).where(Project.status != ProjectStatus.CLOSED, Project.deleted_at.is_(None))
        for some in chunks(list(alert.body.get("project_ids", []))):
            for project in writing.session.scalars(wanted.where(Project.id.in_(some))):
                close_row(writing, project, CloseReason.ABSENT, who)
        alert.solved_at = writing.now
        writing.changed(alerts=alert_id)
    return writing.changes


def close_row(writing: Writing, project: Project, reason: CloseReason, who: str) -> None:
    """Closes a project with its reason, in a transaction that is already open."""
    record_event(writing, who, "closed", project_id=project.id, reason=reason.value, before=project.status)
    project.status, project.close_reason, project.closed_at = ProjectStatus.CLOSED, reason, writing.now
    if reason is CloseReason.ABSENT:
        project.source_digest = None  # should its order come again as it was, what it says is applied again
    writing.changed(projects=project.id)


def reopen_row(writing: Writing, project: Project, who: str) -> None:
    """Opens a closed project in a transaction that is already open."""
    record_event(writing, who, "reopened", project_id=project.id, reason=project.close_reason)
    project.status = ProjectStatus.ASSIGNED if project.assigned_to else ProjectStatus.UNASSIGNED
    project.close_reason, project.closed_at = "", None
    writing.changed(projects=project.id)


def _release(writing: Writing, project_id: int, who: str) -> int:
    """Nobody has been asked whether what the office annotated goes as it is or as a copy: it waits for somebody who says so."""
    held = select(Item).where(Item.project_id == project_id, Item.state == ItemState.HELD).order_by(Item.id)
    items = list(writing.session.scalars(held))
    asked = [item for item in items if item.annotations]
    for item in asked:
        item.state = ItemState.PENDING_QA
    enqueue_items(writing, [item for item in items if not item.annotations])
    record_same_edit(writing, items, "release", {"state": ItemState.HELD.value}, who)
    return len(items)


def _project(writing: Writing, project_id: int) -> Project:
    project = writing.session.get(Project, project_id)
    if project is None:
        raise UsageError("The project is not there any more.", "Look again.")
    return project
