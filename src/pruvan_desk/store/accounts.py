"""The accounting, from the rows themselves."""

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pruvan_desk.domain.accounting import Accounting
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.models import Item


def total_accounting(session: Session, project_id: int | None = None) -> Accounting:
    """Of all items, or of one project."""
    where = [Item.project_id == project_id] if project_id is not None else []
    received = session.scalar(select(func.count()).select_from(Item).where(*where)) or 0
    known = {state.value for state in ItemState}
    by_state: Counter[ItemState] = Counter()
    for word, count in session.execute(select(Item.state, func.count()).where(*where).group_by(Item.state)):
        if word in known:
            by_state[ItemState(word)] = count
    return Accounting(received, by_state)
