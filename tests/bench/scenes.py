"""Photos with the entropy of a camera's: soft light, texture of all sizes, hard edges and sensor noise, the same for each seed."""

import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

TWELVE_MEGAPIXELS = (4000, 3000)
_TEXTURES = ((200, 0.35), (50, 0.25), (12, 0.18), (4, 0.12))  # size of the grain in pixels, share of the picture
_NOISE = 0.14
_QUALITY = 94


def write_photos(folder: Path, count: int, size: tuple[int, int] = TWELVE_MEGAPIXELS) -> list[Path]:
    """Writes ``count`` different JPEGs of ``size`` pixels, of about 3.5 MB at 12 megapixels, with a camera's EXIF."""
    paths = [folder / f"{seed:03}.jpg" for seed in range(count)]
    for seed, path in enumerate(paths):
        photo(seed, size).save(path, quality=_QUALITY, subsampling="4:2:0", exif=_exif(seed))
    return paths


def photo(seed: int, size: tuple[int, int]) -> Image.Image:
    """The picture of this seed."""
    source = random.Random(seed)
    image = _grain(source, size, 1000)
    for cell, share in _TEXTURES:
        image = Image.blend(image, _grain(source, size, cell), share)
    _draw_shapes(source, image)
    noise = Image.frombytes("L", size, source.randbytes(size[0] * size[1])).filter(ImageFilter.BoxBlur(0.6))
    return Image.blend(image, Image.merge("RGB", (noise, noise, noise)), _NOISE)


def _grain(source: random.Random, size: tuple[int, int], cell: int) -> Image.Image:
    width, height = size[0] // cell + 2, size[1] // cell + 2
    coarse = Image.frombytes("RGB", (width, height), source.randbytes(width * height * 3))
    return coarse.resize(size, Image.Resampling.BICUBIC)


def _draw_shapes(source: random.Random, image: Image.Image) -> None:
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        left, top = source.randrange(image.width), source.randrange(image.height)
        box = (left, top, left + source.randrange(20, 600), top + source.randrange(20, 600))
        colour = (source.randrange(256), source.randrange(256), source.randrange(256))
        shape = source.choice((draw.rectangle, draw.ellipse))
        shape(box, fill=colour if source.random() < 0.4 else None, outline=colour, width=source.randrange(2, 12))


def _exif(seed: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Acme", "Field 3", (1, 1, 1, 6)[seed % 4]
    exif.get_ifd(0x8769).update({0x9003: f"2026:11:20 14:05:{seed % 60:02}", 0x9011: "-05:00"})
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 3.0, 4.84), 3: "W", 4: (94.0, 17.0, 19.58)})
    return exif
