"""Marks on a photo: kept as they were made, turned with the photo, taken where they are seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruvan_desk.domain.annotations import (
    COLOURS,
    MOST_CELLS,
    WIDTHS,
    Mark,
    MarkKind,
    annotations_text,
    arrow_head,
    blur_cells,
    count_words,
    distance_to,
    drawing_order,
    handles,
    has_blur,
    is_slip,
    moved,
    read_annotations,
    resized,
    turned,
)

shares = st.floats(0, 1).map(lambda share: round(share, 5))
marks = st.builds(
    Mark, st.sampled_from(MarkKind), shares, shares, shares, shares, st.sampled_from(sorted(COLOURS)), st.sampled_from(WIDTHS),
    st.text(max_size=20),
)  # fmt: skip
TURNS = st.sampled_from((0, 90, 180, 270))


@given(st.lists(marks, max_size=5))
def test_what_was_kept_is_read_as_it_was(made: list[Mark]) -> None:
    again = read_annotations(annotations_text(made))
    assert [(mark.kind, mark.box, mark.text) for mark in again] == [(mark.kind, mark.box, mark.text) for mark in made]
    assert annotations_text(again) == annotations_text(made)


@pytest.mark.parametrize(
    "text",
    ["", "{", "7", "[7]", '[{"kind":"star","at":[0,0,1,1]}]', '[{"kind":"box","at":[0,0,1,NaN]}]', '[{"kind":"box","at":[0,0,2,1]}]',
     '[{"kind":"box","at":[true,0,1,1]}]'],
)  # fmt: skip
def test_what_makes_no_sense_is_no_mark(text: str) -> None:
    assert read_annotations(text) == ()


def test_colours_and_widths_of_another_version_become_the_usual_ones() -> None:
    (mark,) = read_annotations('[{"kind":"box","at":[0,0,1,1],"colour":"mauve","width":9,"text":7}]')
    assert (mark.colour, mark.width, mark.text) == ("red", 2, "")


@given(marks, TURNS, TURNS)
def test_turns_add_up(mark: Mark, one: int, other: int) -> None:
    assert turned(turned(mark, one), other).box == pytest.approx(turned(mark, one + other).box)


def test_a_turn_to_the_right_takes_the_top_left_to_the_top_right() -> None:
    assert turned(Mark(MarkKind.BOX, 0.0, 0.0, 0.1, 0.2), 90).box == pytest.approx((0.8, 0.0, 1.0, 0.1))


@given(marks, st.floats(-2, 2), st.floats(-2, 2))
def test_a_moved_mark_stays_in_the_photo_and_keeps_its_size(mark: Mark, right: float, down: float) -> None:
    left, top, far, low = moved(mark, right, down).box
    assert min(left, top) >= -1e-9
    assert max(far, low) <= 1 + 1e-9
    assert (far - left, low - top) == pytest.approx((mark.box[2] - mark.box[0], mark.box[3] - mark.box[1]))


@pytest.mark.parametrize("kind", [MarkKind.ARROW, MarkKind.BOX, MarkKind.CIRCLE, MarkKind.BLUR])
def test_a_handle_goes_where_it_is_drawn(kind: MarkKind) -> None:
    mark = Mark(kind, 0.2, 0.2, 0.6, 0.6)
    for number in range(len(handles(mark))):
        assert handles(resized(mark, number, (0.9, 0.8)))[number] == (0.9, 0.8)


def test_text_has_no_handles_and_is_sized_by_its_letters() -> None:
    assert handles(Mark(MarkKind.TEXT, 0.5, 0.5, 0.5, 0.5, text="x")) == ()


def test_slips_of_the_hand_are_no_marks() -> None:
    assert is_slip(Mark(MarkKind.ARROW, 0.5, 0.5, 0.5, 0.5))
    assert is_slip(Mark(MarkKind.BLUR, 0.5, 0.5, 0.9, 0.5))
    assert is_slip(Mark(MarkKind.TEXT, 0.5, 0.5, 0.5, 0.5, text=" "))
    assert not is_slip(Mark(MarkKind.ARROW, 0.5, 0.5, 0.9, 0.5))


@given(st.floats(1, 9000), st.floats(1, 9000))
def test_a_blurred_box_keeps_a_handful_of_shades(width: float, height: float) -> None:
    longest = max(width, height, 4000.0)
    columns, rows = blur_cells(width, height, longest)
    assert min(columns, rows) >= 1
    assert max(columns, rows) <= MOST_CELLS
    assert columns == 1 or width / columns >= longest / 64 - 1e-6


def test_many_small_blurs_keep_no_more_than_a_large_one() -> None:
    assert blur_cells(40, 40, 4000) == (1, 1)


def test_what_is_blurred_is_drawn_first() -> None:
    box, blur = Mark(MarkKind.BOX, 0, 0, 1, 1), Mark(MarkKind.BLUR, 0, 0, 1, 1)
    assert list(drawing_order([box, blur])) == [blur, box]


def test_a_mark_is_taken_by_its_line_and_a_blur_anywhere() -> None:
    box, blur, circle = (Mark(kind, 0.2, 0.2, 0.6, 0.6) for kind in (MarkKind.BOX, MarkKind.BLUR, MarkKind.CIRCLE))
    arrow = Mark(MarkKind.ARROW, 0.0, 0.0, 1.0, 1.0)
    assert distance_to(box, (0.4, 0.4), 1000, 1000) == pytest.approx(200)
    assert distance_to(box, (0.2, 0.4), 1000, 1000) == pytest.approx(0)
    assert distance_to(blur, (0.4, 0.4), 1000, 1000) == 0
    assert distance_to(circle, (0.6, 0.4), 1000, 1000) == pytest.approx(0)
    assert distance_to(circle, (0.4, 0.4), 1000, 1000) == pytest.approx(200)
    assert distance_to(arrow, (0.5, 0.6), 1000, 1000) == pytest.approx(70.7, abs=0.1)


def test_the_head_of_a_short_arrow_is_no_longer_than_the_arrow() -> None:
    tip, one, other = arrow_head((0, 0), (4, 0), 8)
    assert (tip, one[0], other[0]) == ((4, 0), 0, 0)


def test_marks_are_counted_in_words() -> None:
    made = [
        Mark(kind, 0, 0, 1, 1) for kind in (MarkKind.BLUR, MarkKind.ARROW, MarkKind.ARROW, MarkKind.BOX, MarkKind.BOX)
    ]
    assert count_words(made) == "2 arrows, 2 boxes, 1 blur"
    assert has_blur(annotations_text(made))
    assert not has_blur(annotations_text(made[1:]))
