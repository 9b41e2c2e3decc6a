"""The folder of the Downloader, looked at before somebody is promised that files go there."""

import errno
import tempfile
from pathlib import Path

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.folder_trees import UNFINISHED

CHOOSE = "choose another folder in Preferences, Downloader"


def check_downloader_folder(root: Path) -> None:
    """Writes a byte where the Downloader would, and takes it away again. Blocking, for long where a network drive is gone.

    The Downloader makes ``root`` itself where its parent folder is there. Raises :class:`UsageError` that says what to do.
    """
    try:
        place = root if root.exists() else root.parent
        with tempfile.NamedTemporaryFile(prefix=UNFINISHED, dir=place) as probe:
            probe.write(b"x")
            probe.flush()
    except OSError as error:
        raise UsageError(f"The Downloader's folder {root} {_why(error)}.", _advice(error)) from error


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "is not there"
    if isinstance(error, NotADirectoryError):
        return "is a file, not a folder"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "is on a disk that is full"
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return "cannot be written to"
    return f"cannot be used: {error.strerror or error}"


def _advice(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"Plug its drive in or connect to it, or {CHOOSE}."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"Make room on it, or {CHOOSE}."
    if isinstance(error, PermissionError):
        return f"Get the right to write there, or {CHOOSE}."
    return f"{CHOOSE[0].upper()}{CHOOSE[1:]}."
