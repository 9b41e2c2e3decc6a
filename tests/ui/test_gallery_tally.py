"""The counts above the grid, kept up to date mark by mark."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from fakes import NOON
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.store.views.items import ItemRow
from pruvan_desk.ui.gallery.tally import Tally


def row(number: int, state: ItemState, kind: str) -> ItemRow:
    return ItemRow(
        number, 1, "AFS::1", "", "Grass Cut", kind, FileType.PICTURE, state, None, "", f"{number}.jpg", 0, "", "", True, "",
        None, NOON, "crew7",
    )  # fmt: skip


looks = st.tuples(st.sampled_from(ItemState), st.sampled_from(("before", "during", "after", "bid")))


@given(st.lists(looks, min_size=1, max_size=6), st.lists(st.tuples(st.integers(0, 5), looks), max_size=8))
def test_counting_step_by_step_is_counting_anew(first, changes):
    rows = [row(number, *look) for number, look in enumerate(first)]
    tally = Tally(rows)
    for number, look in changes:
        place = number % len(rows)
        after = row(place, *look)
        tally.change([rows[place]], [after])
        rows[place] = after
    anew = Tally(rows)
    assert (tally.total, +tally.states, +tally.kinds) == (anew.total, +anew.states, +anew.kinds)
    assert +tally.states == Counter(each.state for each in rows)
    for kind in ("before", "during", "after"):
        assert tally.remark("Grass Cut", kind) == anew.remark("Grass Cut", kind)


def test_a_rejected_after_is_one_fewer():
    rows = [row(1, ItemState.PASSED, "before"), row(2, ItemState.PASSED, "before"), row(3, ItemState.PASSED, "after")]
    tally = Tally([*rows, row(4, ItemState.PASSED, "after")])
    assert tally.remark("Grass Cut", "after") == ""
    tally.change([row(4, ItemState.PASSED, "after")], [row(4, ItemState.REJECTED, "after")])
    assert tally.remark("Grass Cut", "after") == "one fewer than Before"
