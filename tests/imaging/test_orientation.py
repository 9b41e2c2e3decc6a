"""A turn in the office, on top of the way the camera was held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from imaging.conftest import quarters
from pruvan_desk.imaging.orientation import compose_orientation, upright

ORIENTATIONS = st.integers(1, 8)
ROTATIONS = st.integers(-8, 8).map(lambda quarter: quarter * 90)


def turned_clockwise(image: Image.Image, degrees: int) -> Image.Image:
    return image.rotate(-degrees, expand=True)


@given(ORIENTATIONS, ROTATIONS)
def test_the_composed_orientation_shows_what_was_shown_turned(orientation: int, rotation: int) -> None:
    pixels = quarters(6, 4)
    expected = turned_clockwise(upright(pixels, orientation), rotation)
    assert upright(pixels, compose_orientation(orientation, rotation)) == expected


@given(ORIENTATIONS, ROTATIONS, ROTATIONS)
def test_two_turns_are_one(orientation: int, first: int, second: int) -> None:
    assert compose_orientation(compose_orientation(orientation, first), second) == compose_orientation(
        orientation, first + second
    )


@pytest.mark.parametrize("nonsense", [0, 9, -1, 65535])
def test_an_orientation_that_does_not_exist_counts_as_upright(nonsense: int) -> None:
    assert compose_orientation(nonsense, 90) == 6


def test_a_turn_by_half_a_corner_is_refused() -> None:
    with pytest.raises(ValueError, match="45 is not a multiple of 90"):
        compose_orientation(1, 45)
