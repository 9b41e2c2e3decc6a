"""What the strip above the projects counts."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import item_json, receive_item
from fakes import NOON
from pruvan_desk.domain.check_in import Lacking
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState, ProjectStatus
from pruvan_desk.operations.project_trash import delete_projects
from pruvan_desk.store.models import Integration, Item, Project
from pruvan_desk.store.views.dashboard import Dashboard, dashboard
from pruvan_desk.store.views.projects import project_slice
from pruvan_desk.ui.projects.filters import AT_RISK, PAST, TODAY, check_ins_of, due_of
from pruvan_desk.wire.items import read_item

ZONE = ZoneInfo("America/Chicago")
NOW = NOON.astimezone(ZONE)


def counts(database) -> Dashboard:
    with database.read() as session:
        return dashboard(session, NOW)


def day(distance: int) -> str:
    return (NOW.date() + timedelta(days=distance)).isoformat()


def test_open_ones_are_counted_by_status_and_closed_ones_by_the_day(office, database):
    afs = office.integration()
    office.project(afs, "1", status=ProjectStatus.RUSH)
    office.project(afs, "2")
    for number, ago in (("3", 0), ("4", 6), ("5", 9)):
        office.project(afs, number, status=ProjectStatus.CLOSED, closed_at=NOON - timedelta(days=ago))
    told = counts(database)
    assert (told.open, told.open_by_status) == (2, {"Rush": 1, "Assigned": 1})
    assert told.closed_by_day == [1, 0, 0, 0, 0, 0, 1]


def test_due_dates_are_those_of_the_offices_calendar(office, database):
    afs = office.integration()
    tonight = datetime.combine(NOW.date(), datetime.max.time(), ZONE).astimezone(ZoneInfo("UTC"))
    office.project(afs, "1", due=tonight.strftime("%Y-%m-%dT%H:%M:%SZ"))  # tomorrow in UTC
    office.project(afs, "2", due=day(0))
    office.project(afs, "3", due=day(6))
    office.project(afs, "4", due=day(7))
    office.project(afs, "5", due=day(-1))
    office.project(afs, "6", due=day(-30))
    office.project(afs, "7", due=day(-30), status=ProjectStatus.CLOSED)
    told = counts(database)
    assert told.due_by_day == [2, 0, 0, 0, 0, 0, 1]
    assert told.late == [1, 0, 0, 0, 1]


def test_what_waits_is_counted_by_its_age_and_the_oldest_named(office, database):
    project = office.project(office.integration())
    for hours in (0.5, 2, 90):
        photo = office.photo(project)
        office.change(Item, photo, arrived_at=NOON - timedelta(hours=hours))
    office.photo(project, ItemState.FAILED)
    told = counts(database)
    assert (told.waiting, told.pending, told.failed) == ([1, 1, 0, 0, 1], 3, 1)
    assert told.oldest_pending == NOON - timedelta(hours=90)


@pytest.mark.parametrize("name", ["open", "pending", "failed"])
def test_the_trash_is_not_counted(office, database, name):
    project = office.project(office.integration(), due=day(-1))
    for state in (ItemState.PENDING_QA, ItemState.FAILED):
        office.photo(project, state)
    assert getattr(counts(database), name) == 1
    delete_projects(database, [project], "ana")
    told = counts(database)
    assert (getattr(told, name), sum(told.late)) == (0, 0)


def test_check_ins_at_risk_are_counted_by_what_comes_first_of_what_is_missing(office, database):
    afs = office.integration()
    demand = {"check_in_required": "1"}
    for number, due, more in (
        ("1", day(0), {"options": demand}), ("2", day(-3), {"options": demand, "field_status": FieldStatus.COMPLETED}),
        ("3", day(1), {"options": demand}), ("4", "", {"options": demand}), ("5", day(0), {}),
        ("6", day(0), {"options": {"check_in_required": "false"}}), ("7", day(0), {"options": demand, "status": "Closed"}),
    ):  # fmt: skip
        office.project(afs, number, due=due, **more)
    numbers = {number: office.all(Project, number=number)[0].id for number in "12"}
    for number, abc in (("1", "no number"), ("2", "ABC-123456")):
        survey = {"abcNumber": abc}
        payload = item_json(f"c{number}", key2=f"AFS::{number}", fileType="checkin", survey=survey)
        receive_item(database, read_item(payload), None, "crew")
    assert counts(database).at_risk == {Lacking.NUMBER: 1, Lacking.CHECKLIST: 1}
    office.photo(numbers["2"], file_type=FileType.SURVEY, task="AGS Checklist")
    assert counts(database).at_risk == {Lacking.NUMBER: 1}
    delete_projects(database, [numbers["1"]], "ana")
    assert counts(database).at_risk == {}


DUES = st.one_of(
    st.just(""),
    st.integers(-20, 20).map(day),
    st.integers(-40, 40).map(lambda hours: (NOON + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(dues=st.lists(DUES, max_size=5))
def test_a_tile_counts_what_its_click_shows(office, database, dues):
    afs = office.integration(f"C{len(office.all(Integration))}")
    for number, due in enumerate(dues):
        office.project(afs, str(number), due=due, options={"check_in_required": number % 2})
    told = counts(database)
    with database.read() as session:
        rows = project_slice(session, 0)
    near = [due_of(row, NOW) for row in rows]
    assert sum(told.at_risk.values()) == sum(AT_RISK in check_ins_of(row, NOW) for row in rows)
    assert (sum(told.late), told.due_by_day[0]) == (near.count((PAST,)), near.count((TODAY,)))
