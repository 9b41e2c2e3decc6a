"""Items, as the gallery shows them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from sys import intern
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from pruvan_desk.domain.certification import Certification, Position, certify
from pruvan_desk.domain.hints import Hint
from pruvan_desk.domain.pairs import Shot
from pruvan_desk.domain.qa import RECOVERABLE
from pruvan_desk.domain.statuses import EVIDENCE_TYPES, FileType, ItemState, evidence_rank
from pruvan_desk.store.copies import is_covered
from pruvan_desk.store.models import Integration, Item, Project, Task
from pruvan_desk.store.outbox import chunks
from pruvan_desk.store.views.hints import RowHints, position
from pruvan_desk.store.views.trash import not_in_trash


class ItemRow(NamedTuple):
    """One tile. ``extension`` is that of the stored file; ``position`` that of its task in the order.

    A tuple, because a gallery makes 100,000 of them.
    """

    id: int
    project_id: int | None
    project: str
    wanted_project: str
    task: str
    evidence_type: str
    file_type: FileType
    state: ItemState
    sha256: str | None
    extension: str
    file_name: str
    rotation: int
    reject_reason: str
    problem: str
    inspected: bool
    notes: str
    taken_at: datetime | None
    arrived_at: datetime
    created_by: str
    position: int = 0
    width: int | None = None
    height: int | None = None
    hints: tuple[Hint, ...] = ()
    """What somebody should look at twice, the weightiest first."""
    annotations: str = ""
    """The marks on it, as :mod:`pruvan_desk.domain.annotations` writes them."""
    copy_of: int | None = None
    """The item that it is the annotated copy of."""
    covered: bool = False
    """Whether its annotated copy stands for it."""
    from_app: bool = True
    zone_assumed: bool = False
    latitude: float | None = None
    longitude: float | None = None
    """Where it was taken, in degrees."""
    accuracy: float | None = None
    """Of that place, in metres."""
    place: Position | None = None
    """Where the property is."""

    @property
    def group(self) -> tuple[Any, ...]:
        """What it is shown together with: project, task and evidence type, in the order they are shown."""
        return (self.project or self.wanted_project, self.position, self.task, evidence_rank(self.evidence_type))

    @property
    def sort_key(self) -> tuple[Any, ...]:
        """Its place among all: by group, and there as it was taken."""
        return (*self.group, self.taken_at or self.arrived_at, self.id)

    @property
    def certification(self) -> Certification:
        """What is certified of it; worked out when somebody wants to know, which of 100,000 tiles is seldom."""
        return certify(
            from_app=self.from_app,
            taken_at=self.taken_at,
            zone_assumed=self.zone_assumed,
            arrived_at=self.arrived_at,
            taken=position(self.latitude, self.longitude),
            place=self.place,
            is_copy=self.copy_of is not None,
        )

    def decided(self, state: ItemState, reason: str) -> "ItemRow":
        """As it looks after a decision."""
        return self._replace(state=state, reject_reason=reason)

    def turned(self, degrees: int) -> "ItemRow":
        """As it looks when turned clockwise."""
        return self._replace(rotation=(self.rotation + degrees) % 360)


@dataclass(frozen=True, slots=True)
class Scope:
    """What the gallery shows: the items of one project, everything that waits in the office, or what has no project."""

    kind: str
    project_id: int | None = None
    title: str = ""
    count: int = 0

    def holds(self, row: ItemRow) -> bool:
        """Whether an item belongs into it."""
        if self.kind == DELETED or row.state is ItemState.DELETED:
            return self.kind == DELETED and row.state is ItemState.DELETED
        if self.kind == PROJECT:
            return row.project_id == self.project_id
        if self.kind == UNASSIGNED:
            return row.state is ItemState.UNASSIGNED
        return row.state in WAITING


FIRST = 300
"""Items that are shown while the rest is read: more than a large screen holds of the smallest tiles."""
PIECE = 2_000
"""Items that are read at a time."""
NO_TASK = 1_000
"""The position of items whose task the project does not have: after all that it has."""
PROJECT, PENDING, UNASSIGNED, DELETED = "project", "pending", "unassigned", "deleted"
WAITING = (ItemState.PENDING_QA, ItemState.PASSED)
FILE_TYPES = {each.value: each for each in FileType}
STATES = {each.value: each for each in ItemState}


def first_items(session: Session, scope: Scope) -> list[ItemRow]:
    """The first :data:`FIRST` items of a scope as they are shown; all of them where there are not so many.

    The database puts them in order, so that 100,000 behind them need not be read before the first are seen; by their ids alone, which
    takes two thirds of the time.
    """
    first = _as_shown(_query(scope).with_only_columns(Item.id)).limit(FIRST)
    return in_order(_rows(session, _item_columns().where(Item.id.in_(first))))


def scope_items(session: Session, scope: Scope) -> list[ItemRow]:
    """The items of a scope, in the order they are shown."""
    return in_order(_rows(session, _query(scope)))


def _query(scope: Scope) -> Select[*tuple[Any, ...]]:
    query = _item_columns()
    if scope.kind == DELETED:
        since = datetime.now(UTC) - RECOVERABLE
        query = query.where(Item.state == ItemState.DELETED, Item.deleted_at > since)
    else:
        query = query.where(Item.state != ItemState.DELETED)
    if scope.kind == PROJECT:
        query = query.where(Item.project_id == scope.project_id)
    elif scope.kind == UNASSIGNED:
        query = query.where(Item.state == ItemState.UNASSIGNED)
    elif scope.kind == PENDING:
        query = query.where(Item.state.in_(WAITING))
    return query


def _as_shown(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The same items in the order of :attr:`ItemRow.sort_key`, without those of projects in the trash."""
    name = case((Item.project_id.is_(None), Item.wanted_project), else_=Integration.code + "::" + Project.number)
    same_task = select(Task.position).where(Task.project_id == Item.project_id, Task.name == Item.task)
    position = func.coalesce(same_task.order_by(Task.id.desc()).limit(1).scalar_subquery(), NO_TASK)
    kinds = {kind: place for place, kind in enumerate(EVIDENCE_TYPES)}
    rank = case(kinds, value=Item.evidence_type, else_=len(EVIDENCE_TYPES))
    return (
        query.join(Project, Project.id == Item.project_id, isouter=True)
        .join(Integration, Integration.id == Project.integration_id, isouter=True)
        .where(Project.deleted_at.is_(None))
        .order_by(name, position, Item.task, rank, Item.evidence_type, func.coalesce(Item.taken_at, Item.arrived_at), Item.id)
    )  # fmt: skip


