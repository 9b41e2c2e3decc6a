"""From a template to a form; and every fault of a template by its name."""

import pytest

from domain.surveys.templates import on, question, section, template
from pruvan_desk.domain.surveys.form import AnswerType
from pruvan_desk.domain.surveys.reading import form_of_answers, read_form
from pruvan_desk.sandbox.forms import checklist_form, inspection_form, winterization_form


@pytest.mark.parametrize("body", [checklist_form(), inspection_form(), winterization_form()])
def test_the_clients_own_forms_have_no_fault(body):
    form = read_form(body)
    assert form.faults == ()
    assert form.name == body["meta"]["name"]
    assert form.questions


def test_sections_keep_their_order_and_questions_between_them_form_nameless_ones():
    form = read_form(winterization_form())
    assert [(part.name, part.repeats, len(part.questions)) for part in form.sections] == [
        ("", False, 4), ("Fixtures", True, 2), ("", False, 1),
    ]  # fmt: skip


def test_a_section_in_a_section_is_named_by_both_and_belongs_to_both():
    form = read_form(template(section("house", question("a"), section("roof", question("b")), question("c"))))
    assert [(part.name, [asked.id for asked in part.questions]) for part in form.sections] == [
        ("House", ["a"]), ("House · Roof", ["b"]), ("House", ["c"]),
    ]  # fmt: skip
    assert form.section_of["b"].ids == {"house", "roof"}


def test_what_repeats_takes_the_sections_in_it_along():
    form = read_form(template(section("rooms", question("a"), section("walls", question("b")), repeat="true")))
    assert [(part.name, part.repeats, len(part.questions)) for part in form.sections] == [("Rooms", True, 2)]


@pytest.mark.parametrize("kind", list(AnswerType))
def test_every_documented_answer_type_is_known(kind):
    asked = read_form(template(question("a", kind.value.upper(), answerOptions=["x"]))).questions["a"]
    assert asked.kind is kind


def test_an_unknown_type_is_shown_as_text_and_keeps_its_name():
    asked = read_form(template(question("a", "barcode", symbology="EAN"))).questions["a"]
    assert (asked.kind, asked.named_type, asked.source["symbology"]) == (AnswerType.TEXT, "barcode", "EAN")


def test_numbers_and_marks_are_read_in_the_spellings_of_the_wild():
    asked = read_form(template(question("a", "picture", required="1", minPictures="2", maxPictures=4.0))).questions["a"]
    assert (asked.required, asked.fewest_pictures, asked.most_pictures) == (True, 2, 4)


FAULTS = [
    (template(question("a"), question("a")), "a is there twice", ["a"]),
    (template(question("a", triggers=[on("Yes", "nowhere")])), "switches on nowhere, which is not there", ["a"]),
    (
        template(question("a", triggers=[on("x", "b")]), question("b", triggers=[on("x", "a")])),
        "b switches on a, which leads back",
        ["a", "b"],
    ),
    (template(question("a", triggers=[on("x", "a")])), "a switches on a, which leads back", ["a"]),
    (template(question("a", "select")), "a has no options", ["a"]),
    (template(question("a", "multiSelect", answerOptions=["", None])), "a has no options", ["a"]),
    (template({"question": "Nameless", "answerType": "text"}, question("a")), "no id and is left out: Nameless", ["a"]),
    (template(question("a"), "stray"), "no question, section or trigger", ["a"]),
    (template(question("a", validation={"pattern": "["})), "pattern of question a cannot be read", ["a"]),
    (template(question("a", validation={"pattern": "(x+)+y"})), "pattern of question a could take for ever", ["a"]),
    (template(question("a", "picture", minPictures=3, maxPictures=1)), "at least 3 photos and at most 1", ["a"]),
    (template(), "It asks nothing", []),
    ({"questions": {"a": 1}}, "no question, section or trigger", []),
]


@pytest.mark.parametrize(("body", "words", "kept"), FAULTS)
def test_a_fault_is_named_and_the_rest_of_the_form_opens(body, words, kept):
    form = read_form(body)
    assert any(words in fault for fault in form.faults), form.faults
    assert list(form.questions) == kept


def test_the_trigger_that_closes_a_circle_goes_and_the_others_stay():
    body = template(
        question("a", triggers=[on("x", "b", "d")]), question("b", triggers=[on("x", "c")]),
        question("c", triggers=[on("x", "a")]), question("d"),
    )  # fmt: skip
    assert read_form(body).switched == {"b", "c", "d"}


def test_a_question_with_options_missing_takes_text():
    assert read_form(template(question("a", "select"))).questions["a"].kind is AnswerType.TEXT


def test_an_answer_set_whose_template_nobody_knows_is_a_form_of_its_own():
    entry = {
        "id": "a",
        "question": "Why?",
        "answerType": "select",
        "answer": "x",
        "answerOptions": ["x", "y"],
        "pictures": [],
    }
    form = form_of_answers({"meta": {"surveyTemplateId": "AFS::F"}, "answers": [entry, entry, "stray"]})
    assert (form.template_id, form.faults) == ("F", ())
    assert form.questions["a"].choices == ("x", "y")
