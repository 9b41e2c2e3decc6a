"""The originals: each stored once under its SHA-256, durable before it is named, and never changed."""

import errno
import hashlib
import os
import stat
import threading
import time
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.core.errors import DeskFault, ItemError
from pruvan_desk.store import files as store_files
from pruvan_desk.store.files import PhotoFiles, file_sha256, replace_file, safe_extension

PHOTO = b"\xff\xd8 a photo \xff\xd9" * 1000
SHA256 = hashlib.sha256(PHOTO).hexdigest()


def arrive(files: PhotoFiles, data: bytes = PHOTO, chunk: int = 1000):
    incoming = files.incoming()
    for start in range(0, len(data), chunk):
        incoming.write(data[start : start + chunk])
    return incoming


def on_disk(files: PhotoFiles) -> list[str]:
    return sorted(path.name for path in files.root.rglob("*") if path.is_file())


def test_an_original_lies_under_its_hash(files):
    path = files.keep(arrive(files), "jpg")
    assert path == files.root / SHA256[:2] / SHA256[2:4] / f"{SHA256}.jpg"
    assert path.read_bytes() == PHOTO
    assert on_disk(files) == [f"{SHA256}.jpg"]


def test_what_arrives_is_hashed_and_counted_on_the_way(files):
    incoming = arrive(files, chunk=7)
    assert (incoming.sha256, incoming.size) == (SHA256, len(PHOTO))
    assert file_sha256(files.keep(incoming, "jpg")) == SHA256


def test_an_empty_file_is_kept_too(files):
    assert files.keep(arrive(files, b""), "jpg").read_bytes() == b""


