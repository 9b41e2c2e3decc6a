"""A photo that is marked after it was published: nothing of it goes out unmarked that has not gone out already."""

from datetime import timedelta

import pytest

from builders import Office
from pruvan_desk.core.errors import ItemError, TransientError, UsageError
from pruvan_desk.domain.annotations import Mark, MarkKind, annotations_text
from pruvan_desk.domain.destinations import BOTH, CLIENT
from pruvan_desk.domain.statuses import Destination, FieldStatus, FileType, ItemState
from pruvan_desk.operations.annotating import annotate_item, turn_annotations
from pruvan_desk.operations.intake import Arrival, receive_items
from pruvan_desk.operations.qa import move_items, publish_items
from pruvan_desk.operations.reconcile import resend
from pruvan_desk.operations.relay import retry_failed
from pruvan_desk.operations.undo import undo
from pruvan_desk.store.accounts import total_accounting
from pruvan_desk.store.alerts import unsolved_alerts
from pruvan_desk.store.models import Item, ItemEdit, Project, RelayJob
from pruvan_desk.store.outbox import claim, release
from pruvan_desk.store.views.publishable import publishable
from pruvan_desk.sync.outcomes import Outcome, record_outcomes
from pruvan_desk.wire.items import ReceivedItem

WHO, OWNER = "mary", "engine"
BLUR = annotations_text([Mark(MarkKind.BLUR, 0.1, 0.1, 0.4, 0.4)])
MORE = annotations_text([Mark(MarkKind.BLUR, 0.1, 0.1, 0.4, 0.4), Mark(MarkKind.BLUR, 0.5, 0.5, 0.8, 0.8)])
MINUTES = timedelta(minutes=2)


@pytest.fixture
def project(office: Office) -> int:
    made: int = office.project(office.integration(), "4711")
    return made


def published(office: Office, project: int, destinations=CLIENT, **values) -> int:
    photo = office.photo(project, ItemState.PASSED, **values)
    publish_items(office.database, [photo], WHO, destinations)
    return photo


def claimed(office: Office) -> list[int]:
    """The jobs that the engine would send now."""
    with office.database.write() as writing:
        return [each.job.id for each in claim(writing, OWNER, 10, MINUTES)]


def ended(office: Office, job: int, error: Exception | None = None, sha256: str = "sent") -> None:
    with office.database.write() as writing:
        record_outcomes(writing, [Outcome(job, error, sha256)], 1.0, OWNER)


def assert_nothing_goes(office: Office, clock) -> None:
    clock.advance(3600)
    assert claimed(office) == []
    with office.database.read() as session:
        assert total_accounting(session).closes


def test_a_photo_that_waits_is_taken_out_and_asked_about_again(office, project, clock):
    photo = published(office, project)
    changes = annotate_item(office.database, photo, BLUR, WHO)
    assert office.get(Item, photo).state == ItemState.PASSED
    assert (photo in changes.items, project in changes.projects, len(changes.jobs)) == (True, True, 1)
    with office.database.read() as session:
        found = publishable(session, [project])
    assert (found.annotated, found.blurred) == ((photo,), 1)
    assert office.all(ItemEdit, item_id=photo)[-1].kind == "taken out"
    assert_nothing_goes(office, clock)


def test_in_a_project_of_qa_in_field_it_waits_for_somebody_to_look(office, project, clock):
    office.change(Project, project, qa_in_field=True)
    photo = office.photo(project, ItemState.QUEUED)
    annotate_item(office.database, photo, BLUR, WHO)
    assert office.get(Item, photo).state == ItemState.PENDING_QA
    assert_nothing_goes(office, clock)


def test_what_the_client_refused_is_not_tried_again_and_its_alert_goes(office, project, clock):
    photo = published(office, project)
    (job,) = claimed(office)
    ended(office, job, ItemError("The client refused it."))
    annotate_item(office.database, photo, BLUR, WHO)
    retry_failed(office.database, WHO)
    assert office.get(Item, photo).state == ItemState.PASSED
    with office.database.write() as writing:
        assert not unsolved_alerts(writing)
    assert_nothing_goes(office, clock)


