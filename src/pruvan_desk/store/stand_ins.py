"""Which annotated copies stand in for photos that never go out: an answer set that is sent names what the receiver has."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session, aliased

from pruvan_desk.domain.destinations import read_destinations
from pruvan_desk.domain.qa import IN_OUTBOX
from pruvan_desk.domain.statuses import Destination, FileType, ItemState
from pruvan_desk.store.models import Item
from pruvan_desk.store.outbox import chunks

TOGETHER = 50
"""Photos in one statement: each is a comparison of its own."""


def stand_ins(
    session: Session, project_ids: Sequence[int], destination: Destination | None = None
) -> Mapping[str, str]:
    """By the ``uuid`` of a photo that was never published, that of its annotated copy which was: of several the latest.

    ``destination``: of those alone that were published to it.
    """
    copy = aliased(Item)
    never = (Item.state.not_in(IN_OUTBOX), Item.sent_sha256 == "")
    columns = select(Item.uuid, copy.uuid.label("copy"), copy.destinations)
    pairs = columns.join(copy, copy.copy_of == Item.id).order_by(copy.id)
    found: dict[str, str] = {}
    for some in chunks(project_ids):
        rows = session.execute(pairs.where(Item.project_id.in_(some), copy.state.in_(IN_OUTBOX), *never))
        found.update(
            (row.uuid, row.copy)
            for row in rows
            if destination is None or destination in read_destinations(row.destinations)
        )
    return found


def sent_forms_naming(session: Session, photos: Sequence[Item]) -> list[Item]:
    """The answer sets of the photos' projects that have gone out, or are just going, and name one of them."""
    found: dict[int, Item] = {}
    for start in range(0, len(photos), TOGETHER):
        some = photos[start : start + TOGETHER]
        named = or_(*(cast(Item.survey, Text).contains(photo.uuid) for photo in some))
        wanted = select(Item).where(
            Item.project_id.in_({photo.project_id for photo in some}),
            Item.file_type == FileType.SURVEY,
            Item.state.in_((ItemState.PUBLISHED, ItemState.RELAYING)),
            named,
        )
        found.update((item.id, item) for item in session.scalars(wanted))
    return list(found.values())
