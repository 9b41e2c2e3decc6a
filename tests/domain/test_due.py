"""Due dates: how they are kept, and when they are past."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.domain.orders import due_text, past_due

ZONES = st.sampled_from(["America/Chicago", "America/Anchorage", "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"]).map(
    ZoneInfo
)
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
INSTANTS = st.integers(700_000_000, 3_700_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@pytest.mark.parametrize(
    ("due", "text"),
    [(None, ""), (date(2026, 12, 1), "2026-12-01"), (datetime(2026, 12, 1, 17, 0, tzinfo=UTC), "2026-12-01T17:00:00Z")],
)
def test_a_due_date_is_kept_as_a_day_or_as_an_instant(due, text):
    assert due_text(due) == text


@given(st.lists(INSTANTS, min_size=2, max_size=2), st.lists(DAYS, min_size=2, max_size=2))
def test_kept_due_dates_sort_by_time(instants, days):
    assert sorted(map(due_text, instants)) == [due_text(due) for due in sorted(instants)]
    assert sorted(map(due_text, days)) == [due_text(due) for due in sorted(days)]


@given(DAYS, ZONES)
def test_a_day_is_over_at_midnight_in_the_office_and_not_before(day, zone):
    last = datetime.combine(day, time(23, 59, 59), zone)
    first = datetime.combine(day + timedelta(days=1), time(), zone)
    assert not past_due(due_text(day), last)
    assert past_due(due_text(day), first)


def test_a_day_may_be_over_elsewhere_and_not_yet_in_the_office():
    now = datetime(2026, 12, 2, 3, 0, tzinfo=UTC)
    assert past_due("2026-12-01", now)
    assert not past_due("2026-12-01", now.astimezone(ZoneInfo("America/Chicago")))


@given(INSTANTS, ZONES)
def test_an_instant_is_over_just_after_it_in_every_office(due, zone):
    assert not past_due(due_text(due), due.astimezone(zone))
    assert past_due(due_text(due), (due + timedelta(seconds=1)).astimezone(zone))


def test_without_a_due_date_nothing_is_late():
    assert not past_due("", datetime(2099, 1, 1, tzinfo=UTC))
