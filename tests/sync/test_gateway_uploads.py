"""The field gateway: bodies of every shape. What is refused leaves nothing behind; what is acknowledged is there, byte for byte."""

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pruvan_desk.core.errors import ItemError
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.qa import move_items
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.models import ItemEdit
from pruvan_desk.sync.gateway import arrivals, uploads
from sync.desk import WHO, Desk, FieldCaller, part, small_jpeg, wait_until

TAKEN = {"error": "", "status": True}
END = b"--line--\r\n"


def stored(data: bytes, extension: str = "jpg") -> str:
    return f"{hashlib.sha256(data).hexdigest()}.{extension}"


def photo_payload(field: FieldCaller, uuid: str = "item-1") -> str:
    return field.payload(uuid=uuid, key2="AFS::4711", key4="Grass Cut", evidenceType="Before", fileType="picture")


@pytest.mark.parametrize("payload_first", [True, False], ids=["payload, file", "file, payload"])
def test_payload_and_file_come_in_any_order(field: FieldCaller, desk: Desk, *, payload_first: bool) -> None:
    photo = small_jpeg(1)
    parts = [part("payload", photo_payload(field)), part("file", photo, "front.JPG")]
    body = b"".join(parts if payload_first else reversed(parts)) + END
    assert field.post_raw("uploadPictures", body).json() == TAKEN
    assert desk.files_on_disk() == [stored(photo)]
    item = desk.item("item-1")
    assert (item.task, item.evidence_type, item.state) == ("Grass Cut", "before", ItemState.PENDING_QA)


@pytest.mark.parametrize(("name", "file_name"), [("file", None), ("picture", "a.jpg"), ("file", "")])
def test_the_file_part_is_found_whatever_it_is_called(
    field: FieldCaller, desk: Desk, name: str, file_name: str | None
) -> None:
    body = part("payload", photo_payload(field)) + part(name, small_jpeg(1), file_name) + END
    assert field.post_raw("uploadPictures", body).json() == TAKEN
    (on_disk,) = desk.files_on_disk()
    assert on_disk.startswith(hashlib.sha256(small_jpeg(1)).hexdigest())


def test_a_file_name_in_the_extended_spelling_is_one_too(field: FieldCaller, desk: Desk) -> None:
    head = b"--line\r\ncontent-disposition: form-data; name=\"photo\"; filename*=UTF-8''f%C3%B6.jpg\r\n\r\n"
    body = part("payload", photo_payload(field)) + head + small_jpeg(1) + b"\r\n" + END
    assert field.post_raw("uploadPictures", body).json() == TAKEN
    assert desk.item("item-1").sha256 == hashlib.sha256(small_jpeg(1)).hexdigest()


def test_a_form_without_a_file_may_be_urlencoded(field: FieldCaller, desk: Desk) -> None:
    survey = {"meta": {"surveyTemplateId": "FORM-1"}, "answers": [{"id": "a", "answer": "ja, größer"}]}
    payload = field.payload(uuid="s", key2="AFS::4711", key4="Form", fileType="survey", survey=survey)
    assert field.post_form("uploadPictures", data={"payload": payload}).json() == TAKEN
    assert desk.item("s").survey == survey


def bad_bodies(field: FieldCaller) -> dict[str, tuple[bytes, str, str]]:
    """Body, content type, and what the answer says."""
    good, photo = part("payload", photo_payload(field)), part("file", small_jpeg(1), "front.jpg")
    multipart = "multipart/form-data; boundary=line"
    no_uuid = part("payload", field.payload(key2="AFS::4711", fileType="picture"))
    long_uuid = part("payload", field.payload(uuid="x" * 101))
    stranger = part("payload", field.payload(uuid="item-1", token="wrong"))
    return {
        "no boundary": (good + photo + END, "multipart/form-data", "names no boundary"),
        "another boundary": (good + photo + END, "multipart/form-data; boundary=other", "not a form that can be read"),
        "no end": (good + photo, multipart, "ended early"),
        "cut off in the file": ((good + photo)[:-200], multipart, "ended early"),
        "cut off in a header": (good + b"--line\r\ncontent-disp", multipart, "ended early"),
        "nothing": (b"", multipart, "ended early"),
        "not multipart at all": (b"hello, world", multipart, "not a form that can be read"),
        "no uuid": (no_uuid + photo + END, multipart, "uuid is missing"),
        "an endless uuid": (long_uuid + photo + END, multipart, "uuid is missing or too long"),
        "two files": (good + photo + photo + END, multipart, "more than one file"),
        "two files of two names": (good + photo + part("file2", b"2", "2.jpg") + END, multipart, "more than one file"),
        "a stranger": (photo + stranger + END, multipart, "token is wrong"),
        "a payload without end": (part("payload", b"x" * (5 << 20)) + photo + END, multipart, "payload is too long"),
        "only a file": (photo + END, multipart, "payload is not JSON"),
        "a header without end": (b"--line\r\n" + b"a" * 100_000, multipart, "not a form that can be read"),
        "an endless boundary": (
            b"--" + b"b" * 9000,
            f"multipart/form-data; boundary={'b' * 9000}",
            "boundary cannot be used",
        ),
    }


