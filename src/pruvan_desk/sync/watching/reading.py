"""One file of a watch folder: whether it is whole, what it is, what lies beside it; copied among the originals."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pruvan_desk.core.errors import ItemError
from pruvan_desk.domain.folder_trees import SIDECAR
from pruvan_desk.domain.statuses import FileType
from pruvan_desk.imaging.formats import HEADER_BYTES, IMAGES, describe, is_video, sniff
from pruvan_desk.operations.intake import StoredBytes
from pruvan_desk.store.files import CHUNK, IncomingFile, PhotoFiles, safe_extension
from pruvan_desk.sync.watching.listing import Found
from pruvan_desk.wire.values import JsonObject, nested_too_deeply, read_json

LARGEST_DETAILS = 4 << 20
"""Bytes of a ``.json``: answer sets have some thousand."""
HEAD, TAIL = 64 << 10, 1 << 10
"""Bytes at the beginning, where a preview may have an end mark of its own, and at the end, where a whole picture has its. What phones
put behind a picture (a short film, say) comes after an end mark beyond the beginning."""
ENDS = {"JPEG": b"\xff\xd9", "PNG": b"IEND"}
TOLD_TYPES = (FileType.REPORT, FileType.CSR)
"""Kinds of files that only the details can tell from others."""


class NotWholeError(Exception):
    """Somebody is still writing it, or it has just been changed: it is looked at again later."""


class RefusedError(ItemError):
    """It is nothing that Desk takes; no second look will find otherwise, unless it changes."""


class UnreadableError(ItemError):
    """The system does not let us read it now; that may pass."""


@dataclass(frozen=True, slots=True)
class Details:
    """What lies beside a file; ``problem`` says why that could not be read."""

    told: JsonObject | None = None
    problem: str = ""


def read_details(found: Found) -> Details:
    """The details beside a file. Raises :class:`UnreadableError`."""
    if found.details is None:
        return Details()
    name = found.details.name
    try:
        return Details(_json(found.details))
    except ItemError as error:
        if isinstance(error, UnreadableError):
            raise
        return Details(problem=f"The details beside it, {name}, cannot be read: {error.title}")


def read_answers(found: Found) -> JsonObject:
    """An answer set, which is a ``.json`` of its own. Raises :class:`RefusedError` for any other."""
    try:
        told = _json(found.path)
    except UnreadableError:
        raise
    except ItemError as error:
        raise RefusedError(error.title) from error
    if not isinstance(told.get("survey"), dict) or not told.get("uuid"):
        raise RefusedError("The file whose details these are is not there.")
    if str(told.get("fileType", "")).lower() != FileType.SURVEY:
        raise RefusedError("It holds no survey.")
    return told


def is_answers(found: Found) -> bool:
    """Whether a file is a ``.json`` that stands alone."""
    return found.name.lower().endswith(SIDECAR)


def copy(found: Found, incoming: IncomingFile, step: Callable[[], None], *, patient: bool) -> str:
    """Copies a file, and answers its format. ``patient``: a picture without an end is not whole yet.

    ``step`` is called after each piece, and may raise to end it.

    Raises :class:`NotWholeError`, :class:`RefusedError`, :class:`UnreadableError`; :class:`DeskFault` when our own disk refuses.
    """
    try:
        with opened(found.path) as file:
            header = file.read(HEADER_BYTES)
            format_name = _taken(header)
            incoming.write(header)
            end, ended, tail = ENDS.get(format_name, b""), False, header
            while chunk := file.read(CHUNK):
                ended = ended or end in (tail[-len(end) :] + chunk)[max(0, HEAD - incoming.size) :]
                tail = (tail + chunk)[-TAIL:]
                incoming.write(chunk)
                step()
        after = found.path.stat()
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from error
    if (after.st_size, after.st_mtime_ns) != (found.look.size, found.look.time) or incoming.size != after.st_size:
        raise NotWholeError
    if patient and not ended and end not in tail:
        raise NotWholeError
    return format_name


def keep(files: PhotoFiles, incoming: IncomingFile, name: str) -> StoredBytes:
    """Keeps what was copied among the originals; durable when this returns. Raises :class:`DeskFault`."""
    path = files.keep(incoming, safe_extension(name))
    return StoredBytes(incoming.sha256, path.suffix.removeprefix("."), incoming.size)


def opened(path: Path) -> BinaryIO:
    """Opens a file for reading; not even the time at which it was last read changes, where the system allows that. Raises ``OSError``."""
    return open(path, "rb", opener=_unnoticed)


def _unnoticed(path: str, flags: int) -> int:
    quietly = getattr(os, "O_NOATIME", 0)  # of Linux, and for the owner's files only
    try:
        return os.open(path, flags | quietly)
    except PermissionError:
        if not quietly:
            raise
        return os.open(path, flags)


def file_type_of(format_name: str, told: JsonObject | None) -> FileType:
    """What a file is: a picture by what it holds; what else it is, only its details can tell."""
    if format_name in IMAGES:
        return FileType.PICTURE
    word = str((told or {}).get("fileType", "")).lower()
    return FileType(word) if word in TOLD_TYPES else FileType.FILE


def _taken(header: bytes) -> str:
    if not header:
        raise RefusedError("It is empty.")
    format_name = sniff(header) or ""
    if format_name in IMAGES or format_name == "PDF" or is_video(format_name):
        return format_name
    what = f"It is {describe(format_name)}" if format_name else "It is of no known kind"
    raise RefusedError(f"{what}, no photo, PDF or video.")


def _json(path: Path) -> JsonObject:
    """Raises :class:`UnreadableError`, and :class:`ItemError` for what is no object of JSON."""
    try:
        with opened(path) as file:
            data = file.read(LARGEST_DETAILS + 1)
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from error
    if len(data) > LARGEST_DETAILS:
        raise ItemError("It is larger than 4 MB.")
    try:
        value = read_json(data)
    except ValueError as error:
        raise ItemError("It is no JSON, or not all of it is there.") from error
    if nested_too_deeply(value):
        raise ItemError("It is nested too deeply.")
    if not isinstance(value, dict):
        raise ItemError("It is no JSON object.")
    return value
