"""Asking a crew for a photo again."""

import json

import pytest

from builders import item_json, receive_item
from pruvan_desk.core.errors import UsageError
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.retakes import Retake as Asked
from pruvan_desk.domain.retakes import with_retakes
from pruvan_desk.domain.statuses import ProjectStatus
from pruvan_desk.operations.qa import mark_items
from pruvan_desk.operations.serving import orders_for
from pruvan_desk.operations.trash import delete_items
from pruvan_desk.store.models import Project, RelayJob, Retake
from pruvan_desk.wire.items import read_item


@pytest.fixture
def project(office) -> int:
    return office.project(office.integration(), client_status="Open", instructions="Cut to 2 inches")


def served(office) -> dict:
    with office.database.read() as session:
        (order,) = json.loads(json.dumps(orders_for(session, "ana")))
    return order


def reject(database, *items: int, reason: str = "Blurred") -> None:
    mark_items(database, items, Decision.REJECT, "mary", reason, retake=True)


def test_the_field_reads_reason_task_and_evidence_type_above_the_instructions(office, database, project):
    reject(database, office.photo(project, evidence_type="after", file_name="0012.jpg"))
    order = served(office)
    assert order["status"] == "Rework"
    assert "Grass Cut, After: Blurred (0012.jpg)" in order["instructions"]
    assert order["instructions"].endswith("Cut to 2 inches")


def test_the_client_hears_that_the_project_is_in_rework_once(office, database, project):
    reject(database, office.photo(project))
    reject(database, office.photo(project))
    assert [job.status_word for job in office.all(RelayJob)] == ["Rework"]


def test_a_plain_rejection_asks_for_nothing(office, database, project):
    mark_items(database, [office.photo(project)], Decision.REJECT, "mary", "Blurred")
    assert office.all(Retake) == []
    assert served(office)["instructions"] == "Cut to 2 inches"
    assert office.get(Project, project).status == ProjectStatus.ASSIGNED


@pytest.mark.parametrize(
    "better", [lambda database, item: mark_items(database, [item], Decision.PASS, "mary"),
               lambda database, item: delete_items(database, [item], "mary")],
)  # fmt: skip
def test_thought_better_of_it_is_asked_no_more_and_the_last_takes_the_rework_back(office, database, project, better):
    one, other = office.photo(project), office.photo(project)
    reject(database, one, other)
    better(database, one)
    assert office.get(Project, project).status == ProjectStatus.REWORK
    better(database, other)
    assert office.get(Project, project).status == ProjectStatus.ASSIGNED
    assert served(office)["instructions"] == "Cut to 2 inches"


@pytest.mark.parametrize(("changes", "left"), [({}, 0), ({"key4": "Trim"}, 1), ({"evidenceType": "after"}, 1)])
def test_a_new_photo_of_that_task_and_evidence_type_answers_it(office, database, project, changes, left):
    reject(database, office.photo(project))
    given = {"key2": "AFS::4711", "key4": "Grass Cut", "evidenceType": "before"} | changes
    receive_item(database, read_item(item_json("new", **given)), office.keep(b"new"), "crew7")
    assert sum(row.answered_at is None for row in office.all(Retake)) == left
    assert ("RETAKE" in served(office)["instructions"]) == bool(left)


def test_a_closed_project_is_asked_nothing_and_the_rejection_does_not_happen_either(office, database):
    project = office.project(office.integration(), status=ProjectStatus.CLOSED)
    item = office.photo(project)
    with pytest.raises(UsageError, match="closed"):
        reject(database, item)
    assert office.all(Retake) == []


def test_in_html_instructions_what_the_office_wrote_is_no_html():
    words = with_retakes("<p>Cut</p>", [Asked("Grass Cut", "after", "<b>dark</b>")])
    assert "&lt;b&gt;dark&lt;/b&gt;" in words
    assert words.endswith("<p>Cut</p>")
