"""Watch folders: what is whole is taken once, what is not waits, and the folder is never changed."""

import errno
import io
import json
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.annotations import Mark, MarkKind, annotations_text
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations import watched as operation
from pruvan_desk.operations.doctor import check_files
from pruvan_desk.operations.office_files import plain_file_name
from pruvan_desk.operations.purging import purge_deleted
from pruvan_desk.operations.qa import assign_items, publish_items
from pruvan_desk.operations.trash import delete_items
from pruvan_desk.operations.undo import undo
from pruvan_desk.operations.watch_folders import WatchForm, remove_watch, save_watch
from pruvan_desk.store.models import Item, ItemEdit, WatchedFile
from pruvan_desk.store.views.watch_folders import refused_rows
from pruvan_desk.sync.watching import listing, reading
from pruvan_desk.sync.watching import watch as watch_module
from sync.desk import WHO, Desk, small_jpeg
from sync.watched import LEVELS, PACE, PLACE

PNG = io.BytesIO()
Image.new("RGB", (8, 6), "green").save(PNG, "PNG")
BLUR = annotations_text([Mark(MarkKind.BLUR, 0, 0, 1, 1)])


def strays(desk: Desk) -> list[str]:
    """Files without a row, and rows without their file."""
    with desk.database.read() as session:
        return check_files(session, desk.files, desk.files.all(), quick=False).findings


def flags(desk: Desk) -> list[tuple[str, str, str, str]]:
    """Of all items: order, task, evidence type, state."""
    found = []
    for item in desk.all(Item):
        number = desk.numbered("4711").number if item.project_id else ""
        found.append((number, item.task, item.evidence_type, item.state))
    return found


def tree_now(root: Path) -> dict[str, tuple[int, int, int, bytes | None]]:
    """All there is below a folder: kind and rights, size, time, content."""
    return {
        str(path.relative_to(root)): (
            (info := path.lstat()).st_mode,
            info.st_size,
            info.st_mtime_ns,
            path.read_bytes() if path.is_file() else None,
        )
        for path in [root, *root.rglob("*")]
    }


def test_folders_say_order_task_and_evidence_type_and_the_item_waits_for_qa(watched, desk):
    watched.put(f"{PLACE}/front.jpg")
    watched.settle()
    assert flags(desk) == [("4711", "Grass Cut", "before", ItemState.PENDING_QA)]
    (item,) = desk.all(Item)
    assert (item.file_name, item.from_app, item.inspected) == ("front.jpg", False, False)


def test_qa_in_field_sends_nothing_that_nobody_has_looked_at(watched, desk):
    desk.change(type(desk.numbered("4711")), desk.numbered("4711").id, qa_in_field=True, field_status="Completed")
    watched.put(f"{PLACE}/front.jpg")
    watched.settle()
    assert desk.states() == {"pending_qa": 1}


def test_details_beside_a_file_come_first_and_keep_its_uuid(watched, desk):
    details = {
        "uuid": "phone-7", "key1": "AFS", "key2": "4711", "key4": "Lock Change", "evidenceType": "After", "fileType": "picture",
        "createdBySubUser": "crew7", "timestamp": 1_780_000_000, "gpsLatitude": 30.5, "gpsLongitude": -97.7, "notes": "lock box",
    }  # fmt: skip
    watched.put(f"{PLACE}/front.jpg", details=details)
    watched.settle()
    item = desk.item("phone-7")
    assert flags(desk) == [("4711", "Lock Change", "after", ItemState.PENDING_QA)]
    assert (item.created_by, item.latitude, item.notes) == ("crew7", 30.5, "lock box")


def test_nothing_in_the_folder_is_changed(watched, desk):
    watched.put(f"{PLACE}/front.jpg", details={"uuid": "a", "key2": "4711"})
    watched.put(f"{PLACE}/broken.jpg", b"\xff\xd8\xff half of it")
    watched.put(f"{PLACE}/notes.txt", b"no photo")
    watched.put("elsewhere/back.jpg", seed=2)
    before = tree_now(watched.root)
    for _ in range(3):
        watched.settle(PACE.patience)
    watched.look(1, anew=True)
    watched.settle(PACE.patience)
    assert len(desk.all(Item)) == 3
    assert tree_now(watched.root) == before


