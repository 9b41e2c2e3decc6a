"""What a refresh reads and writes: known projects, and the steps of a plan in bulk."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, exists, insert, select, text, update
from sqlalchemy.orm import Session

from pruvan_desk.core.errors import ItemError
from pruvan_desk.domain.orders import Order, Service, due_text
from pruvan_desk.domain.refresh import Create, KnownProject, Recreate, Update
from pruvan_desk.domain.statuses import CloseReason, FieldStatus, ProjectStatus
from pruvan_desk.domain.surveys.reading import read_form
from pruvan_desk.domain.tasks import KnownTask, TaskSteps
from pruvan_desk.store.alerts import raise_alert, solve_alert
from pruvan_desk.store.database import Writing
from pruvan_desk.store.models import Item, Project, SurveyTemplateRow, Task
from pruvan_desk.store.outbox import chunks, withdraw_statuses
from pruvan_desk.wire.surveys import SurveyTemplate, plain_template_id, read_template, survey_digest, template_id_of

PROJECT_DEFAULTS: dict[str, Any] = {
    "address1": "", "address2": "", "city": "", "state": "", "zip": "", "country": "", "latitude": None, "longitude": None,
    "due": "", "start": "", "info": "", "instructions": "", "description": "", "reference": "", "options": {},
    "client_status": "", "client_due": "", "client_instructions": "",
    "source_id": "", "source_number": "", "source_provider": "", "field_status": FieldStatus.NEW, "close_reason": "",
}  # fmt: skip
"""Rows of one bulk statement name the same columns."""
TASK_DEFAULTS: dict[str, Any] = {
    "survey_id": "",
    "survey_template_id": None,
    "survey_rework": None,
    "removed": False,
    "added_here": False,
}
NAMED_ORDERS = 5
DUE_FIELDS = frozenset({"due", "start", "client_due"})


def source_digest(order: Order) -> bytes:
    """Of the order as it came: the same digest means that there is nothing to apply."""
    return hashlib.blake2b(order.source.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def load_known(session: Session, integration_id: int, orders: Sequence[Order]) -> dict[str, KnownProject]:
    """The projects that ``orders`` are about, by number; with their tasks where the order is not the one applied last."""
    digests = {order.number: source_digest(order) for order in orders}
    rows: list[Any] = []
    for some in chunks(list(digests)):
        columns = select(
            Project.id,
            Project.number,
            Project.status,
            Project.close_reason,
            Project.source_digest,
            Project.deleted_at,
            Project.rework_client_status,
        )
        rows += session.execute(columns.where(Project.integration_id == integration_id, Project.number.in_(some)))
    changed = [row.id for row in rows if row.source_digest != digests[row.number]]
    tasks = _load_tasks(session, changed)
    return {
        row.number: KnownProject(
            row.id,
            row.number,
            closed=row.status == ProjectStatus.CLOSED,
            close_reason=CloseReason(row.close_reason) if row.close_reason else None,
            unchanged_source=row.source_digest == digests[row.number],
            deleted=row.deleted_at is not None,
            tasks=tuple(tasks[row.id]),
            rework_client_status=row.rework_client_status if row.status == ProjectStatus.REWORK else None,
        )
        for row in rows
    }


def load_open(session: Session, integration_id: int) -> list[KnownProject]:
    """Every open project of an integration: those whose absence from a full list means something."""
    wanted = select(Project.id, Project.number).where(
        Project.integration_id == integration_id,
        Project.status != ProjectStatus.CLOSED,
        Project.deleted_at.is_(None),
    )
    return [KnownProject(row.id, row.number) for row in session.execute(wanted)]


def _load_tasks(session: Session, project_ids: Sequence[int]) -> dict[int, list[KnownTask]]:
    tasks: dict[int, list[KnownTask]] = defaultdict(list)
    columns = (Task.id, Task.project_id, Task.name, Task.source_service_id, Task.removed)
    theirs = Task.added_here.is_(False)
    for some in chunks(project_ids):
        for row in session.execute(select(*columns).where(Task.project_id.in_(some), theirs).order_by(Task.id)):
            tasks[row.project_id].append(KnownTask(row.id, row.name, row.source_service_id, row.removed))
    return tasks


class Importer:
    """Writes the steps of one run, and remembers the survey templates it has seen."""

    def __init__(self, integration_id: int, *, qa_in_field: bool) -> None:
        self._integration_id = integration_id
        self._qa_in_field = qa_in_field
        self._templates: dict[tuple[str, str], int] = {}
        self._newest: dict[str, int | None] = {}
        self.template_faults: list[str] = []
        """What is wrong with forms that came, in words."""

    def create(self, writing: Writing, steps: Sequence[Create]) -> dict[str, int]:
        """Makes projects with their tasks, in bulk. Answers their ids by order number."""
        if not steps:
            return {}
        _insert(writing, Project, [self._project_row(writing, step) for step in steps])
        ids: dict[str, int] = {}
        for some in chunks([step.order.number for step in steps]):
            wanted = select(Project.number, Project.id).where(
                Project.integration_id == self._integration_id, Project.number.in_(some)
            )
            ids.update((row.number, row.id) for row in writing.session.execute(wanted))
        tasks = [
            self._task_row(writing, ids[step.order.number], position, service)
            for step in steps
            for position, service in enumerate(step.order.services or [])
        ]
        _insert(writing, Task, tasks)
        writing.changed(projects=set(ids.values()))
        return ids

    def recreate(self, writing: Writing, step: Recreate) -> None:
        """Makes the trashed project anew, as its order says; what the field and the office did for it stays as it is.

        What the old project still had to tell the order source is not said any more.
        """
        values = self._project_row(writing, step) | {
            "closed_at": None,
            "deleted_at": None,
            "rework_client_status": None,
        }
        del values["field_status"]  # the crew's word, not the client's: what was completed stays so
        writing.session.execute(update(Project).where(Project.id == step.project_id).values(**values))
        self._update_tasks(writing, step.project_id, step.tasks, renames=True)
        withdraw_statuses(writing, [step.project_id])
        items = writing.session.scalars(select(Item.id).where(Item.project_id == step.project_id))
        writing.changed(projects=step.project_id, items=set(items))

    def update(self, writing: Writing, step: Update) -> None:
        """Writes what an order says about a known project and its tasks."""
        values = _column_values(step.values)
        if step.order.attributes:
            known = writing.session.scalar(select(Project.attributes).where(Project.id == step.project_id))
            values["attributes"] = (known or {}) | step.order.attributes  # what an update does not send stands
        values |= {"source": step.order.source, "source_digest": source_digest(step.order)}
        writing.session.execute(update(Project).where(Project.id == step.project_id).values(**values))
        self._update_tasks(writing, step.project_id, step.tasks, renames=step.renames_tasks)
        writing.changed(projects=step.project_id)

    def _update_tasks(self, writing: Writing, project_id: int, steps: TaskSteps, *, renames: bool) -> None:
        position = len(steps.updated) + len(steps.removed)
        added = [self._task_row(writing, project_id, position + n, service) for n, service in enumerate(steps.added)]
        if added:
            _insert(writing, Task, added)
        for task_id, service in steps.updated:
            values: dict[str, Any] = {"removed": False} | self._form(writing, service, task_id)
            for name in ("source_service", "source_service_id"):
                values |= {name: value} if (value := getattr(service, name)) is not None else {}
            if renames:
                values |= {"name": service.name}
                values |= {"instructions": service.instructions} if service.instructions is not None else {}
                values |= {"options": service.options} if service.options is not None else {}
            writing.session.execute(update(Task).where(Task.id == task_id).values(**values))
        if renames and steps.renamed:
            self._rename_items(writing, project_id, steps.renamed)
        if steps.removed:
            writing.session.execute(update(Task).where(Task.id.in_(steps.removed)).values(removed=True))

    @staticmethod
    def _rename_items(writing: Writing, project_id: int, renamed: dict[str, str]) -> None:
        """Items go with their task. The client has renamed its own service line: it need not be told."""
        theirs = (Item.project_id == project_id, Item.task.in_(list(renamed)))
        items = set(writing.session.scalars(select(Item.id).where(*theirs)))
        if items:
            new_name = case(renamed, value=Item.task, else_=Item.task)
            writing.session.execute(update(Item).where(*theirs).values(task=new_name))
            writing.changed(items=items)

    def _project_row(self, writing: Writing, step: Create | Recreate) -> dict[str, Any]:
        order = step.order
        return PROJECT_DEFAULTS | _column_values(step.values) | {
            "integration_id": self._integration_id,
            "number": order.number,
            "qa_in_field": self._qa_in_field,
            "attributes": order.attributes,
            "source": order.source,
            "source_digest": source_digest(order),
            "created_at": writing.now,
        }  # fmt: skip

    def _task_row(self, writing: Writing, project_id: int, position: int, service: Service) -> dict[str, Any]:
        return TASK_DEFAULTS | {
            "project_id": project_id,
            "position": position,
            "name": service.name,
            "instructions": service.instructions or "",
            "options": service.options or {},
            "source_service": service.source_service or "",
            "source_service_id": service.source_service_id or "",
        } | self._form(writing, service)  # fmt: skip

    def _form(self, writing: Writing, service: Service, task_id: int | None = None) -> dict[str, Any]:
        """The survey of a service: its template kept by id and version, or an earlier answer set for rework.

        A task that has a form keeps it, whatever newer version another order brought, unless its own order sends one.
        """
        values: dict[str, Any] = {}
        template_id = plain_template_id(service.survey or "")
        body = service.survey_dynamic
        if body is not None:
            template = read_template(body)
            template_id = template_id or (template.template_id if template else template_id_of(body))
            if template is None:
                values["survey_rework"] = body
            else:
                values["survey_template_id"] = self._keep_template(writing, template)
                values["survey_rework"] = None  # the client asks for a fresh answer set
        if template_id:
            values["survey_id"] = template_id
            if "survey_template_id" not in values and not self._has_form(writing.session, task_id, template_id):
                known = self.newest_template(writing.session, template_id)
                values |= {"survey_template_id": known} if known is not None else {}
        return values

    @staticmethod
    def _has_form(session: Session, task_id: int | None, template_id: str) -> bool:
        mine = (Task.id == task_id, Task.survey_id == template_id, Task.survey_template_id.is_not(None))
        return task_id is not None and session.scalar(select(Task.id).where(*mine)) is not None

    def _keep_template(self, writing: Writing, template: SurveyTemplate) -> int:
        key = (template.template_id, survey_digest(template.body))
        if key not in self._templates:
            self._templates[key], new = keep_template(writing, self._integration_id, template)
            if new:
                self._newest.pop(template.template_id, None)
                form = f"Form {template.name} {template.version}".strip()
                self.template_faults += [f"{form}: {fault}" for fault in read_form(template.body).faults]
        return self._templates[key]

    def newest_template(self, session: Session, template_id: str) -> int | None:
        """The id of the newest template row of that template id, if any came."""
        if template_id not in self._newest:
            self._newest[template_id] = session.scalar(
                select(SurveyTemplateRow.id)
                .where(
                    SurveyTemplateRow.integration_id == self._integration_id,
                    SurveyTemplateRow.template_id == template_id,
                )
                .order_by(SurveyTemplateRow.id.desc())
                .limit(1)
            )
        return self._newest[template_id]


def keep_template(writing: Writing, integration_id: int, template: SurveyTemplate) -> tuple[int, bool]:
    """The row of a template, and whether it is new. Another form under the same version counts as a version of its own."""
    mine = (SurveyTemplateRow.integration_id == integration_id, SurveyTemplateRow.template_id == template.template_id)
    digest = survey_digest(template.body)
    version = template.version
    row = writing.session.scalar(select(SurveyTemplateRow).where(*mine, SurveyTemplateRow.version == version))
    if row is not None and survey_digest(row.body) != digest:
        version = f"{version}+{digest[:12]}"
        row = writing.session.scalar(select(SurveyTemplateRow).where(*mine, SurveyTemplateRow.version == version))
    if row is not None:
        return row.id, False
    row = SurveyTemplateRow(
        integration_id=integration_id, template_id=template.template_id, version=version, name=template.name,
        body=template.body, received_at=writing.now,
    )  # fmt: skip
    writing.session.add(row)
    writing.session.flush()
    return row.id, True


WITHOUT_FORM = text("tasks.survey_template_id IS NULL AND tasks.survey_id != ''")
"""Written out as the index of such tasks has it, so that looking for them costs as much as there are, not as there are tasks."""


def tasks_without_form(session: Session, integration_id: int) -> list[tuple[str, str]]:
    """Order number and survey id of open survey tasks whose template nobody has sent yet."""
    number = select(Project.number).where(Project.id == Task.project_id).scalar_subquery()
    wanted = select(number, Task.survey_id).where(
        WITHOUT_FORM,
        Task.survey_rework.is_(None),
        Task.removed.is_(False),
        _of_project(integration_id, Project.status != ProjectStatus.CLOSED, Project.deleted_at.is_(None)),
    )
    return [(row[0], row[1]) for row in session.execute(wanted)]


def settle_missing_forms(writing: Writing, integration_id: int) -> int:
    """Gives survey tasks that only named a form the newest that has come by that name meanwhile; answers how many got theirs.

    Those that are left wait, and an alert names them.
    """
    waiting = select(Task).where(WITHOUT_FORM, _of_project(integration_id))
    importer, given = Importer(integration_id, qa_in_field=True), 0
    for task in writing.session.scalars(waiting).all():
        task.survey_template_id = importer.newest_template(writing.session, task.survey_id)
        if task.survey_template_id is not None:
            writing.changed(surveys=task.id, projects=task.project_id)
            given += 1
    key, missing = f"forms-missing/{integration_id}", tasks_without_form(writing.session, integration_id)
    if missing:
        raise_alert(writing, key, _missing_forms(missing), integration_id=integration_id)
    else:
        solve_alert(writing, key)
    return given


def _missing_forms(missing: Sequence[tuple[str, str]]) -> ItemError:
    named = ", ".join(f"{number} ({form})" for number, form in missing[:NAMED_ORDERS])
    more = f" and {len(missing) - NAMED_ORDERS} more" if len(missing) > NAMED_ORDERS else ""
    tasks = "a survey task" if len(missing) == 1 else f"{len(missing)} survey tasks"
    return ItemError(
        f"The form of {tasks} is not known: {named}{more}.",
        "Ask the client to send it whole, or import it from a file in Surveys.",
    )


def _of_project(integration_id: int, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tasks of projects of an integration: asked of each task, of which there are few, and not of each project."""
    return exists().where(Project.id == Task.project_id, Project.integration_id == integration_id, *which)


def _insert(writing: Writing, model: type[Project] | type[Task], rows: Sequence[dict[str, Any]]) -> None:
    """Inserts rows past the ORM, whose bookkeeping costs five times the writing."""
    writing.session.connection().execute(insert(model), rows)


def _column_values(values: dict[str, Any]) -> dict[str, Any]:
    return {name: due_text(value) if name in DUE_FIELDS else value for name, value in values.items()}
