"""What the Downloader's folders are named after, for one item, and where the item was put before."""

from datetime import tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.folder_trees import Level
from pruvan_desk.domain.statuses import Destination, JobState, evidence_label
from pruvan_desk.store.models import Integration, Item, RelayJob
from pruvan_desk.store.outbox import ClaimedJob
from pruvan_desk.sync.downloader import Placed
from pruvan_desk.wire.values import JsonObject, read_text


def tree_facts(session: Session, job: ClaimedJob, zone: tzinfo) -> dict[Level, str]:
    """What each level is for a claimed item; its day is that of the office's ``zone``."""
    item, project = job.item, job.project
    if item is None:
        raise AssertionError("a status has no folder")
    payload = session.scalar(select(Item.payload).where(Item.id == item.id)) or {}
    client, code = session.execute(
        select(Integration.name, Integration.code).where(Integration.id == project.integration_id)
    ).one()
    city = " ".join(part for part in (project.state, project.zip) if part)
    return {
        Level.ADDRESS_1: project.address1,
        Level.ADDRESS_2: project.address2,
        Level.CITY: project.city,
        Level.STATE: project.state,
        Level.ZIP: project.zip,
        Level.PROPERTY: ", ".join(part for part in (project.address1, project.city, city) if part),
        Level.CLIENT: client,
        Level.PROJECT: f"{code}::{project.number}",
        Level.TASK: item.task,
        Level.PHOTO_TYPE: evidence_label(item.evidence_type) if item.evidence_type else "",
        Level.DATE: (item.taken_at or item.arrived_at).astimezone(zone).date().isoformat(),
        Level.FILE_TYPE: item.file_type,
        Level.FILE_EXTENSION: item.extension,
        Level.PICTURE_SOURCE: "Mobile" if item.from_app else "Upload",
        Level.PHONE_NUMBER: _said(payload, "phoneNumber"),
        Level.SUB_USER: _said(payload, "createdBySubUser") or item.created_by,
        Level.VENDOR_ACCOUNT: _said(payload, "createdBy"),
    }


def placed_before(session: Session, item_id: int) -> Placed | None:
    """Where the Downloader last put an item; ``None`` when it never did."""
    row = session.execute(
        select(RelayJob.place, RelayJob.sent_sha256)
        .where(
            RelayJob.item_id == item_id,
            RelayJob.destination == Destination.DOWNLOADER,
            RelayJob.state == JobState.DONE,
            RelayJob.place != "",
        )
        .order_by(RelayJob.finished_at.desc(), RelayJob.id.desc())
        .limit(1)
    ).one_or_none()
    return Placed(row.place, row.sent_sha256) if row is not None else None


def _said(payload: JsonObject, name: str) -> str:
    try:
        return read_text(payload.get(name)) or ""
    except ValueError:
        return ""
