"""Undo and redo: read from the history, so whoever asks, and after whatever restart, gets the last deed of that person back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import ItemState, JobState, ProjectStatus
from pruvan_desk.operations import qa, trash
from pruvan_desk.operations.undo import redo, undo
from pruvan_desk.operations.withdrawing import withdraw_items
from pruvan_desk.store.models import CheckIn, Item, ItemEdit, Project, RelayJob, Retake
from pruvan_desk.store.opening import open_database

KEPT = ("project_id", "task", "evidence_type", "rotation", "state", "reject_reason", "notes", "deleted_at")


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration())


def picture(office) -> list[tuple]:
    """How all items stand; revisions apart, which only ever grow."""
    return [tuple(getattr(item, name) for name in KEPT) for item in office.all(Item)]


def test_the_last_deed_is_taken_back_whole_then_the_one_before(office, database, project):
    items = [office.photo(project) for _ in range(3)]
    qa.mark_items(database, items, Decision.PASS, "ana")
    qa.mark_items(database, items[:1], Decision.REJECT, "ana", "Blurred")
    done = undo(database, "ana")
    assert (done.item_ids, done.deed) == ((items[0],), "1 item rejected")
    assert [(item.state, item.reject_reason) for item in office.all(Item)] == [("passed", "")] * 3
    assert undo(database, "ana").changes.items == set(items)
    assert [item.state for item in office.all(Item)] == ["pending_qa"] * 3
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(database, "ana")


def test_it_outlives_a_restart(office, database, folder, project):
    item = office.photo(project)
    qa.mark_items(database, [item], Decision.PASS, "ana")
    database.close()
    again = office.database = open_database(folder)
    undo(again, "ana")
    assert office.get(Item, item).state == "pending_qa"
    again.close()


def test_nobody_undoes_what_somebody_else_did(office, database, project):
    item = office.photo(project)
    qa.mark_items(database, [item], Decision.PASS, "bob")
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(database, "ana")


def test_redo_does_it_again_until_something_new_is_done(office, database, project):
    one, other = office.photo(project), office.photo(project)
    qa.mark_items(database, [one], Decision.PASS, "ana")
    qa.rotate_items(database, [one], 90, "ana")
    undo(database, "ana")
    undo(database, "ana")
    redo(database, "ana")
    assert (office.get(Item, one).state, office.get(Item, one).rotation) == ("passed", 0)
    qa.mark_items(database, [other], Decision.PASS, "ana")
    with pytest.raises(UsageError, match="nothing to redo"):
        redo(database, "ana")
    undo(database, "ana")  # what is undone now is the new mark, and only that can be redone
    redo(database, "ana")
    assert [item.rotation for item in office.all(Item)] == [0, 0]
    assert office.get(Item, other).state == "passed"


def test_what_was_changed_by_another_since_is_left_alone(office, database, project):
    mine, both = office.photo(project), office.photo(project)
    qa.mark_items(database, [mine, both], Decision.PASS, "ana")
    qa.mark_items(database, [both], Decision.REJECT, "bob", "Dark")
    done = undo(database, "ana")
    assert (done.item_ids, done.left) == ((mine,), 1)
    assert [item.state for item in office.all(Item)] == ["pending_qa", "rejected"]


def test_publishing_is_undone_while_nobody_has_claimed_the_job(office, database, project):
    item = office.photo(project)
    qa.mark_items(database, [item], Decision.PASS, "ana")
    qa.publish_project(database, project, "ana")
    undo(database, "ana")
    assert office.get(Item, item).state == "passed"
    assert [job.state for job in office.all(RelayJob)] == [JobState.REPLACED]
    redo(database, "ana")
    assert office.get(Item, item).state == "queued"
    assert [job.state for job in office.all(RelayJob)] == [JobState.REPLACED, JobState.QUEUED]


@pytest.mark.parametrize("late", [ItemState.RELAYING, ItemState.PUBLISHED])
def test_what_is_out_of_our_hands_stays_and_no_older_deed_is_undone_in_its_place(office, database, project, late):
    item, other = office.photo(project), office.photo(project)
    qa.mark_items(database, [other], Decision.PASS, "ana")
    qa.mark_items(database, [item], Decision.PASS, "ana")
    qa.publish_items(database, [item], "ana")
    office.change(Item, item, state=late)
    with pytest.raises(UsageError, match=f"{late.label.lower()}"):
        undo(database, "ana")
    assert [each.state for each in office.all(Item)] == [late, "passed"]


def test_a_move_of_what_is_published_is_undone_by_sending_it_once_more(office, database, project):
    other = office.project(office.all(Project)[0].integration_id, "99")
    item = office.photo(project, ItemState.PUBLISHED)
    qa.move_items(database, [item], "ana", project_id=other, task="Trim")
    office.change(Item, item, state=ItemState.PUBLISHED)
    done = undo(database, "ana")
    row = office.get(Item, item)
    assert (row.project_id, row.task, row.state, row.revision) == (project, "Grass Cut", "queued", 3)
    assert done.changes.projects == {project, other}


def test_an_item_that_was_given_a_project_goes_back_to_the_unassigned_with_its_check_in(
    office, database, clock, project
):
    item = office.photo(None, ItemState.UNASSIGNED)
    with database.write() as writing:
        writing.session.add(CheckIn(item_id=item, abc_number="ABC-123456", well_formed=True, at=clock.now()))
    qa.move_items(database, [item], "ana", project_id=project)
    undo(database, "ana")
    assert (office.get(Item, item).project_id, office.get(Item, item).state) == (None, "unassigned")


def test_a_held_item_that_was_moved_is_held_again(office, database, project):
    held = office.photo(office.project(office.all(Project)[0].integration_id, "old", qa_in_field=True), ItemState.HELD)
    qa.move_items(database, [held], "ana", project_id=project)
    assert office.get(Item, held).state == "pending_qa"
    undo(database, "ana")
    assert office.get(Item, held).state == "held"


def test_a_rejection_that_asked_for_a_retake_takes_the_request_back_and_brings_it_again(office, database, project):
    item = office.photo(project)
    qa.mark_items(database, [item], Decision.REJECT, "ana", "Dark", retake=True)
    undo(database, "ana")
    assert office.all(Retake)[0].withdrawn_at is not None
    assert office.get(Project, project).status == ProjectStatus.ASSIGNED
    redo(database, "ana")
    assert office.all(Retake)[0].withdrawn_at is None
    assert office.get(Project, project).status == ProjectStatus.REWORK


DEEDS = ("pass", "reject", "clear", "rotate", "move", "note", "delete", "restore", "publish", "withdraw")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(DEEDS), st.sets(st.integers(0, 2), min_size=1)), max_size=8), st.data())
def test_undoing_everything_and_redoing_it_leads_through_the_same_pictures(office, database, deeds, data):
    project = office.project(office.integration(f"C{len(office.all(Project))}"))
    items = [office.photo(project) for _ in range(3)]
    who = f"ana{project}"
    pictures = [mine(office, project)]
    for deed, places in deeds:
        if act(database, deed, [items[place] for place in places], who):
            pictures.append(mine(office, project))
    steps = data.draw(st.integers(0, len(pictures) - 1))
    for back in range(steps):
        undo(database, who)
        assert mine(office, project) == pictures[-2 - back]
    for forth in range(steps):
        redo(database, who)
        assert mine(office, project) == pictures[len(pictures) - steps + forth]
    received = [edit for edit in office.all(ItemEdit) if edit.who == who]
    assert len({edit.step for edit in received}) >= len(pictures) - 1


def mine(office, project: int) -> list[tuple]:
    return [tuple(getattr(item, name) for name in KEPT) for item in office.all(Item, project_id=project)]


def act(database, deed: str, items: list[int], who: str) -> bool:
    """Does it, if the rules allow it."""
    work = {
        "pass": lambda: qa.mark_items(database, items, Decision.PASS, who),
        "reject": lambda: qa.mark_items(database, items, Decision.REJECT, who, "Dark"),
        "clear": lambda: qa.mark_items(database, items, Decision.CLEAR, who),
        "rotate": lambda: qa.rotate_items(database, items, 90, who),
        "move": lambda: qa.move_items(database, items, who, task="Trim", evidence_type="after"),
        "note": lambda: qa.note_items(database, items, "Gate open", who),
        "delete": lambda: trash.delete_items(database, items, who),
        "restore": lambda: trash.restore_items(database, items, who),
        "publish": lambda: qa.publish_items(database, items, who),
        "withdraw": lambda: withdraw_items(database, items, who),
    }[deed]
    try:
        work()
    except UsageError:
        return False
    return True
