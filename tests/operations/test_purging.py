"""What was deleted more than 30 days ago loses its file; whatever still needs it keeps it, and the books close."""

import hashlib
import os

import pytest

from builders import receive_item
from pruvan_desk.core.errors import DeskFault, UsageError
from pruvan_desk.domain.statuses import FileType, ItemState, JobState
from pruvan_desk.operations.doctor import examine
from pruvan_desk.operations.originals import look_after, note_vanished
from pruvan_desk.operations.purging import finish_purge, purge_deleted
from pruvan_desk.operations.trash import delete_items, restore_items
from pruvan_desk.operations.undo import undo
from pruvan_desk.store.accounts import total_accounting
from pruvan_desk.store.models import Item, ItemEdit, RelayJob, StoredFile
from pruvan_desk.store.thumbnails import ThumbnailCache
from pruvan_desk.wire.items import ReceivedItem

DAY = 86400.0
PHOTO = b"the same photo"


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration())


@pytest.fixture
def cache(folder):
    with_cache = ThumbnailCache(folder.thumbnails)
    yield with_cache
    with_cache.close()


@pytest.fixture
def purge(database, files, cache, clock):
    """A round of the caretaker, so many days later, when the originals have lain there for long."""

    def go(days: float = 31.0, limit: int = 50) -> set[int]:
        clock.advance(days * DAY)
        for path in files.all():
            os.utime(path, (0, 0))
        told: set[int] = set()
        last, more = "", True
        while more:
            round_ = purge_deleted(database, files, cache, clock.now(), after=last, limit=limit)
            told |= round_.changes.items
            last, more = round_.last, bool(round_.last)
        return told

    return go


def has_file(office, item_id: int) -> bool:
    item = office.get(Item, item_id)
    return office.files.path(item.sha256, item.extension).exists()


@pytest.fixture
def findings(folder, database, secrets):
    """What the doctor says."""

    def look() -> list[str]:
        secrets.set("integration/1/password", "p")
        return [words for check in examine(folder, database, secrets) for words in check.findings]

    return look


def test_after_thirty_days_the_file_and_its_thumbnail_go_and_the_row_stays(
    office, database, project, *, cache, purge, findings
):
    gone, kept = office.photo(project), office.photo(project)
    sha256 = office.get(Item, gone).sha256
    cache.put({(sha256, 256): b"small"})
    delete_items(database, [gone], "ana")
    assert purge(days=29.9) == set()
    assert has_file(office, gone)
    assert purge(days=0.2) == {gone}
    assert not has_file(office, gone)
    assert has_file(office, kept)
    assert cache.get(sha256, 256) is None
    item = office.get(Item, gone)
    assert (item.state, item.sha256) == (ItemState.DELETED, sha256)
    assert [(edit.kind, edit.who) for edit in office.all(ItemEdit)] == [("delete", "ana"), ("purge", "Pruvan Desk")]
    with database.read() as session:
        books = total_accounting(session)
    assert books.closes
    assert (books.received, books.by_state[ItemState.DELETED]) == (2, 1)
    assert findings() == []
    assert purge() == set()


def test_more_than_one_batch_is_gone_through(office, database, project, purge):
    items = [office.photo(project) for _ in range(5)]
    delete_items(database, items, "ana")
    assert purge(limit=2) == set(items)


def test_what_another_item_has_as_well_stays_until_that_is_deleted_too(office, database, project, purge):
    gone, other = (office.photo(project, data=PHOTO) for _ in range(2))
    delete_items(database, [gone], "ana")
    assert purge() == set()
    delete_items(database, [other], "ana")
    assert purge(days=20) == set()
    assert has_file(office, gone)
    assert purge(days=11) == {gone, other}
    assert not has_file(office, gone)


PROOFS = {
    "it was sent": {"sent_sha256": "of a turned copy"},
    "another was sent with these bytes": {},
    "the downloader has it": {},
    "a sent survey names it": {},
}


@pytest.mark.parametrize("proof", PROOFS)
def test_what_proves_something_that_was_published_stays(office, database, project, purge, proof):
    item = office.photo(project, data=PHOTO, **PROOFS[proof])
    if proof == "another was sent with these bytes":
        office.photo(project, ItemState.PUBLISHED, sent_sha256=hashlib.sha256(PHOTO).hexdigest())
    if proof == "the downloader has it":
        with database.write() as writing:
            job = RelayJob(
                integration_id=1, project_id=project, item_id=item, state=JobState.DONE, destination="downloader",
                not_before=writing.now, created_at=writing.now,
            )  # fmt: skip
            writing.session.add(job)
    if proof == "a sent survey names it":
        survey = {"answers": [{"pictures": [office.get(Item, item).uuid]}]}
        office.photo(
            project, ItemState.PUBLISHED, file_type=FileType.SURVEY, survey=survey, sent_sha256="of the survey"
        )
    delete_items(database, [item], "ana")
    assert purge() == set()
    assert has_file(office, item)


