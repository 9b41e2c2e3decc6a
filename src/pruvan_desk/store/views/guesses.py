"""Guesses about items without a project: the open orders around the places where they were taken."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.certification import Position
from pruvan_desk.domain.guesses import Guess, OpenOrder, guess
from pruvan_desk.domain.statuses import ItemState, ProjectStatus
from pruvan_desk.store.models import Integration, Item, Project, Task
from pruvan_desk.store.outbox import chunks
from pruvan_desk.store.settings import read_settings

CELL = 0.05
"""Degrees: items of one square of this size are looked up together."""
AROUND = 0.02
"""Degrees around such a square; 500 m are at most this on the degrees of longitude where people live."""


def guesses(session: Session, item_ids: Sequence[int]) -> dict[int, Guess]:
    """What can be guessed about those of some items that have no project yet, by item."""
    zone = read_settings(session).zone
    found: dict[int, Guess] = {}
    for (south, west), items in _cells(session, item_ids).items():
        orders = _open_orders(session, south * CELL, west * CELL)
        for item in items:
            taken = Position(item.latitude, item.longitude)
            guessed = guess(taken, item.taken_at, item.task, orders, zone) if orders else None
            if guessed is not None:
                found[item.id] = guessed
    return found


def _cells(session: Session, item_ids: Sequence[int]) -> dict[tuple[int, int], list[Any]]:
    cells: dict[tuple[int, int], list[Any]] = defaultdict(list)
    columns = select(Item.id, Item.latitude, Item.longitude, Item.taken_at, Item.task)
    placed = columns.where(Item.state == ItemState.UNASSIGNED, Item.latitude.is_not(None), Item.longitude.is_not(None))
    for some in chunks(list(item_ids)):
        for row in session.execute(placed.where(Item.id.in_(some))):
            cells[int(row.latitude // CELL), int(row.longitude // CELL)].append(row)
    return cells


def _open_orders(session: Session, south: float, west: float) -> list[OpenOrder]:
    columns = select(
        Project.id, Project.number, Project.latitude, Project.longitude, Project.start, Project.due, Integration.code
    ).join(Integration, Integration.id == Project.integration_id)
    wanted = columns.where(
        Project.latitude.between(south - AROUND, south + CELL + AROUND),
        Project.longitude.between(west - AROUND, west + CELL + AROUND),
        Project.status != ProjectStatus.CLOSED,
        Project.deleted_at.is_(None),
    )
    rows = session.execute(wanted.order_by(Project.id)).all()
    tasks: dict[int, list[str]] = defaultdict(list)
    for some in chunks([row.id for row in rows]):
        named = select(Task.project_id, Task.name).where(Task.project_id.in_(some), Task.removed.is_(False))
        for project_id, name in session.execute(named.order_by(Task.position, Task.id)):
            tasks[project_id].append(name)
    return [
        OpenOrder(
            row.id,
            f"{row.code}::{row.number}",
            Position(row.latitude, row.longitude),
            row.start,
            row.due,
            tuple(tasks[row.id]),
        )
        for row in rows
    ]
