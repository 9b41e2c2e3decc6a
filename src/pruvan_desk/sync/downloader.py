"""The Downloader: puts published items into a tree of folders, and never writes over a file that is not its own.

A file is its own when the outbox says that it put these very bytes there, or when it has the name that only this item can have
and the bytes that are to be put there now: then a crash came between the writing and the record of it.
"""

import contextlib
import errno
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pruvan_desk.core.errors import DeskFault, ItemError, TransientError
from pruvan_desk.domain.folder_trees import (
    SIDECAR,
    UNFINISHED,
    Level,
    file_name,
    folded,
    folders_for,
    free_names,
    length,
)
from pruvan_desk.store.files import file_sha256, replace_file
from pruvan_desk.store.models import Item, Project
from pruvan_desk.store.outbox import ClaimedJob
from pruvan_desk.sync.packing import Parcel
from pruvan_desk.sync.transfer import check_hash

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the Downloader put an item, below its root with ``/``, and the SHA-256 of what it put there."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Tree:
    """The tree as Preferences describe it."""

    root: Path
    levels: Sequence[Level]
    sidecar: bool


def deliver(tree: Tree, facts: Mapping[Level, str], job: ClaimedJob, parcel: Parcel, before: Placed | None) -> Placed:
    """Puts a parcel into the tree; ``before`` is where its item was put last, if it was. Blocking. Answers where it is now.

    A changed item leaves its old place, unless somebody has changed the file there. Raises :class:`ItemError` where no name
    fits, :class:`TransientError` for a folder that cannot be reached, :class:`DeskFault` for a full disk.
    """
    try:
        return _deliver(tree, facts, job, parcel, before)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DeskFault("The Downloader's disk is full.", "Make room on it; work goes on by itself.") from error
        raise TransientError(
            f"The Downloader's folder cannot be used: {error.strerror or error}.",
            "Check in Preferences that it exists and can be written to. It is tried again by itself.",
        ) from error


def _deliver(tree: Tree, facts: Mapping[Level, str], job: ClaimedJob, parcel: Parcel, before: Placed | None) -> Placed:
    item, project = job.item, job.project
    if item is None:
        raise AssertionError("a status has no file")
    details = details_bytes(parcel)
    name = name_in_tree(item, project, parcel)
    folder = tree.root.joinpath(*folders_for(name, tree.levels, facts, length(str(tree.root)) + 1))
    tree.root.mkdir(exist_ok=True)  # its parent is there, or a drive is not plugged in
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as cleaning:
        made, sha256 = _write(folder, parcel, details)
        cleaning.callback(made.unlink, missing_ok=True)
        mine = _Mine(tree.root, item.uuid, sha256, before)
        target = give_free_name(made, folder, name, mine.is_mine)
    if target is None:
        raise ItemError("There are too many files of one name in a folder of the Downloader.", "Tidy the folder up.")
    if tree.sidecar and parcel.file is not None:
        _write_sidecar(target, details, item.uuid)
    placed = Placed(target.relative_to(tree.root).as_posix(), sha256)
    if before is not None and before.path != placed.path:
        _leave(tree.root, before, item.uuid)
    return placed


def name_in_tree(item: Item, project: Project, parcel: Parcel) -> str:
    """What the file of an item is called in a folder tree; an answer set is a file of its details."""
    extension = parcel.file.name.rpartition(".")[2] if parcel.file is not None else SIDECAR[1:]
    return file_name(project.number, item.task, item.evidence_type, item.uuid, extension)


def details_bytes(parcel: Parcel) -> bytes:
    """The details of an item, as they are put beside its file."""
    return json.dumps(parcel.payload, ensure_ascii=False, indent=1).encode()


@dataclass(frozen=True, slots=True)
class _Mine:
    """Knows which file is this item's own."""

    root: Path
    uuid: str
    sha256: str
    before: Placed | None

    def is_mine(self, path: Path) -> bool:
        found = file_sha256(path)
        was_put = self.before is not None and path == self.root / self.before.path and found == self.before.sha256
        return was_put or found == self.sha256


def give_free_name(
    made: Path, folder: Path, name: str, is_mine: Callable[[Path], bool] = lambda _path: False
) -> Path | None:
    """Gives a finished file, which lies in ``folder``, the first name that is free, or whose file ``is_mine`` to replace.

    Never writes over anything else. Answers where it is; ``None`` where too many names are taken.
    """
    taken: set[str] = set()
    present = {folded(entry.name): entry.name for entry in os.scandir(folder) if not entry.name.startswith(UNFINISHED)}
    for candidate in free_names(name, taken):
        existing = present.get(folded(candidate))
        target = folder / (existing or candidate)
        if existing is not None:
            if target.is_file() and is_mine(target):
                replace_file(made, target)
                return target
        elif _rename_to_free(made, target):
            return target
        taken.add(folded(candidate))
    return None


def _rename_to_free(made: Path, target: Path) -> bool:
    """Renames without ever writing over anything; false where somebody was faster."""
    try:
        if os.name == "nt":
            made.rename(target)  # refuses an existing name there
        else:
            os.link(made, target)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK):
            raise
        if target.exists():  # a file system without links, such as a USB stick's
            return False
        made.rename(target)
    return True


def _write(folder: Path, parcel: Parcel, details: bytes) -> tuple[Path, str]:
    """Writes what is to be put there beside its later name, durably; answers the file and its SHA-256."""
    made = folder / f"{UNFINISHED}{os.urandom(8).hex()}"
    digest = hashlib.sha256()
    try:
        with made.open("xb") as target:
            for chunk in _chunks(parcel, details):
                target.write(chunk)
                digest.update(chunk)
            target.flush()
            os.fsync(target.fileno())
        if parcel.file is not None:
            check_hash(made.with_name(parcel.file.name), parcel.file.sha256, digest.hexdigest())
    except BaseException:
        made.unlink(missing_ok=True)
        raise
    return made, digest.hexdigest()


def _chunks(parcel: Parcel, details: bytes) -> Iterator[bytes | memoryview]:
    if parcel.file is None:
        yield details
    elif parcel.file.content is not None:
        yield parcel.file.content
    elif parcel.file.path is not None:
        with parcel.file.path.open("rb") as source:
            while chunk := source.read(CHUNK):
                yield chunk


def _write_sidecar(target: Path, details: bytes, uuid: str) -> None:
    """The details beside a file; what stands there under that name and is not of this item stays."""
    path = target.with_name(target.name + SIDECAR)
    if path.exists() and not _tells_of(path, uuid):
        return
    made = target.with_name(f"{UNFINISHED}{os.urandom(8).hex()}")
    made.write_bytes(details)
    replace_file(made, path)


def _tells_of(path: Path, uuid: str) -> bool:
    try:
        told = json.loads(path.read_bytes())
    except ValueError:
        return False
    return isinstance(told, dict) and told.get("uuid") == uuid


def _leave(root: Path, before: Placed, uuid: str) -> None:
    """Takes away what was put at an item's old place, and the folders that are empty then; a changed file stays."""
    old = root / before.path
    if not old.is_file() or file_sha256(old) != before.sha256:
        return
    old.unlink()
    sidecar = old.with_name(old.name + SIDECAR)
    if sidecar.is_file() and _tells_of(sidecar, uuid):
        sidecar.unlink()
    with contextlib.suppress(OSError):  # the first folder that still holds something ends it
        for folder in old.parents:
            if folder == root:
                break
            folder.rmdir()
