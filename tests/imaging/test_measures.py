"""What is measured in a photo's pixels, and the hash by which its like is found."""

import random
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from pruvan_desk.domain.hints import NEAR_BITS, Hint, pixel_hints
from pruvan_desk.imaging.hashes import HashIndex
from pruvan_desk.imaging.measures import HASH_BYTES, Measured, difference_hash, measure


def yard(seed: int = 1, size: tuple[int, int] = (500, 375)) -> Image.Image:
    """Sky, a house, and grass with blades: edges and texture, dim and light."""
    source = random.Random(seed)
    image = Image.new("RGB", size, (150, 185, 225))
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.rectangle((0, height * 0.55, width, height), fill=(80, 120, 50))
    left = source.randrange(width // 3)
    draw.rectangle(
        (left, height * 0.2, left + width // 2, height * 0.6), fill=tuple(source.choices(range(60, 220), k=3))
    )
    for _ in range(1200):
        x, y = source.randrange(width), source.randrange(int(height * 0.55), height)
        draw.line(
            (x, y, x + source.randrange(-3, 4), y - source.randrange(4, 14)), fill=(source.randrange(40, 120), 150, 40)
        )
    light = np.linspace(-30, 10, height)[:, None, None] + np.linspace(0, 20 * (-1) ** seed, width)[None, :, None]
    grain = np.random.default_rng(seed).normal(0, 3, (height, width, 1))
    return Image.fromarray(np.uint8(np.clip(np.asarray(image, np.float32) + light + grain, 0, 255)))


def jpeg(image: Image.Image, quality: int = 85) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def found(image: Image.Image, camera: str = "Acme") -> set[Hint]:
    return set(pixel_hints(measure(jpeg(image)).measures, camera=camera))


def darker(image: Image.Image, stops: float) -> Image.Image:
    return image.point(lambda value: 255 * ((value / 255) ** 2.2 / 2**stops) ** (1 / 2.2))


def test_a_sharp_photo_in_good_light_has_no_hints() -> None:
    assert found(yard()) == set()


@pytest.mark.parametrize("radius", [1.5, 3.0, 6.0])
def test_out_of_focus_is_blurred(radius: float) -> None:
    assert Hint.BLURRED in found(yard().filter(ImageFilter.GaussianBlur(radius)))


@pytest.mark.parametrize("size", [(13, 1), (1, 13)])
def test_a_camera_that_moved_in_one_direction_is_blurred(size: tuple[int, int]) -> None:
    width, height = size
    grid = np.asarray(yard(), np.float32)
    moved = sum(np.roll(grid, (y, x), (0, 1)) for y in range(height) for x in range(width)) / (width * height)
    assert Hint.BLURRED in found(Image.fromarray(np.uint8(moved)))


def test_what_an_app_wrote_into_a_blurred_photo_does_not_make_it_sharp() -> None:
    image = yard().filter(ImageFilter.GaussianBlur(3))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 345, 500, 375), fill=(0, 0, 0))
    draw.text((10, 350), "12 Elm St 2026-11-25", fill=(255, 255, 255))
    assert Hint.BLURRED in found(image)


def test_a_smooth_sky_over_a_sharp_strip_of_ground_is_not_blurred() -> None:
    image = yard()
    image.paste((170, 200, 230), (0, 0, 500, 260))
    assert Hint.BLURRED not in found(image)


def test_a_plain_wall_is_not_called_blurred() -> None:
    assert measure(jpeg(Image.new("RGB", (500, 375), (200, 190, 170)))).measures.sharpness is None


def test_four_stops_too_little_are_dark_and_one_is_not() -> None:
    assert Hint.DARK in found(darker(yard(), 4.5))
    assert Hint.DARK not in found(darker(yard(), 1))


def test_white_ground_is_overexposed_and_a_white_sky_is_not() -> None:
    sky, ground = yard(), yard()
    sky.paste((255, 255, 255), (0, 0, 500, 190))
    ground.paste((255, 255, 255), (0, 180, 500, 375))
    assert Hint.OVEREXPOSED not in found(sky)
    assert Hint.OVEREXPOSED in found(ground)


def test_three_stops_too_much_are_overexposed_though_little_is_plain_white_and_one_is_not() -> None:
    lawn = Image.fromarray(np.uint8(np.clip(np.asarray(yard(), np.float32) * (1.1, 1.0, 0.8), 0, 255)))
    over = darker(lawn, -3)
    pixels = np.asarray(over)[190:]
    assert (pixels.min(axis=2) >= 250).mean() < 0.35
    assert Hint.OVEREXPOSED in found(over)
    assert Hint.OVEREXPOSED not in found(darker(lawn, -1))


def test_a_bright_wall_that_keeps_its_detail_is_not_overexposed() -> None:
    grain = np.random.default_rng(3).normal(0, 4, (375, 500, 3))
    wall = Image.fromarray(np.uint8(np.clip(np.full((375, 500, 3), (238, 236, 228)) + grain, 0, 255)))
    assert Hint.OVEREXPOSED not in found(wall)


def test_a_screenshot_is_known_by_its_flat_colours() -> None:
    image = Image.new("RGB", (360, 500), (250, 250, 250))
    draw = ImageDraw.Draw(image)
    for line in range(12):
        draw.text((20, 60 + 34 * line), "Grass Cut - Before - 4 photos", fill=(20, 20, 20))
    assert Hint.SCREEN in found(image, camera="")
    assert Hint.SCREEN not in found(yard(), camera="")