@pytest.mark.logs("python_multipart", "a call was refused")
def test_a_body_that_cannot_be_read_is_refused_in_words_and_leaves_nothing(field: FieldCaller, desk: Desk) -> None:
    for why, (body, content_type, words) in bad_bodies(field).items():
        answer = field.post_raw("uploadPictures", body, content_type)
        assert answer.status_code == 200, why
        said = answer.json()
        assert words in said["error"], why
        assert (said["status"], said["validated"]) == (False, False), why
    assert desk.files_on_disk() == []
    assert desk.states() == {}
    assert field.send("item-1", small_jpeg(1)).json() == TAKEN


def test_a_file_that_is_too_large_is_refused_on_the_way(
    field: FieldCaller, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LONGEST_BODY", 1 << 20)
    assert "larger than 1 MB" in field.send("item-1", b"x" * (2 << 20)).json()["error"]
    assert desk.files_on_disk() == []


@pytest.mark.parametrize("sent", [10, 600, 150_000], ids=["in the payload", "in the file", "deep in the file"])
def test_a_connection_that_breaks_off_leaves_nothing_and_harms_no_other(
    field: FieldCaller, desk: Desk, sent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "HELD_TOGETHER", 50_000)
    body = part("payload", photo_payload(field, "broken")) + part("file", b"\xff\xd8" + bytes(200_000), "a.jpg") + END
    host = urlsplit(field.gateway)
    head = (
        f"POST /uploadPictures HTTP/1.1\r\nhost: {host.netloc}\r\ncontent-length: {len(body)}\r\n"
        "content-type: multipart/form-data; boundary=line\r\n\r\n"
    )
    with socket.create_connection((str(host.hostname), host.port or 0)) as connection:
        connection.sendall(head.encode() + body[:sent])
        if sent > 600:
            wait_until("the file on its way", lambda: [n for n in desk.files_on_disk() if n.startswith("incoming-")])
        assert field.send("other", small_jpeg(1)).json() == TAKEN
    wait_until("the remains to go", lambda: desk.files_on_disk() == [stored(small_jpeg(1))])
    assert field.send("broken", small_jpeg(2)).json() == TAKEN
    assert sorted(desk.files_on_disk()) == sorted([stored(small_jpeg(1)), stored(small_jpeg(2))])


def test_many_at_once_with_bad_ones_among_them(field: FieldCaller, desk: Desk) -> None:
    def send(number: int) -> bool:
        if number % 5 == 0:
            return "error" in field.post_raw("uploadPictures", part("payload", "{") + part("file", b"x", "x")).json()
        return bool(field.send(f"item-{number % 13}-{number}", small_jpeg(number)).json()["status"])

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(send, range(60)))
    assert desk.states() == {ItemState.PENDING_QA: 48}
    assert desk.files_on_disk() == sorted({stored(small_jpeg(number)) for number in range(60) if number % 5})


FILE_NAMES = {
    "../../../etc/passwd": "bin",
    "..\\..\\windows\\system.ini": "ini",
    "/absolute/photo.jpg": "jpg",
    "C:\\photo.JPEG": "jpeg",
    "photo.jpg/../../x": "bin",
    "photo.jpg\u0000.exe": "exe",
    "photo.": "bin",
    ".": "bin",
    "photo.j/p/g": "bin",
    "photo.averyveryverylongextension": "bin",
    "фото.jpg": "jpg",
    "photo.jpg ": "bin",
    "con.jpg:stream": "bin",
}


def test_no_file_name_becomes_a_path(field: FieldCaller, desk: Desk) -> None:
    outside = sorted(desk.folder.root.parent.iterdir())
    for number, name in enumerate(FILE_NAMES):
        body = part("payload", photo_payload(field, f"item-{number}")) + part("file", small_jpeg(number), name) + END
        assert field.post_raw("uploadPictures", body).json() == TAKEN, name
    wanted = [stored(small_jpeg(number), extension) for number, extension in enumerate(FILE_NAMES.values())]
    assert desk.files_on_disk() == sorted(wanted)
    assert sorted(desk.folder.root.parent.iterdir()) == outside