def test_not_even_the_time_of_reading_changes_where_the_system_allows_that(watched, desk):
    path = watched.put(f"{PLACE}/front.jpg", details={"uuid": "a", "key2": "4711"})
    beside = path.with_name("front.jpg.json")
    for each in (path, beside):
        os.utime(each, (1_000_000, each.stat().st_mtime))  # long ago: any reading would be noted
    watched.settle()
    assert len(desk.all(Item)) == 1
    assert [each.stat().st_atime for each in (path, beside)] == [1_000_000, 1_000_000]


def test_names_that_differ_in_case_only_are_two_photos_each_with_its_own_details(watched, desk):
    for seed, name in enumerate(("Front.jpg", "front.jpg", "FRONT.JPG")):
        watched.put(f"{PLACE}/{name}", seed=seed, details={"uuid": name, "key2": "4711"})
    watched.settle()
    assert {(item.uuid, item.file_name) for item in desk.all(Item)} == {
        (name, name) for name in ("Front.jpg", "front.jpg", "FRONT.JPG")
    }


def test_details_that_could_be_of_two_files_name_one_and_the_other_is_no_less_taken(watched, desk):
    watched.put(f"{PLACE}/front.jpg", seed=1)
    watched.put(f"{PLACE}/front.png", PNG.getvalue())
    (watched.root / PLACE / "front.json").write_text(json.dumps({"uuid": "a", "key2": "4711"}))
    watched.settle(PACE.alone)
    uuids = {item.file_name: item.uuid for item in desk.all(Item)}
    assert uuids["front.jpg"] == "a" != uuids["front.png"]


@pytest.mark.parametrize("name", ["con.jpg", "AUX.front.jpg", "front .jpg", "x" * 200 + ".jpg"])
def test_names_that_windows_would_not_take_are_read_all_the_same(watched, desk, name):
    watched.put(f"nul/{'y' * 120}/{name}")
    assert len(str(watched.root / "nul" / ("y" * 120) / name)) > 120
    watched.settle()
    (item,) = desk.all(Item)
    assert (item.state, item.file_name) == (ItemState.UNASSIGNED, plain_file_name(name))


def test_links_that_lead_round_in_a_circle_are_not_followed(watched, desk):
    watched.put(f"{PLACE}/front.jpg")
    (watched.root / PLACE / "round").symlink_to(watched.root, target_is_directory=True)
    assert watched.settle().words == ""
    assert [row.folder for row in desk.all(WatchedFile)] == [PLACE]


def test_a_file_that_still_grows_waits_until_it_has_come_to_rest(watched, desk):
    whole = small_jpeg(1)
    path = watched.put(f"{PLACE}/front.jpg", whole[:200])
    for length in (300, 400, len(whole)):
        assert watched.look(PACE.settled).waiting == 1
        path.write_bytes(whole[:length])
    assert (watched.look(1).waiting, desk.all(Item)) == (1, [])
    watched.look(PACE.settled)
    assert len(desk.all(Item)) == 1
    assert desk.files_on_disk()[0].startswith(desk.all(Item)[0].sha256)


