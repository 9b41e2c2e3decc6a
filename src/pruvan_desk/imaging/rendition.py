"""What is relayed of a photo: the original itself, unless the office turned it or its format is one that clients do not take.

Turning never re-encodes pixels: a copy gets another orientation tag. HEIC goes out as JPEG with its metadata kept. The same input
gives the same bytes, so that what was sent can be proven by its SHA-256.
"""

import hashlib
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from pruvan_desk.imaging import jpeg, png
from pruvan_desk.imaging.colour import flat
from pruvan_desk.imaging.decode import Unreadable, decode, open_image
from pruvan_desk.imaging.exif import read_exif
from pruvan_desk.imaging.formats import usual_extension
from pruvan_desk.imaging.orientation import compose_orientation, upright
from pruvan_desk.imaging.reading import TooLargeError, disk_error, read_picture
from pruvan_desk.imaging.tiff import TiffError

_QUALITY = 92  # of a JPEG made from HEIC: evidence, not a preview
_LONGEST_XMP = jpeg.LONGEST_SEGMENT - len(b"http://ns.adobe.com/xap/1.0/\0")


@dataclass(frozen=True)
class Rendition:
    """What goes out: the file at ``path`` as it is, or else ``content``.

    ``sha256`` (hex) and ``size`` (bytes) are of what goes out; ``extension`` has no dot. ``note`` is a sentence for a person
    when what was wanted could not be done and the original goes out instead.
    """

    sha256: str
    size: int
    extension: str
    path: Path | None = None
    content: bytes | None = field(default=None, repr=False)
    note: str | None = None

    def read(self) -> bytes:
        """The bytes that go out. Raises as :func:`rendition` does."""
        if self.content is not None or self.path is None:
            return self.content or b""
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise disk_error(error, self.path) from error


def rendition(path: Path, format_name: str | None, rotation: int = 0) -> Rendition:
    """What is relayed of the original at ``path``, turned clockwise by ``rotation`` degrees (a multiple of 90).

    ``format_name`` is what :func:`~pruvan_desk.imaging.inspect.inspect` found. Raises ``ValueError`` for another rotation,
    :class:`~pruvan_desk.core.errors.ItemError` when the file is gone, :class:`~pruvan_desk.core.errors.DeskFault` when the disk
    refuses it.
    """
    compose_orientation(1, rotation)
    rotation %= 360
    if format_name == "HEIC":
        return _as_jpeg(path, rotation)
    if not rotation:
        return _original(path, format_name)
    if format_name in ("JPEG", "PNG"):
        return _turned(path, format_name, rotation)
    return _original(
        path, format_name, "A file of this kind cannot be turned without harm to it, so it goes out as it came."
    )


def _original(path: Path, format_name: str | None, note: str | None = None) -> Rendition:
    extension = usual_extension(format_name) or path.suffix.removeprefix(".").lower()
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return Rendition(digest, file.tell(), extension, path=path, note=note)
    except OSError as error:
        raise disk_error(error, path) from error


def _made(content: bytes, extension: str, note: str | None = None) -> Rendition:
    return Rendition(hashlib.sha256(content).hexdigest(), len(content), extension, content=content, note=note)


def _turned(path: Path, format_name: str, rotation: int) -> Rendition:
    """A copy whose orientation tag is all that differs."""
    module = jpeg if format_name == "JPEG" else png
    try:
        data = read_picture(path)
        orientation = compose_orientation(read_exif(module.exif_block(data)).orientation, rotation)
        return _made(module.with_orientation_tag(data, orientation), "jpg" if format_name == "JPEG" else "png")
    except (TiffError, TooLargeError):
        return _original(path, format_name, "The turn could not be written into this file, so it goes out as it came.")


def _as_jpeg(path: Path, rotation: int) -> Rendition:
    """A HEIC picture as JPEG, upright by its pixels, with EXIF, XMP and colour profile."""
    try:
        data = read_picture(path)
        image, problem = decode(open_image(data, "HEIC"), data)
    except (Unreadable, TooLargeError) as error:
        return _original(path, "HEIC", f"{error} It goes out as it came.")
    return _made(
        _jpeg_with_metadata(upright(flat(image), compose_orientation(1, rotation)), image.info), "jpg", problem
    )


def _jpeg_with_metadata(picture: Image.Image, info: dict[str | tuple[int, int], Any]) -> bytes:
    """The picture as JPEG with the metadata of ``info``, as far as JPEG's segments can hold it."""
    exif, xmp = (info.get(kind) or b"" for kind in ("exif", "xmp"))
    buffer = BytesIO()
    picture.save(
        buffer,
        "JPEG",
        quality=_QUALITY,
        exif=exif if len(exif) <= jpeg.LONGEST_SEGMENT else b"",
        xmp=xmp if len(xmp) <= _LONGEST_XMP else b"",
        icc_profile=info.get("icc_profile"),
    )
    return buffer.getvalue()
