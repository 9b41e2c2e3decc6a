"""What the field is given: the open orders of a crew, as the API's ``getWorkOrders`` answers them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pruvan_desk.domain.check_in import check_in_required, with_refusal
from pruvan_desk.domain.retakes import Retake, with_retakes
from pruvan_desk.domain.statuses import ProjectStatus
from pruvan_desk.operations.retakes import open_retakes
from pruvan_desk.store.check_ins import check_in_steps
from pruvan_desk.store.models import Integration, Project, SurveyTemplateRow, Task
from pruvan_desk.store.outbox import chunks
from pruvan_desk.store.surveys import answers_sent_back, open_rework
from pruvan_desk.wire.serving import ServedOrder, ServedService
from pruvan_desk.wire.values import JsonObject

EVERYBODY = "~all~"


def orders_for(session: Session, username: str) -> list[dict[str, Any]]:
    """The open orders assigned to ``username`` or to everybody, ready to be written as JSON."""
    rows = session.execute(
        select(Project, Integration.code)
        .join(Integration, Integration.id == Project.integration_id)
        .where(
            Project.status != ProjectStatus.CLOSED,
            Project.deleted_at.is_(None),
            or_(Project.assigned_to == EVERYBODY, Project.assigned_to == username),
        )
        .order_by(Project.id)
    ).all()
    ids = [project.id for project, _ in rows]
    services, retakes, refused = _services(session, ids), open_retakes(session, ids), _refused(session, rows)
    return [
        _served(project, code, services[project.id], retakes[project.id], refused.get(project.id, "")).payload()
        for project, code in rows
    ]


def _refused(session: Session, rows: Sequence[Any]) -> dict[int, str]:
    """Why check-ins were refused that the orders demand, by project."""
    demanded = {project.id: project.field_status for project, _ in rows if check_in_required(project.options)}
    return {project_id: steps.refused for project_id, steps in check_in_steps(session, demanded).items()}


def _served(
    project: Project, code: str, services: list[ServedService], retakes: list[Retake], refused: str
) -> ServedOrder:
    instructions = "\n".join(text for text in (project.client_instructions, project.instructions) if text)
    return ServedOrder(
        number=f"{code}::{project.number}",
        address=(project.address1, project.address2, project.city, project.state, project.zip, project.country),
        status=project.status,
        assigned_to=project.assigned_to,
        due=project.due,
        info=project.info,
        instructions=with_refusal(with_retakes(instructions, retakes), refused),
        description=project.description,
        reference=project.reference,
        position=(project.latitude, project.longitude),
        options=project.options | {"qa_in_field": project.qa_in_field},
        attributes=project.attributes,
        services=services,
    )


def _services(session: Session, project_ids: list[int]) -> dict[int, list[ServedService]]:
    """The tasks of each project. A form that came back, from the client or from the office, goes out with its answers."""
    services: dict[int, list[ServedService]] = defaultdict(list)
    if not project_ids:
        return services
    back: dict[tuple[int, str], JsonObject] = {}
    for some in chunks(project_ids):
        back |= answers_sent_back(session, some)
    wanted = (
        select(Task, SurveyTemplateRow.body)
        .outerjoin(SurveyTemplateRow, SurveyTemplateRow.id == Task.survey_template_id)
        .where(Task.removed.is_(False), Task.project_id.between(project_ids[0], project_ids[-1]))
        .order_by(Task.project_id, Task.position)
    )
    for task, template in session.execute(wanted):
        form = open_rework(task) or back.get((task.project_id, task.name)) or template or task.survey_rework
        services[task.project_id].append(
            ServedService(task.name, task.instructions, task.options, task.survey_id, form)
        )
    return services
