"""Asking a crew to take photos again: rows of their own, which the gateway serves with the instructions."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain import retakes as domain
from pruvan_desk.domain.statuses import FileType, ProjectStatus
from pruvan_desk.store.database import Writing
from pruvan_desk.store.history import record_event
from pruvan_desk.store.models import Item, Project, Retake
from pruvan_desk.store.outbox import chunks, enqueue_status

OPEN = (Retake.answered_at.is_(None), Retake.withdrawn_at.is_(None))

CAME = (
    update(Retake)
    .where(
        Retake.project_id == bindparam("project"),
        Retake.task == bindparam("about"),
        select(Item.id).where(Item.id == Retake.item_id, Item.file_type == bindparam("kind")).exists(),
        *OPEN,
    )
    .values(answered_at=bindparam("now"))
)
PHOTO_CAME = CAME.where(Retake.evidence_type == bindparam("evidence"))
"""As what an arrival asks for, these are put together once."""


def ask_retakes(writing: Writing, items: Sequence[Item], reason: str, who: str) -> None:
    """Asks for rejected items again and puts their projects into Rework. Raises :class:`UsageError` for a closed project."""
    by_project: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        if item.project_id is not None:
            by_project[item.project_id].append(item)
    for project_id, mine in by_project.items():
        project = writing.session.get_one(Project, project_id)
        if project.status == ProjectStatus.CLOSED:
            raise UsageError(f"Project {project.number} is closed: no crew would see the request.", "Reopen it first.")
        writing.session.add_all(
            Retake(
                project_id=project_id, item_id=item.id, task=item.task, evidence_type=item.evidence_type, reason=reason,
                who=who, asked_at=writing.now, step=writing.step, status_before=project.status,
            )
            for item in mine
        )  # fmt: skip
        record_event(writing, who, "retake asked", project_id=project_id, reason=reason, items=len(mine))
        set_rework(writing, project, who)


def set_rework(writing: Writing, project: Project, who: str) -> None:
    """The office's Rework, told to the client: it stands until the client's own status changes, whatever is imported."""
    if project.status != ProjectStatus.REWORK:
        record_event(
            writing, who, "status", project_id=project.id, before=project.status, after=ProjectStatus.REWORK.value
        )
        project.status = ProjectStatus.REWORK
        enqueue_status(writing, project, ProjectStatus.REWORK.value)
    project.rework_client_status = project.client_status
    writing.changed(projects=project.id)


def withdraw_retakes(writing: Writing, item_ids: Sequence[int], who: str) -> None:
    """Items are rejected no longer: what was asked for them is not. The last one takes its project out of Rework."""
    found: list[Retake] = []
    for some in chunks(item_ids):
        found += writing.session.scalars(select(Retake).where(Retake.item_id.in_(some), *OPEN))
    for retake in found:
        retake.withdrawn_at = writing.now
    writing.session.flush()
    first = {retake.project_id: retake.status_before for retake in reversed(found)}
    for project_id, status in first.items():
        left = writing.session.scalar(select(Retake.id).where(Retake.project_id == project_id, *OPEN).limit(1))
        project = writing.session.get_one(Project, project_id)
        writing.changed(projects=project_id)
        if left is None and project.status == ProjectStatus.REWORK and status != ProjectStatus.REWORK:
            record_event(writing, who, "status", project_id=project_id, before=project.status, after=status)
            project.status, project.rework_client_status = status, None
            enqueue_status(writing, project, status)


def ask_again(writing: Writing, step: str, who: str) -> None:
    """A rejection is made again: so is what it asked for."""
    mine = select(Retake).where(Retake.step == step, Retake.withdrawn_at.is_not(None))
    for retake in writing.session.scalars(mine):
        retake.withdrawn_at = None
        set_rework(writing, writing.session.get_one(Project, retake.project_id), who)


def answer_retakes(writing: Writing, items: Sequence[Item]) -> None:
    """Photos came: what was asked for their tasks and evidence types is answered. Forms came: what was asked of their tasks.

    The photos of a form have its task and come before it; they answer for no form.
    """
    writing.session.flush()
    came = {(item.project_id, item.task, item.file_type, item.evidence_type) for item in items}
    for project_id, task, kind, evidence_type in came:
        if project_id is None or kind not in (FileType.PICTURE, FileType.SURVEY):
            continue
        asked = {"project": project_id, "about": task, "kind": kind, "now": writing.now}
        if kind == FileType.PICTURE:
            writing.session.connection().execute(PHOTO_CAME, asked | {"evidence": evidence_type})
        else:
            writing.session.connection().execute(CAME, asked)


def open_retakes(session: Session, project_ids: Sequence[int]) -> dict[int, list[domain.Retake]]:
    """What is asked for, by project, oldest first."""
    found: dict[int, list[domain.Retake]] = defaultdict(list)
    columns = (Retake.project_id, Retake.task, Retake.evidence_type, Retake.reason, Item.file_name)
    for some in chunks(project_ids):
        wanted = select(*columns).join(Item, Item.id == Retake.item_id).where(Retake.project_id.in_(some), *OPEN)
        for project_id, task, evidence_type, reason, file_name in session.execute(wanted.order_by(Retake.id)):
            found[project_id].append(domain.Retake(task, evidence_type, reason, file_name))
    return found
