"""Whatever bytes arrive: an answer in words, no crash, no warning, and the original still goes out."""

import tempfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.conftest import SHARED_PHOTOS, exif_with, gps, needs, quarters, swapped_profile
from pruvan_desk.imaging.exif import read_exif
from pruvan_desk.imaging.rendition import rendition
from pruvan_desk.imaging.thumbnails import Examined, examine
from pruvan_desk.imaging.tiff import TiffError, with_orientation

EXIF = exif_with(
    orientation=6, taken="2026:11:20 14:05:06", offset="-05:00", gps=gps((39.0, 3.0, 4.0), (94.0, 1.0, 2.0))
)
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF")


def sample(format_name: str) -> bytes:
    buffer = BytesIO()
    options = {} if format_name in {"GIF", "BMP"} else {"exif": EXIF, "icc_profile": swapped_profile()}
    quarters().save(buffer, format_name, **options)
    return buffer.getvalue()


SAMPLES = {format_name: sample(format_name) for format_name in FORMATS}
DAMAGE = st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=4)), max_size=6)


def damaged(data: bytes, damage: list[tuple[float, bytes]], keep: float) -> bytes:
    changed = bytearray(data)
    for where, what in damage:
        at = int(where * len(changed))
        changed[at : at + len(what)] = what
    return bytes(changed[: int(keep * len(changed))])


def examine_bytes(data: bytes) -> Examined:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        path.write_bytes(data)
        found = examine(path)
        for rotation in (0, 90):
            assert rendition(path, found.inspection.format, rotation).size > 0 or not data
    return found


@pytest.mark.parametrize("format_name", FORMATS)
@given(damage=DAMAGE, keep=st.floats(0, 1) | st.just(1.0))
@settings(max_examples=60, deadline=None)
def test_damage_anywhere_is_a_sentence_never_a_crash(
    format_name: str, damage: list[tuple[float, bytes]], keep: float
) -> None:
    found = examine_bytes(damaged(SAMPLES[format_name], damage, keep))
    assert found.thumbnails or found.inspection.problem


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_sentence(data: bytes) -> None:
    assert examine_bytes(data).inspection.problem


@given(damage=DAMAGE, keep=st.floats(0, 1), order=st.sampled_from([b"II*\0", b"MM\0*"]))
@settings(max_examples=300, deadline=None)
def test_damaged_exif_is_read_as_far_as_it_goes(damage: list[tuple[float, bytes]], keep: float, order: bytes) -> None:
    block = order + damaged(EXIF.tobytes()[6:], damage, keep)[4:]
    facts = read_exif(block)
    assert 1 <= facts.orientation <= 8
    assert facts.gps_latitude is None or -90 <= facts.gps_latitude <= 90
    try:
        turned = with_orientation(block, 8)
    except TiffError:
        return
    assert read_exif(turned).orientation == 8
    assert read_exif(turned).gps_latitude == facts.gps_latitude


@given(damage=DAMAGE, keep=st.floats(0, 1))
@settings(max_examples=15, deadline=None)
def test_a_damaged_heic_is_a_sentence(damage: list[tuple[float, bytes]], keep: float) -> None:
    data = needs(SHARED_PHOTOS / "heic" / "IMG_5195.HEIC").read_bytes()
    found = examine_bytes(damaged(data[:4000], damage, 1.0) + data[4000 : int(keep * len(data))])
    assert found.thumbnails or found.inspection.problem
