"""Deleting projects and getting them back: nothing that belongs to one is ever lost, or sent twice.

Holds to §1.4 of sync.md.
"""

from collections import Counter
from datetime import timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from builders import item_json, order_json, receive_item
from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.refresh import ImportSettings, Recreate, plan_refresh
from pruvan_desk.domain.statuses import FieldStatus, ItemState, JobState, ProjectStatus
from pruvan_desk.operations.doctor import check_accounting, check_outbox, check_trash
from pruvan_desk.operations.project_edits import close_project
from pruvan_desk.operations.project_trash import delete_projects, empty_old_trash, restore_projects
from pruvan_desk.operations.projects import set_field_status
from pruvan_desk.operations.qa import move_items
from pruvan_desk.operations.serving import orders_for
from pruvan_desk.store.imports import Importer, load_known
from pruvan_desk.store.models import Alert, AuditEvent, CheckIn, Item, Project, RelayJob, Task
from pruvan_desk.store.outbox import claim, next_due
from pruvan_desk.store.views.items import Scope, gallery_scopes, scope_items
from pruvan_desk.store.views.projects import project_rows, project_slice
from pruvan_desk.store.views.status import desk_status
from pruvan_desk.store.views.trash import trash_rows
from pruvan_desk.wire.items import read_item
from pruvan_desk.wire.orders import read_order

ZONE = ZoneInfo("America/Chicago")
DAY = 86_400


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration(), qa_in_field=True)


def import_again(office, database, *, qa_in_field=False, **changes) -> list:
    """What a refresh does with the order 4711; answers the kinds of steps it took."""
    order = read_order(order_json(**changes), ZONE)
    with database.read() as session:
        known = load_known(session, 1, [order])
    steps = plan_refresh(known, [order], ImportSettings(full=True)).steps
    importer = Importer(1, qa_in_field=qa_in_field)
    with database.write() as writing:
        for step in steps:
            if isinstance(step, Recreate):
                importer.recreate(writing, step)
    return [type(step).__name__ for step in steps]


def arrive(database, uuid="late", **changes) -> None:
    receive_item(database, read_item(item_json(uuid, **changes)), None, "crew")


def alerts(office) -> set[str]:
    return {alert.key.partition("/")[0] for alert in office.all(Alert, solved_at=None)}


def claimed(database) -> list[int | None]:
    with database.write() as writing:
        return [each.job.item_id for each in claim(writing, "engine", 50, timedelta(minutes=2))]


def test_a_deleted_project_is_in_the_trash_and_nowhere_else(office, database, project, clock):
    office.photo(project, ItemState.PENDING_QA)
    other = office.project(1, "other")
    changes = delete_projects(database, [project], "mary")
    assert changes.projects == {project}
    assert len(changes.items) == 1
    with database.read() as session:
        assert [row.id for row in project_slice(session, 0)] == [other]
        assert project_rows(session, [project]) == []
        assert [order["workOrderNumber"] for order in orders_for(session, "crew7")] == ["AFS::other"]
        assert scope_items(session, Scope("pending")) == []
        assert not any(scope.count for scope in gallery_scopes(session, None))
        status = desk_status(session)
        (row,) = trash_rows(session, clock.now())
    assert (status.waiting(ItemState.PENDING_QA), status.oldest_pending) == (0, None)
    assert status.accounting.by_state[ItemState.PENDING_QA] == 1
    assert (row.key, row.deleted_by, row.items) == ("AFS::4711", "mary", 1)
    assert row.restorable_until - row.deleted_at == timedelta(days=30)


def test_deleting_twice_is_deleting_once(office, database, project, clock):
    delete_projects(database, [project], "mary")
    clock.advance(DAY)
    assert not delete_projects(database, [project], "bob").projects
    assert [(event.what, event.who) for event in office.all(AuditEvent)] == [("deleted", "mary")]


def test_nothing_of_a_trashed_project_is_sent_and_all_of_it_when_it_is_back(office, database, project):
    item = office.photo(project, ItemState.QUEUED)
    set_field_status(database, project, FieldStatus.COMPLETED, "crew")
    delete_projects(database, [project], "mary")
    assert claimed(database) == []
    with database.read() as session:
        assert next_due(session) is None
    restore_projects(database, [project], "mary")
    assert set(claimed(database)) == {item, None}


