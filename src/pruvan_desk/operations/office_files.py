"""Files that the office itself adds to a project: saved from the portal, say. Each is an item, and waits for QA."""

import uuid
from collections.abc import Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import ItemError, UsageError
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.store.database import Database
from pruvan_desk.store.files import CHUNK, PhotoFiles, safe_extension
from pruvan_desk.store.history import record_event
from pruvan_desk.store.models import Item, Project, StoredFile

LONGEST_NAME = 120


def keep_office_file(
    database: Database, files: PhotoFiles, project_id: int, file_name: str, content: Iterable[bytes], *, who: str
) -> Changes:
    """Adds a file to a project; when this returns it is durable.

    It waits as Pending QA whatever the project's QA mode: the office made it, and nothing goes to the client unless somebody
    publishes it. Raises :class:`UsageError` where the project is gone or the file is empty, :class:`DeskFault` for the disk.
    """
    name = plain_file_name(file_name)
    incoming = files.incoming()
    try:
        for chunk in content:
            incoming.write(chunk)
        if not incoming.size:
            raise UsageError(f"{name} is empty.", "It was not added to the project.")
        sha256, size, extension = incoming.sha256, incoming.size, safe_extension(name)
        kept = files.keep(incoming, extension)
    finally:
        incoming.discard()
    extension = kept.suffix.lstrip(".")
    with database.write() as writing:
        project = writing.session.get(Project, project_id)
        if project is None:
            raise UsageError("The project is not there any more.", f"{name} was not added.")
        if writing.session.get(StoredFile, sha256) is None:
            writing.session.add(StoredFile(sha256=sha256, extension=extension, size=size, stored_at=writing.now))
            writing.session.flush()
        item = Item(
            uuid=str(uuid.uuid4()), project_id=project_id, file_type=FileType.FILE, state=ItemState.PENDING_QA,
            sha256=sha256, extension=extension, file_name=name, created_by=who, from_app=False, arrived_at=writing.now,
        )  # fmt: skip
        writing.session.add(item)
        writing.session.flush()
        record_event(writing, who, "added a file", project_id=project_id, after=name)
        writing.changed(items=item.id, projects=project_id)
    return writing.changes


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
