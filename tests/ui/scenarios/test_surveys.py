"""A form of every answer type: filled in and submitted in the window, and held by FAStrack exactly so; then mended by one photo."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from pruvan_desk.domain.surveys.form import AnswerType
from sync.desk import FieldCaller, small_jpeg
from ui.scenarios.conftest import Town, kept
from ui.scenarios.person import CTRL, Deed, Person

TYPED = {
    "text": "Ana & Ben", "number": "14.5", "currency": "1,250.00", "date": "2026-11-25", "time": "14:30", "phone": "(512) 555-0142",
    "email": "ana@example.com", "signature": "Ana Ruiz", "barcode": "00123",
}  # fmt: skip
REMARK = "Fence is down.\nÄtna <b>says</b> so."


def question(kind: str, **more: Any) -> dict[str, Any]:
    return {"id": kind, "answerType": kind, "question": f"Which {kind}?", **more}


ROOM = question("text", id="room", question="Which room?", required=True)
FORM = {
    "meta": {"surveyTemplateId": "EVERY-TYPE", "version": "7", "name": "Every Type"},
    "questions": [
        question("label"),
        question("yesNo", required=True, triggers=[{"answer": "No", "enables": ["yesNoNA"]}]),
        question("yesNoNA", required=True, triggers=[{"answer": "N/A", "enables": ["textArea"]}]),
        question("textArea", required=True, strange={"kept": [1, 2]}),
        *(question(kind, required=True) for kind in TYPED),
        question("select", answerOptions=["Good", "Poor"]),
        question("multiSelect", answerOptions=["Pool", "Mold", "Debris"]),
        question("picture", minPictures=1, maxPictures=2),
        question("picture", id="other", question="Which other?", maxPictures=1),
        {"type": "section", "id": "rooms", "name": "Rooms", "repeat": True, "questions": [ROOM]},
    ],
}
ORDER = {
    "workOrderNumber": "88123", "address1": "12 Elm St", "city": "Round Rock", "state": "TX", "zip": "78664", "assignedTo": "~all~",
    "services": [{"serviceName": "Form", "surveyDynamic": FORM}],
}  # fmt: skip


def fills_in(mary: Person) -> Deed:
    """Every answer, the way it is given with mouse and keys."""
    yield from mary.clicks("Which yesNo? No")
    yield from mary.clicks("Which yesNoNA? N/A")
    yield from mary.writes("Which textArea?", REMARK)
    for kind, words in TYPED.items():
        yield from mary.fills(**{f"Which_{kind}?": words})
    yield from mary.chooses("Which select?", "Poor")
    yield from mary.clicks("Which multiSelect? Pool")
    yield from mary.clicks("Which multiSelect? Debris")
    yield from mary.clicks("Choose photos for Which picture?")
    yield from mary.clicks_item("Photos of the project", "front.jpg")
    yield from mary.clicks_item("Photos of the project", "back.jpg")
    yield from mary.clicks("OK")
    yield from mary.fills(**{"Which_room?": "Hall"})
    yield from mary.clicks("Add another: Rooms")
    yield from mary.types("Bath")


def test_a_form_of_every_answer_type_reaches_fastrack_exactly_as_it_was_filled_in(town: Town) -> None:
    town.connect(qa_in_field=True)
    town.fastrack.control("orders", {"orders": [ORDER]})
    crew = town.hire()

    def held() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = town.fastrack.control("surveys")
        return found

    def day(mary: Person) -> Deed:
        yield from mary.sees_row("Projects", "AFS::88123")
        gateway = yield from mary.until("the gateway", town.gateway)
        with FieldCaller(gateway, crew) as phone:
            for number, uuid in enumerate(("front", "back")):
                phone.send(
                    uuid, small_jpeg(number), f"{uuid}.jpg", key2="AFS::88123", key4="Form", fileName=f"{uuid}.jpg"
                )
        yield from mary.goes_to("Surveys")
        yield from mary.clicks_row("Survey tasks", "AFS::88123")
        yield from mary.sees("0 of ")
        yield from mary.presses(Qt.Key.Key_Return, CTRL)
        yield from mary.sees("things keep this form from being submitted")
        yield from fills_in(mary)
        yield from mary.no_longer_sees("keep this form from being submitted")
        yield from mary.clicks("Submit…")
        yield from mary.sees("Submitted by")
        yield from mary.until("the answers at FAStrack", held)
        answers.append(held()[0])

        yield from mary.clicks("Move: back.jpg, Form, Before")
        yield from mary.clicks_in_menu("Which other?")
        yield from mary.until("the next revision at FAStrack", lambda: held() != answers)
        answers.append(held()[0])

    answers: list[dict[str, Any]] = []
    town.perform(day)
    first, second = (each["answers"]["answers"] for each in answers)
    said = [(entry["id"], entry["answer"], entry["pictures"]) for entry in first]
    assert said == [
        ("yesNo", "No", []), ("yesNoNA", "N/A", []), ("textArea", REMARK, []), *((kind, TYPED[kind], []) for kind in TYPED),
        ("select", "Poor", []), ("multiSelect", ["Pool", "Debris"], []), ("picture", "", ["front", "back"]), ("other", "", []),
        ("room", "Hall", []), ("room", "Bath", []),
    ]  # fmt: skip
    assert {entry["answerType"] for entry in first} | {"label"} == {kind.value for kind in AnswerType} | {"barcode"}
    assert [entry.get("repetition") for entry in first[-2:]] == [1, 2]
    assert answers[0]["answers"]["meta"] == FORM["meta"]
    assert answers[0]["template"] == "AFS::EVERY-TYPE"
    moved = {"picture": ["front"], "other": ["back"]}
    assert second == [entry | {"pictures": moved.get(entry["id"], entry["pictures"])} for entry in first]
    assert answers[0]["uuid"] == answers[1]["uuid"]


SHORT = {
    "meta": {"surveyTemplateId": "SHORT", "version": "1", "name": "Short"},
    "questions": [question("text", required=True), question("number", required=True)],
}


def opens_form(mary: Person) -> Deed:
    yield from mary.sees_row("Projects", "AFS::88123")
    yield from mary.goes_to("Surveys")
    yield from mary.clicks_row("Survey tasks", "AFS::88123")
    yield from mary.sees("0 of 2")


def fills_in_half(mary: Person, data: Path) -> Deed:
    """Half a form, as far as it can be seen that it is kept."""
    yield from opens_form(mary)
    yield from mary.fills(**{"Which_text?": "Ana & Ben"})
    yield from mary.sees_row("Survey tasks", "AFS::88123", "Draft")
    yield from mary.until("what the window remembers to be written", lambda: "page=surveys" in kept(data))


def submits(mary: Person, data: Path) -> Deed:
    """A whole form, which is on its way."""
    yield from opens_form(mary)
    yield from mary.fills(**{"Which_text?": "Ana & Ben", "Which_number?": "14"})
    yield from mary.clicks("Submit…")
    yield from mary.sees("Submitted by")
    yield from mary.sees("Relaying 1 of 1")
    yield from mary.until("what the window remembers to be written", lambda: "page=surveys" in kept(data))


def given(town: Town) -> list[list[str]]:
    """The answers of each survey that FAStrack holds."""
    return [[entry["answer"] for entry in each["answers"]["answers"]] for each in town.fastrack.control("surveys")]


@pytest.fixture
def short(town: Town) -> Town:
    """An order with a short form."""
    town.connect(qa_in_field=True)
    town.fastrack.control(
        "orders", {"orders": [ORDER | {"services": [{"serviceName": "Form", "surveyDynamic": SHORT}]}]}
    )
    return town


def test_what_was_typed_is_there_after_a_kill_and_is_submitted_while_the_server_is_away(short: Town) -> None:
    short.is_killed("fills_in_half")

    def evening(mary: Person) -> Deed:
        yield from mary.sees("1 of 2")
        assert (yield from mary.field("Which text?")) == "Ana & Ben"
        short.fastrack.stop()
        yield from mary.fills(**{"Which_number?": "14"})
        yield from mary.sees("2 of 2")
        yield from mary.clicks("Submit…")
        yield from mary.sees("Submitted by")
        yield from mary.sees("1 queued")
        short.fastrack.start()
        yield from mary.until("the answers at FAStrack", lambda: given(short))

    short.perform(evening)
    assert given(short) == [["Ana & Ben", "14"]]


def test_a_form_that_was_on_its_way_when_all_was_killed_reaches_fastrack_once(short: Town) -> None:
    short.fastrack.control("faults", {"call": "uploadPictures", "mode": "slow", "count": 1, "seconds": 60})
    short.is_killed("submits")

    def evening(mary: Person) -> Deed:
        yield from mary.sees("Submitted by")
        yield from mary.until("the answers at FAStrack", lambda: given(short))

    short.perform(evening)
    assert given(short) == [["Ana & Ben", "14"]]
