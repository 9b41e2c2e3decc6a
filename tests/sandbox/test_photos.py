"""Photographs look and weigh like photographs."""

import hashlib
import io
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from PIL import Image, ImageFilter, ImageOps, ImageStat

from pruvan_desk.core.errors import UsageError
from pruvan_desk.sandbox.photos import SIZE, Shot, draw_photo, photos_from

TAKEN = datetime(2026, 11, 20, 9, 30, 5, tzinfo=timezone(timedelta(hours=-5)))
SHOT = Shot("Grass Cut", "before", "1847 Old Mill Rd, Dayton, OH 45405", (39.7922, -84.2131), TAKEN, 0)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("task", ["Grass Cut", "Lock Change", "Winterization", "Debris Removal", "Inspection", "Bid"])
def test_a_photo_is_a_large_jpeg(task):
    photo = draw_photo(replace(SHOT, task=task))
    image = opened(photo.data)
    assert image.format == "JPEG"
    assert (max(image.size), min(image.size)) == SIZE
    assert 150_000 <= len(photo.data) <= 600_000
    assert photo.sha256 == hashlib.sha256(photo.data).hexdigest()


def test_the_same_shot_gives_the_same_bytes():
    assert draw_photo(SHOT).data == draw_photo(SHOT).data


def test_no_two_photos_are_the_same():
    pixels = {
        hashlib.sha256(opened(draw_photo(replace(SHOT, seed=n * 8)).data).tobytes()).hexdigest() for n in range(20)
    }
    assert len(pixels) == 20


def test_the_orientations_take_turns_and_all_stand_upright():
    tags, strips = [], []
    for seed in range(8):
        image = opened(draw_photo(replace(SHOT, seed=seed)).data)
        tags.append(image.getexif()[0x0112])
        upright = ImageOps.exif_transpose(image)
        assert upright.size == SIZE
        caption = upright.crop((0, SIZE[1] - 96, 700, SIZE[1]))
        strips.append(ImageStat.Stat(caption.resize((70, 10))))
        assert ImageStat.Stat(caption).mean[0] < 70 < ImageStat.Stat(upright.crop((0, 0, 1600, 200))).mean[2]
    assert tags == [1, 2, 3, 4, 5, 6, 7, 8]
    assert max(strip.mean[0] for strip in strips) - min(strip.mean[0] for strip in strips) < 5


def test_a_mirrored_photo_is_mirrored_back():
    caption = (0, SIZE[1] - 96, SIZE[0], SIZE[1])
    views = [
        ImageOps.exif_transpose(opened(draw_photo(replace(SHOT, seed=seed)).data)).crop(caption) for seed in range(8)
    ]
    first = views[0].convert("L")
    for view in views[1:]:
        difference = ImageStat.Stat(Image.blend(first, ImageOps.invert(view.convert("L")), 0.5)).stddev[0]
        assert difference < 6  # the same words in the same place


def test_tall_grass_is_rougher_than_a_mown_lawn():
    before, after = (
        roughness(draw_photo(replace(SHOT, evidence_type=evidence)).data) for evidence in ("before", "after")
    )
    assert before > 1.5 * after


def roughness(data: bytes) -> float:
    """How much neighbouring pixels differ in the foreground."""
    lawn = ImageOps.exif_transpose(opened(data)).convert("L").crop((0, 960, 600, 1090))
    return ImageStat.Stat(lawn.filter(ImageFilter.FIND_EDGES)).mean[0]


def test_exif_says_when_where_and_with_what():
    photo = draw_photo(SHOT)
    exif = opened(photo.data).getexif()
    details, gps = exif.get_ifd(0x8769), exif.get_ifd(0x8825)
    assert details[0x9003] == "2026:11:20 09:30:05"
    assert details[0x9011] == "-05:00"
    assert exif[0x010F]
    assert exif[0x0110]
    assert (gps[1], gps[3]) == ("N", "W")
    latitude = sum(float(part) / 60**n for n, part in enumerate(gps[2]))
    longitude = -sum(float(part) / 60**n for n, part in enumerate(gps[4]))
    assert (latitude, longitude) == pytest.approx(photo.position, abs=1e-6)


def test_phones_are_near_the_property_but_for_a_few():
    near = [abs(draw_position(seed)[0] - SHOT.position[0]) < 0.001 for seed in range(0, 640, 16)]
    assert sum(near) / len(near) >= 0.8


def draw_position(seed: int) -> tuple[float, float]:
    position = draw_photo(replace(SHOT, seed=seed)).position
    assert position is not None
    return position


def test_without_a_known_property_there_is_no_position():
    photo = draw_photo(replace(SHOT, position=None))
    assert photo.position is None
    assert not opened(photo.data).getexif().get_ifd(0x8825)


def test_files_from_a_folder_keep_their_bytes(tmp_path):
    (tmp_path / "deep").mkdir()
    files = {tmp_path / "a.JPG": b"one", tmp_path / "deep" / "b.heic": b"two", tmp_path / "notes.txt": b"no photo"}
    for path, data in files.items():
        path.write_bytes(data)
    source = photos_from(tmp_path)
    photos = [source.take(replace(SHOT, seed=seed)) for seed in range(4)]
    assert [(photo.extension, photo.data) for photo in photos] == [("jpg", b"one"), ("heic", b"two")] * 2


def test_a_folder_without_photos_is_said_so(tmp_path):
    with pytest.raises(UsageError, match="no photos"):
        photos_from(tmp_path)
