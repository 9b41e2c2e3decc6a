"""What the forms about projects are filled with: the values of one, and who can be assigned."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.store.models import OWN_KIND, Crew, Integration, Project, Task

EVERYBODY = "~all~"
FIELDS = (
    "number", "address1", "address2", "city", "state", "zip", "country", "status", "assigned_to", "due", "start", "info",
    "instructions", "description", "reference",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProjectForm:
    """The values of a project. ``own``: it is the office's own; ``auto_admin``: the next import writes over most of an edit."""

    key: str
    own: bool
    auto_admin: bool
    values: Mapping[str, Any]


def project_form(session: Session, project_id: int) -> ProjectForm | None:
    """The values of a project for its form; ``None`` when it is gone."""
    columns = [getattr(Project, name) for name in FIELDS]
    row = session.execute(
        select(Integration.code, Integration.kind, Integration.auto_admin, *columns)
        .join(Integration, Integration.id == Project.integration_id)
        .where(Project.id == project_id)
    ).one_or_none()
    if row is None:
        return None
    tasks = select(Task.name).where(Task.project_id == project_id, Task.removed.is_(False))
    values = {name: getattr(row, name) for name in FIELDS}
    values["tasks"] = list(session.scalars(tasks.order_by(Task.position, Task.id)))
    return ProjectForm(f"{row.code}::{row.number}", row.kind == OWN_KIND, row.auto_admin, values)


def assignable(session: Session) -> list[str]:
    """Whom a project can be assigned to: the active crews by user name, and whoever has one already."""
    crews = session.scalars(select(Crew.username).where(Crew.active))
    known = session.scalars(select(Project.assigned_to).distinct())
    return sorted({*crews, *known} - {"", EVERYBODY}, key=str.casefold)
