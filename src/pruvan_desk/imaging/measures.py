"""What the pixels of a photo say of its quality: sharpness, light, screens; and the hash by which its like is found.

All is measured on the larger thumbnail: made once, of every format, upright and in sRGB, and about what somebody sees at a glance. The
strips at the top and bottom are left out, because phone apps write time and place there, sharp and bright on any photo.
"""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageOps

from pruvan_desk.domain.hints import Measures
from pruvan_desk.imaging.screens import moire

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
        moire=moire(picture),
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
