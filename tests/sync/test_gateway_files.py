"""Files that are not what they should be: each is taken, kept as it is, and named as what it is; the good ones go on beside it."""

import hashlib
import io
import random
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image

from pruvan_desk.core.errors import DeskFault
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.imaging.thumbnails import Examined
from pruvan_desk.store.models import Item, StoredFile
from pruvan_desk.store.thumbnails import ThumbnailCache
from pruvan_desk.sync import inspector
from sync.conftest import RunningEngine
from sync.desk import Desk, FieldCaller, small_jpeg, wait_until

SHARED_PHOTOS = Path(__file__).parents[2].parent / "shared" / "photos"


def big_jpeg() -> bytes:
    """A JPEG large enough to be cut in its pixels."""
    buffer = io.BytesIO()
    Image.frombytes("RGB", (320, 240), random.Random(1).randbytes(320 * 240 * 3)).save(buffer, "JPEG")
    return buffer.getvalue()


def pixel_bomb() -> bytes:
    """A small PNG that says it is 50,000 by 50,000 pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(10_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


class Odd(NamedTuple):
    """A file, what is said of it, and whether there is something to show."""

    name: str
    data: bytes
    words: str
    shown: bool


ODD_FILES = {
    "empty": Odd("a.jpg", b"", "This file is empty", False),
    "truncated": Odd("a.jpg", big_jpeg()[:30_000], "was cut short", True),
    "a header only": Odd("a.jpg", big_jpeg()[:100], "", False),
    "text": Odd("a.jpg", b"It was raining, so there is no photo.", "This file is not an image", False),
    "noise": Odd("a.jpg", random.Random(1).randbytes(5000), "This file is not an image", False),
    "a document": Odd("a.jpg", b"%PDF-1.7 the receipt", "This file is named .jpg, but it is a PDF document.", False),
    "mislabelled": Odd("a.png", small_jpeg(7), "This file is named .png, but it is a JPEG image.", True),
    "a pixel bomb": Odd("a.png", pixel_bomb(), "2,500 megapixels", False),
    "a broken HEIC": Odd("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), "", False),
}


@pytest.fixture
def thumbnails(desk: Desk) -> Iterator[ThumbnailCache]:
    """The office's thumbnails."""
    cache = ThumbnailCache(desk.folder.thumbnails)
    yield cache
    cache.close()


@pytest.mark.parametrize("file", ODD_FILES.values(), ids=ODD_FILES)
def test_an_odd_file_is_kept_named_and_harms_no_other(
    field: FieldCaller, desk: Desk, thumbnails: ThumbnailCache, file: Odd
) -> None:
    for uuid, sent in (("good 1", small_jpeg(1)), ("odd", file.data), ("good 2", small_jpeg(2))):
        assert field.send(uuid, sent, file.name if uuid == "odd" else "good.jpg").json() == {
            "error": "",
            "status": True,
        }
    odd, good = desk.inspected("odd"), [desk.inspected("good 1"), desk.inspected("good 2")]
    assert odd.sha256 == hashlib.sha256(file.data).hexdigest()
    assert desk.files.path(odd.sha256, odd.extension).read_bytes() == file.data
    assert desk.get(StoredFile, odd.sha256).size == len(file.data)
    assert file.words in odd.problem
    assert odd.problem.endswith((".", "!"))
    assert [item.problem for item in good] == ["", ""]
    assert desk.states() == {ItemState.PENDING_QA: 3}
    made = {
        item.uuid: [thumbnails.get(item.sha256 or "", edge) is not None for edge in (256, 512)] for item in (odd, *good)
    }
    assert made == {"odd": [file.shown, file.shown], "good 1": [True, True], "good 2": [True, True]}


def test_a_photo_without_its_file_is_kept_and_says_so(field: FieldCaller, desk: Desk) -> None:
    assert field.send("item-1", None).json() == {"error": "", "status": True}
    assert desk.item("item-1").problem == "No file came with it."


