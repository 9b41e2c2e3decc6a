"""What lies in a watch folder: gone through folder by folder, without following links, past what cannot be read."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pruvan_desk.domain.folder_trees import SIDECAR, folded

DEEPEST = 40
"""Folders below each other; more is no tree that anybody sorts by."""
UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".download")
"""What programs call a file that they are still writing."""
IGNORED = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Look:
    """How a file looks: its size in bytes and its time in nanoseconds, both as the file system says."""

    size: int
    time: int

    def __str__(self) -> str:
        return f"{self.size}/{self.time}"


@dataclass(frozen=True, slots=True)
class Found:
    """A file, and the details beside it if there are any."""

    path: Path
    name: str
    look: Look
    details: Path | None = None
    details_look: Look | None = None

    @property
    def seen(self) -> str:
        """How both look, for comparing."""
        return f"{self.look} {self.details_look or ''}".strip()


@dataclass(slots=True)
class Listing:
    """One folder: its path below the watch folder with ``/``, its files, and why it cannot be read (empty: it can)."""

    folder: str
    files: list[Found] = field(default_factory=list)
    problem: str = ""

    @property
    def folders(self) -> tuple[str, ...]:
        """The names of the folders that lead to it, outermost first."""
        return tuple(self.folder.split("/")) if self.folder else ()


def walk(root: Path) -> Iterator[Listing]:
    """Every folder below ``root``, and itself first. Raises ``OSError`` when ``root`` itself cannot be read."""
    waiting = [(long_path(root), "")]
    while waiting:
        path, folder = waiting.pop()
        listing = Listing(folder)
        try:
            entries = _entries(path)
        except OSError as error:
            if not folder:
                raise
            listing.problem = error.strerror or str(error)
            yield listing
            continue
        inner = [name for name, entry in entries.items() if entry is None]
        if inner and folder.count("/") + 1 >= DEEPEST:
            listing.problem = f"it is more than {DEEPEST} folders deep"
            inner = []
        listing.files = _paired(path, {name: look for name, look in entries.items() if look is not None})
        yield listing
        waiting += [(path / name, f"{folder}/{printable(name)}".lstrip("/")) for name in sorted(inner, reverse=True)]


def long_path(path: Path) -> Path:
    """A path as Windows takes it however long it is; itself elsewhere."""
    text = str(path)
    if os.name != "nt" or text.startswith("\\\\?\\"):
        return path
    return Path(f"\\\\?\\UNC\\{text[2:]}" if text.startswith("\\\\") else f"\\\\?\\{text}")


def printable(name: str) -> str:
    """A name as it can be kept and shown, whatever bytes it is made of."""
    return name.encode("utf-8", "backslashreplace").decode()


def is_gone(root: Path, folder: str, name: str) -> bool:
    """Whether a file that was found before is not there any more; false where that cannot be told."""
    if "\\" in folder + name:
        return False  # a name that was made printable does not lead anywhere
    try:
        (long_path(root) / folder / name).lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _entries(path: Path) -> dict[str, Look | None]:
    """The names in a folder: files with how they look, folders with ``None``. Links and what is hidden are left out."""
    found: dict[str, Look | None] = {}
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name.lower() in IGNORED or entry.is_symlink():
                continue
            try:
                info = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # it went while we looked
            if entry.is_dir(follow_symlinks=False):
                if not _is_junction(info):
                    found[entry.name] = None
            elif stat.S_ISREG(info.st_mode) and not entry.name.lower().endswith(UNFINISHED):
                found[entry.name] = Look(info.st_size, info.st_mtime_ns)
    return found


def _is_junction(info: os.stat_result) -> bool:
    """Windows' other kind of link to a folder."""
    return getattr(info, "st_reparse_tag", 0) == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)


def _paired(path: Path, files: dict[str, Look]) -> list[Found]:
    """Files with their details: ``a.jpg`` with ``a.jpg.json``, or with ``a.json``. What is nobody's details is a file.

    The same letters go before the same name in other letters, and ``a.json`` is the details of one file only.
    """
    details = {name for name in files if name.lower().endswith(SIDECAR)}
    alike = {folded(name): name for name in sorted(details)}
    used: set[str] = set()
    found = []
    for name in sorted(files.keys() - details):
        whole, stem = f"{name}{SIDECAR}", f"{name.rpartition('.')[0]}{SIDECAR}"
        meant = (whole, alike.get(folded(whole), ""), stem, alike.get(folded(stem), ""))
        own = next((other for other in meant if other in details and other not in used), None)
        if own is None:
            found.append(Found(path / name, printable(name), files[name]))
        else:
            used.add(own)
            found.append(Found(path / name, printable(name), files[name], path / own, files[own]))
    found += [Found(path / name, printable(name), files[name]) for name in sorted(details - used)]
    return found
