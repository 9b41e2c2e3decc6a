"""Annotated copies: items of their own, made when they are published, that carry the marks to whoever shall have them.

A copy is there to be sent. Taken out of the queue before that, it is deleted, and publishing makes another, with the marks of then.
"""

from collections.abc import Sequence
from pathlib import PurePath
from uuid import uuid4

from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.database import Writing
from pruvan_desk.store.history import record_edit
from pruvan_desk.store.models import Item

COPIED = "annotated copy"
"""Kind of the edit that says of an original that a copy was made of it."""


def make_copies(writing: Writing, items: Sequence[Item], who: str) -> list[Item]:
    """Makes an item of its own for the annotated copy of each, passed like the original, which it names as its parent.

    It shares the original's file: what goes out is drawn when it is sent. When and where it was taken, and when it arrived, are
    the original's; that it is from the app is not, for its pixels are not.
    """
    copies = [_copy(item) for item in items]
    writing.session.add_all(copies)
    writing.session.flush()
    for item in items:
        record_edit(writing, item, COPIED, {}, who)
    writing.changed(items=[copy.id for copy in copies])
    return copies


def _copy(item: Item) -> Item:
    kept = {
        name: getattr(item, name)
        for name in (
            "project_id", "wanted_project", "task", "evidence_type", "file_type", "sha256", "extension", "rotation",
            "notes", "taken_at", "zone_assumed", "latitude", "longitude", "accuracy", "created_by", "device_id", "arrived_at",
            "inspected", "image_format", "width", "height", "problem", "camera", "annotations",
        )
    }  # fmt: skip
    name = PurePath(item.file_name).stem or "photo"
    return Item(
        uuid=str(uuid4()), parent_uuid=item.uuid, copy_of=item.id, from_app=False, hinted=True,
        file_name=f"{name} (annotated).jpg", state=ItemState.PASSED, **kept,
    )  # fmt: skip


def discard_copy(writing: Writing, item: Item) -> None:
    """A copy that was taken out of the queue: its original is to be decided about again."""
    item.state, item.deleted_at = ItemState.DELETED, writing.now
    if item.copy_of is not None:
        writing.changed(items=item.copy_of)
