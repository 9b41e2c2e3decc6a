"""What any refresh does, whatever is known and whatever came.

Holds to §1.1 of sync.md.
"""

from hypothesis import given
from hypothesis import strategies as st

from domain.desk import FULL, INCREMENTAL, MemoryDesk, order
from pruvan_desk.domain.orders import Order, Service, UnreadableOrder
from pruvan_desk.domain.refresh import Close, ImportSettings, Skip, Unchanged
from pruvan_desk.domain.statuses import CloseReason

NUMBERS = st.sampled_from([f"{n}" for n in range(1, 7)])
WORDS = st.sampled_from([None, "Open", "Cancelled", "Closed", "QC Declined", "odd"])
STATUSES = st.sampled_from([None, "Rush", "Rework", "Closed", "odd"])
SERVICES = st.lists(
    st.builds(
        Service,
        st.sampled_from(["Grass Cut", "Trim", "Lock Change"]),
        instructions=st.none() | st.just("2 inches"),
        source_service_id=st.sampled_from([None, "1", "2"]),
    ),
    max_size=4,
    unique_by=lambda service: service.name,
)


@st.composite
def orders(draw) -> Order | UnreadableOrder:
    number = draw(NUMBERS)
    if draw(st.integers(0, 7)) == 0:
        return UnreadableOrder(draw(st.sampled_from([number, ""])), "broken", "{}")
    changes = {
        "client_status": draw(WORDS), "status": draw(STATUSES), "description": draw(st.none() | st.text(max_size=3)),
        "client_instructions": draw(st.none() | st.text(max_size=3)), "zip": draw(st.sampled_from(["78701", None])),
    }  # fmt: skip
    return order(number, **changes, services=draw(st.none() | SERVICES))


LISTS = st.lists(orders(), max_size=8)
SETTINGS = st.builds(ImportSettings, full=st.booleans(), auto_admin=st.booleans())
HISTORIES = st.lists(st.tuples(LISTS, SETTINGS), max_size=3)


def desk_after(history, by_hand=(), deleted=()) -> MemoryDesk:
    desk = MemoryDesk()
    for received, settings in history:
        desk.refresh(received, settings)
        desk.photograph()
    for number in by_hand:
        if number in desk.projects:
            desk.close(number, CloseReason.BY_HAND)
    for number in deleted:
        if number in desk.projects:
            desk.delete(number)
    return desk


@given(HISTORIES, st.sets(NUMBERS), st.sets(NUMBERS), LISTS, SETTINGS)
def test_a_refresh_done_twice_is_a_refresh_done_once(history, by_hand, deleted, received, settings):
    desk = desk_after(history, by_hand, deleted)
    desk.refresh(received, settings)
    once = desk.picture()
    again = desk.refresh(received, settings)
    assert desk.picture() == once
    assert all(isinstance(step, Unchanged | Skip) for step in again.steps), again.steps


@given(HISTORIES, LISTS, SETTINGS)
def test_a_refresh_that_was_applied_and_forgotten_is_harmless_to_do_again(history, received, settings):
    desk = desk_after(history)
    desk.refresh(received, settings)
    once = desk.picture()
    for project in desk.projects.values():
        project.source = "forgotten"
    desk.refresh(received, settings)
    assert desk.picture() == once


@given(HISTORIES, LISTS)
def test_absence_from_an_incremental_list_closes_nothing(history, received):
    desk = desk_after(history)
    plan = desk.refresh(received, ImportSettings(full=False))
    assert not plan.withheld
    named = {entry.number for entry in received}
    assert all(step.number in named for step in plan.steps if isinstance(step, Close))
    assert all(step.reason is not CloseReason.ABSENT for step in plan.steps if isinstance(step, Close))


@given(HISTORIES, st.sets(NUMBERS), LISTS, SETTINGS)
def test_what_was_closed_by_hand_stays_closed(history, by_hand, received, settings):
    desk = desk_after(history, by_hand)
    desk.refresh(received, settings)
    for number in by_hand & set(desk.projects):
        assert not desk.projects[number].closed or desk.projects[number].close_reason is not None
    closed = {number for number in by_hand if number in desk_after(history, by_hand).projects}
    assert all(desk.projects[number].close_reason is CloseReason.BY_HAND for number in closed)


@given(HISTORIES, LISTS)
def test_an_order_that_came_however_broken_is_never_absent(history, received):
    desk = desk_after(history)
    plan = desk.refresh(received, FULL)
    absent = {
        step.number
        for step in [*plan.steps, *plan.withheld]
        if isinstance(step, Close) and step.reason is CloseReason.ABSENT
    }
    assert not absent & {entry.number for entry in received}


@given(HISTORIES, LISTS)
def test_after_a_full_list_exactly_what_it_holds_is_open(history, received):
    desk = desk_after(history)
    plan = desk.refresh(received, FULL)
    if any(not entry.number for entry in received):
        assert all(step.reason is not CloseReason.ABSENT for step in plan.steps if isinstance(step, Close))
        return
    named = {entry.number for entry in received}
    assert {project.number for project in desk.projects.values() if not project.closed} <= named


@given(HISTORIES, LISTS, SETTINGS)
def test_every_project_says_why_it_is_closed_and_only_then(history, received, settings):
    desk = desk_after(history)
    desk.refresh(received, settings)
    for project in desk.projects.values():
        assert project.closed == (project.close_reason is not None)


