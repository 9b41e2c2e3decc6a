"""Marking and publishing in the gallery."""

import pytest

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import FileType, ItemState, JobState
from pruvan_desk.operations.qa import mark_items, publish_items, publish_project
from pruvan_desk.store.models import AuditEvent, Item, ItemEdit, RelayJob
from pruvan_desk.store.views.publishable import publishable


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration())


def state(office, item: int) -> str:
    return office.get(Item, item).state


def edits(office, item: int) -> list[tuple]:
    return [(edit.kind, edit.before, edit.after, edit.who) for edit in office.all(ItemEdit, item_id=item)]


def test_a_mark_is_kept_with_who_made_it_and_what_was_before(office, database, project):
    item = office.photo(project)
    changes = mark_items(database, [item], Decision.REJECT, "ana", "blurred")
    assert (changes.items, changes.projects) == ({item}, {project})
    assert (state(office, item), office.get(Item, item).reject_reason) == (ItemState.REJECTED, "blurred")
    before, after = {"state": "pending_qa", "reject_reason": ""}, {"state": "rejected", "reject_reason": "blurred"}
    assert edits(office, item) == [("reject", before, after, "ana")]


def test_a_decision_can_be_changed_until_it_is_published(office, database, project):
    item = office.photo(project)
    for decision, expected in (
        (Decision.REJECT, "rejected"),
        (Decision.PASS, "passed"),
        (Decision.CLEAR, "pending_qa"),
    ):
        mark_items(database, [item], decision, "ana", "dark")
        assert state(office, item) == expected
        assert office.get(Item, item).reject_reason == ("dark" if decision is Decision.REJECT else "")
    assert office.all(RelayJob) == []


@pytest.mark.parametrize(
    "late", [ItemState.QUEUED, ItemState.RELAYING, ItemState.PUBLISHED, ItemState.HELD, ItemState.FAILED]
)
def test_one_that_is_too_late_leaves_the_whole_batch_as_it_was(office, database, project, late):
    good, bad = office.photo(project), office.photo(project, late)
    with pytest.raises(UsageError) as caught:
        mark_items(database, [good, bad], Decision.REJECT, "ana")
    assert late.label.lower() in caught.value.title
    assert (state(office, good), state(office, bad)) == (ItemState.PENDING_QA, late)
    assert office.all(ItemEdit) == []


def test_one_that_is_gone_leaves_the_whole_batch_as_it_was(office, database, project):
    item = office.photo(project)
    with pytest.raises(UsageError, match="not there any more"):
        mark_items(database, [item, 999], Decision.PASS, "ana")
    assert state(office, item) == ItemState.PENDING_QA


def test_an_item_named_twice_is_marked_once(office, database, project):
    item = office.photo(project)
    mark_items(database, [item, item], Decision.PASS, "ana")
    assert len(edits(office, item)) == 1


def test_publishing_queues_what_has_passed_with_its_jobs_and_its_history(office, database, project):
    items = [office.photo(project, ItemState.PASSED) for _ in range(2)]
    assert publish_items(database, items, "ana").items == set(items)
    assert [state(office, item) for item in items] == [ItemState.QUEUED] * 2
    assert [(job.item_id, job.state) for job in office.all(RelayJob)] == [(item, JobState.QUEUED) for item in items]
    assert edits(office, items[0]) == [("publish", {"state": "passed"}, {"state": "queued"}, "ana")]


@pytest.mark.parametrize(
    "other", [ItemState.PENDING_QA, ItemState.REJECTED, ItemState.HELD, ItemState.PUBLISHED, ItemState.DELETED]
)
def test_only_what_has_passed_can_be_published(office, database, project, other):
    passed, bad = office.photo(project, ItemState.PASSED), office.photo(project, other)
    with pytest.raises(UsageError, match="cannot be published"):
        publish_items(database, [passed, bad], "ana")
    assert (state(office, passed), office.all(RelayJob)) == (ItemState.PASSED, [])


def test_publishing_a_project_sends_what_has_passed_and_leaves_the_rest(office, database, project):
    for other in (ItemState.PENDING_QA, ItemState.REJECTED, ItemState.HELD):
        office.photo(project, other)
    elsewhere = office.photo(office.project(1, "other"), ItemState.PASSED)
    passed = [office.photo(project, ItemState.PASSED) for _ in range(3)]
    publish_project(database, project, "ana")
    assert [job.item_id for job in office.all(RelayJob)] == passed
    assert state(office, elsewhere) == ItemState.PASSED
    (event,) = office.all(AuditEvent)
    assert (event.what, event.who, event.project_id, event.details) == ("published", "ana", project, {"items": 3})


def test_a_check_in_that_the_order_source_does_not_want_is_not_published_with_its_project(office, database, project):
    kept = office.photo(project, ItemState.PASSED, file_type=FileType.CHECK_IN)
    publish_project(database, project, "ana")
    assert state(office, kept) == ItemState.PASSED


def test_the_question_before_publishing_names_what_publishing_does(office, database, project):
    for number, waiting in ((3, ItemState.PASSED), (2, ItemState.PENDING_QA), (1, ItemState.REJECTED)):
        for _ in range(number):
            office.photo(project, waiting)
    office.photo(project, ItemState.PASSED, problem="It is not an image.")
    office.photo(project, ItemState.PASSED, file_type=FileType.CHECK_IN)
    with database.read() as session:
        found = publishable(session, [project])
    assert (len(found.passed), found.pending, found.rejected, found.broken) == (4, 2, 1, 1)
    assert (found.where, found.lacks) == ("AFS::4711", ("Grass Cut: no After",))
    publish_project(database, project, "ana")
    assert [job.item_id for job in office.all(RelayJob)] == list(found.passed)
