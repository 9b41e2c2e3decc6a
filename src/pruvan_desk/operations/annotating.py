"""Annotations: marks on a photo, kept beside the untouched original."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.annotations import MOST_MARKS, annotations_text, read_annotations
from pruvan_desk.domain.qa import REASONS_AGAINST
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.imaging.formats import IMAGES
from pruvan_desk.operations.undo import Undone, next_step, redo, undo
from pruvan_desk.store.database import Database
from pruvan_desk.store.history import record_edit
from pruvan_desk.store.marked import take_back_unmarked
from pruvan_desk.store.models import Item, ItemEdit


def annotate_item(database: Database, item_id: int, annotations: str, who: str) -> Changes:
    """Puts marks on a photo in place of those it had; the file, and what was published of it, stay as they are.

    What waits to be sent without these marks is taken out of the queue, as far as it is not too late
    (:func:`~pruvan_desk.store.marked.take_back_unmarked`): then the answer names the jobs. ``annotations`` as
    :func:`~pruvan_desk.domain.annotations.annotations_text` writes them. Raises :class:`UsageError` for what cannot be annotated.
    """
    with database.write() as writing:
        item = writing.session.get(Item, item_id)
        if item is None:
            raise UsageError("The photo is not there any more.", "Somebody else removed it. Look again.")
        check_annotatable(item)
        marks = read_annotations(annotations)
        if len(marks) >= MOST_MARKS:
            raise UsageError(f"A photo can have {MOST_MARKS - 1} marks.", "Delete some first.")
        before = {"annotations": item.annotations}
        item.annotations = annotations_text(marks)
        if item.annotations != before["annotations"]:
            record_edit(writing, item, "annotate", before, who)
            take_back_unmarked(writing, item, who)
            if item.project_id is not None:
                writing.changed(projects=item.project_id)
    return writing.changes


def check_annotatable(item: Item) -> None:
    """Raises :class:`UsageError` for what is no photo, is deleted, or is a copy already."""
    why_not(FileType(item.file_type), item.image_format, ItemState(item.state), is_copy=item.copy_of is not None)


def why_not(file_type: FileType, image_format: str, state: ItemState, *, is_copy: bool) -> None:
    """As :func:`check_annotatable`, from what is known of an item. A format that is not known yet may be one."""
    if file_type is not FileType.PICTURE or (image_format and image_format not in IMAGES):
        raise UsageError("Only photos can be annotated.", "Choose a photo.")
    if state is ItemState.DELETED:
        raise UsageError("It is deleted.", REASONS_AGAINST[state])
    if is_copy:
        raise UsageError(
            "This is an annotated copy: what is published stays as it is.",
            "Annotate the original, which stands beside it; publishing makes a new copy.",
        )


def turn_annotations(database: Database, item_id: int, who: str, *, forwards: bool) -> Undone:
    """Takes back the last change of the marks on a photo, or makes it again. Raises :class:`UsageError` where there is none.

    It is the person's common undo, held to this photo's marks: whatever else was done last is not touched.
    """
    with database.read() as session:
        step = next_step(session, who, forwards=forwards)
        mine = step is not None and _is_annotation(session, step, item_id)
    if not mine:
        word = "redo" if forwards else "undo"
        raise UsageError(f"There is nothing to {word} on this photo.", "")
    return (redo if forwards else undo)(database, who)


def _is_annotation(session: Session, step: str, item_id: int) -> bool:
    wanted = select(ItemEdit.id).where(ItemEdit.step == step, ItemEdit.item_id == item_id, ItemEdit.kind == "annotate")
    return session.scalar(wanted.limit(1)) is not None
