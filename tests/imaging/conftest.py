"""Small pictures made on the spot, and real ones where the shared folder is there."""

import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

SHARED_PHOTOS = Path(__file__).parents[3] / "shared" / "photos"

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
UPRIGHT = (RED, GREEN, BLUE, WHITE)
"""The corners of :func:`quarters`: top left, top right, bottom left, bottom right."""

INVERSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera that is held this way stores what it sees."""


def shared(*patterns: str) -> list[Path]:
    """The shared photos of these patterns; one that says it is missing where the folder is not there."""
    found = [path for pattern in patterns for path in sorted(SHARED_PHOTOS.glob(pattern))]
    return found or [SHARED_PHOTOS / "missing"]


def needs(path: Path) -> Path:
    """Skips a test whose shared photo is not there."""
    if not path.is_file():
        pytest.skip(f"{path} is not on this machine")
    return path


def quarters(width: int = 64, height: int = 40) -> Image.Image:
    """A picture with a colour of its own in each quarter."""
    image = Image.new("RGB", (width, height))
    for number, colour in enumerate(UPRIGHT):
        left, top = (number % 2) * width // 2, (number // 2) * height // 2
        image.paste(colour, (left, top, left + width // 2, top + height // 2))
    return image


def stored(orientation: int, image: Image.Image | None = None) -> Image.Image:
    """The pixels of a file that shows :func:`quarters` upright when its orientation is honoured."""
    image = image or quarters()
    return image.transpose(INVERSE[orientation]) if orientation in INVERSE else image


def corners(image: Image.Image) -> tuple[tuple[int, int, int], ...]:
    """The colours of a picture's quarters, rounded to pure ones."""
    width, height = image.size
    small = image.convert("RGB")
    points = [(x * width // 4, y * height // 4) for y in (1, 3) for x in (1, 3)]
    pixels = [small.getpixel(point) for point in points]
    return tuple(tuple(255 if channel > 127 else 0 for channel in pixel) for pixel in pixels)


def opened(jpeg: bytes) -> Image.Image:
    """A thumbnail's pixels."""
    image = Image.open(BytesIO(jpeg))
    image.load()
    return image


def exif_with(**tags: Any) -> Image.Exif:
    """EXIF of a camera: ``orientation=``, ``taken=``, ``offset=``, ``gps=`` as in :func:`gps`."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Acme", "Field 3"
    if "orientation" in tags:
        exif[0x0112] = tags["orientation"]
    details = exif.get_ifd(0x8769)
    if "taken" in tags:
        details[0x9003] = tags["taken"]
    if "offset" in tags:
        details[0x9011] = tags["offset"]
    if "gps" in tags:
        exif.get_ifd(0x8825).update(tags["gps"])
    return exif


def gps(latitude: tuple[float, ...], longitude: tuple[float, ...], references: str = "NW") -> dict[int, Any]:
    """The GPS tags for degrees, minutes, seconds."""
    return {1: references[:1], 2: latitude, 3: references[1:], 4: longitude}


def swapped_profile() -> bytes:
    """An ICC profile that calls red green and green red: whoever honours it sees the colours change places."""
    xyz = {
        b"wtpt": (0.9642, 1.0, 0.8249),
        b"rXYZ": (0.3851, 0.7169, 0.0971),
        b"gXYZ": (0.4361, 0.2225, 0.0139),
        b"bXYZ": (0.1431, 0.0606, 0.7141),
    }
    blobs = {name: b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in xyz[name])) for name in xyz}
    gamma = b"curv\0\0\0\0" + struct.pack(">IH", 1, 0x0233)
    blobs |= {name: gamma.ljust(16, b"\0") for name in (b"rTRC", b"gTRC", b"bTRC")}
    blobs[b"cprt"] = b"text\0\0\0\0none\0".ljust(16, b"\0")
    blobs[b"desc"] = (b"desc\0\0\0\0" + struct.pack(">I", 8) + b"swapped\0").ljust(100, b"\0")
    at = 128 + 4 + 12 * len(blobs)
    table, body = struct.pack(">I", len(blobs)), b""
    for name, blob in blobs.items():
        table += name + struct.pack(">II", at + len(body), len(blob))
        body += blob
    header = bytearray(128)
    header[0:4] = struct.pack(">I", at + len(body))
    header[8:24] = b"\x02\x10\0\0mntrRGB XYZ "
    header[36:40] = b"acsp"
    header[68:80] = struct.pack(">3i", *(round(v * 65536) for v in (0.9642, 1.0, 0.8249)))
    return bytes(header) + table + body


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Writes a picture, or bytes, to a file of this name."""

    def write(name: str, content: Image.Image | bytes, **options: Any) -> Path:
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            content.save(path, **options)
        return path

    return write
