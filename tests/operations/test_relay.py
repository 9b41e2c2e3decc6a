"""What a person does with the outbox, the alerts and the settings."""

from datetime import timedelta

import pytest

from pruvan_desk.core.errors import ItemError, UsageError
from pruvan_desk.domain.statuses import ItemState, JobState
from pruvan_desk.operations.relay import clear_alert, pause_relay, read_alerts, retry_failed
from pruvan_desk.operations.settings import change_setting
from pruvan_desk.store.alerts import raise_alert
from pruvan_desk.store.failures import failed_alert
from pruvan_desk.store.models import Alert, Item, ItemEdit, RelayJob
from pruvan_desk.store.settings import read_settings


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration())


def failed(office, project: int) -> int:
    """A photo that the client refused."""
    item = office.photo(project, ItemState.QUEUED)
    (job,) = office.all(RelayJob, item_id=item)
    office.change(RelayJob, job.id, state=JobState.FAILED)
    office.change(Item, item, state=ItemState.FAILED)
    return item


def complain(database, key: str) -> None:
    with database.write() as writing:
        raise_alert(writing, key, ItemError("The client refused items."))


def open_alerts(office) -> list[str]:
    return [alert.key for alert in office.all(Alert, solved_at=None)]


def test_what_failed_is_queued_again_and_its_alert_goes(office, database, project):
    items = [failed(office, project) for _ in range(2)]
    complain(database, failed_alert(1))
    retry_failed(database, "ana")
    assert [office.get(Item, item).state for item in items] == [ItemState.QUEUED] * 2
    assert [job.state for job in office.all(RelayJob, item_id=items[0])] == [JobState.REPLACED, JobState.QUEUED]
    assert office.all(ItemEdit)[0].kind == "retry"
    assert open_alerts(office) == []


def test_only_those_named_are_retried_and_the_alert_stays_for_the_rest(office, database, project):
    one, other = failed(office, project), failed(office, project)
    complain(database, failed_alert(1))
    retry_failed(database, "ana", [one])
    assert [office.get(Item, item).state for item in (one, other)] == [ItemState.QUEUED, ItemState.FAILED]
    assert open_alerts(office) == [failed_alert(1)]


def test_the_alert_of_another_integration_stays(office, database, project):
    mine, theirs = failed(office, project), failed(office, office.project(office.integration("BFS")))
    complain(database, failed_alert(1))
    complain(database, failed_alert(2))
    retry_failed(database, "ana", [mine])
    assert open_alerts(office) == [failed_alert(2)]
    assert office.get(Item, theirs).state == ItemState.FAILED


def test_what_waits_for_its_next_try_goes_at_once(office, database, project, clock):
    one, other = office.photo(project, ItemState.QUEUED), office.photo(project, ItemState.QUEUED)
    later = clock.now() + timedelta(hours=1)
    for job in office.all(RelayJob):
        office.change(RelayJob, job.id, not_before=later)
    retry_failed(database, "ana", [one])
    assert [job.not_before for job in office.all(RelayJob)] == [clock.now(), later]
    retry_failed(database, "ana")
    assert office.all(RelayJob, item_id=other)[0].not_before == clock.now()


def test_all_sending_can_be_paused(office, database):
    for paused in (True, False):
        changes = pause_relay(database, paused=paused)
        with database.read() as session:
            assert read_settings(session).relay_paused is paused
        assert changes.settings == {"relay_paused"}


def test_a_setting_is_changed_or_refused(database):
    change_setting(database, "full_list_hours", 3)
    with pytest.raises(UsageError, match="no setting"):
        change_setting(database, "refresh_minute", 3)
    with database.read() as session:
        assert read_settings(session).full_list_hours == 3


def test_alerts_are_read_together_and_stay_until_solved(office, database):
    complain(database, "a")
    complain(database, "b")
    assert read_alerts(database).alerts == {1, 2}
    assert not read_alerts(database)
    assert open_alerts(office) == ["a", "b"]


def test_an_alert_can_be_taken_off_the_list_once(office, database):
    complain(database, "a")
    assert clear_alert(database, 1).alerts == {1}
    assert not clear_alert(database, 1)
    assert not clear_alert(database, 99)
    assert open_alerts(office) == []
