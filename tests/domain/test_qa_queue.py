"""In which order projects are checked, and how fast."""

from datetime import timedelta

import pytest

from fakes import NOON
from pruvan_desk.domain.qa_queue import QueueEntry, QueueOrder, in_order, pace


def entry(project_id: int, age: int, due: str = "", *, rush: bool = False) -> QueueEntry:
    return QueueEntry(project_id, f"AFS::{project_id}", 3, NOON - timedelta(hours=age), due, rush)


ENTRIES = [entry(1, 1, "2026-06-20"), entry(2, 9), entry(3, 5, "2026-06-16T12:00:00+00:00"), entry(4, 2, rush=True)]


@pytest.mark.parametrize(("order", "ids"), [(QueueOrder.OLDEST, [2, 3, 4, 1]), (QueueOrder.URGENT, [4, 3, 1, 2])])
def test_oldest_first_or_rush_then_due_then_age(order, ids):
    assert [each.project_id for each in in_order(ENTRIES, order)] == ids


def test_what_was_skipped_comes_last_in_the_order_it_was_skipped():
    assert [each.project_id for each in in_order(ENTRIES, QueueOrder.OLDEST, [3, 2])] == [4, 1, 3, 2]


def test_the_pace_is_that_of_the_last_minutes():
    decided = [(0.0, 500), (1000.0, 10), (1030.0, 20)]
    assert pace(decided, 1060.0) == 30.0


@pytest.mark.parametrize("decided", [[], [(100.0, 5)]])
def test_nothing_is_said_about_a_pace_that_is_not_known_yet(decided):
    assert pace(decided, 105.0) == 0.0