def with_pattern(degrees: float, *, across: float, down: float, lag: float = 0.0) -> Image.Image:
    """The yard with waves on it, of so many lightness levels, each way; tilted as whatever is held by hand.

    ``lag``: by how much (radians) green follows red, and blue green, across.
    """
    y, x = np.indices((375, 500))
    tilt = np.radians(degrees)
    along, beside = x * np.cos(tilt) + y * np.sin(tilt), y * np.cos(tilt) - x * np.sin(tilt)
    waves = [across * np.sin(along * 1.25 + lag * colour) + down * np.sin(beside * 1.25) for colour in range(3)]
    return Image.fromarray(np.uint8(np.clip(np.asarray(yard(), np.float32) + np.stack(waves, 2), 0, 255)))


@pytest.mark.parametrize("degrees", [0.6, 2.0, 7.0])
def test_the_dots_of_a_screen_show_however_it_is_held(degrees: float) -> None:
    assert Hint.SCREEN in found(with_pattern(degrees, across=24, down=12, lag=2 * np.pi / 3))


@pytest.mark.parametrize("degrees", [0.6, 2.0, 7.0])
def test_tiles_and_wire_are_no_screen(degrees: float) -> None:
    assert Hint.SCREEN not in found(with_pattern(degrees, across=24, down=24))


def test_a_wall_of_red_bricks_is_no_screen() -> None:
    wall, source = yard(), random.Random(5)
    draw = ImageDraw.Draw(wall)
    for row in range(47):
        for column in range(-1, 22):
            left, shade = column * 24 + 12 * (row % 2), source.randint(-20, 20)
            draw.rectangle(
                (left, row * 8, left + 22, row * 8 + 6), fill=(150 + shade, 80 + shade, 60), outline=(190, 185, 175)
            )
    wall = wall.rotate(1.3, Image.Resampling.BICUBIC).crop((20, 20, 480, 355))
    grain = np.random.default_rng(5).normal(0, 3, (335, 460, 3))
    assert Hint.SCREEN not in found(Image.fromarray(np.uint8(np.clip(np.asarray(wall, np.float32) + grain, 0, 255))))


@pytest.mark.parametrize(("across", "down"), [(40, 0), (0, 40)])
def test_siding_and_a_fence_are_no_screen(across: float, down: float) -> None:
    assert Hint.SCREEN not in found(with_pattern(1.5, across=across, down=down))


def test_straight_edges_across_and_down_are_no_screen() -> None:
    house = yard()
    draw = ImageDraw.Draw(house)
    for left in range(120, 400, 90):
        draw.rectangle((left, 110, left + 50, 190), fill=(240, 240, 240), outline=(30, 30, 30), width=3)
    assert Hint.SCREEN not in found(house)


def tiny(size: tuple[int, int]) -> Measured:
    return measure(jpeg(Image.new("RGB", size, (90, 90, 90))))


@pytest.mark.parametrize("size", [(1, 1), (3, 1), (1, 300), (17, 2), (512, 3)])
def test_the_smallest_pictures_are_measured_too(size: tuple[int, int]) -> None:
    assert tiny(size).measures.sharpness is None


def test_what_is_no_jpeg_is_an_error_of_the_disk_and_no_crash() -> None:
    with pytest.raises(OSError, match="identify"):
        measure(b"no picture")


def alike(one: Image.Image, other: Image.Image) -> bool:
    index = HashIndex()
    first, second = measure(jpeg(one)), measure(jpeg(other))
    assert first.hash
    assert second.hash
    assert second.mirrored
    index.add([(7, first.hash)])
    return bool(index.near([second.hash, second.mirrored], NEAR_BITS, 5))


@pytest.mark.parametrize(
    "change",
    [
        lambda image: image.resize((250, 188)),
        lambda image: darker(image, 0.5),
        ImageOps.mirror,
        lambda image: image.convert("L").convert("RGB"),
        lambda image: Image.open(BytesIO(jpeg(image, 30))),
    ],
    ids=["smaller", "darker", "mirrored", "grey", "squeezed"],
)
def test_a_copy_is_found(change) -> None:
    assert alike(yard(3), change(yard(3)))


def test_another_house_is_not_the_same_photo() -> None:
    assert not alike(yard(3), yard(4))


def test_a_picture_of_one_tone_has_no_hash() -> None:
    assert tiny((500, 375)).hash is None
    assert difference_hash(Image.linear_gradient("L")) is not None


@given(st.lists(st.binary(min_size=HASH_BYTES, max_size=HASH_BYTES), min_size=1, max_size=40), st.data())
def test_the_index_finds_just_what_comparing_one_by_one_finds(hashes, data) -> None:
    wanted = data.draw(st.sampled_from(hashes))
    flipped = data.draw(st.lists(st.integers(0, 8 * HASH_BYTES - 1), max_size=90))
    number = int.from_bytes(wanted, "big")
    for bit in flipped:
        number ^= 1 << bit
    asked = number.to_bytes(HASH_BYTES, "big")
    index = HashIndex()
    half = len(hashes) // 2
    index.add(enumerate(hashes[:half]))
    index.add(enumerate(hashes[half:], start=half))
    distances = [(key, (int.from_bytes(one, "big") ^ number).bit_count()) for key, one in enumerate(hashes)]
    expected = sorted([pair for pair in distances if pair[1] <= NEAR_BITS], key=lambda pair: (pair[1], pair[0]))
    assert index.near([asked], NEAR_BITS, 100) == expected


def test_the_index_grows() -> None:
    index = HashIndex()
    index.add((number, number.to_bytes(HASH_BYTES, "big") * 1) for number in range(3000))
    assert len(index) == 3000
    assert (2999, 0) in index.near([(2999).to_bytes(HASH_BYTES, "big")], 0, 5)