def test_a_copy_that_stands_still_halfway_is_waited_for(watched, desk):
    whole = small_jpeg(1)
    path = watched.put(f"{PLACE}/front.jpg", whole[: len(whole) // 2])
    watched.settle(PACE.settled * 3)
    assert desk.all(Item) == []
    path.write_bytes(whole)
    watched.settle()
    assert len(desk.all(Item)) == 1


def test_a_photo_with_a_film_behind_it_is_whole(watched, desk):
    watched.put(f"{PLACE}/motion.jpg", small_jpeg(1)[:-2] + bytes(70_000) + b"\xff\xd9" + bytes(200_000))
    watched.settle()
    assert len(desk.all(Item)) == 1


def test_what_is_not_whole_is_not_read_again_and_again(watched, monkeypatch):
    watched.put(f"{PLACE}/front.jpg", small_jpeg(1)[:300])
    read: list[Path] = []
    real = reading.opened
    monkeypatch.setattr(reading, "opened", lambda path: read.append(path) or real(path))
    watched.settle()
    for _ in range(10):
        watched.look(1)
    assert len(read) == 1


def test_thumbnails_give_way_while_files_are_taken_in_and_not_longer(watched, monkeypatch):
    watched.put(f"{PLACE}/front.jpg")
    arriving: list[int] = []
    real = watch_module.keep
    monkeypatch.setattr(watch_module, "keep", lambda *given: arriving.append(watched.context.arriving) or real(*given))
    watched.settle()
    assert (arriving, watched.context.arriving) == ([1], 0)


def test_a_broken_photo_is_taken_in_the_end(watched, desk):
    watched.put(f"{PLACE}/front.jpg", small_jpeg(1)[:300])
    watched.settle(PACE.patience)
    assert desk.states() == {"pending_qa": 1}


def test_a_file_that_changes_while_it_is_read_is_read_again(watched, desk, monkeypatch):
    path = watched.put(f"{PLACE}/front.jpg")
    watched.look(1)
    real = listing.walk

    def meddling(root: Path) -> Iterator[listing.Listing]:
        for found in list(real(root)):
            path.write_bytes(small_jpeg(2))
            yield found

    monkeypatch.setattr("pruvan_desk.sync.watching.watch.walk", meddling)
    watched.look(PACE.settled)
    assert desk.all(Item) == []
    monkeypatch.undo()
    watched.settle()
    assert len(desk.all(Item)) == 1


def test_half_written_details_are_waited_for(watched, desk):
    path = watched.put(f"{PLACE}/front.jpg")
    sidecar = path.with_name("front.jpg.json")
    sidecar.write_text('{"uuid": "phone-7", "key2": "47')
    watched.settle()
    assert desk.all(Item) == []
    sidecar.write_text('{"uuid": "phone-7", "key2": "4711", "key4": "Lock Change"}')
    watched.settle()
    assert [(item.uuid, item.task) for item in desk.all(Item)] == [("phone-7", "Lock Change")]


def test_details_that_stay_unreadable_are_named_and_the_folders_count(watched, desk):
    path = watched.put(f"{PLACE}/front.jpg")
    path.with_name("front.jpg.json").write_text('{"uuid": ')
    watched.settle(PACE.patience)
    assert flags(desk) == [("4711", "Grass Cut", "before", ItemState.PENDING_QA)]
    assert "front.jpg.json, cannot be read" in watched.words()


def test_details_that_come_late_give_the_item_its_uuid(watched, desk):
    path = watched.put(f"{PLACE}/front.jpg")
    watched.settle()
    path.with_name("front.jpg.json").write_text('{"uuid": "phone-7", "key2": "4711", "key4": "Lock Change"}')
    watched.settle()
    assert [(item.uuid, item.task, item.revision) for item in desk.all(Item)] == [("phone-7", "Lock Change", 2)]


def test_details_that_come_after_a_copy_was_published_leave_the_uuid_that_it_names(watched, desk):
    path = watched.put(f"{PLACE}/1.jpg")
    watched.settle()
    (item,) = desk.all(Item)
    desk.change(Item, item.id, state=ItemState.PASSED, annotations=BLUR)
    publish_items(desk.database, [item.id], WHO, copies=[item.id])
    path.with_name("1.jpg.json").write_text(json.dumps({"uuid": "from-pruvan", "key2": "AFS::4711"}))
    watched.settle()
    original, copy = desk.all(Item)
    assert copy.parent_uuid == original.uuid == item.uuid


def test_details_of_another_order_than_the_folder_leave_it_to_a_person(watched, desk):
    desk.project(1, "4712")
    watched.put(f"{PLACE}/front.jpg", details={"uuid": "a", "key1": "AFS", "key2": "4712", "key4": "Grass Cut"})
    watched.settle()
    assert desk.states() == {"unassigned": 1}
    assert watched.words() == "Its folder says AFS::4711, the details beside it say AFS::4712."


def test_details_of_an_unknown_order_do_not_go_by_the_folder(watched, desk):
    watched.put(f"{PLACE}/front.jpg", details={"uuid": "a", "key2": "9999"})
    watched.settle()
    assert desk.states() == {"unassigned": 1}


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("AFS-9999/Grass Cut/Before", "There is no order AFS-9999 here."),
        ("AFS-4711/Gras Cut/Before", "AFS::4711 has no task Gras Cut."),
        ("", "Nothing says for which order it is. It lies in no folder"),
        (
            "Elm St",
            "There is no order Elm St here. It lies 1 folder deep, and the tree of this watch folder is Project / Task",
        ),
    ],
)
def test_what_does_not_fit_waits_as_unassigned_and_says_why(watched, desk, where, words):
    watched.put(f"{where}/front.jpg".lstrip("/"))
    watched.settle()
    assert desk.states() == {"unassigned": 1}
    assert watched.words().startswith(words)
    assert "unassigned" in desk.alerts()