def test_restore_brings_a_project_back_as_it_was(office, database, project):
    close_project(database, project, "bob")
    before = office.get(Project, project)
    item = office.photo(project, ItemState.PASSED)
    delete_projects(database, [project], "mary")
    restore_projects(database, [project], "mary")
    after = office.get(Project, project)
    for name in ("status", "close_reason", "qa_in_field", "number", "deleted_at"):
        assert getattr(after, name) == getattr(before, name)
    assert office.get(Item, item).state == ItemState.PASSED
    assert [event.what for event in office.all(AuditEvent)] == ["closed", "deleted", "restored"]


def test_an_imported_order_makes_it_anew_and_all_that_belongs_to_it_attaches_with_its_state(office, database, project):
    items = {state: office.photo(project, state) for state in (ItemState.HELD, ItemState.QUEUED, ItemState.REJECTED)}
    published = office.photo(project, ItemState.PUBLISHED)
    set_field_status(database, project, FieldStatus.IN_PROCESS, "crew")
    close_project(database, project, "bob")
    jobs = [(job.id, job.item_id, job.revision) for job in office.all(RelayJob) if job.item_id]
    delete_projects(database, [project], "mary")
    assert import_again(office, database, qa_in_field=False, description="new") == ["Recreate"]
    (row,) = office.all(Project)
    assert (row.status, row.close_reason, row.closed_at) == (ProjectStatus.ASSIGNED, "", None)
    assert (row.qa_in_field, row.description, row.field_status) == (False, "new", FieldStatus.IN_PROCESS)
    assert {state: office.get(Item, item).state for state, item in items.items()} == {state: state for state in items}
    assert office.get(Item, published).state == ItemState.PUBLISHED
    assert [(job.id, job.item_id, job.revision) for job in office.all(RelayJob) if job.item_id] == jobs
    assert {item.project_id for item in office.all(Item)} == {row.id}
    assert [task.name for task in office.all(Task, removed=False)] == ["Grass Cut"]
    history = {event.what for event in office.all(AuditEvent, project_id=row.id)}
    assert {"field status", "closed", "deleted"} <= history


def test_what_the_old_project_still_had_to_say_of_its_status_is_not_said_of_the_new_one(office, database, project):
    close_project(database, project, "bob")
    delete_projects(database, [project], "mary")
    import_again(office, database)
    assert [job.state for job in office.all(RelayJob, item_id=None)] == [JobState.REPLACED]


def test_restore_after_the_import_makes_no_second_project(office, database, project):
    delete_projects(database, [project], "mary")
    import_again(office, database, description="new")
    assert not restore_projects(database, [project], "mary")
    assert [row.description for row in office.all(Project)] == ["new"]


@pytest.mark.parametrize("changes", [{"clientStatus": "Closed"}, {"city": None}])
def test_an_order_that_is_over_or_not_whole_leaves_the_project_in_the_trash(office, database, project, changes):
    delete_projects(database, [project], "mary")
    import_again(office, database, **changes)
    assert office.get(Project, project).deleted_at is not None


def test_what_comes_for_a_trashed_project_waits_there_and_somebody_hears_of_it(office, database, project):
    delete_projects(database, [project], "mary")
    arrive(database, fileType="file")
    (item,) = office.all(Item)
    assert (item.project_id, item.state) == (project, ItemState.HELD)
    assert alerts(office) == {"arrivals-in-trash"}
    set_field_status(database, project, FieldStatus.COMPLETED, "crew")
    assert claimed(database) == []
    restore_projects(database, [project], "mary")
    assert alerts(office) == set()
    assert item.id in claimed(database)


def test_a_bare_number_means_the_project_that_is_not_in_the_trash(office, database, project):
    live = office.project(office.integration("BFS"), "4711")
    delete_projects(database, [project], "mary")
    arrive(database, key2="4711")
    assert [item.project_id for item in office.all(Item)] == [live]


def test_nothing_is_moved_into_the_trash(office, database, project):
    item = office.photo(office.project(1, "other"))
    delete_projects(database, [project], "mary")
    with pytest.raises(UsageError, match="not there any more"):
        move_items(database, [item], "mary", project_id=project)


