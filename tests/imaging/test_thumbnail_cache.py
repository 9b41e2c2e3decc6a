"""The thumbnail cache: quick to ask, shared by two processes, and never in the way when its file is damaged."""

import hashlib
import multiprocessing
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pruvan_desk.core.errors import DeskFault
from pruvan_desk.store.thumbnails import ThumbnailCache

SHA = hashlib.sha256(b"photo").hexdigest()
OTHER = hashlib.sha256(b"other").hexdigest()


def number(index: int) -> str:
    return hashlib.sha256(str(index).encode()).hexdigest()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "thumbnails.db"


@pytest.fixture
def cache(path: Path) -> Iterator[ThumbnailCache]:
    cache = ThumbnailCache(path)
    yield cache
    cache.close()


def test_what_was_put_is_got_by_edge(cache: ThumbnailCache) -> None:
    cache.put({(SHA, 256): b"small", (SHA, 512): b"large"})
    assert cache.get(SHA, 256) == b"small"
    assert cache.get(SHA, 512) == b"large"
    assert cache.get(SHA, 128) is None
    assert cache.get(OTHER, 256) is None


def test_the_hash_may_be_hex_or_bytes(cache: ThumbnailCache) -> None:
    cache.put({(bytes.fromhex(SHA), 256): b"small"})
    assert cache.get(SHA, 256) == b"small"
    assert cache.get_many([bytes.fromhex(SHA), OTHER], 256) == {bytes.fromhex(SHA): b"small"}


def test_a_thumbnail_made_again_replaces_the_first(cache: ThumbnailCache) -> None:
    cache.put({(SHA, 256): b"old"})
    cache.put({(SHA, 256): b"new"})
    assert cache.get(SHA, 256) == b"new"


def test_what_is_missing_is_named(cache: ThumbnailCache) -> None:
    cache.put({(SHA, 256): b"small"})
    assert cache.missing([SHA, OTHER], 256) == [OTHER]
    assert cache.missing([SHA, OTHER], 512) == [SHA, OTHER]


def test_what_is_forgotten_is_gone_in_every_size(cache: ThumbnailCache) -> None:
    cache.put({(SHA, 256): b"small", (SHA, 512): b"large", (OTHER, 256): b"other"})
    cache.remove([SHA])
    assert [cache.get(SHA, 256), cache.get(SHA, 512), cache.get(OTHER, 256)] == [None, None, b"other"]


def test_it_is_there_after_a_restart(cache: ThumbnailCache, path: Path) -> None:
    cache.put({(SHA, 256): b"small"})
    cache.close()
    again = ThumbnailCache(path)
    assert again.get(SHA, 256) == b"small"
    again.close()


@pytest.mark.parametrize(
    "garbage", [b"this is no database at all, just text" * 100, b"SQLite format 3\0" + bytes(9000)]
)
def test_a_file_that_is_no_cache_is_thrown_away(cache: ThumbnailCache, path: Path, garbage: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(garbage)
    assert cache.get(SHA, 256) is None
    cache.put({(SHA, 256): b"small"})
    assert cache.get(SHA, 256) == b"small"
    assert not path.exists()


def test_a_cache_damaged_inside_is_begun_anew(cache: ThumbnailCache, path: Path) -> None:
    cache.put({(number(index), 256): bytes(5000) for index in range(200)})
    cache.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(200)
        file.write(b"\xa5" * (size - 200))
    assert cache.get(number(3), 256) is None
    cache.put({(SHA, 256): b"small"})
    assert cache.get(SHA, 256) == b"small"


def test_another_program_version_begins_its_own(cache: ThumbnailCache, path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    cache.put({(SHA, 256): b"small"})
    assert cache.get(SHA, 256) == b"small"


def test_the_reader_follows_a_writer_that_found_damage(cache: ThumbnailCache, path: Path) -> None:
    cache.put({(OTHER, 256): b"other"})
    assert cache.get(OTHER, 256) == b"other"
    writer = ThumbnailCache(path)
    writer._lowest = 2  # what it learns when the first file fails it
    writer.put({(SHA, 256): b"small"})
    assert cache.get(SHA, 256) == b"small"
    assert cache.missing([SHA, OTHER], 256) == [OTHER]
    cache.put({(OTHER, 256): b"other again"})
    assert writer.get(OTHER, 256) == b"other again"
    writer.close()


def test_a_place_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = ThumbnailCache(tmp_path / "file" / "thumbnails.db")
    with pytest.raises(DeskFault, match="thumbnail cache"):
        cache.get(SHA, 256)


def test_threads_share_a_cache(cache: ThumbnailCache) -> None:
    def work(start: int) -> None:
        for index in range(start, start + 50):
            cache.put({(number(index), 256): str(index).encode()})
            assert cache.get(number(index), 256) == str(index).encode()

    threads = [threading.Thread(target=work, args=(start,)) for start in range(0, 200, 50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.missing([number(index) for index in range(200)], 256) == []


def write_many(path: Path, ready: "multiprocessing.synchronize.Barrier", start: int) -> None:
    ready.wait()
    cache = ThumbnailCache(path)
    for index in range(start, start + 40):
        cache.put({(number(index), 256): bytes(8000)})
    cache.close()


def test_processes_begin_a_cache_together_and_lose_nothing(cache: ThumbnailCache, path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Barrier(3)
    writers = [spawn.Process(target=write_many, args=(path, ready, start)) for start in (0, 40)]
    for writer in writers:
        writer.start()
    ready.wait(60)
    while any(writer.is_alive() for writer in writers):
        cache.get_many([number(index) for index in range(80)], 256)
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert cache.missing([number(index) for index in range(80)], 256) == []
