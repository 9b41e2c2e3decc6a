"""A form while it is filled in: which questions are on, how far it is, what is missing, what is sent."""

import pytest

from domain.surveys.templates import on, question, section, template
from pruvan_desk.domain.surveys.answers import Place, Sheet
from pruvan_desk.domain.surveys.filling import Filling, fill
from pruvan_desk.domain.surveys.reading import read_form
from pruvan_desk.sandbox.forms import inspection_form, winterization_form

CHAIN = template(
    question("a", "yesNo", triggers=[on("Yes", "b")]),
    question("b", "yesNo", triggers=[on("No", "c", "part")]),
    question("c"),
    section("part", question("d"), question("e")),
)


def filled(body, answers=None, **pictures):
    sheet = Sheet()
    for name, answer in (answers or {}).items():
        sheet = sheet.answer(name if isinstance(name, Place) else Place(name), answer)
    for name, chosen in pictures.items():
        sheet = sheet.pictures(Place(name), chosen)
    return Filling(read_form(body), sheet)


def ids(filling):
    return [place.question_id for place in filling.on]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, ["a"]),
        ({"a": "No"}, ["a"]),
        ({"a": "yes"}, ["a", "b"]),
        ({"a": True}, ["a", "b"]),
        ({"a": "Yes", "b": "No"}, ["a", "b", "c", "d", "e"]),
        ({"a": "No", "b": "No"}, ["a"]),  # b is off: what it would switch on is off, whatever was answered there before
        ({"a": ["No", "Yes"]}, ["a", "b"]),
    ],
)
def test_a_chain_of_triggers_switches_questions_and_sections_on_and_off(answers, expected):
    assert ids(filled(CHAIN, answers)) == expected


def test_a_long_chain_is_no_burden():
    body = template(*(question(f"q{n}", triggers=[on("x", f"q{n - 1}")]) for n in range(1, 1000)), question("q0"))
    assert len(filled(body, {f"q{n}": "x" for n in range(1000)}).on) == 1000


def test_a_default_counts_as_an_answer_until_it_is_taken_away():
    body = template(question("a", required=True, default="No", triggers=[on("No", "b")]), question("b"))
    assert (ids(filled(body)), filled(body).gaps) == (["a", "b"], ())
    cleared = filled(body, {"a": ""})
    assert (ids(cleared), len(cleared.gaps)) == (["a"], 1)


REPEATING = template(
    section("rooms", question("room", triggers=[on("bath", "tub")]), question("tub", required=True), repeat=True),
    question("more", triggers=[on("Yes", "extra")]),
    section("extras", question("extra"), repeat=True),
)


def test_in_a_repeating_section_a_trigger_works_within_its_repetition():
    filling = filled(REPEATING, {Place("room", 1): "hall", Place("room", 2): "bath"})
    assert filling.is_on(Place("tub", 2))
    assert not filling.is_on(Place("tub", 1))
    assert [gap.place for gap in filling.gaps] == [Place("tub", 2)]


def test_from_outside_it_works_for_every_repetition():
    answers = {"more": "Yes", Place("extra", 1): "", Place("extra", 2): ""}
    assert [place for place in filled(REPEATING, answers).on if place.question_id == "extra"] == [
        Place("extra", 1), Place("extra", 2),
    ]  # fmt: skip


def test_repetitions_come_and_go_and_the_later_ones_move_up():
    form = read_form(REPEATING)
    rooms = form.sections[0]
    sheet = Sheet().answer(Place("room", 1), "hall").with_repetition(rooms).with_repetition(rooms)
    assert sheet.repetitions(rooms) == 3
    sheet = sheet.answer(Place("room", 3), "bath").without_repetition(rooms, 1)
    assert sheet.repetitions(rooms) == 2
    assert sheet.given[Place("room", 2)].answer == "bath"


RULES = [
    (question("a", required=True), "", "An answer is wanted"),
    (question("a", "multiSelect", required=True, answerOptions=["x"]), [], "An answer is wanted"),
    (question("a", "number"), "many", "A number is wanted"),
    (question("a", "number", validation={"min": 2}), "1.5", "At least 2"),
    (question("a", "currency", validation={"max": "10"}), "$1,000", "At most 10"),
    (question("a", "date"), "31.12.", "A date is wanted"),
    (question("a", "date", validation={"min": "2026-01-02"}), "2026-01-01", "At least 2026-01-02"),
    (question("a", "time"), "noon", "A time is wanted"),
    (question("a", "phone"), "555", "A telephone number"),
    (question("a", "email"), "me.example.com", "An e-mail address"),
    (question("a", "select", answerOptions=["x", "y"]), "z", "“z” is not one of the choices"),
    (question("a", "select", answerOptions=["x", "y"]), ["x", "y"], "Only one"),
    (question("a", "multiSelect", answerOptions=["x", "y"]), ["x", "z"], "“z” is not one"),
    (question("a", "yesNo"), "N/A", "not one of the choices"),
    (question("a", validation={"pattern": r"\d{5}"}), "1234", "has not the form"),
    (question("a", validation={"min": 3}), "no", "At least 3 letters"),
    (question("a", "textArea", validation={"max": 3}), "long", "At most 3 letters"),
]


