"""Files from the office's own disks: found, looked at, kept, and taken in."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState
from pruvan_desk.operations import uploading
from pruvan_desk.operations.uploading import UploadTarget, add_files, find_files, keep_files, known_already, look_at
from pruvan_desk.store.models import Item, StoredFile

TARGET = UploadTarget("AFS::4711", "Grass Cut", "after")


def picture(form: str = "JPEG", colour: int = 90) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (40, 30), (colour, 120, 60)).save(buffer, form)
    return buffer.getvalue()


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """A folder of the office."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    return folder


def put(disk: Path, name: str, data: bytes) -> Path:
    path = disk / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(data)
    return path


def upload(office, *paths: Path, target: UploadTarget = TARGET) -> list[Item]:
    added = keep_files(office.files, [look_at(path) for path in paths])
    assert added.refused == ()
    changes = add_files(office.database, target, added.kept, "mary")
    return [office.get(Item, item_id) for item_id in sorted(changes.items)]


def test_folders_are_gone_through_to_the_bottom_and_hidden_files_left_out(disk):
    for name in ("b.jpg", "a/2.jpg", "a/1.jpg", "a/.DS_Store", ".git/x.jpg", "Thumbs.db"):
        put(disk, name, b"x")
    single = put(disk.parent, "single.jpg", b"x")
    found = [path.relative_to(disk.parent).as_posix() for path in find_files([disk, single])]
    assert found == ["pictures/b.jpg", "pictures/a/1.jpg", "pictures/a/2.jpg", "single.jpg"]


def test_a_whole_disk_is_refused(disk, monkeypatch):
    monkeypatch.setattr(uploading, "MOST_FILES", 3)
    for number in range(4):
        put(disk, f"{number}.jpg", b"x")
    with pytest.raises(UsageError, match="more than 3 files"):
        list(find_files([disk]))


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.jpg", picture(), FileType.PICTURE),
        ("a.png", picture("PNG"), FileType.PICTURE),
        ("a.pdf", b"%PDF-1.7 a report", FileType.FILE),
        ("a.mp4", b"\0\0\0\x18ftypmp42" + bytes(40), FileType.FILE),
        ("a.mov", b"\0\0\0\x14ftypqt  " + bytes(40), FileType.FILE),
    ],
)
def test_photos_documents_and_videos_can_be_added(disk, name, data, kind):
    seen = look_at(put(disk, name, data))
    assert (seen.file_type, seen.problem, seen.size) == (kind, "", len(data))


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.docx", b"PK\x03\x04 a letter", "ZIP archive, no photo, PDF or video"),
        ("a.txt", b"hello", "not an image"),
        ("empty.jpg", b"", "empty"),
        ("cut.jpg", picture()[:-40], "cut short"),
        ("really.jpg", picture("PNG"), "named .jpg, but it is a PNG image"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(disk, name, data, words):
    assert words in look_at(put(disk, name, data)).problem


def test_a_file_that_is_gone_is_named_and_no_error(disk):
    assert "cannot be read" in look_at(disk / "gone.jpg").problem


def test_uploaded_files_wait_for_qa_and_are_not_from_the_app(office, disk):
    office.project(office.integration())
    photo, film = upload(
        office, put(disk, "front.jpg", picture()), put(disk, "walk.mp4", b"\0\0\0\x18ftypmp42" + bytes(40))
    )
    assert [(item.file_type, item.state, item.from_app) for item in (photo, film)] == [
        (FileType.PICTURE, ItemState.PENDING_QA, False),
        (FileType.FILE, ItemState.PENDING_QA, False),
    ]
    assert (photo.task, photo.evidence_type, photo.created_by, photo.file_name) == (
        "Grass Cut",
        "after",
        "mary",
        "front.jpg",
    )
    assert (photo.inspected, photo.hinted) == (False, False)
    assert office.files.path(photo.sha256 or "", "jpg").read_bytes() == picture()


def test_in_qa_in_field_they_are_held_until_the_crew_is_done(office, disk):
    project_id = office.project(office.integration(), qa_in_field=True)
    (held,) = upload(office, put(disk, "1.jpg", picture(colour=1)))
    assert held.state == ItemState.HELD
    office.change(uploading.Project, project_id, field_status=FieldStatus.COMPLETED)
    (queued,) = upload(office, put(disk, "2.jpg", picture(colour=2)))
    assert queued.state == ItemState.QUEUED


def test_a_phone_that_sends_a_photo_keeps_its_certification(office):
    office.project(office.integration())
    assert office.get(Item, office.photo(1)).from_app


def test_what_is_there_already_is_named_by_its_content(office, disk):
    project_id = office.project(office.integration())
    office.photo(project_id, data=picture(), file_name="0012.jpg")
    office.photo(project_id, ItemState.DELETED, data=picture(colour=5))
    again, deleted, fresh = (
        look_at(put(disk, f"{number}.jpg", data))
        for number, data in enumerate((picture(), picture(colour=5), picture(colour=6)))
    )
    with office.database.read() as session:
        known = known_already(session, {again.sha256, deleted.sha256, fresh.sha256})
    assert known == {again.sha256: "0012.jpg of AFS::4711 (Grass Cut, Before)"}


def test_the_same_bytes_are_stored_once_however_often_they_are_added(office, disk):
    office.project(office.integration())
    items = upload(office, put(disk, "1.jpg", picture()), put(disk, "2.jpeg", picture()))
    assert len({item.sha256 for item in items}) == 1
    assert [item.extension for item in items] == ["jpg", "jpg"]
    assert len(office.all(StoredFile)) == 1


def test_a_file_that_changes_meanwhile_is_refused_by_name_and_leaves_nothing(office, disk):
    office.project(office.integration())
    path, good = put(disk, "1.jpg", picture()), put(disk, "2.jpg", picture(colour=8))
    seen = [look_at(path), look_at(good)]
    path.write_bytes(b"other")
    added = keep_files(office.files, seen)
    assert [(candidate.path, words) for candidate, words in added.refused] == [
        (path, "It was changed while it was being added.")
    ]
    assert [candidate.path for candidate, _ in added.kept] == [good]
    assert not list(office.files.root.glob("incoming-*"))
