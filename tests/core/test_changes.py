"""What an operation changed, and the bus that carries it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.core.changes import ChangeLog, Changes

IDS = st.frozensets(st.integers(1, 50), max_size=5)
CHANGES = st.builds(
    Changes, projects=IDS, items=IDS, integrations=IDS, crews=IDS, alerts=IDS, jobs=IDS, runs=IDS, requests=IDS,
    settings=st.frozensets(st.text(max_size=5), max_size=3),
)  # fmt: skip


@given(CHANGES)
def test_changes_come_back_from_their_text(changes):
    assert Changes.from_json(changes.to_json()) == changes


@given(CHANGES)
def test_kinds_of_a_later_program_are_passed_over(changes):
    later = json.loads(changes.to_json()) | {"holograms": [1, 2]}
    assert Changes.from_json(json.dumps(later)) == changes


@given(CHANGES, CHANGES)
def test_two_changes_make_one_that_names_all_of_both(one, other):
    both = one | other
    assert both == other | one
    assert both | one == both
    assert both.items == one.items | other.items


@given(CHANGES)
def test_nothing_changed_is_false(changes):
    assert bool(changes) is (changes != Changes())


def test_a_log_collects_one_id_or_several():
    log = ChangeLog()
    log.add("items", [3])
    log.add("items", {4, 3})
    log.add("settings", ["relay_paused"])
    assert log.changes() == Changes(items=frozenset({3, 4}), settings=frozenset({"relay_paused"}))