@pytest.mark.parametrize(("asked", "answer", "words"), RULES)
def test_an_answer_that_will_not_do_is_named(asked, answer, words):
    filling = filled(template(asked), {"a": answer})
    assert [gap.place for gap in filling.gaps] == [Place("a")]
    assert words in filling.gaps[0].words
    assert filling.progress.answered == 0


GOOD = [
    (question("a", "number", validation={"min": 3, "max": "3"}), "3"),
    (question("a", validation={"min": 3, "max": 3}), "abc"),
    (question("a"), ""),
    (question("a", "number", validation={"min": 2, "max": 3}), " 2.5 "),
    (question("a", "currency", required=True), "$1,000.50"),
    (question("a", "date", validation={"min": "2026-01-02"}), "2026-01-02"),
    (question("a", "time"), "14:30"),
    (question("a", "phone"), "(512) 555-0142"),
    (question("a", "email"), "me@example.com"),
    (question("a", "select", answerOptions=["X"]), "x"),
    (question("a", "multiSelect", answerOptions=["x", "y"]), ["y", "x"]),
    (question("a", "yesNoNA"), "N/A"),
    (question("a", validation={"pattern": r"\d{5}"}), "12345"),
    (question("a", validation={"pattern": "(x+)+y"}), "anything"),
]


@pytest.mark.parametrize(("asked", "answer"), GOOD)
def test_and_one_that_will_do_is_not(asked, answer):
    assert filled(template(asked), {"a": answer}).gaps == ()


@pytest.mark.parametrize(
    ("more", "photos", "words"),
    [
        ({"required": True}, 0, "At least 1 photo is"),
        ({"minPictures": 2}, 0, "At least 2 photos"),
        ({"minPictures": 2}, 1, "1 so far"),
        ({"minPictures": 2, "maxPictures": 3}, 2, ""),
        ({"maxPictures": 3}, 4, "At most 3 of the 4 photos"),
        ({}, 0, ""),
    ],
)
def test_a_question_for_photos_wants_as_many_as_the_form_says(more, photos, words):
    gaps = filled(template(question("a", "picture", **more)), a=[f"u{n}" for n in range(photos)]).gaps
    assert [words in gap.words for gap in gaps] == ([True] if words else [])


def test_photos_that_belong_to_an_answer_are_wanted_once_there_is_one():
    body = template(question("a", "yesNo", minPictures=1))
    assert filled(body).gaps == ()
    assert len(filled(body, {"a": "Yes"}).gaps) == 1


def test_progress_counts_the_questions_that_are_on_and_no_labels():
    filling = filled(inspection_form(), {"occupied": "No", "grass_height": "900", "inspector": "Dana"})
    # on: occupied, vacant_since, secured, 4 of the exterior without the roof's photo, 3 remarks; the estimate has a default
    assert (filling.progress.answered, filling.progress.asked) == (3, 10)
    labelled = filled(template(question("l", "label"), question("a")))
    assert labelled.progress.asked == 1


def test_next_unanswered_goes_on_from_here_and_round():
    filling = filled(template(question("a"), question("l", "label"), question("b"), question("c")), {"b": "x"})
    assert filling.next_unanswered() == Place("a")
    assert filling.next_unanswered(Place("a")) == Place("c")
    assert filling.next_unanswered(Place("c")) == Place("a")
    assert filled(template(question("a")), {"a": "x"}).next_unanswered() is None


def test_what_is_sent_holds_every_question_that_is_on_and_nothing_else():
    filling = filled(CHAIN, {"a": "No", "b": "No", "c": "kept for later"})
    assert [entry["id"] for entry in filling.submission()["answers"]] == ["a"]
    assert [entry["id"] for entry in filling.draft()["answers"]] == ["a", "b", "c"]
    assert filling.submission() == {
        "meta": CHAIN["meta"],
        "answers": [
            {"id": "a", "question": "Question a", "answerType": "yesNo", "answer": "No", "answerOptions": [], "hint": "", "pictures": []}
        ],
    }  # fmt: skip


def test_photos_are_named_by_their_uuid_each_once():
    entry = filled(template(question("a", "picture")), a=["u2", "u1", "u2"]).submission()["answers"][0]
    assert entry["pictures"] == ["u2", "u1"]


def test_repetitions_are_told_apart_in_what_is_sent():
    filling = filled(winterization_form(), {Place("fixture", 1): "Sink", Place("fixture", 2): "Tub"})
    fixtures = [entry for entry in filling.submission()["answers"] if entry["id"] == "fixture"]
    assert [(entry["answer"], entry["repetition"]) for entry in fixtures] == [("Sink", 1), ("Tub", 2)]
    again = fill(filling.form, filling.submission())
    assert again.answer(Place("fixture", 2)) == "Tub"


def test_repetitions_that_a_phone_does_not_number_count_up():
    entries = [{"id": "fixture", "answer": "Sink"}, {"id": "fixture", "answer": "Tub"}]
    filling = fill(read_form(winterization_form()), {"answers": entries})
    assert [filling.answer(Place("fixture", n)) for n in (1, 2)] == ["Sink", "Tub"]
    assert filling.draft()["answers"] == entries
