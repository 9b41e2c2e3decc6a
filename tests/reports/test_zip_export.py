"""A ZIP of the files of projects: in the Downloader's tree, whole or not at all, and never over another file."""

import errno
import json
import os
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageStat

from pruvan_desk.core.errors import DeskFault, UsageError
from pruvan_desk.domain.annotations import Mark, MarkKind, annotations_text
from pruvan_desk.domain.folder_trees import LONGEST_PATH, length
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.operations.settings import change_setting
from pruvan_desk.reports.zip_export import UNPACKED_IN, Written, export_of_items, export_of_projects, write_zip
from pruvan_desk.store.models import Item


def jpeg(shade: int) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (64, 48), (shade, 90, 120)).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration(), "88123", ("Grass Cut", "Lock Change"))


def write(office, target: Path, project_ids=(), item_ids=(), step=lambda _done, _total: None) -> Written:
    with office.database.read() as session:
        export = export_of_items(session, item_ids) if item_ids else export_of_projects(session, project_ids)
    return write_zip(office.files, export, target, step)


def content(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_files_lie_in_the_folders_that_preferences_name_and_are_the_originals(office, database, project, tmp_path):
    change_setting(database, "downloader_levels", "task,photo_type")
    office.photo(project, data=jpeg(1), task="Grass Cut", evidence_type="before")
    office.photo(project, data=jpeg(2), task="Lock / Change", evidence_type="")
    found = content(write(office, tmp_path / "a.zip", [project]).path)
    folders = {name.rpartition("/")[0]: data for name, data in found.items()}
    assert folders == {"Grass Cut/Before": jpeg(1), "Lock - Change/No photo type": jpeg(2)}
    assert all(name.endswith(".jpg") for name in found)


def test_what_was_rejected_or_deleted_or_has_no_file_is_left_out(office, project, tmp_path):
    office.photo(project, ItemState.REJECTED)
    office.photo(project, ItemState.DELETED)
    kept = office.photo(project, ItemState.PUBLISHED, data=jpeg(1))
    assert list(content(write(office, tmp_path / "a.zip", [project]).path).values()) == [jpeg(1)]
    office.change(Item, kept, state=ItemState.DELETED)
    with pytest.raises(UsageError, match="no files"):
        write(office, tmp_path / "b.zip", [project])
    assert [path.name for path in tmp_path.glob("*.zip")] == ["a.zip"]


def test_a_selection_is_what_was_selected(office, project, tmp_path):
    office.photo(project, data=jpeg(1))
    chosen = office.photo(project, ItemState.REJECTED, data=jpeg(2))
    unassigned = office.photo(None, ItemState.UNASSIGNED, data=jpeg(3))
    assert list(content(write(office, tmp_path / "a.zip", item_ids=[chosen, unassigned]).path).values()) == [jpeg(2)]


def test_a_turned_photo_is_turned_and_details_lie_beside_it_where_preferences_say_so(
    office, database, project, tmp_path
):
    change_setting(database, "downloader_sidecar", True)
    office.photo(project, data=jpeg(1), rotation=90, uuid="phone-7")
    found = content(write(office, tmp_path / "a.zip", [project]).path)
    (photo, details) = found.values()
    assert Image.open(BytesIO(photo)).getexif()[0x0112] == 6
    assert json.loads(details)["uuid"] == "phone-7"
    first, second = found
    assert second == f"{first}.json"


def test_an_answer_set_is_a_file_of_its_details(office, project, tmp_path):
    item = office.photo(project, file_type=FileType.SURVEY, uuid="s")
    office.change(Item, item, sha256=None, survey={"answers": []})
    ((name, data),) = content(write(office, tmp_path / "a.zip", [project]).path).items()
    assert name.endswith(".json")
    assert json.loads(data)["survey"] == {"answers": []}


def test_names_that_windows_takes_for_one_never_meet_and_no_path_is_too_long(office, database, tmp_path):
    change_setting(database, "downloader_levels", "property,project,task,photo_type,sub_user,client")
    integration = office.integration(
        name="A client with a name as long as lawyers like them to be, and a little longer"
    )
    project = office.project(integration, "N" * 90, address1="A road with a name that nobody ever writes in full " * 2)
    for number, task in enumerate(("con", "CON", "Grass", "GRASS", "x" * 200, "a/b\\c:d")):
        office.photo(project, data=jpeg(number), task=task, created_by="somebody with a rather long name " * 2)
    found = content(write(office, tmp_path / "a.zip", [project]).path)
    assert len(found) == 6
    assert len({name.casefold() for name in found}) == 6
    assert all(length(name) <= LONGEST_PATH - UNPACKED_IN for name in found)


def test_a_file_that_is_there_stays_and_the_zip_takes_the_next_name(office, project, tmp_path):
    office.photo(project, data=jpeg(1))
    (tmp_path / "A.ZIP").write_bytes(b"theirs")
    assert write(office, tmp_path / "a.zip", [project]).path.name == "a (2).zip"
    assert write(office, tmp_path / "a.zip", [project]).path.name == "a (3).zip"
    assert (tmp_path / "A.ZIP").read_bytes() == b"theirs"


def test_what_is_missing_or_damaged_is_named_and_the_rest_is_written(office, project, tmp_path):
    gone, damaged, large = (office.photo(project, data=data) for data in (jpeg(1), jpeg(2), jpeg(3) + bytes(5 << 20)))
    office.photo(project, data=jpeg(4))
    for item_id, data in ((gone, None), (damaged, b"nothing of it"), (large, bytes(5 << 20))):
        item = office.get(Item, item_id)
        path = office.files.path(item.sha256, "jpg")
        path.unlink()
        if data is not None:
            path.write_bytes(data)
    written = write(office, tmp_path / "a.zip", [project])
    assert (written.count, [name for name, _ in written.missing]) == (1, ["1.jpg", "2.jpg", "3.jpg"])
    assert list(content(written.path).values()) == [jpeg(4)]


class StoppedError(Exception):
    """Somebody pressed Stop."""


def test_stopped_in_the_middle_it_leaves_nothing_behind(office, project, tmp_path):
    for shade in range(3):
        office.photo(project, data=jpeg(shade))
    told: list[tuple[int, int]] = []

    def step(done: int, total: int) -> None:
        told.append((done, total))
        if done == 2:
            raise StoppedError

    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(StoppedError):
        write(office, folder / "a.zip", [project], step=step)
    assert list(folder.iterdir()) == []
    assert (told[0], told[-1]) == ((0, 3), (2, 3))


def test_a_full_disk_and_a_missing_right_are_said_and_leave_nothing(office, project, tmp_path, monkeypatch):
    office.photo(project, data=jpeg(1))
    with pytest.raises(UsageError, match="cannot be written: No such file"):
        write(office, tmp_path / "nowhere" / "a.zip", [project])

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = tmp_path / "out"
    folder.mkdir()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DeskFault, match="full"):
        write(office, folder / "a.zip", [project])
    assert list(folder.iterdir()) == []


