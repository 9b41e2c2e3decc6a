"""How many go out at once, and how fast: a receiver is given what it takes well, and the line no more than was allowed.

Holds to §3.5, §3.6 of sync.md.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.domain.bandwidth import TokenBucket
from pruvan_desk.domain.pace import Pace

SIZE = 1_000_000


def well(pace: Pace, count: int, seconds: float = 1.0, begin: float = 0.0) -> float:
    """``count`` sendings one after the other; answers when the last ended."""
    for _ in range(count):
        pace.went_well(begin, begin + seconds, SIZE)
        begin += seconds
    return begin


def test_it_starts_small_and_grows_by_one_for_each_that_goes_well():
    pace = Pace(ceiling=16)
    assert pace.at_once == 2
    well(pace, 4)
    assert pace.at_once == 6


def test_it_never_goes_over_the_ceiling_nor_below_one():
    pace = Pace(ceiling=3)
    well(pace, 50)
    assert pace.at_once == 3
    for second in range(50):
        pace.went_wrong(second, second + 1)
    assert pace.at_once == 1


def test_trouble_halves_it_and_the_way_back_is_slow():
    pace = Pace(ceiling=16)
    end = well(pace, 20)
    pace.went_wrong(end, end + 1)
    assert pace.at_once == 8
    well(pace, 8, begin=end + 1)
    assert pace.at_once in (8, 9)


def test_trouble_of_those_that_were_under_way_together_counts_once():
    pace = Pace(ceiling=16)
    end = well(pace, 20)
    for _ in range(8):
        pace.went_wrong(end, end + 1)
    assert pace.at_once == 8


def test_a_receiver_that_takes_longer_is_not_given_more_and_one_that_takes_far_longer_less():
    pace = Pace(ceiling=64)
    end = well(pace, 10, seconds=0.1)
    end = well(pace, 60, seconds=0.8, begin=end)
    grown = pace.at_once
    end = well(pace, 20, seconds=0.8, begin=end)
    assert pace.at_once <= grown + 1
    well(pace, 20, seconds=5.0, begin=end)
    assert pace.at_once < grown


def test_a_receiver_that_takes_each_within_milliseconds_is_given_all_that_may_be_at_once():
    pace = Pace(ceiling=8)
    end = well(pace, 2, seconds=0.004)
    well(pace, 20, seconds=0.032, begin=end)
    assert pace.at_once == 8


def test_small_items_behind_large_ones_are_not_taken_for_a_slow_receiver():
    pace = Pace(ceiling=8)
    end = well(pace, 6, seconds=0.28)
    for _ in range(30):
        pace.went_well(end, end + 0.2, 2_000)  # a survey, on a long way
        end += 0.2
    assert pace.at_once == 8


def test_large_items_are_not_taken_for_a_slow_receiver():
    pace = Pace(ceiling=8)
    end = well(pace, 5, seconds=0.1)
    for _ in range(10):
        pace.went_well(end, end + 1.0, SIZE * 10)
        end += 1.0
    assert pace.at_once == 8


def test_a_lowered_ceiling_holds_at_once():
    pace = Pace(ceiling=16)
    well(pace, 20)
    pace.ceiling = 4
    assert pace.at_once == 4


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0.001, 100), st.integers(0, 10**9)), max_size=200), st.integers(1, 64)
)
def test_whatever_happens_it_stays_between_one_and_the_ceiling(events, ceiling):
    pace, now = Pace(ceiling), 0.0
    for good, seconds, size in events:
        if good:
            pace.went_well(now, now + seconds, size)
        else:
            pace.went_wrong(now, now + seconds)
        now += seconds
        assert 1 <= pace.at_once <= ceiling


def test_without_a_limit_nothing_waits():
    bucket = TokenBucket()
    assert bucket.take(10**9, 0.0) == 0.0
    assert bucket.piece(1 << 18) == 1 << 18


def test_the_rate_is_kept_over_time():
    bucket, now = TokenBucket(rate=1000.0), 0.0
    for _ in range(100):
        now += bucket.take(500, now)
    assert now == pytest.approx(50.0, abs=0.5)


def test_what_was_not_used_is_saved_for_a_moment_only():
    bucket = TokenBucket(rate=1000.0)
    bucket.take(250, 0.0)
    assert bucket.take(1250, 100.0) == pytest.approx(1.0)


def test_a_limit_can_be_taken_away_and_set_again():
    bucket = TokenBucket(rate=1000.0)
    bucket.take(5000, 0.0)
    bucket.rate = 0.0
    assert bucket.take(5000, 1.0) == 0.0
    bucket.rate = 1000.0
    assert bucket.take(250, 2.0) == 0.0


@given(st.lists(st.tuples(st.integers(0, 5000), st.floats(0, 3)), min_size=1, max_size=60), st.integers(1, 10_000))
def test_no_window_lets_more_through_than_rate_and_burst(takes, rate):
    bucket, now, out = TokenBucket(rate=float(rate)), 0.0, 0
    for size, pause in takes:
        now += bucket.take(size, now)
        out += size
        assert out <= rate * now + rate * 0.25 + 1e-3 * rate
        now += pause