@pytest.mark.parametrize(
    "deal",
    [
        lambda desk, item: assign_items(desk.database, {item: (desk.numbered("4711").id, "Grass Cut")}, WHO),
        lambda desk, item: delete_items(desk.database, [item], WHO),
    ],
    ids=["filed", "dismissed"],
)
def test_what_somebody_has_filed_or_dismissed_is_listed_no_more(watched, desk, deal):
    def listed() -> list[str]:
        with desk.database.read() as session:
            return [row.place for row in refused_rows(session, watched.id)]

    watched.put("nowhere/front.jpg")
    watched.settle()
    assert listed() == ["nowhere/front.jpg"]
    deal(desk, desk.all(Item)[0].id)
    assert listed() == []
    undo(desk.database, WHO)
    assert listed() == ["nowhere/front.jpg"]


@pytest.mark.parametrize("where", ["afs-4711/GRASS CUT/before", "AFS_4711/grass_cut/BEFORE", "4711/Grass Cut/Before"])
def test_other_case_and_other_signs_mean_the_same(watched, desk, where):
    watched.put(f"{where}/front.jpg".lstrip("/"))
    watched.settle()
    assert flags(desk) == [("4711", "Grass Cut", "before", ItemState.PENDING_QA)]


def test_the_same_file_under_two_names_is_one_item(watched, desk):
    watched.put(f"{PLACE}/front.jpg")
    watched.put("AFS-4711/Grass Cut/After/copy of front.jpg")
    watched.settle()
    assert len(desk.all(Item)) == 1
    assert sorted(watched.outcomes().values()) == ["known", "taken"]


def test_the_same_bytes_filed_twice_under_uuids_of_their_own_are_two(watched, desk):
    for uuid, task in (("a", "Grass Cut"), ("b", "Lock Change")):
        watched.put(f"AFS-4711/{task}/Before/{uuid}.jpg", details={"uuid": uuid, "key2": "4711", "key4": task})
    watched.settle()
    assert [item.uuid for item in desk.all(Item)] == ["a", "b"]


def test_what_came_from_a_phone_is_not_taken_again(watched, desk):
    desk.photo(desk.numbered("4711").id, data=small_jpeg(1), uuid="phone-1")
    desk.photo(desk.numbered("4711").id, data=small_jpeg(2), uuid="phone-2")
    watched.put(f"{PLACE}/by bytes.jpg", seed=1)
    watched.put(f"{PLACE}/by uuid.jpg", b"\xff\xd8\xff turned \xff\xd9", details={"uuid": "phone-2"})
    before = desk.files_on_disk()
    watched.settle(PACE.alone)
    assert [item.uuid for item in desk.all(Item)] == ["phone-1", "phone-2"]
    assert desk.files_on_disk() == before
    assert set(watched.outcomes().values()) == {"known"}


def test_a_restart_takes_nothing_twice_and_finds_what_came_meanwhile(watched, desk):
    watched.put(f"{PLACE}/1.jpg", seed=1)
    watched.settle()
    watched.begin()
    watched.put(f"{PLACE}/2.jpg", seed=2)
    watched.settle()
    assert [item.file_name for item in desk.all(Item)] == ["1.jpg", "2.jpg"]


def test_watching_a_folder_anew_takes_nothing_twice(watched, desk):
    watched.put(f"{PLACE}/1.jpg", seed=1)
    watched.settle()
    remove_watch(desk.database, watched.id, WHO)
    (watched.id,) = save_watch(desk.database, desk.folder, WatchForm(str(watched.root), LEVELS), WHO).watches
    watched.begin()
    watched.settle()
    assert len(desk.all(Item)) == 1


def test_what_was_dismissed_stays_dismissed(watched, desk):
    path = watched.put("nowhere/1.jpg", seed=1)
    watched.settle()
    delete_items(desk.database, desk.ids(ItemState.UNASSIGNED), WHO)
    watched.put("elsewhere/copy.jpg", seed=1)
    path.write_bytes(small_jpeg(3))
    watched.settle()
    assert desk.states() == {"deleted": 1}
    assert strays(desk) == []


