"""The doctor: proves that the books balance, and names every difference. Reads only."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import SecretStore
from pruvan_desk.domain.destinations import leading, read_destinations
from pruvan_desk.domain.qa import IN_OUTBOX
from pruvan_desk.domain.statuses import Destination, ItemState, JobState
from pruvan_desk.domain.trash import TRASH_TIME, UNDECIDED
from pruvan_desk.store.accounts import total_accounting
from pruvan_desk.store.database import Database, translated
from pruvan_desk.store.files import PhotoFiles, file_sha256
from pruvan_desk.store.models import OWN_KIND, Integration, Item, Project, RelayJob, StoredFile

NAMED = 200
EMPTYING_TIME = timedelta(days=1)
"""How long the engine may be away before what is left in an old trash is a finding."""


@dataclass
class Check:
    """One thing that was looked at, and every difference found (at most 200 of them by name)."""

    name: str
    findings: list[str] = field(default_factory=list)
    note: str = ""

    def found(self, words: str) -> None:
        """Notes a difference."""
        if len(self.findings) < NAMED:
            self.findings.append(words)
        elif len(self.findings) == NAMED:
            self.findings.append("… and more")

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"name": self.name, "ok": not self.findings, "findings": self.findings, "note": self.note}


def examine(
    folder: DataFolder, database: Database, secrets: SecretStore | DeskFault, *, quick: bool = False
) -> list[Check]:
    """All checks of a data folder. ``quick`` compares sizes instead of hashing every original. Blocking, and long."""
    files = PhotoFiles(folder.photos)
    on_disk = list(files.all())  # before the rows are read: what arrives meanwhile has its row by then
    with database.read() as session:
        return [
            check_database(folder),
            check_accounting(session),
            check_outbox(session),
            check_trash(session, datetime.now(UTC)),
            check_files(session, files, on_disk, quick=quick),
            check_secrets(session, secrets),
        ]


def check_database(folder: DataFolder) -> Check:
    """Whether SQLite finds its file whole, and every reference leads somewhere."""
    check = Check("database")
    address = f"{folder.database.absolute().as_uri()}?mode=ro"
    with translated(), closing(sqlite3.connect(address, uri=True)) as connection:
        for (words,) in connection.execute("PRAGMA integrity_check"):
            if words != "ok":
                check.found(str(words))
        for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
            check.found(f"row {row} of {table} names a row of {parent} that does not exist")
    return check


def check_accounting(session: Session) -> Check:
    """Whether every item is in exactly one known state, in total and for every project."""
    check = Check("accounting")
    known = {state.value for state in ItemState}
    for item_id, state in session.execute(select(Item.id, Item.state).where(Item.state.not_in(known))):
        check.found(f"item {item_id} is in the unknown state {state}")
    total = total_accounting(session)
    if not total.closes:
        check.found(f"{total.received} received, {sum(total.by_state.values())} accounted for")
    for (project_id,) in session.execute(select(Project.id)):
        books = total_accounting(session, project_id)
        if not books.closes:
            check.found(
                f"project {project_id}: {books.received} received, {sum(books.by_state.values())} accounted for"
            )
    homeless = (Item.project_id.is_(None), Item.state.not_in((ItemState.UNASSIGNED, ItemState.DELETED)))
    for (uuid,) in session.execute(select(Item.uuid).where(*homeless)):
        check.found(f"item {uuid} has no project and is not unassigned")
    return check


def check_outbox(session: Session) -> Check:
    """Whether what items say about their sending is what their jobs say, for each destination."""
    check = Check("outbox")
    jobs: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    rows = session.execute(
        select(RelayJob.item_id, RelayJob.destination, RelayJob.state, func.count())
        .join(Item, Item.id == RelayJob.item_id)
        .where(RelayJob.revision == Item.revision, RelayJob.item_id.is_not(None))
        .group_by(RelayJob.item_id, RelayJob.destination, RelayJob.state)
    )
    for item_id, destination, state, count in rows:
        jobs[item_id or 0, destination][state] = count
    for item in session.execute(select(Item.id, Item.uuid, Item.state, Item.sent_sha256, Item.destinations)):
        chosen = read_destinations(item.destinations)
        leader = leading(chosen)
        for words in _job_differences(item.state, jobs[item.id, leader], item.sent_sha256):
            check.found(f"item {item.uuid} is {item.state} but {words}")
        for destination in frozenset(Destination) - {leader}:
            if words := _side_difference(item.state, jobs[item.id, destination], chosen=destination in chosen):
                check.found(f"item {item.uuid} is {item.state} but {words} to the {destination.label}")
    return check


def _job_differences(state: str, jobs: Counter[str], sent_sha256: str) -> Iterator[str]:
    """Of the destination that an item's state follows."""
    wanted = {
        ItemState.QUEUED: JobState.QUEUED,
        ItemState.RELAYING: JobState.LEASED,
        ItemState.PUBLISHED: JobState.DONE,
        ItemState.FAILED: JobState.FAILED,
    }
    expected = wanted.get(ItemState(state)) if state in set(ItemState) else None
    if expected is not None and jobs[expected] != 1 and not (expected is JobState.DONE and jobs[expected]):
        yield f"has {jobs[expected]} jobs that are {expected}"
    waiting = sum(jobs[job_state] for job_state in (JobState.QUEUED, JobState.LEASED) if job_state is not expected)
    if waiting:
        yield "has a job that would send it"
    if state == ItemState.PUBLISHED and not sent_sha256:
        yield "nothing says what was sent"


