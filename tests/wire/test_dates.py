"""Dates as client systems write them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.domain.orders import due_text
from pruvan_desk.wire.dates import EARLIEST_SECONDS, read_date
from wire.strategies import any_json

OFFICE = ZoneInfo("America/Chicago")
ZONES = st.sampled_from(["America/Chicago", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "UTC"]).map(
    ZoneInfo
)
DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize("value", [None, "", "   "])
def test_nothing_sent_is_no_date(value):
    assert read_date(value, OFFICE) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        (" 2026-12-01 ", date(2026, 12, 1)),
        ("12/1/2026", date(2026, 12, 1)),
        ("1/2/2026 12:00:00 AM", date(2026, 1, 2)),
        ("2026-12-01T00:00:00", date(2026, 12, 1)),
        ("2026-12-01 1200 +5", datetime(2026, 12, 1, 7, 0, tzinfo=UTC)),
        ("2026-12-01 1200 -6", datetime(2026, 12, 1, 18, 0, tzinfo=UTC)),
        ("1/2/2026 3:30:00 PM", datetime(2026, 1, 2, 21, 30, tzinfo=UTC)),
        ("2026-12-01T12:00:00Z", datetime(2026, 12, 1, 12, 0, tzinfo=UTC)),
        ("2026-12-01T12:00:00+05:30", datetime(2026, 12, 1, 6, 30, tzinfo=UTC)),
        ("2026-12-01T12:00:00.250-0600", datetime(2026, 12, 1, 18, 0, 0, 250_000, tzinfo=UTC)),
        (1796126400, datetime(2026, 12, 1, 12, 0, tzinfo=UTC)),
        ("1796126400", datetime(2026, 12, 1, 12, 0, tzinfo=UTC)),
        (1796126400.0, datetime(2026, 12, 1, 12, 0, tzinfo=UTC)),
    ],
)
def test_every_form_seen_in_the_wild_is_read(written, meant):
    read = read_date(written, OFFICE)
    assert read == meant
    assert type(read) is type(meant)


def test_a_time_without_a_zone_is_the_offices_in_summer_and_in_winter():
    assert read_date("2026-07-01 08:00", OFFICE) == datetime(2026, 7, 1, 13, 0, tzinfo=UTC)
    assert read_date("2026-12-01 08:00", OFFICE) == datetime(2026, 12, 1, 14, 0, tzinfo=UTC)


@given(DAYS, ZONES)
def test_a_calendar_day_is_never_shifted_by_a_zone(day, zone):
    forms = (f"{day:%Y-%m-%d}", f"{day.month}/{day.day}/{day.year} 12:00:00 AM", f"{day:%m/%d/%Y}", f"{day}T00:00:00")
    assert [read_date(form, zone) for form in forms] == [day] * 4


@given(st.integers(EARLIEST_SECONDS, 4_000_000_000), ZONES, ZONES)
def test_an_instant_is_the_same_in_every_office(seconds, there, office):
    read = read_date(datetime.fromtimestamp(seconds, there).isoformat(), office)
    assert read == read_date(seconds, office) == datetime.fromtimestamp(seconds, UTC)
    assert read.utcoffset().total_seconds() == 0


@pytest.mark.parametrize(
    "value",
    [
        "soon", "2026-13-01", "2026-02-30", "13", "0", "5", True, "-5", "12:30", "Friday", "May", "1/2", "2026-12",
        "2026-12-01 2500 +5", "2026-12-01 1200 +99", "99999999999999999", "1e20", [], {}, [2026], "²",
    ],
)  # fmt: skip
def test_what_cannot_be_a_whole_date_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        read_date(value, OFFICE)


@pytest.mark.parametrize(
    "value", ["1/1/0001 12:00:00 AM", "0001-01-01", "0001-01-01T00:00:00+05:00", "0000-00-00 00:00:00"]
)
def test_the_empty_date_of_other_systems_is_no_date(value):
    with pytest.raises(ValueError, match="not a date"):
        read_date(value, OFFICE)


def test_an_instant_beyond_the_calendar_is_refused():
    with pytest.raises(ValueError, match="not a date"):
        read_date("9999-12-31T23:59:59-05:00", OFFICE)


@pytest.mark.parametrize(
    ("written", "hour"), [("2026-12-01 12:00 EST", 17), ("2026-07-01 12:00 CDT", 17), ("2026-12-01 12:00 PST", 20)]
)
def test_the_zones_of_the_united_states_are_known_by_name(written, hour):
    assert read_date(written, OFFICE).hour == hour


def test_a_zone_that_nobody_knows_is_refused_rather_than_guessed():
    with pytest.raises(ValueError, match="not a date"):
        read_date("2026-12-01 12:00 XQZ", OFFICE)


@given(any_json() | st.text(alphabet="0123456789-/:+TZ AMP.", max_size=25), ZONES)
def test_no_value_breaks_the_reader(value, zone):
    try:
        read = read_date(value, zone)
    except ValueError:
        return
    assert read is None or 1973 <= read.year <= 9999
    assert read is None or due_text(read)[:4] == f"{read.year}"
