"""Pictures opened and decoded without trust: sizes are looked at before a pixel is, damage becomes a sentence, never a crash.

The decoders are named one by one, by what the file holds. ``Image.open`` would try others too, and would judge the size by its
own rule before ours could say why. They release Python's global lock while they work, so threads decode in parallel.
"""

import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pi_heif
from PIL import Image, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from pruvan_desk.imaging import jpeg, png
from pruvan_desk.imaging.formats import describe

LARGEST_MEGAPIXELS = 200
"""What the largest phone sensors deliver; anything above is refused by its header, before a pixel is decoded."""

NEAR_ENOUGH = 15 / 16
"""The share of an asked-for edge that will do: 4,000 pixels divide by 8 into 500, and nobody sees that it is not 512."""

TURNED_BY_DECODER = frozenset({"HEIC", "TIFF"})
"""Formats whose decoder has applied the orientation already: turning them by their EXIF would turn them twice."""

_LARGE_MEGAPIXELS = 50  # several of these at once would fill the memory
_MOST_WORK = 5_000_000_000  # pixels times scans of a progressive JPEG: a small file can ask for hours
_SALVAGED = {"PNG", "GIF", "BMP"}  # formats whose decoder leaves the rows that it had reached
_END_OF_JPEG = b"\xff\xd9"


class _Jpeg(JpegImageFile):
    """Pillow's JPEG decoder, but its EXIF is left to us: Pillow would warn of a damaged one, only to learn the print resolution."""

    def _read_dpi_from_exif(self) -> None:
        """Nothing."""


_DECODERS: dict[str, type[ImageFile.ImageFile]] = {
    "JPEG": _Jpeg,
    "PNG": PngImageFile,
    "GIF": GifImageFile,
    "WEBP": WebPImageFile,
    "TIFF": TiffImageFile,
    "BMP": BmpImageFile,
    "AVIF": AvifImageFile,
    "HEIC": pi_heif.HeifImageFile,
}
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    LookupError,
    ArithmeticError,
    MemoryError,
    RuntimeError,
    AssertionError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
"""All that Pillow's and libheif's decoders were seen to raise on damaged files (tests/imaging feeds them such)."""

_alone = threading.Lock()


class Unreadable(ValueError):
    """The picture cannot be shown; the message is a sentence for a person."""


@contextmanager
def _alone_when_needed(format_name: str, pixels: int) -> Iterator[None]:
    """One at a time where decoders warn (the list of filters belongs to the whole process), or need much memory."""
    quiet = format_name not in {"JPEG", "HEIC"}
    if not quiet and pixels <= _LARGE_MEGAPIXELS * 1_000_000:
        yield
        return
    with _alone, warnings.catch_warnings():
        if quiet:
            warnings.simplefilter("ignore")
        yield


def open_image(data: bytes, format_name: str) -> ImageFile.ImageFile:
    """The picture with its size and metadata known and nothing decoded yet.

    ``format_name`` is one of :data:`~pruvan_desk.imaging.formats.IMAGES`. Raises :class:`Unreadable`, also for a picture of more
    than :data:`LARGEST_MEGAPIXELS`.
    """
    try:
        with _alone_when_needed(format_name, 0):
            image = _DECODERS[format_name](BytesIO(data))
    except Image.DecompressionBombError as error:  # a decoder that takes memory for the whole picture as it opens
        raise Unreadable("This image claims more pixels than Pruvan Desk opens.") from error
    except _DAMAGE as error:
        raise Unreadable(_damage(data, format_name)) from error
    width, height = image.size
    if width * height > LARGEST_MEGAPIXELS * 1_000_000:
        raise Unreadable(
            f"This image claims {width} \N{MULTIPLICATION SIGN} {height} pixels ({width * height / 1e6:,.0f} megapixels); "
            f"Pruvan Desk opens images of up to {LARGEST_MEGAPIXELS} megapixels."
        )
    if format_name == "JPEG" and width * height * jpeg.scans(data) > _MOST_WORK:
        raise Unreadable("This JPEG image is built so that opening it would take hours.")
    return image


def decode(image: ImageFile.ImageFile, data: bytes, edge: int | None = None) -> tuple[Image.Image, str | None]:
    """The decoded picture, and a sentence when only a part of it was there. Raises :class:`Unreadable`.

    With ``edge`` (pixels) a JPEG is decoded straight to the smallest size whose longer side is at least that, or a sixteenth less:
    to an eighth it takes a third of the time. Other formats come in full size.
    """
    format_name = "HEIC" if image.format == "HEIF" else image.format or ""
    with _alone_when_needed(format_name, image.width * image.height):
        try:
            _load(image, data, edge)
        except _DAMAGE as error:
            problem = _cut_short(data, format_name) or _damage(data, format_name, error)
            return _salvage(image, data, format_name, edge), problem
    return image, _cut_short(data, format_name)


def _load(image: ImageFile.ImageFile, data: bytes, edge: int | None) -> None:
    if isinstance(image, JpegImageFile):
        image.decodermaxblock = len(data) + 1  # in one piece: nothing is copied between calls
        if edge is not None:
            factor = _reduction(max(image.size), edge)
            image.draft(None, (max(1, image.width // factor), max(1, image.height // factor)))
    image.load()


def _reduction(longest: int, edge: int) -> int:
    """By which of libjpeg's factors the longer side may be divided so that ``edge`` pixels of it are left."""
    return next((factor for factor in (8, 4, 2) if -(-longest // factor) >= edge * NEAR_ENOUGH), 1)


def _salvage(image: ImageFile.ImageFile, data: bytes, format_name: str, edge: int | None) -> Image.Image:
    """The part of a broken picture that can be shown. Raises :class:`Unreadable` when there is none."""
    try:
        if format_name == "JPEG":
            ended = data + _END_OF_JPEG
            image = _Jpeg(BytesIO(ended))
            _load(image, ended, edge)
            return image
        if format_name in _SALVAGED:
            image.tile = []
            image.load()
            return image
    except _DAMAGE as error:
        raise Unreadable(_damage(data, format_name)) from error
    raise Unreadable(_damage(data, format_name))


def _cut_short(data: bytes, format_name: str) -> str | None:
    """The sentence for a file whose end is missing, where its format tells."""
    ends = {"JPEG": jpeg.has_end, "PNG": png.has_end}.get(format_name)
    if ends is None or ends(data):
        return None
    return f"This {format_name} image was cut short: only the part that arrived can be shown."


def _damage(data: bytes, format_name: str, error: BaseException | None = None) -> str:
    """The sentence for a picture that a decoder gave up on."""
    if error is not None and format_name in {"JPEG", *_SALVAGED}:
        return f"This {format_name} image is damaged: only a part of it can be shown."
    if _cut_short(data, format_name):
        return f"This {format_name} image was cut short before anything that can be shown."
    return f"This file is {describe(format_name)}, but it is damaged and cannot be shown."
