"""Watch folders, as Preferences shows them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from pruvan_desk.store.models import Integration, ItemEdit, WatchedFile, WatchFolder

MOST = 500
"""Files that are named."""


@dataclass(frozen=True, slots=True)
class WatchRow:
    """A watch folder and what became of its files. ``integration``: the code of whose orders they are for, empty for all."""

    id: int
    path: str
    levels: str
    integration_id: int | None
    integration: str
    active: bool
    problem: str
    waiting: int
    looked_at: datetime | None
    taken: int
    known: int
    refused: int


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A file that was not taken, or about which something is wrong, and why."""

    id: int
    place: str
    words: str


def watch_rows(session: Session) -> list[WatchRow]:
    """All watch folders, in the order they were set up."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    counted = select(WatchedFile.watch_id, WatchedFile.outcome, func.count()).group_by(
        WatchedFile.watch_id, WatchedFile.outcome
    )
    for watch_id, outcome, count in session.execute(counted):
        counts[watch_id][outcome] = count
    found = select(WatchFolder, Integration.code).join(
        Integration, Integration.id == WatchFolder.integration_id, isouter=True
    )
    return [
        WatchRow(
            row.id,
            row.path,
            row.levels,
            row.integration_id,
            code or "",
            row.active,
            row.problem,
            row.waiting,
            row.looked_at,
            *(counts[row.id].get(outcome, 0) for outcome in ("taken", "known", "refused")),
        )
        for row, code in session.execute(found.order_by(WatchFolder.id))
    ]


def refused_rows(session: Session, watch_id: int) -> list[RefusedRow]:
    """What of a watch folder somebody should look at, the newest first; not what somebody has filed or dismissed since."""
    dealt_with = exists().where(
        ItemEdit.item_id == WatchedFile.item_id,
        ItemEdit.kind.in_(("assign", "delete")),
        ItemEdit.at >= WatchedFile.at,
        ItemEdit.undone_by.is_(None),
    )
    wanted = select(WatchedFile).where(WatchedFile.watch_id == watch_id, WatchedFile.words != "", ~dealt_with)
    rows = session.scalars(wanted.order_by(WatchedFile.at.desc(), WatchedFile.id.desc()).limit(MOST))
    return [RefusedRow(row.id, f"{row.folder}/{row.name}".lstrip("/"), row.words) for row in rows]


def integration_choices(session: Session) -> list[tuple[int, str]]:
    """The integrations that a watch folder can be for: id and code with name."""
    rows = session.execute(select(Integration.id, Integration.code, Integration.name).order_by(Integration.code))
    return [(row.id, f"{row.code} · {row.name}") for row in rows]
