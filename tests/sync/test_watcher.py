"""The engine watches folders: as they are set up, however long a share keeps silent, and says what is wrong while it is."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.watch_folders import WatchForm, ask_rescan, remove_watch, save_watch
from pruvan_desk.store.models import Item, Request, WatchedFile, WatchFolder
from pruvan_desk.sync.watching.watch import FolderWatch, Looked, Pace
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, small_jpeg, wait_until

QUICK = Pace(look=0.1, soon=0.05, settled=0.1, alone=0.1, patience=0.3)
LEVELS = "project,task,photo_type"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a file to come to rest."""
    monkeypatch.setattr("pruvan_desk.sync.watching.watcher.Pace", lambda: QUICK)


@pytest.fixture
def root(desk: Desk, tmp_path: Path) -> Path:
    """A folder of an office with the order AFS::4711."""
    desk.project(desk.field_office())
    (tmp_path / "tree" / "AFS-4711" / "Grass Cut" / "Before").mkdir(parents=True)
    return tmp_path / "tree"


def watch(desk: Desk, root: Path, watch_id: int | None = None, *, active: bool = True) -> int:
    changes = save_watch(desk.database, desk.folder, WatchForm(str(root), LEVELS, None, active), WHO, watch_id)
    (watch_id,) = changes.watches
    return watch_id


def put(root: Path, seed: int) -> None:
    (root / "AFS-4711" / "Grass Cut" / "Before" / f"{seed}.jpg").write_bytes(small_jpeg(seed))


def test_a_folder_is_watched_from_the_moment_it_is_set_up(desk, root, engine):
    put(root, 1)
    watch(desk, root)
    desk.wait_for(pending_qa=1)
    put(root, 2)
    desk.wait_for(pending_qa=2)
    wait_until("thumbnails and facts", lambda: all(item.inspected for item in desk.all(Item)))


def test_it_is_found_at_the_start_what_came_while_nobody_watched(desk, root):
    watch(desk, root)
    put(root, 1)
    with RunningEngine(desk):
        desk.wait_for(pending_qa=1)
    put(root, 2)
    with RunningEngine(desk):
        desk.wait_for(pending_qa=2)


def test_one_that_is_switched_off_or_removed_is_read_no_more(desk, root, engine):
    watch_id = watch(desk, root)
    wait_until("a first look", lambda: desk.get(WatchFolder, watch_id).looked_at)
    watch(desk, root, watch_id, active=False)
    other = root.parent / "other"
    (other / "AFS-4711" / "Grass Cut" / "Before").mkdir(parents=True)
    put(root, 1)
    put(other, 2)
    second = watch(desk, other)
    desk.wait_for(pending_qa=1)
    assert [row.name for row in desk.all(WatchedFile)] == ["2.jpg"]
    watch(desk, root, watch_id)
    desk.wait_for(pending_qa=2)
    remove_watch(desk.database, second, WHO)
    put(other, 3)
    put(root, 4)
    desk.wait_for(pending_qa=3)
    assert {row.name for row in desk.all(WatchedFile)} == {"1.jpg", "4.jpg"}


def test_a_folder_that_has_gone_raises_an_alert_that_goes_by_itself(desk, root, engine):
    away = root.rename(root.parent / "unplugged")
    watch_id = watch(desk, root)
    alert = wait_until("an alert", lambda: desk.alerts().get("watch"))
    assert "cannot be reached: No such file or directory" in alert.title
    assert desk.get(WatchFolder, watch_id).problem.startswith("It cannot be reached")
    away.rename(root)
    put(root, 1)
    desk.wait_for(pending_qa=1)
    wait_until("the end of the alert", lambda: "watch" not in desk.alerts())


def test_a_rescan_looks_again_at_what_was_refused(desk, root, engine):
    watch_id = watch(desk, root)
    path = root / "AFS-4711" / "1.jpg"
    path.write_bytes(b"nothing")
    wait_until("its refusal", lambda: desk.all(WatchedFile, outcome="refused"))
    first = desk.all(WatchedFile)[0].at
    (request_id,) = ask_rescan(desk.database, watch_id, WHO).requests
    wait_until("another refusal", lambda: [row for row in desk.all(WatchedFile) if row.at > first])
    assert desk.get(Request, request_id).answer == "done"


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A share that does not answer until the event is set."""
    answers = threading.Event()
    real = FolderWatch.look

    def look(self: FolderWatch, *, anew: bool = False) -> Looked:
        answers.wait(60)
        return real(self, anew=anew)

    monkeypatch.setattr(FolderWatch, "look", look)
    monkeypatch.setattr("pruvan_desk.sync.watching.watcher.STUCK_SECONDS", 0.1)
    monkeypatch.setattr("pruvan_desk.sync.watching.watcher.ASK_SECONDS", 0.05)
    monkeypatch.setattr("pruvan_desk.sync.watching.watcher.PATIENCE", 0.2)
    yield answers
    answers.set()


def test_a_share_that_does_not_answer_is_said_and_taken_up_when_it_does(desk, root, silent, engine):
    put(root, 1)
    watch(desk, root)
    alert = wait_until("an alert", lambda: desk.alerts().get("watch"))
    assert "It does not answer." in alert.title
    silent.set()
    desk.wait_for(pending_qa=1)
    wait_until("the end of the alert", lambda: "watch" not in desk.alerts())


def test_a_share_that_does_not_answer_keeps_no_engine_from_stopping(desk, root, silent):
    watch(desk, root)
    with RunningEngine(desk):
        wait_until("an alert", lambda: desk.alerts().get("watch"))
    assert desk.ids(ItemState.PENDING_QA) == []
