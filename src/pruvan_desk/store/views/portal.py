"""A project as the client's portal knows it, and how its integration gets there."""

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.store.models import Integration, Project
from pruvan_desk.store.views.project_details import project_lacks
from pruvan_desk.wire.portal import PortalAccess

ACCESS = {field.name: getattr(Integration, f"portal_{field.name}") for field in fields(PortalAccess)}
"""The column of each field."""


@dataclass(frozen=True, slots=True)
class PortalOrder:
    """An order to be opened in myFAStrack. ``portal_url`` is empty where the integration names none."""

    project_id: int
    key: str
    number: str
    address: str
    client_status: str
    integration_id: int
    integration: str
    portal_url: str
    username: str
    access: PortalAccess
    lacks: int
    """How many things are missing before the order can be submitted; 0: it is ready."""


def portal_order(session: Session, project_id: int) -> PortalOrder | None:
    """The order of a project; ``None`` when it is gone."""
    columns = select(
        Project.id, Project.number, Project.address1, Project.city, Project.state, Project.client_status,
        Integration.id.label("integration_id"), Integration.code, Integration.name, Integration.portal_url,
        Integration.username, *ACCESS.values(),
    )  # fmt: skip
    found = columns.join(Integration, Integration.id == Project.integration_id).where(
        Project.id == project_id, Project.deleted_at.is_(None)
    )
    row = session.execute(found).one_or_none()
    if row is None:
        return None
    town = " ".join(part for part in (row.city, row.state) if part)
    return PortalOrder(
        project_id=row.id,
        key=f"{row.code}::{row.number}",
        number=row.number,
        address=", ".join(part for part in (row.address1, town) if part),
        client_status=row.client_status,
        integration_id=row.integration_id,
        integration=row.name,
        portal_url=row.portal_url,
        username=row.username,
        access=access_of(row),
        lacks=len(project_lacks(session, project_id)),
    )


def access_of(row: Any) -> PortalAccess:
    """How a row of integrations says that its portal is signed in to."""
    return PortalAccess(**{name: getattr(row, column.key) for name, column in ACCESS.items()})
