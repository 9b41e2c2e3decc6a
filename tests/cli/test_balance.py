"""The balance of the two sides: any one dropped item, flipped byte, wrong flag or missing row turns it false, and is named."""

import hashlib
from typing import Any

import pytest
from sqlalchemy import text

from builders import order_json
from pruvan_desk.cli.demo import account
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.qa import move_items, publish_project, rotate_items
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Item
from sync.conftest import RunningEngine
from sync.desk import WHO, Desk, FieldCaller, small_jpeg

SURVEY = {"meta": {"surveyTemplateId": "FORM-1"}, "answers": [{"id": "a", "answer": "Yes", "pictures": []}]}
PHOTOS = 3


class SmallDay:
    """A real day with three photos and a survey: from a crew through gateway and relay to FAStrack."""

    def __init__(self, desk: Desk, sandbox: FastrackSandbox) -> None:
        self.desk, self.sandbox = desk, sandbox

    def run(self, fault: str = "", count: int = 1) -> dict[str, Any]:
        """Runs it, with a fault at FAStrack if asked. Answers the account of both sides."""
        desk, sandbox = self.desk, self.sandbox
        services = [{"serviceName": "Grass Cut"}, {"serviceName": "Form", "survey": "FORM-1"}]
        sandbox.control("orders", {"orders": [order_json("4711", services=services)]})
        integration_id = desk.integrate(sandbox, qa_in_field=True)
        crew = desk.crew()
        with RunningEngine(desk) as engine, FieldCaller(engine.gateway, crew) as caller:
            desk.imported(integration_id)
            if fault:
                sandbox.control("faults", {"call": "uploadPictures", "mode": fault, "count": count})
            for number in range(PHOTOS):
                caller.send(f"photo-{number}", small_jpeg(number))
            caller.send("survey", None, key4="Form", evidenceType="Survey", fileType="survey", survey=SURVEY)
            caller.call("status", workOrders=[{"workOrderNumber": "4711", "status": "Completed"}])
            desk.wait_for(published=PHOTOS + 1)
        return self.account()

    def account(self) -> dict[str, Any]:
        """What both sides say now."""
        return account(self.desk.database, self.sandbox)

    def tamper(self, *statements: str) -> None:
        """Changes the database behind Desk's back."""
        with self.desk.database.write() as writing:
            for statement in statements:
                writing.session.execute(text(statement))


@pytest.fixture
def small_day(desk: Desk, sandbox: FastrackSandbox) -> SmallDay:
    return SmallDay(desk, sandbox)


def test_a_good_day_balances(small_day: SmallDay) -> None:
    report = small_day.run()
    assert (report["balanced"], report["differences"]) == (True, [])
    assert report["fastrack"] == {
        "items": 4, "deliveries": 4, "by_flag": {"Form": {"survey": 1}, "Grass Cut": {"before": 3}}
    }  # fmt: skip


WORDS = {
    "drop": "was published, and is not at FAStrack",
    "flip": "has other bytes at FAStrack than were sent",
    "misflag": "is flagged",
}


@pytest.mark.parametrize(("fault", "words"), WORDS.items(), ids=WORDS)
def test_one_fault_turns_the_balance_false_and_names_the_item(small_day: SmallDay, fault: str, words: str) -> None:
    report = small_day.run(fault)
    assert report["accounting"]["published"] == PHOTOS + 1  # Desk cannot know
    assert report["balanced"] is False
    (difference,) = report["differences"]
    assert words in difference
    assert difference.split()[0] in {item.uuid for item in small_day.desk.all(Item)}


@pytest.mark.parametrize("fault", WORDS)
def test_every_item_is_looked_at_surveys_too(small_day: SmallDay, fault: str) -> None:
    report = small_day.run(fault, PHOTOS + 1)
    named = {difference.split()[0] for difference in report["differences"]}
    assert named == {"photo-0", "photo-1", "photo-2", "survey"}


TAMPERED = {
    "a row is deleted": (
        (
            "DELETE FROM relay_jobs WHERE item_id = (SELECT id FROM items WHERE uuid = 'photo-1')",
            "DELETE FROM item_edits WHERE item_id = (SELECT id FROM items WHERE uuid = 'photo-1')",
            "DELETE FROM items WHERE uuid = 'photo-1'",
        ),
        "photo-1 is at FAStrack, and Desk knows nothing of it",
    ),
    "another hash was recorded": (
        ("UPDATE items SET sent_sha256 = 'feed' WHERE uuid = 'photo-1'",),
        "photo-1 has other bytes at FAStrack than were sent",
    ),
    "no hash was recorded": (
        ("UPDATE items SET sent_sha256 = '' WHERE uuid = 'photo-1'",),
        "photo-1 is at FAStrack, and Desk has not recorded that it was sent",
    ),
    "another evidence type": (
        ("UPDATE items SET evidence_type = 'after' WHERE uuid = 'photo-1'",),
        "photo-1 is flagged",
    ),
    "another task": (("UPDATE items SET task = 'Lock Change' WHERE uuid = 'photo-1'",), "photo-1 is flagged"),
    "another uuid": (("UPDATE items SET uuid = 'nobody' WHERE uuid = 'photo-1'",), "nobody was published, and is not"),
    "an unknown state": (("UPDATE items SET state = 'lost' WHERE uuid = 'photo-1'",), "4 items received, 3 accounted for"),
}  # fmt: skip


@pytest.mark.parametrize(("statements", "words"), TAMPERED.values(), ids=TAMPERED)
def test_a_store_that_was_tampered_with_does_not_balance(
    small_day: SmallDay, statements: tuple[str, ...], words: str
) -> None:
    small_day.run()
    small_day.tamper(*statements)
    report = small_day.account()
    assert report["balanced"] is False
    assert [difference for difference in report["differences"] if words in difference]


def test_what_goes_again_balances_with_what_was_sent_last(small_day: SmallDay) -> None:
    small_day.run()
    desk = small_day.desk
    first, second, *_ = desk.ids(ItemState.PUBLISHED)
    rotate_items(desk.database, [first], 90, WHO)
    move_items(desk.database, [second], WHO, evidence_type="after")
    with RunningEngine(desk):
        desk.wait_for(published=PHOTOS + 1)
        desk.settle()
    report = small_day.account()
    assert (report["balanced"], report["differences"]) == (True, [])
    assert report["fastrack"]["deliveries"] == report["fastrack"]["items"] + 2


def test_what_is_not_sent_yet_is_no_difference(small_day: SmallDay) -> None:
    small_day.run()
    desk = small_day.desk
    waiting = desk.photo(desk.numbered("4711").id, ItemState.PASSED, small_jpeg(50), uuid="waiting")
    publish_project(desk.database, desk.numbered("4711").id, WHO)
    assert desk.get(Item, waiting).state == ItemState.QUEUED
    assert small_day.account()["balanced"] is True


def test_the_hash_recorded_as_sent_is_that_of_the_bytes_fastrack_keeps(small_day: SmallDay) -> None:
    small_day.run()
    for number in range(PHOTOS):
        sent = small_day.desk.item(f"photo-{number}").sent_sha256
        assert hashlib.sha256(small_day.sandbox.kept_file(sent).read_bytes()).hexdigest() == sent
