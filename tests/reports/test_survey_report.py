"""The answers of a survey on paper: read back from the PDF."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from domain.surveys.templates import on, question, section, template
from pruvan_desk.domain.annotations import Mark, MarkKind, annotations_text
from pruvan_desk.domain.surveys.answers import Place
from pruvan_desk.domain.surveys.filling import Filling, fill
from pruvan_desk.domain.surveys.reading import read_form
from pruvan_desk.reports.survey_report import About, Pictures, survey_report
from pruvan_desk.store.views.surveys import Photo

AT = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
ABOUT = About("AFS::88123", "12 Elm St, Austin", "Inspection", "Form 3", "Submitted by crew7")


def jpeg(colour: str) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def photo(uuid: str, rotation: int = 0, annotations: str = "") -> Photo:
    return Photo(uuid, f"sha-{uuid}", f"{uuid}.jpg", "Roof work", "damage", rotation, AT, "crew7", annotations)


def paper(filling: Filling, *photos: Photo, about: About = ABOUT) -> PdfReader:
    pictures = Pictures({each.uuid: each for each in photos}, {"sha-good": jpeg("red"), "sha-bad": b"no jpeg"})
    return PdfReader(BytesIO(survey_report(filling, about, pictures, zone=UTC, made_at=AT, who="mary")))


def words_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in reader.pages)


def filled(*questions: Any, **answers: Any) -> Filling:
    form = read_form(template(*questions))
    sheet = fill(form, None).sheet
    for name, answer in answers.items():
        sheet = sheet.answer(Place(name), answer)
    return Filling(form, sheet)


def test_it_says_whose_form_it_is_how_it_stands_and_who_made_the_paper() -> None:
    words = words_of(paper(filled(question("a"), a="Yes")))
    for said in ("AFS::88123", "12 Elm St, Austin", "Inspection", "Form 3", "Submitted by crew7", "1 of 1"):
        assert said in words
    assert "Made 2026-11-25 14:30 by mary" in words
    assert "Page 1 of 1" in words


def test_a_photo_is_shown_with_its_marks() -> None:
    marks = annotations_text([Mark(MarkKind.BOX, 0.1, 0.1, 0.9, 0.9, "black", 3)])
    filling = filled(question("a", "picture"))
    filling = Filling(filling.form, filling.sheet.pictures(Place("a"), ["good"]))
    (plain,), (marked,) = (
        [
            Image.open(BytesIO(image.data)).convert("L").resize((64, 48))
            for page in paper(filling, each).pages
            for image in page.images
        ]
        for each in (photo("good"), photo("good", annotations=marks))
    )
    differ = [x for x in range(64) if abs(plain.getpixel((x, 24)) - marked.getpixel((x, 24))) > 20]
    assert differ
    assert all(abs(x - 6) < 5 or abs(x - 57) < 5 for x in differ), "the sides of the box"


def test_what_is_blurred_in_a_photo_survives_nowhere_in_the_paper() -> None:
    buffer = BytesIO()
    split = Image.new("RGB", (64, 48), "red")
    split.paste("blue", (32, 0, 64, 48))
    split.save(buffer, "JPEG")
    filling = filled(question("a", "picture"))
    filling = Filling(filling.form, filling.sheet.pictures(Place("a"), ["good"]))
    blurred = photo("good", annotations=annotations_text([Mark(MarkKind.BLUR, 0, 0, 1, 1)]))
    pictures = Pictures({"good": blurred}, {"sha-good": buffer.getvalue()})
    made = survey_report(filling, ABOUT, pictures, zone=UTC, made_at=AT, who="mary")
    assert buffer.getvalue() not in made
    (shown,) = [image for page in PdfReader(BytesIO(made)).pages for image in page.images]
    row = Image.open(BytesIO(shown.data)).convert("RGB").resize((64, 48))
    steps = [abs(row.getpixel((x, 24))[0] - row.getpixel((x + 1, 24))[0]) for x in range(63)]
    assert max(steps) < 60, "no edge between red and blue"


def test_answers_stand_beside_their_questions_section_by_section_and_what_lacks_is_named() -> None:
    filling = filled(
        section("outside", question("a", question="Height?"), question("b", required=True), question("c")),
        section("closed", question("d", question="Who has the key?")),
        a=["Pool", "Mold"],
    )
    words = words_of(paper(filling))
    assert "Outside Height? Pool, Mold Question b An answer is wanted. Question c Not answered" in words
    assert words.index("Closed") < words.index("Who has the key?")


def test_what_is_off_is_not_on_the_paper_and_a_heading_without_questions_neither() -> None:
    filling = filled(
        question("a", triggers=[on("No", "gone")]), section("gone", question("b", question="Why?")), a="Yes"
    )
    words = words_of(paper(filling))
    assert "Why?" not in words
    assert "Gone" not in words
    assert "Why?" in words_of(paper(Filling(filling.form, filling.sheet.answer(Place("a"), "No"))))


def test_each_repetition_of_a_section_has_its_number() -> None:
    form = read_form(template(section("rooms", question("a", question="Which room?"), repeat=True)))
    sheet = fill(form, None).sheet.answer(Place("a", 1), "Hall").answer(Place("a", 2), "Bath")
    words = words_of(paper(Filling(form, sheet)))
    assert "Rooms 1 Which room? Hall Rooms 2 Which room? Bath" in words


def test_photos_stand_below_their_question_with_what_is_known_of_them() -> None:
    filling = filled(question("a", "picture"))
    filling = Filling(filling.form, filling.sheet.pictures(Place("a"), ["good", "bad", "lost", "strange"]))
    reader = paper(filling, photo("good", 90), photo("bad"), photo("lost"))
    words = words_of(reader)
    assert "4 photos" in words
    assert "good.jpg Roof work · Damage 2026-11-25 14:30 · crew7" in words
    assert "bad.jpg Its thumbnail is damaged" in words
    assert "lost.jpg No thumbnail of it yet" in words
    assert "strange This photo is not in the project" in words
    (image,) = reader.pages[0].images
    assert image.image.size == (64, 48)


@pytest.mark.parametrize("length", [20, 900, 20_000])
def test_however_long_an_answer_is_all_of_it_is_there(length: int) -> None:
    said = [f"word{n}" for n in range(length // 7 + 1)]
    words = words_of(paper(filled(question("a"), question("b", question="After it"), a=" ".join(said), b="End")))
    assert {"word0", said[-1], "End"} <= set(words.split())
    assert sum(word.startswith("word") for word in words.split()) == len(said)


def test_lines_stay_lines_and_foreign_text_is_no_markup() -> None:
    reader = paper(filled(question("a", question="<b>Why?</b>"), a="first\n<para>second & last"))
    lines = reader.pages[0].extract_text().splitlines()
    assert "<para>second & last" in lines
    assert "<b>Why?</b>" in lines


def test_what_the_form_does_not_ask_is_told_too() -> None:
    form = read_form(template(question("a")))
    filling = fill(
        form, {"answers": [{"id": "a", "answer": "x"}, {"id": "zz", "question": "Old?", "answer": 7}, "odd"]}
    )
    assert "Not asked by this form Old? 7 ? odd" in words_of(paper(filling))


def test_a_label_is_text_and_a_long_form_takes_as_many_pages_as_it_needs() -> None:
    asked = [question("intro", "label", question="Fill it in at the door."), *(question(f"q{n}") for n in range(300))]
    reader = paper(filled(*asked))
    words = words_of(reader)
    assert "Fill it in at the door." in words
    assert "Question q299" in words
    assert f"Page {len(reader.pages)} of {len(reader.pages)}" in words
    assert 5 < len(reader.pages) < 12
