"""Items arriving from the field.

Holds to §2.2, §5 of sync.md.
"""

import hashlib
from contextlib import closing

import pytest

from builders import Office, item_json, receive_item
from pruvan_desk.core.changes import Changes
from pruvan_desk.core.paths import data_folder
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState, JobState
from pruvan_desk.operations.intake import Arrival, receive_items
from pruvan_desk.operations.qa import UNASSIGNED_ALERT, move_items, rotate_items
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.models import Alert, Item, ItemEdit, RelayJob, StoredFile
from pruvan_desk.store.opening import open_database
from pruvan_desk.wire.items import read_item

PHOTO, OTHER = b"photo", b"another photo"


@pytest.fixture
def field(office, database):
    """Sends an item as a phone does: its bytes kept first, then its row."""

    def send(data: bytes | None = PHOTO, uuid: str = "item-1", **fields) -> Changes:
        stored = office.keep(data) if data is not None else None
        return receive_item(database, read_item(item_json(uuid, **fields)), stored, "crew")

    return send


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration())


def only(office) -> Item:
    (item,) = office.all(Item)
    return item


def test_a_photo_arrives_in_its_project_with_all_that_was_said(field, office, project):
    changes = field(
        key4="Trim", evidenceType="After", notes="Mud", timestamp=1796126400, gpsLatitude=30.5, gpsLongitude=-97.5
    )
    item = only(office)
    assert (changes.items, changes.projects) == ({item.id}, {project})
    assert (item.project_id, item.task, item.evidence_type, item.state) == (
        project,
        "Trim",
        "after",
        ItemState.PENDING_QA,
    )
    assert (item.sha256, item.extension, item.notes) == (hashlib.sha256(PHOTO).hexdigest(), "jpg", "Mud")
    assert (item.taken_at.timestamp(), item.latitude) == (1796126400, 30.5)
    assert (item.problem, item.inspected, item.wanted_project) == ("", False, "AFS::4711")
    assert office.get(StoredFile, item.sha256).size == len(PHOTO)


def test_no_secret_of_the_sender_is_kept(field, office, project):
    field()
    with office.database.read() as session:
        payload = session.get_one(Item, only(office).id).payload
    assert not {"username", "password", "token"} & set(payload)


@pytest.mark.parametrize("seconds", [0, -5, 5e9, 1e300, None, "noon"])
def test_the_time_of_a_broken_clock_is_no_time(field, office, project, seconds):
    field(timestamp=seconds)
    assert only(office).taken_at is None


def test_a_photo_without_a_file_is_kept_with_its_problem(field, office, project):
    field(None)
    assert (only(office).problem, only(office).sha256, only(office).inspected) == ("No file came with it.", None, True)


def test_the_same_said_again_is_the_same_item_and_changes_nothing(field, office, project):
    field(notes="Mud")
    assert not field(notes="Mud", batchId="second try", uploaderVersion="2")
    item = only(office)
    assert (item.revision, office.all(ItemEdit)) == (1, [])


def test_nothing_sent_in_another_spelling_is_the_same(field, office, project):
    field(notes="", parentUuid=None)
    assert not field()
    assert only(office).revision == 1


@pytest.mark.parametrize(
    "new",
    [
        {"key4": "Trim"},
        {"evidenceType": "After"},
        {"notes": "Mud"},
        {"survey": {"answers": []}},
        {"key2": "AFS::other"},
    ],
)
def test_another_statement_is_a_new_revision_with_the_old_one_in_the_history(field, office, project, new):
    office.project(1, "other")
    field()
    before = only(office)
    assert field(**new)
    after = only(office)
    assert (after.id, after.uuid, after.revision) == (before.id, before.uuid, 2)
    (edit,) = office.all(ItemEdit)
    assert (edit.kind, edit.before["revision"], edit.before["task"]) == ("received again", 1, before.task)


def test_other_bytes_are_a_new_revision_and_the_old_bytes_stay(field, office, project):
    field()
    field(OTHER)
    item, old = only(office), hashlib.sha256(PHOTO).hexdigest()
    assert (item.revision, item.sha256) == (2, hashlib.sha256(OTHER).hexdigest())
    (edit,) = office.all(ItemEdit)
    assert (edit.before["sha256"], edit.after["sha256"]) == (old, item.sha256)
    assert office.files.path(old, "jpg").read_bytes() == PHOTO
    assert office.get(StoredFile, old).size == len(PHOTO)


def test_other_bytes_are_looked_at_afresh(field, office, database, project):
    field()
    rotate_items(database, [1], 90, "ana")
    office.change(Item, 1, state=ItemState.REJECTED, reject_reason="blurred", inspected=True, width=5, height=5)
    field(OTHER)
    item = only(office)
    assert (item.state, item.reject_reason, item.rotation) == (ItemState.PENDING_QA, "", 0)
    assert (item.inspected, item.width) == (False, None)


def test_an_item_said_again_stays_where_the_office_moved_it(field, office, database, project):
    other = office.project(1, "other")
    field()
    move_items(database, [1], "ana", project_id=other, task="Trim")
    assert not field()
    assert (only(office).project_id, only(office).task) == (other, "Trim")


def test_a_known_item_for_another_project_moves_there_and_both_hear_of_it(field, office, project):
    other = office.project(1, "other")
    field()
    changes = field(key2="AFS::other")
    assert only(office).project_id == other
    assert changes.projects >= {project, other}


