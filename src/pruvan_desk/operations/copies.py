"""Annotated copies: items of their own, made when they are published, that carry the marks to whoever shall have them.

A copy is there to be sent. Taken out of the queue before that, it is deleted, and publishing makes another, with the marks of then.
"""

from collections.abc import Sequence
from pathlib import PurePath
from uuid import uuid4

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.qa import IN_OUTBOX
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.copies import covered_ids
from pruvan_desk.store.database import Writing
from pruvan_desk.store.history import record_edit
from pruvan_desk.store.models import Item
from pruvan_desk.store.outbox import enqueue_items
from pruvan_desk.store.stand_ins import sent_forms_naming
from pruvan_desk.store.surveys import standing, submissions

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


def send_forms_again(writing: Writing, originals: Sequence[Item], who: str) -> None:
    """Queues the forms again that went out naming photos of which a copy goes now: they are to name the copy instead.

    A photo that went out itself is still named itself. Of several submissions of a form only the one that stands goes.
    """
    unsent = [item for item in originals if item.state not in IN_OUTBOX and not item.sent_sha256]
    forms = [
        form
        for form in sent_forms_naming(writing.session, unsent)
        if standing(submissions(writing.session, form.project_id or 0, form.task)) is form
    ]
    for form in forms:
        before = {"state": form.state, "revision": form.revision}
        form.state, form.revision = ItemState.QUEUED, form.revision + 1
        record_edit(writing, form, "republish", before, who)
    enqueue_items(writing, forms)


def check_may_return(writing: Writing, copy: Item) -> None:
    """Raises :class:`UsageError` for a discarded copy that has not its original's marks any more, or in whose place another stands."""
    original = writing.session.get_one(Item, copy.copy_of)
    if copy.annotations != original.annotations:
        raise UsageError("The original has other marks by now.", "Publish the original: that makes a new copy.")
    if covered_ids(writing.session, [original.id]):
        raise UsageError("There is another annotated copy of the original.", "Look at the photos beside it.")
