"""What was published, and what the client says it has: every difference, and nothing where there is none.

Holds to §6 of sync.md.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.domain.reconcile import Confirmed, Kind, Published, differences

OURS = Published(1, "u1", "4711", "Grass Cut", "before", "aa")
THEIRS = Confirmed("u1", "4711", "Grass Cut", "Before", "AA")


def kinds(published, confirmed, known=None) -> list[Kind]:
    return [each.kind for each in differences(published, confirmed, known or {})]


def test_both_sides_alike_is_no_difference():
    assert kinds([OURS], [THEIRS]) == []


def test_what_the_client_does_not_say_is_no_difference():
    assert kinds([OURS], [Confirmed("u1")]) == []


@pytest.mark.parametrize(
    ("theirs", "kind"),
    [
        (Confirmed("u1", "4712", "Grass Cut", "before", "aa"), Kind.OTHER_FLAG),
        (Confirmed("u1", "4711", "Lock Change", "before", "aa"), Kind.OTHER_FLAG),
        (Confirmed("u1", "4711", "Grass Cut", "after", "aa"), Kind.OTHER_FLAG),
        (Confirmed("u1", "4711", "Grass Cut", "before", "bb"), Kind.OTHER_BYTES),
    ],
)
def test_another_place_or_other_bytes_are_named(theirs, kind):
    (difference,) = differences([OURS], [theirs], {})
    assert (difference.kind, difference.item_id) == (kind, 1)


def test_what_the_client_lacks_comes_first_and_can_be_sent_again():
    other = Published(2, "u2", "4711", "Grass Cut", "before", "bb")
    found = differences([OURS, other], [Confirmed("u1", "4712")], {})
    assert [(each.kind, each.item_id) for each in found] == [(Kind.MISSING, 2), (Kind.OTHER_FLAG, 1)]
    assert all(each.kind.resendable for each in found)


def test_what_was_never_here_is_named_and_cannot_be_sent():
    (difference,) = differences([], [THEIRS], {})
    assert (difference.kind, difference.item_id, difference.kind.resendable) == (Kind.UNKNOWN, None, False)


def test_what_is_only_not_published_at_the_moment_is_no_difference():
    assert kinds([], [THEIRS], {"u1": 1}) == []


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)))
def test_the_differences_are_those_of_the_two_sets(ours, theirs):
    found = differences(
        [Published(n, f"{n}", "1", "", "", "") for n in ours], [Confirmed(f"{n}", "1") for n in theirs], {}
    )
    assert {int(each.uuid) for each in found if each.kind is Kind.MISSING} == ours - theirs
    assert {int(each.uuid) for each in found if each.kind is Kind.UNKNOWN} == theirs - ours
