"""Photos, PDFs and videos from the office's own disks: looked at, then kept and taken in as what a crew sends.

They are no less items than a phone's, and pass through the same intake; but nothing proves that they are from the app.
"""

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import ItemError, PruvanDeskError, UsageError
from pruvan_desk.domain.statuses import FileType, ItemState, evidence_label
from pruvan_desk.imaging.formats import HEADER_BYTES, IMAGES, describe, is_video, sniff
from pruvan_desk.operations.intake import Arrival, StoredBytes, receive_items
from pruvan_desk.store.database import Database
from pruvan_desk.store.files import CHUNK, IncomingFile, PhotoFiles, safe_extension
from pruvan_desk.store.models import Integration, Item, Project
from pruvan_desk.store.outbox import chunks
from pruvan_desk.wire.items import ReceivedItem

MOST_FILES = 20_000
IGNORED = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class UploadTarget:
    """Where uploaded files are filed. ``project`` as ``CODE::number``."""

    project: str
    task: str
    evidence_type: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that somebody wants to add. ``file_type`` is ``None`` for what cannot be added; ``problem`` says what is wrong."""

    path: Path
    size: int = 0
    sha256: str = ""
    format: str = ""
    file_type: FileType | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of some files: those that were kept, and those that were not, each with why."""

    kept: tuple[tuple[Candidate, StoredBytes], ...] = ()
    refused: tuple[tuple[Candidate, str], ...] = ()


def find_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files among ``paths``, and those in the folders among them and below, in order of their names; hidden ones are left out.

    Raises :class:`UsageError` beyond :data:`MOST_FILES`, which is a whole disk rather than a job's photos.
    """
    count = 0
    for path in paths:
        for file in _files_of(path):
            count += 1
            if count > MOST_FILES:
                raise UsageError(f"These are more than {MOST_FILES:,} files.", "Choose the folder of one job.")
            yield file


def _files_of(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        shown = (name for name in sorted(names) if not name.startswith(".") and name.lower() not in IGNORED)
        yield from (Path(folder, name) for name in shown)


def look_at(path: Path) -> Candidate:
    """Reads a file through: its hash, what it holds, and what is wrong with it. Never raises for one file: it is named instead."""
    from pruvan_desk.imaging.inspect import inspect  # noqa: PLC0415 - loads the decoders, which the window does without until then

    try:
        with path.open("rb") as file:
            format_name = sniff(file.read(HEADER_BYTES)) or ""
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
        seen = inspect(path)
    except PruvanDeskError as error:
        return Candidate(path, problem=error.title)
    except OSError as error:
        return Candidate(path, problem=f"It cannot be read: {error.strerror}.")
    return Candidate(path, size, digest, format_name, _file_type(format_name), seen.problem or _not_taken(format_name))


def _file_type(format_name: str) -> FileType | None:
    if format_name in IMAGES:
        return FileType.PICTURE
    return FileType.FILE if format_name == "PDF" or is_video(format_name) else None


def _not_taken(format_name: str) -> str:
    if _file_type(format_name) is not None:
        return ""
    what = f"It is {describe(format_name)}" if format_name else "It is of no known kind"
    return f"{what}, no photo, PDF or video."


def known_already(session: Session, sha256s: Collection[str]) -> dict[str, str]:
    """Of some files those that are items already, by their SHA-256, with words that say which: ``0012.jpg of AFS::4711 (…)``."""
    found: dict[str, str] = {}
    columns = select(Item.sha256, Item.file_name, Item.task, Item.evidence_type, Integration.code, Project.number)
    wanted = columns.join(Project, Project.id == Item.project_id, isouter=True).join(
        Integration, Integration.id == Project.integration_id, isouter=True
    )
    for some in chunks(sorted(sha256s)):
        rows = session.execute(wanted.where(Item.sha256.in_(some), Item.state != ItemState.DELETED).order_by(Item.id))
        for row in rows:
            where = f"{row.code}::{row.number}" if row.number else "no project"
            filed = ", ".join(part for part in (row.task, evidence_label(row.evidence_type)) if part)
            found.setdefault(row.sha256 or "", f"{row.file_name or 'an item'} of {where} ({filed})")
    return found


def keep_files(files: PhotoFiles, candidates: Sequence[Candidate]) -> Added:
    """Copies files among the originals; durable when this returns. Raises :class:`DeskFault` when our own disk refuses."""
    kept: list[tuple[Candidate, StoredBytes]] = []
    refused: list[tuple[Candidate, str]] = []
    for candidate in candidates:
        try:
            kept.append((candidate, _keep(files, candidate)))
        except ItemError as error:
            refused.append((candidate, error.title))
    return Added(tuple(kept), tuple(refused))


def _keep(files: PhotoFiles, candidate: Candidate) -> StoredBytes:
    incoming = files.incoming()
    kept = False
    try:
        _copy(candidate, incoming)
        path = files.keep(incoming, safe_extension(candidate.path.name))
        kept = True
    finally:
        if not kept:
            incoming.discard()
    return StoredBytes(candidate.sha256, path.suffix.removeprefix("."), candidate.size)


def _copy(candidate: Candidate, incoming: IncomingFile) -> None:
    try:
        with candidate.path.open("rb") as file:
            while chunk := file.read(CHUNK):
                incoming.write(chunk)
    except OSError as error:
        raise ItemError(f"It cannot be read: {error.strerror}.") from error
    if incoming.sha256 != candidate.sha256:
        raise ItemError("It was changed while it was being added.")


def add_files(
    database: Database, target: UploadTarget, kept: Sequence[tuple[Candidate, StoredBytes]], who: str
) -> Changes:
    """Takes kept files in as items of a project, in one transaction; they arrive by its QA mode."""
    arrivals = [
        Arrival(
            ReceivedItem(
                uuid=str(uuid4()),
                work_order=target.project,
                task=target.task,
                evidence_type=target.evidence_type,
                file_type=candidate.file_type or FileType.FILE,
                file_name=candidate.path.name,
                created_by=who,
            ),
            stored,
            who,
            from_app=False,
        )
        for candidate, stored in kept
    ]
    return receive_items(database, arrivals)
