"""Deleted projects that can be restored, and what waits in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.domain.trash import TRASH_TIME
from pruvan_desk.store.models import AuditEvent, Integration, Item, Project

KNOWN_STATES = frozenset(ItemState)


@dataclass(frozen=True, slots=True)
class TrashRow:
    """A deleted project: who deleted it, until when it can be restored, how many items it holds."""

    id: int
    key: str
    address: str
    city: str
    status: str
    deleted_at: datetime
    deleted_by: str
    restorable_until: datetime
    items: int


def trash_rows(session: Session, now: datetime) -> list[TrashRow]:
    """The projects in the trash, the one deleted last first."""
    items = (
        select(Item.project_id, func.count().label("held"))
        .where(Item.state != ItemState.DELETED)
        .group_by(Item.project_id)
        .subquery()
    )
    last = (
        select(AuditEvent.project_id, func.max(AuditEvent.id).label("id"))
        .where(AuditEvent.what == "deleted")
        .group_by(AuditEvent.project_id)
        .subquery()
    )
    columns = select(
        Project.id, Integration.code, Project.number, Project.address1, Project.city, Project.status, Project.deleted_at,
        func.coalesce(AuditEvent.who, "").label("who"), func.coalesce(items.c.held, 0).label("items"),
    )  # fmt: skip
    found = session.execute(
        columns.join(Integration, Integration.id == Project.integration_id)
        .join(items, items.c.project_id == Project.id, isouter=True)
        .join(last, last.c.project_id == Project.id, isouter=True)
        .join(AuditEvent, AuditEvent.id == last.c.id, isouter=True)
        .where(Project.deleted_at > now - TRASH_TIME)
        .order_by(Project.deleted_at.desc(), Project.number)
    )
    return [
        TrashRow(
            id=row.id,
            key=f"{row.code}::{row.number}",
            address=row.address1,
            city=row.city,
            status=row.status,
            deleted_at=row.deleted_at,
            deleted_by=row.who,
            restorable_until=row.deleted_at + TRASH_TIME,
            items=row.items,
        )
        for row in found
        if row.deleted_at is not None
    ]


def items_in_trash(session: Session) -> Mapping[ItemState, int]:
    """How many items of deleted projects stand where: they are in the accounts, and wait for nobody's work."""
    grouped = (
        select(Item.state, func.count())
        .join(Project, Project.id == Item.project_id)
        .where(Project.deleted_at.is_not(None))
        .group_by(Item.state)
    )
    return {ItemState(state): count for state, count in session.execute(grouped) if state in KNOWN_STATES}


def not_in_trash() -> ColumnElement[bool]:
    """Items whose project, if they have one, is not deleted."""
    return Item.project_id.is_(None) | Item.project_id.not_in(select(Project.id).where(Project.deleted_at.is_not(None)))