def test_a_time_that_no_zip_can_tell_is_the_earliest(office, project, tmp_path):
    office.photo(project, data=jpeg(1), taken_at=datetime(1975, 5, 1, tzinfo=UTC))
    with zipfile.ZipFile(write(office, tmp_path / "a.zip", [project]).path) as archive:
        assert archive.infolist()[0].date_time[0] == 1980


def test_the_annotated_copy_is_in_it_and_not_the_original_whose_place_it_takes(office, database, project, tmp_path):
    marks = annotations_text([Mark(MarkKind.BLUR, 0, 0, 1, 1)])
    original = office.photo(project, ItemState.PASSED, data=jpeg(1), annotations=marks)
    office.photo(project, ItemState.QUEUED, data=jpeg(1), annotations=marks, copy_of=original)
    (data,) = content(write(office, tmp_path / "a.zip", [project]).path).values()
    assert data != jpeg(1)
    assert Image.open(BytesIO(data)).size == (64, 48)


def test_what_is_annotated_is_drawn_though_no_copy_of_it_was_published(office, project, tmp_path):
    face = Image.effect_noise((64, 48), 200)
    buffer = BytesIO()
    face.save(buffer, "JPEG")
    marks = annotations_text([Mark(MarkKind.BLUR, 0, 0, 1, 1)])
    office.photo(project, ItemState.PENDING_QA, data=buffer.getvalue(), annotations=marks, rotation=90)
    (data,) = content(write(office, tmp_path / "a.zip", [project]).path).values()
    shown = Image.open(BytesIO(data)).convert("L")
    assert shown.size == (48, 64), "turned once, not twice"
    assert ImageStat.Stat(shown).stddev[0] < ImageStat.Stat(face).stddev[0] / 3
