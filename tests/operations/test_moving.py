"""Rotating, moving, assigning: data beside the photo, and what the client has goes again."""

import pytest

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState, JobState
from pruvan_desk.operations.qa import UNASSIGNED_ALERT, move_items, rotate_items
from pruvan_desk.store.alerts import raise_alert
from pruvan_desk.store.models import Alert, CheckIn, Item, ItemEdit, RelayJob

GONE_OUT = [ItemState.QUEUED, ItemState.RELAYING, ItemState.PUBLISHED, ItemState.FAILED]
STAYS = [ItemState.PENDING_QA, ItemState.PASSED, ItemState.REJECTED, ItemState.HELD]


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration())


def jobs(office, item: int) -> list[tuple[int, str]]:
    return [(job.revision, job.state) for job in office.all(RelayJob, item_id=item)]


@pytest.mark.parametrize(
    ("turns", "degrees"), [([90], 90), ([90, 90], 180), ([-90], 270), ([270, 180], 90), ([90, -90], 0)]
)
def test_turns_add_up_and_stand_beside_the_original(office, database, project, turns, degrees):
    item = office.photo(project)
    before = office.get(Item, item).sha256
    for turn in turns:
        rotate_items(database, [item], turn, "ana")
    assert (office.get(Item, item).rotation, office.get(Item, item).sha256) == (degrees, before)


@pytest.mark.parametrize("degrees", [45, 1, 91])
def test_a_photo_turns_by_quarters_only(office, database, project, degrees):
    with pytest.raises(UsageError, match="quarters"):
        rotate_items(database, [office.photo(project)], degrees, "ana")


@pytest.mark.parametrize("state", STAYS)
def test_a_change_of_what_the_client_has_not_got_is_only_written_down(office, database, project, state):
    item = office.photo(project, state)
    assert rotate_items(database, [item], 90, "ana").projects == {project}
    move_items(database, [item], "ana", task="Trim", evidence_type="After")
    row = office.get(Item, item)
    assert (row.state, row.revision, row.task, row.evidence_type) == (state, 3, "Trim", "after")
    assert jobs(office, item) == []


@pytest.mark.parametrize("state", GONE_OUT)
def test_a_change_of_what_the_client_has_or_was_to_get_goes_again_under_its_uuid(office, database, project, state):
    for change in (
        lambda item: move_items(database, [item], "ana", evidence_type="after"),
        lambda item: rotate_items(database, [item], 90, "ana"),
    ):
        item = office.photo(project, state)
        uuid = office.get(Item, item).uuid
        assert change(item).projects == {project}
        row = office.get(Item, item)
        assert (row.state, row.revision, row.uuid) == (ItemState.QUEUED, 2, uuid)
        assert [each for each in jobs(office, item) if each[1] == JobState.QUEUED] == [(2, JobState.QUEUED)]


def test_the_history_says_what_a_change_did_to_the_state_too(office, database, project):
    item = office.photo(project, ItemState.PUBLISHED)
    rotate_items(database, [item], 90, "ana")
    (edit,) = office.all(ItemEdit)
    assert (edit.kind, edit.who) == ("rotate", "ana")
    assert edit.before == {"rotation": 0, "state": "published", "revision": 1}
    assert edit.after == {"rotation": 90, "state": "queued", "revision": 2}


def test_what_a_move_does_not_name_stays(office, database, project):
    item = office.photo(project, task="Grass Cut", evidence_type="before")
    move_items(database, [item], "ana", task="Trim")
    assert (office.get(Item, item).task, office.get(Item, item).evidence_type) == ("Trim", "before")
    move_items(database, [item], "ana", task="")
    assert office.get(Item, item).task == ""


def test_a_published_photo_moved_to_another_project_is_sent_for_that_one(office, database, project):
    other = office.project(office.integration("BFS"), "99")
    item = office.photo(project, ItemState.PUBLISHED)
    changes = move_items(database, [item], "ana", project_id=other)
    assert changes.projects >= {project, other}
    (job,) = office.all(RelayJob)
    assert (job.project_id, job.integration_id) == (other, 2)


def test_one_that_cannot_be_changed_leaves_the_whole_batch_as_it_was(office, database, project):
    good, deleted = office.photo(project, ItemState.PUBLISHED), office.photo(project, ItemState.DELETED)
    for change in (
        lambda: rotate_items(database, [good, deleted], 90, "ana"),
        lambda: move_items(database, [good, deleted], "ana", task="Trim"),
    ):
        with pytest.raises(UsageError, match="deleted"):
            change()
    row = office.get(Item, good)
    assert (row.state, row.rotation, row.task, row.revision) == (ItemState.PUBLISHED, 0, "Grass Cut", 1)
    assert (office.all(RelayJob), office.all(ItemEdit)) == ([], [])


def test_a_project_that_is_gone_takes_nothing(office, database, project):
    item = office.photo(project)
    with pytest.raises(UsageError, match="not there any more"):
        move_items(database, [item], "ana", project_id=999)
    assert office.get(Item, item).project_id == project


@pytest.mark.parametrize(
    ("values", "arrives"),
    [
        ({"qa_in_field": False}, ItemState.PENDING_QA),
        ({"qa_in_field": True}, ItemState.HELD),
        ({"qa_in_field": True, "field_status": FieldStatus.COMPLETED}, ItemState.QUEUED),
    ],
)
def test_an_unassigned_or_held_item_arrives_by_the_rule_of_the_project_it_is_given(office, database, values, arrives):
    integration = office.integration()
    held = office.photo(office.project(integration, "old", qa_in_field=True), ItemState.HELD)
    lost = office.photo(None, ItemState.UNASSIGNED)
    target = office.project(integration, "new", **values)
    assert target in move_items(database, [lost, held], "ana", project_id=target).projects
    for item, kind in ((lost, "assign"), (held, "move")):
        assert (office.get(Item, item).state, office.get(Item, item).project_id) == (arrives, target)
        assert [edit.kind for edit in office.all(ItemEdit, item_id=item)] == [kind]
        assert len(jobs(office, item)) == (1 if arrives is ItemState.QUEUED else 0)


def test_an_unassigned_item_needs_a_project_before_anything_else(office, database, project):
    item = office.photo(None, ItemState.UNASSIGNED)
    with pytest.raises(UsageError, match="no project yet"):
        move_items(database, [item], "ana", task="Trim")
    assert office.get(Item, item).task == "Grass Cut"


def test_the_alert_of_unassigned_items_goes_with_the_last_of_them(office, database, project):
    items = [office.photo(None, ItemState.UNASSIGNED) for _ in range(2)]
    with database.write() as writing:
        raise_alert(writing, UNASSIGNED_ALERT, UsageError("Items came."))
    move_items(database, items[:1], "ana", project_id=project)
    assert len(office.all(Alert, solved_at=None)) == 1
    move_items(database, items[1:], "ana", project_id=project)
    assert office.all(Alert, solved_at=None) == []


@pytest.mark.parametrize(("options", "arrives"), [({}, ItemState.QUEUED), ({"check_in_relay": "0"}, ItemState.PASSED)])
def test_a_check_in_that_is_given_its_project_counts_there(office, database, clock, options, arrives):
    item = office.photo(None, ItemState.UNASSIGNED, file_type=FileType.CHECK_IN)
    with database.write() as writing:
        writing.session.add(CheckIn(item_id=item, abc_number="ABC-123456", well_formed=True, at=clock.now()))
    target = office.project(office.integration(), options=options)
    move_items(database, [item], "ana", project_id=target)
    assert office.get(Item, item).state == arrives
    assert [row.project_id for row in office.all(CheckIn)] == [target]
