"""What *Undo* and *Redo* would do now, in words for the menu."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pruvan_desk.domain.project_edits import FIELD_WORDS, REDONE, UNDONE, stacks
from pruvan_desk.store.models import AuditEvent, Integration, Project
from pruvan_desk.store.steps import turns

VERBS = {
    "closed": "close", "reopened": "reopen", "created": "new project", "noted": "note on", "note taken back": "removal of a note on",
    "deleted": "delete", "restored": "restore",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class UndoState:
    """What can be undone and redone next; empty: nothing."""

    undo: str
    redo: str


def undo_state(session: Session, who: str) -> UndoState:
    """What ``who`` can undo and redo next."""
    undoable, redoable = stacks(turns(session, who))
    return UndoState(
        _words(session, undoable[-1]) if undoable else "", _words(session, redoable[-1]) if redoable else ""
    )


def _words(session: Session, step: str) -> str:
    mine = (AuditEvent.step == step, AuditEvent.what.not_in((UNDONE, REDONE)))
    count = session.scalar(select(func.count()).select_from(AuditEvent).where(*mine)) or 0
    first = session.execute(
        select(AuditEvent.what, AuditEvent.details, Integration.code, Project.number)
        .join(Project, Project.id == AuditEvent.project_id)
        .join(Integration, Integration.id == Project.integration_id)
        .where(*mine)
        .order_by(AuditEvent.id)
        .limit(1)
    ).one_or_none()
    if first is None:
        return ""
    about = f"{first.code}::{first.number}" if count == 1 else f"{count:,} projects"
    if first.details.get("file"):
        return f"import of {about}"
    if first.what in VERBS:
        return f"{VERBS[first.what]} {about}"
    changed = first.details.get("after", {})
    names = [words for name, words in FIELD_WORDS.items() if name in changed]
    return f"{', '.join(names)} of {about}"
