"""Looks at a file that somebody wants to know about: its hash, and by what it would be found should its bytes be nobody's."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pruvan_desk.core.errors import UsageError

ALIKE_BITS = 110
"""Of 512, in how many the hashes of photos differ at most that are worth a look; unlike ones differ in some 200."""
MOST_ALIKE = 3


@dataclass(frozen=True, slots=True)
class Looked:
    """A file: ``sha256`` in hex, ``size`` in bytes. ``hashes``: how it looks, and how mirrored; none for what is no photo."""

    name: str
    sha256: str
    size: int
    hashes: tuple[bytes, ...] = ()


def look_into(path: Path) -> Looked:
    """Reads a file through. Blocking. Raises :class:`UsageError` for one that cannot be read."""
    from pruvan_desk.imaging.measures import EDGE, measure  # noqa: PLC0415 - loads numpy, when it is first wanted
    from pruvan_desk.imaging.thumbnails import examine  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror or error}.", "Choose another file.") from error
    jpeg = examine(path, (EDGE,)).thumbnails.get(EDGE)
    measured = measure(jpeg) if jpeg is not None else None
    hashes = (measured.hash, measured.mirrored) if measured is not None else ()
    return Looked(path.name, digest, size, tuple(each for each in hashes if each is not None))


def alike(hashes: Sequence[bytes], photos: Sequence[tuple[int, bytes]]) -> list[tuple[int, int]]:
    """The numbers of the photos that look most like a file, the likest first, each with in how many bits of 512 it differs."""
    from pruvan_desk.imaging.hashes import HashIndex  # noqa: PLC0415 - as above

    index = HashIndex()
    index.add(photos)
    return index.near(hashes, ALIKE_BITS, MOST_ALIKE)
