"""The annotated copy, from publishing to FAStrack and into the Downloader's folders; the original goes nowhere."""

import hashlib
import io

import pytest
from PIL import Image

from builders import order_json
from pruvan_desk.cli.balance import compare
from pruvan_desk.domain.annotations import Mark, MarkKind, annotations_text
from pruvan_desk.domain.destinations import BOTH
from pruvan_desk.domain.statuses import ItemState, JobState
from pruvan_desk.operations.annotating import annotate_item
from pruvan_desk.operations.doctor import check_accounting, check_outbox
from pruvan_desk.operations.qa import publish_items, rotate_items
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Item, RelayJob
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, small_jpeg

ALL_OF_IT = annotations_text([Mark(MarkKind.BLUR, 0, 0, 1, 1)])


@pytest.fixture
def project(desk: Desk, sandbox: FastrackSandbox):
    sandbox.control("orders", {"orders": [order_json("4711")]})
    integration_id = desk.integrate(sandbox, qa_in_field=False)
    with RunningEngine(desk):
        desk.imported(integration_id)
        yield desk.numbered("4711").id
    with desk.database.read() as session:
        assert compare(session, sandbox.control("items")).differences == []
        assert [check.findings for check in (check_accounting(session), check_outbox(session))] == [[], []]


def annotated(desk: Desk, project: int, data: bytes, **values) -> int:
    original = desk.photo(project, ItemState.PASSED, data, **values)
    annotate_item(desk.database, original, ALL_OF_IT, WHO)
    return original


def test_the_copy_arrives_with_its_parent_and_the_original_stays_as_it_came(
    desk: Desk, sandbox: FastrackSandbox, project: int
) -> None:
    photo = small_jpeg(1, orientation=6)
    original = annotated(desk, project, photo)
    files = desk.files_on_disk()
    publish_items(desk.database, [original], WHO, BOTH, copies=[original])
    desk.settle()
    first, copy = desk.all(Item)
    (received,) = sandbox.control("items")
    data = sandbox.kept_file(received["sha256"]).read_bytes()
    assert (received["uuid"], received["parent_uuid"]) == (copy.uuid, first.uuid)
    assert (received["task"], received["evidence_type"]) == ("Grass Cut", "before")
    assert received["sha256"] == copy.sent_sha256 == hashlib.sha256(data).hexdigest() != first.sha256
    shown = Image.open(io.BytesIO(data))
    assert shown.size == (48, 64), "upright"
    assert (first.state, copy.state) == (ItemState.PASSED, ItemState.PUBLISHED)
    assert desk.files_on_disk() == files, "no other file was made of it"
    assert desk.files.read(first.sha256 or "", "jpg") == photo
    jobs = {job.destination: job for job in desk.all(RelayJob)}
    assert {job.sent_sha256 for job in jobs.values()} == {received["sha256"]}
    placed = desk.folder.root / "Downloader" / jobs["downloader"].place
    assert placed.read_bytes() == data


def test_a_copy_that_is_turned_later_goes_again_under_its_own_uuid(
    desk: Desk, sandbox: FastrackSandbox, project: int
) -> None:
    original = annotated(desk, project, small_jpeg(1))
    publish_items(desk.database, [original], WHO, copies=[original])
    desk.settle()
    copy = desk.all(Item)[1]
    rotate_items(desk.database, [copy.id], 90, WHO)
    desk.settle()
    (received,) = sandbox.control("items")
    assert (received["uuid"], received["deliveries"]) == (copy.uuid, 2)
    assert Image.open(io.BytesIO(sandbox.kept_file(received["sha256"]).read_bytes())).size == (48, 64)


def test_a_copy_that_cannot_be_drawn_fails_with_words_and_the_others_go(
    desk: Desk, sandbox: FastrackSandbox, project: int
) -> None:
    broken = annotated(desk, project, b"\xff\xd8\xff broken", image_format="JPEG")
    whole = annotated(desk, project, small_jpeg(2))
    publish_items(desk.database, [broken, whole], WHO, copies=[broken, whole])
    desk.settle()
    of = {item.copy_of: item for item in desk.all(Item) if item.copy_of}
    assert (of[whole].state, of[broken].state) == (ItemState.PUBLISHED, ItemState.FAILED)
    assert of[broken].relay_words.startswith("The annotated copy could not be made.")
    assert [item["uuid"] for item in sandbox.control("items")] == [of[whole].uuid]
    assert desk.all(RelayJob, item_id=of[broken].id)[0].state == JobState.FAILED