def _side_difference(state: str, jobs: Counter[str], *, chosen: bool) -> str:
    """Of another destination, which has an outcome of its own; empty where there is none."""
    published = state in IN_OUTBOX
    waiting = jobs[JobState.QUEUED] + jobs[JobState.LEASED]
    if waiting > 1:
        return f"has {waiting} jobs that would send it"
    if waiting and not published:
        return "has a job that would send it"
    if published and chosen and not (waiting or jobs[JobState.DONE] or jobs[JobState.FAILED]):
        return "has no job that sends it"
    return ""


def check_trash(session: Session, now: datetime) -> Check:
    """Whether what was undecided in projects that left the trash was handed to somebody, and nothing of one there is sent."""
    check = Check("trash")
    in_trash = select(Project.id).where(Project.deleted_at.is_not(None))
    projects = session.scalar(select(func.count()).select_from(in_trash.subquery())) or 0
    items = session.scalar(select(func.count()).select_from(Item).where(Item.project_id.in_(in_trash))) or 0
    check.note = f"{projects} deleted projects hold {items} items" if projects else ""
    left = (
        select(Item.uuid, Item.state)
        .join(Project, Project.id == Item.project_id)
        .where(Project.deleted_at < now - TRASH_TIME - EMPTYING_TIME, Item.state.in_(UNDECIDED))
    )
    for uuid, state in session.execute(left):
        check.found(f"item {uuid} is {state} in a project that was deleted more than 30 days ago")
    return check


def check_files(session: Session, files: PhotoFiles, on_disk: Iterable[Path], *, quick: bool) -> Check:
    """Whether every row has its file, whole, and every file of ``on_disk`` its row."""
    check = Check("files", note="sizes only" if quick else "every byte")
    known = set()
    for row in session.scalars(select(StoredFile).where(StoredFile.purged_at.is_(None))):
        path = files.path(row.sha256, row.extension)
        known.add(path)
        try:
            if not path.exists():
                check.found(f"the file {path.name} is gone")
            elif path.stat().st_size != row.size:
                check.found(f"the file {path.name} has {path.stat().st_size} bytes, not {row.size}")
            elif not quick and file_sha256(path) != row.sha256:
                check.found(f"the file {path.name} was changed: its bytes are not those that arrived")
        except OSError as error:
            check.found(f"the file {path.name} cannot be read: {error.strerror}")
    for path in on_disk:
        if path not in known:
            check.found(f"the file {path.name} belongs to nothing")
    missing = select(Item.uuid).where(Item.sha256.is_not(None), Item.sha256.not_in(select(StoredFile.sha256)))
    for (uuid,) in session.execute(missing):
        check.found(f"item {uuid} names a file that was never stored")
    purged = select(StoredFile.sha256).where(StoredFile.purged_at.is_not(None))
    for (uuid,) in session.execute(select(Item.uuid).where(Item.sha256.in_(purged), Item.state != ItemState.DELETED)):
        check.found(f"item {uuid} is not deleted, but its file was removed")
    return check


def check_secrets(session: Session, secrets: SecretStore | DeskFault) -> Check:
    """Whether the secrets of every integration can be read."""
    check = Check("keyring")
    integrations = list(session.scalars(select(Integration).where(Integration.kind != OWN_KIND)))
    if isinstance(secrets, DeskFault):
        check.found(str(secrets))
        return check
    if secrets.kind == "memory":
        check.note = "secrets are in the memory of the running sandbox only"
        return check
    check.note = secrets.kind
    for row in integrations:
        if secrets.get(row.secret_reference("password")) is None:
            check.found(f"the password of {row.code} is not there")
    return check