@pytest.mark.parametrize(
    "error", [ItemError("Refused."), TransientError("The line broke.")], ids=["refused", "put off"]
)
def test_what_was_being_sent_and_did_not_get_there_is_not_tried_again(office, project, clock, error):
    photo = published(office, project)
    (job,) = claimed(office)
    clock.advance(1)
    annotate_item(office.database, photo, BLUR, WHO)
    assert office.get(Item, photo).state == ItemState.RELAYING
    ended(office, job, error)
    assert office.get(Item, photo).state == ItemState.PASSED
    retry_failed(office.database, WHO)
    assert_nothing_goes(office, clock)


@pytest.mark.parametrize("stopped", [True, False], ids=["stopped", "killed"])
def test_nor_does_it_go_when_the_engine_ends_while_it_sends(office, project, clock, stopped):
    photo = published(office, project)
    claimed(office)
    clock.advance(1)
    annotate_item(office.database, photo, BLUR, WHO)
    if stopped:
        with office.database.write() as writing:
            release(writing, OWNER)
    clock.advance(300)
    assert claimed(office) == []
    assert office.get(Item, photo).state == ItemState.PASSED


def test_what_got_there_all_the_same_is_published_and_its_copy_can_follow(office, project, clock):
    photo = published(office, project)
    (job,) = claimed(office)
    annotate_item(office.database, photo, BLUR, WHO)
    ended(office, job)
    assert office.get(Item, photo).state == ItemState.PUBLISHED
    publish_items(office.database, [photo], WHO, copies=[photo])
    (copy,) = office.all(Item, copy_of=photo)
    assert copy.state == ItemState.QUEUED


def test_the_downloader_gets_nothing_when_only_the_client_has_it(office, project, clock):
    photo = published(office, project, BOTH)
    jobs = {job.destination: job.id for job in office.all(RelayJob)}
    claimed(office)
    ended(office, jobs[Destination.CLIENT])
    ended(office, jobs[Destination.DOWNLOADER], TransientError("The drive is not there."))
    annotate_item(office.database, photo, BLUR, WHO)
    item = office.get(Item, photo)
    assert (item.state, item.destinations) == (ItemState.PUBLISHED, "client")
    assert_nothing_goes(office, clock)


def test_the_client_gets_nothing_when_only_the_downloader_has_it(office, project, clock):
    photo = published(office, project, BOTH)
    jobs = {job.destination: job.id for job in office.all(RelayJob)}
    claimed(office)
    ended(office, jobs[Destination.DOWNLOADER], sha256="put there")
    ended(office, jobs[Destination.CLIENT], ItemError("Refused."))
    annotate_item(office.database, photo, BLUR, WHO)
    item = office.get(Item, photo)
    assert (item.state, item.destinations, item.sent_sha256) == (ItemState.PUBLISHED, "downloader", "put there")
    assert_nothing_goes(office, clock)


@pytest.mark.parametrize("since", [True, False], ids=["marked since", "sent so on purpose"])
def test_what_the_client_has_lost_is_not_sent_again_without_marks_that_were_made_since(office, project, clock, since):
    photo = office.photo(project, ItemState.PASSED)
    if not since:
        annotate_item(office.database, photo, BLUR, WHO)
    clock.advance(1)
    publish_items(office.database, [photo], WHO)
    (job,) = claimed(office)
    ended(office, job)
    clock.advance(1)
    if since:
        annotate_item(office.database, photo, BLUR, WHO)
    resend(office.database, [photo], WHO)
    assert (office.get(Item, photo).state == ItemState.PUBLISHED) is since
    assert (claimed(office) == []) is since


def test_where_the_client_has_it_already_a_moved_photo_is_still_filed_anew(office, project):
    photo = published(office, project)
    (job,) = claimed(office)
    ended(office, job)
    move_items(office.database, [photo], WHO, evidence_type="after")
    annotate_item(office.database, photo, BLUR, WHO)
    assert office.get(Item, photo).state == ItemState.QUEUED
    assert len(claimed(office)) == 1


def test_marks_that_are_taken_away_take_nothing_out(office, project):
    photo = office.photo(project, ItemState.PASSED, annotations=BLUR)
    publish_items(office.database, [photo], WHO)
    annotate_item(office.database, photo, "", WHO)
    assert office.get(Item, photo).state == ItemState.QUEUED


