"""Items without a project: guesses by place and time, and many given their projects at once."""

from datetime import UTC, datetime

import pytest

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.statuses import FieldStatus, ItemState, ProjectStatus
from pruvan_desk.operations.qa import assign_items, move_items
from pruvan_desk.operations.undo import undo
from pruvan_desk.store.models import Item
from pruvan_desk.store.views.guesses import guesses

AT = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture
def orders(office) -> list[int]:
    """Three orders, some kilometres apart; the second is closed, the third is far away."""
    integration = office.integration()
    return [
        office.project(integration, "1", ("Grass Cut",), latitude=30.0, longitude=-97.0),
        office.project(integration, "2", latitude=30.1, longitude=-97.0, status=ProjectStatus.CLOSED),
        office.project(integration, "3", latitude=-33.9, longitude=179.99),
    ]


def lost(office, latitude: float | None, longitude: float | None, **values) -> int:
    given = {"latitude": latitude, "longitude": longitude, "taken_at": AT, "from_app": False} | values
    return office.photo(None, ItemState.UNASSIGNED, **given)


def test_open_orders_near_by_are_guessed_for_what_has_no_project(office, database, orders):
    near, closed, other_end, nowhere, no_place = (
        lost(office, 30.001, -97.0),
        lost(office, 30.1, -97.0),
        lost(office, -33.9, 179.99),
        lost(office, 45.0, 9.0),
        lost(office, None, None),
    )
    filed = office.photo(orders[0], latitude=30.0, longitude=-97.0)
    with database.read() as session:
        found = guesses(session, [near, closed, other_end, nowhere, no_place, filed])
    assert {item: guess.project_id for item, guess in found.items()} == {near: orders[0], other_end: orders[2]}
    assert found[near].task == "Grass Cut"


def test_many_are_given_their_own_projects_in_one_step_and_taken_back_in_one(office, database, orders):
    one, other = lost(office, 30.0, -97.0, task="grass_cut"), lost(office, -33.9, 179.99, task="Roof")
    assign_items(database, {one: (orders[0], "Grass Cut"), other: (orders[2], "")}, "ana")
    rows = [office.get(Item, item) for item in (one, other)]
    assert [(row.project_id, row.task, row.state) for row in rows] == [
        (orders[0], "Grass Cut", ItemState.PENDING_QA),
        (orders[2], "Roof", ItemState.PENDING_QA),
    ]
    undo(database, "ana")
    rows = [office.get(Item, item) for item in (one, other)]
    assert [(row.project_id, row.task, row.state) for row in rows] == [
        (None, "grass_cut", ItemState.UNASSIGNED),
        (None, "Roof", ItemState.UNASSIGNED),
    ]


def test_what_somebody_has_filed_meanwhile_is_left_as_it_is(office, database, orders):
    item = lost(office, 30.0, -97.0)
    move_items(database, [item], "eve", project_id=orders[2])
    assign_items(database, {item: (orders[0], "")}, "ana")
    assert office.get(Item, item).project_id == orders[2]


def test_a_project_that_is_gone_assigns_none(office, database, orders):
    items = [lost(office, 30.0, -97.0), lost(office, 30.0, -97.0)]
    with pytest.raises(UsageError, match="not there any more"):
        assign_items(database, {items[0]: (orders[0], ""), items[1]: (999, "")}, "ana")
    assert {office.get(Item, item).state for item in items} == {ItemState.UNASSIGNED}


@pytest.mark.parametrize(("from_app", "state"), [(True, ItemState.QUEUED), (False, ItemState.PENDING_QA)])
def test_qa_in_field_speaks_of_phones_what_came_from_a_folder_waits(office, database, from_app, state):
    project = office.project(office.integration(), qa_in_field=True, field_status=FieldStatus.COMPLETED)
    item = lost(office, None, None, from_app=from_app)
    move_items(database, [item], "ana", project_id=project)
    assert office.get(Item, item).state == state
