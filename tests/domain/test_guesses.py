"""A guess names the nearest open order that ran when the photo was taken, and says why."""

from datetime import UTC, datetime

import pytest

from pruvan_desk.domain.certification import Position
from pruvan_desk.domain.guesses import OpenOrder, guess

HERE = Position(30.2672, -97.7431)
AT = datetime(2026, 6, 15, 12, tzinfo=UTC)


def north(metres: float) -> Position:
    return Position(HERE.latitude + metres / 111_195, HERE.longitude)


def order(
    project_id: int, metres: float = 0.0, start: str = "2026-06-10", due: str = "2026-06-20", *tasks: str
) -> OpenOrder:
    return OpenOrder(project_id, f"AFS::{project_id}", north(metres), start, due, tasks)


def guessed(*orders: OpenOrder, at: datetime | None = AT, task: str = "") -> int | None:
    found = guess(HERE, at, task, orders, UTC)
    return found.project_id if found else None


def test_the_nearest_property_is_guessed_and_why():
    found = guess(HERE, AT, "", [order(1, 400), order(2, 38)], UTC)
    assert found is not None
    assert (found.key, found.words) == ("AFS::2", "its property is 38 m away, taken while the order ran")


@pytest.mark.parametrize(("metres", "found"), [(499, 1), (501, None)])
def test_a_property_too_far_away_is_none(metres, found):
    assert guessed(order(1, metres)) == found


@pytest.mark.parametrize(
    ("start", "due", "found"),
    [
        ("2026-06-15", "2026-06-15", 1),
        ("2026-06-16", "", None),
        ("", "2026-06-14", None),
        ("", "", 1),
        ("2026-06-15T11:59:00Z", "2026-06-15T12:01:00Z", 1),
        ("2026-06-15T12:01:00Z", "", None),
    ],
)
def test_an_order_that_did_not_run_then_is_none(start, due, found):
    assert guessed(order(1, 0, start, due)) == found


def test_without_a_time_the_place_alone_is_guessed_by_and_that_is_said():
    found = guess(HERE, None, "", [order(1)], UTC)
    assert found is not None
    assert found.words == "its property is 0 m away, when it was taken is not known"


def test_of_several_orders_at_one_property_that_with_the_task_comes_first_then_the_one_due_first():
    orders = (
        order(1, 10, "", "2026-06-20", "Grass Cut"),
        order(2, 0, "", "2026-06-30", "Lock Change"),
        order(3, 200, "", "2026-06-16"),
    )
    assert guessed(*orders) == 1
    assert guessed(*orders, task="lock_change") == 2
    found = guess(HERE, AT, "", orders, UTC)
    assert found is not None
    assert found.words.endswith("the likeliest of 2 open orders there")


def test_the_task_is_called_as_the_order_calls_it():
    tasks = [guess(HERE, AT, task, [order(1, 0, "", "", *names)], UTC) for task, names in (
        ("grass_cut", ("Grass Cut", "Lock Change")), ("Roof", ("Grass Cut",)), ("", ("Grass Cut",)), ("", ("a", "b")),
    )]  # fmt: skip
    assert [found.task if found else None for found in tasks] == ["Grass Cut", "", "Grass Cut", ""]
