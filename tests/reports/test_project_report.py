"""The report of a project: what can be read in the PDF, and the item it becomes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from pypdf import PdfReader

from builders import Office
from pruvan_desk.domain.annotations import Mark, MarkKind, annotations_text
from pruvan_desk.domain.certification import Position, certify
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.operations.annotating import annotate_item
from pruvan_desk.operations.office_files import add_report, keep_content
from pruvan_desk.operations.project_edits import create_project
from pruvan_desk.operations.qa import publish_items
from pruvan_desk.reports.fonts import HELVETICA
from pruvan_desk.reports.page import BROKEN, NO_THUMBNAIL
from pruvan_desk.reports.project_report import project_report
from pruvan_desk.store.models import Item, RelayJob
from pruvan_desk.store.views.project_report import ReportFacts, ReportPhoto, report_facts

NOON = datetime(2026, 3, 5, 18, tzinfo=UTC)
PLACE = Position(30.5, -97.7)
HOSTILE = 'crew <b>bold</b> <img src="file:///etc/passwd"/> & </para>'


def jpeg(size: tuple[int, int] = (256, 192)) -> bytes:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, (220, 20, 20))
    image.paste((20, 20, 220), (size[0] // 2, 0, *size))
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def photo(number: int = 1, **values: Any) -> ReportPhoto:
    at = NOON + timedelta(minutes=number)
    proven = certify(from_app=True, taken_at=at, zone_assumed=False, arrived_at=at, taken=PLACE, place=PLACE)
    made = ReportPhoto(
        f"{number:064x}", "Grass Cut", "before", ItemState.PUBLISHED, 0, f"{number}.jpg", "", at, "crew7", PLACE, proven
    )
    return replace(made, **values)


def facts(*photos: ReportPhoto, **values: Any) -> ReportFacts:
    made = ReportFacts(
        key="AFS::88123", address=("12 Elm St", "Round Rock, TX 78664"), place=PLACE, status="Assigned", crews=("crew7",),
        items={FileType.PICTURE: len(photos)}, first=NOON, last=NOON + timedelta(hours=1), photos=photos, lacks=(),
    )  # fmt: skip
    return replace(made, **values)


def pages(told: ReportFacts, thumbnails: dict[str, bytes] | None = None) -> list[str]:
    pictures = {shown.sha256 or "": jpeg() for shown in told.photos} if thumbnails is None else thumbnails
    pdf = project_report(told, pictures, zone=ZoneInfo("America/Chicago"), made_at=NOON, who="mary")
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def test_it_tells_of_the_order_and_of_each_photo() -> None:
    words = " ".join(pages(facts(photo(1), photo(2, evidence_type="after", state=ItemState.FAILED))))
    for told in (
        "Number AFS::88123", "Address 12 Elm St, Round Rock, TX 78664", "Items 2 photos", "Performed by crew7",
        "Start 2026-03-05 12:00", "End 2026-03-05 13:00", "Grass Cut · Before (1)", "Grass Cut · After (1)",
        "2026-03-05 12:01 · crew7 Published · certified", "2026-03-05 12:02 · crew7 Failed · certified", "near it: 2",
    ):  # fmt: skip
        assert told in words


def test_every_page_says_which_of_how_many_it_is() -> None:
    read = pages(facts(*map(photo, range(30))))
    assert len(read) == 4
    for number, words in enumerate(read, 1):
        assert f"AFS::88123 · Made 2026-03-05 12:00 by mary Page {number} of {len(read)}" in words


def test_certification_is_counted_for_each_task() -> None:
    unproven = certify(
        from_app=False, taken_at=None, zone_assumed=False, arrived_at=NOON, taken=Position(31.5, -97.7), place=PLACE
    )
    shown = (photo(1), photo(2, certification=unproven), photo(3, task="Lock Change", certification=unproven))
    words = " ".join(pages(facts(*shown)))
    assert "Grass Cut 2 1 of 2 certified 1 of 2 certified 1 of 2 certified" in words
    assert "Lock Change 1 cannot be verified cannot be verified cannot be verified" in words
    assert "not verified: item, time, location" in words
    for reason in (
        "item: it did not come from the phone's app", "time: it carries no time", "location: 111.2 km from the property, more than 500 m",
    ):  # fmt: skip
        assert reason in words


@pytest.mark.parametrize("rotation", [0, 90])
def test_what_is_blurred_in_a_photo_is_blurred_in_the_report(rotation: int) -> None:
    told = facts(photo(1, rotation=rotation, annotations=annotations_text([Mark(MarkKind.BLUR, 0, 0, 1, 1)])))
    pdf = project_report(told, {told.photos[0].sha256 or "": jpeg()}, zone=UTC, made_at=NOON, who="mary")
    assert jpeg() not in pdf
    (shown,) = [image for page in PdfReader(BytesIO(pdf)).pages for image in page.images]
    picture = Image.open(BytesIO(shown.data)).convert("RGB")
    assert picture.size == ((256, 192) if not rotation else (192, 256))
    row = [picture.getpixel((x, 96)) if not rotation else picture.getpixel((96, x)) for x in range(256)]
    assert max(abs(one[0] - other[0]) for one, other in zip(row, row[4:], strict=False)) < 40, (
        "no edge between red and blue"
    )


def test_foreign_text_is_text_and_no_markup() -> None:
    told = facts(photo(who=HOSTILE, task=HOSTILE), crews=(HOSTILE,), address=(HOSTILE,), key=f"AFS::{HOSTILE}")
    words = " ".join(pages(told))
    assert words.count("<b>bold</b>") >= 6  # title, number, address, crew, task, group, caption, closing line
    assert f"Performed by {HOSTILE}" in words


def test_a_long_word_and_a_long_text_stay_on_the_page() -> None:
    told = facts(photo(who="W" * 5000, task="many words " * 2000), address=("x" * 5000,))
    read = pages(told)
    assert len(read) <= 3
    assert "many words" in " ".join(read)


def test_a_missing_and_a_broken_picture_are_named_in_their_place() -> None:
    shown = (photo(1, file_name="gone.jpg"), photo(2, file_name="torn.jpg"), photo(3, problem="It ends too early."))
    words = " ".join(pages(facts(*shown), {shown[1].sha256 or "": jpeg()[:300]}))
    assert f"gone.jpg {NO_THUMBNAIL}" in words
    assert f"torn.jpg {BROKEN}" in words
    assert "3.jpg It ends too early." in words


def test_a_picture_is_not_encoded_again() -> None:
    told = facts(photo(1))
    pdf = project_report(told, {told.photos[0].sha256 or "": jpeg()}, zone=UTC, made_at=NOON, who="mary")
    assert jpeg() in pdf


@pytest.mark.parametrize(("rotation", "matrix"), [(0, (1, 0)), (90, (0, -1)), (180, (-1, 0)), (270, (0, 1))])
def test_a_picture_is_turned_clockwise_as_the_office_turned_it(rotation: int, matrix: tuple[int, int]) -> None:
    told = facts(photo(1, rotation=rotation))
    pdf = project_report(told, {told.photos[0].sha256 or "": jpeg()}, zone=UTC, made_at=NOON, who="mary")
    operations = [step for page in PdfReader(BytesIO(pdf)).pages for step in page.get_contents().operations]
    drawn = next(place for place, (_, operator) in enumerate(operations) if operator == b"Do")
    turns = [[float(value) for value in values] for values, operator in operations[:drawn] if operator == b"cm"]
    assert (round(turns[-2][0]), round(turns[-2][1])) == matrix  # the last one only makes it large


def test_without_photos_it_says_what_is_missing() -> None:
    (words,) = pages(facts(lacks=("Grass Cut has no Before",), first=None, last=None))
    assert "This project has no photos yet. Missing: Grass Cut has no Before" in words
    assert "Start no photo yet" in words


@pytest.mark.parametrize("place", [None, PLACE])
def test_photos_without_a_position_or_a_property_are_drawn_all_the_same(place: Position | None) -> None:
    words = " ".join(pages(facts(photo(1), photo(2, taken=None), place=place)))
    assert "without a position: 1" in words
    assert ("The position of the property is not known" in words) == (place is None)


def test_letters_that_helvetica_lacks_are_replaced() -> None:
    assert HELVETICA.shown("Łódź 東 é\x07", 50) == "?ódz ? é"


def test_what_it_says_ends_the_work() -> None:
    def stop(_done: int, _total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        project_report(facts(photo()), {}, zone=UTC, made_at=NOON, who="mary", step=stop)


def read(office: Office, project: int) -> ReportFacts | None:
    with office.database.read() as session:
        return report_facts(session, project)


def test_what_was_rejected_or_deleted_and_earlier_reports_are_left_out(office: Office) -> None:
    project = office.project(office.integration(), tasks=("Lock Change", "Grass Cut"))
    office.photo(project, ItemState.PENDING_QA, created_by="crew7", file_name="after.jpg", evidence_type="after")
    office.photo(project, ItemState.PUBLISHED, created_by="crew7", file_name="before.jpg")
    office.photo(project, ItemState.HELD, created_by="crew9", task="Lock Change", file_name="lock.jpg")
    office.photo(project, ItemState.REJECTED)
    office.photo(project, ItemState.DELETED)
    office.photo(project, file_type=FileType.REPORT)
    told = read(office, project)
    assert told is not None
    assert [shown.file_name for shown in told.photos] == ["lock.jpg", "before.jpg", "after.jpg"]
    assert told.crews == ("crew7", "crew9")
    assert dict(told.items) == {FileType.PICTURE: 3}
    assert told.address == ("12 Elm St", "Austin, TX 78701")


def test_of_an_annotated_photo_only_the_copy_is_told_of(office: Office) -> None:
    project = office.project(office.integration())
    original = office.photo(project, ItemState.PASSED)
    marks = annotations_text([Mark(MarkKind.BLUR, 0.1, 0.1, 0.4, 0.4)])
    annotate_item(office.database, original, marks, "mary")
    publish_items(office.database, [original], "mary", copies=[original])
    told = read(office, project)
    assert told is not None
    (shown,) = told.photos
    assert (shown.annotations, shown.state) == (marks, ItemState.QUEUED)
    assert shown.certification.why["item"] == "marks were drawn into it in the office"


def test_of_a_project_that_is_gone_there_is_none(office: Office) -> None:
    project = office.project(office.integration(), deleted_at=NOON)
    assert read(office, project) is None
    assert read(office, 4711) is None


@pytest.mark.parametrize("own", [False, True])
def test_it_is_an_item_that_waits_for_qa(office: Office, own: bool) -> None:
    if own:
        _, project = create_project(
            office.database,
            {"number": "77", "address1": "1 Oak", "city": "Austin", "state": "TX", "zip": "78701", "tasks": ["Mow"]},
            "mary",
        )
    else:
        project = office.project(office.integration(), qa_in_field=True, field_status="Completed")
    stored = keep_content(office.files, "report.pdf", [b"%PDF-1.4 it is"])
    (item_id,) = add_report(office.database, project, "report.pdf", stored, who="mary").items
    item = office.get(Item, item_id)
    assert (item.file_type, item.state, item.project_id) == (FileType.REPORT, ItemState.PENDING_QA, project)
    assert (item.created_by, item.from_app, item.extension) == ("mary", False, "pdf")
    assert office.files.path(item.sha256 or "", "pdf").read_bytes() == b"%PDF-1.4 it is"
    assert office.all(RelayJob) == []
