"""What Desk knows of a file after looking into it, and what it says when something is wrong."""

import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, TiffImagePlugin

from imaging.conftest import SHARED_PHOTOS, exif_with, gps, needs, quarters, shared, stored
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.imaging.formats import VANISHED
from pruvan_desk.imaging.inspect import inspect

Save = Callable[..., Path]


def png_claiming(width: int, height: int) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    )


def jpeg_claiming(width: int, height: int) -> bytes:
    buffer = BytesIO()
    quarters().save(buffer, "JPEG")
    data = bytearray(buffer.getvalue())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize(
    ("name", "format_name"),
    [
        ("a.jpg", "JPEG"),
        ("a.png", "PNG"),
        ("a.gif", "GIF"),
        ("a.webp", "WEBP"),
        ("a.tif", "TIFF"),
        ("a.bmp", "BMP"),
        ("a.avif", "AVIF"),
    ],
)
def test_every_format_is_known_by_its_content(save: Save, name: str, format_name: str) -> None:
    seen = inspect(save(name, quarters()))
    assert (seen.format, seen.width, seen.height, seen.problem) == (format_name, 64, 40, None)
    assert seen.is_image


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif"])
def test_width_and_height_are_as_seen(save: Save, name: str, orientation: int) -> None:
    path = save(name, stored(orientation), exif=exif_with(orientation=orientation))
    seen = inspect(path)
    assert (seen.width, seen.height) == (64, 40)


def test_a_camera_that_wrote_its_offset_gives_an_instant(save: Save) -> None:
    exif = exif_with(taken="2026:11:20 14:05:06", offset="-05:00")
    seen = inspect(save("a.jpg", quarters(), exif=exif))
    assert seen.taken_at == datetime(2026, 11, 20, 19, 5, 6, tzinfo=UTC)
    assert seen.taken_at_local == datetime(2026, 11, 20, 14, 5, 6)  # noqa: DTZ001 - the camera's clock has no zone


def test_without_an_offset_there_is_only_the_cameras_clock(save: Save) -> None:
    seen = inspect(save("a.jpg", quarters(), exif=exif_with(taken="2026:11:20 14:05:06")))
    assert seen.taken_at is None
    assert seen.taken_at_local == datetime(2026, 11, 20, 14, 5, 6)  # noqa: DTZ001 - the camera's clock has no zone


@pytest.mark.parametrize(
    "taken", ["0000:00:00 00:00:00", "2026:13:45 99:00:00", "yesterday", "    :  :     :  :  ", ""]
)
def test_a_time_that_is_none_is_not_believed(save: Save, taken: str) -> None:
    seen = inspect(save("a.jpg", quarters(), exif=exif_with(taken=taken, offset="+02:00")))
    assert seen.taken_at is seen.taken_at_local is None


@pytest.mark.parametrize("offset", ["+99:00", "25", "+02:75", "later"])
def test_an_offset_that_is_none_certifies_nothing(save: Save, offset: str) -> None:
    seen = inspect(save("a.jpg", quarters(), exif=exif_with(taken="2026:11:20 14:05:06", offset=offset)))
    assert seen.taken_at is None
    assert seen.taken_at_local is not None


def test_the_place_and_the_camera_are_read(save: Save) -> None:
    exif = exif_with(gps=gps((39.0, 3.0, 4.84), (94.0, 17.0, 19.58)))
    seen = inspect(save("a.jpg", quarters(), exif=exif))
    assert seen.gps_latitude == pytest.approx(39.051344, abs=1e-6)
    assert seen.gps_longitude == pytest.approx(-94.288772, abs=1e-6)
    assert (seen.camera_make, seen.camera_model) == ("Acme", "Field 3")


NOWHERE: Any = TiffImagePlugin.IFDRational(0, 0)


@pytest.mark.parametrize(
    "tags",
    [
        gps((NOWHERE, NOWHERE, NOWHERE), (94.0, 17.0, 0.0)),
        gps((91.0, 0.0, 0.0), (94.0, 0.0, 0.0)),
        gps((39.0, 0.0, 0.0), (181.0, 0.0, 0.0)),
        gps((39.0, 75.0, 0.0), (94.0, 0.0, 0.0)),
        gps((39.0, 0.0, 0.0), (94.0, 0.0, 0.0), references="XX"),
        gps((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
        {2: (39.0, 0.0, 0.0), 4: (94.0, 0.0, 0.0)},
        {1: "N", 2: (39.0, 0.0, 0.0)},
    ],
    ids=["0/0", "latitude 91", "longitude 181", "75 minutes", "no hemisphere", "no fix", "no references", "half"],
)
def test_a_place_that_cannot_be_is_no_place(save: Save, tags: dict[int, Any]) -> None:
    seen = inspect(save("a.jpg", quarters(), exif=exif_with(gps=tags)))
    assert seen.gps_latitude is seen.gps_longitude is None
    assert seen.problem is None


def test_an_empty_file_is_called_empty(save: Save) -> None:
    assert inspect(save("a.jpg", b"")).problem == "This file is empty: none of its bytes arrived."


def test_a_file_that_is_no_image_is_called_so(save: Save) -> None:
    seen = inspect(save("a.jpg", b"<html>404 not found</html>"))
    assert seen.format is None
    assert seen.problem == "This file is not an image, or not of a kind that Pruvan Desk knows."


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.png", "JPEG", "This file is named .png, but it is a JPEG image."),
        ("a.JPG", "PNG", "This file is named .JPG, but it is a PNG image."),
        ("a.jpeg", "JPEG", None),
        ("a", "JPEG", None),
        ("a.upload", "JPEG", None),
    ],
)
def test_a_wrong_name_is_told(save: Save, name: str, content: str, problem: str | None) -> None:
    seen = inspect(save(name, quarters(), format=content))
    assert (seen.format, seen.problem) == (content, problem)


