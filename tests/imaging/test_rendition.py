"""What goes out: the original, or a copy in which nothing changed but the way it is turned."""

import hashlib
import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from imaging.conftest import (
    SHARED_PHOTOS,
    exif_with,
    gps,
    needs,
    quarters,
    shared,
    stored,
    swapped_profile,
)
from pruvan_desk.core.errors import ItemError
from pruvan_desk.imaging import jpeg, png
from pruvan_desk.imaging.exif import ExifFacts, read_exif
from pruvan_desk.imaging.orientation import compose_orientation, upright
from pruvan_desk.imaging.rendition import Rendition, rendition
from pruvan_desk.imaging.tiff import Tiff

Save = Callable[..., Path]


def seen(made: Rendition) -> Image.Image:
    """What a viewer that honours EXIF shows."""
    data = made.read()
    block = jpeg.exif_block(data) if made.extension == "jpg" else png.exif_block(data)
    return upright(pixels(data), read_exif(block).orientation)


def pixels(data: bytes) -> Image.Image:
    """The pixels as stored."""
    image = Image.open(BytesIO(data))
    image.load()
    image = image.convert("RGB")
    image.info = {}  # which would count when pictures are compared
    return image


def scan(data: bytes) -> bytes:
    """A JPEG's compressed pixels, from the first scan on."""
    return data[data.index(b"\xff\xda") :]


def without_orientation(facts: ExifFacts) -> tuple[object, ...]:
    return (facts.taken_at, facts.taken_at_local, facts.gps_latitude, facts.gps_longitude, facts.camera_make)


def other_segments(data: bytes) -> list[bytes]:
    """All header segments but EXIF's."""
    return [
        data[part.start : part.end]
        for part in jpeg.segments(data)
        if not data.startswith(jpeg.EXIF_PREFIX, part.content)
    ]


def test_an_unturned_photo_goes_out_itself(save: Save) -> None:
    path = save("a.jpg", quarters())
    made = rendition(path, "JPEG")
    assert (made.path, made.content, made.extension, made.note) == (path, None, "jpg", None)
    assert made.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert made.size == path.stat().st_size
    assert made.read() == path.read_bytes()


def test_a_full_turn_is_none(save: Save) -> None:
    path = save("a.jpg", quarters())
    assert rendition(path, "JPEG", 360).path == path


@pytest.mark.parametrize("rotation", [90, 180, 270, -90])
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("name", "format_name"), [("a.jpg", "JPEG"), ("a.png", "PNG")])
def test_a_turned_photo_is_seen_turned_and_its_pixels_are_the_same(
    save: Save, name: str, format_name: str, orientation: int, rotation: int
) -> None:
    path = save(name, stored(orientation), exif=exif_with(orientation=orientation))
    made = rendition(path, format_name, rotation)
    assert made.path is None
    assert pixels(made.read()) == pixels(path.read_bytes())
    assert seen(made) == upright(pixels(path.read_bytes()), compose_orientation(orientation, rotation))


@pytest.mark.parametrize("order", ["<", ">"])
def test_exif_without_an_orientation_gets_one_and_keeps_all_else(save: Save, order: str) -> None:
    exif = exif_with(taken="2026:11:20 14:05:06", offset="-05:00", gps=gps((39.0, 3.0, 4.0), (94.0, 17.0, 19.0)))
    exif.endian = order
    exif._info = None  # so that Pillow writes it anew, in this byte order
    path = save("a.jpg", quarters(), exif=exif)
    before = jpeg.exif_block(path.read_bytes()) or b""
    made = rendition(path, "JPEG", 90)
    after = jpeg.exif_block(made.read()) or b""
    assert before[:2] == {"<": b"II", ">": b"MM"}[order]
    assert read_exif(after).orientation == 6
    assert without_orientation(read_exif(after)) == without_orientation(read_exif(before))
    assert after[8 : len(before)] == before[8:]
    assert Image.open(BytesIO(made.read())).getexif()[0x0112] == 6


@pytest.mark.parametrize("options", [{}, {"comment": b"left alone", "icc_profile": swapped_profile(), "xmp": b"<x/>"}])
def test_a_jpeg_without_exif_gets_a_segment_after_jfif(save: Save, options: dict[str, bytes]) -> None:
    path = save("a.jpg", quarters(), **options)
    made = rendition(path, "JPEG", 90)
    markers = [part.marker for part in jpeg.segments(made.read())]
    assert markers[:2] == [0xE0, 0xE1]
    assert other_segments(made.read()) == other_segments(path.read_bytes())
    assert seen(made).size == (40, 64)


def test_a_jpeg_without_any_metadata_can_be_turned(save: Save) -> None:
    data = save("a.jpg", quarters()).read_bytes()
    jfif = next(jpeg.segments(data))
    path = save("bare.jpg", data[: jfif.start] + data[jfif.end :])
    assert seen(rendition(path, "JPEG", 90)).size == (40, 64)


def test_exif_that_nobody_can_read_does_not_stop_a_turn(save: Save) -> None:
    data = save("a.jpg", quarters()).read_bytes()
    broken = b"Exif\0\0garbage!"
    path = save("b.jpg", data[:2] + b"\xff\xe1" + struct.pack(">H", len(broken) + 2) + broken + data[2:])
    made = rendition(path, "JPEG", 90)
    assert seen(made).size == (40, 64)
    assert broken in made.read()


