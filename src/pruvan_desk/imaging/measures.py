"""What the pixels of a photo say of its quality: sharpness, light, screens; and the hash by which its like is found.

All is measured on the larger thumbnail: made once, of every format, upright and in sRGB, and about what somebody sees at a glance. The
strips at the top and bottom are left out, because phone apps write time and place there, sharp and bright on any photo.
"""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageOps

from pruvan_desk.domain.hints import Measures

EDGE = 512
"""The thumbnail that is measured, by the edge it was asked for in pixels."""
STRIP = 10
"""The part of the height that is left out at the top and at the bottom."""

_REACH = 8  # pixels to both sides of an edge in which its contrast is looked for
_STEEPEST = 98  # per cent: among all edges, the sharp ones
_LEAST_CONTRAST = 10.0
_SHARE_OF_CONTRAST = 0.3  # of the strongest; weaker edges are noise or haze
_FEWEST_EDGES = 0.002
_BRIGHTEST = 253  # of 255: JPEG lets the very end waver
_WINDOW = 256  # pixels of the square in which screens show
_COARSE = 25  # waves across it; what repeats less often is part of the scene
_NEIGHBOURS = 8  # places of the spectrum to both sides that a peak is compared with
_SIDE = 16  # of the hash: 16 x 16 comparisons across and as many down
_PLAIN = 4.0  # spread of lightness below which there is nothing to compare
HASH_BYTES = 2 * _SIDE * _SIDE // 8

