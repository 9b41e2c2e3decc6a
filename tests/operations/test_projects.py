"""What the field says about a project, and what the office does with it."""

import pytest

from pruvan_desk.core.errors import ItemError, UsageError
from pruvan_desk.domain.statuses import CloseReason, FieldStatus, ItemState, JobState, ProjectStatus
from pruvan_desk.operations.project_edits import close_project, reopen_projects
from pruvan_desk.operations.projects import close_absent, release_held, set_field_status
from pruvan_desk.store.alerts import raise_alert
from pruvan_desk.store.models import Alert, AuditEvent, Item, ItemEdit, Project, RelayJob


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration(), qa_in_field=True)


def statuses(office) -> list[tuple[str, str]]:
    return [(job.status_word, job.state) for job in office.all(RelayJob, item_id=None)]


def events(office) -> list[str]:
    return [event.what for event in office.all(AuditEvent)]


def test_completed_releases_every_held_item_of_the_project_and_no_other(office, database, project):
    held = [office.photo(project, ItemState.HELD) for _ in range(3)]
    elsewhere = office.photo(office.project(1, "other"), ItemState.HELD)
    waiting = office.photo(project, ItemState.PENDING_QA)
    changes = set_field_status(database, project, FieldStatus.COMPLETED, "crew")
    assert changes.items >= set(held)
    assert [office.get(Item, item).state for item in held] == [ItemState.QUEUED] * 3
    assert [office.get(Item, item).state for item in (elsewhere, waiting)] == [ItemState.HELD, ItemState.PENDING_QA]
    edit = office.all(ItemEdit, item_id=held[0])[0]
    assert (edit.kind, edit.before, edit.after) == ("release", {"state": "held"}, {"state": "queued"})


def test_the_order_source_hears_of_completed_once(office, database, project):
    set_field_status(database, project, FieldStatus.COMPLETED, "crew")
    set_field_status(database, project, FieldStatus.COMPLETED, "crew")
    assert statuses(office) == [("Completed", JobState.QUEUED)]
    set_field_status(database, project, FieldStatus.IN_PROCESS, "crew")
    set_field_status(database, project, FieldStatus.COMPLETED, "crew")
    assert [word for word, state in statuses(office) if state == JobState.QUEUED] == ["Completed"]


def test_completed_can_happen_again_and_releases_what_was_held_since(office, database, project):
    set_field_status(database, project, FieldStatus.COMPLETED, "crew")
    late = office.photo(project, ItemState.HELD)
    set_field_status(database, project, FieldStatus.COMPLETED, "crew")
    assert office.get(Item, late).state == ItemState.QUEUED


@pytest.mark.parametrize("status", sorted(set(FieldStatus) - {FieldStatus.COMPLETED}))
def test_any_other_word_of_the_field_releases_nothing_and_takes_nothing_back(office, database, project, status):
    held, queued = office.photo(project, ItemState.HELD), office.photo(project, ItemState.QUEUED)
    set_field_status(database, project, status, "crew")
    assert office.get(Project, project).field_status == status
    assert [office.get(Item, item).state for item in (held, queued)] == [ItemState.HELD, ItemState.QUEUED]
    assert statuses(office) == []


def test_the_office_can_release_what_a_lost_phone_holds(office, database, project):
    item = office.photo(project, ItemState.HELD)
    release_held(database, project, "ana")
    assert office.get(Item, item).state == ItemState.QUEUED
    (event,) = office.all(AuditEvent)
    assert (event.who, event.details) == ("ana", {"items": 1})
    assert office.get(Project, project).field_status == FieldStatus.NEW


def test_a_project_closed_by_hand_says_so_to_everybody(office, database, project, clock):
    held = office.photo(project, ItemState.HELD)
    close_project(database, project, "ana")
    row = office.get(Project, project)
    assert (row.status, row.close_reason, row.closed_at) == (ProjectStatus.CLOSED, CloseReason.BY_HAND, clock.now())
    assert (statuses(office), office.get(Item, held).state) == ([("Closed", JobState.QUEUED)], ItemState.HELD)
    details = office.all(AuditEvent)[0].details
    assert (details["reason"], details["before"]["status"], details["after"]["status"]) == (
        "by_hand",
        "Assigned",
        "Closed",
    )


def test_closing_what_is_closed_keeps_its_reason(office, database, project):
    office.change(Project, project, status=ProjectStatus.CLOSED, close_reason=CloseReason.CANCELLED)
    close_project(database, project, "ana")
    assert (office.get(Project, project).close_reason, statuses(office)) == (CloseReason.CANCELLED, [])


@pytest.mark.parametrize(("assigned_to", "status"), [("ana", ProjectStatus.ASSIGNED), ("", ProjectStatus.UNASSIGNED)])
def test_a_reopened_project_is_assigned_as_before_and_holds_no_reason(office, database, assigned_to, status):
    project = office.project(office.integration(), assigned_to=assigned_to)
    close_project(database, project, "ana")
    reopen_projects(database, [project], "ana")
    row = office.get(Project, project)
    assert (row.status, row.close_reason, row.closed_at) == (status, "", None)
    assert [word for word, state in statuses(office) if state == JobState.QUEUED] == [status.value]
    assert events(office) == ["closed", "reopened"]


def test_reopening_what_is_open_does_nothing(office, database, project):
    assert not reopen_projects(database, [project], "ana")
    assert events(office) == []


def test_a_project_that_is_gone_is_named_so(database):
    with pytest.raises(UsageError, match="not there any more"):
        close_project(database, 999, "ana")


def withheld(database, project_ids: list[int]) -> int:
    with database.write() as writing:
        raise_alert(writing, "closures-withheld/1", ItemError("Missing."), {"project_ids": project_ids})
    return next(iter(writing.changes.alerts))


def test_closures_that_the_guard_held_back_are_applied_on_demand(office, database, project):
    other, third = office.project(1, "2"), office.project(1, "3")
    office.change(Project, other, status=ProjectStatus.CLOSED, close_reason=CloseReason.BY_HAND)
    close_absent(database, withheld(database, [project, other]), "ana")
    reasons = [office.get(Project, each).close_reason for each in (project, other, third)]
    assert reasons == [CloseReason.ABSENT, CloseReason.BY_HAND, ""]
    assert office.all(Alert, solved_at=None) == []
    assert statuses(office) == []


def test_an_alert_that_was_solved_meanwhile_closes_nothing(office, database, project):
    alert = withheld(database, [project])
    close_absent(database, alert, "ana")
    reopen_projects(database, [project], "ana")
    with pytest.raises(UsageError, match="solved meanwhile"):
        close_absent(database, alert, "ana")
    assert office.get(Project, project).status == ProjectStatus.ASSIGNED


def test_what_closed_by_absence_is_applied_anew_when_its_order_comes_again(office, database, project):
    office.change(Project, project, source_digest=b"applied")
    close_absent(database, withheld(database, [project]), "ana")
    assert office.get(Project, project).source_digest is None