def test_a_block_of_odd_length_is_extended_on_a_word_boundary(save: Save) -> None:
    block = exif_with(taken="2026:11:20 14:05:06").tobytes()[6:]
    odd = block if len(block) % 2 else block + b"\0"
    made = rendition(save("a.jpg", quarters(), exif=jpeg.EXIF_PREFIX + odd), "JPEG", 180)
    after = jpeg.exif_block(made.read()) or b""
    assert Tiff(after).first % 2 == 0
    assert read_exif(after).orientation == 3


def test_an_exif_segment_without_room_sends_the_original_and_says_so(save: Save) -> None:
    block = exif_with().tobytes()[6:]
    path = save("a.jpg", quarters(), exif=jpeg.EXIF_PREFIX + block.ljust(jpeg.LONGEST_SEGMENT - 6, b"\0"))
    made = rendition(path, "JPEG", 90)
    assert (made.path, made.content) == (path, None)
    assert made.note == "The turn could not be written into this file, so it goes out as it came."


def test_a_turned_png_keeps_its_other_chunks(save: Save) -> None:
    path = save("a.png", quarters(), icc_profile=swapped_profile(), dpi=(72, 72))
    made = rendition(path, "PNG", 270).read()
    before, after = path.read_bytes(), made
    kept = [after[chunk.start : chunk.end] for chunk in png.chunks(after) if chunk.name != b"eXIf"]
    assert kept == [before[chunk.start : chunk.end] for chunk in png.chunks(before)]
    Image.open(BytesIO(made)).verify()
    assert Image.open(BytesIO(made)).getexif()[0x0112] == 8


@pytest.mark.parametrize(("name", "format_name"), [("a.webp", "WEBP"), ("a.gif", "GIF"), ("a.bin", None)])
def test_what_cannot_be_turned_goes_out_as_it_came_and_says_so(save: Save, name: str, format_name: str | None) -> None:
    path = save(name, quarters(), format=format_name or "BMP")
    made = rendition(path, format_name, 90)
    assert (made.path, made.extension) == (path, name[2:])
    assert made.note is not None
    assert rendition(path, format_name).note is None


def test_a_file_that_is_gone_parks_its_item(tmp_path: Path) -> None:
    for rotation in (0, 90):
        with pytest.raises(ItemError, match=r"a\.jpg is gone from the disk"):
            rendition(tmp_path / "a.jpg", "JPEG", rotation)


def test_a_turn_by_half_a_corner_is_refused(save: Save) -> None:
    with pytest.raises(ValueError, match="45"):
        rendition(save("a.jpg", quarters()), "JPEG", 45)


def test_a_broken_heic_goes_out_as_it_came(save: Save) -> None:
    path = save("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100))
    made = rendition(path, "HEIC")
    assert (made.path, made.extension) == (path, "heic")
    assert made.note is not None


@pytest.mark.parametrize("path", shared("[egho]*/*.jpg", "broken/*.jpg"), ids=lambda path: path.name)
@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_real_photos_keep_pixels_maker_notes_and_preview(path: Path, rotation: int) -> None:
    before = needs(path).read_bytes()
    made = rendition(path, "JPEG", rotation)
    after = made.read()
    assert scan(after) == scan(before) or scan(before) in after
    assert other_segments(after) == other_segments(before)
    old, new = jpeg.exif_block(before), jpeg.exif_block(after)
    assert read_exif(new).orientation == compose_orientation(read_exif(old).orientation, rotation)
    assert without_orientation(read_exif(new)) == without_orientation(read_exif(old))
    if old:
        assert details(old) == details(new or b"")


def details(block: bytes) -> list[object]:
    """The maker note and the embedded preview, wherever they stand."""
    exif = Image.Exif()
    exif.load(block)
    preview = exif.get_ifd(0x0201) or {}
    tiff = Tiff(block)
    main = tiff.directory(tiff.first)
    found: list[object] = [sorted(tag for tag in main if tag != 0x0112), preview]
    if 0x8769 in main:
        found.append(exif.get_ifd(0x8769).get(0x927C))
    end = tiff.first + 2 + len(list(tiff.entries(tiff.first))) * 12
    found.append(struct.unpack_from(f"{tiff.order}I", block, end)[0])  # where the preview's directory is
    return found


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_heic_goes_out_as_jpeg_with_its_time_and_place(rotation: int) -> None:
    path = needs(SHARED_PHOTOS / "heic" / "IMG_5195.HEIC")
    made = rendition(path, "HEIC", rotation)
    data = made.read()
    assert made.extension == "jpg"
    assert made.sha256 == hashlib.sha256(data).hexdigest() == rendition(path, "HEIC", rotation).sha256
    image = Image.open(BytesIO(data))
    assert image.size == ((3313, 2566) if rotation in (90, 270) else (2566, 3313))
    facts = read_exif(jpeg.exif_block(data))
    assert facts.orientation == 1
    assert facts.taken_at is not None
    assert facts.gps_latitude == pytest.approx(39.0513, abs=1e-3)
    assert image.info["icc_profile"]
