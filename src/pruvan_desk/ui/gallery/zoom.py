"""How a picture lies in its pane: fitted, or so many screen pixels a picture pixel, with one point of it in the middle.

Plain arithmetic. A size is width and height in pixels; a point of the picture is given as shares of its sides, so that it means
the same place on the next photo: that makes zoom and position stick.
"""

from dataclasses import dataclass, replace

Size = tuple[float, float]
Point = tuple[float, float]
LARGEST = 8.0
STEP = 1.25
MIDDLE: Point = (0.5, 0.5)


@dataclass(frozen=True, slots=True)
class Zoom:
    """``scale`` is screen pixels for each picture pixel, ``None`` fits the picture; ``centre`` is the point in the middle."""

    scale: float | None = None
    centre: Point = MIDDLE


@dataclass(frozen=True, slots=True)
class Place:
    """Where the picture lies, in pixels of the pane; it may reach beyond it."""

    x: float
    y: float
    width: float
    height: float


def fit_scale(picture: Size, pane: Size) -> float:
    """The scale at which a picture is as large as fits; never enlarged."""
    if not picture[0] or not picture[1]:
        return 1.0
    return min(1.0, pane[0] / picture[0], pane[1] / picture[1])


def place(zoom: Zoom, picture: Size, pane: Size) -> Place:
    """Where to draw. A side that is shorter than the pane is centred, a longer one leaves no gap."""
    scale = fit_scale(picture, pane) if zoom.scale is None else zoom.scale
    width, height = picture[0] * scale, picture[1] * scale
    return Place(_start(width, pane[0], zoom.centre[0]), _start(height, pane[1], zoom.centre[1]), width, height)


def zoomed(zoom: Zoom, scale: float | None, at: Point, picture: Size, pane: Size) -> Zoom:
    """Another scale; the point of the picture that is at ``at`` (pixels of the pane) stays there. ``None`` fits."""
    if scale is None:
        return Zoom()
    now = place(zoom, picture, pane)
    scale = max(min(scale, LARGEST), fit_scale(picture, pane))
    share = ((at[0] - now.x) / (now.width or 1), (at[1] - now.y) / (now.height or 1))
    share = (min(max(share[0], 0.0), 1.0), min(max(share[1], 0.0), 1.0))
    wide, high = picture[0] * scale, picture[1] * scale
    centre = (
        share[0] + (pane[0] / 2 - at[0]) / (wide or 1),
        share[1] + (pane[1] / 2 - at[1]) / (high or 1),
    )
    return _inside(Zoom(scale, centre), picture, pane)


def stepped(zoom: Zoom, steps: float, at: Point, picture: Size, pane: Size) -> Zoom:
    """Larger (or smaller) by steps; smaller than fitting fits."""
    fit = fit_scale(picture, pane)
    scale = (fit if zoom.scale is None else zoom.scale) * STEP**steps
    return zoomed(zoom, None if scale <= fit and steps < 0 else scale, at, picture, pane)


def toggled(zoom: Zoom, at: Point, picture: Size, pane: Size) -> Zoom:
    """Between fitting and one screen pixel for each picture pixel, at the point named."""
    return zoomed(zoom, 1.0 if zoom.scale is None else None, at, picture, pane)


def panned(zoom: Zoom, by: Point, picture: Size, pane: Size) -> Zoom:
    """Shifted by pixels of the pane, not beyond the picture's edges."""
    if zoom.scale is None:
        return zoom
    wide, high = picture[0] * zoom.scale, picture[1] * zoom.scale
    moved = replace(zoom, centre=(zoom.centre[0] - by[0] / (wide or 1), zoom.centre[1] - by[1] / (high or 1)))
    return _inside(moved, picture, pane)


def _inside(zoom: Zoom, picture: Size, pane: Size) -> Zoom:
    scale = zoom.scale or 1.0
    return replace(
        zoom,
        centre=(
            _clamped(zoom.centre[0], pane[0] / 2 / (picture[0] * scale or 1)),
            _clamped(zoom.centre[1], pane[1] / 2 / (picture[1] * scale or 1)),
        ),
    )


def _clamped(share: float, margin: float) -> float:
    return 0.5 if margin >= 0.5 else min(max(share, margin), 1 - margin)


def _start(length: float, room: float, centre: float) -> float:
    if length <= room:
        return round((room - length) / 2)  # whole pixels: at 100 % nothing is blurred
    return round(min(0.0, max(room - length, room / 2 - centre * length)))
