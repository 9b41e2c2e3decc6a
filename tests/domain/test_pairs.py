"""Which Before stands beside which After."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import NOON
from pruvan_desk.domain.certification import Position
from pruvan_desk.domain.pairs import Pair, Shot, fewer_words, pair_up

CORNERS = [Position(30.5, -97.7), Position(30.5003, -97.7), Position(30.5003, -97.7003), Position(30.5, -97.7003)]


def walk(first: int, corners: list[Position | None], hour: float = 0) -> list[Shot]:
    return [Shot(first + n, NOON + timedelta(hours=hour, minutes=n), place) for n, place in enumerate(corners)]


def test_without_positions_the_same_round_walked_twice_pairs_in_order():
    pairs = pair_up(walk(1, [None] * 3), walk(11, [None] * 3, hour=2))
    assert pairs == [Pair(1, 11), Pair(2, 12), Pair(3, 13)]


def test_the_same_corner_pairs_though_the_round_was_walked_backwards():
    pairs = pair_up(walk(1, list(CORNERS)), walk(11, CORNERS[::-1], hour=2))
    assert pairs == [Pair(1, 14), Pair(2, 13), Pair(3, 12), Pair(4, 11)]


def test_one_that_was_forgotten_leaves_its_before_alone():
    pairs = pair_up(walk(1, list(CORNERS)), walk(11, [CORNERS[0], CORNERS[2], CORNERS[3]], hour=2))
    assert pairs == [Pair(1, 11), Pair(2, None), Pair(3, 12), Pair(4, 13)]


def test_afters_that_are_left_over_come_last():
    assert pair_up([], walk(11, [None] * 2)) == [Pair(None, 11), Pair(None, 12)]


def test_the_order_handed_in_does_not_matter():
    before, after = walk(1, list(CORNERS)), walk(11, list(CORNERS), hour=1)
    assert pair_up(before[::-1], after[::-1]) == pair_up(before, after)


places = st.one_of(st.none(), st.sampled_from(CORNERS))
rounds = st.lists(places, max_size=6)


@given(rounds, rounds)
def test_every_photo_is_in_exactly_one_pair_and_as_many_as_can_be_are_paired(before, after):
    pairs = pair_up(walk(1, before), walk(11, after, hour=1))
    assert sorted(pair.before for pair in pairs if pair.before) == [n + 1 for n in range(len(before))]
    assert sorted(pair.after for pair in pairs if pair.after) == [n + 11 for n in range(len(after))]
    assert sum(1 for pair in pairs if pair.before and pair.after) == min(len(before), len(after))


def test_hundreds_of_photos_pair_by_their_order_alone():
    pairs = pair_up(walk(1, [CORNERS[0]] * 500), walk(1001, [CORNERS[0]] * 450, hour=20))
    assert (pairs[0], pairs[449], pairs[450]) == (Pair(1, 1001), Pair(450, 1450), Pair(451, None))


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((4, 3), ("", "one fewer than Before")),
        ((3, 5), ("2 fewer than After", "")),
        ((3, 3), ("", "")),
        ((3, 0), ("no After", "")),
        ((0, 2), ("", "no Before")),
        ((0, 0), ("", "")),
    ],
)
def test_headings_say_where_one_has_fewer(counts, words):
    assert fewer_words(*counts) == words
