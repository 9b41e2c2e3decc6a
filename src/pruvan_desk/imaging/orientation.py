"""Which way is up: the eight EXIF orientations, and how a turn in the office combines with them.

Source: CIPA DC-008 (EXIF 2.32), tag 274. An orientation is what a viewer does to the stored pixels: perhaps mirror them left to
right, then turn them clockwise in quarters.
"""

from PIL import Image

_PLAIN = (1, 6, 3, 8)  # turned clockwise by 0, 90, 180, 270 degrees
_MIRRORED = (2, 7, 4, 5)  # the same, after mirroring left to right

TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,  # Pillow turns counter-clockwise
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What Pillow must do to stored pixels, by orientation; nothing for 1."""

ON_ITS_SIDE = frozenset({5, 6, 7, 8})
"""Orientations that swap width and height."""


def compose_orientation(orientation: int, rotation: int) -> int:
    """The orientation (1 to 8) that shows what ``orientation`` shows, turned clockwise by ``rotation`` degrees.

    ``rotation`` is any multiple of 90, negative for a turn to the left; an orientation outside 1 to 8 counts as 1, as viewers
    treat it. Raises ``ValueError`` for another rotation.
    """
    quarters, rest = divmod(rotation, 90)
    if rest:
        raise ValueError(f"{rotation} is not a multiple of 90 degrees")
    turns = _MIRRORED if orientation in _MIRRORED else _PLAIN
    start = turns.index(orientation) if orientation in turns else 0
    return turns[(start + quarters) % 4]


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """The pixels as ``orientation`` (1 to 8) wants them seen."""
    return image.transpose(TRANSPOSITIONS[orientation]) if orientation in TRANSPOSITIONS else image
