"""Setting watch folders up, and having one looked through again."""

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import UsageError
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.domain.folder_trees import read_levels
from pruvan_desk.operations.integrations import ask_engine
from pruvan_desk.store.alerts import solve_alert
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.history import record_event
from pruvan_desk.store.models import WatchedFile, WatchFolder
from pruvan_desk.store.settings import read_settings

RESCAN = "rescan"
ALERT = "watch/{}"
"""Key of the alert about a watch folder that cannot be read."""


@dataclass(frozen=True, slots=True)
class WatchForm:
    """What is asked about a watch folder. ``integration_id``: whose orders its files are for, ``None`` for all."""

    path: str
    levels: str
    integration_id: int | None = None
    active: bool = True


def save_watch(
    database: Database, folder: DataFolder, form: WatchForm, who: str, watch_id: int | None = None
) -> Changes:
    """Makes a watch folder, or changes one. Raises :class:`UsageError` for a place that cannot be watched, or levels that do not fit."""
    path = form.path.strip()
    if not path or not Path(path).is_absolute():
        raise UsageError("A watch folder needs a whole path.", "Choose the folder.")
    levels = ",".join(read_levels(form.levels))
    with database.write() as writing:
        if problem := place_problem(writing.session, folder, Path(path), watch_id):
            raise UsageError(*problem)
        row = WatchFolder(waiting=0, problem="") if watch_id is None else _row(writing, watch_id)
        if watch_id is not None and (row.path, row.levels) != (path, levels):
            _forget(writing, watch_id)
        row.path, row.levels, row.integration_id, row.active = path, levels, form.integration_id, form.active
        if not form.active:
            row.problem, row.waiting = "", 0
        writing.session.add(row)
        writing.session.flush()
        if not form.active:
            solve_alert(writing, ALERT.format(row.id))
        record_event(writing, who, "watch folder saved", path=path, levels=levels, active=form.active)
        writing.changed(watches=row.id)
    return writing.changes


def remove_watch(database: Database, watch_id: int, who: str) -> Changes:
    """Watches a folder no more. What was taken from it stays; were it watched again, nothing would be taken twice."""
    with database.write() as writing:
        row = _row(writing, watch_id)
        writing.session.execute(delete(WatchedFile).where(WatchedFile.watch_id == watch_id))
        writing.session.delete(row)
        solve_alert(writing, ALERT.format(watch_id))
        record_event(writing, who, "watch folder removed", path=row.path)
        writing.changed(watches=watch_id)
    return writing.changes


def ask_rescan(database: Database, watch_id: int, who: str) -> Changes:
    """Asks the engine to look through a whole watch folder now, and to try again what was refused."""
    return ask_engine(database, RESCAN, who, watch_id=watch_id)


def place_problem(
    session: Session, folder: DataFolder, path: Path, watch_id: int | None = None
) -> tuple[str, str] | None:
    """Why a place must not be watched, and what to do; ``None`` where it may be.

    What Desk itself writes there would come back as if it were new, for ever.
    """
    own = {
        "Pruvan Desk's own data folder": folder.root,
        "Pruvan Desk's cache": folder.cache,
        "the Downloader's folder, where Pruvan Desk itself puts files": folder.downloader_root(
            read_settings(session).downloader_folder
        ),
    }
    for words, taken in own.items():
        if relation := _relation(path, taken):
            advice = "Choose a folder that another program fills, such as the Pruvan Downloader."
            return f"{path} {relation} {words}.", advice
    others = select(WatchFolder.path).where(WatchFolder.id != (watch_id or 0))
    for other in session.scalars(others):
        if relation := _relation(path, Path(other)):
            return (
                f"{path} {relation} {other}, which is watched already.",
                "One of them is enough: choose the outer one.",
            )
    return None


def _relation(path: Path, other: Path) -> str:
    """How two folders lie to each other; empty when neither holds the other."""
    one, two = _real(path), _real(other)
    if one == two:
        return "is"
    if one.is_relative_to(two):
        return "is inside"
    return "contains" if two.is_relative_to(one) else ""


def _real(path: Path) -> Path:
    """Where a path leads, links followed, as the system compares names; as it stands where it cannot be asked."""
    try:
        path = path.resolve()
    except (OSError, RuntimeError):  # RuntimeError: links that lead in a circle
        path = path.absolute()
    return Path(os.path.normcase(path))


def _row(writing: Writing, watch_id: int) -> WatchFolder:
    row = writing.session.get(WatchFolder, watch_id)
    if row is None:
        raise UsageError("The watch folder is not there any more.", "Look again.")
    return row


def _forget(writing: Writing, watch_id: int) -> None:
    """The same path or levels no more: all its files are looked at anew, and those that are items already are known."""
    writing.session.execute(delete(WatchedFile).where(WatchedFile.watch_id == watch_id))
