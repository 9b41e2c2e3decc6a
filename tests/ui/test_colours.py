"""The single view's pictures: upright for every orientation, and in proper colours whatever the file's are."""

import io
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QColorSpace, QImage
from PySide6.QtWidgets import QApplication

from imaging.conftest import UPRIGHT, exif_with, needs, shared, stored
from pruvan_desk.imaging.thumbnails import examine
from pruvan_desk.ui.gallery.photo import read_fitting

Colour = tuple[int, int, int]


def seen(image: QImage | None) -> tuple[Colour, ...]:
    """The colours of a picture's quarters, rounded to pure ones."""
    assert image is not None
    width, height = image.width(), image.height()
    points = [(x * width // 4, y * height // 4) for y in (1, 3) for x in (1, 3)]
    pixels = [image.pixelColor(*point) for point in points]
    return tuple(tuple(255 if part > 127 else 0 for part in (p.red(), p.green(), p.blue())) for p in pixels)  # type: ignore[misc]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("profile", [False, True], ids=["plain", "with a profile"])
def test_all_eight_orientations_are_upright(
    orientation: int, tmp_path: Path, qapp: QApplication, *, profile: bool
) -> None:
    path = tmp_path / "photo.jpg"
    extra = {"icc_profile": QColorSpace(QColorSpace.NamedColorSpace.DisplayP3).iccProfile().data()} if profile else {}
    stored(orientation).save(path, quality=95, exif=exif_with(orientation=orientation), **extra)
    image = read_fitting(path, 512)
    assert seen(image) == UPRIGHT
    assert image is not None
    assert (image.width(), image.height()) == (64, 40)


GREEN = (40, 200, 60)
"""In sRGB; each file says it in its own way."""


@pytest.mark.parametrize("space", ["DisplayP3", "AdobeRgb", "ProPhotoRgb"])
def test_a_wide_gamut_is_shown_in_the_screens_colours(space: str, tmp_path: Path, qapp: QApplication) -> None:
    wide = QColorSpace(getattr(QColorSpace.NamedColorSpace, space))
    image = QImage(80, 60, QImage.Format.Format_RGB32)
    image.fill(QColor(*GREEN))
    image.setColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    image.convertToColorSpace(wide)
    assert image.pixelColor(40, 30).getRgb()[:3] != GREEN
    path = tmp_path / "wide.jpg"
    assert image.save(str(path), "JPEG", 100)
    shown = read_fitting(path, 512)
    assert shown is not None
    assert max(abs(a - b) for a, b in zip(shown.pixelColor(40, 30).getRgb()[:3], GREEN, strict=True)) <= 6


def test_a_cmyk_photo_is_shown_in_the_screens_colours(tmp_path: Path, qapp: QApplication) -> None:
    path = tmp_path / "print.jpg"
    Image.new("CMYK", (80, 60), (255, 0, 255, 0)).save(path, quality=95)  # full cyan and yellow: green
    shown = read_fitting(path, 512)
    assert shown is not None
    colour = shown.pixelColor(40, 30)
    assert colour.green() > max(colour.red(), colour.blue()) + 60


def test_a_real_heic_is_shown_whole_and_turned_once(qapp: QApplication) -> None:
    path = needs(shared("heic/*.HEIC")[0])
    image = read_fitting(path, 1024)
    assert image is not None
    with Image.open(io.BytesIO(examine(path).thumbnails[512])) as thumbnail:
        assert max(image.width(), image.height()) == 1024
        assert image.width() / image.height() == pytest.approx(thumbnail.width / thumbnail.height, abs=0.01)
        small = thumbnail.resize((8, 8), Image.Resampling.BOX)
    smooth = image.scaled(8, 8, mode=Qt.TransformationMode.SmoothTransformation)
    for place in ((x, y) for x in range(8) for y in range(8)):
        shown, wanted = smooth.pixelColor(*place), small.getpixel(place)
        assert isinstance(wanted, tuple)
        assert max(abs(a - b) for a, b in zip(shown.getRgb()[:3], wanted, strict=True)) < 24


@pytest.mark.parametrize("name", ["cut.heic", "bomb.tif", "gone.jpg", "lies.heic"])
def test_what_cannot_be_shown_answers_nothing(name: str, tmp_path: Path, qapp: QApplication) -> None:
    path = tmp_path / name
    content = {
        "cut.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40),
        "bomb.tif": b"II*\0\x08\0\0\0\x02\0\0\1\4\0\1\0\0\0\xff\xff\xff\x0f\1\1\4\0\1\0\0\0\xff\xff\xff\x0f"
        + bytes(20),
        "lies.heic": b"\0\0\0\x18ftypheic",
    }.get(name)
    if content is not None:
        path.write_bytes(content)
    assert read_fitting(path, 512) is None
