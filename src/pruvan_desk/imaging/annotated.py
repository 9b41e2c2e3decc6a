"""The annotated copy of a photo: a new JPEG, made from nothing but the pixels that are seen, with the marks in them.

Nothing of the original's file is copied but its colour profile; when and where it was taken is written anew. So no preview, thumbnail,
maker note, second picture or comment comes along in which something blurred could survive. A blurred box is first dissolved into
a few cells of one shade each; what is smoothed after that holds no more than those shades, and cannot be brought back.
"""

import hashlib
import math
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

from pruvan_desk.core.errors import ItemError
from pruvan_desk.domain.annotations import (
    COLOURS,
    Mark,
    MarkKind,
    Marks,
    arrow_head,
    blur_cells,
    drawing_order,
    letters,
    pixels,
    read_annotations,
    stroke,
    turned,
)
from pruvan_desk.imaging.colour import eight_bit, flat, to_srgb
from pruvan_desk.imaging.decode import TURNED_BY_DECODER, Unreadable, decode, open_image
from pruvan_desk.imaging.exif import ExifFacts, read_exif
from pruvan_desk.imaging.formats import IMAGES
from pruvan_desk.imaging.inspect import exif_block_of
from pruvan_desk.imaging.lettering import Font, bold_font
from pruvan_desk.imaging.orientation import compose_orientation, upright
from pruvan_desk.imaging.reading import TooLargeError, read_picture
from pruvan_desk.imaging.rendition import Rendition

QUALITY = 92
LONGEST_PROFILE = 4 << 20
"""Bytes; what is longer is no colour profile of a camera's."""
ROOM = 0.96
"""Share of the photo's width that a text may take; a longer one gets smaller letters."""
HALO = 0.09
"""How wide the edge around letters is, as a share of their height."""
_EXIF, _GPS = 0x8769, 0x8825
_MAKE, _MODEL, _SOFTWARE, _ORIENTATION = 0x010F, 0x0110, 0x0131, 0x0112
_TAKEN, _OFFSET_TAKEN = 0x9003, 0x9011

_one = threading.Lock()
"""A copy needs the whole photo in memory, twice for a moment: one is made at a time."""


@dataclass(frozen=True, slots=True)
class Capture:
    """When (UTC) and where (degrees) a photo was taken, as far as its file does not say so itself."""

    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None


def annotated(path: Path, format_name: str | None, rotation: int, marks: Marks, capture: Capture) -> Rendition:
    """The annotated copy of the original at ``path``, in full size, turned clockwise by ``rotation`` degrees (a multiple of 90).

    The same input gives the same bytes. Raises :class:`ItemError` for a photo that cannot be opened,
    :class:`~pruvan_desk.core.errors.DeskFault` when the disk refuses it. Takes about eight bytes of memory for each pixel.
    """
    if format_name not in IMAGES or format_name is None:
        raise ItemError("Only photos can be annotated.", "Publish this file as it is.")
    with _one:
        try:
            return _made(path, format_name, rotation, marks, capture)
        except (Unreadable, TooLargeError) as error:
            raise ItemError(
                f"The annotated copy could not be made. {error}", "Publish the original instead."
            ) from error
        except MemoryError as error:
            raise ItemError(
                "The annotated copy could not be made: the photo is too large for this computer's memory.",
                "Close other programs and retry, or publish the original instead.",
            ) from error


def _made(path: Path, format_name: str, rotation: int, marks: Marks, capture: Capture) -> Rendition:
    data = read_picture(path)
    opened = open_image(data, format_name)
    facts = read_exif(exif_block_of(data, format_name, opened))
    image, problem = decode(opened, data)
    del data, opened
    profile = image.info.get("icc_profile")
    picture, profile = _in_rgb(image, profile if isinstance(profile, bytes) else None)
    del image
    orientation = 1 if format_name in TURNED_BY_DECODER else facts.orientation
    picture = upright(picture, compose_orientation(orientation, rotation))
    draw_marks(picture, tuple(turned(mark, rotation) for mark in marks))
    picture.info = {}
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY, exif=_exif(facts, capture), icc_profile=profile)
    content = buffer.getvalue()
    return Rendition(hashlib.sha256(content).hexdigest(), len(content), "jpg", content=content, note=problem)


def _in_rgb(image: Image.Image, profile: bytes | None) -> tuple[Image.Image, bytes | None]:
    """Its pixels in mode RGB: in their own colour space with its profile, or, where that is not one of RGB, in sRGB."""
    if profile is not None and len(profile) > LONGEST_PROFILE:
        profile = None
    plain = eight_bit(image)
    if plain.mode in ("RGB", "RGBA"):
        plain = flat(plain)
        return (plain.copy() if plain is image else plain), profile
    return to_srgb(plain, profile), None


