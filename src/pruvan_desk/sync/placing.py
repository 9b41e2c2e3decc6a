"""Where the Downloader has put an item before."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.domain.statuses import Destination, JobState
from pruvan_desk.store.models import RelayJob
from pruvan_desk.sync.downloader import Placed


def placed_before(session: Session, item_id: int) -> Placed | None:
    """Where the Downloader last put an item; ``None`` when it never did."""
    row = session.execute(
        select(RelayJob.place, RelayJob.sent_sha256)
        .where(
            RelayJob.item_id == item_id,
            RelayJob.destination == Destination.DOWNLOADER,
            RelayJob.state == JobState.DONE,
            RelayJob.place != "",
        )
        .order_by(RelayJob.finished_at.desc(), RelayJob.id.desc())
        .limit(1)
    ).one_or_none()
    return Placed(row.place, row.sent_sha256) if row is not None else None
