"""Which photos the window's own decoder would show wrongly, told by their first bytes; loads no decoder itself."""

from pathlib import Path

from pruvan_desk.imaging import jpeg
from pruvan_desk.imaging.formats import sniff

HEADER = 256 << 10
"""Bytes of a file's beginning in which a colour profile is looked for; EXIF and a preview stand before it."""

_BY_QT = frozenset({"JPEG", "PNG", "GIF", "WEBP", "BMP"})
_ICC, _APP2 = b"ICC_PROFILE\0", 0xE2
_FRAMES = {0xC0, 0xC1, 0xC2}
_SRGB = (b"sRGB", "sRGB".encode("utf-16-be"))
_PROFILES = {"PNG": b"iCCP", "WEBP": b"ICCP"}


def needs_care(header: bytes) -> bool:
    """Whether a file, by its first :data:`HEADER` bytes, is a picture that the window's own decoder would not show rightly."""
    format_name = sniff(header)
    if format_name in {"HEIC", "AVIF", "TIFF"}:
        return True
    if format_name == "JPEG":
        return _of_other_colours(header)
    mark = _PROFILES.get(format_name or "")
    return mark is not None and mark in header and not any(name in header for name in _SRGB)


def _of_other_colours(data: bytes) -> bool:
    """Whether a JPEG has four colours, or a profile that is not sRGB."""
    for segment in jpeg.segments(data):
        if segment.marker in _FRAMES and data[segment.content + 5 : segment.content + 6] == b"\x04":
            return True
        if segment.marker == _APP2 and data.startswith(_ICC, segment.content):
            return not any(name in data[segment.content : segment.end] for name in _SRGB)
    return False


def header_of(path: Path) -> bytes:
    """The file's first bytes; none where it cannot be read."""
    try:
        with path.open("rb", buffering=0) as file:
            return file.read(HEADER)
    except OSError:
        return b""
