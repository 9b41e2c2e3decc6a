"""Annotating, and publishing the copy: the original stays as it is and where it is, and the accounts close."""

import pytest

from builders import Office
from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.annotations import Mark, MarkKind, annotations_text
from pruvan_desk.domain.destinations import BOTH
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState
from pruvan_desk.operations.annotating import annotate_item, turn_annotations
from pruvan_desk.operations.intake import Arrival, receive_items
from pruvan_desk.operations.projects import release_held, set_field_status
from pruvan_desk.operations.qa import mark_items, move_items, publish_items, publish_project, rotate_items
from pruvan_desk.operations.trash import delete_items, restore_items
from pruvan_desk.operations.undo import redo, undo
from pruvan_desk.operations.withdrawing import withdraw_items
from pruvan_desk.store.accounts import total_accounting
from pruvan_desk.store.models import Item, ItemEdit, Project, RelayJob
from pruvan_desk.store.views.items import items_by_id
from pruvan_desk.store.views.project_details import project_details
from pruvan_desk.store.views.publishable import publishable
from pruvan_desk.store.views.status import desk_status
from pruvan_desk.wire.items import ReceivedItem

WHO = "mary"
BLUR = annotations_text([Mark(MarkKind.BLUR, 0.1, 0.1, 0.4, 0.4)])
ARROW = annotations_text([Mark(MarkKind.ARROW, 0.1, 0.1, 0.4, 0.4)])


@pytest.fixture
def project(office: Office) -> int:
    made: int = office.project(office.integration(), "4711")
    return made


def copies(office: Office) -> list[Item]:
    return [item for item in office.all(Item) if item.copy_of is not None]


def published_copy(office: Office, project: int, annotations: str = BLUR) -> tuple[int, Item]:
    original = office.photo(project, ItemState.PASSED)
    annotate_item(office.database, original, annotations, WHO)
    publish_items(office.database, [original], WHO, copies=[original])
    return original, copies(office)[-1]


def test_marks_are_kept_beside_the_photo_and_nothing_is_sent(office: Office, project: int) -> None:
    original = office.photo(project, ItemState.PUBLISHED)
    before = office.get(Item, original)
    annotate_item(office.database, original, BLUR, WHO)
    item = office.get(Item, original)
    assert (item.annotations, item.revision, item.state) == (BLUR, before.revision, ItemState.PUBLISHED)
    assert office.all(RelayJob) == []


def test_the_same_marks_again_are_no_edit(office: Office, project: int) -> None:
    original = office.photo(project)
    for _ in range(2):
        annotate_item(office.database, original, BLUR, WHO)
    assert [edit.kind for edit in office.all(ItemEdit)] == ["annotate"]


def test_annotating_is_undone_and_done_again_step_by_step(office: Office, project: int) -> None:
    original = office.photo(project)
    for marks in (ARROW, BLUR):
        annotate_item(office.database, original, marks, WHO)
    seen = []
    for forwards in (False, False, True, True):
        turn_annotations(office.database, original, WHO, forwards=forwards)
        seen.append(office.get(Item, original).annotations)
    assert seen == [ARROW, "", ARROW, BLUR]
    with pytest.raises(UsageError, match="nothing to redo on this photo"):
        turn_annotations(office.database, original, WHO, forwards=True)


def test_the_undo_of_marks_touches_nothing_else(office: Office, project: int) -> None:
    original, other = office.photo(project), office.photo(project)
    annotate_item(office.database, original, BLUR, WHO)
    mark_items(office.database, [other], Decision.PASS, WHO)
    with pytest.raises(UsageError, match="nothing to undo on this photo"):
        turn_annotations(office.database, original, WHO, forwards=False)
    assert office.get(Item, other).state == ItemState.PASSED
    undo(office.database, WHO)
    turn_annotations(office.database, original, WHO, forwards=False)
    assert office.get(Item, original).annotations == ""


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"file_type": FileType.SURVEY}, "Only photos"), ({"image_format": "PDF"}, "Only photos"),
        ({"state": ItemState.DELETED}, "deleted"),
    ],
)  # fmt: skip
def test_what_is_no_photo_or_is_gone_cannot_be_annotated(office: Office, project: int, values, words: str) -> None:
    original = office.photo(project, **values)
    with pytest.raises(UsageError, match=words):
        annotate_item(office.database, original, BLUR, WHO)


