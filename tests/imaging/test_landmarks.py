"""The spots of a photo: by them the photo is found that another was cut from, and no other."""

import random
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageOps

from imaging.test_measures import yard
from pruvan_desk.domain.hints import NEAR_BITS
from pruvan_desk.imaging import landmarks
from pruvan_desk.imaging.landmarks import SpotIndex, as_points, distance_where_shared, find_cut, find_spots, kept
from pruvan_desk.sandbox.scenes import draw_scene

Box = tuple[float, float, float, float]


def house(seed: int = 1) -> Image.Image:
    """A yard with windows, steps and a tree, none like those of another seed."""
    source = np.random.default_rng(seed)
    image = yard(seed)
    for _ in range(40):
        x, y, width, height = (int(value) for value in source.integers((0, 0, 8, 8), (470, 350, 45, 40)))
        image.paste(tuple(int(value) for value in source.integers(30, 240, 3)), (x, y, x + width, y + height))
    return image


def cut(image: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    """What stays when these shares of the sides are cut away, as large as before."""
    box = (left * image.width, top * image.height, (1 - right) * image.width, (1 - bottom) * image.height)
    share = (box[2] - box[0]) / image.width
    size = (image.width, round((box[3] - box[1]) / share))
    return squeezed(image.resize(size, Image.Resampling.BICUBIC, box), 75)


def squeezed(image: Image.Image, quality: int) -> Image.Image:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer)


def distance(copy: Image.Image, original: Image.Image) -> int | None:
    """In how many bits they differ where both show the same; ``None`` where nothing says that they do."""
    mine, theirs = copy.convert("L"), original.convert("L")
    found = kept(find_spots(theirs)[0])
    assert found
    how = find_cut(find_spots(mine)[0].points, as_points(found))
    return distance_where_shared(mine, theirs, how) if how is not None else None


CUTS = {
    "5 % at each side": (0.05, 0.05, 0.05, 0.05),
    "20 % at the left": (0.2, 0, 0, 0),
    "20 % at the bottom": (0, 0, 0, 0.2),
    "10 % at each side": (0.1, 0.1, 0.1, 0.1),
    "a corner of 25 %": (0.25, 0.25, 0, 0),
}


@pytest.mark.parametrize("sides", CUTS.values(), ids=CUTS.keys())
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_photo_that_was_cut_is_known_by_what_is_left(sides: Box, seed: int) -> None:
    found = distance(cut(house(seed), *sides), house(seed))
    assert found is not None
    assert found <= NEAR_BITS


def test_it_is_known_the_other_way_round_as_well() -> None:
    found = distance(house(4), cut(house(4), 0.1, 0, 0.1, 0.1))
    assert found is not None
    assert found <= NEAR_BITS


def test_how_it_was_cut_is_told() -> None:
    mine, theirs = cut(house(5), 0.2, 0.1, 0.05, 0.05).convert("L"), house(5).convert("L")
    how = find_cut(find_spots(mine)[0].points, find_spots(theirs)[0].points)
    assert how is not None
    assert (how.scale, how.left) == (pytest.approx(0.75, abs=0.02), pytest.approx(0.2, abs=0.02))
    assert how.top == pytest.approx(0.1 * theirs.height / theirs.width, abs=0.02)


def test_the_spots_of_a_mirrored_photo_are_told_beforehand() -> None:
    mirrored = ImageOps.mirror(cut(house(6), 0.1, 0.1, 0.1, 0.1)).convert("L")
    how = find_cut(find_spots(mirrored)[1].points, find_spots(house(6).convert("L"))[0].points)
    assert how is not None
    found = distance_where_shared(ImageOps.mirror(mirrored), house(6).convert("L"), how)
    assert found is not None
    assert found <= NEAR_BITS


def test_the_same_house_with_other_ground_is_another_photo() -> None:
    before, after = house(7), house(7)
    after.paste(house(8).crop((0, 170, 500, 375)), (0, 170))
    found = distance(cut(after, 0.03, 0.03, 0.03, 0.03), before)
    assert found is None or found > NEAR_BITS


def test_a_quarter_of_a_photo_is_too_little_to_say_so() -> None:
    assert distance(cut(house(9), 0.5, 0.5, 0, 0), house(9)) is None


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (400, 2), (40, 30)])
def test_the_smallest_pictures_are_looked_into_too(size: tuple[int, int]) -> None:
    plain, mirrored = find_spots(Image.linear_gradient("L").resize(size))
    assert len(plain.points) == len(mirrored.points)


def test_a_picture_of_one_tone_has_no_spots() -> None:
    assert kept(find_spots(Image.new("L", (500, 375), 90))[0]) is None


class TestTheIndex:
    """It finds among thousands which photos share spots."""

    @pytest.fixture
    def others(self) -> list[tuple[int, bytes]]:
        """Photos of noise, as unlike each other as can be, in the order of their numbers."""
        source = np.random.default_rng(1)
        points = np.zeros((4000, landmarks.SPOTS), landmarks.POINT)
        points["look"] = source.integers(0, (1 << 64) - 1, points.shape, np.uint64, endpoint=True)
        return [(number, row.tobytes()) for number, row in enumerate(points)]

    @pytest.mark.parametrize("at_once", [10, 700, 4000])
    def test_the_photo_is_found_however_it_came_in(self, others: list[tuple[int, bytes]], at_once: int) -> None:
        index = SpotIndex()
        for start in range(0, len(others), at_once):
            index.add(others[start : start + at_once])
            if start == 0:
                index.add([(99_999, kept(find_spots(house(1).convert("L"))[0]) or b"")])
        assert len(index) == len(others) + 1
        asked = find_spots(cut(house(1), 0.15, 0, 0.05, 0.1).convert("L"))[0]
        assert index.like(asked, 4)[0] == 99_999

    def test_nothing_is_found_in_nothing(self) -> None:
        assert SpotIndex().like(find_spots(house().convert("L"))[0], 4) == []

    def test_a_scene_of_the_sandbox_is_found_among_its_like(self) -> None:
        scenes = [draw_scene("Grass Cut", "before", f"{number} Elm St", random.Random(number)) for number in range(12)]
        index = SpotIndex()
        index.add((number, kept(find_spots(scene.convert("L"))[0]) or b"") for number, scene in enumerate(scenes))
        asked = find_spots(cut(scenes[5], 0.1, 0.05, 0.05, 0.05).convert("L"))[0]
        assert 5 in index.like(asked, 4)
