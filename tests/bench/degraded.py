"""Copies of photos that are spoilt in known ways, and photos that only look so: what quality hints are measured on.

Real camera files from ``shared/photos`` where that folder is there, drawn ones otherwise as well. All sizes are shares of a photo's
longer side, so that a blur is as bad at 640 pixels as at 12 megapixels.
"""

import random
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pi_heif
from PIL import Image, ImageDraw, ImageFilter, ImageOps
from tests.bench import scenes

from pruvan_desk.sandbox.scenes import draw_scene
from pruvan_desk.sandbox.textures import noise

SHARED = Path(__file__).parents[3] / "shared" / "photos"
REAL = ("gps/*.jpg", "exif/*.jpg", "hdr/*.jpg", "orientation/landscape_1.jpg", "heic/*.HEIC")
TASKS = ("Grass Cut", "Lock Change", "Winterization", "Debris Removal", "Bid - Roof", "Inspection")
LARGEST = 1000
"""Pixels: larger ones are reduced first, so that a run takes half a minute."""
DRAWN = 8
MADE = 4

Picture = Image.Image
Change = Callable[[Picture], Picture]


def photos() -> list[tuple[str, Picture]]:
    """All originals, by name: real ones first."""
    found = [path for pattern in REAL for path in sorted(SHARED.glob(pattern))]
    real = [(path.name, _opened(path)) for path in found]
    drawn = [(f"drawn {number}", _no_larger(_scene(number))) for number in range(DRAWN)]
    made = [(f"made {number}", scenes.photo(number, (LARGEST, LARGEST * 3 // 4))) for number in range(MADE)]
    return real + drawn + made


def jpeg(picture: Picture, quality: int = 88) -> bytes:
    """The picture as a camera would hand it over, with its EXIF if it has any."""
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=quality, exif=picture.getexif())
    return buffer.getvalue()


def squeezed(quality: int) -> Change:
    """Saved once more."""
    return lambda picture: Image.open(BytesIO(jpeg(picture, quality))).convert("RGB")


def on_its_side(picture: Picture) -> Picture:
    """Its pixels a quarter turned, and a tag that says so."""
    turned = picture.transpose(Image.Transpose.ROTATE_90)
    turned.getexif()[0x0112] = 6
    return turned


def one_after_the_other(*changes: Change) -> Change:
    """All of them."""

    def change(picture: Picture) -> Picture:
        for each in changes:
            picture = each(picture)
        return picture

    return change


def on_a_screen(dots: int, degrees: float) -> Change:
    """Photographed off a screen on which it is so many dots wide; each dot is a red, a green and a blue bar with black between."""

    def change(picture: Picture) -> Picture:
        shown = picture.resize((dots, round(dots * picture.height / picture.width)), Image.Resampling.BOX)
        light = (np.asarray(shown, np.float32) / 255) ** 2.2
        bars = np.zeros((light.shape[0], 3, light.shape[1], 3, 3), np.float32)
        for colour in range(3):
            bars[:, :2, :, colour, colour] = 3.4 * light[:, None, :, colour]
        wall = np.clip(bars.reshape(light.shape[0] * 3, light.shape[1] * 3, 3), 0, 1)
        seen = Image.fromarray((wall * 255).astype(np.uint8)).rotate(degrees, Image.Resampling.BILINEAR)
        seen = seen.filter(ImageFilter.GaussianBlur(dots / 1300))  # the lens
        seen = seen.resize(
            picture.size,
            Image.Resampling.BOX,
            (0.06 * seen.width, 0.06 * seen.height, 0.94 * seen.width, 0.94 * seen.height),
        )
        levels = (np.asarray(seen, np.float32) / 255) ** (1 / 2.2) * 255
        grain = np.random.default_rng(dots).normal(0, 3, levels.shape)
        return Image.fromarray(np.clip(levels + grain, 0, 255).astype(np.uint8))

    return change


def as_screenshot(picture: Picture) -> Picture:
    """In an app: a title, words, and the photo in between."""
    width = picture.width // 2
    made = Image.new("RGB", (width, width * 2), (250, 250, 250))
    draw = ImageDraw.Draw(made)
    draw.rectangle((0, 0, width, width // 6), fill=(30, 90, 160))
    draw.text((width // 20, width // 24), "Grass Cut - Before", fill=(255, 255, 255), font_size=width // 14)
    small = picture.resize((width, max(1, width * picture.height // picture.width)))
    made.paste(small.crop((0, 0, width, min(small.height, width // 2))), (0, width // 4))
    for line in range(9):
        top = width + line * width // 11
        draw.text((width // 20, top), f"{line + 1}. 12 Elm St, 4 photos", fill=(40, 40, 40), font_size=width // 18)
    return made


def _opened(path: Path) -> Picture:
    if path.suffix.lower() == ".heic":
        picture = pi_heif.open_heif(path).to_pillow().convert("RGB")
    else:
        picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    return _no_larger(picture)


def _no_larger(picture: Picture) -> Picture:
    picture.thumbnail((LARGEST, LARGEST))
    return picture


def _scene(number: int) -> Picture:
    source = random.Random(f"scene {number}")
    task, kind = TASKS[number % len(TASKS)], ("before", "after")[number // len(TASKS) % 2]
    picture = draw_scene(task, kind, f"{number} Elm St", source)
    grain = np.asarray(noise(picture.size, source), np.int16) - 13
    return Image.fromarray(np.clip(np.asarray(picture, np.int16) + grain, 0, 255).astype(np.uint8))


def _longest(picture: Picture) -> int:
    return max(picture.size)


def blur(share: float) -> Change:
    """Out of focus: a Gaussian of this share of the longer side."""
    return lambda picture: picture.filter(ImageFilter.GaussianBlur(share * _longest(picture)))


def moved(share: float, *, down: bool = False) -> Change:
    """The camera moved by this share while it looked."""

    def change(picture: Picture) -> Picture:
        reach = max(3, round(share * _longest(picture)))
        grid = np.asarray(picture, np.float64)
        axis = 0 if down else 1
        sums = np.cumsum(np.concatenate([np.repeat(grid.take([0], axis), reach, axis), grid], axis), axis)
        size = grid.shape[axis]
        mean = (sums.take(range(reach, reach + size), axis) - sums.take(range(size), axis)) / reach
        return Image.fromarray(np.clip(mean, 0, 255).astype(np.uint8))

    return change


def exposed(stops: float, grain: float = 0.0) -> Change:
    """So many stops more light, or less, as a sensor would see it; ``grain`` is its noise, of 255."""

    def change(picture: Picture) -> Picture:
        light = (np.asarray(picture, np.float32) / 255) ** 2.2 * 2**stops
        levels = np.clip(light, 0, 1) ** (1 / 2.2) * 255
        source = np.random.default_rng(7)
        return Image.fromarray(np.clip(levels + source.normal(0, grain, levels.shape), 0, 255).astype(np.uint8))

    return change


def by_flash(picture: Picture) -> Picture:
    """Taken at night, rightly: what the flash reaches is well lit, all around is black."""
    mask = Image.new("L", picture.size, 0)
    width, height = picture.size
    ImageDraw.Draw(mask).ellipse((width * 0.2, height * 0.2, width * 0.75, height * 0.85), fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(_longest(picture) * 0.06))
    return Image.composite(picture, exposed(-6)(picture), mask)


def under_sky(picture: Picture) -> Picture:
    """The same under a smooth sky that fills most of it."""
    sky = ImageOps.colorize(Image.linear_gradient("L").resize(picture.size), (126, 170, 220), (214, 226, 234))
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).rectangle((0, 0, picture.width, picture.height * 0.6), fill=255)
    return Image.composite(sky, picture, mask)


def shallow(picture: Picture) -> Picture:
    """Sharp in the middle, where the subject is; all around out of focus, as it is near."""
    mask = Image.new("L", picture.size, 0)
    width, height = picture.size
    ImageDraw.Draw(mask).ellipse((width * 0.3, height * 0.3, width * 0.7, height * 0.75), fill=255)
    return Image.composite(
        picture, blur(0.01)(picture), mask.filter(ImageFilter.GaussianBlur(_longest(picture) * 0.02))
    )


def cropped(share: float) -> Change:
    """Cut at the left and top by this share, at the right and bottom by half of it."""

    def change(picture: Picture) -> Picture:
        width, height = picture.size
        half = 1 - share / 2
        return picture.crop((round(width * share), round(height * share), round(width * half), round(height * half)))

    return change


def resized(share: float) -> Change:
    """Smaller."""
    return lambda picture: picture.resize((round(picture.width * share), round(picture.height * share)))


def stamped(picture: Picture) -> Picture:
    """With the strip that phone apps write along the bottom."""
    made = picture.copy()
    draw = ImageDraw.Draw(made)
    top = picture.height * 0.93
    draw.rectangle((0, top, picture.width, picture.height), fill=(18, 20, 24))
    draw.text(
        (picture.width * 0.02, top),
        "Grass Cut  Before  2026-11-25 10:42",
        fill=(250, 206, 70),
        font_size=picture.height * 0.05,
    )
    return made


def turned(degrees: float) -> Change:
    """Straightened by so much."""
    return lambda picture: picture.rotate(degrees, Image.Resampling.BICUBIC)


def as_it_is(picture: Picture) -> Picture:
    """Nothing done."""
    return picture


def beside(picture: Picture) -> Iterator[Picture]:
    """Two other photos of the same place: taken from two steps to the left, and to the right."""
    width, height = picture.size
    yield picture.crop((0, 0, round(width * 0.62), height))
    yield picture.crop((round(width * 0.38), 0, width, height))


def before_and_after(picture: Picture, ground: Picture) -> tuple[Picture, Picture]:
    """The same corner twice: the second time its lower part is other ground, seen from a step aside in another light."""
    width, height = picture.size
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).rectangle((0, height * 0.45, width, height), fill=255)
    lower = ground.resize(picture.size).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    after = Image.composite(lower, picture, mask.filter(ImageFilter.GaussianBlur(_longest(picture) * 0.01)))
    return picture, exposed(0.4)(cropped(0.06)(after))


BLURRED: dict[str, Change] = {
    "out of focus 0.2 %": blur(0.002), "out of focus 0.3 %": blur(0.003), "out of focus 0.5 %": blur(0.005),
    "out of focus 0.8 %": blur(0.008), "moved 1 % sideways": moved(0.01), "moved 1 % up": moved(0.01, down=True),
    "moved 2 % sideways": moved(0.02), "out of focus 0.3 %, stamped": lambda picture: stamped(blur(0.003)(picture)),
    "out of focus 0.5 %, at night": lambda picture: by_flash(blur(0.005)(picture)),
}  # fmt: skip
SHARP_ENOUGH: dict[str, Change] = {
    "as it is": as_it_is, "a stop less light": exposed(-1), "a stop more": exposed(1), "smooth sky": under_sky,
    "at night, by flash": by_flash, "shallow depth of field": shallow, "half the size": resized(0.5), "stamped": stamped,
    "grain": exposed(0, grain=6),
}  # fmt: skip
DARK: dict[str, Change] = {
    "3.5 stops less": exposed(-3.5, grain=1.5), "4.5 stops less": exposed(-4.5, grain=2), "6 stops less": exposed(-6, grain=2),
    "4.5 stops less, stamped": lambda picture: stamped(exposed(-4.5, grain=2)(picture)),
}  # fmt: skip
LIGHT_ENOUGH: dict[str, Change] = {
    "as it is": as_it_is, "a stop less": exposed(-1), "2 stops less": exposed(-2), "at night, by flash": by_flash, "stamped": stamped,
    "smooth sky": under_sky, "out of focus": blur(0.005),
}  # fmt: skip
ALIKE: dict[str, Change] = {
    "as it is": as_it_is, "half the size": resized(0.5), "a third of the size": resized(0.34), "0.7 stops more": exposed(0.7),
    "0.7 stops less": exposed(-0.7), "cut by 2 %": cropped(0.02), "straightened by 1 degree": turned(1), "stamped": stamped,
    "in grey": lambda picture: picture.convert("L").convert("RGB"), "softened": blur(0.003), "mirrored": ImageOps.mirror,
    "squeezed": squeezed(40), "on its side, with a tag": on_its_side,
    "cut by 8 % of each side": cropped(0.05), "cut by 15 %": cropped(0.1), "cut by 22 %": cropped(0.15), "cut by 30 %": cropped(0.2),
    "cut by 22 % and mirrored": one_after_the_other(cropped(0.15), ImageOps.mirror),
    "cut by 22 %, brighter, squeezed": one_after_the_other(cropped(0.15), exposed(0.5), squeezed(50)),
    "cut by 22 %, half the size, stamped": one_after_the_other(cropped(0.15), resized(0.5), stamped),
    "cut by 15 %, on its side": one_after_the_other(cropped(0.1), on_its_side),
}  # fmt: skip
RIGHT: dict[str, Change] = {
    "as it is": as_it_is, "a stop less": exposed(-1), "a stop more": exposed(1), "at night, by flash": by_flash, "stamped": stamped,
    "shallow depth of field": shallow, "smooth sky": one_after_the_other(under_sky, exposed(0, grain=2)), "half the size": resized(0.5),
}  # fmt: skip
"""Neither overexposed nor of a screen. A sky that a lens has drawn has grain."""
OVEREXPOSED: dict[str, Change] = {"3 stops more": exposed(3), "4 stops more": exposed(4)}
ON_SCREENS: dict[str, Change] = {
    "a screen of 480 dots": on_a_screen(480, 1.5), "of 700 dots": on_a_screen(700, 4), "of 1,000 dots": on_a_screen(1000, 0.5),
}  # fmt: skip
SCREENSHOTS: dict[str, Change] = {"a screenshot": as_screenshot}