def test_nonsense_and_too_much_are_refused(office: Office, project: int) -> None:
    original = office.photo(project)
    annotate_item(office.database, original, "nonsense", WHO)
    assert office.get(Item, original).annotations == ""
    with pytest.raises(UsageError, match="can have 199 marks"):
        annotate_item(office.database, original, annotations_text([Mark(MarkKind.BOX, 0, 0, 1, 1)] * 200), WHO)


def test_the_copy_goes_out_and_the_original_stays_passed(office: Office, project: int) -> None:
    original, copy = published_copy(office, project)
    first = office.get(Item, original)
    assert (first.state, first.destinations) == (ItemState.PASSED, "")
    assert (copy.state, copy.parent_uuid, copy.copy_of) == (ItemState.QUEUED, first.uuid, original)
    assert copy.uuid != first.uuid
    assert (copy.sha256, copy.task, copy.evidence_type, copy.annotations) == (
        first.sha256, first.task, first.evidence_type, BLUR,
    )  # fmt: skip
    assert (copy.taken_at, copy.arrived_at, copy.latitude) == (first.taken_at, first.arrived_at, first.latitude)
    assert not copy.from_app
    assert [job.item_id for job in office.all(RelayJob)] == [copy.id]
    assert [edit.kind for edit in office.all(ItemEdit, item_id=original)] == ["annotate", "annotated copy"]


def test_the_accounts_close_with_both(office: Office, project: int) -> None:
    published_copy(office, project)
    with office.database.read() as session:
        books = total_accounting(session, project)
    assert books.closes
    assert (books.received, books.by_state[ItemState.PASSED], books.by_state[ItemState.QUEUED]) == (2, 1, 1)


def test_an_original_that_its_copy_stands_for_is_not_counted_twice(office: Office, project: int) -> None:
    original, copy = published_copy(office, project)
    with office.database.read() as session:
        found, details = publishable(session, [project]), project_details(session, project)
        status = desk_status(session)
        rows = {row.id: row for row in items_by_id(session, [original, copy.id])}
    assert (found.passed, found.annotated) == ((), ())
    assert details is not None
    assert details.tasks[0].evidence == {"before": 1}
    assert [lack.words for lack in details.lacks if "published" in lack.words] == []
    assert (status.waiting(ItemState.PASSED), status.accounting.by_state[ItemState.PASSED]) == (0, 1)
    assert (rows[original].covered, rows[copy.id].covered) == (True, False)


def test_publishing_the_project_again_sends_nothing_more(office: Office, project: int) -> None:
    published_copy(office, project)
    publish_project(office.database, project, WHO)
    assert len(office.all(Item)) == 2
    assert len(office.all(RelayJob)) == 1


def test_publishing_a_project_sends_copies_of_what_is_annotated(office: Office, project: int) -> None:
    plain, marked = office.photo(project, ItemState.PASSED), office.photo(project, ItemState.PASSED)
    annotate_item(office.database, marked, BLUR, WHO)
    publish_project(office.database, project, WHO)
    (copy,) = copies(office)
    assert {job.item_id for job in office.all(RelayJob)} == {plain, copy.id}


def test_the_office_may_send_the_original_all_the_same(office: Office, project: int) -> None:
    original = office.photo(project, ItemState.PASSED)
    annotate_item(office.database, original, ARROW, WHO)
    publish_items(office.database, [original], WHO)
    assert copies(office) == []
    assert office.get(Item, original).state == ItemState.QUEUED


def test_other_marks_make_another_copy_and_what_was_published_stays(office: Office, project: int) -> None:
    original, first = published_copy(office, project)
    annotate_item(office.database, original, ARROW, WHO)
    with office.database.read() as session:
        assert publishable(session, [project]).annotated == (original,)
    publish_items(office.database, [original], WHO, copies=[original])
    assert [(copy.annotations, copy.parent_uuid) for copy in copies(office)] == [
        (BLUR, first.parent_uuid), (ARROW, first.parent_uuid),
    ]  # fmt: skip


def test_a_second_copy_of_the_same_is_refused(office: Office, project: int) -> None:
    original, _ = published_copy(office, project)
    with pytest.raises(UsageError, match="there already"):
        publish_items(office.database, [original], WHO, copies=[original])


