"""Alerts: one unsolved row for each key, counted when it happens again, solved by itself when its cause is gone."""

from typing import Any

from sqlalchemy import select

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.store.database import Writing
from pruvan_desk.store.models import Alert


def raise_alert(
    writing: Writing, key: str, problem: PruvanDeskError, body: dict[str, Any] | None = None, **about: int | None
) -> None:
    """Raises the alert ``key``, or counts it once more. ``about``: ``integration_id``, ``project_id``, ``item_id``."""
    alert = writing.session.scalar(select(Alert).where(Alert.key == key, Alert.solved_at.is_(None)))
    if alert is None:
        alert = Alert(key=key, raised_at=writing.now, title="", times=0, body={}, **about)
        writing.session.add(alert)
    alert.title, alert.advice = problem.title, problem.advice
    alert.times += 1
    alert.read_at = None
    alert.body = body or {}
    writing.session.flush()
    writing.changed(alerts=alert.id)


UNSOLVED = select(Alert.key).where(Alert.solved_at.is_(None))


def unsolved_alerts(writing: Writing) -> set[str]:
    """The keys of what is raised now."""
    writing.session.flush()
    return set(writing.session.connection().execute(UNSOLVED).scalars())


def solve_alert(writing: Writing, key: str) -> None:
    """The cause is gone: so is the alert."""
    for alert in writing.session.scalars(select(Alert).where(Alert.key == key, Alert.solved_at.is_(None))):
        alert.solved_at = writing.now
        writing.changed(alerts=alert.id)
