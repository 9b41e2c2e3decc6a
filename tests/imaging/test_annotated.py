"""The annotated copy: the marks are in it, what is blurred is nowhere in it, and the original is as it was."""

import hashlib
import io
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageDraw

from imaging.conftest import exif_with, gps, needs, quarters, shared, stored, swapped_profile
from pruvan_desk.core.errors import ItemError
from pruvan_desk.core.paths import RESOURCES
from pruvan_desk.domain.annotations import Mark, MarkKind
from pruvan_desk.imaging import jpeg
from pruvan_desk.imaging.annotated import Capture, annotated
from pruvan_desk.imaging.exif import read_exif
from pruvan_desk.imaging.inspect import inspect
from pruvan_desk.imaging.orientation import compose_orientation, upright

Save = Callable[..., Path]
NOWHERE = Capture()
HIDDEN = Mark(MarkKind.BLUR, 0.25, 0.25, 0.75, 0.75)
SECRET = b"PLATE-7XYZ123-IN-CLEAR"


def plate(size: tuple[int, int] = (800, 600)) -> Image.Image:
    """A photo with a plate of black and white stripes in the middle, which no blur may leave."""
    image = Image.new("RGB", size, (90, 140, 200))
    draw = ImageDraw.Draw(image)
    wide, high = size
    for number, x in enumerate(range(wide * 5 // 16, wide * 11 // 16, max(2, wide // 100))):
        shade = (255, 255, 255) if number % 2 else (0, 0, 0)
        draw.rectangle((x, high * 3 // 8, x + wide // 100, high * 5 // 8), fill=shade)
    return image


def as_jpeg(image: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90, **options)
    return buffer.getvalue()


def contrast(image: Image.Image) -> int:
    """How much neighbouring columns in the middle of a picture differ at most: 255 for the plate, hardly anything for a blur."""
    wide, high = image.size
    grey = image.convert("L")
    row = [grey.getpixel((x, high // 2)) for x in range(wide * 5 // 16, wide * 11 // 16)]
    return max(abs(int(a) - int(b)) for a, b in zip(row, row[max(1, wide // 100) :], strict=False))


def pictures_in(data: bytes) -> list[Image.Image]:
    """Every picture that can be opened from any place in some bytes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what only begins as a picture does
        return list(_pictures_in(data))


def _pictures_in(data: bytes) -> Iterator[Image.Image]:
    starts = [
        at for mark in (b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*", b"GIF8", b"ftyp") for at in places(data, mark)
    ]
    for at in starts:
        try:
            image = Image.open(io.BytesIO(data[at - 4 if data[at : at + 4] == b"ftyp" else at :]))
            image.load()
        except (OSError, SyntaxError, ValueError):
            continue
        yield image


def places(data: bytes, mark: bytes) -> list[int]:
    found, at = [], data.find(mark)
    while at >= 0:
        found.append(at)
        at = data.find(mark, at + 1)
    return found


def assert_hidden(made: bytes) -> None:
    """Nowhere in a copy is what was blurred: no second picture, no word of metadata, no sharp pixel."""
    assert SECRET not in made
    (only,) = pictures_in(made)
    assert contrast(only) < 24
    assert b"http://ns.adobe.com" not in made
    assert b"MPF" not in made
    assert {part.marker for part in jpeg.segments(made)} <= {0xE0, 0xE1, 0xE2, 0xDB, 0xC0, 0xC2, 0xC4, 0xDA, 0xDD}
    facts = read_exif(jpeg.exif_block(made))
    assert facts.orientation == 1
    again = Image.open(io.BytesIO(made))
    again.load()
    assert not again.getexif().get_ifd(0x014A)
    assert 0x927C not in again.getexif().get_ifd(0x8769), "no maker note"
    assert 0x0201 not in again.getexif().get_ifd(1), "no thumbnail"
    assert "comment" not in again.info


def jpeg_with_thumbnail() -> bytes:
    """EXIF with a thumbnail, a maker note and a comment that show the plate."""
    thumbnail = as_jpeg(plate((160, 120)))
    note = SECRET + as_jpeg(plate((120, 90)))
    exif = Image.Exif()
    exif[0x010F] = "Acme"
    exif.get_ifd(0x8769).update({0x927C: note, 0x9286: b"ASCII\0\0\0" + SECRET})
    block = exif.tobytes()[6:]
    order = "<" if block[:2] == b"II" else ">"
    (at,) = struct.unpack_from(order + "I", block, 4)
    (count,) = struct.unpack_from(order + "H", block, at)
    second = len(block) + len(block) % 2
    block = bytearray(block.ljust(second, b"\0"))
    struct.pack_into(order + "I", block, at + 2 + 12 * count, second)
    begins = second + 2 + 2 * 12 + 4
    block += struct.pack(order + "HHHIIHHII", 2, 0x0201, 4, 1, begins, 0x0202, 4, 1, len(thumbnail))
    block += bytes(4) + thumbnail
    return as_jpeg(plate(), exif=b"Exif\0\0" + bytes(block), comment=SECRET)


def jpeg_with_xmp() -> bytes:
    """XMP with a thumbnail, as Photoshop writes it."""
    xmp = b"<x:xmpmeta><xmpGImg:image>" + SECRET + as_jpeg(plate((160, 120))) + b"</xmpGImg:image></x:xmpmeta>"
    return as_jpeg(plate(), xmp=xmp)


def jpeg_with_second_picture() -> bytes:
    """MPF: a whole second picture behind the first."""
    buffer = io.BytesIO()
    plate().save(buffer, "MPO", save_all=True, append_images=[plate((400, 300))])
    assert b"MPF" in buffer.getvalue()
    return buffer.getvalue()


def jpeg_with_more_behind() -> bytes:
    """What phones put behind the end of a picture: a video, another shot."""
    return as_jpeg(plate()) + SECRET + as_jpeg(plate((320, 240)))


def png_with_chunks() -> bytes:
    """Text, compressed text, EXIF and an own kind of chunk."""
    buffer = io.BytesIO()
    plate().save(buffer, "PNG")
    data = buffer.getvalue()
    extra = b""
    for name, content in (
        (b"tEXt", b"Comment\0" + SECRET), (b"zTXt", b"Preview\0\0" + zlib.compress(SECRET)),
        (b"prVw", as_jpeg(plate((160, 120)))), (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET),
    ):  # fmt: skip
        named = name + content
        extra += struct.pack(">I", len(content)) + named + struct.pack(">I", zlib.crc32(named))
    at = data.index(b"IDAT") - 4
    return data[:at] + extra + data[at:]


def tiff_with_more_pages() -> bytes:
    """A second page, with the plate as well."""
    buffer = io.BytesIO()
    plate().save(buffer, "TIFF", save_all=True, append_images=[plate((400, 300))], description=SECRET.decode())
    return buffer.getvalue()


def gif_with_more_frames() -> bytes:
    buffer = io.BytesIO()
    plate().save(buffer, "GIF", save_all=True, append_images=[plate((800, 600)).rotate(1)], comment=SECRET)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("format_name", "make"),
    [
        ("JPEG", jpeg_with_thumbnail), ("JPEG", jpeg_with_xmp), ("JPEG", jpeg_with_second_picture), ("JPEG", jpeg_with_more_behind),
        ("PNG", png_with_chunks), ("TIFF", tiff_with_more_pages), ("GIF", gif_with_more_frames),
    ],
)  # fmt: skip
def test_what_is_blurred_survives_nowhere(save: Save, format_name: str, make: Callable[[], bytes]) -> None:
    data = make()
    path = save("a.bin", data)
    assert max(contrast(picture) for picture in pictures_in(data)) > 120, "it can be recognised before"
    made = annotated(path, format_name, 0, (HIDDEN,), NOWHERE)
    assert_hidden(made.read())
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    "path",
    [RESOURCES / "selfcheck" / "two-halves.heic", *shared("heic/*.heic", "heic/*.HEIC")],
    ids=lambda path: path.name,
)
def test_nothing_of_a_heic_but_its_pixels_goes_into_the_copy(path: Path) -> None:
    data = needs(path).read_bytes()
    made = annotated(path, "HEIC", 0, (Mark(MarkKind.BLUR, 0, 0, 1, 1),), NOWHERE).read()
    (only,) = pictures_in(made)
    small = only.convert("L").resize((64, 64))
    steps = [abs(small.getpixel((x, y)) - small.getpixel((x - 1, y))) for x in range(1, 64) for y in range(64)]
    assert max(steps) < 32
    assert b"hvc1" not in made
    assert b"http://ns.adobe.com" not in made
    assert path.read_bytes() == data


def test_a_blur_cannot_be_told_from_another_of_the_same_shades(save: Save) -> None:
    """Two plates whose shades are the same on average leave the same copy: nothing in it says which it was."""
    one, other = (Image.new("RGB", (800, 600), (90, 140, 200)) for _ in range(2))
    for image, flip in ((one, 0), (other, 1)):
        draw = ImageDraw.Draw(image)
        for x in range(200, 600, 2):
            shade = 255 if (x // 2 + flip) % 2 else 0
            draw.rectangle((x, 150, x + 1, 449), fill=(shade,) * 3)
    copies = [
        Image.open(io.BytesIO(annotated(save(f"{n}.png", image), "PNG", 0, (HIDDEN,), NOWHERE).read())).convert("L")
        for n, image in enumerate((one, other))
    ]
    inside = [copy.crop((200, 150, 600, 450)) for copy in copies]
    difference = max(abs(a - b) for a, b in zip(*(each.tobytes() for each in inside), strict=True))
    assert difference <= 16


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_mark_stays_on_what_it_marks_however_the_photo_is_turned(save: Save, orientation: int, rotation: int) -> None:
    image = stored(orientation, quarters(640, 400))
    path = save("a.jpg", image, exif=exif_with(orientation=orientation), quality=95, subsampling=0)
    black = Mark(MarkKind.BOX, 0.05, 0.05, 0.45, 0.45, colour="black", width=3)
    made = Image.open(io.BytesIO(annotated(path, "JPEG", rotation, (black,), NOWHERE).read())).convert("RGB")
    wanted = upright(image, compose_orientation(orientation, rotation))
    assert made.size == wanted.size
    dark = [
        (x, y) for x in range(0, made.width, 4) for y in range(0, made.height, 4) if max(made.getpixel((x, y))) < 60
    ]
    assert dark
    reds = [wanted.getpixel(at) for at in dark]
    assert sum(red[0] > 200 and red[1] < 60 for red in reds) > 0.95 * len(reds), "it lies on the red quarter"


def test_each_kind_is_drawn_in_its_colour(save: Save) -> None:
    path = save("a.png", Image.new("RGB", (1000, 800), (128, 128, 128)))
    marks = (
        Mark(MarkKind.ARROW, 0.1, 0.1, 0.3, 0.3, "red"), Mark(MarkKind.BOX, 0.6, 0.1, 0.9, 0.3, "green"),
        Mark(MarkKind.CIRCLE, 0.1, 0.6, 0.3, 0.9, "blue"), Mark(MarkKind.TEXT, 0.7, 0.7, 0.7, 0.7, "yellow", 3, "Broken"),
    )  # fmt: skip
    made = Image.open(io.BytesIO(annotated(path, "PNG", 0, marks, NOWHERE).read())).convert("RGB")
    for (x, y), rule in (
        ((200, 160), lambda r, g, b: r > 180 and g < 90), ((601, 160), lambda r, g, b: g > 120 and r < 90),
        ((101, 600), lambda r, g, b: b > 180 and r < 120),
    ):  # fmt: skip
        near = [made.getpixel((x + dx, y + dy)) for dx in range(-4, 5) for dy in range(-4, 5)]
        assert any(rule(*pixel) for pixel in near)
    text = made.crop((500, 500, 900, 620))
    assert any(r > 200 and g > 170 and b < 90 for r, g, b in (text.getpixel((x, 60)) for x in range(400)))


def test_a_text_at_the_edge_or_too_long_stays_whole_on_the_photo(save: Save) -> None:
    path = save("a.png", Image.new("RGB", (600, 400), (128, 128, 128)))
    for mark in (
        Mark(MarkKind.TEXT, 0, 0, 0, 0, "red", 3, "Corner"),
        Mark(MarkKind.TEXT, 0.5, 0.5, 0.5, 0.5, "red", 3, "A long sentence " * 12),
    ):
        made = Image.open(io.BytesIO(annotated(path, "PNG", 0, (mark,), NOWHERE).read())).convert("RGB")
        red = [x for x in range(600) if any(made.getpixel((x, y))[0] > 190 for y in range(400))]
        assert red
        assert min(red) >= 0
        assert max(red) < 599


def test_time_and_place_are_the_originals(save: Save) -> None:
    exif = exif_with(taken="2026:11:20 14:05:06", offset="-05:00", gps=gps((39.0, 3.0, 4.25), (94.0, 17.0, 19.5)))
    made = annotated(save("a.jpg", quarters(), exif=exif), "JPEG", 90, (), NOWHERE)
    facts = read_exif(jpeg.exif_block(made.read()))
    before = read_exif(jpeg.exif_block((save("a.jpg", quarters(), exif=exif)).read_bytes()))
    assert (facts.taken_at, facts.taken_at_local) == (before.taken_at, before.taken_at_local)
    assert facts.gps_latitude == pytest.approx(before.gps_latitude, abs=1e-7)
    assert facts.gps_longitude == pytest.approx(before.gps_longitude, abs=1e-7)
    assert (facts.camera_make, facts.camera_model) == ("Acme", "Field 3")


def test_what_the_file_does_not_say_the_phone_said(save: Save) -> None:
    at = datetime(2026, 6, 15, 12, 30, tzinfo=UTC)
    made = annotated(save("a.jpg", quarters()), "JPEG", 0, (), Capture(at, -30.5, 97.25))
    facts = read_exif(jpeg.exif_block(made.read()))
    assert facts.taken_at == at
    assert (facts.gps_latitude, facts.gps_longitude) == (pytest.approx(-30.5), pytest.approx(97.25))


def test_a_clock_without_a_zone_gets_none(save: Save) -> None:
    made = annotated(save("a.jpg", quarters(), exif=exif_with(taken="2026:11:20 14:05:06")), "JPEG", 0, (), NOWHERE)
    facts = read_exif(jpeg.exif_block(made.read()))
    assert (facts.taken_at, str(facts.taken_at_local)) == (None, "2026-11-20 14:05:06")


def test_the_colour_profile_is_kept_with_the_numbers_that_it_explains(save: Save) -> None:
    path = save("a.jpg", quarters(), icc_profile=swapped_profile(), quality=95, subsampling=0)
    made = Image.open(io.BytesIO(annotated(path, "JPEG", 0, (), NOWHERE).read()))
    assert made.info["icc_profile"] == swapped_profile()
    assert made.getpixel((10, 8))[0] > 240


def test_colours_that_are_not_red_green_blue_are_converted_and_need_no_profile(save: Save) -> None:
    path = save("a.jpg", quarters().convert("CMYK"), quality=95)
    made = Image.open(io.BytesIO(annotated(path, "JPEG", 0, (), NOWHERE).read()))
    assert made.mode == "RGB"
    assert "icc_profile" not in made.info


def test_a_grey_photo_can_have_a_red_box(save: Save) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = save("a.jpg", Image.new("L", (800, 800), 128), icc_profile=profile)
    box = Mark(MarkKind.BOX, 0.1, 0.1, 0.9, 0.9, width=3)
    made = Image.open(io.BytesIO(annotated(path, "JPEG", 0, (box,), NOWHERE).read()))
    assert made.mode == "RGB"
    assert any(made.getpixel((x, 400))[0] > 180 and made.getpixel((x, 400))[1] < 100 for x in range(75, 90))


def test_the_same_input_gives_the_same_bytes(save: Save) -> None:
    path = save("a.jpg", plate())
    one, other = (annotated(path, "JPEG", 90, (HIDDEN,), NOWHERE) for _ in range(2))
    assert one.read() == other.read()
    assert one.sha256 == hashlib.sha256(one.read()).hexdigest()
    assert inspect(save("b.jpg", one.read())).problem is None


@pytest.mark.parametrize(
    ("format_name", "content"), [("JPEG", b"\xff\xd8\xff nothing"), ("PDF", b"%PDF-1.7"), (None, b"?")]
)
def test_what_cannot_be_drawn_on_says_so(save: Save, format_name: str | None, content: bytes) -> None:
    with pytest.raises(ItemError) as caught:
        annotated(save("a.jpg", content), format_name, 0, (HIDDEN,), NOWHERE)
    assert caught.value.advice


def test_a_file_that_is_gone_says_so(tmp_path: Path) -> None:
    with pytest.raises(ItemError, match="gone from the disk"):
        annotated(tmp_path / "a.jpg", "JPEG", 0, (HIDDEN,), NOWHERE)
