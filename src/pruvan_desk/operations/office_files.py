"""Files that the office itself adds to a project: saved from the portal, say, or a report. Each is an item, and waits for QA."""

import uuid
from collections.abc import Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath

from sqlalchemy import select

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import ItemError, UsageError
from pruvan_desk.domain.statuses import FileType
from pruvan_desk.operations.intake import SEPARATOR, Arrival, StoredBytes, receive_items
from pruvan_desk.store.database import Database
from pruvan_desk.store.files import CHUNK, PhotoFiles, safe_extension
from pruvan_desk.store.models import Integration, Project
from pruvan_desk.wire.items import ReceivedItem

LONGEST_NAME = 120


def keep_office_file(
    database: Database, files: PhotoFiles, project_id: int, file_name: str, content: Iterable[bytes], *, who: str
) -> Changes:
    """Adds a file to a project, through the intake; when this returns it is durable.

    It waits as Pending QA whatever the project's QA mode: what came from the client is not sent back to it unless somebody
    publishes it. Raises :class:`UsageError` where the project is gone or the file is empty, :class:`DeskFault` for the disk.
    """
    name = plain_file_name(file_name)
    work_order = _work_order(database, project_id, name)
    return _receive(database, work_order, FileType.FILE, name, keep_content(files, name, content), who=who)


def add_report(database: Database, project_id: int, name: str, stored: StoredBytes, *, who: str) -> Changes:
    """Adds a report that was kept by :func:`keep_content` to its project, as Pending QA. Raises :class:`UsageError`."""
    name = plain_file_name(name)
    return _receive(database, _work_order(database, project_id, name), FileType.REPORT, name, stored, who=who)


def _work_order(database: Database, project_id: int, name: str) -> str:
    with database.read() as session:
        columns = select(Integration.code, Project.number).join(Project, Project.integration_id == Integration.id)
        project = session.execute(columns.where(Project.id == project_id)).one_or_none()
    if project is None:
        raise UsageError("The project is not there any more.", f"{name} was not added.")
    return f"{project.code}{SEPARATOR}{project.number}"


def _receive(
    database: Database, work_order: str, file_type: FileType, name: str, stored: StoredBytes, *, who: str
) -> Changes:
    received = ReceivedItem(
        uuid=str(uuid.uuid4()),
        work_order=work_order,
        task="",
        evidence_type="",
        file_type=file_type,
        file_name=name,
        created_by=who,
    )
    return receive_items(database, [Arrival(received, stored, who, from_app=False, waits=True)])


def keep_content(files: PhotoFiles, name: str, content: Iterable[bytes]) -> StoredBytes:
    """Bytes among the originals; durable when this returns. Raises :class:`UsageError` for none, :class:`DeskFault` for the disk."""
    incoming = files.incoming()
    kept = False
    try:
        for chunk in content:
            incoming.write(chunk)
        if not incoming.size:
            raise UsageError(f"{name} is empty.", "It was not added to the project.")
        path = files.keep(incoming, safe_extension(name))
        kept = True
    finally:
        if not kept:
            incoming.discard()
    return StoredBytes(incoming.sha256, path.suffix.removeprefix("."), incoming.size)


def file_chunks(path: Path) -> Iterable[bytes]:
    """A file, piece by piece. Raises :class:`ItemError` when it cannot be read."""
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except OSError as error:
        raise ItemError(f"{path.name} cannot be read: {error.strerror}.", "Try again.") from error


def plain_file_name(name: str) -> str:
    """A foreign file name without any path, and not longer than a name should be."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    printable = "".join(character for character in last if character.isprintable()).strip(" .")
    if len(printable) > LONGEST_NAME:
        stem, dot, extension = printable.rpartition(".")
        kept = f".{extension}" if dot and len(extension) < 12 else ""
        printable = f"{(stem or printable)[: LONGEST_NAME - len(kept)]}{kept}"
    return printable or "file"
