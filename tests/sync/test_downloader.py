"""The Downloader: files where the levels say, never over a file that is not its own, and nothing left behind.

Holds to §4 of sync.md.
"""

import errno
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pruvan_desk.core.errors import DeskFault, TransientError
from pruvan_desk.domain.destinations import BOTH, DOWNLOADER
from pruvan_desk.domain.folder_trees import Level, file_name
from pruvan_desk.domain.statuses import ItemState, JobState
from pruvan_desk.operations.qa import move_items, publish_items, rotate_items
from pruvan_desk.store.models import Item, Project, RelayJob
from pruvan_desk.store.outbox import ClaimedJob
from pruvan_desk.sync.downloader import Placed, Tree, deliver
from pruvan_desk.sync.packing import Parcel
from pruvan_desk.sync.transfer import FileToSend
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, small_jpeg, wait_until

FACTS = {Level.PROJECT: "AFS::4711", Level.TASK: "Grass Cut"}
NAME = file_name("4711", "Grass Cut", "before", "item-1", "jpg")
PLACE = f"AFS-4711/Grass Cut/{NAME}"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "tree", (Level.PROJECT, Level.TASK), sidecar=False)


def job_of(task: str = "Grass Cut") -> ClaimedJob:
    item = Item(uuid="item-1", task=task, evidence_type="before", file_type="picture")
    return ClaimedJob(RelayJob(), item, Project(number="4711"))


def put(tree: Tree, data: bytes = b"photo", before: Placed | None = None, task: str = "Grass Cut") -> Placed:
    file = FileToSend("x.jpg", hashlib.sha256(data).hexdigest(), len(data), content=data)
    parcel = Parcel({"uuid": "item-1", "key4": task}, file, file.sha256)
    return deliver(tree, FACTS | {Level.TASK: task}, job_of(task), parcel, before)


def files(tree: Tree) -> dict[str, bytes]:
    found = {path.relative_to(tree.root).as_posix(): path for path in tree.root.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items()}


def test_a_file_is_put_where_the_levels_say(tree):
    assert put(tree) == Placed(PLACE, hashlib.sha256(b"photo").hexdigest())
    assert files(tree) == {PLACE: b"photo"}


def test_putting_it_there_twice_leaves_one(tree):
    """A crash between the writing and its record."""
    put(tree)
    put(tree)
    assert files(tree) == {PLACE: b"photo"}


@pytest.mark.parametrize("name", [NAME, NAME.upper()])
def test_a_stranger_of_the_same_name_stays(tree, name):
    stranger = tree.root / "AFS-4711" / "Grass Cut" / name
    stranger.parent.mkdir(parents=True)
    stranger.write_bytes(b"theirs")
    placed = put(tree)
    assert stranger.read_bytes() == b"theirs"
    assert placed.path == PLACE.replace(".jpg", " (2).jpg")
    assert put(tree, b"newer", placed) == Placed(placed.path, hashlib.sha256(b"newer").hexdigest())


def test_a_changed_item_replaces_its_own_file(tree):
    before = put(tree)
    put(tree, b"turned", before)
    assert files(tree) == {PLACE: b"turned"}


def test_a_file_that_somebody_changed_stays_beside_the_new_one(tree):
    before = put(tree)
    (tree.root / PLACE).write_bytes(b"edited by hand")
    put(tree, b"turned", before)
    assert files(tree) == {PLACE: b"edited by hand", PLACE.replace(".jpg", " (2).jpg"): b"turned"}


def test_a_moved_item_leaves_its_old_place_and_empty_folders_go(tree):
    before = put(tree)
    placed = put(tree, b"photo", before, task="Lock Change")
    assert list(files(tree)) == [placed.path]
    assert not (tree.root / "AFS-4711" / "Grass Cut").exists()


def test_a_moved_item_leaves_what_somebody_changed_at_its_old_place(tree):
    before = put(tree)
    (tree.root / PLACE).write_bytes(b"edited by hand")
    put(tree, b"photo", before, task="Lock Change")
    assert files(tree)[PLACE] == b"edited by hand"


