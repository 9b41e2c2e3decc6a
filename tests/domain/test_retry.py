"""When a failed sending is tried again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.domain.retry import retry_delay

ATTEMPTS = st.integers(1, 10_000)
CHANCES = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 25), (2, 50), (3, 100), (4, 200), (8, 3200), (9, 3600), (50, 3600)]
)
def test_the_wait_doubles_from_25_seconds_to_an_hour(attempt, seconds):
    assert retry_delay(attempt, 0.5) == seconds


@given(ATTEMPTS, CHANCES)
def test_the_wait_is_spread_by_a_quarter_and_never_over_an_hour(attempt, chance):
    middle = retry_delay(attempt, 0.5)
    assert 0.75 * middle <= retry_delay(attempt, chance) <= min(3600, 1.25 * middle)


def test_chance_makes_it_a_quarter_less_or_more():
    assert retry_delay(2, 0.0) == 37.5
    assert retry_delay(2, 0.999999) == pytest.approx(62.5, abs=0.001)


@given(ATTEMPTS, CHANCES)
def test_a_later_attempt_never_waits_less(attempt, chance):
    assert retry_delay(attempt, chance) <= retry_delay(attempt + 1, chance)


@given(ATTEMPTS, CHANCES, st.floats(0, 10**9))
def test_the_servers_wish_is_obeyed_up_to_an_hour_and_never_shortens(attempt, chance, wish):
    wait = retry_delay(attempt, chance, wish)
    assert wait >= min(3600, wish)
    assert wait >= retry_delay(attempt, chance)
    assert wait <= 3600


@given(ATTEMPTS, CHANCES, st.floats(0.01, 60))
def test_the_first_wait_is_a_setting(attempt, chance, first):
    assert retry_delay(1, 0.5, first=first) == first
    assert retry_delay(attempt, chance, first=first) <= 3600
