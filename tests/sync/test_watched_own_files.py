"""What Desk itself has sent or handed out is no new evidence when it turns up in a watch folder."""

import zipfile

import pytest

from pruvan_desk.domain.annotations import Mark, MarkKind, annotations_text
from pruvan_desk.domain.destinations import DOWNLOADER
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.annotating import annotate_item
from pruvan_desk.operations.handing_out import record_handed_out
from pruvan_desk.operations.qa import publish_items, rotate_items
from pruvan_desk.reports.zip_export import export_of_items, write_zip
from pruvan_desk.store.models import HandedOut, Item, RelayJob
from sync.conftest import RunningEngine
from sync.desk import WHO, small_jpeg
from sync.watched import PLACE

BLUR = annotations_text([Mark(MarkKind.BLUR, 0, 0, 1, 1)])


@pytest.fixture
def turned(desk, watched):
    """A photo that the office has turned, so that what goes out of it are other bytes."""
    item = desk.photo(desk.numbered("4711").id, ItemState.PASSED, small_jpeg(1))
    rotate_items(desk.database, [item], 90, WHO)
    return item


def came_in(desk, watched, data: bytes) -> dict[str, str]:
    before = len(desk.all(Item))
    watched.put(f"{PLACE}/back again.jpg", data)
    watched.settle()
    assert len(desk.all(Item)) == before
    return watched.outcomes()


def test_what_the_downloader_put_into_its_folders_is_known_without_details(desk, watched, turned):
    publish_items(desk.database, [turned], WHO, DOWNLOADER)
    with RunningEngine(desk):
        desk.wait_for(published=1)
    (job,) = desk.all(RelayJob)
    data = (desk.folder.root / "Downloader" / job.place).read_bytes()
    assert data != small_jpeg(1)
    assert came_in(desk, watched, data) == {"back again.jpg": "known"}


def zipped(desk, tmp_path, item: int) -> bytes:
    with desk.database.read() as session:
        export = export_of_items(session, [item])
    written = write_zip(desk.files, export, tmp_path / "out.zip", lambda *_: None)
    record_handed_out(desk.database, written.made)
    with zipfile.ZipFile(written.path) as archive:
        return archive.read(archive.namelist()[0])


@pytest.mark.parametrize("marked", [False, True], ids=["turned", "blurred"])
def test_what_a_zip_held_is_known(desk, watched, turned, tmp_path, marked):
    if marked:
        annotate_item(desk.database, turned, BLUR, WHO)
    data = zipped(desk, tmp_path, turned)
    assert data != small_jpeg(1)
    assert came_in(desk, watched, data) == {"back again.jpg": "known"}


def test_the_same_zip_twice_is_noted_once_and_an_original_not_at_all(desk, watched, turned, tmp_path):
    plain = desk.photo(desk.numbered("4711").id, ItemState.PASSED, small_jpeg(2))
    for item in (turned, turned, plain):
        zipped(desk, tmp_path, item)
    assert [row.item_id for row in desk.all(HandedOut)] == [turned]
