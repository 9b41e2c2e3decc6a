"""The check-ins of a project, each with what proves it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.certification import Certification, certify
from pruvan_desk.store.models import CheckIn, Item, Project
from pruvan_desk.store.views.hints import position

MOST = 20


@dataclass(frozen=True, slots=True)
class CheckInRow:
    """Somebody said that they were there. ``accepted``: what the provider said of the number, ``None`` as long as it has not."""

    who: str
    abc_number: str
    at: datetime
    accepted: bool | None
    words: str
    certification: Certification


def check_in_rows(session: Session, project_id: int) -> tuple[CheckInRow, ...]:
    """The latest check-ins of a project, the newest first; position and time are certified as those of photos."""
    columns = select(
        CheckIn.who, CheckIn.abc_number, CheckIn.at, CheckIn.accepted, CheckIn.words, CheckIn.well_formed, Item.taken_at,
        Item.zone_assumed, Item.arrived_at, Item.from_app, Item.latitude, Item.longitude, Project.latitude.label("place_latitude"),
        Project.longitude.label("place_longitude"),
    )  # fmt: skip
    wanted = columns.join(Item, Item.id == CheckIn.item_id).join(Project, Project.id == CheckIn.project_id)
    rows = session.execute(wanted.where(CheckIn.project_id == project_id).order_by(CheckIn.id.desc()).limit(MOST))
    return tuple(
        CheckInRow(
            who=row.who,
            abc_number=row.abc_number,
            at=row.at,
            accepted=row.accepted if row.well_formed else False,
            words=row.words,
            certification=certify(
                from_app=row.from_app,
                taken_at=row.taken_at,
                zone_assumed=row.zone_assumed,
                arrived_at=row.arrived_at,
                taken=position(row.latitude, row.longitude),
                place=position(row.place_latitude, row.place_longitude),
            ),
        )
        for row in rows
    )
