"""What repeats as regularly as a screen's dots, and is none: brick walls, tiles and wire, drawn, and seen as by one who stands there."""

import random
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Picture = Image.Image
Colour = tuple[int, int, int]
SIZE = (2400, 1800)
SEEN = (1600, 1200)
TURNS = (0.0, 0.02, 0.06)
"""How far the corners are from where they would be for one who stands right in front, as shares of the sides."""
BRICK, TILE = (150, 80, 60), (205, 200, 190)


def walls() -> Iterator[Picture]:
    """All of them, each from three places."""
    for turn in TURNS:
        for height in (24, 40, 60):
            yield _seen(_laid(3 * height, height, 0.1 * height, BRICK, shifted=True), turn)
        for side in (16, 30, 60):
            yield _seen(_laid(side, side, 0.1 * side, TILE, shifted=False), turn)
        for mesh in (30, 60):
            yield _seen(_wire(mesh), turn)


def _laid(width: int, height: int, joint: float, colour: Colour, *, shifted: bool) -> Picture:
    """Stones of a size (pixels) with joints between; each a little out of place, and of a shade of its own."""
    source = random.Random(width * height)
    picture = Image.new("RGB", SIZE, (140, 138, 132))
    draw = ImageDraw.Draw(picture)
    for row in range(SIZE[1] // height + 1):
        for column in range(-1, SIZE[0] // width + 1):
            left = (column + 0.5 * (shifted and row % 2)) * width + source.gauss(0, joint / 5)
            top, shade = row * height + source.gauss(0, joint / 5), source.randint(-15, 15)
            box = (left + joint / 2, top + joint / 2, left + width - joint / 2, top + height - joint / 2)
            draw.rectangle(box, fill=tuple(value + shade for value in colour))
    return picture


def _wire(mesh: int) -> Picture:
    """A fence of wire before grass."""
    picture = Image.new("RGB", SIZE, (90, 120, 60))
    draw = ImageDraw.Draw(picture)
    for start in range(-SIZE[1], SIZE[0] + SIZE[1], mesh):
        for way in (SIZE[1], -SIZE[1]):
            draw.line([(start, 0), (start + way, SIZE[1])], fill=(185, 185, 185), width=max(2, mesh // 12))
    return picture


def _seen(picture: Picture, turn: float) -> Picture:
    """By a lens, in light from one side, with the grain of a sensor."""
    source = random.Random(turn)
    width, height = picture.size
    corners = ((0.1, 0.1), (0.1, 0.9), (0.9, 0.9), (0.9, 0.1))
    places = [
        (share + source.uniform(-turn, turn)) * side
        for at in corners
        for share, side in zip(at, (width, height), strict=True)
    ]
    seen = picture.transform(picture.size, Image.Transform.QUAD, places, Image.Resampling.BICUBIC)
    seen = seen.filter(ImageFilter.GaussianBlur(0.8)).resize(SEEN, Image.Resampling.LANCZOS)
    levels = np.asarray(seen, np.float32) + np.linspace(-20, 20, SEEN[0], dtype=np.float32)[None, :, None]
    grain = np.random.default_rng(1).normal(0, 4, levels.shape)
    return Image.fromarray(np.clip(levels + grain, 0, 255).astype(np.uint8))
