"""Photographs as a crew's phone takes them: real JPEGs with EXIF time, position and orientation; or files from a folder."""

import hashlib
import io
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from PIL import ExifTags, Image, ImageChops, ImageDraw, ImageFont

from pruvan_desk.core.errors import UsageError
from pruvan_desk.sandbox.addresses import moved
from pruvan_desk.sandbox.scenes import SIZE, draw_scene
from pruvan_desk.sandbox.textures import noise

QUALITY = 84
NEAR = 25.0
"""Metres a phone's position is off."""
FAR = 40_000.0
"""Metres it is off when the phone had no fix and named the last one it knew."""
FAR_SHARE = 0.02
PHONES = (("Apple", "iPhone 14"), ("samsung", "SM-A546U"), ("Google", "Pixel 7a"), ("motorola", "moto g power"))
STORED_AS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How the pixels of an upright picture are stored under each EXIF orientation."""
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".heic", ".heif", ".tif", ".tiff", ".webp", ".gif", ".bmp"})


@dataclass(frozen=True, slots=True)
class Shot:
    """What is to be photographed. ``position`` is the property's, in degrees, if known; ``taken_at`` has a zone."""

    task: str
    evidence_type: str
    address: str
    position: tuple[float, float] | None
    taken_at: datetime
    seed: int


@dataclass(frozen=True, slots=True)
class Photo:
    """A file as it lies on the phone. ``position`` is where the phone believes it was, in degrees."""

    data: bytes
    extension: str
    position: tuple[float, float] | None
    sha256: str


class PhotoSource(Protocol):
    """Where a phone's photos come from."""

    def take(self, shot: Shot) -> Photo:
        """The photo of a shot; the same for the same shot."""


class DrawnPhotos:
    """Draws every photo, all different."""

    def take(self, shot: Shot) -> Photo:
        """A JPEG of 1600 by 1200 pixels when upright."""
        return draw_photo(shot)


class FolderPhotos:
    """Hands out the files of a folder as they are; several shots may get the same bytes."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files

    def take(self, shot: Shot) -> Photo:
        """One of the files, chosen by the shot's seed."""
        path = self._files[shot.seed % len(self._files)]
        data = path.read_bytes()
        position = _phone_position(shot, random.Random(shot.seed))  # noqa: S311 - a seeded photo
        return Photo(data, path.suffix.lstrip(".").lower(), position, hashlib.sha256(data).hexdigest())


def photos_from(folder: Path) -> FolderPhotos:
    """The image files in a folder and those below it. Raises :class:`UsageError` when there are none."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    if not files:
        raise UsageError(f"There are no photos in {folder}.", "Name a folder with .jpg, .png or .heic files.")
    return FolderPhotos(files)


def draw_photo(shot: Shot) -> Photo:
    """Draws a shot; the same bytes for the same shot. The orientation goes through all eight with the seed."""
    rng = random.Random(f"photo {shot.seed}")  # noqa: S311 - a seeded photo
    position = _phone_position(shot, rng)
    image = draw_scene(shot.task, shot.evidence_type, shot.address, rng)
    image = ImageChops.add_modulo(image, noise(SIZE, rng))
    _stamp(image, shot)
    orientation = shot.seed % 8 + 1
    if orientation in STORED_AS:
        image = image.transpose(STORED_AS[orientation])
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, exif=_exif(shot, position, orientation, rng.choice(PHONES)))
    data = out.getvalue()
    return Photo(data, "jpg", position, hashlib.sha256(data).hexdigest())


def _phone_position(shot: Shot, rng: random.Random) -> tuple[float, float] | None:
    reach = FAR if rng.random() < FAR_SHARE else NEAR
    return None if shot.position is None else moved(*shot.position, rng, reach)


@lru_cache(maxsize=4)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _stamp(image: Image.Image, shot: Shot) -> None:
    """The strip that phone apps burn in: where, what, when."""
    width, height = image.size
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, height - 96, width, height), fill=(18, 20, 24))
    draw.text((24, height - 88), f"{shot.task} · {shot.evidence_type.title()}", fill=(250, 206, 70), font=_font(36))
    draw.text((24, height - 44), shot.address, fill=(240, 240, 240), font=_font(28))
    taken = shot.taken_at.strftime("%Y-%m-%d %H:%M:%S %z")
    draw.text((width - 24, height - 62), taken, fill=(240, 240, 240), font=_font(28), anchor="rm")


def _exif(shot: Shot, position: tuple[float, float] | None, orientation: int, phone: tuple[str, str]) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = phone
    exif[ExifTags.Base.Orientation] = orientation
    taken, offset = shot.taken_at.strftime("%Y:%m:%d %H:%M:%S"), shot.taken_at.strftime("%z")
    exif[ExifTags.Base.DateTime] = taken
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = taken
    details[ExifTags.Base.OffsetTimeOriginal] = f"{offset[:3]}:{offset[3:5]}"
    if position is not None:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        latitude, longitude = position
        gps[ExifTags.GPS.GPSLatitudeRef] = "N" if latitude >= 0 else "S"
        gps[ExifTags.GPS.GPSLatitude] = _degrees(latitude)
        gps[ExifTags.GPS.GPSLongitudeRef] = "E" if longitude >= 0 else "W"
        gps[ExifTags.GPS.GPSLongitude] = _degrees(longitude)
    return exif


def _degrees(value: float) -> tuple[float, float, float]:
    """Degrees, minutes and seconds, the last to a thousandth."""
    minutes, degrees = math.modf(abs(value))
    seconds, whole_minutes = math.modf(minutes * 60)
    return degrees, whole_minutes, round(seconds * 60, 3)
