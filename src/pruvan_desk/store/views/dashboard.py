"""What the strip above the projects counts: by the database, from its indexes, never by looking through all rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from pruvan_desk.domain.check_in import DEMAND, Lacking, check_in_required
from pruvan_desk.domain.orders import past_due
from pruvan_desk.domain.statuses import ItemState, JobState, ProjectStatus
from pruvan_desk.store.check_ins import check_in_steps
from pruvan_desk.store.models import Item, Project, RelayJob
from pruvan_desk.store.views.trash import not_in_trash

DAYS = 7
OPEN_STATUSES = tuple(status.value for status in ProjectStatus if status is not ProjectStatus.CLOSED)
LATE_DAYS = (1, 3, 7, 14)
"""Days past due, up to which each bar counts; the last bar counts the rest."""
WAITING = (timedelta(hours=1), timedelta(hours=4), timedelta(days=1), timedelta(days=3))
"""Ages of what waits for QA, likewise."""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The counts, and the bars of their small plots."""

    open_by_status: Mapping[str, int]
    due_by_day: Sequence[int]
    """Open projects due today, tomorrow … over seven days."""
    late: Sequence[int]
    """Past due ones, by how late: up to 1, 3, 7, 14 days, and more."""
    waiting: Sequence[int]
    """Items Pending QA by age: up to 1 h, 4 h, 1 day, 3 days, and more."""
    oldest_pending: datetime | None
    failed: int
    """Items that failed to reach the client; ``failed_by_day``: how many sendings failed on each of seven days, today the last."""
    failed_by_day: Sequence[int]
    at_risk: Mapping[Lacking, int]
    """Check-ins of open projects that are due today, or were, and not done: by the first step that is wrong or missing."""
    closed_by_day: Sequence[int]
    """Projects closed on each of the last seven days, today the last."""

    @property
    def open(self) -> int:
        """Open projects."""
        return sum(self.open_by_status.values())

    @property
    def pending(self) -> int:
        """Items that wait for QA."""
        return sum(self.waiting)


def dashboard(session: Session, now: datetime) -> Dashboard:
    """The counts as they are at ``now``, which is in the office's zone."""
    here = Project.deleted_at.is_(None)
    by_status = select(Project.status, func.count()).where(Project.status.in_(OPEN_STATUSES), here)
    due_by_day, late = _due(session, now)
    waiting, oldest = _waiting(session, now.astimezone(UTC))
    failed = select(func.count()).select_from(Item).where(Item.state == ItemState.FAILED, not_in_trash())
    since = now - timedelta(days=DAYS)
    failures = select(RelayJob.finished_at).where(RelayJob.state == JobState.FAILED, RelayJob.finished_at >= since)
    closed = select(Project.closed_at).where(Project.closed_at >= since, Project.status == ProjectStatus.CLOSED, here)
    return Dashboard(
        open_by_status={row[0]: row[1] for row in session.execute(by_status.group_by(Project.status))},
        due_by_day=due_by_day,
        late=late,
        waiting=waiting,
        oldest_pending=oldest,
        failed=session.scalar(failed) or 0,
        failed_by_day=_by_day(session.scalars(failures).all(), now),
        at_risk=_at_risk(session, now),
        closed_by_day=_by_day(session.scalars(closed).all(), now),
    )


def _due(session: Session, now: datetime) -> tuple[list[int], list[int]]:
    last = (now.date() + timedelta(days=DAYS + 1)).isoformat()  # an instant's day may be another one in UTC
    rows = session.execute(
        select(Project.due, func.count())
        .where(Project.status.in_(OPEN_STATUSES), Project.due > "", Project.due < last, Project.deleted_at.is_(None))
        .group_by(Project.due)
    )
    days, late = [0] * DAYS, [0] * (len(LATE_DAYS) + 1)
    for due, count in rows:
        distance = (_day(due, now) - now.date()).days
        if past_due(due, now):
            late[_bucket(-distance, LATE_DAYS)] += count
        elif distance < DAYS:
            days[distance] += count
    return days, late


def _at_risk(session: Session, now: datetime) -> Counter[Lacking]:
    last = (now.date() + timedelta(days=2)).isoformat()  # as above
    rows = session.execute(
        select(Project.id, Project.due, Project.field_status, Project.options).where(
            Project.status.in_(OPEN_STATUSES),
            Project.due > "",
            Project.due < last,
            Project.deleted_at.is_(None),
            Project.options[DEMAND].as_string().is_not(None),
        )
    )
    due = {row.id: row.field_status for row in rows if check_in_required(row.options) and _is_due(row.due, now)}
    return Counter(steps.lacking[0] for steps in check_in_steps(session, due).values() if steps.lacking)


def _is_due(due: str, now: datetime) -> bool:
    return past_due(due, now) or _day(due, now) == now.date()


def _day(due: str, now: datetime) -> date:
    return datetime.fromisoformat(due).astimezone(now.tzinfo).date() if "T" in due else date.fromisoformat(due)


def _waiting(session: Session, now: datetime) -> tuple[list[int], datetime | None]:
    edges: list[tuple[ColumnElement[bool], int]] = [(Item.arrived_at > now - age, n) for n, age in enumerate(WAITING)]
    bar = case(*edges, else_=len(WAITING))
    rows = session.execute(
        select(bar, func.count(), func.min(Item.arrived_at))
        .where(Item.state == ItemState.PENDING_QA, not_in_trash())
        .group_by(bar)
    ).all()
    counts = {row[0]: row[1] for row in rows}
    return [counts.get(n, 0) for n in range(len(WAITING) + 1)], min((row[2] for row in rows), default=None)


def _by_day(instants: Sequence[datetime | None], now: datetime) -> list[int]:
    days = Counter((now.date() - at.astimezone(now.tzinfo).date()).days for at in instants if at)
    return [days.get(ago, 0) for ago in range(DAYS - 1, -1, -1)]


def _bucket(value: int, edges: Sequence[int]) -> int:
    return next((n for n, edge in enumerate(edges) if value <= edge), len(edges))
