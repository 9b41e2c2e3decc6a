"""What the office changes by hand: the rules of Auto Admin, what the order source hears, and the history."""

import pytest

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.statuses import ItemState, JobState, ProjectStatus
from pruvan_desk.operations.project_edits import (
    add_note,
    change_projects,
    create_project,
    duplicate_project,
    remove_note,
)
from pruvan_desk.operations.qa import publish_project
from pruvan_desk.store.models import AuditEvent, Integration, Item, Project, ProjectNote, RelayJob, Task
from pruvan_desk.store.outbox import enqueue_items

OWN = {"number": "1", "address1": "1 Elm St", "city": "Austin", "tasks": ["Grass Cut", "Debris"]}


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration(), source_digest=b"applied")


def told(office) -> list[str]:
    return [job.status_word for job in office.all(RelayJob, item_id=None, state=JobState.QUEUED)]


def test_many_projects_are_changed_in_one_step(office, database, project):
    other = office.project(1, "4712")
    changes = change_projects(database, [project, other], {"due": "2026-12-31", "assigned_to": "crew7"}, "ana")
    assert changes.projects == {project, other}
    assert [(row.due, row.assigned_to) for row in office.all(Project)] == [("2026-12-31", "crew7")] * 2
    events = office.all(AuditEvent)
    assert len({event.step for event in events}) == 1
    assert events[0].details == {
        "before": {"due": "", "assigned_to": "~all~"}, "after": {"due": "2026-12-31", "assigned_to": "crew7"},
    }  # fmt: skip


def test_nothing_is_changed_when_one_is_refused(office, database, project):
    with pytest.raises(UsageError):
        change_projects(database, [project, 999], {"due": "2026-12-31"}, "ana")
    assert office.get(Project, project).due == ""


def test_what_stays_as_it_is_is_no_event(office, database, project):
    assert not change_projects(database, [project], {"assigned_to": "~all~"}, "ana")
    assert office.all(AuditEvent) == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"address1": "1 Oak St"}, "client's"),
        ({"tasks": ["Other"]}, "client's"),
        ({"client_status": "Open"}, "cannot be changed"),
        ({"client_due": "2026-01-01"}, "cannot be changed"),
        ({"due": "31.12.2026"}, "no date"),
        ({"status": "Sleeping"}, "no status"),
    ],
)
def test_what_is_the_clients_or_no_value_is_refused(office, database, project, values, words):
    with pytest.raises(UsageError, match=words):
        change_projects(database, [project], values, "ana")
    assert office.all(AuditEvent) == []


@pytest.mark.parametrize(
    ("values", "applied_again"),
    [
        ({"due": "2026-12-31"}, True),
        ({"instructions": "Mow"}, True),
        ({"status": "Rush"}, True),
        ({"assigned_to": "crew7"}, False),
    ],
)
def test_auto_admin_writes_its_order_over_an_edit_at_the_next_import(office, database, project, values, applied_again):
    change_projects(database, [project], values, "ana")
    assert (office.get(Project, project).source_digest is None) == applied_again


@pytest.mark.parametrize(
    ("status", "crew", "after"),
    [
        (ProjectStatus.UNASSIGNED, "crew7", "Assigned"),
        (ProjectStatus.ASSIGNED, "", "Unassigned"),
        (ProjectStatus.RUSH, "crew7", "Rush"),
        (ProjectStatus.CLOSED, "crew7", "Closed"),
    ],
)
def test_unassigned_and_assigned_follow_the_crew(office, database, status, crew, after):
    project = office.project(office.integration(), status=status, assigned_to="crew2")
    change_projects(database, [project], {"assigned_to": crew}, "ana")
    assert office.get(Project, project).status == after


def test_the_offices_rework_stands_until_the_clients_status_changes(office, database):
    project = office.project(office.integration(), client_status="Open")
    change_projects(database, [project], {"status": "Rework"}, "ana")
    assert office.get(Project, project).rework_client_status == "Open"
    change_projects(database, [project], {"status": "Rush"}, "ana")
    assert office.get(Project, project).rework_client_status is None


