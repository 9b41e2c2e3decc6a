"""What the folders of a tree are named after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.folder_trees import Level
from pruvan_desk.domain.statuses import evidence_label
from pruvan_desk.store.models import Integration, Item, Project
from pruvan_desk.store.outbox import chunks
from pruvan_desk.wire.values import JsonObject, read_text


@dataclass(frozen=True, slots=True)
class TreeItem:
    """An item with what its folders are named after: its project, the client, and what its sender said."""

    item: Item
    project: Project
    client: str
    code: str
    payload: JsonObject

    def facts(self, zone: tzinfo) -> dict[Level, str]:
        """What each level is; its day is that of the office's ``zone``."""
        item = self.item
        return {
            **place_words(self.project),
            Level.CLIENT: self.client,
            Level.PROJECT: f"{self.code}::{self.project.number}",
            Level.TASK: item.task,
            Level.PHOTO_TYPE: evidence_label(item.evidence_type) if item.evidence_type else "",
            Level.DATE: (item.taken_at or item.arrived_at).astimezone(zone).date().isoformat(),
            Level.FILE_TYPE: item.file_type,
            Level.FILE_EXTENSION: item.extension,
            Level.PICTURE_SOURCE: "Mobile" if item.from_app else "Upload",
            Level.PHONE_NUMBER: _said(self.payload, "phoneNumber"),
            Level.SUB_USER: _said(self.payload, "createdBySubUser") or item.created_by,
            Level.VENDOR_ACCOUNT: _said(self.payload, "createdBy"),
        }


def tree_facts(session: Session, item: Item, project: Project, zone: tzinfo) -> dict[Level, str]:
    """What each level is for an item of a project; its day is that of the office's ``zone``."""
    payload = session.scalar(select(Item.payload).where(Item.id == item.id)) or {}
    client, code = session.execute(
        select(Integration.name, Integration.code).where(Integration.id == project.integration_id)
    ).one()
    return TreeItem(item, project, client, code, payload).facts(zone)


def tree_items(session: Session, item_ids: Sequence[int]) -> list[TreeItem]:
    """Those of some items that have a project and something to write, by project, task and evidence type."""
    found: list[TreeItem] = []
    for some in chunks(list(item_ids)):
        rows = session.execute(
            select(Item, Project, Integration.name, Integration.code, Item.payload)
            .join(Project, Project.id == Item.project_id)
            .join(Integration, Integration.id == Project.integration_id)
            .where(Item.id.in_(some), Item.sha256.is_not(None) | Item.survey.is_not(None))
            .order_by(Project.id, Item.task, Item.evidence_type, Item.id)
        )
        found += (TreeItem(*row) for row in rows)
    return found


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