def annotated_thumbnail(jpeg: bytes, rotation: int, annotations: str) -> bytes:
    """A whole thumbnail, upright, with the photo's marks in it and turned clockwise by ``rotation`` degrees."""
    with Image.open(BytesIO(jpeg), formats=["JPEG"]) as image:
        picture = upright(image.convert("RGB"), compose_orientation(1, rotation))
    picture.info = {}
    draw_marks(picture, tuple(turned(mark, rotation) for mark in read_annotations(annotations)))
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def draw_marks(picture: Image.Image, marks: Marks) -> None:
    """Draws marks into a picture of mode RGB, in place."""
    draw = ImageDraw.Draw(picture)
    for mark in drawing_order(marks):
        if mark.kind is MarkKind.BLUR:
            _dissolve(picture, mark)
        elif mark.kind is MarkKind.TEXT:
            _write(draw, picture.size, mark)
        else:
            _draw(draw, picture.size, mark)


def _dissolve(picture: Image.Image, mark: Mark) -> None:
    """Whole pixels, outwards: no edge of what is below stays."""
    width, height = picture.size
    left, top, right, bottom = mark.box
    box = (
        max(0, math.floor(left * width)), max(0, math.floor(top * height)),
        min(width, math.ceil(right * width)), min(height, math.ceil(bottom * height)),
    )  # fmt: skip
    size = (box[2] - box[0], box[3] - box[1])
    if min(size) < 1:
        return
    cells = picture.resize(blur_cells(*size, max(width, height)), Image.Resampling.BOX, box=box)
    picture.paste(cells.resize(size, Image.Resampling.BICUBIC), box)


def _draw(draw: ImageDraw.ImageDraw, size: tuple[int, int], mark: Mark) -> None:
    start, end = pixels(mark, *size)
    thick, colour = stroke(mark, max(size)), COLOURS[mark.colour]
    if mark.kind is MarkKind.ARROW:
        tip, one, other = arrow_head(start, end, thick)
        base = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
        draw.line([start, base], fill=colour, width=round(thick))
        draw.polygon([tip, one, other], fill=colour)
        return
    corners = (min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1]))
    shape = draw.rectangle if mark.kind is MarkKind.BOX else draw.ellipse
    shape(corners, outline=colour, width=round(thick))


def _write(draw: ImageDraw.ImageDraw, size: tuple[int, int], mark: Mark) -> None:
    words = " ".join(mark.text.split())
    if not words:
        return
    high = letters(mark, max(size))
    font = bold_font(round(high))
    wide = draw.textlength(words, font=font)
    if wide > ROOM * size[0]:
        high = max(1.0, high * ROOM * size[0] / wide)
        font = bold_font(max(1, int(high)))
    x, y = _inside(mark, size, draw, words, font)
    edge = COLOURS["black"] if sum(COLOURS[mark.colour]) > 380 else COLOURS["white"]
    draw.text(
        (x, y), words, fill=COLOURS[mark.colour], font=font, anchor="mm",
        stroke_width=max(1, round(high * HALO)), stroke_fill=edge,
    )  # fmt: skip


def _inside(
    mark: Mark, size: tuple[int, int], draw: ImageDraw.ImageDraw, words: str, font: Font
) -> tuple[float, float]:
    """Its middle, moved so that no letter falls off the photo."""
    left, top, right, bottom = draw.textbbox((0, 0), words, font=font, anchor="mm")
    x, y = mark.middle[0] * size[0], mark.middle[1] * size[1]
    return min(max(x, -left), max(size[0] - right, -left)), min(max(y, -top), max(size[1] - bottom, -top))


def _exif(facts: ExifFacts, capture: Capture) -> Image.Exif:
    """Written anew: when, where and with what it was taken, which way is up, and who made the copy."""
    exif = Image.Exif()
    exif[_ORIENTATION], exif[_SOFTWARE] = 1, "Pruvan Desk"
    for tag, words in ((_MAKE, facts.camera_make), (_MODEL, facts.camera_model)):
        if words:
            exif[tag] = words
    local, offset = _clock(facts, capture)
    if local is not None:
        details = exif.get_ifd(_EXIF)
        details[_TAKEN] = f"{local:%Y:%m:%d %H:%M:%S}"
        if offset is not None:
            details[_OFFSET_TAKEN] = offset
    latitude, longitude = facts.gps_latitude, facts.gps_longitude
    if latitude is None or longitude is None:
        latitude, longitude = capture.latitude, capture.longitude
    if latitude is not None and longitude is not None and abs(latitude) <= 90 and abs(longitude) <= 180:
        exif.get_ifd(_GPS).update({
            1: "S" if latitude < 0 else "N", 2: _degrees(latitude), 3: "W" if longitude < 0 else "E", 4: _degrees(longitude),
        })  # fmt: skip
    return exif


def _clock(facts: ExifFacts, capture: Capture) -> tuple[datetime | None, str | None]:
    """The camera's clock, and by how much it is ahead of UTC where that is known."""
    local = facts.taken_at_local
    if local is None:
        return capture.taken_at, "+00:00" if capture.taken_at is not None else None
    if facts.taken_at is None:
        return local, None
    minutes = round((local.replace(tzinfo=UTC) - facts.taken_at).total_seconds() / 60)
    return local, f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _degrees(value: float) -> tuple[float, float, float]:
    """Degrees, minutes, seconds to a ten-thousandth: three millimetres."""
    ticks = round(abs(value) * 36_000_000)
    return float(ticks // 36_000_000), float(ticks // 600_000 % 60), ticks % 600_000 / 10_000