def in_order(rows: Iterable[ItemRow]) -> list[ItemRow]:
    """By :attr:`ItemRow.sort_key`, each group sorted by itself: comparing the whole key of 100,000 is felt."""
    groups: defaultdict[Any, list[ItemRow]] = defaultdict(list)
    for row in rows:
        groups[row.project or row.wanted_project, row.position, row.task, row.evidence_type].append(row)
    ordered: list[ItemRow] = []
    for same in sorted(groups.values(), key=lambda group: group[0].group):
        ordered += sorted(same, key=_taken)
    return ordered


def _taken(row: ItemRow) -> tuple[datetime, int]:
    return row.taken_at or row.arrived_at, row.id


def items_by_id(session: Session, ids: Sequence[int]) -> list[ItemRow]:
    """Some items; those that do not exist are left out."""
    rows: list[ItemRow] = []
    for some in chunks(ids):
        rows += _rows(session, _item_columns().where(Item.id.in_(some)))
    return rows


def gallery_scopes(session: Session, project_id: int | None) -> list[Scope]:
    """What there is to choose from: the two collections, the open project, and projects with photos to check."""
    waiting = select(func.count()).select_from(Item).where(Item.state == ItemState.PENDING_QA, not_in_trash())
    lost = select(func.count()).select_from(Item).where(Item.state == ItemState.UNASSIGNED)
    gone = select(func.count()).select_from(Item)
    gone = gone.where(Item.state == ItemState.DELETED, Item.deleted_at > datetime.now(UTC) - RECOVERABLE)
    scopes = [
        Scope(PENDING, None, "All Pending QA", session.scalar(waiting) or 0),
        Scope(UNASSIGNED, None, "Unassigned", session.scalar(lost) or 0),
        Scope(DELETED, None, "Deleted in the last 30 days", session.scalar(gone) or 0),
    ]
    pending = (
        select(Item.project_id, func.count().label("waiting"))
        .where(Item.state == ItemState.PENDING_QA)
        .group_by(Item.project_id)
        .subquery()
    )
    columns = select(
        Project.id,
        Integration.code,
        Project.number,
        Project.address1,
        Project.city,
        func.coalesce(pending.c.waiting, 0),
    ).join(Integration, Integration.id == Project.integration_id)
    shown = columns.join(pending, pending.c.project_id == Project.id, isouter=True).where(
        (pending.c.waiting > 0) | (Project.id == project_id), Project.deleted_at.is_(None)
    )
    for found, code, number, address, city, count in session.execute(shown.order_by(Project.number).limit(500)):
        place = ", ".join(part for part in (address, city) if part)
        scopes.append(Scope(PROJECT, found, f"{code}::{number} · {place}", count))
    return scopes


