"""Positions laid out flat: metres around the property, also at the date line, also for nonsense."""

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import NOON
from pruvan_desk.domain.certification import Position, metres_between
from pruvan_desk.domain.positions import (
    LEAST_METRES,
    Spot,
    around,
    at_edge,
    fitted,
    flat,
    is_near,
    is_possible,
    middle,
    paths,
    round_down,
)

HOUSE = Position(30.2672, -97.7431)
HOUSES = st.builds(Position, st.floats(-70, 70), st.floats(-180, 180))
NEARBY = st.tuples(st.floats(-0.01, 0.01), st.floats(-0.01, 0.01))


def spot(number: int, who: str = "crew7", minutes: int = 0) -> Spot:
    return Spot(number, HOUSE, None, NOON + timedelta(minutes=minutes), who)


@given(HOUSES, NEARBY)
def test_the_plane_keeps_distances_around_a_house_anywhere(house: Position, off: tuple[float, float]) -> None:
    other = Position(house.latitude + off[0], (house.longitude + off[1] + 180) % 360 - 180)
    assert math.hypot(*flat(house, other)) == pytest.approx(metres_between(house, other), rel=0.01, abs=0.5)


def test_east_is_right_and_north_is_up() -> None:
    east, north = flat(HOUSE, Position(HOUSE.latitude + 0.001, HOUSE.longitude + 0.002))
    assert (east > 0, north > 0) == (True, True)


def test_across_the_date_line_it_is_a_few_steps() -> None:
    east, north = flat(Position(-18.0, 179.9999), Position(-18.0, -179.9999))
    assert (east, north) == (pytest.approx(21.15, abs=0.1), 0)
    assert middle([Position(-18.0, 179.9999), Position(-18.0, -179.9999)]).longitude == pytest.approx(-180, abs=1e-6)


@pytest.mark.parametrize(
    ("latitude", "longitude", "possible"),
    [(30.0, -97.0, True), (0.0, 12.0, True), (0.0, 0.0, False), (91.0, 0.0, False), (-90.0, 180.0, True), (0.0, 181.0, False),
     (math.nan, 1.0, False), (math.inf, 1.0, False), (None, 1.0, False), (1.0, None, False)],
)  # fmt: skip
def test_nonsense_is_no_position(latitude: float | None, longitude: float | None, possible: bool) -> None:
    assert is_possible(latitude, longitude) is possible


def test_of_one_photo_and_no_property_the_photo_is_in_the_middle() -> None:
    frame = fitted(None, [HOUSE])
    assert frame is not None
    assert (frame.centre, frame.reach) == (HOUSE, LEAST_METRES)


def test_of_nothing_there_is_nothing_to_show() -> None:
    assert fitted(None, []) is None


def test_a_stray_photo_does_not_shrink_the_others() -> None:
    near, stray = Position(HOUSE.latitude + 0.0005, HOUSE.longitude), Position(HOUSE.latitude + 1, HOUSE.longitude)
    frame = fitted(HOUSE, [near, stray])
    assert frame is not None
    assert frame.reach == pytest.approx(55.6 * 1.15, rel=0.01)
    east, north = at_edge(frame.flat(stray), frame.reach)
    assert (east, north) == (pytest.approx(0, abs=1e-6), pytest.approx(frame.reach))


def test_where_all_are_far_away_they_are_shown() -> None:
    frame = fitted(HOUSE, [Position(HOUSE.latitude + 1, HOUSE.longitude)])
    assert frame is not None
    assert frame.reach > 111_000


def test_the_radius_is_in_the_view_that_is_about_it() -> None:
    assert around(HOUSE).reach > 500


def test_near_far_and_nobody_knows() -> None:
    far = Position(HOUSE.latitude + 0.01, HOUSE.longitude)
    assert [is_near(HOUSE, HOUSE), is_near(far, HOUSE), is_near(far, None)] == [True, False, None]


def test_each_crew_has_its_way_in_the_order_of_time() -> None:
    ways = paths([spot(1, "a", 5), spot(2, "b", 1), spot(3, "a", 2), spot(4, "c"), spot(5, "b", 0)])
    assert [[each.id for each in way] for way in ways] == [[3, 1], [5, 2]]


@pytest.mark.parametrize(("metres", "shown"), [(15, 10), (20, 20), (57, 50), (99, 50), (1000, 1000), (0.7, 0.5)])
def test_a_scale_is_a_round_number(metres: float, shown: float) -> None:
    assert round_down(metres) == pytest.approx(shown)