@pytest.mark.skipif(os.name == "nt", reason="Windows makes a rename durable by itself")
def test_bytes_are_on_the_disk_before_they_have_their_name_and_the_name_before_it_is_told(files, monkeypatch):
    steps = []
    fsync = os.fsync

    def watched_fsync(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "bytes")
        fsync(handle)

    def watched_replace(source, target) -> None:
        steps.append("name")
        source.replace(target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr("pruvan_desk.store.files.replace_file", watched_replace)
    files.keep(arrive(files), "jpg")
    assert steps == ["bytes", "name", "folder", "folder", "folder"]


def test_the_same_bytes_are_kept_once_with_the_extension_they_first_came_with(files):
    first = files.keep(arrive(files), "jpg")
    os.utime(first, (0, 0))
    written = first.stat()
    assert files.keep(arrive(files), "jpg") == first
    assert files.keep(arrive(files), "jpeg") == first
    assert on_disk(files) == [f"{SHA256}.jpg"]
    assert first.stat().st_ino == written.st_ino
    assert first.stat().st_mtime > written.st_mtime  # so that nobody removes what has just come


def test_bytes_that_are_removed_while_they_come_again_are_written_anew(files, monkeypatch):
    first = files.keep(arrive(files), "jpg")
    utime = os.utime

    def remove_first(path) -> None:
        path.unlink()
        utime(path)

    monkeypatch.setattr(os, "utime", remove_first)
    assert files.keep(arrive(files), "jpg") == first
    assert first.read_bytes() == PHOTO


def test_what_is_set_aside_is_found_back_or_gone(files):
    path = files.keep(arrive(files), "jpg")
    with pytest.raises(ItemError, match="just come again"):
        files.set_aside(SHA256, "jpg")
    assert path.exists()
    os.utime(path, (0, 0))
    aside = files.set_aside(SHA256, "jpg")
    assert aside is not None
    assert (files.aside(), list(files.all()), files.find(SHA256)) == ({SHA256: aside}, [], None)
    files.put_back(aside)
    assert path.read_bytes() == PHOTO
    aside = files.set_aside(SHA256, "jpg")
    assert aside is not None
    files.remove(aside)
    assert on_disk(files) == []
    assert files.set_aside(SHA256, "jpg") is None


@pytest.mark.parametrize("extension", ["jpg", "png"])
def test_a_damaged_short_leftover_is_replaced_in_its_place(files, extension):
    path = files.keep(arrive(files), "jpg")
    path.write_bytes(PHOTO[:100])
    assert files.keep(arrive(files), extension) == path
    assert path.read_bytes() == PHOTO
    assert on_disk(files) == [f"{SHA256}.jpg"]


def test_many_threads_keep_the_same_photo_once(files):
    kept, together = [], threading.Barrier(8)

    def keep(number: int) -> None:
        incoming = arrive(files)
        together.wait()
        kept.append(files.keep(incoming, ("jpg", "png")[number % 2]))

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 8
    assert len(set(kept)) == 1
    assert kept[0].read_bytes() == PHOTO
    assert on_disk(files) == [kept[0].name]


def test_what_never_finished_arriving_is_removed_and_originals_stay(files):
    files.keep(arrive(files), "jpg")
    crashed = [arrive(files, b"half"), arrive(files, b"other half")]
    assert files.remove_leftovers() == 2
    assert on_disk(files) == [f"{SHA256}.jpg"]
    for incoming in crashed:
        incoming.discard()


def test_what_somebody_holds_of_it_is_removed_another_time(files, monkeypatch):
    crashed = arrive(files, b"half")

    def held(_path):
        raise PermissionError

    with monkeypatch.context() as scanner:
        scanner.setattr(Path, "unlink", held)
        assert files.remove_leftovers() == 0
    assert files.remove_leftovers() == 1
    crashed.discard()


def test_what_is_thrown_away_leaves_nothing_and_what_was_kept_stays(files):
    incoming = arrive(files)
    path = files.keep(incoming, "jpg")
    incoming.discard()
    other = arrive(files, b"other")
    other.discard()
    other.discard()
    assert path.exists()
    assert on_disk(files) == [path.name]


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "disk is full"), (errno.EDQUOT, "disk is full"), (errno.EIO, "refused")]
)
def test_a_disk_that_cannot_flush_is_a_fault_and_nothing_has_a_name(files, monkeypatch, number, words):
    def refuse(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    incoming = arrive(files)
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", refuse)
        with pytest.raises(DeskFault, match=words) as caught:
            files.keep(incoming, "jpg")
    assert caught.value.advice
    incoming.discard()
    assert on_disk(files) == []


def test_a_full_disk_is_a_fault_when_a_file_begins_to_arrive(files, monkeypatch):
    def refuse(*_given, **_named):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(DeskFault, match="disk is full"):
        files.incoming()


class WatchedPath:
    """A file that a virus scanner holds for some tries."""

    def __init__(self, held: int) -> None:
        self.held = held
        self.tries = 0

    def replace(self, _target: object) -> None:
        self.tries += 1
        if self.tries <= self.held:
            raise PermissionError(errno.EACCES, "sharing violation")


@pytest.mark.parametrize(
    ("system", "held", "tries", "done"), [("nt", 3, 4, True), ("nt", 99, 6, False), ("posix", 1, 1, False)]
)
def test_a_rename_that_windows_refuses_is_tried_again_for_a_moment(monkeypatch, system, held, tries, done):
    waits: list[float] = []
    source = WatchedPath(held)
    with monkeypatch.context() as other:
        other.setattr(os, "name", system)
        other.setattr(time, "sleep", waits.append)
        with nullcontext() if done else pytest.raises(PermissionError):
            replace_file(source, source)
    assert source.tries == tries
    assert (len(waits), sum(waits) < 1) == (tries - 1, True)


class NarrowDisk:
    """A file on a disk that takes some bytes of each write, and then no more."""

    def __init__(self, file, room: int) -> None:
        self._file = file
        self._room = room

    def write(self, data) -> int:
        if not self._room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = self._file.write(bytes(data)[: max(1, min(self._room, len(data) // 2))])
        self._room -= taken
        return taken

    def __getattr__(self, name: str):
        return getattr(self._file, name)


@pytest.fixture
def narrow(monkeypatch):
    fdopen = os.fdopen

    def open_with(room: int) -> None:
        monkeypatch.setattr(os, "fdopen", lambda *given, **named: NarrowDisk(fdopen(*given, **named), room))

    return open_with


def test_a_disk_that_takes_a_part_gets_the_rest_as_well(files, narrow):
    narrow(10**9)
    assert files.keep(arrive(files), "jpg").read_bytes() == PHOTO


def test_a_disk_that_takes_a_part_and_is_full_then_is_a_fault(files, narrow):
    narrow(len(PHOTO) - 10)
    incoming = files.incoming()
    with pytest.raises(DeskFault, match="disk is full"):
        incoming.write(PHOTO)
    incoming.discard()
    assert on_disk(files) == []


def test_an_original_is_read_whole_where_there_is_room_for_it(files):
    files.keep(arrive(files), "jpg")
    place = bytearray(len(PHOTO) + 9)
    assert files.read_into(memoryview(place), SHA256, "jpg") == len(PHOTO)
    assert place == PHOTO + bytes(9)


def test_no_more_of_an_original_is_read_than_there_is_room_for(files):
    files.keep(arrive(files), "jpg")
    place = bytearray(3)
    assert files.read_into(memoryview(place), SHA256, "jpg") == 3
    assert place == PHOTO[:3]


def test_an_original_that_is_gone_is_one_items_error_with_the_way_back(files):
    with pytest.raises(ItemError, match="gone from the disk") as caught:
        files.read_into(memoryview(bytearray(9)), SHA256, "jpg")
    assert "backup" in caught.value.advice


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("a.JPG", "jpg"),
        ("a.tar.gz", "gz"),
        ("a", "bin"),
        ("", "bin"),
        ("a.", "bin"),
        ("a.j/../../x", "bin"),
        ("a.jpé", "bin"),
        ("a.123456789", "bin"),
        ("C:\\x.PnG", "png"),
        ("a.jp g", "bin"),
    ],
)
def test_the_extension_of_a_foreign_name_is_plain_or_none(name, extension):
    assert safe_extension(name) == extension


@given(st.text(max_size=30))
def test_no_foreign_name_leaves_the_folder(name):
    extension = safe_extension(name)
    assert extension.isascii()
    assert extension.isalnum()
    assert len(extension) <= 8


@pytest.mark.skipif(os.name == "nt", reason="Windows makes a rename durable by itself")
def test_a_folder_that_another_made_a_moment_ago_is_made_durable_by_both(files, monkeypatch):
    synced: list[Path] = []
    may_go_on, reached = threading.Event(), threading.Event()
    sync = store_files.sync_folder

    def watched(folder: Path) -> None:
        if threading.current_thread() is not threading.main_thread():
            reached.set()
            may_go_on.wait(10)
        else:
            synced.append(folder)
        sync(folder)

    monkeypatch.setattr(store_files, "sync_folder", watched)
    first = threading.Thread(target=lambda: files.keep(arrive(files), "jpg"))
    first.start()
    assert reached.wait(10)
    neighbour = files.path(SHA256, "jpg").with_name("neighbour")
    monkeypatch.setattr(files, "path", lambda _sha256, _extension: neighbour)
    files.keep(arrive(files, b"another"), "jpg")
    may_go_on.set()
    first.join()
    assert synced == [neighbour.parent, neighbour.parent.parent, files.root]
    synced.clear()
    files.keep(arrive(files, b"a third"), "jpg")
    assert synced == [neighbour.parent]