def test_who_sends_the_original_on_purpose_sends_it_however_often_it_takes(office, project, clock):
    photo = office.photo(project, ItemState.PASSED)
    annotate_item(office.database, photo, BLUR, WHO)
    clock.advance(1)
    publish_items(office.database, [photo], WHO)
    (job,) = claimed(office)
    ended(office, job, TransientError("The line broke."))
    clock.advance(3600)
    assert claimed(office) == [job]


def test_marks_that_come_back_by_undo_take_it_out_as_well(office, project, clock):
    photo = office.photo(project, ItemState.PASSED)
    for marks in (BLUR, ""):
        annotate_item(office.database, photo, marks, WHO)
    publish_items(office.database, [photo], "ben")
    turn_annotations(office.database, photo, WHO, forwards=False)
    assert (office.get(Item, photo).annotations, office.get(Item, photo).state) == (BLUR, ItemState.PASSED)
    assert_nothing_goes(office, clock)


def test_an_undone_mark_does_not_send_the_photo_behind_anybodys_back(office, project, clock):
    photo = published(office, project)
    annotate_item(office.database, photo, BLUR, WHO)
    undo(office.database, WHO)
    assert (office.get(Item, photo).annotations, office.get(Item, photo).state) == ("", ItemState.PASSED)
    with pytest.raises(UsageError, match="It is passed"):
        undo(office.database, WHO)  # the publishing before it
    assert_nothing_goes(office, clock)


def copied(office: Office, project: int) -> tuple[int, int]:
    """A photo with one blur, and its copy that waits to be sent."""
    photo = office.photo(project, ItemState.PASSED)
    annotate_item(office.database, photo, BLUR, WHO)
    publish_items(office.database, [photo], WHO, copies=[photo])
    (copy,) = office.all(Item, copy_of=photo)
    return photo, copy.id


@pytest.mark.parametrize("marks", [MORE, ""], ids=["more", "none"])
def test_a_copy_that_waits_with_other_marks_is_gone_and_its_original_is_asked_about(office, project, clock, marks):
    photo, copy = copied(office, project)
    changes = annotate_item(office.database, photo, marks, WHO)
    assert changes.jobs
    assert office.get(Item, copy).state == ItemState.DELETED
    with office.database.read() as session:
        assert publishable(session, [project]).passed == (photo,)
    assert_nothing_goes(office, clock)


def test_a_copy_that_was_being_sent_with_fewer_marks_is_not_tried_again(office, project, clock):
    photo, copy = copied(office, project)
    (job,) = claimed(office)
    clock.advance(1)
    assert not annotate_item(office.database, photo, MORE, WHO).jobs
    ended(office, job, TransientError("The line broke."))
    assert office.get(Item, copy).state == ItemState.DELETED
    assert_nothing_goes(office, clock)


def test_a_copy_with_the_marks_of_now_goes_though_others_were_there_meanwhile(office, project, clock):
    photo, copy = copied(office, project)
    claimed(office)
    clock.advance(1)
    for marks in (MORE, BLUR):
        annotate_item(office.database, photo, marks, WHO)
    clock.advance(300)
    assert len(claimed(office)) == 1
    assert office.get(Item, copy).state == ItemState.RELAYING


def test_a_phone_that_sends_other_bytes_of_a_marked_photo_sends_no_face_past_the_office(office, project):
    office.change(Project, project, qa_in_field=True, field_status=FieldStatus.COMPLETED)
    received = ReceivedItem(
        "photo-a", "AFS::4711", "Grass Cut", "before", FileType.PICTURE, payload={"key2": "AFS::4711"}
    )
    receive_items(office.database, [Arrival(received, office.keep(b"one"), "crew7")])
    annotate_item(office.database, 1, BLUR, WHO)
    receive_items(office.database, [Arrival(received, office.keep(b"the same once more, packed anew"), "crew7")])
    item = office.get(Item, 1)
    assert (item.annotations, item.state) == ("", ItemState.PENDING_QA)
    assert claimed(office) == []
