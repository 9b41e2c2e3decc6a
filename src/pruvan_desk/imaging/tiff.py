"""The TIFF structure that EXIF is written in: read without trust, and one tag changed without touching the others.

Source: TIFF 6.0, section 2; CIPA DC-008 (EXIF 2.32), section 4.6. Everything here works on the *block*: the bytes from the
byte-order mark on, which all offsets inside count from.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

ORIENTATION = 0x0112
SHORT = 3
LONG = 4
RATIONAL = 5
SRATIONAL = 10

_ENTRY = 12
_DIRECTORIES = {0x8769, 0x8825, 0xA005}  # tags that point to further directories: EXIF, GPS, interoperability
_BYTES_PER_VALUE = dict(enumerate((1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4), start=1))
_LONGEST_VALUE = 4096  # bytes; no value that is read here is nearly as long


class TiffError(ValueError):
    """The block is not a TIFF structure, or an offset in it leads nowhere."""


@dataclass(frozen=True)
class Entry:
    """One tag of a directory: ``at`` is where its 12 bytes stand in the block."""

    tag: int
    kind: int
    count: int
    at: int


class Tiff:
    """A block, read on demand. Raises :class:`TiffError` for what is not one; so do all its methods."""

    def __init__(self, block: bytes) -> None:
        marks = {b"II*\x00": "<", b"MM\x00*": ">"}
        if len(block) < 8 or block[:4] not in marks:
            raise TiffError("no byte-order mark")
        self.block = block
        self.order = marks[block[:4]]
        (self.first,) = self.unpack("I", 4)

    def unpack(self, layout: str, at: int) -> tuple[int, ...]:
        """Whole numbers at this offset, in ``struct``'s letters."""
        try:
            return struct.unpack_from(self.order + layout, self.block, at)
        except struct.error as error:
            raise TiffError(f"the block ends before offset {at}") from error

    def entries(self, directory: int) -> Iterator[Entry]:
        """The tags of the directory (IFD) at this offset, in file order, as far as the block holds them."""
        (count,) = self.unpack("H", directory)
        for number in range(count):
            at = directory + 2 + number * _ENTRY
            tag, kind, values = self.unpack("HHI", at)
            yield Entry(tag, kind, values, at)

    def directory(self, offset: int) -> dict[int, Entry]:
        """The same by tag; the first of equal tags counts. What a cut-off block still holds is answered."""
        found: dict[int, Entry] = {}
        try:
            for entry in self.entries(offset):
                found.setdefault(entry.tag, entry)
        except TiffError:
            if not found:
                raise
        return found

    def value(self, entry: Entry) -> bytes:
        """The tag's bytes: in the entry itself when they fit into 4, else where it points."""
        size = _BYTES_PER_VALUE.get(entry.kind, 0) * entry.count
        if not 0 < size <= _LONGEST_VALUE:
            raise TiffError(f"tag {entry.tag:#06x} has an impossible size")
        (at,) = (entry.at + 8,) if size <= 4 else self.unpack("I", entry.at + 8)
        if at + size > len(self.block):
            raise TiffError(f"tag {entry.tag:#06x} points outside")
        return self.block[at : at + size]

    def integer(self, entry: Entry) -> int:
        """The first number of a SHORT or LONG tag."""
        if entry.kind not in (SHORT, LONG):
            raise TiffError(f"tag {entry.tag:#06x} is not a whole number")
        layout = "H" if entry.kind == SHORT else "I"
        return int(struct.unpack_from(self.order + layout, self.value(entry))[0])

    def rationals(self, entry: Entry) -> list[tuple[int, int]]:
        """Numerators and denominators of a RATIONAL tag, as written: a denominator may be 0."""
        if entry.kind not in (RATIONAL, SRATIONAL):
            raise TiffError(f"tag {entry.tag:#06x} is not rational")
        numbers = struct.unpack(
            f"{self.order}{entry.count * 2}{'I' if entry.kind == RATIONAL else 'i'}", self.value(entry)
        )
        return list(zip(numbers[::2], numbers[1::2], strict=True))

    def text(self, entry: Entry) -> str:
        """A tag's text up to its NUL, without what cannot be printed and without spaces around."""
        raw = self.value(entry).split(b"\0", 1)[0].decode("utf-8", "replace")
        return "".join(character for character in raw if character.isprintable()).strip()


def is_tiff(block: bytes) -> bool:
    """Whether the block begins as a TIFF structure does; what else it holds may still be broken."""
    try:
        Tiff(block)
    except TiffError:
        return False
    return True


def minimal_block(orientation: int) -> bytes:
    """A block that says nothing but the orientation (1 to 8)."""
    return b"II*\0" + struct.pack("<IH", 8, 1) + _orientation_entry("<", orientation) + bytes(4)


def with_orientation(block: bytes, orientation: int) -> bytes:
    """The block with its orientation (1 to 8) set; every other byte of content stays where it is.

    An existing tag is overwritten in place. Without one, a copy of the first directory that has it is appended and the
    header points there: values, maker notes and the embedded preview keep their offsets. Raises :class:`TiffError`, also for
    a block that was cut off: offsets that led nowhere would lead into what is appended, and a position be read where none was.
    """
    tiff = Tiff(block)
    entries = list(tiff.entries(tiff.first))
    changed = bytearray(block)
    new = _orientation_entry(tiff.order, orientation)
    known = [entry for entry in entries if entry.tag == ORIENTATION]
    if known:
        for entry in known:
            changed[entry.at : entry.at + _ENTRY] = new
        return bytes(changed)
    _refuse_cut_off(tiff)
    before = sum(entry.tag < ORIENTATION for entry in entries)
    start = tiff.first + 2
    end = start + len(entries) * _ENTRY
    rows = [block[at : at + _ENTRY] for at in range(start, end, _ENTRY)]
    following = block[end : end + 4].ljust(4, b"\0")
    if len(changed) % 2:
        changed.append(0)  # a directory begins on a word boundary
    changed[4:8] = struct.pack(f"{tiff.order}I", len(changed))
    changed += (
        struct.pack(f"{tiff.order}H", len(rows) + 1) + b"".join([*rows[:before], new, *rows[before:]]) + following
    )
    return bytes(changed)


def _refuse_cut_off(tiff: Tiff) -> None:
    """Raises :class:`TiffError` when a directory, or a value that one points to, is not in the block."""
    (following,) = tiff.unpack("I", tiff.first + 2 + len(list(tiff.entries(tiff.first))) * _ENTRY)
    waiting, seen = [tiff.first, *([following] if following else [])], set()
    while waiting:
        offset = waiting.pop()
        seen.add(offset)
        for entry in tiff.entries(offset):
            size = _BYTES_PER_VALUE.get(entry.kind, 0) * entry.count
            if size > 4 and tiff.unpack("I", entry.at + 8)[0] + size > len(tiff.block):
                raise TiffError(f"tag {entry.tag:#06x} points outside")
            if entry.tag in _DIRECTORIES and (linked := tiff.integer(entry)) not in seen:
                waiting.append(linked)


def _orientation_entry(order: str, orientation: int) -> bytes:
    return struct.pack(f"{order}HHIHH", ORIENTATION, SHORT, 1, orientation, 0)
