"""Files read whole, with the disk's refusals in words."""

import os
from pathlib import Path

from pruvan_desk.core.errors import DeskFault, ItemError, PruvanDeskError
from pruvan_desk.imaging.formats import HEADER_BYTES, IMAGES, sniff

LARGEST_FILE = 512 << 20
"""Bytes of an image file that are read into memory; no camera writes more."""


class TooLargeError(ValueError):
    """A picture file of more bytes than are read; the message is a sentence for a person."""

    def __init__(self, format_name: str | None) -> None:
        super().__init__(f"This image file is larger than {LARGEST_FILE >> 20} MB and was not opened.")
        self.format_name = format_name


def read_picture(path: Path) -> bytes:
    """The whole file if it holds a picture of at most :data:`LARGEST_FILE` bytes; of any other file its first bytes.

    Raises :class:`TooLargeError`, :class:`ItemError` when the file is gone, :class:`DeskFault` when the disk refuses it.
    """
    try:
        with path.open("rb", buffering=0) as file:
            header = file.read(HEADER_BYTES)
            if sniff(header) not in IMAGES:
                return header
            if os.fstat(file.fileno()).st_size > LARGEST_FILE:
                raise TooLargeError(sniff(header))
            file.seek(0)
            return file.readall()
    except OSError as error:
        raise disk_error(error, path) from error


def disk_error(error: OSError, path: Path) -> PruvanDeskError:
    """One file that is gone concerns its item; anything else the whole desk."""
    if isinstance(error, FileNotFoundError):
        return ItemError(
            f"The file {path.name} is gone from the disk.", "Bring it back from a backup of the data folder."
        )
    if isinstance(error, IsADirectoryError):
        return ItemError(f"{path.name} is a folder, not a file.", "Choose the files in it.")
    return DeskFault(f"The disk refused {path}: {error.strerror}.", "Check the disk and the rights of the folder.")