def test_a_survey_that_was_never_sent_keeps_nothing(office, database, project, purge):
    item = office.photo(project)
    survey = {"answers": [{"pictures": [office.get(Item, item).uuid]}]}
    office.photo(project, file_type=FileType.SURVEY, survey=survey)
    delete_items(database, [item], "ana")
    assert purge() == {item}


def test_what_was_restored_in_time_stays(office, database, project, purge, clock):
    item = office.photo(project)
    delete_items(database, [item], "ana")
    clock.advance(29 * DAY)
    restore_items(database, [item], "ana")
    assert purge() == set()
    assert has_file(office, item)


def test_after_thirty_days_undo_does_not_bring_it_back_either(office, database, project, purge):
    item = office.photo(project)
    delete_items(database, [item], "ana")
    purge()
    with pytest.raises(UsageError, match="more than 30 days ago"):
        undo(database, "ana")
    assert office.get(Item, item).state == ItemState.DELETED


def test_bytes_that_come_again_are_kept_again(office, database, project, purge, *, findings):
    item = office.photo(project, data=PHOTO)
    delete_items(database, [item], "ana")
    purge()
    again = ReceivedItem(
        uuid="again", work_order="AFS::4711", task="Grass Cut", evidence_type="before", file_type="picture"
    )
    receive_item(database, again, office.keep(PHOTO, "jpeg"), "crew")
    assert has_file(office, item)
    assert office.get(StoredFile, hashlib.sha256(PHOTO).hexdigest()).purged_at is None
    assert findings() == []
    assert purge() == set()


def test_bytes_that_came_just_now_and_have_no_row_yet_are_not_removed(
    office, database, project, *, files, cache, clock
):
    item = office.photo(project, data=PHOTO)
    delete_items(database, [item], "ana")
    os.utime(files.path(office.get(Item, item).sha256, "jpg"), (0, 0))
    clock.advance(31 * DAY)
    office.keep(PHOTO)  # as an upload does, before its item is written down
    assert purge_deleted(database, files, cache, clock.now()).changes.items == frozenset()
    assert has_file(office, item)
    assert files.aside() == {}


def test_a_file_that_a_program_holds_waits_for_the_next_round_and_holds_up_no_other(
    office, database, project, purge, monkeypatch
):
    items = [office.photo(project) for _ in range(3)]
    delete_items(database, items, "ana")
    held = office.get(Item, items[1]).sha256
    from pruvan_desk.store import files as module  # noqa: PLC0415 - to put something in its place

    replace = module.replace_file

    def hold(source, target):
        if held in source.name:
            raise PermissionError(13, "in use")
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(module, "replace_file", hold)
        assert purge() == {items[0], items[2]}
    assert purge() == {items[1]}


def test_when_the_database_refuses_the_file_is_back_in_its_place(
    office, database, project, *, files, purge, monkeypatch
):
    item = office.photo(project)
    delete_items(database, [item], "ana")

    def refuse(*_):
        raise DeskFault("The disk is full.", "")

    with monkeypatch.context() as patch:
        patch.setattr("pruvan_desk.operations.purging.record_edit", refuse)
        with pytest.raises(DeskFault):
            purge()
    assert has_file(office, item)
    assert purge() == {item}


@pytest.mark.parametrize("written", [False, True])
def test_a_crash_in_between_is_put_right_by_what_the_row_says(office, database, project, *, files, clock, written):
    item = office.photo(project, data=PHOTO)
    sha256 = office.get(Item, item).sha256
    os.utime(files.path(sha256, "jpg"), (0, 0))
    files.set_aside(sha256, "jpg")
    if written:
        office.change(StoredFile, sha256, purged_at=clock.now())
    finish_purge(database, files)
    assert files.aside() == {}
    assert has_file(office, item) is not written


def test_a_purged_file_is_not_said_to_have_vanished(office, database, project, *, files, cache, purge):
    item = office.photo(project)
    delete_items(database, [item], "ana")
    purge()
    assert look_after(database, files, cache, 0, 10) is None
    note_vanished(database, files, office.get(Item, item).sha256)
    assert office.get(Item, item).problem == ""


def test_the_doctor_names_what_is_not_deleted_and_lost_its_file(office, database, project, *, findings, purge):
    item = office.photo(project)
    delete_items(database, [item], "ana")
    purge()
    office.change(Item, item, state=ItemState.PASSED)
    assert findings() == ["item photo-1 is not deleted, but its file was removed"]
