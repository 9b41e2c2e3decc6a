"""What tells a photo of a screen: the grid of its dots, and that each is a red, a green and a blue one side by side."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_WINDOW = 256  # pixels of the square in which screens show
_COARSE = 25  # waves across it; what repeats less often is part of the scene
_FAINTEST = (
    0.4  # for each pixel of the side: what is weaker in the spectrum is rounding, and repeats as a JPEG's blocks do
)
_BLOCK = 16  # pixels after which a JPEG with coarser colours repeats itself
_NEIGHBOURS = 8  # places of the spectrum to both sides that a peak is compared with
_WORTH_A_LOOK = 3.0  # a grid that stands out less is none, and its colours are not looked at
_LAGGING = np.exp(2j * np.pi / 3).astype(np.complex64)

Levels = NDArray[np.float32]


def moire(picture: Image.Image) -> float:
    """How far a screen's dots stand out of the middle of a picture (RGB), in multiples of what is around them.

    A screen has as many dots an inch across as down, so that in the spectrum of a photo of it each peak has another a quarter turn
    away, also where the camera's own grid has folded both. Siding and furrows repeat in one direction only; bricks, tiles and wire
    repeat in both, but in one colour. A screen's red, green and blue lag behind each other: its peaks of colour are on one side only.
    """
    side = min(_WINDOW, *picture.size) // 2 * 2
    if side // 2 <= _COARSE:
        return 0.0
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    square = picture.crop((left, top, left + side, top + side))
    grid = _grid(np.asarray(square.convert("L"), np.float32))
    return grid if grid < _WORTH_A_LOOK else min(grid, _lag(np.asarray(square, np.float32)))


def _grid(light: Levels) -> float:
    """How far the strongest pair of peaks a quarter turn from each other stands out."""
    side, half = light.shape[0], light.shape[0] // 2
    rises = _rises(_levels(light))
    right = rises[:half, :half]
    turned = rises[-np.arange(half) % side, :half].T  # the place a quarter turn from each of ``right``
    both = np.minimum(right, _largest_around(turned))
    both[_beside_the_point(rises.shape)[:half, :half]] = 0.0
    return float(np.exp(both.max()))


def _lag(colours: Levels) -> float:
    """How far the strongest peak of colour stands out of what is around it, and above the one on the other side of the middle.

    Red, green and blue are laid a third of a turn apart. What has one colour, however strong, has the same peak on both sides.
    """
    hue = colours[..., 0] + _LAGGING * colours[..., 1] + _LAGGING**2 * colours[..., 2]
    levels = _levels(hue)
    other_side = np.roll(levels[::-1, ::-1], (1, 1), (0, 1))
    found = np.minimum(_rises(levels), levels - _largest_around(other_side))
    found[_beside_the_point(levels.shape)] = 0.0
    return float(np.exp(found.max()))


def _levels(square: NDArray[np.float32] | NDArray[np.complex64]) -> Levels:
    """The logarithms of the spectrum, so that a strong line hardly lifts what it is compared with; of light alone its right half."""
    window = np.hanning(square.shape[0]).astype(np.float32)
    transform = np.fft.fft2 if np.iscomplexobj(square) else np.fft.rfft2
    spectrum = np.abs(transform((square - square.mean()) * window[:, None] * window))
    levels: Levels = np.log(np.maximum(spectrum, _FAINTEST * square.shape[0])).astype(np.float32)
    return levels


def _rises(levels: Levels) -> Levels:
    """Of each frequency, by how much it is above those as high, and above its neighbours in either direction.

    Straight edges lift whole lines of the spectrum: they do not stand out of those.
    """
    radius = _radius(levels.shape)
    means = (np.bincount(radius.ravel(), levels.ravel()) / np.bincount(radius.ravel())).astype(np.float32)
    above: Levels = levels - means[radius]
    for axis in (0, 1):
        np.minimum(above, levels - _mean_around(levels, axis), out=above)
    return above


def _mean_around(levels: Levels, axis: int) -> Levels:
    """The mean of each value and its neighbours along an axis; what is beyond an end is what is at the other."""
    count, width = levels.shape[axis], 2 * _NEIGHBOURS + 1
    wrapped = levels.take(np.arange(-_NEIGHBOURS - 1, count + _NEIGHBOURS) % count, axis)
    sums = np.cumsum(wrapped, axis, dtype=np.float64)
    means = (sums.take(range(width, count + width), axis) - sums.take(range(count), axis)) / width
    return means.astype(np.float32)


def _largest_around(grid: Levels) -> Levels:
    """Of each value and the eight around it the largest: the other one of a pair is seldom at the very place."""
    for axis in (0, 1):
        grid = np.maximum(grid, np.maximum(np.roll(grid, 1, axis), np.roll(grid, -1, axis)))
    return grid


@lru_cache(maxsize=4)
def _beside_the_point(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """What is too coarse to be a dot, and what a thumbnail's JPEG makes by itself: the grid of its blocks, and the finest waves."""
    side = shape[0]
    waves = np.abs(np.fft.fftfreq(side, 1 / side))
    block, finest = side / _BLOCK, waves >= side / 2 - 1
    of_blocks = np.abs(waves - block * np.round(waves / block)) <= 1
    beside = (of_blocks[:, None] & of_blocks) | finest[:, None] | finest
    found: NDArray[np.bool_] = beside[:, : shape[1]] | (_radius(shape) <= _COARSE)
    return found


@lru_cache(maxsize=4)
def _radius(shape: tuple[int, ...]) -> NDArray[np.intp]:
    """How many waves across the square each place of its spectrum stands for."""
    waves = np.fft.fftfreq(shape[0], 1 / shape[0])
    radius: NDArray[np.intp] = np.hypot(waves[:, None], waves[None, : shape[1]]).astype(np.intp)
    return radius
