"""The files of projects as one ZIP, in the folder tree of the Downloader: written piece by piece, never over another file.

What is in it is what would go out: a photo that the office turned is turned, HEIC is JPEG, and marks are drawn whether or not the copy
that carries them has been published: what was blurred is handed out to nobody.
"""

import contextlib
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.core.errors import DeskFault, ItemError, UsageError
from pruvan_desk.domain.folder_trees import (
    SIDECAR,
    UNFINISHED,
    Level,
    folded,
    folders_for,
    free_names,
    read_levels,
)
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.copies import covered_ids
from pruvan_desk.store.files import CHUNK, PhotoFiles, disk_fault, file_sha256
from pruvan_desk.store.models import Item, RelayJob
from pruvan_desk.store.outbox import ClaimedJob, chunks
from pruvan_desk.store.settings import read_settings
from pruvan_desk.store.stand_ins import stand_ins
from pruvan_desk.store.views.tree_facts import TreeItem, tree_items
from pruvan_desk.sync.downloader import details_bytes, give_free_name, name_in_tree
from pruvan_desk.sync.packing import Parcel, pack_item
from pruvan_desk.sync.transfer import check_hash

LEFT_OUT = (ItemState.REJECTED, ItemState.DELETED)
"""What of a whole project nobody wants to hand out."""
UNPACKED_IN = 80
"""Characters that are left for the folder in which somebody unpacks it, so that Windows takes every path."""
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""A ZIP can tell no earlier time."""


@dataclass(frozen=True, slots=True)
class Export:
    """What goes into a ZIP: the items, the levels of its tree, and whether details lie beside each file."""

    items: tuple[TreeItem, ...]
    levels: tuple[Level, ...]
    zone: tzinfo
    sidecar: bool
    others: Mapping[str, str]
    """By the ``uuid`` of photos for which an annotated copy was published, that of the copy: answer sets name it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A ZIP: where it is, how many files are in it, and those that are not, each with why.

    ``made``: the items whose files in it are not the originals, each with the SHA-256 of what it is there.
    """

    path: Path
    count: int
    missing: tuple[tuple[str, str], ...]
    made: tuple[tuple[int, str], ...]


def export_of_projects(session: Session, project_ids: Sequence[int]) -> Export:
    """All files of some projects, but for what was rejected or deleted, and originals that an annotated copy stands for."""
    ids = [
        item_id
        for some in chunks(list(project_ids))
        for item_id in session.scalars(
            select(Item.id).where(Item.project_id.in_(some), Item.state.not_in(LEFT_OUT)).order_by(Item.id)
        )
    ]
    covered = covered_ids(session, ids)
    return export_of_items(session, [item_id for item_id in ids if item_id not in covered])


def export_of_items(session: Session, item_ids: Sequence[int]) -> Export:
    """The files of some items; what has neither a project nor a file is left out."""
    settings = read_settings(session)
    levels = read_levels(settings.downloader_levels)
    items = tuple(tree_items(session, item_ids))
    others = stand_ins(session, sorted({each.project.id for each in items}))
    return Export(items, levels, settings.zone, settings.downloader_sidecar, others)


def write_zip(files: PhotoFiles, export: Export, target: Path, step: Callable[[int, int], None]) -> Written:
    """Writes a ZIP beside ``target``, then gives it that name, or the next one that is free. Blocking.

    ``step`` is told how many of how many files are written, at each piece of a file; what it raises ends the writing, and nothing
    stays behind. Raises :class:`UsageError` when there is nothing to write or no right to, :class:`DeskFault` for a full disk.
    """
    if not export.items:
        raise UsageError("There are no files to export.", "Photos, reports and answer sets make a ZIP.")
    made = target.with_name(f"{UNFINISHED}{os.urandom(8).hex()}")
    try:
        with _gone_unless_kept(made), made.open("xb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                filling = _Filling(files, export, archive, step)
                missing = filling.fill()
            file.flush()
            os.fsync(file.fileno())
            file.close()
            return Written(_put(made, target), filling.count, tuple(missing), tuple(filling.made))
    except OSError as error:
        raise _refusal(error, target) from error


class _Filling:
    """Puts the files into the archive, one after the other; names that Windows takes for one never meet."""

    def __init__(
        self, files: PhotoFiles, export: Export, archive: zipfile.ZipFile, step: Callable[[int, int], None]
    ) -> None:
        self._files, self._export, self._archive, self._step = files, export, archive, step
        self._taken: dict[str, set[str]] = {}
        self._spelled: dict[str, str] = {}
        self.count = 0
        self.made: list[tuple[int, str]] = []

    def fill(self) -> list[tuple[str, str]]:
        """Answers what is not in it, each with why."""
        missing: list[tuple[str, str]] = []
        total = len(self._export.items)
        for done, each in enumerate(self._export.items):
            step = partial(self._step, done, total)
            step()
            try:
                parcel = self._parcel(each)
                self._check(parcel)
            except ItemError as error:
                missing.append((each.item.file_name or each.item.uuid, error.title))
            else:
                self._put(each, parcel, step)
        return missing

    def _parcel(self, each: TreeItem) -> Parcel:
        job = ClaimedJob(RelayJob(), each.item, each.project)
        return pack_item(self._files, job, each.code, marked=True, others=self._export.others)

    def _check(self, parcel: Parcel) -> None:
        """A large file is read twice, so that no damaged one gets in: what is in a ZIP cannot be taken out again."""
        if parcel.file is not None and parcel.file.path is not None:
            try:
                found = file_sha256(parcel.file.path)
            except OSError as error:
                raise disk_fault(error, parcel.file.path) from error
            check_hash(parcel.file.path, parcel.file.sha256, found)

    def _put(self, each: TreeItem, parcel: Parcel, step: Callable[[], None]) -> None:
        item, project = each.item, each.project
        name = name_in_tree(item, project, parcel)
        folders = folders_for(name, self._export.levels, each.facts(self._export.zone), UNPACKED_IN)
        path = self._free(folders, name)
        at = (item.taken_at or item.arrived_at).astimezone(self._export.zone)
        details = details_bytes(parcel)
        if parcel.file is None:
            self._archive.writestr(_entry(path, at), details)
        else:
            with self._archive.open(
                _entry(path, at), "w", force_zip64=parcel.file.size > zipfile.ZIP64_LIMIT
            ) as inside:
                for chunk in _pieces(parcel):
                    inside.write(chunk)
                    step()
            if self._export.sidecar:
                self._archive.writestr(_entry(path + SIDECAR, at), details)
        self.count += 1
        if parcel.file is not None and parcel.sha256 != item.sha256:
            self.made.append((item.id, parcel.sha256))

    def _free(self, folders: list[str], name: str) -> str:
        """The path of a file; a folder that is there in other letters is that one."""
        folder = "/".join(folders)
        folder = self._spelled.setdefault(folded(folder), folder)
        taken = self._taken.setdefault(folder, set())
        free = next(free_names(name, taken))
        taken |= {folded(free), folded(free + SIDECAR)}
        return f"{folder}/{free}".lstrip("/")


def _entry(path: str, at: datetime) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(path, max(at.timetuple()[:6], EARLIEST))
    made.external_attr = 0o644 << 16
    return made


def _pieces(parcel: Parcel) -> Iterator[bytes | memoryview]:
    if parcel.file is None:
        return
    if parcel.file.content is not None:
        yield parcel.file.content
    elif parcel.file.path is not None:
        with parcel.file.path.open("rb") as source:
            while chunk := source.read(CHUNK):
                yield chunk


def _put(made: Path, target: Path) -> Path:
    """Gives the finished file its name, or the next one that is free."""
    path = give_free_name(made, target.parent, target.name)
    if path is None:
        raise UsageError("There are too many files of that name.", "Choose another name.")
    return path


@contextlib.contextmanager
def _gone_unless_kept(made: Path) -> Iterator[None]:
    """What was begun does not stay behind; once it has its name, there is nothing left of it here."""
    try:
        yield
    finally:
        made.unlink(missing_ok=True)


def _refusal(error: OSError, target: Path) -> DeskFault | UsageError:
    fault = disk_fault(error, target)
    if fault.title == "The disk is full.":
        return fault
    return UsageError(f"{target.name} cannot be written: {error.strerror or error}.", "Choose another folder.")
