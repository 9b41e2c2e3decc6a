"""A program that is killed in the middle of a deed on a form: all of it is there afterwards, or nothing, and it can be done again."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.engine import Engine

from builders import Office, item_json, receive_item
from pruvan_desk.domain.surveys.answers import Place
from pruvan_desk.domain.surveys.moving import Move
from pruvan_desk.operations.survey_photos import move_survey_photo
from pruvan_desk.operations.survey_templates import import_template
from pruvan_desk.operations.surveys import discard_draft, reopen_survey, save_draft, send_back, submit_survey
from pruvan_desk.store.database import Database
from pruvan_desk.store.models import Base, SurveyTemplateRow, Task
from pruvan_desk.store.views.surveys import survey_sheet
from pruvan_desk.wire.items import read_item

FORM = {
    "meta": {"surveyTemplateId": "F", "version": "1", "name": "Inspection"},
    "questions": [
        {"id": "front", "answerType": "picture", "question": "Front?", "maxPictures": 2},
        {"id": "back", "answerType": "picture", "question": "Back?", "maxPictures": 2},
    ],
}
ANSWERS = {"answers": [{"id": "front", "answer": "", "pictures": ["one", "two"]}]}
TASK = 1


class KilledError(BaseException):
    """The program is gone: nobody handles that."""


def submit(database: Database) -> object:
    with database.read() as session:
        base = survey_sheet(session, TASK).base
    return submit_survey(database, TASK, ANSWERS, "ana", base=base)


def save(database: Database) -> object:
    with database.read() as session:
        sheet = survey_sheet(session, TASK)
    return save_draft(database, TASK, ANSWERS, "ana", version=sheet.version, base=sheet.base)


Deed = Callable[[Database], object]
DEEDS: dict[str, Deed] = {
    "save": save,
    "submit": submit,
    "reopen": lambda database: reopen_survey(database, TASK, "ana"),
    "send back": lambda database: send_back(database, TASK, "Whose house is it?", "ana"),
    "move": lambda database: move_survey_photo(database, TASK, Move("one", Place("front"), Place("back")), "ana"),
    "import": lambda database: import_template(
        database, 1, json.dumps(FORM | {"meta": {"surveyTemplateId": "G"}}).encode(), "ana"
    ),
    "discard": lambda database: discard_draft(database, TASK, "ana"),
}


@contextmanager
def killed_before_the_commit(number: int) -> Iterator[list[int]]:
    """Counts the commits that change something; that with this number, from 1, never comes about."""
    seen: list[int] = []

    def before_commit(connection: Connection) -> None:
        if not connection.get_execution_options().get("read_only"):
            seen.append(len(seen) + 1)
            if seen[-1] == number:
                raise KilledError

    event.listen(Engine, "commit", before_commit)
    try:
        yield seen
    finally:
        event.remove(Engine, "commit", before_commit)


def everything(database: Database) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with database.read() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all())) for table in Base.metadata.sorted_tables
        }


@pytest.fixture
def database(office: Office) -> Database:
    """A submitted form that waits for QA, and a second task whose form nobody knows."""
    project = office.project(office.integration(), tasks=("Inspection", "Other"))
    with office.database.write() as writing:
        row = SurveyTemplateRow(
            integration_id=1, template_id="F", version="1", name="Inspection", body=FORM, received_at=writing.now
        )
        writing.session.add(row)
    known, unknown = office.all(Task, project_id=project)
    assert known.id == TASK
    office.change(Task, known.id, survey_id="F", survey_template_id=row.id)
    office.change(Task, unknown.id, survey_id="G")
    payload = item_json("phone", key4="Inspection", fileType="survey", survey=ANSWERS, createdBy="crew7")
    receive_item(office.database, read_item(payload), None, "crew7")
    return office.database


@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_on_a_form_that_a_kill_interrupts_leaves_nothing_behind_and_can_be_done_again(
    database: Database, name: str
) -> None:
    if name == "discard":
        save(database)
    before = everything(database)
    with killed_before_the_commit(1), pytest.raises(KilledError):
        DEEDS[name](database)
    assert everything(database) == before
    with killed_before_the_commit(0) as commits:
        DEEDS[name](database)
    assert commits == [1]  # one transaction: there is no moment at which half of it is there
    assert everything(database) != before
