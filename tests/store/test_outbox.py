"""The outbox: no job is lost, none has two owners, and what is newer goes instead of what is older.

Holds to §3.2, §3.3 of sync.md.
"""

import threading
from datetime import timedelta

import pytest

from builders import Office
from fakes import FakeClock
from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.statuses import ItemState, JobState
from pruvan_desk.store.database import ChangeFeed, Database
from pruvan_desk.store.models import Integration, Item, Project, RelayJob
from pruvan_desk.store.outbox import (
    claim,
    enqueue_items,
    enqueue_status,
    extend_leases,
    next_due,
    release,
    release_jobs,
    withdraw_unsent,
)

LEASE = timedelta(seconds=60)


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration())


def take(database: Database, owner: str = "me", limit: int = 10) -> list[int]:
    """The ids of the items of the jobs claimed; a project's status counts as 0."""
    with database.write() as writing:
        return [claimed.job.item_id or 0 for claimed in claim(writing, owner, limit, LEASE)]


def revise(database: Database, item_id: int) -> None:
    """A change of an item that the client has to hear of."""
    with database.write() as writing:
        item = writing.session.get_one(Item, item_id)
        item.revision += 1
        enqueue_items(writing, [item])


def finish(office: Office, item_id: int) -> None:
    """The receiver took what is being sent of an item."""
    for job in office.all(RelayJob, item_id=item_id, state=JobState.LEASED):
        office.change(RelayJob, job.id, state=JobState.DONE, owner="", lease_until=None)


def states(office: Office, item_id: int) -> list[tuple[int, str]]:
    return [(job.revision, job.state) for job in office.all(RelayJob, item_id=item_id)]


def test_a_queued_item_has_a_job_and_the_job_its_integration(office, project):
    item = office.photo(project, ItemState.QUEUED)
    (job,) = office.all(RelayJob)
    assert (job.item_id, job.project_id, job.integration_id, job.state) == (item, project, 1, JobState.QUEUED)


def test_an_item_without_a_project_cannot_be_queued(office, database):
    item = office.photo(None, ItemState.UNASSIGNED)
    with pytest.raises(AssertionError, match="no project"), database.write() as writing:
        enqueue_items(writing, [writing.session.get_one(Item, item)])
    assert office.all(RelayJob) == []


def test_a_claimed_job_has_its_owner_until_its_lease_ends(office, database, project, clock):
    item = office.photo(project, ItemState.QUEUED)
    assert take(database) == [item]
    (job,) = office.all(RelayJob)
    assert (job.state, job.owner, job.lease_until) == (JobState.LEASED, "me", clock.now() + LEASE)
    assert office.get(Item, item).state == ItemState.RELAYING
    assert take(database, "other") == []


def test_the_oldest_are_claimed_first_and_no_more_than_asked_for(office, database, project):
    items = [office.photo(project, ItemState.QUEUED) for _ in range(5)]
    assert take(database, limit=2) == items[:2]
    assert take(database, limit=9) == items[2:]


def test_a_job_waits_for_its_time(office, database, project, clock):
    item = office.photo(project, ItemState.QUEUED)
    (job,) = office.all(RelayJob)
    office.change(RelayJob, job.id, not_before=clock.now() + timedelta(seconds=30))
    assert take(database) == []
    with database.read() as session:
        assert next_due(session) == clock.now() + timedelta(seconds=30)
    clock.advance(30)
    assert take(database) == [item]
    with database.read() as session:
        assert next_due(session) is None


