"""Quality hints as the engine finds them, on real pictures, after their thumbnails are there."""

import io
import random
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from pruvan_desk.domain.annotations import Mark, MarkKind, annotations_text
from pruvan_desk.domain.hints import Hint
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.imaging import measures
from pruvan_desk.operations import likeness
from pruvan_desk.operations.annotating import annotate_item
from pruvan_desk.operations.qa import publish_items
from pruvan_desk.store.models import Item, PhotoMeasures
from pruvan_desk.store.thumbnails import ThumbnailCache
from pruvan_desk.store.views.hints import hint_words
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, wait_until


def front(seed: int) -> Image.Image:
    """A picture unlike that of any other seed."""
    source = random.Random(seed)
    small = Image.frombytes("RGB", (24, 18), source.randbytes(24 * 18 * 3))
    image = small.resize((480, 360), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(60):
        x, y = source.randrange(480), source.randrange(360)
        draw.rectangle((x, y, x + 30, y + 20), outline=(source.randrange(256),) * 3)
    return image


def jpeg(image: Image.Image, quality: int = 88) -> bytes:
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Acme", "Field 3"
    image.save(buffer, "JPEG", quality=quality, exif=exif)
    return buffer.getvalue()


@pytest.fixture
def office(desk: Desk) -> Desk:
    desk.project(desk.field_office())
    return desk


def photo(desk: Desk, image: Image.Image | bytes, **values: Any) -> int:
    given = {"inspected": False, "hinted": False, "image_format": "", "project_id": 1} | values
    data = image if isinstance(image, bytes) else jpeg(image)
    return desk.photo(given.pop("project_id"), data=data, **given)


def hinted(desk: Desk, item_id: int) -> Item:
    return wait_until("the hints", lambda: (item := desk.get(Item, item_id)).hinted and item)


def words(desk: Desk, item_id: int) -> list[str]:
    with desk.database.read() as session:
        return [hint.words for hint in hint_words(session, item_id)]


def test_a_blurred_photo_is_marked_and_a_sharp_one_is_not(office: Desk) -> None:
    sharp = photo(office, front(1))
    blurred = photo(office, front(2).filter(ImageFilter.GaussianBlur(5)))
    with RunningEngine(office):
        assert hinted(office, sharp).hints is None
        assert list(hinted(office, blurred).hints or {}) == [Hint.BLURRED]
    assert hinted(office, sharp).camera == "Acme Field 3"


def test_a_photo_of_another_property_used_again_names_it_and_both_are_marked(office: Desk) -> None:
    elsewhere = office.project(1, "4712")
    first = photo(office, front(3), project_id=elsewhere, file_name="first.jpg")
    own = photo(office, jpeg(front(3), 87), file_name="own.jpg")
    copy = photo(office, jpeg(ImageOps.mirror(front(3)).resize((400, 300))), file_name="copy.jpg")
    with RunningEngine(office):
        assert hinted(office, copy).hints == {Hint.DUPLICATE: first}
        assert hinted(office, first).hints == {Hint.DUPLICATE: own}
    assert words(office, copy) == ["Looks like first.jpg of AFS::4712, another project (Grass Cut, Before)"]
    assert words(office, first) == ["Looks like own.jpg of AFS::4711, another project (Grass Cut, Before)"]


def test_a_photo_of_another_property_is_found_when_its_edges_were_cut_away(office: Desk) -> None:
    elsewhere = office.project(1, "4712")
    whole = front(30)
    first = photo(office, whole, project_id=elsewhere, file_name="first.jpg")
    cut = photo(office, jpeg(whole.crop((60, 30, 440, 320)), 70), file_name="cut.jpg")
    mirrored = photo(office, jpeg(ImageOps.mirror(whole.crop((0, 0, 400, 300)))), file_name="mirrored.jpg")
    other = photo(office, front(31))
    with RunningEngine(office):
        assert hinted(office, cut).hints == {Hint.DUPLICATE: first}
        assert hinted(office, mirrored).hints == {Hint.DUPLICATE: first}
        assert hinted(office, other).hints is None


def test_a_photo_that_came_before_the_one_it_was_cut_from_is_marked_as_well(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likeness, "AT_ONCE", 1)  # a later engine reads what is known in parts
    photo(office, front(33))
    cut = photo(office, front(32).crop((40, 20, 450, 330)))
    with RunningEngine(office):
        assert hinted(office, cut).hints is None
    whole = photo(office, front(32), project_id=office.project(1, "4712"))
    with RunningEngine(office):
        assert hinted(office, whole).hints == {Hint.DUPLICATE: cut}
        assert hinted(office, cut).hints == {Hint.DUPLICATE: whole}


def test_the_same_file_twice_is_a_near_duplicate_measured_once(office: Desk) -> None:
    first, second = photo(office, front(4), file_name="one.jpg"), photo(office, front(4))
    with RunningEngine(office):
        assert hinted(office, second).hints == {Hint.DUPLICATE: first}
    assert len(office.all(PhotoMeasures)) == 1
    assert words(office, second) == ["Looks like one.jpg of this project (Grass Cut, Before)"]


def test_what_an_item_replaces_is_not_its_duplicate_and_neither_is_what_was_deleted(office: Desk) -> None:
    first = photo(office, front(5))
    replacing = photo(office, jpeg(front(5), 80), parent_uuid=office.get(Item, first).uuid)
    deleted = photo(office, front(6), state=ItemState.DELETED)
    again = photo(office, jpeg(front(6), 80))
    with RunningEngine(office):
        assert hinted(office, again).hints is None
        assert hinted(office, replacing).hints is None
        assert hinted(office, deleted).hints == {Hint.DUPLICATE: again}


def test_an_annotated_copy_is_no_duplicate_of_its_original_and_of_no_other(office: Desk) -> None:
    original = photo(office, front(7), state=ItemState.PASSED)
    annotate_item(office.database, original, annotations_text([Mark(MarkKind.BLUR, 0, 0, 1, 1)]), WHO)
    publish_items(office.database, [original], WHO, copies=[original])
    copy = office.all(Item)[-1].id
    office.change(Item, copy, hinted=False)
    with RunningEngine(office):
        assert [hinted(office, each).hints for each in (original, copy)] == [None, None]
        again = photo(office, jpeg(front(7), 80))
        assert hinted(office, again).hints == {Hint.DUPLICATE: original}


def test_photos_of_before_there_were_hints_are_looked_at_by_their_thumbnails(office: Desk) -> None:
    item_id = photo(office, b"\xff\xd8 the original is not needed", inspected=True, image_format="JPEG")
    sha256 = office.get(Item, item_id).sha256 or ""
    cache = ThumbnailCache(office.folder.thumbnails)
    cache.put({(sha256, 512): jpeg(front(7).filter(ImageFilter.GaussianBlur(5)))})
    cache.close()
    with RunningEngine(office):
        assert list(hinted(office, item_id).hints or {}) == [Hint.BLURRED]


def test_a_thumbnail_that_the_cache_has_lost_is_made_again(office: Desk) -> None:
    item_id = photo(office, front(8), inspected=True, image_format="JPEG")
    with RunningEngine(office):
        hinted(office, item_id)
    cache = ThumbnailCache(office.folder.thumbnails)
    assert cache.get(office.get(Item, item_id).sha256 or "", 256)
    cache.close()


def test_what_is_no_picture_has_no_hints(office: Desk) -> None:
    broken, document = photo(office, b"\xff\xd8 broken"), photo(office, b"%PDF-1.7 a report")
    with RunningEngine(office):
        assert (hinted(office, broken).hints, hinted(office, document).hints) == (None, None)
    assert office.all(PhotoMeasures) == []


def test_a_camera_clock_without_a_zone_is_shown_in_the_offices_and_certifies_nothing(office: Desk) -> None:
    office.set("office_zone", "America/Chicago")
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:06:15 09:30:00"
    buffer = io.BytesIO()
    front(9).save(buffer, "JPEG", exif=exif)
    item_id = photo(office, buffer.getvalue())
    with RunningEngine(office):
        hinted(office, item_id)
    item = office.get(Item, item_id)
    assert item.taken_at is not None
    assert (item.taken_at.isoformat(), item.zone_assumed) == ("2026-06-15T14:30:00+00:00", True)


@pytest.mark.logs("bug while looking for hints")
def test_a_photo_that_meets_a_bug_holds_up_no_other(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    bug, fine = photo(office, front(20)), photo(office, front(21).filter(ImageFilter.GaussianBlur(5)))
    calls: list[bytes] = []

    def stumble(jpeg: bytes) -> measures.Measured:
        calls.append(jpeg)
        if len(calls) == 1:
            raise ZeroDivisionError
        return measures_of(jpeg)

    measures_of = measures.measure
    monkeypatch.setattr(measures, "measure", stumble)
    with RunningEngine(office):
        assert list(hinted(office, fine).hints or {}) == [Hint.BLURRED]
        assert hinted(office, bug).hints is None
