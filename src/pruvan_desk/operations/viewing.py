"""Videos, PDFs and other files opened in the system's own program: always a copy, so that no program can change an original."""

import shutil
import stat
import time
from pathlib import Path

from pruvan_desk.core.errors import UsageError
from pruvan_desk.imaging.formats import HEADER_BYTES, IMAGES, is_video, sniff, usual_extension
from pruvan_desk.store.files import PhotoFiles, disk_fault, missing_file

KEPT_SECONDS = 24 * 3600
LONGEST_NAME = 60
ENDINGS = {"PDF": "pdf", "MP4": "mp4", "MOV": "mov", "3GP": "3gp", "AVI": "avi", "MKV": "mkv"}


def copy_to_view(files: PhotoFiles, folder: Path, *, sha256: str, extension: str, name: str) -> Path:
    """A copy of an original in ``folder``, to be handed to the system; copies of yesterday are removed. Blocking.

    Its ending follows from what it holds, never from its name: the system would run a program. Raises :class:`UsageError` for what is
    no photo, PDF or video, :class:`ItemError` when the file is gone, :class:`DeskFault` for the disk.
    """
    source = files.path(sha256, extension)
    try:
        with source.open("rb") as file:
            format_name = sniff(file.read(HEADER_BYTES)) or ""
    except FileNotFoundError as error:
        raise missing_file(source) from error
    except OSError as error:
        raise disk_fault(error, source) from error
    if format_name not in IMAGES and format_name != "PDF" and not is_video(format_name):
        raise UsageError("This file is not opened.", "Pruvan Desk opens only photos, PDF documents and videos.")
    ending = ENDINGS.get(format_name) or usual_extension(format_name) or "bin"
    target = folder / sha256[:16] / f"{_plain(name)}.{ending}"
    try:
        _tidy(folder)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            target.chmod(stat.S_IREAD)
    except OSError as error:
        raise disk_fault(error, target) from error
    return target


def _plain(name: str) -> str:
    """A foreign name's stem, as far as it is harmless on every system."""
    stem = name.rpartition(".")[0] or name
    plain = "".join(character if character.isalnum() or character in " -_" else "_" for character in stem)
    return plain.strip(" _")[:LONGEST_NAME] or "file"


def _tidy(folder: Path) -> None:
    if not folder.exists():
        return
    for old in folder.iterdir():
        if old.is_dir() and time.time() - old.stat().st_mtime > KEPT_SECONDS:
            for file in old.iterdir():
                file.chmod(stat.S_IREAD | stat.S_IWRITE)
            shutil.rmtree(old, ignore_errors=True)