def test_a_copy_of_what_was_published_unmarked_follows_it(office: Office, project: int) -> None:
    original = office.photo(project, ItemState.PUBLISHED, sent_sha256="sent", destinations="client")
    annotate_item(office.database, original, BLUR, WHO)
    publish_items(office.database, [original], WHO, copies=[original])
    (copy,) = copies(office)
    assert (copy.state, office.get(Item, original).state) == (ItemState.QUEUED, ItemState.PUBLISHED)


@pytest.mark.parametrize("way", [lambda db, copy: withdraw_items(db, [copy], WHO), lambda db, copy: undo(db, WHO)])
def test_a_copy_that_is_withdrawn_is_gone_and_its_original_is_decided_about_again(
    office: Office, project: int, way
) -> None:
    original, copy = published_copy(office, project)
    changes = way(office.database, copy.id)
    assert original in getattr(changes, "changes", changes).items
    assert office.get(Item, copy.id).state == ItemState.DELETED
    assert [job.state for job in office.all(RelayJob)] == ["replaced"]
    with office.database.read() as session:
        assert publishable(session, [project]).annotated == (original,)
    publish_items(office.database, [original], WHO, BOTH, copies=[original])
    assert [each.state for each in copies(office)] == [ItemState.DELETED, ItemState.QUEUED]


def test_a_copy_cannot_be_annotated(office: Office, project: int) -> None:
    _, copy = published_copy(office, project)
    with pytest.raises(UsageError, match="annotated copy"):
        annotate_item(office.database, copy.id, ARROW, WHO)


def test_marks_are_of_the_picture_and_go_with_it(office: Office, project: int) -> None:
    received = ReceivedItem(
        "photo-a", "AFS::4711", "Grass Cut", "before", FileType.PICTURE, payload={"key2": "AFS::4711"}
    )
    receive_items(office.database, [Arrival(received, office.keep(b"one"), "crew7")])
    (item,) = office.all(Item)
    annotate_item(office.database, item.id, BLUR, WHO)
    rotate_items(office.database, [item.id], 90, WHO)
    assert office.get(Item, item.id).annotations == BLUR
    receive_items(office.database, [Arrival(received, office.keep(b"another picture"), "crew7")])
    assert office.get(Item, item.id).annotations == ""
    assert office.all(ItemEdit)[-1].before["annotations"] == BLUR


def test_what_was_annotated_while_held_waits_for_somebody_instead_of_going_unmarked(
    office: Office, project: int
) -> None:
    office.change(Project, project, qa_in_field=True)
    marked, plain = (office.photo(project, ItemState.HELD) for _ in range(2))
    annotate_item(office.database, marked, BLUR, WHO)
    set_field_status(office.database, project, FieldStatus.COMPLETED, "crew7")
    assert office.get(Item, marked).state == ItemState.PENDING_QA
    assert [job.item_id for job in office.all(RelayJob) if job.item_id] == [plain]


def completed(office: Office, number: str) -> int:
    integration = office.get(Project, 1).integration_id
    made: int = office.project(integration, number, qa_in_field=True, field_status=FieldStatus.COMPLETED)
    return made


@pytest.mark.parametrize("state", [ItemState.HELD, ItemState.UNASSIGNED])
def test_what_was_annotated_does_not_go_out_by_itself_because_it_was_moved(
    office: Office, project: int, state: ItemState
) -> None:
    office.change(Project, project, qa_in_field=True)
    lost = state is ItemState.UNASSIGNED
    marked = office.photo(None if lost else project, state, annotations=BLUR, from_app=True)
    move_items(office.database, [marked], WHO, project_id=completed(office, "4712"))
    assert office.get(Item, marked).state == ItemState.PENDING_QA
    assert office.all(RelayJob) == []


@pytest.mark.parametrize(
    "back", [lambda db, item: restore_items(db, [item], WHO), lambda db, _item: undo(db, WHO)], ids=["restore", "undo"]
)
def test_what_was_annotated_does_not_go_out_by_itself_because_it_was_restored(
    office: Office, project: int, back
) -> None:
    office.change(Project, project, qa_in_field=True)
    marked = office.photo(project, ItemState.HELD, annotations=BLUR)
    delete_items(office.database, [marked], WHO)
    set_field_status(office.database, project, FieldStatus.COMPLETED, "crew7")
    back(office.database, marked)
    assert office.get(Item, marked).state == ItemState.PENDING_QA
    assert [job for job in office.all(RelayJob) if job.item_id] == []


