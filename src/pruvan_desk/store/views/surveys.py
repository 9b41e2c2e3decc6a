"""The survey tasks of all open projects, and one of them in full."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.certification import Certification, certify
from pruvan_desk.domain.portal import survey_done_in_portal
from pruvan_desk.domain.statuses import FileType, ItemState, ProjectStatus
from pruvan_desk.domain.surveys.form import Form
from pruvan_desk.store.models import (
    OWN_KIND,
    Integration,
    Item,
    ItemEdit,
    Project,
    Retake,
    SurveyDraft,
    SurveyTemplateRow,
    Task,
)
from pruvan_desk.store.outbox import chunks
from pruvan_desk.store.submitted import ASKED_AGAIN, NOT_SUBMITTED, is_one_of, rework_is_open, sent_back
from pruvan_desk.store.surveys import Base, base_of, form_of, open_rework, standing, submissions
from pruvan_desk.store.views.hints import position
from pruvan_desk.wire.values import JsonObject

MOST = 5_000
"""Survey tasks that the list shows, those due first."""


class SurveyState(StrEnum):
    """Where a survey task stands."""

    WAITING = "Form not known"
    REWORK = "Rework"
    SENT_BACK = "Sent back"
    OPEN = "Open"
    DRAFT = "Draft"
    SUBMITTED = "Submitted"


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """A survey task in the list. ``id`` is the task's; ``who`` and ``at`` of the draft or the submission."""

    id: int
    project_id: int
    project: str
    address: str
    task: str
    form: str
    due: str
    state: SurveyState
    integration_id: int
    who: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """Answers that were submitted: those that stand, or earlier ones. ``words`` says what became of them."""

    at: datetime
    who: str
    words: str
    survey: JsonObject


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of the project, which an answer may name by its ``uuid``.

    ``rotation``: what the office turned it by, in degrees clockwise; ``at``: when it was taken, or came where that is not known.
    """

    uuid: str
    sha256: str
    file_name: str
    task: str
    evidence_type: str
    rotation: int
    at: datetime
    who: str
    annotations: str = ""
    """The marks on it, with which it is shown on paper."""


@dataclass(frozen=True, slots=True)
class SurveySheet:
    """A survey task in full. ``form`` is ``None`` as long as nobody has sent its template."""

    row: SurveyRow
    form: Form | None
    draft: JsonObject | None
    version: int
    base: Base
    """What a draft began from; without one what stands now."""
    overtaken_by: Submission | None
    """A submission that came after the draft was begun."""
    rework: JsonObject | None
    reason: str
    """Why the office sent it back to the crew."""
    submitted: tuple[Submission, ...]
    """The one that stands first, if ``stands``; then what came before, newest first."""
    stands: bool
    photos: tuple[Photo, ...]
    certification: Certification | None = None
    """Of what stands, as of a photo."""


def survey_rows(session: Session, task_ids: Sequence[int] | None = None) -> list[SurveyRow]:
    """The survey tasks of open projects, or those among ``task_ids``; due first."""
    columns = select(
        Task.id, Task.name, Task.project_id, Task.survey_id, Task.survey_template_id, Task.survey_rework,
        Task.rework_answered, Task.options, Project.integration_id, Project.number, Project.address1, Project.city, Project.due,
        Integration.code,
        SurveyTemplateRow.name.label("form"), SurveyDraft.who, SurveyDraft.saved_at,
    )  # fmt: skip
    wanted = (
        columns.join(Project, Project.id == Task.project_id)
        .join(Integration, Integration.id == Project.integration_id)
        .outerjoin(SurveyTemplateRow, SurveyTemplateRow.id == Task.survey_template_id)
        .outerjoin(SurveyDraft, SurveyDraft.task_id == Task.id)
        .where(Task.survey_id != "", Task.removed.is_(False), Project.deleted_at.is_(None))
    )
    if task_ids is None:
        wanted = wanted.where(Project.status != ProjectStatus.CLOSED)
        wanted = wanted.order_by(Project.due == "", Project.due, Project.number, Task.position).limit(MOST)
    else:
        wanted = wanted.where(Task.id.in_(task_ids))
    rows = session.execute(wanted).all()
    projects = sorted({row.project_id for row in rows})
    submitted, back = _latest(session, projects), _sent_back(session, projects)
    found = []
    for row in rows:
        who, at = submitted.get((row.project_id, row.name), ("", None))
        if row.saved_at is not None:
            state, who, at = SurveyState.DRAFT, row.who, row.saved_at
        elif rework_is_open(row.survey_rework, row.rework_answered):
            state = SurveyState.REWORK
        elif (row.project_id, row.name) in back:
            state = SurveyState.SENT_BACK
        elif at is not None or survey_done_in_portal(row.options or {}):
            state = SurveyState.SUBMITTED
        else:
            state = SurveyState.OPEN if row.survey_template_id else SurveyState.WAITING
        address = ", ".join(part for part in (row.address1, row.city) if part)
        name = f"{row.code}::{row.number}"
        form = row.form or row.survey_id
        found.append(
            SurveyRow(
                row.id, row.project_id, name, address, row.name, form, row.due, state, row.integration_id, who, at
            )
        )
    return found


def form_sources(session: Session) -> dict[int, str]:
    """The integrations whose orders bring forms, by id, in words."""
    rows = session.execute(
        select(Integration.id, Integration.code, Integration.name)
        .where(Integration.kind != OWN_KIND)
        .order_by(Integration.code)
    )
    return {row.id: f"{row.code} · {row.name}" for row in rows}


def survey_task_id(session: Session, project_id: int, task: str) -> int | None:
    """The survey task of that name in a project."""
    wanted = select(Task.id).where(Task.project_id == project_id, Task.name == task, Task.removed.is_(False))
    return session.scalar(wanted.where(Task.survey_id != "").order_by(Task.id).limit(1))


def _sent_back(session: Session, project_ids: Sequence[int]) -> set[tuple[int, str]]:
    found: set[tuple[int, str]] = set()
    for some in chunks(project_ids):
        found |= sent_back(session, partial(is_one_of, ids=some))
    return found


def _latest(session: Session, project_ids: Sequence[int]) -> dict[tuple[int, str], tuple[str, datetime]]:
    """Who submitted, and when, by project and task."""
    found: dict[tuple[int, str], tuple[str, datetime]] = {}
    for some in chunks(project_ids):
        wanted = select(Item.project_id, Item.task, Item.created_by, Item.arrived_at).where(
            Item.project_id.in_(some), Item.file_type == FileType.SURVEY, Item.state.not_in(NOT_SUBMITTED)
        )
        for project_id, task, who, at in session.execute(wanted.order_by(Item.arrived_at, Item.id)):
            found[(project_id or 0, task)] = (who, at)
    return found


def survey_sheet(session: Session, task_id: int) -> SurveySheet | None:
    """A survey task in full; ``None`` when it is gone."""
    rows = survey_rows(session, [task_id])
    if not rows:
        return None
    (row,), task = rows, session.get_one(Task, task_id)
    items = submissions(session, row.project_id, task.name)
    item = standing(items)
    draft = session.scalar(select(SurveyDraft).where(SurveyDraft.task_id == task_id))
    base = Base(draft.base_item_id or 0, draft.base_revision) if draft else base_of(item)
    submitted = _submitted(session, items, item)
    overtaken = draft is not None and item is not None and base != base_of(item)
    return SurveySheet(
        row=row,
        form=form_of(session, task),
        draft=draft.body if draft else None,
        version=draft.version if draft else 0,
        base=base,
        overtaken_by=submitted[0] if overtaken else None,
        rework=open_rework(task),
        reason=_reason(session, items),
        submitted=submitted,
        stands=item is not None,
        photos=_photos(session, row.project_id),
        certification=_certification(session, item) if item is not None else None,
    )


def _submitted(session: Session, items: Sequence[Item], current: Item | None) -> tuple[Submission, ...]:
    """What stands, then all that it replaced: other items, and what items were before."""
    found = [
        Submission(item.arrived_at, item.created_by, _words(item), item.survey or {})
        for item in items
        if item is not current
    ]
    owners = {item.id: item.created_by for item in items}
    edits = select(ItemEdit).where(ItemEdit.item_id.in_(owners))
    for edit in session.scalars(edits.order_by(ItemEdit.id.desc())):
        if isinstance(edit.before.get("survey"), dict):
            who = str(edit.before.get("created_by", owners[edit.item_id]))
            found.append(Submission(edit.at, who, f"Replaced by {edit.who}", edit.before["survey"]))
    found.sort(key=lambda each: each.at, reverse=True)
    if current is None:
        return tuple(found)
    return (Submission(current.arrived_at, current.created_by, _words(current), current.survey or {}), *found)


def _certification(session: Session, item: Item) -> Certification:
    project = session.get_one(Project, item.project_id)
    return certify(
        from_app=item.from_app,
        taken_at=item.taken_at,
        zone_assumed=item.zone_assumed,
        arrived_at=item.arrived_at,
        taken=position(item.latitude, item.longitude),
        place=position(project.latitude, project.longitude),
    )


def _words(item: Item) -> str:
    state = ItemState(item.state).label
    return f"{state}: {item.reject_reason}" if item.reject_reason else state


def _reason(session: Session, items: Sequence[Item]) -> str:
    wanted = select(Retake.reason).where(Retake.item_id.in_([item.id for item in items]), *ASKED_AGAIN)
    return session.scalar(wanted.order_by(Retake.id.desc()).limit(1)) or ""


def _photos(session: Session, project_id: int) -> tuple[Photo, ...]:
    columns = select(
        Item.uuid, Item.sha256, Item.file_name, Item.task, Item.evidence_type, Item.rotation, Item.taken_at, Item.arrived_at,
        Item.created_by, Item.annotations,
    )  # fmt: skip
    wanted = columns.where(
        Item.project_id == project_id,
        Item.file_type == FileType.PICTURE,
        Item.copy_of.is_(None),
        Item.sha256.is_not(None),
        Item.state.not_in(NOT_SUBMITTED),
    )
    rows = session.execute(wanted.order_by(Item.task, Item.id))
    return tuple(
        Photo(
            row.uuid, row.sha256 or "", row.file_name, row.task, row.evidence_type, row.rotation, row.taken_at or row.arrived_at,
            row.created_by, row.annotations,
        )
        for row in rows
    )  # fmt: skip
