"""What the measures of a photo, its place and its time hint at."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.domain.certification import Position, metres_between
from pruvan_desk.domain.hints import Circumstances, Hint, Measures, Surroundings, pixel_hints

GOOD = Measures(sharpness=0.6, brightest=220.0, middle=110.0, clipped=0.02, flat=0.03, moire=2.5)
CHICAGO = ZoneInfo("America/Chicago")
HOUSE = Position(30.5083, -97.6789)
NOON = datetime(2026, 6, 15, 17, 0, tzinfo=UTC)


def hints(camera="Acme", **changes):
    return set(pixel_hints(replace(GOOD, **changes), camera=camera))


def test_a_good_photo_has_no_hints():
    assert hints() == set()


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"sharpness": 0.2}, Hint.BLURRED),
        ({"brightest": 60.0, "middle": 20.0}, Hint.DARK),
        ({"clipped": 0.7}, Hint.OVEREXPOSED),
        ({"clipped": 0.3, "middle": 220.0}, Hint.OVEREXPOSED),
        ({"moire": 6.0}, Hint.SCREEN),
    ],
)
def test_each_fault_has_its_hint(changes, hint):
    assert hints(**changes) == {hint}


def test_a_few_bright_spots_do_not_make_a_photo_of_middling_light_overexposed():
    assert hints(clipped=0.3) == set()


def test_a_photo_without_edges_is_not_called_blurred():
    assert hints(sharpness=None) == set()


def test_a_night_photo_with_a_lit_subject_is_not_called_dark():
    assert hints(brightest=180.0, middle=12.0) == set()


def test_flat_colours_are_a_screenshot_only_where_no_camera_is_named():
    assert hints(camera="", flat=0.7) == {Hint.SCREEN}
    assert hints(flat=0.7) == set()


def around(**values):
    return Surroundings(Circumstances(**{"place": HOUSE, "start": "", "due": ""} | values), CHICAGO)


@given(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02))
def test_far_is_what_is_more_than_500_metres_from_the_property(north, east):
    taken = Position(HOUSE.latitude + north, HOUSE.longitude + east)
    assert (Hint.FAR in around().hints(None, taken.latitude, taken.longitude)) == (metres_between(taken, HOUSE) > 500)


def test_far_needs_both_places_and_names_the_distance():
    taken = Position(HOUSE.latitude + 0.01, HOUSE.longitude)
    assert around(place=None).hints(None, taken.latitude, taken.longitude) == ()
    assert around().hints(None, None, None) == ()
    assert around().words(Hint.FAR, None, taken) == "Taken 1.1 km from the property"


@pytest.mark.parametrize(
    ("taken_at", "outside"),
    [
        (datetime(2026, 6, 9, 23, 59, tzinfo=CHICAGO), True),
        (datetime(2026, 6, 10, 0, 0, tzinfo=CHICAGO), False),
        (datetime(2026, 6, 20, 23, 59, tzinfo=CHICAGO), False),
        (datetime(2026, 6, 21, 0, 0, tzinfo=CHICAGO), True),
    ],
)
def test_the_dates_are_whole_days_of_the_offices_zone(taken_at, outside):
    window = around(start="2026-06-10", due="2026-06-20")
    assert (Hint.DATES in window.hints(taken_at.astimezone(UTC), None, None)) is outside


def test_without_dates_no_time_is_outside_of_them():
    assert around().hints(NOON - timedelta(days=4000), None, None) == ()
    assert around(start="2026-06-10").hints(None, None, None) == ()


def test_an_instant_as_due_date_ends_at_that_instant():
    window = around(due="2026-06-15T17:00:00Z")
    assert window.hints(NOON - timedelta(seconds=1), None, None) == ()
    assert window.hints(NOON, None, None) == (Hint.DATES,)


def test_the_words_say_how_long_before_or_after():
    window = around(start="2026-06-10", due="2026-06-20")
    early = datetime(2026, 6, 7, 12, tzinfo=CHICAGO)
    late = datetime(2026, 6, 21, 1, tzinfo=CHICAGO)
    assert window.words(Hint.DATES, early, None) == "Taken 3 days before the order starts (2026-06-10)"
    assert window.words(Hint.DATES, late, None) == "Taken 1 day after the order was due (2026-06-20)"
