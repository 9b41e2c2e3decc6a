"""The annotated copy, from publishing to FAStrack and into the Downloader's folders; the original goes nowhere."""

import hashlib
import io

import pytest
from PIL import Image

from builders import order_json, receive_item
from pruvan_desk.cli.balance import compare
from pruvan_desk.domain.annotations import Mark, MarkKind, annotations_text
from pruvan_desk.domain.destinations import BOTH, DOWNLOADER
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import FileType, ItemState, JobState
from pruvan_desk.operations.annotating import annotate_item
from pruvan_desk.operations.doctor import check_accounting, check_outbox
from pruvan_desk.operations.qa import mark_items, publish_items, rotate_items
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Item, RelayJob
from pruvan_desk.wire.items import ReceivedItem
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


def form_naming(desk: Desk, *photos: int) -> int:
    """A form that the crew submitted with these photos, passed. Answers its id."""
    uuids = [desk.get(Item, photo).uuid for photo in photos]
    answers = {"answers": [{"id": "roof", "answer": "yes", "pictures": uuids}]}
    payload = {"key2": "AFS::4711", "fileType": "survey", "survey": answers}
    received = ReceivedItem(
        "form-1", "AFS::4711", "Grass Cut", "survey", FileType.SURVEY, survey=answers, payload=payload
    )
    receive_item(desk.database, received, None, "crew7")
    form = desk.item("form-1").id
    mark_items(desk.database, [form], Decision.PASS, WHO)
    return form


def named_by_the_form(sandbox: FastrackSandbox) -> list[str]:
    (form,) = sandbox.control("surveys")
    pictures: list[str] = form["answers"]["answers"][0]["pictures"]
    return pictures


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
    assert desk.files.path(first.sha256 or "", "jpg").read_bytes() == photo
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


def test_a_form_names_the_copy_that_the_client_has_and_not_the_original_that_it_never_gets(
    desk: Desk, sandbox: FastrackSandbox, project: int
) -> None:
    original, plain = annotated(desk, project, small_jpeg(1)), desk.photo(project, ItemState.PASSED, small_jpeg(2))
    form = form_naming(desk, original, plain)
    publish_items(desk.database, [original, plain, form], WHO, copies=[original])
    desk.settle()
    copy, unmarked = desk.all(Item, copy_of=original)[0], desk.get(Item, plain)
    assert named_by_the_form(sandbox) == [copy.uuid, unmarked.uuid]
    assert {item["uuid"] for item in sandbox.control("items")} == {copy.uuid, unmarked.uuid, "form-1"}
    assert desk.item("form-1").survey["answers"][0]["pictures"] == [desk.get(Item, original).uuid, unmarked.uuid]


def test_a_form_that_went_before_goes_again_when_the_copy_of_its_photo_is_published(
    desk: Desk, sandbox: FastrackSandbox, project: int
) -> None:
    original = annotated(desk, project, small_jpeg(1))
    form = form_naming(desk, original)
    publish_items(desk.database, [form], WHO)
    desk.settle()
    assert named_by_the_form(sandbox) == [desk.get(Item, original).uuid]
    publish_items(desk.database, [original], WHO, copies=[original])
    desk.settle()
    assert named_by_the_form(sandbox) == [desk.all(Item, copy_of=original)[0].uuid]
    assert desk.get(Item, form).state == ItemState.PUBLISHED


def test_a_form_still_names_a_photo_that_went_out_itself_though_its_copy_follows(
    desk: Desk, sandbox: FastrackSandbox, project: int
) -> None:
    original = desk.photo(project, ItemState.PASSED, small_jpeg(1))
    form = form_naming(desk, original)
    publish_items(desk.database, [original, form], WHO)
    desk.settle()
    annotate_item(desk.database, original, ALL_OF_IT, WHO)
    publish_items(desk.database, [original], WHO, copies=[original])
    desk.settle()
    assert named_by_the_form(sandbox) == [desk.get(Item, original).uuid]
    assert desk.get(Item, form).revision == 1


def test_a_form_for_the_client_does_not_name_a_copy_that_went_into_the_downloaders_folders_only(
    desk: Desk, sandbox: FastrackSandbox, project: int
) -> None:
    original = annotated(desk, project, small_jpeg(1))
    form = form_naming(desk, original)
    publish_items(desk.database, [original], WHO, DOWNLOADER, copies=[original])
    publish_items(desk.database, [form], WHO)
    desk.settle()
    assert named_by_the_form(sandbox) == [desk.get(Item, original).uuid]
