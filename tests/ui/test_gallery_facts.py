"""The facts under a photo: how it stands at each destination with the receiver's words, when it came."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from pruvan_desk.domain.statuses import ItemState, JobState
from pruvan_desk.operations.settings import change_setting
from pruvan_desk.store.models import Item, Project, RelayJob
from pruvan_desk.ui.gallery.view import GalleryPage
from ui.elsewhere import ElsewhereOffice

OpenGallery = Callable[..., GalleryPage]
AT = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


def sent(elsewhere: ElsewhereOffice, item: int, destination: str, state: JobState, **values: object) -> None:
    """How a published item stands at a destination."""

    def work() -> None:
        with elsewhere.database.write() as writing:
            project = writing.session.get_one(Item, item).project_id
            job = RelayJob(
                integration_id=1, project_id=project, item_id=item, destination=destination, state=state, not_before=AT,
                created_at=AT, **values,
            )  # fmt: skip
            writing.session.add(job)
            writing.changed(items=item)

    elsewhere.do(work)


FATES = [
    (JobState.QUEUED, {"words": "FAStrack is busy."}, "Client waits: FAStrack is busy."),
    (JobState.LEASED, {}, "Client is being sent"),
    (
        JobState.DONE,
        {"finished_at": AT, "words": "flagged as general"},
        "Client has it since 2026-06-15 12:00: flagged as general",
    ),
    (JobState.FAILED, {"words": "Order 88123 is closed."}, "Client refused it: Order 88123 is closed."),
]


@pytest.mark.parametrize(("state", "values", "words"), FATES)
def test_each_destination_has_a_line_with_what_the_receiver_said(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery, *, state: JobState, values: dict[str, object],
    words: str,
) -> None:  # fmt: skip
    item = elsewhere.picture(project, state=ItemState.PUBLISHED, destinations="client,downloader")
    elsewhere.do(lambda: change_setting(elsewhere.database, "office_zone", "UTC"))
    page = gallery()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    sent(elsewhere, item, "client", JobState.FAILED, words="an older answer")
    sent(elsewhere, item, "client", state, **values)
    sent(elsewhere, item, "downloader", JobState.DONE, place="AFS_88123/Grass Cut/1.jpg")
    lines = [words, "Downloader has it in AFS_88123/Grass Cut/1.jpg"]
    qtbot.waitUntil(lambda: page.facts.relay.text().splitlines() == lines)
    assert page.facts.relay.isVisible()


def test_what_was_never_published_has_no_such_line(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery
) -> None:
    elsewhere.picture(project)
    page = gallery()
    qtbot.waitUntil(lambda: "SHA-256" in page.facts.file.text())
    assert page.facts.relay.isHidden()


@pytest.mark.parametrize(("hours", "words"), [(3, ""), (40, "Arrived 2026-06-15")])
def test_a_photo_that_came_another_day_says_when_by_the_offices_calendar(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, gallery: OpenGallery, *, hours: int, words: str
) -> None:
    """At 23:00 in Chicago it is the next day in UTC."""
    item = elsewhere.picture(project)
    came = datetime(2026, 6, 16, 4, 0, tzinfo=UTC)
    elsewhere.change(Item, item, arrived_at=came, taken_at=came - timedelta(hours=hours))
    elsewhere.do(lambda: change_setting(elsewhere.database, "office_zone", "America/Chicago"))
    page = gallery()
    qtbot.waitUntil(lambda: "SHA-256" in page.facts.file.text())
    said = [line for line in page.facts.words.text().splitlines() if line.startswith("Arrived")]
    assert said == ([words] if words else [])


def test_who_took_it_when_how_far_away_and_what_is_certified_stands_below_the_photo(
    qtbot: QtBot, elsewhere: ElsewhereOffice, gallery: OpenGallery, project: int
) -> None:
    elsewhere.change(Project, project, latitude=30.5083, longitude=-97.6789)
    elsewhere.picture(
        project, created_by="crew7", taken_at=AT, latitude=30.5093, longitude=-97.6789, accuracy=8.0,
        notes="Gate open", hints={"dark": 40}, rotation=90, device_id="phone-1",
    )  # fmt: skip
    item = elsewhere.all(Item)[0].id
    elsewhere.change(Item, item, arrived_at=AT + timedelta(hours=30))
    elsewhere.do(lambda: change_setting(elsewhere.database, "office_zone", "UTC"))
    page = gallery()
    qtbot.waitUntil(lambda: "SHA-256" in page.facts.file.text())
    assert page.facts.filed.text() == "Grass Cut · Before"
    taken = "Taken 2026-06-15 12:00 by crew7 · 111 m from the property ± 8 m · AFS::88123"
    assert page.facts.taken.text() == taken
    signs = [sign.accessibleName() for sign in page.facts._signs]
    assert signs == ["Pending QA", "certified", "cannot be verified", "certified"]
    said = [line.text() for line in page.facts.certified]
    assert said[0] == "Item certified, from the phone's app"
    assert said[1].startswith("Time cannot be verified: ")
    assert said[2] == "Location certified, 111 m from the property"
    lines = page.facts.words.text().splitlines()
    assert {"Hint: Dark: even its brightest parts are dim", "Notes: Gate open", "Turned in the office by 90°"} <= set(
        lines
    )
    assert page.facts.file.text().startswith("Picture · ")
    assert "device phone-1" in page.facts.file.text()
