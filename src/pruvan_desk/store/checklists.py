"""The AGS Checklist: a survey task that an order which demands a Check In gets here, unless the client sends one itself."""

from collections.abc import Iterable
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.core.paths import RESOURCES
from pruvan_desk.domain.check_in import check_in_required
from pruvan_desk.domain.statuses import FileType
from pruvan_desk.store.check_ins import CHECKLIST
from pruvan_desk.store.database import Writing
from pruvan_desk.store.imports import Importer, keep_template
from pruvan_desk.store.models import Item, Project, SurveyDraft, Task
from pruvan_desk.store.outbox import chunks
from pruvan_desk.wire.surveys import SurveyTemplate, read_template
from pruvan_desk.wire.values import read_json

CHECKLIST_ID = "AGS-CHECKLIST"
NAME = "AGS Checklist"
FORM = RESOURCES / "forms" / "ags-checklist.json"


def settle_checklists(writing: Writing, integration_id: int, project_ids: Iterable[int]) -> None:
    """Gives the projects that demand a Check In their checklist, once; takes it from those that do no more.

    One that was answered, or is being answered, stays. One that the client sends itself stands in for ours.
    """
    for some in chunks(sorted(project_ids)):
        options = dict(writing.session.execute(select(Project.id, Project.options).where(Project.id.in_(some))).all())
        theirs, ours = _checklists(writing.session, some)
        for project_id, said in options.items():
            wanted = check_in_required(said or {}) and project_id not in theirs
            mine = ours.get(project_id)
            if wanted and mine is None:
                _add(writing, integration_id, project_id)
            elif mine is not None and mine.removed is wanted and (wanted or not _answered(writing.session, mine)):
                mine.removed = not wanted
                writing.changed(projects=project_id, surveys=mine.id)


def _checklists(session: Session, project_ids: Iterable[int]) -> tuple[set[int], dict[int, Task]]:
    """The projects to which the client sent a checklist, and ours, by project."""
    found = session.scalars(select(Task).where(Task.project_id.in_(project_ids), Task.name.icontains(CHECKLIST)))
    tasks = list(found)
    theirs = {task.project_id for task in tasks if not task.added_here and not task.removed}
    return theirs, {task.project_id: task for task in tasks if task.added_here}


def _add(writing: Writing, integration_id: int, project_id: int) -> None:
    known = Importer(integration_id, qa_in_field=True).newest_template(writing.session, CHECKLIST_ID)
    template = known or keep_template(writing, integration_id, _default())[0]
    task = Task(
        project_id=project_id,
        position=1000,
        name=NAME,
        survey_id=CHECKLIST_ID,
        survey_template_id=template,
        added_here=True,
    )
    writing.session.add(task)
    writing.session.flush()
    writing.changed(projects=project_id, surveys=task.id)


def _answered(session: Session, task: Task) -> bool:
    submitted = select(Item.id).where(
        Item.project_id == task.project_id, Item.task == task.name, Item.file_type == FileType.SURVEY
    )
    draft = select(SurveyDraft.id).where(SurveyDraft.task_id == task.id)
    return any(session.scalar(wanted.limit(1)) is not None for wanted in (submitted, draft))


@cache
def _default() -> SurveyTemplate:
    """The checklist that ships with Desk, for clients that only demand one."""
    template = read_template(read_json(FORM.read_bytes()))
    if template is None:
        raise AssertionError(f"{FORM} holds no form")
    return template
