"""What somebody did in one go, read back from ``audit_events``: the steps that can be undone and redone, across a restart."""

from collections.abc import Sequence

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from pruvan_desk.domain.project_edits import DONE, REDONE, UNDONE, Turn
from pruvan_desk.store.models import AuditEvent

LOOK_BACK = 50_000
"""Events that are looked through for steps: what is older is history, and stays done."""


def turns(session: Session, who: str) -> list[Turn]:
    """Every turn of every step of somebody, of late."""
    kind = case((AuditEvent.what.in_((UNDONE, REDONE)), AuditEvent.what), else_=DONE)
    newest = session.scalar(select(func.max(AuditEvent.id))) or 0
    rows = session.execute(
        select(AuditEvent.step, kind, func.max(AuditEvent.id))
        .where(AuditEvent.id > newest - LOOK_BACK, AuditEvent.who == who, AuditEvent.step != "")
        .group_by(AuditEvent.step, kind)
    )
    return [Turn(step, turn, last) for step, turn, last in rows]


def step_events(session: Session, step: str) -> Sequence[AuditEvent]:
    """What was done in a step, oldest first; not how it was undone or redone since."""
    wanted = select(AuditEvent).where(AuditEvent.step == step, AuditEvent.what.not_in((UNDONE, REDONE)))
    return session.scalars(wanted.order_by(AuditEvent.id)).all()
