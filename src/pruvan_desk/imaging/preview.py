"""The small preview that a camera puts into a photo's EXIF: shown while the thumbnail is not there.

Source: CIPA DC-008 (EXIF 2.32), section 4.5.7: the second directory (IFD 1) names where a JPEG begins, and how long it is.
"""

from pathlib import Path

from pruvan_desk.imaging import jpeg
from pruvan_desk.imaging.exif import read_exif
from pruvan_desk.imaging.profiles import header_of
from pruvan_desk.imaging.tiff import Tiff, TiffError

_BEGINS, _LENGTH = 0x0201, 0x0202
_START_OF_IMAGE = b"\xff\xd8\xff"
_ENTRY = 12


def embedded_preview(path: Path) -> bytes | None:
    """The preview as a JPEG that says which way is up; ``None`` where there is none that could be one. Never raises."""
    block = jpeg.exif_block(header_of(path))
    if block is None:
        return None
    try:
        preview = _preview(Tiff(block))
        if not preview.startswith(_START_OF_IMAGE):
            return None
        return jpeg.with_orientation_tag(preview, read_exif(block).orientation)
    except TiffError:
        return None


def _preview(tiff: Tiff) -> bytes:
    entries = sum(1 for _ in tiff.entries(tiff.first))
    (second,) = tiff.unpack("I", tiff.first + 2 + entries * _ENTRY)
    if not second:
        return b""
    tags = tiff.directory(second)
    if _BEGINS not in tags or _LENGTH not in tags:
        return b""
    begins, length = tiff.integer(tags[_BEGINS]), tiff.integer(tags[_LENGTH])
    return tiff.block[begins : begins + length]
