"""From an empty window to photos at the client and a closed project, with mouse and keys only."""

import hashlib

from PySide6.QtCore import Qt

from pruvan_desk.wire.credentials import Credentials
from ui.scenarios.conftest import Town
from ui.scenarios.person import CTRL, Deed, Person

SHIFT = Qt.KeyboardModifier.ShiftModifier


def connects(mary: Person, town: Town, *, qa_in_field: bool) -> Deed:
    """The first start: Desk has nothing, and says what to do."""
    login = town.fastrack.credentials
    yield from mary.clicks("Connect FAStrack")
    yield from mary.clicks("New integration…")
    yield from mary.fills(
        Name="FAStrack", Code="AFS", Service_URL=town.fastrack.url, Extension="json", User_name=login.username,
        Password=login.password, Security_token=login.token,
    )  # fmt: skip
    if not qa_in_field:
        yield from mary.clicks("QA in Field")
    yield from mary.clicks("Validate")
    yield from mary.sees("The server accepts these credentials.")
    yield from mary.clicks("Save")
    yield from mary.sees_row("Integrations", "FAStrack", "AFS", "Yes" if qa_in_field else "No, in Office")


def hires(mary: Person) -> Deed:
    """A crew is added; answers the gateway's address and the login for its phone, both read from the screen."""
    yield from mary.clicks("Add crew…")
    yield from mary.fills(Name="Crew 7", User_name="crew7")
    yield from mary.clicks("Add")
    token = yield from mary.field("Token")
    yield from mary.clicks("Close")
    gateway = yield from mary.reads("Field gateway for phones: ")
    return gateway, Credentials("crew7", "", token)


def test_qa_in_office_from_order_to_closed_project(town: Town) -> None:
    town.order("88123", "Grass Cut")

    def day(mary: Person) -> Deed:
        yield from connects(mary, town, qa_in_field=False)
        gateway, crew = yield from hires(mary)

        yield from mary.goes_to("Projects")
        yield from mary.sees_row("Projects", "AFS::88123", "12 Elm St")
        town.order("88124", "Lock Change")
        yield from mary.presses(Qt.Key.Key_F5)
        yield from mary.sees_row("Projects", "AFS::88124")

        yield from mary.clicks_row("Projects", "AFS::88123")
        yield from mary.clicks("QA photos")
        yield from mary.sees("No photos yet")
        work = town.crew_works(gateway, crew)
        yield from mary.sees_tiles(3, "Grass Cut", "Pending")
        yield from mary.until("the crew to finish", work.done)
        assert work.result() == 6

        yield from mary.clicks_tile(0)
        yield from mary.presses(Qt.Key.Key_P)
        yield from mary.sees_tiles(1, "Before", "Passed")
        yield from mary.clicks_tile(1)
        yield from mary.presses(Qt.Key.Key_X)
        yield from mary.fills(Reason="Does not show the work")
        yield from mary.clicks("Reject")
        yield from mary.sees_tiles(1, "During", "Rejected")
        yield from mary.clicks_tile(2)
        yield from mary.presses(Qt.Key.Key_Period, CTRL)
        yield from mary.presses(Qt.Key.Key_P)
        yield from mary.sees_tiles(1, "After", "Passed")
        yield from mary.presses(Qt.Key.Key_Return, CTRL)
        yield from mary.clicks("Publish 2")
        yield from mary.sees_tiles(2, "Published")

        town.fastrack.control("orders/88123/close", {"listed": True})
        yield from mary.presses(Qt.Key.Key_F5)
        yield from mary.goes_to("Projects")
        yield from mary.sees_row("Projects", "AFS::88123", "Closed")

    town.perform(day)
    assert town.flags() == {("Grass Cut", "before"): 1, ("Grass Cut", "after"): 1}
    before, after = sorted(town.fastrack.control("items"), key=lambda item: item["evidence_type"] != "before")
    assert before["sha256"] in originals(town), "what was not turned goes as it is"
    assert after["sha256"] not in originals(town), "what was turned goes as a copy that says so"


def test_qa_in_field_needs_nobody(town: Town) -> None:
    town.order("88123", "Grass Cut")

    def day(mary: Person) -> Deed:
        yield from connects(mary, town, qa_in_field=True)
        gateway, crew = yield from hires(mary)
        yield from mary.goes_to("Projects")
        yield from mary.sees_row("Projects", "AFS::88123")
        work = town.crew_works(gateway, crew)
        yield from mary.until("the photos at FAStrack", lambda: sum(town.flags().values()) == 3)
        assert work.result() == 3
        town.fastrack.control("orders/88123/close", {"listed": True})
        yield from mary.presses(Qt.Key.Key_F5)
        yield from mary.sees_row("Projects", "AFS::88123", "Closed")

    town.perform(day)
    assert town.flags() == {("Grass Cut", kind): 1 for kind in ("before", "during", "after")}
    assert {item["deliveries"] for item in town.fastrack.control("items")} == {1}


def originals(town: Town) -> set[str]:
    """The SHA-256 of every original that Desk keeps."""
    files = [path for path in town.folder.photos.rglob("*") if path.is_file()]
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
