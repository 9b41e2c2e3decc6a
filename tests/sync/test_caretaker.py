"""Originals that vanish and come back, and thumbnails that are lost, while nobody looks."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.imaging.formats import VANISHED
from pruvan_desk.operations.originals import look_after
from pruvan_desk.operations.trash import delete_items
from pruvan_desk.store.models import Item
from pruvan_desk.store.thumbnails import ThumbnailCache
from pruvan_desk.sync import caretaker
from sync.conftest import RunningEngine
from sync.desk import Desk, small_jpeg, wait_until


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caretaker, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(caretaker, "EVERY_SECONDS", 0.05)
    monkeypatch.setattr(caretaker, "AT_ONCE", 2)


def file_of(desk: Desk, item_id: int) -> Path:
    item = desk.get(Item, item_id)
    return desk.files.path(item.sha256 or "", item.extension)


@pytest.fixture
def photos(desk: Desk) -> list[int]:
    project_id = desk.project(desk.field_office())
    return [desk.photo(project_id, data=small_jpeg(seed), inspected=False) for seed in range(5)]


def test_a_file_that_vanished_is_named_on_its_item_and_no_more_when_it_is_back(desk: Desk, photos: list[int]) -> None:
    with RunningEngine(desk):
        wait_until("the inspection", lambda: all(desk.get(Item, photo).inspected for photo in photos))
        path = file_of(desk, photos[3])
        data = path.read_bytes()
        path.unlink()
        wait_until("its name", lambda: desk.get(Item, photos[3]).problem == VANISHED)
        path.write_bytes(data)
        wait_until("its end", lambda: desk.get(Item, photos[3]).problem == "" and desk.get(Item, photos[3]).inspected)
    assert [desk.get(Item, photo).problem for photo in photos] == [""] * 5


def test_thumbnails_that_are_lost_are_made_again(desk: Desk, photos: list[int]) -> None:
    with RunningEngine(desk):
        wait_until("the inspection", lambda: all(desk.get(Item, photo).inspected for photo in photos))
    cache = ThumbnailCache(desk.folder.thumbnails)
    lost = [desk.get(Item, photo).sha256 or "" for photo in photos[:3]]
    cache.remove(lost)
    with RunningEngine(desk):
        wait_until("the thumbnails", lambda: not cache.missing(lost, 256))
    cache.close()


def test_what_was_deleted_long_ago_loses_its_file(desk: Desk, photos: list[int]) -> None:
    delete_items(desk.database, photos[:2], "ana")
    desk.change(Item, photos[0], deleted_at=datetime.now(UTC) - timedelta(days=31))
    paths = [file_of(desk, photo) for photo in photos]
    for path in paths:
        os.utime(path, (0, 0))
    with RunningEngine(desk):
        wait_until("its removal", lambda: not paths[0].exists())
        wait_until("the inspection", lambda: all(desk.get(Item, photo).inspected for photo in photos[2:]))
    assert [path.exists() for path in paths] == [False, True, True, True, True]
    assert desk.get(Item, photos[0]).state == ItemState.DELETED


def test_what_is_in_order_is_left_alone_and_the_end_is_found(desk: Desk, photos: list[int]) -> None:
    with RunningEngine(desk):
        wait_until("the inspection", lambda: all(desk.get(Item, photo).inspected for photo in photos))
    cache = ThumbnailCache(desk.folder.thumbnails)
    found = look_after(desk.database, desk.files, cache, 0, 100)
    assert found is not None
    assert (found.vanished, found.anew, found.last) == ([], [], photos[-1])
    assert look_after(desk.database, desk.files, cache, found.last, 100) is None
    cache.close()