def test_the_name_it_had_where_it_came_from_counts(save: Save) -> None:
    assert inspect(save("a.bin", quarters(), format="JPEG"), "IMG_1.heic").problem is not None


@pytest.mark.parametrize(
    ("name", "content", "format_name", "problem"),
    [
        ("a.pdf", b"%PDF-1.7 ...", "PDF", None),
        ("a.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", "MP4", None),
        ("a.mp4", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "MOV", None),
        ("a.jpg", b"%PDF-1.7 ...", "PDF", "This file is named .jpg, but it is a PDF document."),
        ("a.jpg", b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", "MP4", "This file is named .jpg, but it is an MP4 video."),
    ],
)
def test_documents_and_videos_are_no_problem_unless_they_say_they_are_photos(
    save: Save, name: str, content: bytes, format_name: str, problem: str | None
) -> None:
    seen = inspect(save(name, content))
    assert (seen.format, seen.problem, seen.is_image) == (format_name, problem, False)


@pytest.mark.parametrize(
    ("name", "content"), [("a.png", png_claiming(40000, 40000)), ("a.jpg", jpeg_claiming(40000, 40000))]
)
def test_a_bomb_is_refused_by_its_header(save: Save, name: str, content: bytes) -> None:
    seen = inspect(save(name, content))
    assert seen.problem is not None
    assert seen.problem.startswith("This image claims 40000 \N{MULTIPLICATION SIGN} 40000 pixels (1,600 megapixels);")


def test_a_webp_bomb_is_refused_before_its_canvas_is_made(save: Save) -> None:
    canvas = b"VP8X" + struct.pack("<IB3x", 10, 0) + (16383).to_bytes(3, "little") * 2
    data = b"RIFF" + struct.pack("<I", len(canvas) + 4) + b"WEBP" + canvas
    assert inspect(save("a.webp", data)).problem == "This image claims more pixels than Pruvan Desk opens."


def test_a_picture_of_a_hundred_megapixels_is_none(save: Save) -> None:
    assert inspect(save("a.png", Image.new("1", (10000, 10000)))).problem is None


def test_a_jpeg_of_endless_scans_is_refused(save: Save) -> None:
    buffer = BytesIO()
    Image.new("L", (4000, 4000)).save(buffer, "JPEG", progressive=True)
    data = buffer.getvalue()
    last = data.rindex(b"\xff\xda")
    bomb = data[:last] + data[last:-2] * 400 + data[-2:]
    assert inspect(save("a.jpg", bomb)).problem == "This JPEG image is built so that opening it would take hours."


def test_a_file_that_is_gone_is_called_so(tmp_path: Path) -> None:
    assert inspect(tmp_path / "a.jpg").problem == VANISHED


def test_a_disk_that_refuses_stops_the_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DeskFault, match="Input/output error"):
        inspect(tmp_path / "a.jpg")


@pytest.mark.parametrize("path", shared("gps/*.jpg"), ids=lambda path: path.name)
def test_real_cameras_know_where_they_were(path: Path) -> None:
    seen = inspect(needs(path))
    assert seen.gps_latitude == pytest.approx(43.467, abs=0.01)
    assert seen.gps_longitude == pytest.approx(11.88, abs=0.01)
    assert seen.camera_model == "COOLPIX P6000"


@pytest.mark.parametrize(
    "path", shared("exif/*.jpg", "broken/*.jpg", "orientation/*.jpg", "hdr/*.jpg"), ids=lambda path: path.name
)
def test_real_files_have_no_problem(path: Path) -> None:
    seen = inspect(needs(path))
    assert (seen.format, seen.problem) == ("JPEG", None)


def test_a_heic_tells_all_it_knows() -> None:
    seen = inspect(needs(SHARED_PHOTOS / "heic" / "IMG_5195.HEIC"))
    assert (seen.format, seen.width, seen.height, seen.orientation) == ("HEIC", 2566, 3313, 1)
    assert seen.taken_at == datetime(2021, 4, 11, 20, 47, 53, tzinfo=UTC)
    assert seen.camera_model == "iPhone 11 Pro Max"


def test_a_heic_named_jpg_is_told_and_shown(tmp_path: Path) -> None:
    original = needs(SHARED_PHOTOS / "heic" / "IMG_5195.HEIC")
    path = tmp_path / "IMG_5195.jpg"
    path.write_bytes(original.read_bytes())
    assert inspect(path).problem == "This file is named .jpg, but it is a HEIC image."
