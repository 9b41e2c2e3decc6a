"""Publishing to the client, the Downloader or both; and again."""

import pytest

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.destinations import BOTH, CLIENT, DOWNLOADER
from pruvan_desk.domain.statuses import Destination, ItemState, JobState
from pruvan_desk.operations.doctor import check_outbox
from pruvan_desk.operations.qa import publish_items, publish_project, republish_items, rotate_items
from pruvan_desk.operations.relay import retry_failed
from pruvan_desk.operations.settings import change_setting
from pruvan_desk.store.models import Item, ItemEdit, RelayJob
from pruvan_desk.store.settings import read_settings


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration())


@pytest.fixture
def item(office, project) -> int:
    return office.photo(project, ItemState.PASSED)


def jobs(office, item_id: int) -> list[tuple[str, int, str]]:
    return [(job.destination, job.revision, job.state) for job in office.all(RelayJob, item_id=item_id)]


def finish(office, item_id: int, destination: Destination, state: JobState = JobState.DONE) -> None:
    for job in office.all(RelayJob, item_id=item_id, destination=destination, state=JobState.QUEUED):
        office.change(RelayJob, job.id, state=state)
    office.change(Item, item_id, state=ItemState.PUBLISHED, sent_sha256="sha")


def findings(office) -> list[str]:
    with office.database.read() as session:
        return check_outbox(session).findings


def test_publishing_queues_a_job_for_each_destination(office, database, item):
    publish_items(database, [item], "ana", BOTH)
    assert jobs(office, item) == [("client", 1, "queued"), ("downloader", 1, "queued")]
    assert findings(office) == []


def test_a_project_can_go_to_the_downloader_alone(office, database, project, item):
    publish_project(database, project, "ana", DOWNLOADER)
    assert jobs(office, item) == [("downloader", 1, "queued")]
    assert office.get(Item, item).state == ItemState.QUEUED


def test_publishing_to_nothing_is_refused(office, database, item):
    with pytest.raises(UsageError, match="Nothing was chosen"):
        publish_items(database, [item], "ana", frozenset())
    assert office.get(Item, item).state == ItemState.PASSED


def test_a_published_item_can_be_given_to_the_downloader_later(office, database, item):
    publish_items(database, [item], "ana", CLIENT)
    finish(office, item, Destination.CLIENT)
    republish_items(database, [item], "ana", DOWNLOADER)
    assert jobs(office, item) == [("client", 1, "done"), ("downloader", 1, "queued")]
    assert office.get(Item, item).state == ItemState.PUBLISHED
    assert findings(office) == []
    edit = office.all(ItemEdit)[-1]
    assert (edit.kind, edit.before["destinations"], edit.after["destinations"]) == (
        "republish",
        "client",
        "client,downloader",
    )


def test_a_published_item_can_be_sent_again_to_where_it_is(office, database, item):
    publish_items(database, [item], "ana")
    finish(office, item, Destination.CLIENT)
    republish_items(database, [item], "ana")
    assert jobs(office, item) == [("client", 1, "done"), ("client", 1, "queued")]
    assert office.get(Item, item).state == ItemState.QUEUED
    finish(office, item, Destination.CLIENT)
    assert findings(office) == []


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.LEASED])
def test_what_is_on_its_way_is_not_queued_twice(office, database, item, state):
    publish_items(database, [item], "ana")
    for job in office.all(RelayJob):
        office.change(RelayJob, job.id, state=state)
    republish_items(database, [item], "ana", BOTH)
    assert jobs(office, item) == [("client", 1, state), ("downloader", 1, "queued")]


def test_what_was_never_published_cannot_be_published_again(office, database, item):
    with pytest.raises(UsageError, match="never published"):
        republish_items(database, [item], "ana")
    assert office.all(RelayJob) == []


def test_a_turned_item_goes_again_to_every_destination_it_has(office, database, item):
    publish_items(database, [item], "ana", BOTH)
    for destination in Destination:
        finish(office, item, destination)
    rotate_items(database, [item], 90, "ana")
    assert jobs(office, item)[2:] == [("client", 2, "queued"), ("downloader", 2, "queued")]
    assert findings(office) == []


def test_only_the_destination_that_failed_is_tried_again(office, database, item):
    publish_items(database, [item], "ana", BOTH)
    finish(office, item, Destination.CLIENT)
    finish(office, item, Destination.DOWNLOADER, JobState.FAILED)
    retry_failed(database, "ana")
    assert jobs(office, item) == [("client", 1, "done"), ("downloader", 1, "replaced"), ("downloader", 1, "queued")]
    assert office.get(Item, item).state == ItemState.PUBLISHED


def test_one_job_can_be_tried_again(office, database, project):
    items = [office.photo(project, ItemState.PASSED) for _ in range(2)]
    publish_items(database, items, "ana")
    for job in office.all(RelayJob):
        office.change(RelayJob, job.id, state=JobState.FAILED)
    for item in items:
        office.change(Item, item, state=ItemState.FAILED)
    retry_failed(database, "ana", job_ids=[office.all(RelayJob)[1].id])
    assert [office.get(Item, item).state for item in items] == [ItemState.FAILED, ItemState.QUEUED]


def test_the_doctor_names_a_destination_without_its_job(office, database, item):
    publish_items(database, [item], "ana", BOTH)
    for job in office.all(RelayJob, destination=Destination.DOWNLOADER):
        office.change(RelayJob, job.id, state=JobState.REPLACED)
    assert findings(office) == [
        f"item {office.get(Item, item).uuid} is queued but has no job that sends it to the Downloader"
    ]


def test_the_tree_of_the_downloader_is_a_setting(office, database, tmp_path):
    change_setting(database, "downloader_levels", "client,date")
    change_setting(database, "downloader_folder", str(tmp_path))
    with database.read() as session:
        settings = read_settings(session)
    assert (settings.downloader_levels, settings.downloader_folder) == ("client,date", str(tmp_path))


@pytest.mark.parametrize(("name", "value"), [("downloader_levels", "moon"), ("downloader_folder", "not/whole")])
def test_a_tree_that_makes_no_sense_is_refused(database, name, value):
    with pytest.raises(UsageError):
        change_setting(database, name, value)
