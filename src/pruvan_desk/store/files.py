"""The originals: each stored once, under its SHA-256, flushed to disk before the database names it, and never changed."""

import contextlib
import errno
import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from pruvan_desk.core.errors import DeskFault, ItemError

CHUNK = 1 << 20
REPLACE_TRIES = 6
LONGEST_EXTENSION = 8
INCOMING = "incoming-"
ASIDE = "aside-"
"""Before the name of a file that is about to be removed."""
ARRIVING_SECONDS = 24 * 3600.0
"""How long bytes that were kept may wait for the row that names them: so long they are not removed."""


class IncomingFile:
    """A file that is arriving: written, hashed and counted as its bytes come, then kept or thrown away."""

    def __init__(self, folder: Path) -> None:
        try:
            handle, name = tempfile.mkstemp(prefix=INCOMING, dir=folder)
        except OSError as error:
            raise disk_fault(error, folder) from error
        self._file: IO[bytes] = os.fdopen(handle, "wb", buffering=0)
        self._digest = hashlib.sha256()
        self.path = Path(name)
        self.size = 0
        self._named = False

    def write(self, data: bytes | memoryview) -> None:
        """Takes the next bytes. Raises :class:`DeskFault` when the disk does not."""
        rest = memoryview(data)
        try:
            while rest:  # a nearly full disk takes a part without complaint
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise disk_fault(error, self.path) from error
        self._digest.update(data)
        self.size += len(data)

    @property
    def sha256(self) -> str:
        """Of the bytes so far, in hex."""
        return self._digest.hexdigest()

    def flush(self) -> None:
        """Returns when the bytes are on the disk. Raises :class:`DeskFault`."""
        try:
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise disk_fault(error, self.path) from error

    def rename(self, target: Path) -> None:
        """Gives the file its name for good. Raises ``OSError``."""
        replace_file(self.path, target)
        self._named = True

    def discard(self) -> None:
        """Throws the bytes away, if they were not kept."""
        if self._named:
            return
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)


