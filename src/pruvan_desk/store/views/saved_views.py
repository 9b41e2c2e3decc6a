"""The ways to look at projects that somebody gave a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.store.models import SavedView


@dataclass(frozen=True, slots=True)
class SavedViewRow:
    """A saved view; ``body`` as the table wrote it."""

    id: int
    name: str
    body: Mapping[str, Any]


def saved_views(session: Session) -> list[SavedViewRow]:
    """All of them, by name."""
    rows = session.scalars(select(SavedView)).all()
    return sorted((SavedViewRow(row.id, row.name, row.body) for row in rows), key=lambda row: row.name.casefold())
