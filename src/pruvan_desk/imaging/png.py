"""The chunks of a PNG file, as far as metadata needs them: the EXIF one found, and replaced.

Source: PNG (third edition), sections 5 and 11.3.3.7.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from pruvan_desk.imaging.tiff import TiffError, is_tiff, minimal_block, with_orientation

_SIGNATURE = 8
_AROUND = 12  # length, name and checksum of a chunk


@dataclass(frozen=True)
class Chunk:
    """One chunk: its bytes are ``data[start:end]``, its content ``data[start + 8 : end - 4]``."""

    name: bytes
    start: int
    end: int


def chunks(data: bytes) -> Iterator[Chunk]:
    """The chunks in file order, as far as the file holds them whole."""
    at = _SIGNATURE
    while at + _AROUND <= len(data):
        end = at + _AROUND + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            return
        yield Chunk(data[at + 4 : at + 8], at, end)
        at = end


def exif_block(data: bytes) -> bytes | None:
    """The EXIF block, or None."""
    chunk = _exif_chunk(data)
    return data[chunk.start + 8 : chunk.end - 4] if chunk else None


def _exif_chunk(data: bytes) -> Chunk | None:
    return next((chunk for chunk in chunks(data) if chunk.name == b"eXIf"), None)


def has_end(data: bytes) -> bool:
    """Whether the closing chunk is there; without it the file was cut short."""
    return any(chunk.name == b"IEND" for chunk in chunks(data))


def with_orientation_tag(data: bytes, orientation: int) -> bytes:
    """The file with its EXIF orientation (1 to 8) set, in an ``eXIf`` chunk; everything else stays byte for byte.

    Raises :class:`TiffError` for a file without a whole header chunk, or whose EXIF was cut off.
    """
    chunk = _exif_chunk(data)
    if chunk:
        block = data[chunk.start + 8 : chunk.end - 4]
        # a file may hold one such chunk only: one that nobody can read makes room
        block = with_orientation(block, orientation) if is_tiff(block) else minimal_block(orientation)
        return data[: chunk.start] + _exif_bytes(block) + data[chunk.end :]
    header = next(chunks(data), None)
    if header is None or header.name != b"IHDR":
        raise TiffError("no PNG header")
    return data[: header.end] + _exif_bytes(minimal_block(orientation)) + data[header.end :]


def _exif_bytes(block: bytes) -> bytes:
    named = b"eXIf" + block
    return len(block).to_bytes(4, "big") + named + zlib.crc32(named).to_bytes(4, "big")
