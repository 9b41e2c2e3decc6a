"""Where tiles are: the arithmetic agrees with itself for any groups and any width."""

from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.ui.gallery.layout import Box, GridLayout

groups = st.lists(st.integers(1, 40), min_size=1, max_size=12)
widths = st.integers(1, 2000)


@given(groups, widths, st.data())
def test_a_tile_is_found_where_it_is_drawn(counts: list[int], width: int, data: st.DataObject) -> None:
    layout = GridLayout(counts, width, 184, 164)
    place = data.draw(st.integers(0, layout.count - 1))
    box = layout.box(place)
    assert layout.at(box.x, box.y) == place
    assert layout.at(box.x + box.width - 1, box.y + box.height - 1) == place
    assert layout.at(box.x - 1, box.y) != place
    assert place in layout.within(box.y, box.y)


@given(groups, widths)
def test_tiles_do_not_overlap_and_stay_inside(counts: list[int], width: int) -> None:
    layout = GridLayout(counts, width, 184, 164)
    corners = {(layout.box(place).x, layout.box(place).y) for place in range(layout.count)}
    assert len(corners) == layout.count
    assert all(layout.box(place).y + 164 <= layout.height for place in range(layout.count))


@given(groups, widths, st.integers(-500, 9000), st.integers(0, 900))
def test_a_band_holds_all_tiles_that_it_touches(counts: list[int], width: int, top: int, height: int) -> None:
    layout = GridLayout(counts, width, 184, 164)
    bottom = top + height
    touched = {p for p in range(layout.count) if layout.box(p).y <= bottom and layout.box(p).y + 164 > top}
    assert touched <= set(layout.within(top, bottom))


@given(groups, widths, st.tuples(*[st.integers(0, 3000)] * 4))
def test_a_frame_selects_what_it_touches(counts: list[int], width: int, frame: tuple[int, int, int, int]) -> None:
    layout = GridLayout(counts, width, 184, 164)
    x, y, wide, high = frame
    found = {place for run in layout.inside(Box(x, y, wide, high)) for place in run}
    touched = {
        place
        for place in range(layout.count)
        if (box := layout.box(place)).x <= x + wide
        and box.x + box.width > x
        and box.y <= y + high
        and box.y + box.height > y
    }
    assert found == touched


@given(groups, widths, st.data())
def test_down_and_up_again_stays_in_the_column(counts: list[int], width: int, data: st.DataObject) -> None:
    layout = GridLayout(counts, width, 184, 164)
    place = data.draw(st.integers(0, layout.count - 1))
    below = layout.below(place, 1)
    assert below >= place
    if layout.box(below).x == layout.box(place).x and below != place:
        assert layout.below(below, -1) == place
