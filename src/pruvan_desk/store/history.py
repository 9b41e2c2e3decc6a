"""Who did what: edits of items, events of projects and integrations."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from pruvan_desk.store.database import Writing
from pruvan_desk.store.models import AuditEvent, Item, ItemEdit

EDITS = insert(ItemEdit)


def record_edit(writing: Writing, item: Item, kind: str, before: dict[str, Any], who: str) -> None:
    """Writes down what an edit changed: ``before`` holds the old values of the fields that it touched."""
    after = {name: getattr(item, name) for name in before}
    writing.session.add(
        ItemEdit(item_id=item.id, kind=kind, before=before, after=after, who=who, at=writing.now, step=writing.step)
    )
    writing.changed(items=item.id)


def record_same_edit(writing: Writing, items: Sequence[Item], kind: str, before: dict[str, Any], who: str) -> None:
    """Writes down, in bulk, an edit that did the same to many items: ``before`` holds the old values of all of them."""
    if not items:
        return
    rows = [
        {
            "item_id": item.id,
            "kind": kind,
            "before": before,
            "after": {name: getattr(item, name) for name in before},
            "who": who,
            "at": writing.now,
            "step": writing.step,
        }
        for item in items
    ]
    writing.session.connection().execute(EDITS, rows)
    writing.changed(items={item.id for item in items})


def record_event(
    writing: Writing,
    who: str,
    what: str,
    *,
    project_id: int | None = None,
    integration_id: int | None = None,
    step: str = "",
    **details: Any,
) -> None:
    """Writes an event into the history of a project or integration. What shares a ``step`` is undone together."""
    writing.session.add(
        AuditEvent(
            at=writing.now,
            who=who,
            what=what,
            project_id=project_id,
            integration_id=integration_id,
            details=details,
            step=step,
        )
    )
