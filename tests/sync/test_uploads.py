"""Files from the office's disks, all the way: taken in, looked into by the engine, and received by the client."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from builders import order_json
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.operations.qa import mark_items, publish_project
from pruvan_desk.operations.uploading import UploadTarget, add_files, keep_files, look_at
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Item
from pruvan_desk.store.views.item_facts import item_facts
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, wait_until

FILM = b"\0\0\0\x18ftypmp42" + bytes(500)
PAPER = b"%PDF-1.7 an invoice"


def photo() -> bytes:
    """Taken at half past nine by the camera's clock, in front of the house."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Canon", "IXUS"
    exif.get_ifd(0x8769)[0x9003] = "2026:06:15 09:30:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 30.0, 29.88), 3: "W", 4: (97.0, 40.0, 44.04)})
    buffer = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


@pytest.fixture
def office(desk: Desk, sandbox: FastrackSandbox) -> Iterator[Desk]:
    sandbox.control("orders", {"orders": [order_json("4711", gpsLatitude=30.5083, gpsLongitude=-97.6789)]})
    integration_id = desk.integrate(sandbox, qa_in_field=False)
    desk.set("office_zone", "America/Chicago")
    with RunningEngine(desk):
        desk.imported(integration_id)
        yield desk


def upload(desk: Desk, folder: Path, files: dict[str, bytes]) -> list[Item]:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    added = keep_files(desk.files, [look_at(folder / name) for name in files])
    add_files(desk.database, UploadTarget("AFS::4711", "Grass Cut", "after"), added.kept, WHO)
    wait_until("the inspection", lambda: all(item.inspected and item.hinted for item in desk.all(Item)))
    return desk.all(Item)


def test_time_and_place_are_read_from_the_file_and_it_is_not_certified(office: Desk, tmp_path: Path) -> None:
    (item,) = upload(office, tmp_path, {"front.jpg": photo()})
    assert item.taken_at is not None
    assert item.taken_at.isoformat() == "2026-06-15T14:30:00+00:00"
    assert (item.latitude, item.longitude) == (pytest.approx(30.5083, abs=1e-4), pytest.approx(-97.6789, abs=1e-4))
    assert (item.camera, item.state) == ("Canon IXUS", ItemState.PENDING_QA)
    with office.database.read() as session:
        facts = item_facts(session, item.id)
    assert facts is not None
    assert (facts.certification.item, facts.certification.time, facts.certification.location) == (False, False, True)


def test_photos_videos_and_documents_pass_and_reach_the_client_as_they_are(
    office: Desk, sandbox: FastrackSandbox, tmp_path: Path
) -> None:
    items = upload(office, tmp_path, {"a.jpg": photo(), "b.mp4": FILM, "c.pdf": PAPER})
    assert [(item.file_type, item.problem) for item in items] == [
        (FileType.PICTURE, ""),
        (FileType.FILE, ""),
        (FileType.FILE, ""),
    ]
    mark_items(office.database, [item.id for item in items], Decision.PASS, WHO)
    publish_project(office.database, items[0].project_id or 0, WHO)
    office.settle()
    received = {item["uuid"]: item for item in sandbox.control("items")}
    sent = [received[item.uuid] for item in items]
    assert [sandbox.kept_file(item["sha256"]).read_bytes() for item in sent] == [photo(), FILM, PAPER]
    assert [item["file_type"] for item in sent] == ["picture", "file", "file"]
    assert [item["file_name"].rpartition(".")[2] for item in sent] == ["jpg", "mp4", "pdf"]


def test_a_broken_file_is_published_as_it_is(office: Desk, sandbox: FastrackSandbox, tmp_path: Path) -> None:
    broken = photo()[:-300]
    (item,) = upload(office, tmp_path, {"cut.jpg": broken})
    assert "cut short" in item.problem
    mark_items(office.database, [item.id], Decision.PASS, WHO)
    publish_project(office.database, item.project_id or 0, WHO)
    office.settle()
    (received,) = sandbox.control("items")
    assert sandbox.kept_file(received["sha256"]).read_bytes() == broken
