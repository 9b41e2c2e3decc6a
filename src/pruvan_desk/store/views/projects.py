"""The projects, as the table of the window shows them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pruvan_desk.domain.check_in import check_in_required
from pruvan_desk.domain.statuses import ItemState, ProjectStatus
from pruvan_desk.store.check_ins import check_in_steps
from pruvan_desk.store.models import Integration, Item, Project, Task
from pruvan_desk.store.outbox import chunks

KNOWN_STATES = frozenset(ItemState)
SLICE = 2000
"""Projects read at a time, so that the first of many are on the screen while the rest are still coming."""


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project of the table. ``search`` holds number, address, tasks and crew, case-folded."""

    id: int
    key: str
    number: str
    integration: str
    status: str
    client_status: str
    due: str
    address: str
    city: str
    state: str
    assigned_to: str
    tasks: int
    items: Mapping[ItemState, int]
    check_in: str
    """``required``, ``failed``, ``succeeded``, or empty where the order asks for none."""
    search: str = field(compare=False)

    @property
    def closed(self) -> bool:
        """Whether it is done with."""
        return self.status == ProjectStatus.CLOSED

    @property
    def item_count(self) -> int:
        """Items of every state but deleted."""
        return sum(count for state, count in self.items.items() if state is not ItemState.DELETED)


def project_slice(session: Session, after: int) -> list[ProjectRow]:
    """The next projects by id, at most :data:`SLICE`; none are left when it is empty."""
    ids = session.scalars(select(Project.id).where(Project.id > after).order_by(Project.id).limit(SLICE))
    return project_rows(session, list(ids))


def project_rows(session: Session, ids: Sequence[int]) -> list[ProjectRow]:
    """Some projects; those that do not exist are left out."""
    rows: list[ProjectRow] = []
    for some in chunks(ids):
        rows += _rows(session, some)
    return rows


def _rows(session: Session, ids: Sequence[int]) -> list[ProjectRow]:
    columns = select(
        Project.id, Integration.code, Project.number, Integration.name, Project.status, Project.client_status,
        Project.due, Project.address1, Project.city, Project.state, Project.assigned_to, Project.options,
        Project.field_status,
    )  # fmt: skip
    found = session.execute(
        columns.join(Integration, Integration.id == Project.integration_id).where(Project.id.in_(ids))
    ).all()
    tasks = _task_names(session, ids)
    items = _items_by_state(session, ids)
    steps = check_in_steps(session, {row.id: row.field_status for row in found if check_in_required(row.options or {})})
    return [
        ProjectRow(
            id=row.id,
            key=f"{row.code}::{row.number}",
            number=row.number,
            integration=row.name,
            status=row.status,
            client_status=row.client_status,
            due=row.due,
            address=row.address1,
            city=row.city,
            state=row.state,
            assigned_to=row.assigned_to,
            tasks=len(tasks[row.id]),
            items=items[row.id],
            check_in=steps[row.id].state if row.id in steps else "",
            search=_search_text(f"{row.code}::{row.number}", row.address1, row.city, row.assigned_to, *tasks[row.id]),
        )
        for row in found
    ]


def _search_text(*words: str) -> str:
    return "\n".join(words).casefold()


def _task_names(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = defaultdict(list)
    wanted = select(Task.project_id, Task.name).where(Task.project_id.in_(ids), Task.removed.is_(False))
    for project_id, name in session.execute(wanted):
        names[project_id].append(name)
    return names


def _items_by_state(session: Session, ids: Sequence[int]) -> dict[int, Counter[ItemState]]:
    counts: dict[int, Counter[ItemState]] = defaultdict(Counter)
    grouped = (
        select(Item.project_id, Item.state, func.count())
        .where(Item.project_id.in_(ids))
        .group_by(Item.project_id, Item.state)
    )
    for project_id, state, count in session.execute(grouped):
        if state in KNOWN_STATES:  # the accounts tell of others; nobody is kept from the table by them
            counts[project_id or 0][ItemState(state)] = count
    return counts
