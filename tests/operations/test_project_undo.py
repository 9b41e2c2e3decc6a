"""Undo and redo of what was done to projects: read from the history, so that a restart does not matter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.project_edits import DONE, REDONE, UNDONE, Turn, stacks
from pruvan_desk.domain.statuses import JobState
from pruvan_desk.operations.project_edits import add_note, change_projects, close_project, create_project
from pruvan_desk.operations.project_trash import delete_projects
from pruvan_desk.operations.project_undo import redo, undo
from pruvan_desk.store.models import AuditEvent, Project, ProjectNote, RelayJob
from pruvan_desk.store.views.undo import undo_state


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration())


def test_a_step_over_many_projects_is_taken_back_whole_and_done_again(office, database, project):
    other = office.project(1, "4712", status="Rework")
    change_projects(database, [project, other], {"status": "Rush"}, "ana")
    assert undo(database, "ana").done == 2
    assert [row.status for row in office.all(Project)] == ["Assigned", "Rework"]
    assert redo(database, "ana").done == 2
    assert [row.status for row in office.all(Project)] == ["Rush", "Rush"]


def test_closing_is_taken_back_with_its_reason_and_the_order_source_hears_of_it(office, database, project):
    close_project(database, project, "ana")
    undo(database, "ana")
    row = office.get(Project, project)
    assert (row.status, row.close_reason, row.closed_at) == ("Assigned", "", None)
    assert [job.status_word for job in office.all(RelayJob, state=JobState.QUEUED)] == ["Assigned"]
    redo(database, "ana")
    assert office.get(Project, project).closed_at is not None


def test_what_somebody_else_changed_since_is_left_and_said(office, database, project):
    other = office.project(1, "4712")
    change_projects(database, [project, other], {"due": "2026-12-01"}, "ana")
    change_projects(database, [other], {"due": "2026-12-05"}, "bob")
    outcome = undo(database, "ana")
    assert (outcome.done, outcome.left) == (1, 1)
    assert [row.due for row in office.all(Project)] == ["", "2026-12-05"]
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(database, "ana")


def test_everybody_takes_back_only_what_they_did(office, database, project):
    change_projects(database, [project], {"due": "2026-12-01"}, "ana")
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(database, "bob")


def test_something_new_forgets_what_could_be_redone(office, database, project):
    change_projects(database, [project], {"due": "2026-12-01"}, "ana")
    undo(database, "ana")
    change_projects(database, [project], {"due": "2026-12-02"}, "ana")
    with pytest.raises(UsageError, match="nothing to redo"):
        redo(database, "ana")


def test_undo_and_redo_are_in_the_history(office, database, project):
    change_projects(database, [project], {"due": "2026-12-01"}, "ana")
    undo(database, "ana")
    redo(database, "ana")
    assert [event.what for event in office.all(AuditEvent)] == ["changed", "undone", "redone"]
    assert office.all(AuditEvent)[1].details == {"before": {"due": "2026-12-01"}, "after": {"due": ""}}


def test_a_note_is_taken_back_and_brought_again(office, database, project):
    add_note(database, project, "Called the broker", "ana")
    undo(database, "ana")
    assert office.all(ProjectNote)[0].removed
    redo(database, "ana")
    assert not office.all(ProjectNote)[0].removed


@given(st.lists(st.sampled_from([DONE, UNDONE, REDONE]), max_size=30))
def test_the_stacks_read_from_the_history_are_those_of_an_undo_stack(wishes):
    """Against the plainest model: two lists."""
    turns: list[Turn] = []
    undoable: list[str] = []
    redoable: list[str] = []
    for number, wish in enumerate(wishes, start=1):
        source = {DONE: None, UNDONE: undoable, REDONE: redoable}[wish]
        if source == []:
            continue
        step = source.pop() if source is not None else str(number)
        (redoable if wish == UNDONE else undoable).append(step)
        if wish == DONE:
            redoable.clear()
        turns = [turn for turn in turns if (turn.step, turn.kind) != (step, wish)] + [Turn(step, wish, number)]
        assert stacks(turns) == (undoable, redoable)


def test_a_new_order_goes_into_the_trash_and_comes_back(office, database):
    values = {"number": "1", "address1": "1 Elm St", "city": "Austin", "tasks": ["Grass Cut"]}
    _, project = create_project(database, values, "ana")
    undo(database, "ana")
    assert office.get(Project, project).deleted_at is not None
    redo(database, "ana")
    assert office.get(Project, project).deleted_at is None


def test_what_was_deleted_comes_back_and_goes_again(office, database, project):
    other = office.project(1, "4712")
    delete_projects(database, [project, other], "ana")
    assert undo(database, "ana").done == 2
    assert [row.deleted_at for row in office.all(Project)] == [None, None]
    redo(database, "ana")
    assert all(row.deleted_at for row in office.all(Project))


def test_an_edit_of_what_was_deleted_since_is_left(office, database, project):
    change_projects(database, [project], {"due": "2026-12-01"}, "ana")
    delete_projects(database, [project], "bob")
    assert (undo(database, "ana").left, office.get(Project, project).due) == (1, "2026-12-01")


def test_the_menu_says_what_would_be_undone(office, database, project):
    def words() -> str:
        with database.read() as session:
            state = undo_state(session, "ana")
        return f"{state.undo} | {state.redo}"

    assert words() == " | "
    change_projects(database, [project], {"due": "2026-12-01", "status": "Rush"}, "ana")
    assert words() == "status, due date of AFS::4711 | "
    change_projects(database, [project, office.project(1, "4712")], {"status": "Complete"}, "ana")
    assert words() == "status of 2 projects | "
    undo(database, "ana")
    assert words() == "status, due date of AFS::4711 | status of 2 projects"
