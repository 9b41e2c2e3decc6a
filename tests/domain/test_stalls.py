"""A queue in which nothing moves: noticed in time, and with the reason.

Holds to §3.8 of sync.md.
"""

from datetime import timedelta

import pytest

from fakes import NOON
from pruvan_desk.domain.stalls import Waiting, is_stalled, waits_for

LONG_AGO = NOON - timedelta(hours=2)


@pytest.mark.parametrize(
    ("queued", "oldest", "moved", "minutes", "stalled"),
    [
        (3, 20, 20, 15, True),
        (3, 20, 10, 15, False),
        (3, 10, 20, 15, False),
        (0, 20, 20, 15, False),
        (3, 20, 20, 0, False),
    ],
    ids=["nothing moved", "something moved", "it has just been queued", "nothing is queued", "switched off"],
)
def test_it_is_a_stall_when_nothing_moved_while_something_waited(queued, oldest, moved, minutes, stalled):
    waiting = Waiting(queued=queued, oldest=NOON - timedelta(minutes=oldest))
    assert is_stalled(waiting, NOON - timedelta(minutes=moved), NOON, minutes) is stalled


@pytest.mark.parametrize(
    ("waiting", "words"),
    [
        (Waiting(paused=True), "Sending is paused"),
        (Waiting(behind_paused=(("FAStrack", 12),)), "12 wait for FAStrack, which is paused"),
        (Waiting(offline=("FAStrack", "Other")), "FAStrack and Other cannot be reached"),
        (
            Waiting(retrying=1200, retry_at=NOON + timedelta(minutes=40)),
            "1,200 failed in passing and are tried again, the first in 40 min",
        ),
        (Waiting(fault="The disk is full."), "The disk is full."),
        (Waiting(), "Nothing explains it"),
    ],
)
def test_it_says_what_it_waits_for(waiting, words):
    assert words in waits_for(waiting, NOON)