def test_bytes_of_what_was_deleted_and_purged_are_known_and_do_not_lie_about(watched, desk):
    watched.put(f"{PLACE}/1.jpg", seed=1)
    watched.settle()
    (item,) = desk.all(Item)
    delete_items(desk.database, [item.id], WHO)
    for path in desk.folder.photos.rglob("*.jpg"):
        os.utime(path, (0, 0))
    desk.change(Item, item.id, deleted_at=item.arrived_at - timedelta(days=31))
    purge_deleted(desk.database, desk.files, watched.context.thumbnails, item.arrived_at)
    assert desk.files_on_disk() == []
    watched.put(f"{PLACE}/2.jpg", seed=1)
    watched.settle()
    assert watched.outcomes() == {"1.jpg": "taken", "2.jpg": "known"}
    assert strays(desk) == []


def test_a_file_that_was_taken_and_has_changed_is_a_new_revision(watched, desk):
    path = watched.put(f"{PLACE}/1.jpg", seed=1)
    watched.settle()
    path.write_bytes(small_jpeg(2))
    watched.settle()
    (item,) = desk.all(Item)
    assert item.revision == 2
    assert [edit.kind for edit in desk.all(ItemEdit)] == ["received again"]


def test_what_is_no_photo_is_refused_until_it_is_looked_at_anew(watched, desk):
    path = watched.put(f"{PLACE}/front.jpg", b"<html>")
    watched.settle()
    assert watched.outcomes() == {"front.jpg": "refused"}
    info = path.stat()
    path.write_bytes(small_jpeg(1)[:6])
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))
    watched.settle()
    assert watched.outcomes() == {"front.jpg": "refused"}
    watched.look(anew=True)
    watched.look(PACE.patience)
    assert watched.outcomes() == {"front.jpg": "taken"}


def test_an_empty_file_is_waited_for_and_then_refused(watched):
    watched.put(f"{PLACE}/front.jpg", b"")
    assert watched.settle().waiting == 1
    watched.look(PACE.patience)
    assert watched.outcomes() == {"front.jpg": "refused"}


def test_an_answer_set_is_taken_by_its_details(watched, desk):
    answers = {
        "uuid": "s",
        "key1": "AFS",
        "key2": "4711",
        "key4": "Grass Cut",
        "fileType": "survey",
        "survey": {"answers": []},
    }
    watched.put(f"{PLACE}/4711_survey.json", json.dumps(answers).encode())
    watched.put(f"{PLACE}/stray.json", json.dumps({"uuid": "x", "key2": "4711"}).encode())
    watched.settle(PACE.alone)
    assert desk.item("s").survey == {"answers": []}
    assert watched.outcomes() == {"4711_survey.json": "taken", "stray.json": "refused"}


def test_a_check_in_is_not_taken_from_a_folder(watched, desk):
    told = {"uuid": "c", "key2": "4711", "fileType": "checkin", "survey": {"abcNumber": "A-123456"}}
    watched.put(f"{PLACE}/c.json", json.dumps(told).encode())
    watched.settle(PACE.alone)
    assert desk.all(Item) == []


def test_hidden_and_unfinished_files_and_links_are_passed_over(watched, desk):
    watched.put(f"{PLACE}/.front.jpg")
    watched.put(f"{PLACE}/front.jpg.part")
    watched.put(f"{PLACE}/Thumbs.db")
    outside = watched.root.parent / "outside.jpg"
    outside.write_bytes(small_jpeg(5))
    (watched.root / "link.jpg").symlink_to(outside)
    (watched.root / "round").symlink_to(watched.root, target_is_directory=True)
    assert watched.settle().waiting == 0
    assert desk.all(WatchedFile) == []


def test_a_folder_that_has_gone_is_said_and_taken_up_again(watched, desk):
    away = watched.root.rename(watched.root.parent / "unplugged")
    assert watched.look(1).words == "It cannot be reached: No such file or directory."
    away.rename(watched.root)
    watched.put(f"{PLACE}/1.jpg")
    assert watched.settle().words == ""
    assert len(desk.all(Item)) == 1


