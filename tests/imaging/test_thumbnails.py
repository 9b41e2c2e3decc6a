"""What a tile shows: the right way up, in the right colours, and as much of a broken photo as there is."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from imaging.conftest import (
    BLUE,
    GREEN,
    RED,
    SHARED_PHOTOS,
    UPRIGHT,
    WHITE,
    corners,
    exif_with,
    needs,
    opened,
    quarters,
    shared,
    stored,
    swapped_profile,
)
from pruvan_desk.imaging.formats import VANISHED
from pruvan_desk.imaging.thumbnails import examine

Save = Callable[..., Path]


def shown(path: Path, edge: int = 256) -> Image.Image:
    return opened(examine(path, (edge,)).thumbnails[edge])


def jpeg_bytes(image: Image.Image, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", **options)
    return buffer.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.avif"])
def test_a_thumbnail_is_the_right_way_up(save: Save, name: str, orientation: int) -> None:
    image = shown(save(name, stored(orientation), exif=exif_with(orientation=orientation)))
    assert image.size == (64, 40)
    assert corners(image) == UPRIGHT


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (1000, 700), (900, 30)])
def test_no_side_is_longer_than_asked(save: Save, size: tuple[int, int]) -> None:
    made = examine(save("a.jpg", quarters(*size))).thumbnails
    for edge in (256, 512):
        width, height = opened(made[edge]).size
        assert edge * 15 / 16 <= max(width, height) <= edge
        assert width / height == pytest.approx(size[0] / size[1], rel=0.12 if min(size) < 100 else 0.02)


def test_a_small_picture_is_not_enlarged(save: Save) -> None:
    assert {opened(made).size for made in examine(save("a.png", quarters())).thumbnails.values()} == {(64, 40)}


def test_a_line_of_pixels_keeps_a_thumbnail(save: Save) -> None:
    assert shown(save("a.png", Image.new("RGB", (9000, 1)))).size == (250, 1)


def test_thumbnails_carry_nothing_of_the_original_but_pixels(save: Save) -> None:
    path = save("a.jpg", quarters(), exif=exif_with(orientation=6), comment=b"secret", icc_profile=swapped_profile())
    assert not {"exif", "comment", "icc_profile"} & set(shown(path).info)


def test_a_colour_profile_is_honoured(save: Save) -> None:
    path = save("a.jpg", quarters(), icc_profile=swapped_profile())
    assert corners(shown(path)) == (GREEN, RED, BLUE, WHITE)


def test_a_broken_colour_profile_is_passed_over(save: Save) -> None:
    path = save("a.jpg", quarters(), icc_profile=b"not a profile at all")
    assert corners(shown(path)) == UPRIGHT


def test_a_profile_for_another_kind_of_picture_is_passed_over(save: Save) -> None:
    image = shown(save("a.jpg", Image.new("L", (20, 20), 200), icc_profile=swapped_profile()))
    assert image.getpixel((5, 5)) == (200, 200, 200)


@pytest.mark.parametrize(
    ("name", "image", "expected"),
    [
        ("a.jpg", Image.new("CMYK", (20, 20), (0, 255, 255, 0)), (255, 0, 0)),
        ("a.png", Image.new("I;16", (20, 20), 32896), (128, 128, 128)),
        ("a.png", Image.new("LA", (20, 20), (255, 0)), (128, 128, 128)),
        ("a.png", Image.new("RGBA", (20, 20), (255, 255, 255, 128)), (192, 192, 192)),
        ("a.png", Image.new("1", (20, 20), 1), (255, 255, 255)),
        ("a.png", quarters().quantize(8).crop((0, 0, 20, 20)), (255, 0, 0)),
        ("a.tif", Image.new("F", (20, 20), 0.5), (0, 0, 0)),
        ("a.tif", Image.new("LAB", (20, 20), (255, 128, 128)), (255, 255, 255)),
        ("a.tif", Image.new("F", (20, 20), float("nan")), (0, 0, 0)),
        ("a.tif", Image.new("I;16B", (20, 20), 32896), (128, 128, 128)),
        ("a.tif", Image.new("I", (20, 20), 70000), (0, 0, 0)),
        ("a.gif", Image.new("P", (20, 20), 0), (0, 0, 0)),
    ],
    ids=[
        "CMYK",
        "16 bit",
        "grey and clear",
        "half clear",
        "1 bit",
        "palette",
        "floats of one value",
        "LAB",
        "no numbers",
        "16 bit, big-endian",
        "32 bit",
        "GIF",
    ],
)
def test_every_kind_of_pixel_ends_up_as_srgb(
    save: Save, name: str, image: Image.Image, expected: tuple[int, int, int]
) -> None:
    seen = shown(save(name, image))
    assert seen.mode == "RGB"
    assert seen.getpixel((5, 5)) == pytest.approx(expected, abs=4)


def test_clear_parts_of_a_palette_show_the_ground(save: Save) -> None:
    image = quarters().quantize(8)
    assert shown(save("a.png", image, transparency=bytes(8))).getpixel((5, 5)) == pytest.approx((128, 128, 128), abs=2)


def test_a_truncated_jpeg_shows_the_part_that_is_there(save: Save) -> None:
    whole = jpeg_bytes(quarters(800, 600), quality=95)
    found = examine(save("a.jpg", whole[: len(whole) * 6 // 10]))
    assert found.inspection.problem == "This JPEG image was cut short: only the part that arrived can be shown."
    image = opened(found.thumbnails[256])
    assert image.size == (256, 192)
    assert corners(image)[:2] == (RED, GREEN)


def test_of_a_truncated_progressive_jpeg_the_coarse_picture_is_shown(save: Save) -> None:
    noise = Image.effect_noise((800, 600), 40).convert("RGB")
    whole = jpeg_bytes(Image.blend(quarters(800, 600), noise, 0.2), progressive=True, quality=95)
    found = examine(save("a.jpg", whole[: len(whole) // 2]))
    assert found.inspection.problem is not None
    assert corners(opened(found.thumbnails[256])) == UPRIGHT


def test_an_upload_whose_rest_is_zeros_was_cut_short(save: Save) -> None:
    whole = jpeg_bytes(quarters(800, 600), quality=95)
    half = len(whole) // 2
    found = examine(save("a.jpg", whole[:half] + bytes(half)))
    assert found.inspection.problem == "This JPEG image was cut short: only the part that arrived can be shown."
    assert found.thumbnails


def test_a_jpeg_cut_inside_its_header_still_tells_when_it_was_taken(save: Save) -> None:
    whole = jpeg_bytes(quarters(), exif=exif_with(taken="2026:11:20 14:05:06"))
    found = examine(save("a.jpg", whole[: whole.index(b"\xff\xc0")]))
    assert found.inspection.taken_at_local is not None
    assert found.inspection.problem == "This JPEG image was cut short before anything that can be shown."
    assert not found.thumbnails


def test_a_truncated_png_shows_the_part_that_is_there(save: Save) -> None:
    buffer = BytesIO()
    noise = Image.effect_noise((400, 300), 60).convert("RGB")
    noise.paste(RED, (0, 0, 400, 60))
    noise.save(buffer, "PNG")
    found = examine(save("a.png", buffer.getvalue()[: len(buffer.getvalue()) // 2]))
    assert found.inspection.problem == "This PNG image was cut short: only the part that arrived can be shown."
    assert opened(found.thumbnails[256]).getpixel((50, 10)) == pytest.approx(RED, abs=10)


@pytest.mark.parametrize("name", ["a.webp", "a.avif", "a.tif"])
def test_what_cannot_be_decoded_is_told(save: Save, name: str) -> None:
    path = save(name, Image.effect_noise((300, 200), 60).convert("RGB"))
    path.write_bytes(path.read_bytes()[:200])
    found = examine(path)
    assert found.inspection.problem is not None
    assert "damaged and cannot be shown" in found.inspection.problem
    assert not found.thumbnails


def test_an_animation_shows_its_first_picture(save: Save) -> None:
    first, second = quarters().quantize(8), Image.new("P", (64, 40))
    assert corners(shown(save("a.gif", first, save_all=True, append_images=[second]))) == UPRIGHT


def test_a_file_that_is_gone_is_a_problem_like_another(tmp_path: Path) -> None:
    found = examine(tmp_path / "gone.png")
    assert (found.inspection.problem, found.inspection.width, found.thumbnails) == (VANISHED, None, {})


def difference(first: Image.Image, second: Image.Image) -> float:
    """Mean distance of two pictures, 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(first, second.resize(first.size))).mean) / 3


@pytest.mark.parametrize("path", shared("orientation/landscape_[2-8].jpg"), ids=lambda path: path.name)
def test_a_real_photo_looks_the_same_however_it_was_held(path: Path) -> None:
    upright = shown(needs(path).with_name("landscape_1.jpg"))
    assert difference(upright, shown(path)) < 8


def test_a_heic_is_turned_once() -> None:
    path = needs(SHARED_PHOTOS / "heic" / "IMG_5195.HEIC")
    import pi_heif  # noqa: PLC0415 - only where the shared photo is

    expected = pi_heif.open_heif(path).to_pillow().convert("RGB").resize((198, 255))
    image = shown(path)
    assert image.size == (198, 255)
    assert difference(image, expected) < 9
    assert difference(image, expected.rotate(180)) > 20