def test_the_same_item_twice_is_one_item(field: FieldCaller, desk: Desk) -> None:
    for _ in range(3):
        assert field.send("item-1", small_jpeg(1)).json() == TAKEN
    item = desk.item("item-1")
    assert (item.revision, item.state) == (1, ItemState.PENDING_QA)
    assert desk.all(ItemEdit) == []
    assert desk.files_on_disk() == [stored(small_jpeg(1))]


def test_the_same_uuid_with_other_bytes_is_a_new_revision_and_keeps_both(field: FieldCaller, desk: Desk) -> None:
    field.send("item-1", small_jpeg(1))
    assert field.send("item-1", small_jpeg(2)).json() == TAKEN
    item = desk.item("item-1")
    assert (item.revision, item.sha256) == (2, hashlib.sha256(small_jpeg(2)).hexdigest())
    assert desk.files_on_disk() == sorted([stored(small_jpeg(1)), stored(small_jpeg(2))])
    (edit,) = desk.all(ItemEdit)
    assert (edit.kind, edit.who) == ("received again", "crew1")
    assert edit.before["sha256"] == hashlib.sha256(small_jpeg(1)).hexdigest()


def test_the_same_uuid_for_another_flag_or_project_is_a_new_revision(field: FieldCaller, desk: Desk) -> None:
    desk.project(1, "4712")
    field.send("item-1", small_jpeg(1))
    field.send("item-1", small_jpeg(1), evidenceType="After")
    field.send("item-1", small_jpeg(1), evidenceType="After", key2="AFS::4712")
    item = desk.item("item-1")
    assert (item.revision, item.evidence_type, item.project_id) == (3, "after", desk.numbered("4712").id)
    assert desk.files_on_disk() == [stored(small_jpeg(1))]


def test_two_items_may_have_the_same_bytes(field: FieldCaller, desk: Desk) -> None:
    field.send("item-1", small_jpeg(1), "one.jpg")
    field.send("item-2", small_jpeg(1), "two.jpeg")
    assert desk.files_on_disk() == [stored(small_jpeg(1))]
    assert desk.item("item-1").sha256 == desk.item("item-2").sha256


@pytest.mark.parametrize("number", ["AFS::9999", "XYZ::4711", "9999", "", "4711", "::4711"])
def test_an_item_whose_project_is_not_certain_waits_for_somebody_to_choose(
    field: FieldCaller, desk: Desk, number: str
) -> None:
    desk.project(desk.field_office("BNK"), "4711")  # so that a bare 4711 could be two
    assert field.send("item-1", small_jpeg(1), key2=number).json() == TAKEN
    assert desk.states() == {ItemState.UNASSIGNED: 1}
    assert desk.alerts()["unassigned"].title == "Items came for projects that are not known."
    item = desk.item("item-1")
    assert item.wanted_project == number
    move_items(desk.database, [item.id], WHO, project_id=1, task="Grass Cut")
    assert field.send("item-1", small_jpeg(1), key2=number).json() == TAKEN
    assert desk.states() == {ItemState.PENDING_QA: 1}
    assert "unassigned" not in desk.alerts()


def test_a_bare_number_that_can_only_be_one_project_is_understood(field: FieldCaller, desk: Desk) -> None:
    field.send("item-1", small_jpeg(1), key2="4711")
    assert desk.item("item-1").project_id == desk.numbered("4711").id


@pytest.mark.parametrize(
    ("number", "words"), [("ABC-123456", ""), ("12", "Check in again: the number has not the form of an ABC number.")]
)
def test_a_check_in_with_a_wrong_number_is_kept_and_the_phone_is_told_at_once(
    field: FieldCaller, desk: Desk, number: str, words: str
) -> None:
    answer = field.send("c", None, fileType="checkin", survey={"abcNumber": number}).json()
    assert answer == {"error": words, "status": True}
    assert desk.item("c").survey == {"abcNumber": number}


def test_an_upload_that_was_thrown_away_is_not_written_by_a_thread_that_comes_late(tmp_path: Path) -> None:
    files, upload = PhotoFiles(tmp_path), uploads.Upload()
    upload.file_name = "a.jpg"
    upload.hold(memoryview(b"photo"))
    upload.discard()
    assert upload.write(files) is None
    assert list(tmp_path.iterdir()) == []


def test_two_files_are_refused_where_only_the_text_is_wanted_too() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for name in ("a.jpg", "b.jpg"):
            yield part("file", b"photo", name)

    with pytest.raises(ItemError, match="more than one file"):
        asyncio.run(uploads.read_multipart("multipart/form-data; boundary=line", pieces()))
