"""Grain, grass and clouds, made once a process and cut from a different place for each photo."""

import random
from functools import lru_cache

from PIL import Image, ImageDraw, ImageOps

Color = tuple[int, int, int]
NOISE_DEPTH = 26
"""Brightness levels the camera's noise spans, of 256."""
BRIGHTEST = 255 - NOISE_DEPTH
"""What a scene may be painted with, so that noise on top of it does not wrap around."""
POOL = (2048, 1536)
"""Pixels of a pool; photos cut their part out of it."""


@lru_cache(maxsize=1)
def _noise_pool() -> Image.Image:
    """RGB noise in 0 … NOISE_DEPTH, finer in colour than in brightness, as sensors have it."""
    width, height = POOL
    rng = random.Random("sensor")  # noqa: S311 - the same sensor each time
    scale = [value * NOISE_DEPTH // 256 for value in range(256)]
    gray = Image.frombytes("L", POOL, rng.randbytes(width * height)).point(scale)
    bands = [Image.frombytes("L", POOL, rng.randbytes(width * height)).point(scale) for _ in range(3)]
    return Image.merge("RGB", [Image.blend(gray, band, 0.35) for band in bands])


def noise(size: tuple[int, int], rng: random.Random) -> Image.Image:
    """A piece of noise, RGB, ``size`` pixels."""
    return _cut(_noise_pool(), size, rng)


@lru_cache(maxsize=1)
def _tall_grass_pool() -> Image.Image:
    """Blades in grey, long and crossing."""
    rng = random.Random("tall grass")  # noqa: S311 - a picture
    pool = Image.new("L", POOL, 60)
    draw = ImageDraw.Draw(pool)
    for _ in range(26_000):
        x, y = rng.randrange(POOL[0]), rng.randrange(POOL[1] + 60)
        tip = (x + rng.randrange(-16, 17), y - rng.randrange(24, 80))
        draw.line([(x, y), tip], fill=rng.randrange(20, 256), width=rng.choice((1, 2, 2, 3)))
    return pool


@lru_cache(maxsize=1)
def _short_grass_pool() -> Image.Image:
    """Stubble in grey."""
    rng = random.Random("short grass")  # noqa: S311 - a picture
    pool = Image.new("L", POOL, 128)
    draw = ImageDraw.Draw(pool)
    for _ in range(30_000):
        x, y = rng.randrange(POOL[0]), rng.randrange(POOL[1])
        draw.line([(x, y), (x + rng.randrange(-3, 4), y - rng.randrange(3, 9))], fill=rng.randrange(70, 200), width=1)
    return pool


def grass(size: tuple[int, int], rng: random.Random, dark: Color, light: Color, *, tall: bool) -> Image.Image:
    """Grass between two colours, RGB, ``size`` pixels."""
    pool = _tall_grass_pool() if tall else _short_grass_pool()
    return ImageOps.colorize(_cut(pool, size, rng), dark, light)


@lru_cache(maxsize=64)
def gradient(size: tuple[int, int], top: Color, bottom: Color) -> Image.Image:
    """From one colour above to another below, RGB, ``size`` pixels. Not to be painted on: copies are cheap."""
    return ImageOps.colorize(Image.linear_gradient("L").resize((1, size[1])), top, bottom).resize(size)


def _cut(pool: Image.Image, size: tuple[int, int], rng: random.Random) -> Image.Image:
    left, top = rng.randrange(POOL[0] - size[0] + 1), rng.randrange(POOL[1] - size[1] + 1)
    return pool.crop((left, top, left + size[0], top + size[1]))