@pytest.mark.parametrize("refused", ["locked", "front.jpg"])
def test_what_cannot_be_read_is_named_and_the_rest_goes_on(watched, desk, monkeypatch, refused):
    watched.put("locked/x/y/1.jpg", seed=7)
    watched.put(f"{PLACE}/front.jpg", seed=1)
    watched.put("AFS-4711/Grass Cut/After/back.jpg", seed=2)
    real_scan, real_open = os.scandir, reading.opened

    def forbid(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *given: Any, **how: Any) -> Any:
            if Path(path).name == refused:
                raise PermissionError(errno.EACCES, "Permission denied")
            return real(path, *given, **how)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", forbid(real_scan))
        patch.setattr(reading, "opened", forbid(real_open))
        looked = watched.settle()
    assert refused in looked.words
    assert "Permission denied" in looked.words
    assert len(desk.all(Item)) == 2
    assert watched.settle().words == ""
    assert len(desk.all(Item)) == 3


def test_a_name_of_no_letters_is_taken_all_the_same(watched, desk):
    path = os.fsencode(watched.root) + b"/AFS-4711"
    os.mkdir(path)  # noqa: PTH102 - a path of bytes
    Path(os.fsdecode(path + b"/\xff\xfe.jpg")).write_bytes(small_jpeg(1))
    watched.settle()
    assert len(desk.all(Item)) == 1


def test_a_very_deep_tree_is_read_to_its_bottom_or_said(watched, desk):
    deep = "/".join(["a folder with a rather long name, as people give them"] * 30)
    watched.put(f"{deep}/front.jpg")
    watched.settle()
    assert len(desk.all(Item)) == 1
    watched.put("/".join("x" * 45) + "/front.jpg", seed=2)
    assert "more than 40 folders deep" in watched.look(1).words


@pytest.mark.parametrize("place", ["", "photos", "..", "Downloader/inner"])
def test_a_place_that_desk_itself_writes_to_is_refused(watched, desk, place):
    with pytest.raises(UsageError, match="Pruvan Desk"):
        save_watch(desk.database, desk.folder, WatchForm(str(desk.folder.root / place), LEVELS), WHO)


def test_a_link_into_the_data_folder_is_seen_through(watched, desk, tmp_path):
    (tmp_path / "innocent").symlink_to(desk.folder.photos, target_is_directory=True)
    with pytest.raises(UsageError, match="is inside Pruvan Desk's own data folder"):
        save_watch(desk.database, desk.folder, WatchForm(str(tmp_path / "innocent"), LEVELS), WHO)


def test_a_folder_is_not_watched_twice(watched, desk):
    with pytest.raises(UsageError, match="which is watched already"):
        save_watch(desk.database, desk.folder, WatchForm(str(watched.root / "inner"), LEVELS), WHO)


def test_a_downloader_that_is_turned_into_a_watch_folder_makes_no_loop(watched, desk):
    watched.put(f"{PLACE}/front.jpg")
    desk.set("downloader_folder", str(watched.root))
    assert "is the Downloader's folder" in watched.settle().words
    assert desk.all(Item) == []
    desk.set("downloader_folder", "")
    assert watched.settle().words == ""
    assert len(desk.all(Item)) == 1


@pytest.mark.logs("bug while taking")
def test_one_file_that_meets_a_bug_does_not_hold_up_the_others(watched, monkeypatch):
    real = operation._Taking.take

    def fall(taking, file):
        if file.place.name == "2.jpg":
            raise RuntimeError("a bug")
        real(taking, file)

    monkeypatch.setattr(operation._Taking, "take", fall)
    for seed in (1, 2, 3):
        watched.put(f"{PLACE}/{seed}.jpg", seed=seed)
    watched.settle()
    assert watched.outcomes() == {"1.jpg": "taken", "2.jpg": "refused", "3.jpg": "taken"}


def test_an_address_tree_finds_the_one_open_order_there(watched, desk):
    desk.project(1, "4712", address1="14 Oak Ave")
    save_watch(desk.database, desk.folder, WatchForm(str(watched.root), "property,task,photo_type"), WHO, watched.id)
    watched.begin()
    watched.put("12 Elm St, Austin, TX 78701/Grass Cut/After/1.jpg")
    watched.settle()
    assert flags(desk) == [("4711", "Grass Cut", "after", ItemState.PENDING_QA)]
