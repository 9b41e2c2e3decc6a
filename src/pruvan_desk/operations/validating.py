"""Looks at a file that somebody wants to know about: its hash, and by what it would be found should its bytes be nobody's."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.hints import NEAR_BITS
from pruvan_desk.store.thumbnails import ThumbnailCache

if TYPE_CHECKING:
    from pruvan_desk.operations.likeness import CutOut, Sought

ALIKE_BITS = 110
"""Of 512, in how many the hashes of photos differ at most that are worth a look; unlike ones differ in some 200."""
MOST_ALIKE = 3


@dataclass(frozen=True, slots=True)
class Looked:
    """A file: ``sha256`` in hex, ``size`` in bytes. ``sought``: how it looks; none for what is no photo."""

    name: str
    sha256: str
    size: int
    sought: "Sought | None" = None


def look_into(path: Path) -> Looked:
    """Reads a file through. Blocking. Raises :class:`UsageError` for one that cannot be read."""
    from pruvan_desk.imaging.measures import EDGE, measure  # noqa: PLC0415 - loads numpy, when it is first wanted
    from pruvan_desk.imaging.thumbnails import examine  # noqa: PLC0415
    from pruvan_desk.operations.likeness import Sought  # noqa: PLC0415

    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror or error}.", "Choose another file.") from error
    jpeg = examine(path, (EDGE,)).thumbnails.get(EDGE)
    return Looked(path.name, digest, size, Sought.of(measure(jpeg)) if jpeg is not None else None)


def alike(session: Session, thumbnails: ThumbnailCache, sought: "Sought") -> list[tuple[int, "int | CutOut"]]:
    """The numbers of the photos that look most like a file, the likest first, each with in how many bits of 512 it differs.

    Of two of which one was cut from the other, what both show is compared. Blocking: all photos are gone through.
    """
    from pruvan_desk.operations.likeness import Likeness  # noqa: PLC0415 - as above

    likeness = Likeness(thumbnails)
    likeness.learn(session)
    wholes = likeness.wholes(sought, ALIKE_BITS, MOST_ALIKE)
    cuts = likeness.cuts(session, sought, [number for number, bits in wholes.items() if bits <= NEAR_BITS])
    bits = wholes | {number: cut.bits for number, cut in cuts.items()}
    likest = sorted(bits, key=lambda number: bits[number])[:MOST_ALIKE]
    return [(number, cuts.get(number, bits[number])) for number in likest]
