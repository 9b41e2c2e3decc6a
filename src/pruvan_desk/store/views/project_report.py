"""What the report of a project tells: the order, and each item that proves something, with its certification."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.certification import Certification, Position, certify
from pruvan_desk.domain.statuses import FileType, ItemState, evidence_rank
from pruvan_desk.store.copies import is_covered
from pruvan_desk.store.models import Integration, Item, Project, Task
from pruvan_desk.store.views.hints import position
from pruvan_desk.store.views.project_details import project_lacks
from pruvan_desk.store.views.projects import GONE

REPORTS = frozenset({FileType.REPORT, FileType.CSR})
"""What tells of the others is no evidence itself."""


@dataclass(frozen=True, slots=True)
class ReportPhoto:
    """One photo. ``taken`` is where, ``rotation`` what the office turned it by (clockwise degrees)."""

    sha256: str | None
    task: str
    evidence_type: str
    state: ItemState
    rotation: int
    file_name: str
    problem: str
    at: datetime
    """When it was taken; when it arrived where it carries no time."""
    who: str
    taken: Position | None
    certification: Certification
    annotations: str = ""
    """The marks on it: its picture is shown with them, and with what they blur blurred."""


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Everything in a report. ``photos`` in the order they are shown; ``items`` counts by :class:`FileType`."""

    key: str
    address: tuple[str, ...]
    place: Position | None
    status: str
    crews: tuple[str, ...]
    """Who made the photos, the most diligent first."""
    items: Mapping[FileType, int]
    first: datetime | None
    last: datetime | None
    photos: tuple[ReportPhoto, ...]
    lacks: tuple[str, ...]


def report_facts(session: Session, project_id: int) -> ReportFacts | None:
    """What a report tells of a project; ``None`` when it is gone. What was rejected or deleted is not in it.

    Of a photo for which an annotated copy stands, the copy is.
    """
    columns = select(Integration.code, Project.__table__).join(Integration, Integration.id == Project.integration_id)
    project = session.execute(columns.where(Project.id == project_id, Project.deleted_at.is_(None))).one_or_none()
    if project is None:
        return None
    wanted = select(
        Item.id, Item.sha256, Item.task, Item.evidence_type, Item.file_type, Item.state, Item.rotation, Item.file_name,
        Item.problem, Item.taken_at, Item.zone_assumed, Item.arrived_at, Item.created_by, Item.from_app, Item.latitude,
        Item.longitude, Item.annotations, Item.copy_of,
    ).where(Item.project_id == project_id, Item.state.not_in(GONE), ~is_covered())  # fmt: skip
    tasks = select(Task.name, Task.position).where(Task.project_id == project_id).order_by(Task.removed.desc())
    places = {task.name: task.position for task in session.execute(tasks)}
    rows = [row for row in session.execute(wanted) if row.file_type not in REPORTS]
    shown = sorted(
        (row for row in rows if row.file_type == FileType.PICTURE),
        key=lambda row: (
            places.get(row.task, len(places)), row.task, evidence_rank(row.evidence_type), row.taken_at or row.arrived_at,
            row.id,
        ),
    )  # fmt: skip
    place = position(project.latitude, project.longitude)
    photos = tuple(
        ReportPhoto(
            sha256=row.sha256,
            task=row.task,
            evidence_type=row.evidence_type,
            state=ItemState(row.state),
            rotation=row.rotation,
            file_name=row.file_name,
            problem=row.problem,
            at=row.taken_at or row.arrived_at,
            who=row.created_by,
            taken=(taken := position(row.latitude, row.longitude)),
            certification=certify(
                from_app=row.from_app,
                taken_at=row.taken_at,
                zone_assumed=row.zone_assumed,
                arrived_at=row.arrived_at,
                taken=taken,
                place=place,
                is_copy=row.copy_of is not None,
            ),
            annotations=row.annotations,
        )
        for row in shown
    )
    times = [photo.at for photo in photos]
    town = " ".join(part for part in (f"{project.city}," if project.city else "", project.state, project.zip) if part)
    return ReportFacts(
        key=f"{project.code}::{project.number}",
        address=tuple(line for line in (project.address1, project.address2, town) if line),
        place=place,
        status=project.status,
        crews=tuple(name for name, _ in Counter(photo.who for photo in photos if photo.who).most_common()),
        items=Counter(FileType(row.file_type) for row in rows),
        first=min(times, default=None),
        last=max(times, default=None),
        photos=photos,
        lacks=tuple(lack.words for lack in project_lacks(session, project_id)),
    )
