"""Alerts that count and solve themselves, integrations that pause, settings, and the books."""

import pytest

from pruvan_desk.core.errors import IntegrationError, ItemError, UsageError
from pruvan_desk.core.settings import Settings
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.accounts import total_accounting
from pruvan_desk.store.alerts import raise_alert, solve_alert
from pruvan_desk.store.history import record_edit, record_same_edit
from pruvan_desk.store.models import Alert, Integration, Item, ItemEdit, SettingRow
from pruvan_desk.store.pausing import pause_integration, resume
from pruvan_desk.store.settings import read_settings, write_setting


def complain(database, key: str = "k", title: str = "Something.", **about):
    with database.write() as writing:
        raise_alert(writing, key, ItemError(title, "Do this."), **about)
    return writing.changes


def solve(database, key: str = "k"):
    with database.write() as writing:
        solve_alert(writing, key)
    return writing.changes


def test_what_happens_again_is_one_alert_that_counts(database, office, clock):
    complain(database)
    clock.advance(60)
    complain(database, title="Something else.")
    (alert,) = office.all(Alert)
    assert (alert.times, alert.title, alert.advice) == (2, "Something else.", "Do this.")
    assert (clock.now() - alert.raised_at).total_seconds() == 60


def test_an_alert_that_was_read_is_unread_when_it_happens_again(database, office, clock):
    complain(database)
    office.change(Alert, 1, read_at=clock.now())
    complain(database)
    assert office.get(Alert, 1).read_at is None


def test_a_solved_alert_stays_solved_and_a_new_cause_is_a_new_alert(database, office, clock):
    complain(database)
    solve(database)
    complain(database)
    first, second = office.all(Alert)
    assert (first.solved_at, second.solved_at, second.times) == (clock.now(), None, 1)


def test_solving_touches_its_own_alert_only_and_says_so(database, office):
    complain(database, "a")
    complain(database, "b")
    assert solve(database, "a").alerts == {1}
    assert not solve(database, "a")
    assert [alert.key for alert in office.all(Alert, solved_at=None)] == ["b"]


def test_an_alert_knows_what_it_is_about(database, office):
    integration = office.integration()
    assert complain(database, integration_id=integration).alerts == {1}
    assert office.get(Alert, 1).integration_id == integration


def test_a_paused_integration_has_one_alert_until_it_goes_on(database, office):
    integration = office.integration()
    for _ in range(2):
        with database.write() as writing:
            pause_integration(
                writing, writing.session.get_one(Integration, integration), IntegrationError("Wrong password.")
            )
    row, (alert,) = office.get(Integration, integration), office.all(Alert)
    assert (row.paused, row.status, row.last_error) == (True, "error", "Wrong password.")
    assert (alert.title, alert.integration_id, alert.times) == ("Wrong password.", integration, 2)
    with database.write() as writing:
        resume(writing, writing.session.get_one(Integration, integration))
    row = office.get(Integration, integration)
    assert (row.paused, row.status, row.last_error) == (False, "idle", "")
    assert office.all(Alert, solved_at=None) == []


def test_a_setting_comes_back_and_the_others_keep_their_defaults(database):
    with database.write() as writing:
        write_setting(writing, "full_list_hours", 2.5)
        write_setting(writing, "relay_paused", True)
    assert writing.changes.settings == {"full_list_hours", "relay_paused"}
    with database.read() as session:
        assert read_settings(session) == Settings(full_list_hours=2.5, relay_paused=True)


def test_a_bad_value_is_refused_and_nothing_is_kept(database, office):
    with pytest.raises(UsageError), database.write() as writing:
        write_setting(writing, "relay_at_once", "many")
    assert office.all(SettingRow) == []


def test_kept_values_that_cannot_be_read_fall_back_to_the_default(database):
    with database.write() as writing:
        for name, value in (
            ("relay_at_once", "many"),
            ("office_zone", "Mars"),
            ("hologram", "1"),
            ("gateway_port", "9000"),
        ):
            writing.session.add(SettingRow(name=name, value=value))
    with database.read() as session:
        assert read_settings(session) == Settings(gateway_port=9000)


def test_an_edit_holds_what_was_and_what_is(database, office):
    items = [office.photo(office.project(office.integration())), office.photo(1)]
    with database.write() as writing:
        item = writing.session.get_one(Item, items[0])
        item.rotation = 90
        record_edit(writing, item, "rotate", {"rotation": 0}, "ana")
        both = [writing.session.get_one(Item, item_id) for item_id in items]
        for each in both:
            each.state = ItemState.PASSED
        record_same_edit(writing, both, "pass", {"state": "pending_qa"}, "bob")
    edits = [(edit.item_id, edit.kind, edit.before, edit.after, edit.who) for edit in office.all(ItemEdit)]
    assert edits == [
        (items[0], "rotate", {"rotation": 0}, {"rotation": 90}, "ana"),
        (items[0], "pass", {"state": "pending_qa"}, {"state": "passed"}, "bob"),
        (items[1], "pass", {"state": "pending_qa"}, {"state": "passed"}, "bob"),
    ]
    assert writing.changes.items == set(items)


def test_the_books_close_in_total_and_for_each_project(database, office):
    integration = office.integration()
    one, other = office.project(integration, "1"), office.project(integration, "2")
    for project, state in (
        (one, ItemState.PASSED),
        (one, ItemState.HELD),
        (other, ItemState.PASSED),
        (None, ItemState.UNASSIGNED),
    ):
        office.photo(project, state)
    with database.read() as session:
        total, first = total_accounting(session), total_accounting(session, one)
    assert (total.closes, total.received, total.as_dict()["passed"], total.as_dict()["unassigned"]) == (True, 4, 2, 1)
    assert (first.closes, first.received, first.as_dict()["held"]) == (True, 2, 1)
    office.change(Item, 1, state="lost")
    with database.read() as session:
        assert not total_accounting(session).closes