def shots(session: Session, ids: Sequence[int]) -> list[Shot]:
    """When and where some photos were taken, for pairing."""
    found: list[Shot] = []
    for some in chunks(ids):
        columns = (Item.id, Item.taken_at, Item.arrived_at, Item.latitude, Item.longitude)
        found += (
            Shot(row.id, row.taken_at or row.arrived_at, position(row.latitude, row.longitude))
            for row in session.execute(select(*columns).where(Item.id.in_(some)))
        )
    return found


def find_projects(session: Session, text: str, limit: int = 50) -> list[Scope]:
    """Projects whose number or address holds ``text``, open ones first."""
    word = text.strip().rpartition("::")[2]
    columns = select(Project.id, Integration.code, Project.number, Project.address1, Project.city)
    wanted = (
        columns.join(Integration, Integration.id == Project.integration_id)
        .where(Project.number.icontains(word, autoescape=True) | Project.address1.icontains(word, autoescape=True))
        .where(Project.deleted_at.is_(None))
        .order_by(Project.closed_at.is_not(None), Project.number)
        .limit(limit)
    )
    return [
        Scope(PROJECT, found, f"{code}::{number} · {', '.join(part for part in (address, city) if part)}")
        for found, code, number, address, city in session.execute(wanted)
    ]


def task_names(session: Session, project_id: int) -> list[str]:
    """The tasks of a project, in their order."""
    tasks = select(Task.name).where(Task.project_id == project_id, Task.removed.is_(False))
    return list(session.scalars(tasks.order_by(Task.position, Task.id)))


@cache
def _item_columns() -> Select[*tuple[Any, ...]]:
    return select(
        Item.id, Item.project_id, Item.wanted_project, Item.task, Item.evidence_type, Item.file_type, Item.state, Item.sha256,
        Item.extension, Item.file_name, Item.rotation, Item.reject_reason, Item.problem, Item.inspected, Item.notes,
        Item.taken_at, Item.arrived_at, Item.created_by, Item.hints, Item.latitude, Item.longitude, Item.width, Item.height,
        Item.annotations, Item.copy_of, is_covered(), Item.from_app, Item.zone_assumed, Item.accuracy,
    )  # fmt: skip


def _rows(session: Session, query: Select[*tuple[Any, ...]]) -> list[ItemRow]:
    """The items of a query, without those of projects in the trash. What was read is let go piece by piece."""
    found = session.connection().execute(query)  # past the ORM, which takes as long again
    around = _Surroundings(session)
    return [row for some in found.partitions(PIECE) for row in around.rows(some)]


class _Surroundings:
    """Makes rows of items; what they need of their projects is read once for each, not joined to each item."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: set[int] = set()
        self._names: dict[int | None, str] = {None: ""}
        self._places: dict[int | None, Position | None] = {}
        self._positions: dict[tuple[int | None, str], int] = {}
        self._hints = RowHints(session)

    def rows(self, found: Sequence[Any]) -> list[ItemRow]:
        """Some items; words that many share are kept once."""
        self._know({row[1] for row in found if row[1] is not None} - self._known)
        names, places, positions, hints_of = self._names, self._places, self._positions, self._hints.of
        return [
            ItemRow(
                id_, project_id, names[project_id], wanted, intern(task), intern(evidence_type), FILE_TYPES[file_type],
                STATES[state], sha256, intern(extension), file_name, rotation, reject_reason, problem, inspected, notes,
                taken_at, arrived_at, intern(created_by), positions.get((project_id, task), NO_TASK), width, height,
                hints_of(project_id, kept_hints, taken_at, latitude, longitude), annotations, copy_of, bool(covered),
                from_app, zone_assumed, latitude, longitude, accuracy, places.get(project_id),
            )
            for (
                id_, project_id, wanted, task, evidence_type, file_type, state, sha256, extension, file_name, rotation,
                reject_reason, problem, inspected, notes, taken_at, arrived_at, created_by, kept_hints, latitude, longitude,
                width, height, annotations, copy_of, covered, from_app, zone_assumed, accuracy,
            ) in found
            if project_id in names
        ]  # fmt: skip

    def _know(self, ids: set[int]) -> None:
        """Reads projects, those in the trash excepted."""
        self._known |= ids
        columns = select(
            Project.id, Integration.code, Project.number, Project.latitude, Project.longitude, Project.start, Project.due,
            Project.client_due,
        ).join(Integration, Integration.id == Project.integration_id)  # fmt: skip
        for some in chunks(sorted(ids)):
            projects = self._session.execute(columns.where(Project.id.in_(some), Project.deleted_at.is_(None))).all()
            self._names.update((row.id, f"{row.code}::{row.number}") for row in projects)
            self._places.update((row.id, position(row.latitude, row.longitude)) for row in projects)
            self._hints.know(projects)
            tasks = select(Task.project_id, Task.name, Task.position).where(Task.project_id.in_(some)).order_by(Task.id)
            self._positions.update(((home, name), place) for home, name, place in self._session.execute(tasks))
