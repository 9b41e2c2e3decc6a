"""Deleting, restoring, withdrawing, noting."""

import pytest

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState, JobState
from pruvan_desk.operations.qa import mark_items, note_items, publish_project
from pruvan_desk.operations.trash import delete_items, restore_items
from pruvan_desk.operations.withdrawing import withdraw_items
from pruvan_desk.store.models import Item, ItemEdit, Project, RelayJob

DAY = 86400


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration())


@pytest.mark.parametrize("state", [ItemState.PENDING_QA, ItemState.PASSED, ItemState.REJECTED])
def test_what_is_deleted_comes_back_as_it_was(office, database, project, state):
    item = office.photo(project, state, reject_reason="Dark" if state is ItemState.REJECTED else "")
    delete_items(database, [item], "ana")
    assert office.get(Item, item).state == ItemState.DELETED
    restore_items(database, [item], "ana")
    row = office.get(Item, item)
    assert (row.state, row.deleted_at) == (state, None)
    assert row.reject_reason == ("Dark" if state is ItemState.REJECTED else "")
    assert [edit.kind for edit in office.all(ItemEdit)] == ["delete", "restore"]


@pytest.mark.parametrize("state", [ItemState.QUEUED, ItemState.RELAYING, ItemState.PUBLISHED, ItemState.FAILED])
def test_what_was_published_is_not_deleted_and_nothing_else_of_the_batch_is(office, database, project, state):
    good, bad = office.photo(project), office.photo(project, state)
    with pytest.raises(UsageError, match=f"deleted: it is {state.label.lower()}"):
        delete_items(database, [good, bad], "ana")
    assert office.get(Item, good).state == ItemState.PENDING_QA


def test_it_can_be_restored_for_thirty_days(office, database, clock, project):
    item = office.photo(project)
    delete_items(database, [item], "ana")
    clock.advance(30 * DAY + 1)
    with pytest.raises(UsageError, match="30 days"):
        restore_items(database, [item], "ana")
    clock.advance(-2)
    restore_items(database, [item], "ana")
    assert office.get(Item, item).state == ItemState.PENDING_QA


def test_a_held_item_comes_back_by_todays_rule(office, database):
    project = office.project(office.integration(), qa_in_field=True)
    item = office.photo(project, ItemState.HELD)
    delete_items(database, [item], "ana")
    office.change(Project, project, field_status=FieldStatus.COMPLETED)
    restore_items(database, [item], "ana")
    assert office.get(Item, item).state == ItemState.QUEUED
    assert len(office.all(RelayJob)) == 1


def test_what_is_not_deleted_cannot_be_restored(office, database, project):
    with pytest.raises(UsageError, match="not deleted"):
        restore_items(database, [office.photo(project)], "ana")


def test_what_is_queued_comes_back_before_anybody_has_claimed_it(office, database, project):
    item = office.photo(project)
    mark_items(database, [item], Decision.PASS, "ana")
    publish_project(database, project, "ana")
    withdraw_items(database, [item], "ana")
    assert office.get(Item, item).state == ItemState.PASSED
    assert [job.state for job in office.all(RelayJob)] == [JobState.REPLACED]


def test_what_nobody_looked_at_waits_for_qa_when_it_is_withdrawn(office, database):
    project = office.project(office.integration(), qa_in_field=True)
    item = office.photo(project, ItemState.QUEUED)
    withdraw_items(database, [item], "ana")
    assert office.get(Item, item).state == ItemState.PENDING_QA


FATES = [
    (JobState.LEASED, "", "relaying"),
    (JobState.DONE, "", "has it already"),
    (JobState.QUEUED, "ab12", "has it already"),
]


@pytest.mark.parametrize("fate", FATES)
def test_what_is_claimed_or_was_ever_taken_is_not_withdrawn(office, database, project, fate):
    job_state, sent, why = fate
    good, bad = office.photo(project, ItemState.QUEUED), office.photo(project, ItemState.QUEUED, sent_sha256=sent)
    (job,) = office.all(RelayJob, item_id=bad)
    office.change(RelayJob, job.id, state=job_state)
    with pytest.raises(UsageError, match=why):
        withdraw_items(database, [good, bad], "ana")
    assert office.get(Item, good).state == ItemState.QUEUED
    assert office.all(RelayJob, item_id=good)[0].state == JobState.QUEUED


def test_what_the_client_refused_can_be_decided_again(office, database, project):
    item = office.photo(project, ItemState.FAILED)
    withdraw_items(database, [item], "ana")
    mark_items(database, [item], Decision.REJECT, "ana", "Dark")
    assert office.get(Item, item).state == ItemState.REJECTED


@pytest.mark.parametrize("state", [ItemState.PENDING_QA, ItemState.PUBLISHED])
def test_what_is_not_queued_cannot_be_withdrawn(office, database, project, state):
    with pytest.raises(
        UsageError, match=state.label.lower() if state is ItemState.PENDING_QA else "cannot be withdrawn"
    ):
        withdraw_items(database, [office.photo(project, state)], "ana")


def test_a_check_in_is_not_withdrawn(office, database, project):
    with pytest.raises(UsageError, match="check-in"):
        withdraw_items(database, [office.photo(project, ItemState.QUEUED, file_type=FileType.CHECK_IN)], "ana")


def test_a_note_is_written_beside_the_item_and_sends_nothing(office, database, project):
    item = office.photo(project, ItemState.PUBLISHED)
    note_items(database, [item], "  Gate was open ", "ana")
    row = office.get(Item, item)
    assert (row.notes, row.state, row.revision) == ("Gate was open", ItemState.PUBLISHED, 1)
    assert (office.all(ItemEdit)[0].before, office.all(RelayJob)) == ({"notes": ""}, [])
