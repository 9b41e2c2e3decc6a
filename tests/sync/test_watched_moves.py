"""Files that are moved in the tree of a watch folder: their items follow, unless somebody in the office has decided about them."""

import json
from pathlib import Path

import pytest

from pruvan_desk.domain.destinations import CLIENT
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.qa import mark_items, move_items, note_items, publish_items
from pruvan_desk.operations.trash import delete_items
from pruvan_desk.operations.undo import undo
from pruvan_desk.store.models import Item, ItemEdit, WatchedFile
from sync.desk import WHO, small_jpeg
from sync.watched import PACE, PLACE

OTHER = "AFS-4711/Lock Change/After"
DETAILS = {"uuid": "phone-7", "key2": "4711", "key4": "Grass Cut", "evidenceType": "Before"}


def move(watched, target=f"{OTHER}/front.jpg"):
    """The Downloader files it elsewhere, with its details if it has any."""
    path, there = watched.root / PLACE / "front.jpg", watched.root / target
    there.parent.mkdir(parents=True, exist_ok=True)
    path.rename(there)
    beside = path.with_name("front.jpg.json")
    if beside.exists():
        beside.unlink()
        told = DETAILS | {"key4": "Lock Change", "evidenceType": "After"}
        there.with_name(f"{there.name}.json").write_text(json.dumps(told))
    watched.settle(PACE.alone)


def flag(desk):
    (item,) = desk.all(Item)
    return item.task, item.evidence_type, item.state


@pytest.fixture
def taken(watched):
    watched.put(f"{PLACE}/front.jpg")
    watched.settle()
    return watched


def test_an_item_that_nobody_has_decided_about_follows_its_file(taken, desk):
    move(taken)
    assert flag(desk) == ("Lock Change", "after", ItemState.PENDING_QA)
    (row,) = desk.all(WatchedFile)
    assert (row.folder, row.outcome, row.words) == (OTHER, "taken", "")
    (edit,) = desk.all(ItemEdit)
    assert (edit.before["task"], edit.after["task"], edit.who) == ("Grass Cut", "Lock Change", "watch folder")


def test_it_follows_with_its_details_and_keeps_its_uuid(watched, desk):
    watched.put(f"{PLACE}/front.jpg", details=DETAILS)
    watched.settle()
    move(watched)
    assert flag(desk) == ("Lock Change", "after", ItemState.PENDING_QA)
    assert desk.item("phone-7").revision == 2


def test_it_follows_though_the_engine_was_not_running(taken, desk):
    taken.begin()
    move(taken)
    assert flag(desk)[0] == "Lock Change"


def test_what_could_not_be_filed_is_filed_when_it_is_moved_to_its_order(watched, desk):
    path = watched.put("AFS-9999/Grass Cut/Before/front.jpg")
    watched.settle()
    assert "unassigned" in desk.alerts()
    (watched.root / PLACE).mkdir(parents=True)
    path.rename(watched.root / PLACE / "front.jpg")
    watched.settle()
    assert flag(desk) == ("Grass Cut", "before", ItemState.PENDING_QA)
    assert "unassigned" not in desk.alerts()


DECIDED = {
    "passed": (lambda desk, item: mark_items(desk.database, [item], Decision.PASS, WHO), "it is passed here"),
    "moved": (
        lambda desk, item: move_items(desk.database, [item], WHO, evidence_type="during"), f"moved here by {WHO}",
    ),
    "noted": (lambda desk, item: note_items(desk.database, [item], "look!", WHO), f"note written here by {WHO}"),
    "published": (
        lambda desk, item: (
            mark_items(desk.database, [item], Decision.PASS, WHO),
            publish_items(desk.database, [item], WHO, CLIENT),
        ),
        "it is queued here",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", DECIDED)
def test_what_somebody_has_decided_stands_and_the_list_says_so(taken, desk, how):
    decide, words = DECIDED[how]
    decide(desk, desk.all(Item)[0].id)
    before = flag(desk)
    move(taken)
    assert flag(desk) == before
    assert taken.words() == (
        f"It was moved in the tree, to AFS::4711 · Lock Change · After. Its item stays where it is: {words}."
    )


def test_what_was_decided_and_taken_back_is_not_decided(taken, desk):
    mark_items(desk.database, [desk.all(Item)[0].id], Decision.PASS, WHO)
    undo(desk.database, WHO)
    move(taken)
    assert flag(desk)[0] == "Lock Change"


def test_moved_to_where_the_office_has_put_it_nothing_is_said(taken, desk):
    move_items(desk.database, [desk.all(Item)[0].id], WHO, task="Lock Change", evidence_type="after")
    before = flag(desk)
    move(taken)
    assert flag(desk) == before
    assert [(row.folder, row.words) for row in desk.all(WatchedFile)] == [(OTHER, "")]


def test_moved_to_where_no_order_is_it_stays_and_the_list_says_so(taken, desk):
    move(taken, "AFS-9999/Lock Change/After/front.jpg")
    assert flag(desk) == ("Grass Cut", "before", ItemState.PENDING_QA)
    assert "There is no order AFS-9999 here." in taken.words()


def test_a_dismissed_item_stays_dismissed_wherever_its_file_goes(taken, desk):
    delete_items(desk.database, [desk.all(Item)[0].id], WHO)
    move(taken)
    assert flag(desk) == ("Grass Cut", "before", ItemState.DELETED)


def test_a_second_copy_in_another_folder_moves_nothing(taken, desk):
    taken.put(f"{OTHER}/copy.jpg")
    taken.settle()
    assert flag(desk)[0] == "Grass Cut"
    assert taken.outcomes() == {"front.jpg": "taken", "copy.jpg": "known"}


def test_a_moved_file_that_changes_later_is_a_new_revision(taken, desk):
    move(taken)
    (taken.root / OTHER / "front.jpg").write_bytes(small_jpeg(2))
    taken.settle()
    (item,) = desk.all(Item)
    assert item.revision == 3
    assert len(desk.all(WatchedFile)) == 1


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(5, "Input/output error")])
def test_a_folder_that_cannot_be_asked_has_lost_nothing(taken, desk, monkeypatch, error):
    real = Path.lstat

    def ask(path):
        if path == taken.root / PLACE / "front.jpg":
            raise error
        return real(path)

    monkeypatch.setattr(Path, "lstat", ask)
    move(taken)
    assert flag(desk)[0] == "Grass Cut"
