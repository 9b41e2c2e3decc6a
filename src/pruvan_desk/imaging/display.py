"""Photos for the screen in their proper colours, where the window's own decoder would show them wrongly or not at all.

Qt reads common pictures fastest, but leaves their numbers as they are: of a wide gamut they look dull, of CMYK wrong; converting them in
Qt holds Python's lock, and HEIC it does not know. Those few, told by :mod:`pruvan_desk.imaging.profiles`, are decoded here, upright and in
sRGB, without holding it.
"""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.imaging.colour import eight_bit, to_srgb
from pruvan_desk.imaging.decode import Unreadable, decode
from pruvan_desk.imaging.inspect import open_file
from pruvan_desk.imaging.orientation import upright


@dataclass(frozen=True)
class Pixels:
    """A decoded picture: four bytes a pixel, blue, green, red and one that says nothing, row by row."""

    width: int
    height: int
    data: bytes


def read_pixels(path: Path, edge: int) -> Pixels | None:
    """The photo upright, in sRGB, no side longer than ``edge`` pixels; ``None`` for what cannot be shown. Never raises for bad content."""
    try:
        opened = open_file(path)
        if opened.image is None:
            return None
        image, _ = decode(opened.image, opened.data, edge)
        profile = image.info.get("icc_profile")
        image = eight_bit(image)
        longest = max(image.size)
        if longest > edge:
            size = (max(1, round(side * edge / longest)) for side in image.size)
            image = image.resize((next(size), next(size)), Image.Resampling.BILINEAR, reducing_gap=2.0)
        image = upright(to_srgb(image, profile if isinstance(profile, bytes) else None), opened.inspection.orientation)
        return Pixels(image.width, image.height, image.tobytes("raw", "BGRX"))
    except (PruvanDeskError, Unreadable, OSError, ValueError, MemoryError):
        return None