def test_the_order_source_hears_the_last_status_of_each(office, database, project):
    other = office.project(1, "4712")
    change_projects(database, [project, other], {"status": "Rush"}, "ana")
    change_projects(database, [project], {"status": "Complete"}, "ana")
    assert sorted(told(office)) == ["Complete", "Rush"]


def test_closed_in_bulk_is_closed_by_hand_and_leaving_it_reopens(office, database, project):
    change_projects(database, [project], {"status": "Closed"}, "ana")
    row = office.get(Project, project)
    assert (row.close_reason, row.closed_at is not None) == ("by_hand", True)
    change_projects(database, [project], {"status": "Rush"}, "ana")
    row = office.get(Project, project)
    assert (row.status, row.close_reason, row.closed_at) == ("Rush", "", None)
    assert [event.what for event in office.all(AuditEvent)] == ["closed", "reopened"]


def test_an_order_of_the_offices_own_has_tasks_and_nobody_to_tell(office, database):
    _, project = create_project(database, OWN | {"assigned_to": "crew7"}, "ana")
    row = office.get(Project, project)
    assert (row.number, row.status, row.qa_in_field) == ("1", "Assigned", False)
    assert [task.name for task in office.all(Task)] == ["Grass Cut", "Debris"]
    assert office.all(Integration)[0].code == "OFFICE"
    change_projects(database, [project], {"status": "Complete"}, "ana")
    assert told(office) == []


@pytest.mark.parametrize("missing", ["number", "address1", "city", "tasks"])
def test_an_order_lacks_nothing_that_crews_need(office, database, missing):
    with pytest.raises(UsageError):
        create_project(database, {name: value for name, value in OWN.items() if name != missing}, "ana")
    assert office.all(Project) == []


def test_a_number_is_taken_once(office, database):
    create_project(database, OWN, "ana")
    with pytest.raises(UsageError, match="OFFICE::1 already"):
        create_project(database, OWN, "ana")


def test_own_tasks_come_and_go_and_keep_their_items(office, database):
    _, project = create_project(database, OWN, "ana")
    photo = office.photo(project, task="Debris")
    change_projects(database, [project], {"tasks": ["Locks", "Grass Cut"]}, "ana")
    standing = sorted((task.position, task.name) for task in office.all(Task, removed=False))
    assert standing == [(0, "Locks"), (1, "Grass Cut")]
    assert office.get(Item, photo).project_id == project


def test_photos_of_an_own_order_pass_and_stay(office, database):
    _, project = create_project(database, OWN, "ana")
    photo = office.photo(project, ItemState.HELD)
    with database.write() as writing:
        enqueue_items(writing, [writing.session.get_one(Item, photo)])
    assert office.get(Item, photo).state == ItemState.PASSED
    with pytest.raises(UsageError, match="no client"):
        publish_project(database, project, "ana")
    assert office.all(RelayJob) == []


def test_a_copy_is_an_own_order_with_a_number_of_its_own(office, database, project):
    office.photo(project)
    office.change(Project, project, instructions="Mow", due="2026-12-31")
    numbers = [office.get(Project, duplicate_project(database, project, "ana")[1]).number for _ in range(2)]
    assert numbers == ["4711", "4711-2"]
    copy = office.all(Project)[-1]
    assert (copy.instructions, copy.due, copy.address1, copy.client_status) == ("Mow", "2026-12-31", "12 Elm St", "")
    assert [task.name for task in office.all(Task, project_id=copy.id)] == ["Grass Cut"]
    assert office.all(Item, project_id=copy.id) == []


def test_notes_say_who_and_when_and_can_be_taken_back(office, database, project, clock):
    add_note(database, project, " Gate code is 4471 ", "ana")
    (note,) = office.all(ProjectNote)
    assert (note.text, note.who, note.at) == ("Gate code is 4471", "ana", clock.now())
    remove_note(database, note.id, "bob")
    assert office.get(ProjectNote, note.id).removed
    with pytest.raises(UsageError, match="empty"):
        add_note(database, project, "  ", "ana")
