"""What a file is and says of itself, and what is wrong with it, in words that a person understands."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from PIL import ImageFile

from pruvan_desk.core.errors import ItemError
from pruvan_desk.imaging import jpeg, png
from pruvan_desk.imaging.decode import TURNED_BY_DECODER, Unreadable, decode, open_image
from pruvan_desk.imaging.exif import ExifFacts, read_exif
from pruvan_desk.imaging.formats import IMAGES, VANISHED, describe, mislabelled, promises_image, sniff
from pruvan_desk.imaging.orientation import ON_ITS_SIDE
from pruvan_desk.imaging.reading import TooLargeError, read_picture

EARLIEST_YEAR, LATEST_YEAR = 1973, 2100
"""A clock outside of these was never set."""


@dataclass(frozen=True)
class Inspection:
    """What is known of a file without trusting it.

    * ``format``: ``JPEG``, ``PNG``, ``HEIC``, ``PDF``, ``MP4`` … by content, or None when it is none we know.
    * ``width``, ``height``: pixels as seen, after orientation; None when it is no picture or its header is broken.
    * ``orientation``: 1 to 8, what a viewer still has to do to the decoded pixels (1 for HEIC and TIFF: their decoders do it).
    * ``taken_at``: the instant in UTC, only when the camera wrote its offset.
    * ``taken_at_local``: naive, as the camera's clock stood, whenever it wrote a time. Alone it is to be read in the office's zone
      and does not certify (``wire-api.md``).
    * ``gps_latitude``, ``gps_longitude``: degrees, both or neither.
    * ``problem``: a sentence for a person when something is wrong, else None.
    """

    format: str | None = None
    width: int | None = None
    height: int | None = None
    orientation: int = 1
    taken_at: datetime | None = None
    taken_at_local: datetime | None = None
    gps_latitude: float | None = None
    gps_longitude: float | None = None
    camera_make: str | None = None
    camera_model: str | None = None
    problem: str | None = None

    def taken_in(self, zone: tzinfo) -> tuple[datetime | None, bool]:
        """When it was taken, in UTC, and whether its zone had to be assumed: then it is the camera's clock, read in ``zone``."""
        local = self.taken_at_local
        if self.taken_at is not None or local is None or not EARLIEST_YEAR <= local.year < LATEST_YEAR:
            return self.taken_at, False
        return local.replace(tzinfo=zone).astimezone(UTC), True

    @property
    def is_image(self) -> bool:
        """Whether the file holds a picture, broken or not, of a format that Desk shows."""
        return self.format in IMAGES


@dataclass(frozen=True)
class Opened:
    """A file that was read: what is known of it and, if it is a picture that can be decoded, how to go on."""

    inspection: Inspection
    data: bytes = b""
    image: ImageFile.ImageFile | None = None


def inspect(path: Path, name: str | None = None) -> Inspection:
    """Looks into a file, also into its pixels, so that damage anywhere is found. Never raises for bad content.

    ``name`` is what the file was called where it came from, when ``path`` does not say. A file that is
    gone is a problem like another. Raises :class:`~pruvan_desk.core.errors.DeskFault` when the disk refuses to read.
    """
    opened = open_file(path, name)
    if opened.image is None:
        return opened.inspection
    try:
        problem = decode(opened.image, opened.data, edge=1)[1]
    except Unreadable as error:
        problem = str(error)
    return with_problem(opened.inspection, problem)


def with_problem(inspection: Inspection, problem: str | None) -> Inspection:
    """The inspection with what decoding found, which weighs more than a wrong name."""
    return replace(inspection, problem=problem) if problem else inspection


def open_file(path: Path, name: str | None = None) -> Opened:
    """Reads a file and its header; only pictures are read whole. Raises as :func:`inspect` does."""
    name = path.name if name is None else name
    try:
        data = read_picture(path)
    except TooLargeError as error:
        return Opened(Inspection(format=error.format_name, problem=str(error)))
    except ItemError as error:
        return Opened(Inspection(problem=error.title if path.exists() else VANISHED))
    if not data:
        return Opened(Inspection(problem="This file is empty: none of its bytes arrived."))
    format_name = sniff(data)
    if format_name is None or format_name not in IMAGES:
        return Opened(Inspection(format=format_name, problem=_not_a_picture(format_name, name)))
    return _open_picture(data, format_name, name)


def _open_picture(data: bytes, format_name: str, name: str) -> Opened:
    problem = None
    if mislabelled(name, format_name):
        problem = f"This file is named .{name.rpartition('.')[2]}, but it is {describe(format_name)}."
    image = None
    try:
        image = open_image(data, format_name)
    except Unreadable as error:
        problem = str(error)
    facts = read_exif(exif_block_of(data, format_name, image))
    inspection = _with_facts(facts, format_name, image.size if image else None, problem)
    return Opened(inspection, data, image)


def _with_facts(facts: ExifFacts, format_name: str, size: tuple[int, int] | None, problem: str | None) -> Inspection:
    orientation = 1 if format_name in TURNED_BY_DECODER else facts.orientation
    width, height = size or (None, None)
    if orientation in ON_ITS_SIDE:
        width, height = height, width
    return Inspection(
        format=format_name,
        width=width,
        height=height,
        orientation=orientation,
        taken_at=facts.taken_at,
        taken_at_local=facts.taken_at_local,
        gps_latitude=facts.gps_latitude,
        gps_longitude=facts.gps_longitude,
        camera_make=facts.camera_make,
        camera_model=facts.camera_model,
        problem=problem,
    )


def exif_block_of(data: bytes, format_name: str, image: ImageFile.ImageFile | None) -> bytes | None:
    """The EXIF block of an opened picture, from its byte-order mark on; ``None`` where there is none."""
    if format_name == "JPEG":
        return jpeg.exif_block(data)
    if format_name == "PNG":
        return png.exif_block(data)
    if format_name == "TIFF":
        return data
    block = image.info.get("exif") if image else None
    return block.removeprefix(jpeg.EXIF_PREFIX) if isinstance(block, bytes) else None


def _not_a_picture(format_name: str | None, name: str) -> str | None:
    """What to say of a file that holds no picture: nothing, when it never said it did."""
    if format_name is None:
        return "This file is not an image, or not of a kind that Pruvan Desk knows."
    if promises_image(name) or mislabelled(name, format_name):
        return f"This file is named .{name.rpartition('.')[2]}, but it is {describe(format_name)}."
    return None