def test_no_job_has_two_owners_however_many_claim_at_once(office, database, project, folder):
    items = [office.photo(project, ItemState.QUEUED) for _ in range(60)]
    claimed: dict[str, list[int]] = {}

    def work(owner: str, mine: Database) -> None:
        claimed[owner] = []
        while some := take(mine, owner, limit=4):
            claimed[owner] += some

    desks = [Database(folder.database, FakeClock()) for _ in range(3)]
    threads = [threading.Thread(target=work, args=(f"{n}-{m}", desk)) for n, desk in enumerate(desks) for m in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for desk in desks:
        desk.close()
    assert sorted(item for some in claimed.values() for item in some) == items
    owners = {job.item_id: job.owner for job in office.all(RelayJob)}
    assert all(owners[item] == owner for owner, some in claimed.items() for item in some)


def test_a_newer_revision_replaces_an_unsent_older_one(office, database, project):
    item = office.photo(project, ItemState.QUEUED)
    revise(database, item)
    revise(database, item)
    assert states(office, item) == [(1, JobState.REPLACED), (2, JobState.REPLACED), (3, JobState.QUEUED)]
    assert take(database) == [item]
    assert take(database, "other") == []


def test_a_newer_revision_waits_until_the_older_one_has_been_sent(office, database, project):
    item = office.photo(project, ItemState.QUEUED)
    take(database)
    revise(database, item)
    assert states(office, item) == [(1, JobState.LEASED), (2, JobState.QUEUED)]
    assert take(database, "other") == []
    finish(office, item)
    assert take(database, "other") == [item]


def test_an_expired_lease_goes_back_and_another_takes_it(office, database, project, clock):
    item = office.photo(project, ItemState.QUEUED)
    take(database, "dead")
    clock.advance(59)
    assert take(database, "other") == []
    clock.advance(2)
    assert take(database, "other") == [item]
    assert [job.owner for job in office.all(RelayJob)] == ["other"]
    assert office.get(Item, item).state == ItemState.RELAYING


def test_a_heartbeat_keeps_a_lease(office, database, project, clock):
    office.photo(project, ItemState.QUEUED)
    take(database)
    clock.advance(50)
    with database.write() as writing:
        extend_leases(writing, [job.id for job in office.all(RelayJob)], LEASE)
    clock.advance(50)
    assert take(database, "other") == []


def test_an_expired_lease_of_an_older_revision_is_dropped_for_the_newer(office, database, project, clock):
    item = office.photo(project, ItemState.QUEUED)
    take(database, "dead")
    revise(database, item)
    clock.advance(61)
    assert take(database, "other") == [item]
    assert states(office, item) == [(1, JobState.REPLACED), (2, JobState.LEASED)]


def test_an_engine_that_stops_gives_back_what_it_has_and_nothing_else(office, database, project):
    items = [office.photo(project, ItemState.QUEUED) for _ in range(4)]
    take(database, "me", limit=2)
    take(database, "other", limit=2)
    with database.write() as writing:
        assert release(writing, "me") == 2
    assert [office.get(Item, item).state for item in items] == [ItemState.QUEUED] * 2 + [ItemState.RELAYING] * 2
    assert take(database, "third") == items[:2]


def test_a_job_given_back_has_no_owner(office, database, project):
    office.photo(project, ItemState.QUEUED)
    take(database)
    with database.write() as writing:
        release(writing)
    (job,) = office.all(RelayJob)
    assert (job.state, job.owner, job.lease_until) == (JobState.QUEUED, "", None)


def test_every_step_tells_the_other_process_which_rows_changed(office, database, project, folder):
    feed = ChangeFeed(folder.database)
    item = office.photo(project, ItemState.QUEUED)
    assert feed.poll() == Changes(items=frozenset({item}), projects=frozenset({project}))
    take(database)
    claimed = Changes(items=frozenset({item}), projects=frozenset({project}), jobs=frozenset({1}))
    assert feed.poll() == claimed
    with database.write() as writing:
        release(writing, "me")
    assert feed.poll() == Changes(items=claimed.items, jobs=claimed.jobs)
    say(database, project, "Completed")
    assert feed.poll().jobs == {2}
    feed.close()


def test_some_jobs_can_be_given_back(office, database, project):
    items = [office.photo(project, ItemState.QUEUED) for _ in range(2)]
    take(database)
    with database.write() as writing:
        release_jobs(writing, [office.all(RelayJob)[1].id])
    assert [office.get(Item, item).state for item in items] == [ItemState.RELAYING, ItemState.QUEUED]


def test_jobs_of_a_paused_integration_wait_and_the_others_go_on(office, database, project):
    other = office.project(office.integration("BFS"))
    waiting, going = office.photo(project, ItemState.QUEUED), office.photo(other, ItemState.QUEUED)
    office.change(Integration, 1, paused=True)
    assert take(database) == [going]
    with database.read() as session:
        assert next_due(session) is None
    office.change(Integration, 1, paused=False)
    assert take(database) == [waiting]


def test_what_nobody_has_claimed_can_be_withdrawn(office, database, project):
    claimed, unclaimed = office.photo(project, ItemState.QUEUED), office.photo(project, ItemState.QUEUED)
    take(database, limit=1)
    with database.write() as writing:
        withdraw_unsent(writing, [claimed, unclaimed])
    assert [states(office, item)[0][1] for item in (claimed, unclaimed)] == [JobState.LEASED, JobState.REPLACED]


def say(database: Database, project_id: int, word: str) -> None:
    with database.write() as writing:
        enqueue_status(writing, writing.session.get_one(Project, project_id), word)


def words(database: Database) -> list[str]:
    with database.write() as writing:
        return [claimed.job.status_word for claimed in claim(writing, "me", 10, LEASE)]


def test_a_status_replaces_one_that_was_not_sent(office, database, project):
    say(database, project, "Completed")
    say(database, project, "Closed")
    assert words(database) == ["Closed"]


def test_a_status_waits_until_the_one_before_it_has_been_sent(office, database, project):
    say(database, project, "Completed")
    assert words(database) == ["Completed"]
    say(database, project, "Closed")
    assert words(database) == []
    (first, _) = office.all(RelayJob)
    office.change(RelayJob, first.id, state=JobState.DONE)
    assert words(database) == ["Closed"]


def test_a_status_that_failed_in_passing_is_not_sent_after_a_newer_one(office, database, project, clock):
    say(database, project, "Completed")
    words(database)
    say(database, project, "Closed")
    (first, second) = office.all(RelayJob)
    office.change(RelayJob, first.id, state=JobState.QUEUED, owner="", not_before=clock.now() + timedelta(seconds=25))
    assert words(database) == ["Closed"]
    office.change(RelayJob, second.id, state=JobState.DONE)
    clock.advance(30)
    assert words(database) == []
    assert office.get(RelayJob, first.id).state == JobState.REPLACED


def test_statuses_of_two_projects_do_not_wait_for_each_other(office, database, project):
    other = office.project(1, "other")
    say(database, project, "Completed")
    assert words(database) == ["Completed"]
    say(database, other, "Closed")
    assert words(database) == ["Closed"]


def test_thousands_can_be_queued_at_once(office, database, project):
    with database.write() as writing:
        items = [
            Item(uuid=f"{n}", project_id=project, file_type="picture", state="passed", arrived_at=writing.now)
            for n in range(1500)
        ]
        writing.session.add_all(items)
        writing.session.flush()
        enqueue_items(writing, items)
        enqueue_items(writing, items)
    jobs = [job.state for job in office.all(RelayJob)]
    assert (jobs.count(JobState.QUEUED), jobs.count(JobState.REPLACED)) == (1500, 1500)