Grey = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one photo yields. ``mirrored`` is the hash that it would have with left and right exchanged; a picture of one tone has none.

    ``grey`` is what was measured, in shades of grey.
    """

    measures: Measures
    grey: Image.Image
    hash: bytes | None
    mirrored: bytes | None


def measure(jpeg: bytes) -> Measured:
    """Measures a thumbnail that was made for :data:`EDGE`; about 9 ms. Raises ``OSError`` when it is no JPEG."""
    picture = opened_without_strips(jpeg)
    grey = picture.convert("L")
    pixels = np.asarray(grey, np.float32)
    brightest, middle = (float(value) for value in np.percentile(pixels, (95, 50)))
    measures = Measures(
        sharpness=sharpness(pixels),
        brightest=brightest,
        middle=middle,
        clipped=clipped(picture),
        flat=_flat(pixels),
        moire=moire(pixels),
    )
    return Measured(measures, grey, difference_hash(grey), difference_hash(ImageOps.mirror(grey)))


def opened_without_strips(jpeg: bytes) -> Image.Image:
    """What of a thumbnail is measured. Raises ``OSError`` when it is no JPEG."""
    with Image.open(BytesIO(jpeg), formats=["JPEG"]) as opened:
        return without_strips(opened.convert("RGB"))


def without_strips(picture: Image.Image) -> Image.Image:
    """The picture less the tenths of its height at its top and bottom."""
    strip = picture.height // STRIP
    return picture.crop((0, strip, picture.width, picture.height - strip)) if strip else picture


def sharpness(pixels: Grey) -> float | None:
    """How steep the steepest edges are, from 0 to 1, in the direction in which they are less so (a moved camera blurs one only).

    At each place the difference of two neighbours is divided by the contrast within 8 pixels to both sides. An edge that is blurred by
    a Gaussian of s pixels covers 0.4 / s of its contrast in its steepest pixel, whatever the contrast. ``None``: no edges to judge by.
    """
    found = [value for grid in (pixels[::2], pixels.T[::2]) if (value := _steepest(grid)) is not None]
    return min(found) if found else None


def _steepest(grid: Grey) -> float | None:
    """Of the edges that a row crosses."""
    width = grid.shape[1] - 2 * _REACH
    if width < _REACH or not grid.shape[0]:
        return None
    high, low = grid[:, :width].copy(), grid[:, :width].copy()
    for shift in range(1, 2 * _REACH + 1):
        part = grid[:, shift : shift + width]
        np.maximum(high, part, out=high)
        np.minimum(low, part, out=low)
    contrast = high - low
    steps = np.abs(np.diff(grid, axis=1))
    step = np.maximum(steps[:, _REACH - 1 : _REACH - 1 + width], steps[:, _REACH : _REACH + width])
    edges = contrast >= max(_LEAST_CONTRAST, _SHARE_OF_CONTRAST * float(np.percentile(contrast, 99)))
    if edges.mean() < _FEWEST_EDGES:
        return None
    return float(np.percentile(step[edges] / contrast[edges], _STEEPEST))


def clipped(picture: Image.Image) -> float:
    """The share of the lower half in which red, green or blue is as bright as it can be."""
    lower = picture.crop((0, picture.height // 2, *picture.size))
    red, green, blue = lower.split()
    counts = ImageChops.lighter(red, ImageChops.lighter(green, blue)).histogram()
    return sum(counts[_BRIGHTEST:]) / sum(counts)


def _flat(pixels: Grey) -> float:
    """The share of pixels that equal the one to their right and the one below."""
    if min(pixels.shape) < 2:
        return 0.0
    here = pixels[:-1, :-1]
    return float(((here == pixels[:-1, 1:]) & (here == pixels[1:, :-1])).mean())


def moire(pixels: Grey) -> float:
    """How far a grid, as fine across as down, stands out of the middle of a picture, in multiples of what is around it.

    A screen has as many dots an inch across as down, so that in the spectrum of a photo of it each peak has another a quarter turn
    away, also where the camera's own grid has folded both. Siding, fences and furrows repeat in one direction only. Straight edges
    lift whole lines of the spectrum: so a peak counts by what it rises above its neighbours in both directions, too.
    """
    side = min(_WINDOW, *pixels.shape) // 2 * 2
    half = side // 2
    if half <= _COARSE:
        return 0.0
    top, left = (pixels.shape[0] - side) // 2, (pixels.shape[1] - side) // 2
    rises = _rises(pixels[top : top + side, left : left + side])
    right = rises[:half, :half]
    turned = rises[
        -np.arange(half) % side, :half
    ].T  # where each peak is that lies a quarter turn from one of ``right``
    both = np.minimum(right, _largest_around(turned))
    both[_radius(side)[:half, :half] <= _COARSE] = 0.0
    return float(np.exp(both.max()))


def _rises(square: Grey) -> Grey:
    """Of each frequency, by how much (a logarithm) it is above those as high, and above its neighbours in either direction.

    By logarithms, so that a strong line hardly lifts what it is compared with.
    """
    window = np.hanning(square.shape[0]).astype(np.float32)
    spectrum = np.abs(np.fft.rfft2((square - square.mean()) * window[:, None] * window))
    levels = np.log(np.maximum(spectrum, 1.0)).astype(np.float32)
    radius = _radius(square.shape[0])
    means = (np.bincount(radius.ravel(), levels.ravel()) / np.bincount(radius.ravel())).astype(np.float32)
    above = levels - means[radius]
    for axis in (0, 1):
        np.minimum(above, levels - _mean_around(levels, axis), out=above)
    return above


def _mean_around(levels: Grey, axis: int) -> Grey:
    """The mean of each value and its neighbours along an axis; what is beyond an end is what is at the other."""
    count, width = levels.shape[axis], 2 * _NEIGHBOURS + 1
    wrapped = levels.take(np.arange(-_NEIGHBOURS - 1, count + _NEIGHBOURS) % count, axis)
    sums = np.cumsum(wrapped, axis, dtype=np.float64)
    means = (sums.take(range(width, count + width), axis) - sums.take(range(count), axis)) / width
    return means.astype(np.float32)


def _largest_around(grid: Grey) -> Grey:
    """Of each value and the eight around it the largest: a quarter turn seldom meets the very place."""
    for axis in (0, 1):
        grid = np.maximum(grid, np.maximum(np.roll(grid, 1, axis), np.roll(grid, -1, axis)))
    return grid


@lru_cache(maxsize=4)
def _radius(side: int) -> NDArray[np.intp]:
    """How many waves across the square each place of its spectrum stands for."""
    down = np.fft.fftfreq(side, 1 / side)[:, None]
    across = np.arange(side // 2 + 1)[None, :]
    radius: NDArray[np.intp] = np.hypot(down, across).astype(np.intp)
    return radius


def difference_hash(grey: Image.Image, box: tuple[float, float, float, float] | None = None) -> bytes | None:
    """512 bits: whether each of 16 x 16 fields is lighter than the one to its left, and than the one above.

    ``box`` (pixels) is the part that counts, the whole picture where there is none.
    ``None`` for a picture of one tone, whose bits would be noise, and equal those of all its like.
    """
    across = np.asarray(grey.resize((_SIDE + 1, _SIDE), Image.Resampling.BOX, box), np.int16)
    down = np.asarray(grey.resize((_SIDE, _SIDE + 1), Image.Resampling.BOX, box), np.int16)
    if float(across.std()) < _PLAIN:
        return None
    bits = np.concatenate([(across[:, 1:] > across[:, :-1]).ravel(), (down[1:] > down[:-1]).ravel()])
    return np.packbits(bits).tobytes()
