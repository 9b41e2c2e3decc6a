"""The segments of a JPEG file, as far as metadata needs them: found, and the EXIF one replaced.

Source: ITU-T T.81 annex B; JFIF 1.02; CIPA DC-008 section 4.7.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pruvan_desk.imaging.tiff import TiffError, is_tiff, minimal_block, with_orientation

EXIF_PREFIX = b"Exif\0\0"
LONGEST_SEGMENT = 0xFFFF - 2  # bytes of content: the length counts its own two

_SOI, _APP0, _APP1, _START_OF_SCAN, _END_OF_IMAGE = 0xD8, 0xE0, 0xE1, 0xDA, 0xD9
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}


@dataclass(frozen=True)
class Segment:
    """One header segment: its bytes are ``data[start:end]``, its content begins at ``content``."""

    marker: int
    start: int
    content: int
    end: int


def segments(data: bytes) -> Iterator[Segment]:
    """The segments from after the start of the image up to and with the first start of scan; ends early where the file does."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker in _WITHOUT_LENGTH:
            at += 2
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _END_OF_IMAGE or end < at + 4 or end > len(data):
            return
        yield Segment(marker, at, at + 4, end)
        if marker == _START_OF_SCAN:
            return
        at = end


def exif_block(data: bytes) -> bytes | None:
    """The EXIF block of the file, from its byte-order mark on, or None."""
    segment = _exif_segment(data)
    return data[segment.content + len(EXIF_PREFIX) : segment.end] if segment else None


def _exif_segment(data: bytes) -> Segment | None:
    return next(
        (part for part in segments(data) if part.marker == _APP1 and data.startswith(EXIF_PREFIX, part.content)),
        None,
    )


def has_end(data: bytes) -> bool:
    """Whether an end-of-image marker follows the first scan; without one the file was cut short."""
    scan = next((part for part in segments(data) if part.marker == _START_OF_SCAN), None)
    return scan is not None and data.rfind(bytes([0xFF, _END_OF_IMAGE])) >= scan.end


def scans(data: bytes) -> int:
    """How many passes a decoder makes: 1, or for a progressive file the number of its scans (an upper bound)."""
    progressive = any(part.marker in _PROGRESSIVE for part in segments(data))
    return data.count(bytes([0xFF, _START_OF_SCAN])) if progressive else 1


def with_orientation_tag(data: bytes, orientation: int) -> bytes:
    """The file with its EXIF orientation (1 to 8) set; its pixels, and all its other metadata, stay byte for byte.

    A file without EXIF, or with one that nobody can read, gets a segment of its own, after JFIF's where there is one. Raises
    :class:`TiffError` when the EXIF segment is too full to hold the tag, or was cut off.
    """
    segment = _exif_segment(data)
    block = data[segment.content + len(EXIF_PREFIX) : segment.end] if segment else b""
    if segment and is_tiff(block):
        return data[: segment.start] + _exif_bytes(with_orientation(block, orientation)) + data[segment.end :]
    at = next((part.end for part in segments(data) if part.marker == _APP0 and part.start == 2), 2)
    return data[:at] + _exif_bytes(minimal_block(orientation)) + data[at:]


def _exif_bytes(block: bytes) -> bytes:
    content = EXIF_PREFIX + block
    if len(content) > LONGEST_SEGMENT:
        raise TiffError("the EXIF segment is full")
    return bytes([0xFF, _APP1]) + (len(content) + 2).to_bytes(2, "big") + content