def test_after_thirty_days_what_is_undecided_waits_for_somebody_and_nothing_is_deleted(
    office, database, project, clock
):
    states = [state for state in ItemState if state is not ItemState.UNASSIGNED and state is not ItemState.RELAYING]
    items = {state: office.photo(project, state) for state in states}
    office.change(Item, items[ItemState.PUBLISHED], sent_sha256="x")
    delete_projects(database, [project], "mary")
    clock.advance(30 * DAY - 1)
    assert not empty_old_trash(database)
    clock.advance(2)
    assert empty_old_trash(database)
    assert not empty_old_trash(database)
    after = {state: office.get(Item, item) for state, item in items.items()}
    stayed = {state for state, item in after.items() if item.state == state}
    assert stayed == {ItemState.PUBLISHED, ItemState.REJECTED, ItemState.DELETED}
    left = [item for state, item in after.items() if state not in stayed]
    assert {(item.state, item.project_id, item.wanted_project) for item in left} == {("unassigned", None, "AFS::4711")}
    assert "unassigned" in alerts(office)
    assert claimed(database) == []
    with database.read() as session:
        assert check_accounting(session).findings == []
        assert check_trash(session, clock.now() + timedelta(days=5)).findings == []
        assert trash_rows(session, clock.now()) == []
    with pytest.raises(UsageError, match="30 days ago"):
        restore_projects(database, [project], "mary")
    arrive(database)
    assert office.all(Item)[-1].state == ItemState.UNASSIGNED


def test_a_check_in_that_leaves_the_trash_can_be_given_another_project(office, database, project, clock):
    delete_projects(database, [project], "mary")
    arrive(database, fileType="checkin", survey={"abcNumber": "ABC123456"})
    clock.advance(31 * DAY)
    empty_old_trash(database)
    (item,) = office.all(Item)
    assert (item.state, office.all(CheckIn)[0].project_id) == (ItemState.UNASSIGNED, None)
    other = office.project(1, "other")
    move_items(database, [item.id], "mary", project_id=other)
    assert (office.get(Item, item.id).state, office.all(CheckIn)[0].project_id) == (ItemState.QUEUED, other)


def test_the_doctor_names_what_was_left_in_an_old_trash(office, database, project, clock):
    office.photo(project, ItemState.PASSED)
    delete_projects(database, [project], "mary")
    with database.read() as session:
        assert check_trash(session, clock.now()).note == "1 deleted projects hold 1 items"
        (words,) = check_trash(session, clock.now() + timedelta(days=32)).findings
    assert "photo-1 is passed" in words


def test_a_renamed_task_takes_its_items_with_it(office, database, project):
    row = office.all(Task)[0]
    office.change(Task, row.id, source_service_id="9")
    item = office.photo(project, ItemState.QUEUED)
    delete_projects(database, [project], "mary")
    import_again(office, database, services=[{"serviceName": "Mow", "source_service_id": "9"}])
    assert (office.get(Item, item).task, office.get(Item, item).revision) == ("Mow", 1)


NUMBERS = count(1)
DEEDS = st.lists(st.sampled_from(["delete", "restore", "import", "photo", "completed"]), max_size=7)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DEEDS)
def test_in_any_order_there_is_one_project_with_all_its_items_and_the_books_balance(office, database, deeds):
    if not office.all(Project):
        office.integration()
    number = f"n{next(NUMBERS)}"
    project = office.project(1, number, qa_in_field=True)
    deed = {
        "delete": lambda: delete_projects(database, [project], "mary"),
        "restore": lambda: restore_projects(database, [project], "mary"),
        "import": lambda: import_again(office, database, workOrderNumber=number),
        "photo": lambda: arrive(database, f"{number}-{next(NUMBERS)}", key2=f"AFS::{number}"),
        "completed": lambda: set_field_status(database, project, FieldStatus.COMPLETED, "crew"),
    }
    for name in deeds:
        deed[name]()
    restore_projects(database, [project], "mary")
    with database.read() as session:
        mine = session.scalars(select(Item).where(Item.project_id == project)).all()
        assert len(mine) == deeds.count("photo")
        assert set(Counter(item.state for item in mine)) <= {ItemState.HELD, ItemState.QUEUED, ItemState.PENDING_QA}
        assert [row.key for row in project_rows(session, [project])] == [f"AFS::{number}"]
        assert check_accounting(session).findings == check_outbox(session).findings == []