def test_a_revision_of_what_is_queued_replaces_its_job(field, office, project):
    target = office.project(1, "done", qa_in_field=True, field_status=FieldStatus.COMPLETED)
    field(key2="AFS::done")
    field(OTHER, key2="AFS::done")
    jobs = [(job.revision, job.state) for job in office.all(RelayJob, project_id=target)]
    assert jobs == [(1, JobState.REPLACED), (2, JobState.QUEUED)]


@pytest.mark.parametrize("number", ["AFS::nowhere", "XYZ::4711", "nowhere", "", "::4711"])
def test_an_item_for_an_unknown_project_is_kept_unassigned_with_an_alert(field, office, project, number):
    field(key2=number)
    assert (only(office).state, only(office).project_id, only(office).wanted_project) == (
        ItemState.UNASSIGNED,
        None,
        number,
    )
    (alert,) = office.all(Alert, key=UNASSIGNED_ALERT)
    assert (alert.times, alert.solved_at) == (1, None)
    assert office.all(RelayJob) == []


def test_a_bare_number_means_the_one_project_that_has_it_and_of_two_none(field, office, project):
    field(key2="4711")
    assert only(office).project_id == project
    office.project(office.integration("BFS"), "4711")
    field(uuid="item-2", key2="4711")
    field(uuid="item-3", key2="BFS::4711")
    assert [item.state for item in office.all(Item)][1] == ItemState.UNASSIGNED
    assert office.all(Item)[2].project_id == 2


@pytest.mark.parametrize(
    ("field_status", "arrives"),
    [
        (FieldStatus.NEW, "held"),
        (FieldStatus.IN_PROCESS, "held"),
        (FieldStatus.COMPLETED, "queued"),
        (FieldStatus.REWORK, "held"),
    ],
)
def test_with_qa_in_the_field_photos_are_held_until_complete_and_late_ones_go_at_once(
    field, office, field_status, arrives
):
    office.project(office.integration(), qa_in_field=True, field_status=field_status)
    field()
    assert only(office).state == arrives
    assert len(office.all(RelayJob)) == (1 if arrives == "queued" else 0)


def test_an_answer_set_needs_no_file(field, office, project):
    field(None, fileType="survey", survey={"answers": [1]}, evidenceType="Survey")
    assert (only(office).file_type, only(office).survey, only(office).problem) == (
        FileType.SURVEY,
        {"answers": [1]},
        "",
    )


def test_several_arrive_in_one_commit_or_none_does(office, database, project):
    good = Arrival(read_item(item_json("a")), office.keep(PHOTO), "crew")
    both = [good, Arrival(read_item(item_json("b")), office.keep(OTHER), "crew")]
    assert len(receive_items(database, both).items) == 2
    bad = Arrival(read_item(item_json("d", survey={"broken": object()})), None, "crew")
    with pytest.raises(Exception, match="JSON"):
        receive_items(database, [Arrival(read_item(item_json("c")), None, "crew"), bad])
    assert [item.uuid for item in office.all(Item)] == ["a", "b"]


def batch(office) -> list[Arrival]:
    """What several phones may send in one moment: new, known, twice, without a file, for nobody, of every kind."""
    photo, other = office.keep(PHOTO), office.keep(OTHER)
    said = [
        (photo, {"uuid": "a"}),
        (other, {"uuid": "b", "evidenceType": "After"}),
        (photo, {"uuid": "c", "key2": "AFS::done"}),
        (other, {"uuid": "d", "key2": "AFS::nowhere"}),
        (None, {"uuid": "e"}),
        (None, {"uuid": "f", "fileType": "survey", "survey": {"answers": [1]}, "evidenceType": "Survey"}),
        (photo, {"uuid": "g", "key2": "AFS::nowhere"}),
        (other, {"uuid": "a"}),
        (None, {"uuid": "h", "fileType": "fieldApp", "survey": {"abcNumber": "1"}}),
        (other, {"uuid": "b", "evidenceType": "After"}),
        (photo, {"uuid": "known", "notes": "Mud"}),
        (other, {"uuid": "i"}),
    ]
    return [Arrival(read_item(item_json(**fields)), stored, "crew") for stored, fields in said]


def rows(office) -> list[tuple[object, ...]]:
    """What is known of items, files, jobs, history and alerts, but for the moments."""
    items = [
        (
            item.uuid,
            item.project_id,
            item.state,
            item.revision,
            item.sha256,
            item.notes,
            item.destinations,
            item.inspected,
        )
        for item in office.all(Item)
    ]
    edits = [(edit.kind, edit.before["revision"]) for edit in office.all(ItemEdit)]
    jobs = [(job.item_id, job.revision, job.state) for job in office.all(RelayJob)]
    alerts = [(alert.key, alert.times) for alert in office.all(Alert)]
    return [*items, *edits, *jobs, *alerts, *sorted(file.sha256 for file in office.all(StoredFile))]


def test_what_comes_together_is_what_it_would_be_one_after_the_other(office, database, tmp_path, project):
    def known(some: Office) -> None:
        some.project(1, "done", qa_in_field=True, field_status=FieldStatus.COMPLETED)
        first = Arrival(read_item(item_json("known")), some.keep(PHOTO), "crew")
        receive_items(some.database, [first])

    with closing(open_database(data_folder(tmp_path / "other").create())) as second:
        alone = Office(second, PhotoFiles(tmp_path / "other" / "photos"))
        alone.project(alone.integration())
        for some in (office, alone):
            known(some)
        receive_items(database, batch(office))
        for arrival in batch(alone):
            receive_items(second, [arrival])
        assert rows(office) == rows(alone)
    assert {item.uuid: item.revision for item in office.all(Item)}["a"] == 2