@given(HISTORIES, LISTS, SETTINGS)
def test_the_tasks_in_force_are_those_of_the_order(history, received, settings):
    desk = desk_after(history)
    desk.refresh(received, settings)
    latest = {entry.number: entry for entry in received if entry.number}
    for number, entry in latest.items():
        if isinstance(entry, Order) and entry.services is not None and number in desk.projects:
            names = [task.name for task in desk.projects[number].tasks if not task.removed]
            assert len(names) == len(entry.services)
            if settings.auto_admin:
                assert sorted(names) == sorted(service.name for service in entry.services)


@given(HISTORIES, LISTS, SETTINGS)
def test_no_task_is_ever_lost(history, received, settings):
    desk = desk_after(history)
    before = {task.id for project in desk.projects.values() for task in project.tasks}
    desk.refresh(received, settings)
    assert before <= {task.id for project in desk.projects.values() for task in project.tasks}


ADMINISTERED = ("description", "reference", "info", "options", "instructions", "status", "due")


@given(HISTORIES, LISTS, st.booleans())
def test_without_auto_admin_nothing_that_is_set_is_overwritten(history, received, full):
    desk = desk_after(history)
    before = {number: (project.values.copy(), project.closed) for number, project in desk.projects.items()}
    names = {task.id: task.name for project in desk.projects.values() for task in project.tasks}
    desk.refresh(received, ImportSettings(full=full, auto_admin=False))
    for number, (values, was_closed) in before.items():
        now = desk.projects[number]
        kept = [name for name in ADMINISTERED if name != "status" or was_closed == now.closed]
        assert {name: now.values.get(name) for name in kept} == {name: values.get(name) for name in kept}
        assert all(task.name == names.get(task.id, task.name) for task in now.tasks)


@given(HISTORIES, st.sets(NUMBERS), LISTS, SETTINGS)
def test_no_item_is_ever_orphaned(history, deleted, received, settings):
    desk = desk_after(history, deleted=deleted)
    items = {item for project in desk.projects.values() for item in project.items}
    desk.refresh(received, settings)
    assert items == {item for project in desk.projects.values() for item in project.items}
    for project in desk.projects.values():
        assert set(project.items.values()) <= {task.name for task in project.tasks}


@given(HISTORIES, st.sets(NUMBERS), LISTS, SETTINGS)
def test_absence_means_nothing_for_what_is_in_the_trash(history, deleted, received, settings):
    desk = desk_after(history, deleted=deleted)
    gone = {number for number, project in desk.projects.items() if project.deleted}
    plan = desk.refresh(received, settings)
    assert not gone & {step.number for step in [*plan.steps, *plan.withheld] if isinstance(step, Close)}


DEEDS = st.lists(
    st.sampled_from(["delete", "restore", "close", "photograph", "list", "changes", "nothing"]), max_size=8
)


@given(DEEDS, st.booleans())
def test_delete_refresh_and_restore_in_any_order_leave_one_project_with_all_its_items(deeds, auto_admin):
    desk = MemoryDesk()
    whole = order("1", Service("Grass Cut", source_service_id="1"), "Trim")
    desk.refresh([whole], FULL)
    deed = {
        "delete": lambda: desk.delete("1"),
        "restore": lambda: desk.restore("1"),
        "close": lambda: desk.close("1", CloseReason.BY_HAND),
        "photograph": desk.photograph,
        "list": lambda: desk.refresh([whole], ImportSettings(full=True, auto_admin=auto_admin)),
        "changes": lambda: desk.refresh([order("1", Service("Mow", source_service_id="1"), "Trim")], INCREMENTAL),
        "nothing": lambda: desk.refresh([], FULL),
    }
    for name in deeds:
        deed[name]()
    items = sum(len(project.items) for project in desk.projects.values())
    assert items == 2 * deeds.count("photograph")
    desk.delete("1")
    desk.refresh([whole], FULL)
    (project,) = desk.projects.values()
    assert (project.deleted, project.closed, len(project.items)) == (False, False, items)


@given(HISTORIES, LISTS)
def test_what_is_pushed_never_closes_and_is_harmless_to_push_again(history, received):
    desk = desk_after(history)
    open_before = {number for number, project in desk.projects.items() if not project.closed}
    pushed = ImportSettings(full=False, closes=False)
    plan = desk.refresh(received, pushed)
    assert not any(isinstance(step, Close) for step in [*plan.steps, *plan.withheld])
    assert all(not desk.projects[number].closed for number in open_before)
    assert all(
        not desk.projects[number].closed
        for number in set(desk.projects) - open_before - set(desk_after(history).projects)
    )
    once = desk.picture()
    desk.refresh(received, pushed)
    assert desk.picture() == once


@given(st.lists(SERVICES.filter(bool), min_size=2, max_size=4))
def test_items_go_with_the_task_that_the_client_renames(versions):
    desk = MemoryDesk()
    for services in versions:
        desk.refresh([order("1", *services)], ImportSettings(full=False))
        desk.photograph()
    desk.refresh([order("1", *versions[0], description="again")], ImportSettings(full=False))
    (project,) = desk.projects.values()
    assert set(project.items.values()) <= {task.name for task in project.tasks}
