"""What the folders of a tree are named after, for one item."""

from datetime import tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.folder_trees import Level
from pruvan_desk.domain.statuses import evidence_label
from pruvan_desk.store.models import Integration, Item, Project
from pruvan_desk.wire.values import JsonObject, read_text


def tree_facts(session: Session, item: Item, project: Project, zone: tzinfo) -> dict[Level, str]:
    """What each level is for an item of a project; its day is that of the office's ``zone``."""
    payload = session.scalar(select(Item.payload).where(Item.id == item.id)) or {}
    client, code = session.execute(
        select(Integration.name, Integration.code).where(Integration.id == project.integration_id)
    ).one()
    return {
        **place_words(project),
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


def place_words(project: Project) -> dict[Level, str]:
    """What the address levels of a tree are called for a project."""
    city = " ".join(part for part in (project.state, project.zip) if part)
    return {
        Level.ADDRESS_1: project.address1,
        Level.ADDRESS_2: project.address2,
        Level.CITY: project.city,
        Level.STATE: project.state,
        Level.ZIP: project.zip,
        Level.PROPERTY: ", ".join(part for part in (project.address1, project.city, city) if part),
    }


def _said(payload: JsonObject, name: str) -> str:
    try:
        return read_text(payload.get(name)) or ""
    except ValueError:
        return ""
