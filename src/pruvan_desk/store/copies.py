"""Annotated copies: which items a copy stands for, so that nobody publishes, counts or reports both."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, aliased

from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.models import Item
from pruvan_desk.store.outbox import chunks

GIVEN_UP = (ItemState.REJECTED, ItemState.DELETED)


@cache
def is_covered() -> ColumnElement[bool]:
    """Whether a copy with the very annotations that an item has now stands for it. One that was rejected or deleted does not.

    Made once: making it takes as long as many a query that asks for it.
    """
    copy = aliased(Item)
    stands = exists().where(copy.copy_of == Item.id, copy.annotations == Item.annotations, copy.state.not_in(GIVEN_UP))
    return and_(Item.annotations != "", Item.copy_of.is_(None), stands)


def covered_ids(session: Session, item_ids: Sequence[int]) -> set[int]:
    """Those of the items that a copy stands for."""
    found: set[int] = set()
    for some in chunks(item_ids):
        found.update(session.scalars(select(Item.id).where(Item.id.in_(some), is_covered())))
    return found
