"""Certification: from the app, at the right time, at the right place."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import NOON
from pruvan_desk.domain.certification import Certification, Position, certify, metres_between

HOUSE = Position(30.2672, -97.7431)
PLACES = st.builds(Position, st.floats(-90, 90), st.floats(-180, 180))


def certification(**changes) -> Certification:
    return certify(
        **{
            "from_app": True,
            "taken_at": NOON,
            "zone_assumed": False,
            "arrived_at": NOON,
            "taken": HOUSE,
            "place": HOUSE,
        }
        | changes
    )


@pytest.mark.parametrize("from_app", [True, False])
def test_an_item_is_certified_when_it_came_from_the_phones_app(from_app):
    assert certification(from_app=from_app).item is from_app


@pytest.mark.parametrize(
    ("hours", "certified"),
    [(0, True), (11.99, True), (12, True), (12.01, False), (-12, True), (-12.01, False), (240, False)],
)
def test_time_is_certified_within_twelve_hours_of_the_upload(hours, certified):
    assert certification(taken_at=NOON - timedelta(hours=hours)).time is certified


def test_without_a_time_there_is_nothing_to_certify():
    assert certification(taken_at=None).time is False


@pytest.mark.parametrize(("metres", "certified"), [(0, True), (400, True), (499, True), (501, False), (50_000, False)])
def test_place_is_certified_close_enough_to_the_property(metres, certified):
    north = Position(HOUSE.latitude + metres / 111_195, HOUSE.longitude)
    found = certification(taken=north)
    assert found.location is certified
    assert found.distance == pytest.approx(metres, abs=1)


@pytest.mark.parametrize("missing", [{"taken": None}, {"place": None}])
def test_without_both_places_there_is_no_distance(missing):
    found = certification(**missing)
    assert (found.location, found.distance) == (False, None)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Certified: item, time and location"),
        ({"from_app": False}, "Cannot be verified: item (it did not come from the phone's app)"),
        ({"is_copy": True, "from_app": False}, "Cannot be verified: item (marks were drawn into it in the office)"),
        ({"taken_at": None}, "Cannot be verified: time (it carries no time)"),
        ({"zone_assumed": True}, "Cannot be verified: time (its camera's clock names no time zone)"),
        ({"taken": None}, "Cannot be verified: location (it carries no position)"),
        ({"place": None}, "Cannot be verified: location (the position of the property is not known)"),
        (
            {"taken": Position(HOUSE.latitude + 0.1, HOUSE.longitude), "taken_at": None},
            "Cannot be verified: time (it carries no time); location (11.1 km from the property, more than 500 m)",
        ),
    ],
)
def test_whatever_cannot_be_verified_says_why(changes, words):
    found = certification(**changes)
    assert found.summary == words
    assert [good for good, _ in found.verdicts] == [found.item, found.time, found.location]


def test_what_is_certified_says_by_what():
    assert [words for _, words in certification().verdicts] == [
        "Item certified, from the phone's app",
        "Time certified, taken within 12 h of its arrival",
        "Location certified, 0 m from the property",
    ]


@given(PLACES, PLACES)
def test_distance_is_the_same_both_ways_and_never_beyond_half_the_globe(one, other):
    assert metres_between(one, other) == pytest.approx(metres_between(other, one), abs=0.01)
    assert 0 <= metres_between(one, other) <= 20_040_000


@given(PLACES)
def test_a_place_is_no_distance_from_itself(place):
    assert metres_between(place, place) == 0


def test_a_known_distance():
    austin, dallas = Position(30.2672, -97.7431), Position(32.7767, -96.7970)
    assert metres_between(austin, dallas) == pytest.approx(293_000, rel=0.01)
