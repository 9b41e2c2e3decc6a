"""A form that came back for rework: prefilled, and what was taken out is marked."""

from domain.surveys.templates import question, template
from pruvan_desk.domain.surveys.answers import Place, read_answers
from pruvan_desk.domain.surveys.filling import fill
from pruvan_desk.domain.surveys.reading import read_form
from pruvan_desk.domain.surveys.rework import removed, without_pictures

FORM = read_form(
    template(question("a", required=True), question("b", "picture", required=True), question("c"), question("d"))
)


def entry(question_id, answer="", pictures=()):
    return {"id": question_id, "answer": answer, "pictures": list(pictures)}


SUBMITTED = {"answers": [entry("a", "bad"), entry("b", "", ["u1", "u2"]), entry("c", "good"), entry("d")]}
CAME_BACK = {"answers": [entry("a"), entry("b", "", ["u2"]), entry("c", "good"), entry("d")]}


def test_what_was_left_in_is_filled_in_and_what_was_removed_is_marked():
    rework = fill(FORM, CAME_BACK)
    assert rework.answer(Place("c")) == "good"
    marks = removed(rework, read_answers(FORM, SUBMITTED))
    assert {place.question_id: (mark.answer, mark.pictures) for place, mark in marks.items()} == {
        "a": ("bad", ()), "b": ("", ("u1",)),
    }  # fmt: skip
    assert marks[Place("a")].words == "Removed for rework: “bad”"
    assert marks[Place("b")].words == "Removed for rework: 1 photo"


def test_without_the_submission_what_came_back_empty_and_is_wanted_is_marked():
    empty = {"answers": [entry("a"), entry("b"), entry("c"), entry("d")]}
    marks = removed(fill(FORM, empty), None)
    assert [place.question_id for place in marks] == ["a", "b"]
    assert marks[Place("a")].words == "Removed for rework"


def test_a_question_that_never_came_back_is_no_removal_when_nothing_is_known_of_it():
    assert removed(fill(FORM, {"answers": []}), None) == {}


def test_photos_that_are_gone_are_taken_out_and_nothing_else_is_touched():
    strange = {"id": "e", "pictures": "none", "more": [1]}
    body = {"meta": {"x": 1}, "answers": [*SUBMITTED["answers"], strange, "odd"], "rest": 7}
    back = without_pictures(body, {"u1", "other"})
    assert back == body | {"answers": [entry("a", "bad"), entry("b", "", ["u2"]), *body["answers"][2:]]}
    assert without_pictures({"rest": 7}, {"u1"}) == {"rest": 7}