@pytest.mark.parametrize("path", sorted(SHARED_PHOTOS.glob("heic/*")) or [SHARED_PHOTOS / "heic"], ids=lambda p: p.name)
def test_a_heic_is_kept_as_it_is_and_can_be_seen(
    field: FieldCaller, desk: Desk, thumbnails: ThumbnailCache, path: Path
) -> None:
    if not path.is_file():
        pytest.skip(f"{path} is not on this machine")
    field.send("item-1", path.read_bytes(), path.name)
    item = desk.inspected("item-1")
    assert (item.image_format, item.problem, item.extension) == ("HEIC", "", "heic")
    assert item.width is not None
    assert item.width > 1000
    assert desk.files.path(item.sha256 or "", "heic").read_bytes() == path.read_bytes()
    thumbnail = thumbnails.get(item.sha256 or "", 512)
    assert thumbnail is not None
    assert max(Image.open(io.BytesIO(thumbnail)).size) == 512


@pytest.mark.parametrize("path", sorted(SHARED_PHOTOS.glob("broken/*")) or [SHARED_PHOTOS / "x"], ids=lambda p: p.name)
def test_a_real_broken_photo_is_kept_as_it_is(field: FieldCaller, desk: Desk, path: Path) -> None:
    if not path.is_file():
        pytest.skip(f"{path} is not on this machine")
    field.send("item-1", path.read_bytes(), path.name)
    item = desk.inspected("item-1")
    assert desk.files.path(item.sha256 or "", item.extension).read_bytes() == path.read_bytes()
    assert item.image_format == "JPEG"


def test_what_the_phone_says_comes_before_what_the_file_says(field: FieldCaller, desk: Desk) -> None:
    """The file's own place and time fill in what the phone left out."""
    said = {"gpsLatitude": 39.5, "gpsLongitude": -84.25, "timestamp": 1_780_000_000}
    field.send("told", photo_with_place(), **said)
    field.send("silent", photo_with_place())
    told, silent = desk.inspected("told"), desk.inspected("silent")
    assert (told.latitude, told.longitude) == (39.5, -84.25)
    assert told.taken_at is not None
    assert told.taken_at.timestamp() == 1_780_000_000
    assert (silent.latitude, silent.longitude) == (pytest.approx(41.5), pytest.approx(-87.25))
    assert silent.taken_at is not None
    assert silent.taken_at.isoformat() == "2026-11-20T20:30:00+00:00"


def photo_with_place() -> bytes:
    exif = Image.Exif()
    details, gps = exif.get_ifd(0x8769), exif.get_ifd(0x8825)
    details[0x9003], details[0x9011] = "2026:11:20 14:30:00", "-06:00"
    gps.update({1: "N", 2: (41.0, 30.0, 0.0), 3: "W", 4: (87.0, 15.0, 0.0)})
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30)).save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def test_what_a_crash_left_uninspected_is_looked_into_at_the_next_start(desk: Desk) -> None:
    project_id = desk.project(desk.field_office())
    item_id = desk.photo(project_id, data=small_jpeg(1), inspected=False, image_format="")
    (desk.folder.photos / "incoming-left").write_bytes(b"half a photo")
    with RunningEngine(desk):
        assert desk.inspected("photo-1").image_format == "JPEG"
    assert desk.get(Item, item_id).width == 64
    assert not [name for name in desk.files_on_disk() if name.startswith("incoming-")]


@pytest.mark.logs("bug while inspecting")
def test_a_file_that_the_disk_refuses_and_one_that_meets_a_bug_hold_up_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    project_id = desk.project(desk.field_office())
    for seed in range(4):
        desk.photo(project_id, data=small_jpeg(seed), inspected=False)
    refused, bug = desk.files.path(desk.item("photo-1").sha256 or "", "jpg"), desk.item("photo-2").sha256
    monkeypatch.setattr(inspector, "IDLE_SECONDS", 0.05)
    look = inspector.examine

    def examine(path: Path) -> Examined:
        if path == refused:
            raise DeskFault(f"The disk refused {path}: Input/output error.", "Check the disk.")
        if path.stem == bug:
            raise ZeroDivisionError
        return look(path)

    with monkeypatch.context() as trouble, RunningEngine(desk):
        trouble.setattr(inspector, "examine", examine)
        assert [desk.inspected(f"photo-{number}").problem for number in (3, 4)] == ["", ""]
        assert "Pruvan Desk could not look into this file." in desk.inspected("photo-2").problem
        alert = wait_until("the alert", lambda: desk.alerts().get("inspection"))
        assert not desk.item("photo-1").inspected
        trouble.undo()
        assert desk.inspected("photo-1").problem == ""
        wait_until("the end of the alert", lambda: not desk.alerts())
    assert "Input/output error" in alert.title
    assert alert.times == 1
