"""What goes wrong on a usual day, and how somebody gets out of it: a changed password, a server that is away, a crash."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from ui.scenarios.conftest import Town, kept
from ui.scenarios.person import CTRL, Deed, Person


@pytest.mark.logs("refresh failed")
def test_a_changed_password_is_mended_in_the_edit_window(town: Town) -> None:
    town.connect(qa_in_field=True)
    town.order("88123")
    crew = town.hire()

    def day(mary: Person) -> Deed:
        yield from mary.sees_row("Projects", "AFS::88123")
        town.fastrack.control("credentials", {"password": "spring-2027"})
        town.order("88124")
        yield from mary.presses(Qt.Key.Key_F5)
        yield from mary.sees("The login was refused")
        work = town.crew_works(town.gateway(), crew)
        yield from mary.until("the crew to finish", work.done)
        assert town.flags() == {}, "nothing is sent while the integration is paused"

        yield from mary.clicks("Edit credentials")
        yield from mary.fills(Password="wrong-again")
        yield from mary.clicks("Validate")
        yield from mary.sees("Check user name, password and token")
        yield from mary.fills(Password="spring-2027")
        yield from mary.clicks("Validate")
        yield from mary.sees("The server accepts these credentials.")
        yield from mary.clicks("Save")

        yield from mary.no_longer_sees("The login was refused")
        yield from mary.until("the photos at FAStrack", lambda: sum(town.flags().values()) == work.result())
        yield from mary.presses(Qt.Key.Key_F5)
        yield from mary.goes_to("Projects")
        yield from mary.sees_row("Projects", "AFS::88124")

    town.perform(day)


@pytest.mark.logs("refresh failed")
def test_a_server_that_goes_away_is_waited_for(town: Town) -> None:
    town.connect(qa_in_field=False)
    town.order("88123")
    crew = town.hire()

    def day(mary: Person) -> Deed:
        yield from mary.sees_row("Projects", "AFS::88123")
        work = town.crew_works(town.gateway(), crew)
        yield from mary.clicks_row("Projects", "AFS::88123")
        yield from mary.clicks("QA photos")
        yield from mary.sees_tiles(3, "Pending")
        yield from mary.until("the crew to finish", work.done)

        town.fastrack.stop()
        yield from mary.clicks_tile(0)
        yield from mary.presses(Qt.Key.Key_A, CTRL)
        yield from mary.presses(Qt.Key.Key_P)
        yield from mary.sees_tiles(3, "Passed")
        yield from mary.presses(Qt.Key.Key_Return, CTRL)
        yield from mary.clicks("Publish 3")
        yield from mary.sees_tiles(0, "Passed")
        yield from mary.sees("3 queued")

        town.fastrack.start()
        yield from mary.sees_tiles(3, "Published")

    town.perform(day)
    assert town.flags() == {("Grass Cut", kind): 1 for kind in ("before", "during", "after")}


def checks_half(mary: Person, data: Path) -> Deed:
    """The first half of a day that ends with a kill: one photo on its way, one rejected, and only the rejected shown."""
    yield from mary.sees_row("Projects", "AFS::88123")
    yield from mary.clicks_row("Projects", "AFS::88123")
    yield from mary.clicks("QA photos")
    yield from mary.sees_tiles(3, "Pending")
    yield from mary.clicks_tile(0)
    yield from mary.presses(Qt.Key.Key_P)
    yield from mary.sees_tiles(1, "Passed")
    yield from mary.presses(Qt.Key.Key_Return, CTRL)
    yield from mary.clicks("Publish 1")
    yield from mary.sees_tiles(1, "Relaying")
    yield from mary.clicks_tile(2)
    yield from mary.presses(Qt.Key.Key_X)
    yield from mary.fills(Reason="Too dark")
    yield from mary.clicks("Reject")
    yield from mary.sees_tiles(1, "Rejected")
    yield from mary.clicks("Rejected 1")
    yield from mary.sees_tiles(0, "Pending")
    yield from mary.until("what the window remembers to be written", lambda: "rejected" in kept(data))


def test_a_kill_in_the_middle_loses_nothing_and_the_same_screen_comes_back(town: Town) -> None:
    town.connect(qa_in_field=False)
    town.order("88123")
    crew = town.hire()

    def morning(mary: Person) -> Deed:
        yield from mary.sees_row("Projects", "AFS::88123")
        work = town.crew_works(town.gateway(), crew)
        yield from mary.until("the crew to finish", work.done)

    town.perform(morning)
    town.fastrack.control("faults", {"call": "uploadPictures", "mode": "slow", "count": 1, "seconds": 60})
    town.is_killed("checks_half")

    def evening(mary: Person) -> Deed:
        yield from mary.sees_tiles(1, "After", "Rejected")
        yield from mary.sees_tiles(0, "Pending")
        yield from mary.clicks("All 3")
        yield from mary.sees_tiles(1, "Before", "Published")
        yield from mary.sees_tiles(1, "During", "Pending")

    town.perform(evening)
    assert town.flags() == {("Grass Cut", "before"): 1}
