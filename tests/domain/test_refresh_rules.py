"""Who closes, reopens and overwrites what: the rules of the business, one by one.

Holds to §1.2, §1.3 of sync.md.
"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.desk import FULL, INCREMENTAL, MemoryDesk, order
from pruvan_desk.domain.orders import Order, Service, UnreadableOrder
from pruvan_desk.domain.refresh import (
    Close,
    Create,
    ImportSettings,
    KnownProject,
    Skip,
    Unchanged,
    Update,
    closes_too_much,
    plan_refresh,
)
from pruvan_desk.domain.statuses import CloseReason, ProjectStatus

WITHOUT_AUTO_ADMIN = ImportSettings(full=False, auto_admin=False)


def desk_with(*orders: Order) -> MemoryDesk:
    desk = MemoryDesk()
    desk.refresh(orders, INCREMENTAL)
    return desk


def closed(desk: MemoryDesk) -> dict[str, CloseReason]:
    return {project.number: project.close_reason for project in desk.projects.values() if project.closed}


def test_a_new_order_becomes_an_assigned_project_with_its_tasks():
    project = desk_with(order("1", "Grass Cut", "Trim", due=date(2026, 12, 1))).projects["1"]
    assert (project.values["status"], project.values["assigned_to"]) == (ProjectStatus.ASSIGNED, "~all~")
    assert project.values["due"] == date(2026, 12, 1)
    assert [task.name for task in project.tasks] == ["Grass Cut", "Trim"]


def test_the_integration_says_whom_a_new_project_is_assigned_to_unless_the_order_does():
    desk = MemoryDesk()
    desk.refresh([order("1"), order("2", assigned_to="ana")], ImportSettings(full=False, assign_to="bob"))
    assert [desk.projects[number].values["assigned_to"] for number in "12"] == ["bob", "ana"]


def test_without_anybody_to_assign_it_to_a_project_is_unassigned():
    desk = MemoryDesk()
    desk.refresh([order("1")], ImportSettings(full=False, assign_to=""))
    assert desk.projects["1"].values["status"] is ProjectStatus.UNASSIGNED


def test_a_status_that_is_not_ours_is_passed_over():
    desk = desk_with(order("1", status="rush"), order("2", status="Banana"))
    assert [desk.projects[number].values["status"] for number in "12"] == [ProjectStatus.RUSH, ProjectStatus.ASSIGNED]


def test_an_order_that_lacks_the_minimum_is_skipped_with_what_it_lacks():
    (step,) = plan_refresh({}, [order("1", zip=None, services=None)], FULL).steps
    assert isinstance(step, Skip)
    assert (step.number, step.reason) == ("1", "The order lacks zip, services.")
    assert step.source


def test_an_update_needs_only_the_number_and_what_changed():
    desk = desk_with(order("1", description="old", reference="R"))
    desk.refresh([Order("1", description="new", source="update")], INCREMENTAL)
    project = desk.projects["1"]
    assert (project.values["description"], project.values["reference"], project.values["zip"]) == ("new", "R", "78701")
    assert [task.removed for task in project.tasks] == [False]


@pytest.mark.parametrize("field", ["description", "reference", "info", "options", "instructions", "status", "due"])
def test_with_auto_admin_the_client_overwrites_and_without_it_the_first_import_stands(field):
    values = {
        "options": ({"a": 1}, {"a": 2}),
        "status": ("Rush", "Rework"),
        "due": (date(2026, 1, 1), date(2026, 2, 2)),
    }
    first, second = values.get(field, ("first", "second"))
    for settings, stands in ((INCREMENTAL, second), (WITHOUT_AUTO_ADMIN, first)):
        desk = desk_with(order("1", **{field: first}))
        desk.refresh([order("1", **{field: second})], settings)
        assert desk.projects["1"].values[field] == stands


@pytest.mark.parametrize(
    ("field", "first", "second"),
    [
        ("client_status", "Open", "Accepted"),
        ("client_due", date(2026, 1, 1), date(2026, 2, 2)),
        ("client_instructions", "first", "second"),
        ("city", "Austin", "Dallas"),
        ("latitude", 30.0, 31.0),
    ],
)
def test_what_is_the_clients_follows_the_client_whatever_auto_admin_says(field, first, second):
    desk = desk_with(order("1", **{field: first}))
    desk.refresh([order("1", **{field: second})], WITHOUT_AUTO_ADMIN)
    assert desk.projects["1"].values[field] == second


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("Closed", CloseReason.CLIENT),
        ("complete and closed", CloseReason.CLIENT),
        ("QC Declined", CloseReason.CLIENT),
        ("Denied", CloseReason.CLIENT),
        ("Cancelled", CloseReason.CANCELLED),
        ("CANCELED", CloseReason.CANCELLED),
    ],
)
def test_an_order_marked_closed_or_cancelled_closes_at_once_even_in_an_incremental_list(word, reason):
    desk = desk_with(order("1"))
    desk.refresh([order("1", client_status=word)], INCREMENTAL)
    assert closed(desk) == {"1": reason}


def test_a_new_order_that_is_closed_already_makes_a_closed_project():
    (step,) = plan_refresh({}, [order("1", client_status="Cancelled")], INCREMENTAL).steps
    assert isinstance(step, Create)
    assert step.close_reason is CloseReason.CANCELLED


def test_absence_from_a_full_list_closes_with_that_reason():
    desk = desk_with(order("1"), order("2"))
    desk.refresh([order("1")], FULL)
    assert closed(desk) == {"2": CloseReason.ABSENT}


def test_an_empty_full_list_closes_a_few_projects():
    desk = desk_with(order("1"), order("2"))
    desk.refresh([], FULL)
    assert closed(desk) == {"1": CloseReason.ABSENT, "2": CloseReason.ABSENT}


def test_a_skipped_order_counts_as_present():
    desk = desk_with(order("1"), order("2"))
    plan = desk.refresh([order("1"), UnreadableOrder("2", "broken", "{}")], FULL)
    assert closed(desk) == {}
    assert [step.number for step in plan.steps if isinstance(step, Skip)] == ["2"]


def test_an_unreadable_order_without_a_number_may_be_anyones_so_none_is_absent():
    desk = desk_with(order("1"), order("2"))
    plan = desk.refresh([order("1"), UnreadableOrder("", "broken", "{}")], FULL)
    assert closed(desk) == {}
    assert [step.number for step in plan.withheld] == ["2"]


@pytest.mark.parametrize(
    ("absent", "known", "withheld"),
    [
        (10, 10, False),
        (11, 11, True),
        (11, 54, True),
        (11, 55, False),
        (12, 59, True),
        (12, 60, False),
        (1000, 5000, False),
        (1001, 5000, True),
        (0, 0, False),
    ],
)
def test_the_guard_holds_above_ten_and_over_a_fifth(absent, known, withheld):
    assert closes_too_much(absent, known) is withheld
    projects = {f"{n}": KnownProject(n, f"{n}", unchanged_source=True) for n in range(absent, known)}
    elsewhere = [KnownProject(n, f"{n}") for n in range(known)]
    plan = plan_refresh(projects, [order(number) for number in projects], FULL, elsewhere)
    assert len(plan.withheld) == (absent if withheld else 0)
    assert sum(isinstance(step, Close) for step in plan.steps) == (0 if withheld else absent)


@given(st.integers(0, 40), st.integers(0, 60), st.integers(0, 60))
def test_the_guard_says_the_same_when_the_same_list_comes_again(gone, staying, new):
    desk = MemoryDesk()
    desk.refresh([order(f"{n}") for n in range(gone + staying)], INCREMENTAL)
    received = [order(f"{n}") for n in range(gone, gone + staying + new)]
    first = {step.number for step in desk.refresh(received, FULL).withheld}
    assert {step.number for step in desk.refresh(received, FULL).withheld} == first


def test_closures_that_the_client_states_are_not_guarded():
    desk = desk_with(*(order(f"{n}") for n in range(20)))
    desk.refresh([order(f"{n}", client_status="Closed") for n in range(20)], FULL)
    assert len(closed(desk)) == 20


@pytest.mark.parametrize("reason", [CloseReason.CLIENT, CloseReason.CANCELLED, CloseReason.ABSENT])
def test_a_project_that_closed_by_itself_reopens_when_its_order_comes_open_in_a_full_list(reason):
    desk = desk_with(order("1"))
    desk.close("1", reason)
    desk.refresh([order("1", info="again")], FULL)
    assert closed(desk) == {}


def test_an_incremental_order_that_is_silent_about_its_status_reopens_only_what_was_absent():
    desk = desk_with(order("1"), order("2"), order("3"))
    for number, reason in (("1", CloseReason.ABSENT), ("2", CloseReason.CLIENT), ("3", CloseReason.CANCELLED)):
        desk.close(number, reason)
    desk.refresh([order(number, info="changed") for number in "123"], INCREMENTAL)
    assert set(closed(desk)) == {"2", "3"}
    desk.refresh([order(number, client_status="Open") for number in "23"], INCREMENTAL)
    assert closed(desk) == {}


def test_a_reopened_project_has_the_status_that_the_client_gives_it():
    desk = desk_with(order("1", status="Rush"))
    desk.refresh([], FULL)
    desk.refresh([order("1", status="Rush")], FULL)
    assert desk.projects["1"].values["status"] is ProjectStatus.RUSH


@pytest.mark.parametrize("settings", [FULL, INCREMENTAL])
def test_a_project_closed_by_hand_stays_closed_and_is_updated_all_the_same(settings):
    desk = desk_with(order("1"))
    desk.close("1", CloseReason.BY_HAND)
    desk.refresh([order("1", client_status="Open", status="Rush", description="new")], settings)
    assert closed(desk) == {"1": CloseReason.BY_HAND}
    assert desk.projects["1"].values["description"] == "new"


def test_an_order_that_came_as_it_was_is_counted_as_unchanged():
    desk = desk_with(order("1"), order("2"))
    plan = desk.refresh([order("1"), order("2", info="new")], FULL)
    assert [type(step) for step in plan.steps] == [Unchanged, Update]


def test_of_two_orders_of_one_number_the_last_counts():
    desk = desk_with(order("1", description="first"), order("1", description="last"))
    assert desk.projects["1"].values["description"] == "last"


def test_tasks_are_matched_by_the_clients_id_before_their_name():
    desk = desk_with(order("1", Service("Grass Cut", source_service_id="7"), Service("Trim", source_service_id="8")))
    ids = {task.name: task.id for task in desk.projects["1"].tasks}
    desk.refresh(
        [order("1", Service("Trim", source_service_id="7"), Service("Grass Cut", source_service_id="8"))], INCREMENTAL
    )
    assert {task.name: task.id for task in desk.projects["1"].tasks} == {
        "Trim": ids["Grass Cut"],
        "Grass Cut": ids["Trim"],
    }


def test_tasks_without_an_id_are_matched_by_name():
    desk = desk_with(order("1", "Grass Cut", "Trim"))
    before = [(task.id, task.name) for task in desk.projects["1"].tasks]
    desk.refresh([order("1", "Trim", "Grass Cut")], INCREMENTAL)
    assert [(task.id, task.name) for task in desk.projects["1"].tasks] == before


def test_a_task_that_the_client_takes_away_is_marked_and_comes_back_as_itself():
    desk = desk_with(order("1", "Grass Cut", "Trim"))
    trim = desk.projects["1"].tasks[1]
    desk.refresh([order("1", "Grass Cut")], INCREMENTAL)
    assert trim.removed
    desk.refresh([order("1", "Grass Cut", "Trim")], INCREMENTAL)
    assert not trim.removed
    assert len(desk.projects["1"].tasks) == 2


def test_a_name_does_not_take_the_task_that_an_id_asks_for():
    desk = desk_with(order("1", Service("Trim", source_service_id="7")))
    task = desk.projects["1"].tasks[0]
    desk.refresh(
        [order("1", Service("Trim", source_service_id="8"), Service("Hedges", source_service_id="7"))], INCREMENTAL
    )
    assert task.name == "Hedges"


@pytest.mark.parametrize(
    ("client_status", "status"), [("Open", None), ("open ", None), (None, None), ("Approved", ProjectStatus.RUSH)]
)
def test_the_offices_rework_stands_until_the_clients_status_changes(client_status, status):
    known = KnownProject(1, "1", rework_client_status="Open")
    sent = Order("1", status="Rush", client_status=client_status, description="new", source="x")
    (step,) = plan_refresh({"1": known}, [sent], ImportSettings(full=False, auto_admin=True)).steps
    assert isinstance(step, Update)
    assert step.values.get("status") == status
    assert step.values["description"] == "new"
    assert ("rework_client_status" in step.values) == (status is not None)
