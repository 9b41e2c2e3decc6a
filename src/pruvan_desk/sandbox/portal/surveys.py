"""Surveys filled in on the portal: the questions that are on, what was answered, what is still required."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pruvan_desk.sandbox.field_items import services_of
from pruvan_desk.sandbox.forms import (
    CHECKLIST_ID,
    INSPECTION_ID,
    WINTERIZATION_ID,
    checklist_form,
    inspection_form,
    winterization_form,
)
from pruvan_desk.sandbox.order_book import BookedOrder
from pruvan_desk.sandbox.portal import rules
from pruvan_desk.sandbox.portal.cases import Case
from pruvan_desk.sandbox.portal.html import Markup, element
from pruvan_desk.sandbox.portal.pages import flag_words
from pruvan_desk.sandbox.portal.parts import area, button, card, field, form, muted, order_frame, order_path, tick
from pruvan_desk.sandbox.portal.sessions import Session
from pruvan_desk.sandbox.survey_answers import enables, questions_of, same_answer
from pruvan_desk.wire.surveys import plain_template_id, read_template
from pruvan_desk.wire.values import JsonObject, read_object

FORMS = {INSPECTION_ID: inspection_form, WINTERIZATION_ID: winterization_form, CHECKLIST_ID: checklist_form}
CHOICES = {"yesNo": ("Yes", "No"), "yesNoNA": ("Yes", "No", "N/A")}
INPUT = {"number": "text", "currency": "text", "date": "date", "time": "time", "phone": "tel", "email": "email"}
Fields = Mapping[str, list[str]]


def template_of(order: BookedOrder, service: str) -> JsonObject | None:
    """The form of a survey service: sent with the order, or one that AFS keeps; ``None`` where there is none."""
    for entry in services_of(order.payload):
        if str(entry.get("serviceName") or "").strip() != service:
            continue
        dynamic = read_object(entry.get("surveyDynamic"))
        if dynamic is not None and read_template(dynamic) is not None:
            return dynamic
        make = FORMS.get(plain_template_id(str(entry.get("survey") or "")))
        return make() if make else None
    return None


def questions_that_are_on(template: JsonObject, answers: Mapping[str, Any]) -> list[JsonObject]:
    """The questions, in order, but for those that no answer switches on."""
    questions = list(questions_of(template))
    triggered = {name for question in questions for name, _ in enables(question)}
    switched_on: set[str] = set()
    shown = []
    for question in questions:
        question_id = str(question.get("id"))
        if question_id in triggered and question_id not in switched_on:
            continue
        shown.append(question)
        answer = answers.get(question_id, {}).get("answer", "")
        switched_on |= {name for name, wanted in enables(question) if answer and same_answer(wanted, answer)}
    return shown


def read_answers(template: JsonObject, fields: Fields, photos: set[str]) -> dict[str, JsonObject]:
    """Answer and pictures by question, as a form of :func:`survey_page` sends them."""
    answers: dict[str, JsonObject] = {}
    for question in questions_of(template):
        name = f"q-{question.get('id')}"
        given = [value.strip() for value in fields.get(name, []) if value.strip()]
        pictures = [uuid for uuid in fields.get(f"p-{question.get('id')}", []) if uuid in photos]
        answer: Any = given if question.get("answerType") == "multiSelect" else (given[0] if given else "")
        answers[str(question.get("id"))] = {"answer": answer, "pictures": pictures}
    return answers


def unanswered(template: JsonObject, answers: Mapping[str, Any]) -> list[str]:
    """The questions that are on, required, and have no answer."""
    found = []
    for question in questions_that_are_on(template, answers):
        given = answers.get(str(question.get("id")), {})
        if question.get("answerType") == "picture":
            lacking = len(given.get("pictures", [])) < int(question.get("minPictures") or 0)
        else:
            lacking = bool(question.get("required")) and not given.get("answer")
        if lacking:
            found.append(str(question.get("question")))
    return found


def answer_set(template: JsonObject, answers: Mapping[str, Any]) -> JsonObject:
    """The answers in the shape of the wire format."""
    entries = [
        {
            "id": question.get("id"),
            "question": question.get("question", ""),
            "answerType": question.get("answerType", "text"),
            **answers.get(str(question.get("id")), {"answer": "", "pictures": []}),
        }
        for question in questions_that_are_on(template, answers)
    ]
    return {"meta": dict(template.get("meta") or {}), "answers": entries}


def surveys_page(session: Session, order: BookedOrder, case: Case, received: rules.Received) -> Markup:
    """The surveys of an order, and whether they are in."""
    rows = []
    for line in rules.lines_of(order):
        if not line.form:
            continue
        is_in = rules.survey_is_in(line, case, received)
        link = element("a", line.name, href=order_path(order.number, f"survey?service={quote(line.name)}"))
        words = "submitted" if is_in else "draft saved" if line.name in case.surveys else "not submitted"
        rows.append(element("li", link, element("span", f" — {words}", class_="muted")))
    what = element("ul", *rows, class_="services") if rows else muted("This order has no survey.")
    return order_frame(session, order, "surveys", card("Surveys", what))


def survey_page(
    session: Session, order: BookedOrder, case: Case, received: rules.Received, service: str, *, refused: str = ""
) -> Markup:
    """The form of one service. *Save* shows what the answers switch on; *Submit* wants everything required."""
    template, answers = template_of(order, service), case.surveys.get(service, {})
    closed = rules.why_not(order)
    if template is None:
        content: Markup = muted("There is no such survey.")
    elif closed or service in case.submitted_surveys:
        lines = (_answered(question, answers) for question in questions_that_are_on(template, answers))
        content = element("dl", *lines, id="answers")
    else:
        shown = [_question(question, answers, received) for question in questions_that_are_on(template, answers)]
        deeds = (
            button("Save", "save-survey", name="deed", value="save", class_="plain"),
            button("Submit survey", "submit-survey", name="deed", value="submit"),
        )
        hidden = element("input", type="hidden", name="service", value=service)
        content = form(session, order_path(order.number, "answer-survey"), hidden, *shown, *deeds, novalidate="")
    return order_frame(session, order, "surveys", card(service, content), refused=refused)


def _question(question: JsonObject, answers: Mapping[str, Any], received: rules.Received) -> Markup:
    question_id, kind = str(question.get("id")), question.get("answerType")
    given = answers.get(question_id, {})
    words = f"{question.get('question')}{' *' if question.get('required') else ''}"
    name, value = f"q-{question_id}", given.get("answer", "")
    if kind == "label":
        return muted(words)
    if kind == "picture":
        pictures = set(given.get("pictures", []))
        ticks = [
            tick(
                f"{flag_words(photo['task'], photo['evidence_type'])} {photo['file_name']}",
                f"p-{question_id}",
                photo["uuid"],
                checked=photo["uuid"] in pictures,
            )
            for photo in received.photos
        ]
        return element("fieldset", element("legend", words), *(ticks or [muted("No photo has arrived yet.")]))
    options = list(question.get("answerOptions") or CHOICES.get(str(kind), ()))
    if kind == "multiSelect":
        ticks = [tick(str(option), name, str(option), checked=option in value) for option in options]
        return element("fieldset", element("legend", words), *ticks)
    if options:
        chosen = [element("option", "", value="")]
        chosen += [element("option", str(one), value=str(one), selected=str(one) == value) for one in options]
        return element("label", words, element("select", *chosen, name=name, id=name))
    if kind == "textArea":
        return area(words, name, str(value))
    return field(words, name, str(value), INPUT.get(str(kind), "text"))


def _answered(question: JsonObject, answers: Mapping[str, Any]) -> Markup:
    given = answers.get(str(question.get("id")), {})
    answer, pictures = given.get("answer", ""), given.get("pictures", [])
    words = ", ".join(answer) if isinstance(answer, list) else str(answer)
    shown = f"{words} ({len(pictures)} photos)".strip() if pictures else words
    return element("div", element("dt", str(question.get("question"))), element("dd", shown or "—"))