def test_the_details_stand_beside_the_file_and_go_with_it(tree):
    with_details = Tree(tree.root, tree.levels, sidecar=True)
    before = put(with_details)
    assert json.loads(files(tree)[f"{PLACE}.json"])["uuid"] == "item-1"
    placed = put(with_details, b"photo", before, task="Lock Change")
    assert sorted(files(tree)) == [placed.path, f"{placed.path}.json"]


def test_details_of_somebody_else_stay(tree):
    put(tree)
    stranger = tree.root / f"{PLACE}.json"
    stranger.write_text('{"uuid": "another"}')
    put(Tree(tree.root, tree.levels, sidecar=True))
    assert stranger.read_text() == '{"uuid": "another"}'


def test_an_answer_set_is_a_file_of_its_details(tree):
    placed = deliver(tree, FACTS, job_of(), Parcel({"uuid": "item-1", "survey": {"answers": []}}, None, "digest"), None)
    assert placed.path.endswith(".json")
    assert json.loads(files(tree)[placed.path])["survey"] == {"answers": []}


def test_a_folder_that_cannot_be_reached_is_tried_again(tmp_path):
    gone = Tree(tmp_path / "unplugged" / "tree", (), sidecar=False)
    with pytest.raises(TransientError, match="cannot be used"):
        put(gone)
    assert not gone.root.parent.exists()


def test_a_full_disk_is_said_and_leaves_nothing_half_written(tree, monkeypatch):
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DeskFault, match="full"):
        put(tree)
    assert files(tree) == {}


def test_a_file_system_without_links_is_good_enough(tree, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    put(tree)
    put(tree, b"other", None)
    assert files(tree) == {PLACE: b"photo", PLACE.replace(".jpg", " (2).jpg"): b"other"}


@pytest.fixture
def passed(desk: Desk) -> Callable[[], int]:
    """Makes a passed photo of an office whose order source is not asked for anything."""
    project = desk.project(desk.field_office(), tasks=("Grass Cut", "Lock Change"))
    return lambda: desk.photo(project, ItemState.PASSED, small_jpeg(1))


def test_published_items_come_into_the_folders_though_the_client_is_paused(desk, passed, tmp_path):
    desk.set("downloader_folder", str(tmp_path / "tree"))
    desk.set("downloader_levels", "client,city,photo_type")
    desk.set("downloader_sidecar", True)
    item = passed()
    publish_items(desk.database, [item], WHO, DOWNLOADER)
    with RunningEngine(desk):
        desk.wait_for(published=1)
    (job,) = desk.all(RelayJob)
    assert job.place.startswith("AFS/Austin/Before/4711_Grass-Cut_before_")
    photo = tmp_path / "tree" / job.place
    assert hashlib.sha256(photo.read_bytes()).hexdigest() == job.sent_sha256 == desk.get(Item, item).sent_sha256
    details = json.loads(photo.with_name(photo.name + ".json").read_text())
    assert (details["uuid"], details["key2"], "password" in details) == (desk.get(Item, item).uuid, "4711", False)


def downloads(desk: Desk) -> list[str]:
    return [job.state for job in desk.all(RelayJob, destination="downloader")]


def test_a_moved_and_turned_item_follows_in_the_folders(desk, passed):
    item = passed()
    publish_items(desk.database, [item], WHO, BOTH)
    with RunningEngine(desk):
        desk.wait_for(queued=1)
        wait_until("the first file", lambda: downloads(desk)[-1] == JobState.DONE)
        rotate_items(desk.database, [item], 90, WHO)
        move_items(desk.database, [item], WHO, task="Lock Change")
        wait_until(
            "the file in its new place", lambda: len(downloads(desk)) == 3 and downloads(desk)[-1] == JobState.DONE
        )
    tree = desk.folder.root / "Downloader"
    assert [path.parent.parent.name for path in tree.rglob("*.jpg")] == ["Lock Change"]
    assert desk.get(Item, item).state == ItemState.QUEUED
