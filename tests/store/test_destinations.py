"""Each destination of an item has its own jobs and its own outcome; the item follows the client where it was chosen.

Holds to §4 of sync.md.
"""

from datetime import timedelta

import pytest

from pruvan_desk.core.errors import ItemError, PruvanDeskError
from pruvan_desk.domain.destinations import (
    BOTH,
    CLIENT,
    DOWNLOADER,
    destinations_label,
    destinations_text,
    read_destinations,
)
from pruvan_desk.domain.statuses import Destination, ItemState, JobState
from pruvan_desk.store.models import Alert, Integration, Item, RelayJob
from pruvan_desk.store.outbox import claim, enqueue_items, release
from pruvan_desk.store.views.destinations import destination_counts, outcomes_of
from pruvan_desk.sync.outcomes import Outcome, record_outcomes

LEASE = timedelta(seconds=60)
REFUSED = ItemError("The receiver refused it.")


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration())


@pytest.fixture
def item(office, project) -> int:
    """A photo that was published to both."""
    return publish(office, office.photo(project, ItemState.PASSED), BOTH)


def publish(office, item_id: int, destinations) -> int:
    with office.database.write() as writing:
        row = writing.session.get_one(Item, item_id)
        row.destinations = destinations_text(destinations)
        enqueue_items(writing, [row])
    return item_id


def claim_all(office) -> dict[str, int]:
    """Claims what is due; answers the jobs by their destination."""
    with office.database.write() as writing:
        return {claimed.job.destination: claimed.job.id for claimed in claim(writing, "me", 10, LEASE)}


def end(office, job_id: int, error: PruvanDeskError | None = None) -> None:
    with office.database.write() as writing:
        record_outcomes(writing, [Outcome(job_id, error, "" if error else "sha", place="a/b.jpg")], 25.0, "me")


def state(office, item_id: int) -> str:
    return office.get(Item, item_id).state


def test_an_item_has_one_job_for_each_destination(office, item):
    jobs = office.all(RelayJob, item_id=item)
    assert sorted((job.destination, job.state) for job in jobs) == [("client", "queued"), ("downloader", "queued")]


def test_both_are_sent_at_the_same_time(office, item):
    assert set(claim_all(office)) == {"client", "downloader"}


def test_the_item_is_published_when_the_client_has_it(office, item):
    jobs = claim_all(office)
    end(office, jobs["downloader"])
    assert state(office, item) == ItemState.RELAYING
    end(office, jobs["client"])
    assert (state(office, item), office.get(Item, item).sent_sha256) == (ItemState.PUBLISHED, "sha")


def test_what_the_downloader_cannot_do_is_its_own_failure(office, item):
    jobs = claim_all(office)
    end(office, jobs["client"])
    end(office, jobs["downloader"], REFUSED)
    assert state(office, item) == ItemState.PUBLISHED
    (alert,) = office.all(Alert)
    assert "Downloader" in alert.title
    with office.database.read() as session:
        assert [(each.destination, each.state) for each in outcomes_of(session, [item])] == [
            (Destination.CLIENT, JobState.DONE),
            (Destination.DOWNLOADER, JobState.FAILED),
        ]


def test_without_the_client_the_item_follows_the_downloader(office, project):
    item = publish(office, office.photo(project, ItemState.PASSED), DOWNLOADER)
    (job_id,) = claim_all(office).values()
    assert state(office, item) == ItemState.RELAYING
    end(office, job_id)
    assert state(office, item) == ItemState.PUBLISHED
    with office.database.read() as session:
        assert outcomes_of(session, [item])[0].place == "a/b.jpg"


def test_a_paused_integration_does_not_hold_the_downloader_up(office, item):
    office.change(Integration, 1, paused=True)
    assert set(claim_all(office)) == {"downloader"}


def test_what_is_given_back_goes_back_to_its_own_destination(office, item):
    jobs = claim_all(office)
    end(office, jobs["client"])
    with office.database.write() as writing:
        release(writing, "me")
    assert state(office, item) == ItemState.PUBLISHED
    assert set(claim_all(office)) == {"downloader"}


def test_a_destination_can_be_added_later_and_the_item_follows_it_if_it_leads(office, project):
    item = publish(office, office.photo(project, ItemState.PASSED), DOWNLOADER)
    end(office, *claim_all(office).values())
    with office.database.write() as writing:
        enqueue_items(writing, [writing.session.get_one(Item, item)], CLIENT)
    assert (state(office, item), office.get(Item, item).destinations) == (ItemState.QUEUED, "client,downloader")
    assert set(claim_all(office)) == {"client"}


def test_every_destination_is_accounted_for(office, project, item):
    publish(office, office.photo(project, ItemState.PASSED), DOWNLOADER)
    jobs = claim_all(office)
    end(office, jobs["client"], REFUSED)
    with office.database.read() as session:
        client, downloader = destination_counts(session)
    assert (client.chosen, client.failed, client.closes) == (1, 1, True)
    assert (downloader.chosen, downloader.waiting, downloader.closes) == (2, 2, True)


def test_the_words_of_a_row_are_read_back():
    for chosen in (CLIENT, DOWNLOADER, BOTH):
        assert read_destinations(destinations_text(chosen)) == chosen
    assert read_destinations("client,moon") == CLIENT
    assert [destinations_label(chosen) for chosen in (CLIENT, DOWNLOADER, BOTH)] == ["Client", "Downloader", "Both"]