def test_what_was_annotated_does_not_go_out_by_itself_because_the_crew_filed_it_elsewhere(
    office: Office, project: int
) -> None:
    office.change(Project, project, qa_in_field=True)

    def comes(evidence_type: str) -> None:
        payload = {"key2": "AFS::4711", "evidenceType": evidence_type}
        received = ReceivedItem("photo-a", "AFS::4711", "Grass Cut", evidence_type, FileType.PICTURE, payload=payload)
        receive_items(office.database, [Arrival(received, office.keep(b"one"), "crew7")])

    comes("before")
    annotate_item(office.database, 1, BLUR, WHO)
    office.change(Project, project, field_status=FieldStatus.COMPLETED)
    comes("after")
    item = office.get(Item, 1)
    assert (item.evidence_type, item.annotations, item.state) == ("after", BLUR, ItemState.PENDING_QA)
    assert office.all(RelayJob) == []


def test_the_release_of_what_waits_for_qa_since_is_undone(office: Office, project: int) -> None:
    office.change(Project, project, qa_in_field=True)
    marked, plain = office.photo(project, ItemState.HELD, annotations=BLUR), office.photo(project, ItemState.HELD)
    release_held(office.database, project, WHO)
    undone = undo(office.database, WHO)
    assert (undone.item_ids, undone.left) == ((marked, plain), 0)
    assert {office.get(Item, item).state for item in (marked, plain)} == {ItemState.HELD}
    redo(office.database, WHO)
    assert [office.get(Item, item).state for item in (marked, plain)] == [ItemState.PENDING_QA, ItemState.QUEUED]


def test_a_release_is_not_redone_of_what_somebody_else_has_annotated_since(office: Office, project: int) -> None:
    office.change(Project, project, qa_in_field=True)
    held = office.photo(project, ItemState.HELD)
    release_held(office.database, project, WHO)
    undo(office.database, WHO)
    annotate_item(office.database, held, BLUR, "ben")
    with pytest.raises(UsageError, match="annotated since"):
        redo(office.database, WHO)
    assert office.get(Item, held).state == ItemState.HELD


BACK = [lambda db, copy: restore_items(db, [copy], WHO), lambda db, _copy: undo(db, WHO)]


@pytest.mark.parametrize(("back", "state"), [(BACK[0], ItemState.PENDING_QA), (BACK[1], ItemState.QUEUED)])
def test_a_withdrawn_copy_comes_back_while_nothing_has_taken_its_place(
    office: Office, project: int, back, state: ItemState
) -> None:
    _, copy = published_copy(office, project)
    withdraw_items(office.database, [copy.id], WHO)
    back(office.database, copy.id)
    again = office.get(Item, copy.id)
    assert (again.state, again.deleted_at) == (state, None)


@pytest.mark.parametrize("back", BACK, ids=["restore", "undo"])
def test_a_withdrawn_copy_does_not_come_back_beside_another(office: Office, project: int, back) -> None:
    original, copy = published_copy(office, project)
    withdraw_items(office.database, [copy.id], WHO)
    publish_items(office.database, [original], "ben", copies=[original])
    with pytest.raises(UsageError, match="another annotated copy"):
        back(office.database, copy.id)
    assert [each.state for each in copies(office)] == [ItemState.DELETED, ItemState.QUEUED]


@pytest.mark.parametrize("back", BACK, ids=["restore", "undo"])
def test_a_withdrawn_copy_does_not_come_back_with_marks_of_before(office: Office, project: int, back) -> None:
    original, copy = published_copy(office, project, ARROW)
    withdraw_items(office.database, [copy.id], WHO)
    annotate_item(office.database, original, BLUR, "ben")
    with pytest.raises(UsageError, match="other marks by now"):
        back(office.database, copy.id)


def test_a_copy_that_was_withdrawn_long_ago_stays_gone(office: Office, project: int, clock) -> None:
    _, copy = published_copy(office, project)
    withdraw_items(office.database, [copy.id], WHO)
    clock.advance(31 * 86_400.0)
    with pytest.raises(UsageError, match="30 days ago"):
        undo(office.database, WHO)
    assert office.get(Item, copy.id).state == ItemState.DELETED


def test_an_undone_publication_is_not_redone_behind_the_originals_back(office: Office, project: int) -> None:
    original, _ = published_copy(office, project)
    undo(office.database, WHO)
    with pytest.raises(UsageError, match="cannot be redone"):
        redo(office.database, WHO)
    assert office.get(Item, original).state == ItemState.PASSED