class PhotoFiles:
    """The folder of originals: ``ab/cd/<sha256>.<ext>``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._renaming = threading.Lock()
        self._unsynced: set[Path] = set()
        """Folders that were made and may not be on the disk yet."""

    def incoming(self) -> IncomingFile:
        """A place for a file that is arriving. Raises :class:`DeskFault`."""
        return IncomingFile(self.root)

    def path(self, sha256: str, extension: str) -> Path:
        """Where the original is, or will be."""
        return self.root / sha256[:2] / sha256[2:4] / f"{sha256}.{extension}"

    def find(self, sha256: str) -> Path | None:
        """Where the original is, under whatever extension it came; ``None`` when it is not there."""
        folder = self.path(sha256, "").parent
        return next(folder.glob(f"{sha256}.*"), None)

    def keep(self, incoming: IncomingFile, extension: str) -> Path:
        """Keeps an arrived file under its hash; when this returns it is durable. Raises :class:`DeskFault`.

        Bytes that are kept already stay where they are, with the extension they first came with.
        """
        incoming.flush()
        target = self.path(incoming.sha256, extension)
        folders = (target.parent, target.parent.parent)
        try:
            with self._renaming:
                if made := _make_folders(target.parent):
                    self._unsynced.update(made)
                else:
                    target, whole = _place(incoming, target)
                    if whole and _claim(target):
                        incoming.discard()
                        return target
                incoming.rename(target)
                unsynced = [folder for folder in folders if folder in self._unsynced]
            for folder in (target, *unsynced):
                sync_folder(folder.parent)
            with self._renaming:
                self._unsynced.difference_update(unsynced)
        except OSError as error:
            raise disk_fault(error, target) from error
        return target

    def read_into(self, place: memoryview, sha256: str, extension: str) -> int:
        """Reads an original, as much of it as there is room for in ``place``; answers how many bytes that were.

        Raises :class:`ItemError` when it is gone, :class:`DeskFault` for the disk.
        """
        path, size = self.path(sha256, extension), 0
        try:
            with path.open("rb", buffering=0) as file:
                while some := file.readinto(place[size:]):
                    size += some
        except FileNotFoundError as error:
            raise missing_file(path) from error
        except OSError as error:
            raise disk_fault(error, path) from error
        return size

    def set_aside(self, sha256: str, extension: str) -> Path | None:
        """The first step of removing an original: where it lies now; ``None`` when there is none.

        Raises :class:`ItemError` when a program holds it, or its bytes have just come once more: then it stays where it is.
        :class:`DeskFault`: the disk.
        """
        path, aside = self.path(sha256, extension), self.root / f"{ASIDE}{sha256}.{extension}"
        try:
            replace_file(path, aside)
            if time.time() - aside.stat().st_mtime < ARRIVING_SECONDS:  # looked at when nobody can find it any more
                replace_file(aside, path)
                raise ItemError(f"The file {path.name} has just come again.", "")
        except FileNotFoundError:
            return None
        except PermissionError as error:
            raise ItemError(f"The file {path.name} is in use.", "Close the program that holds it.") from error
        except OSError as error:
            raise disk_fault(error, path) from error
        return aside

    def put_back(self, aside: Path) -> None:
        """The file is to stay after all. Raises :class:`DeskFault`."""
        name = aside.name.removeprefix(ASIDE)
        try:
            replace_file(aside, self.path(name.partition(".")[0], name.partition(".")[2]))
        except OSError as error:
            raise disk_fault(error, aside) from error

    def aside(self) -> dict[str, Path]:
        """What was set aside and is neither removed nor back, by its SHA-256: a crash came between."""
        found = self.root.glob(f"{ASIDE}*")
        return {path.name.removeprefix(ASIDE).partition(".")[0]: path for path in found}

    def remove(self, aside: Path) -> None:
        """The last step: the bytes are gone. Raises :class:`DeskFault`."""
        try:
            aside.unlink(missing_ok=True)
        except OSError as error:
            raise disk_fault(error, aside) from error

    def all(self) -> Iterator[Path]:
        """Every file below the folder, but for those that are arriving or about to be removed."""
        passing = (INCOMING, ASIDE)
        return (path for path in self.root.rglob("*") if path.is_file() and not path.name.startswith(passing))

    def remove_leftovers(self) -> int:
        """Removes what a crash left of files that never finished arriving. Answers how many; what is held stays for now."""
        removed = 0
        for path in self.root.glob(f"{INCOMING}*"):
            with contextlib.suppress(OSError):  # a virus scanner, say, looks into it
                path.unlink()
                removed += 1
        return removed


def _make_folders(folder: Path) -> list[Path]:
    """Makes a folder and, if need be, the one it is in; answers those that are new."""
    try:
        folder.mkdir()
    except FileExistsError:
        return []
    except FileNotFoundError:
        made = _make_folders(folder.parent)
        folder.mkdir()
        return [*made, folder]
    return [folder]


def _place(incoming: IncomingFile, wanted: Path) -> tuple[Path, bool]:
    """Where these bytes are, or belong, under whatever extension they came first; and whether they are there whole."""
    names = os.listdir(wanted.parent)  # noqa: PTH208 - for every photo that comes: no object for each of its neighbours
    stem = f"{incoming.sha256}."
    found = [wanted.parent / name for name in names if name.startswith(stem)]
    found.sort(key=lambda path: path != wanted)
    whole = next((path for path in found if path.stat().st_size == incoming.size), None)
    return (whole, True) if whole else (found[0] if found else wanted, False)


def _claim(path: Path) -> bool:
    """Says that bytes which are here already have come once more, so that nobody removes them now; false when that cannot be said."""
    try:
        os.utime(path)
    except OSError:  # removed this moment, or another's: then the bytes are written anew
        return False
    return True


def missing_file(path: Path) -> ItemError:
    """The error for an original that is gone from the disk."""
    return ItemError(f"The file {path.name} is gone from the disk.", "Bring it back from a backup of the data folder.")


def safe_extension(file_name: str) -> str:
    """The lower-case extension of a foreign name, letters and digits only; ``bin`` when there is none."""
    extension = file_name.rpartition(".")[2].lower() if "." in file_name else ""
    plain = "".join(character for character in extension if character.isascii() and character.isalnum())
    return plain if plain and plain == extension and len(plain) <= LONGEST_EXTENSION else "bin"


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hex. Raises ``OSError``."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def replace_file(source: Path, target: Path) -> None:
    """``os.replace``, tried again for a moment where Windows reports a sharing violation (a virus scanner, say)."""
    for attempt in range(REPLACE_TRIES):
        try:
            source.replace(target)
        except PermissionError:
            if os.name != "nt" or attempt == REPLACE_TRIES - 1:
                raise
            time.sleep(0.02 * 2**attempt)
        else:
            return


def sync_folder(folder: Path) -> None:
    """Makes a rename in ``folder`` durable, where the system knows how (Windows does it by itself)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def disk_fault(error: OSError, path: Path) -> DeskFault:
    """The disk's refusal, in words."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DeskFault("The disk is full.", "Make room on it; work goes on by itself.")
    return DeskFault(f"The disk refused {path}: {error.strerror}.", "Check the disk and the rights of the data folder.")


def write_whole(path: Path, body: bytes) -> None:
    """Writes a file as a whole or not at all. Raises :class:`DeskFault`."""
    made = path.with_name(f".{path.name}.part")
    try:
        try:
            made.write_bytes(body)
            replace_file(made, path)
        finally:
            made.unlink(missing_ok=True)
    except OSError as error:
        raise DeskFault(
            f"{path.name} cannot be written: {error.strerror or error}.", "Choose another folder."
        ) from error
