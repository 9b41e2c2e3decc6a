"""Keeping ways to look at projects under a name, for everybody in the office."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import UsageError
from pruvan_desk.store.database import Database
from pruvan_desk.store.models import SavedView


def save_view(database: Database, name: str, body: Mapping[str, Any], who: str) -> Changes:
    """Keeps a view; one of the same name is replaced. Raises :class:`UsageError` for an empty name."""
    with database.write() as writing:
        if not name.strip():
            raise UsageError("The view needs a name.", "Write one.")
        row = writing.session.scalar(select(SavedView).where(SavedView.name == name.strip()))
        if row is None:
            row = SavedView(name=name.strip())
            writing.session.add(row)
        row.body, row.who, row.saved_at = dict(body), who, writing.now
        writing.session.flush()
        writing.changed(saved_views=row.id)
    return writing.changes


def delete_view(database: Database, view_id: int) -> Changes:
    """Forgets a view; the projects stay as they are."""
    with database.write() as writing:
        row = writing.session.get(SavedView, view_id)
        if row is not None:
            writing.session.delete(row)
            writing.changed(saved_views=view_id)
    return writing.changes
