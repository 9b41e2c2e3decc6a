"""Zooming and panning, as arithmetic."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pruvan_desk.ui.gallery.zoom import LARGEST, MIDDLE, Zoom, fit_scale, panned, place, stepped, toggled, zoomed

PANE = (1000.0, 600.0)
PHOTO = (4000.0, 3000.0)
sizes = st.tuples(st.floats(1, 6000), st.floats(1, 6000))
panes = st.tuples(st.floats(100, 3000), st.floats(100, 3000))
shares = st.floats(0, 1)


def test_fitted_it_is_as_large_as_fits_in_the_middle():
    where = place(Zoom(), PHOTO, PANE)
    assert (where.x, where.y, where.width, where.height) == (100, 0, 800, 600)


def test_a_small_picture_is_not_enlarged_by_fitting():
    assert fit_scale((100, 50), PANE) == 1.0


def test_z_shows_a_pixel_for_a_pixel_at_the_pointer_and_back():
    zoom = toggled(Zoom(), (100.0, 0.0), PHOTO, PANE)  # at the corner of the fitted picture
    where = place(zoom, PHOTO, PANE)
    assert (where.width, where.x, where.y) == (4000, 0, 0)
    assert toggled(zoom, (500, 300), PHOTO, PANE) == Zoom()


@given(sizes, panes, st.tuples(shares, shares), st.floats(0.05, LARGEST))
def test_the_point_under_the_mouse_stays_unless_an_edge_would_come_inside(picture, pane, share, scale):
    at = (share[0] * pane[0], share[1] * pane[1])
    start = zoomed(Zoom(), 1.0, at, picture, pane)
    end = zoomed(start, scale, at, picture, pane)
    one, other = place(start, picture, pane), place(end, picture, pane)
    for axis, (a, b, length) in enumerate(((one.x, other.x, "width"), (one.y, other.y, "height"))):
        reaches = getattr(other, length) > pane[axis] + 2 and getattr(one, length) > pane[axis] + 2
        inside = b < -1 and b + getattr(other, length) > pane[axis] + 1
        if reaches and inside:
            before = (at[axis] - a) / getattr(one, length)
            after = (at[axis] - b) / getattr(other, length)
            assert after * getattr(other, length) == pytest.approx(before * getattr(other, length), abs=2 + 2 * scale)


@given(
    sizes,
    panes,
    st.tuples(shares, shares),
    st.floats(0.05, 20),
    st.tuples(st.floats(-9999, 9999), st.floats(-9999, 9999)),
)
def test_a_picture_never_leaves_a_gap_that_it_could_fill(picture, pane, share, scale, by):
    at = (share[0] * pane[0], share[1] * pane[1])
    zoom = panned(zoomed(Zoom(), scale, at, picture, pane), by, picture, pane)
    where = place(zoom, picture, pane)
    for start, length, room in ((where.x, where.width, pane[0]), (where.y, where.height, pane[1])):
        if length > room:
            assert start <= 0.5
            assert start + length >= room - 1
        else:
            assert start == pytest.approx((room - length) / 2, abs=0.5)


@given(sizes, panes)
def test_smaller_and_smaller_ends_fitted(picture, pane):
    assume(fit_scale(picture, pane) < 1)
    zoom = toggled(Zoom(), (0, 0), picture, pane)
    for _ in range(60):
        zoom = stepped(zoom, -1, (0, 0), picture, pane)
    assert zoom == Zoom()


def test_the_same_zoom_shows_the_same_corner_of_the_next_photo():
    zoom = zoomed(Zoom(), 1.0, (1000, 600), PHOTO, PANE)
    other = place(zoom, (8000.0, 6000.0), PANE)
    share = ((500 - other.x) / other.width, (300 - other.y) / other.height)
    assert share == pytest.approx(zoom.centre, abs=0.01)
    assert zoom.centre != MIDDLE
