"""Marks on a photo: arrows, boxes, circles, text, and boxes in which nothing is recognised any more. Data beside the original.

Places are shares of the photo's sides, 0 to 1 from its top left corner as the camera meant it to be seen: a turn in the office turns
the marks along. Thickness and letters are shares of its longer side, so that a mark looks the same on the screen and in the copy.
"""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
MOST_MARKS = 200
LONGEST_TEXT = 200
LEAST = 0.004
"""Share of a side under which a mark would be nothing but a slip of the hand."""
DIGITS = 5
"""Of the shares that are kept: a fifth of a pixel of the largest photo."""
COLOURS = {
    "red": (220, 38, 38), "orange": (245, 130, 13), "yellow": (250, 210, 20), "green": (22, 163, 74), "blue": (37, 99, 235),
    "white": (255, 255, 255), "black": (0, 0, 0),
}  # fmt: skip
WIDTHS = (1, 2, 3)
STROKES = {1: 0.002, 2: 0.004, 3: 0.008}
LETTERS = {1: 0.022, 2: 0.036, 3: 0.06}
"""The height of letters, by the same three steps."""
HEAD = 5.0
"""The head of an arrow is so many strokes long."""
HEAD_SLANT = 0.45
"""Half its width, as a share of its length."""
MOST_CELLS = 6
"""A blurred box keeps at most so many shades along its longer side …"""
LEAST_CELL = 1 / 64
"""… each of them at least this share of the photo's longer side: many small boxes side by side keep no more than a large one."""


class MarkKind(StrEnum):
    """What a mark is."""

    ARROW = "arrow"
    BOX = "box"
    CIRCLE = "circle"
    TEXT = "text"
    BLUR = "blur"

    @property
    def label(self) -> str:
        """As people read it."""
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark. An arrow goes from the first point to the second; a text stands in the middle of the two, level."""

    kind: MarkKind
    x1: float
    y1: float
    x2: float
    y2: float
    colour: str = "red"
    width: int = 2
    text: str = ""

    @property
    def box(self) -> Box:
        """Its corners, in order."""
        return min(self.x1, self.x2), min(self.y1, self.y2), max(self.x1, self.x2), max(self.y1, self.y2)

    @property
    def middle(self) -> Point:
        """The point half way."""
        return (self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2


Marks = tuple[Mark, ...]


def annotations_text(marks: Iterable[Mark]) -> str:
    """The text that a row keeps: the same marks are always the same text; none are an empty one."""
    rows = [
        {
            "kind": mark.kind.value, "at": [round(side, DIGITS) for side in (mark.x1, mark.y1, mark.x2, mark.y2)],
            **({} if mark.kind is MarkKind.BLUR else {"colour": mark.colour, "width": mark.width}),
            **({"text": mark.text} if mark.text else {}),
        }
        for mark in marks
    ]  # fmt: skip
    return json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if rows else ""


@lru_cache(maxsize=1000)
def read_annotations(text: str) -> Marks:
    """The marks in a row's text. One of another version that makes no sense here is left out."""
    try:
        rows = json.loads(text) if text else []
    except ValueError:
        return ()
    found = (_read(row) for row in rows) if isinstance(rows, list) else ()
    return tuple(mark for mark in found if mark is not None)[:MOST_MARKS]


def _read(row: Any) -> Mark | None:
    if not isinstance(row, dict) or row.get("kind") not in set(MarkKind):
        return None
    at = row.get("at")
    if not isinstance(at, list) or len(at) != 4 or not all(_is_share(side) for side in at):
        return None
    colour, width, words = row.get("colour"), row.get("width"), row.get("text")
    x1, y1, x2, y2 = map(float, at)
    return Mark(
        MarkKind(row["kind"]),
        x1,
        y1,
        x2,
        y2,
        colour=colour if isinstance(colour, str) and colour in COLOURS else "red",
        width=width if isinstance(width, int) and width in WIDTHS else 2,
        text=words[:LONGEST_TEXT] if isinstance(words, str) else "",
    )


def _is_share(side: Any) -> bool:
    return isinstance(side, int | float) and not isinstance(side, bool) and 0 <= side <= 1


def has_blur(text: str) -> bool:
    """Whether something in the photo must not be recognised."""
    return any(mark.kind is MarkKind.BLUR for mark in read_annotations(text))


def count_words(marks: Sequence[Mark]) -> str:
    """``2 arrows, 1 blur``: what there is, in the order of the tools."""
    counts = ((kind, sum(mark.kind is kind for mark in marks)) for kind in MarkKind)
    plural = {MarkKind.BOX: "es"}
    return ", ".join(f"{n} {kind.value}{plural.get(kind, 's') if n > 1 else ''}" for kind, n in counts if n)


def turned(mark: Mark, rotation: int) -> Mark:
    """The mark where it is seen when the photo is turned clockwise by ``rotation`` degrees (a multiple of 90)."""
    (x1, y1), (x2, y2) = (_turn(point, rotation) for point in ((mark.x1, mark.y1), (mark.x2, mark.y2)))
    return replace(mark, x1=x1, y1=y1, x2=x2, y2=y2)


def _turn(point: Point, rotation: int) -> Point:
    x, y = point
    return {0: (x, y), 90: (1 - y, x), 180: (1 - x, 1 - y), 270: (y, 1 - x)}[rotation % 360]


def moved(mark: Mark, right: float, down: float) -> Mark:
    """Shifted by shares of the sides, as far as the photo goes."""
    left, top, far, low = mark.box
    right, down = min(max(right, -left), 1 - far), min(max(down, -top), 1 - low)
    return replace(mark, x1=mark.x1 + right, y1=mark.y1 + down, x2=mark.x2 + right, y2=mark.y2 + down)


def handles(mark: Mark) -> tuple[Point, ...]:
    """Where it is taken to change its size: the ends of an arrow, the corners of the rest. Text is sized by its letters."""
    if mark.kind is MarkKind.TEXT:
        return ()
    ends = ((mark.x1, mark.y1), (mark.x2, mark.y2))
    return ends if mark.kind is MarkKind.ARROW else (*ends, (mark.x2, mark.y1), (mark.x1, mark.y2))


def resized(mark: Mark, handle: int, to: Point) -> Mark:
    """With one of its :func:`handles` elsewhere, inside the photo."""
    x, y = (min(max(share, 0.0), 1.0) for share in to)
    if handle in (0, 3):
        mark = replace(mark, x1=x)
    if handle in (1, 2):
        mark = replace(mark, x2=x)
    if handle in (0, 2):
        mark = replace(mark, y1=y)
    return replace(mark, y2=y) if handle in (1, 3) else mark


def is_slip(mark: Mark) -> bool:
    """Whether it is too small to be meant; a text without words is nothing, too."""
    if mark.kind is MarkKind.TEXT:
        return not mark.text.strip()
    wide, high = abs(mark.x2 - mark.x1), abs(mark.y2 - mark.y1)
    return max(wide, high) < LEAST if mark.kind is MarkKind.ARROW else min(wide, high) < LEAST


def pixels(mark: Mark, width: float, height: float) -> tuple[Point, Point]:
    """Its two points on a picture of so many pixels."""
    return (mark.x1 * width, mark.y1 * height), (mark.x2 * width, mark.y2 * height)


def stroke(mark: Mark, longest: float) -> float:
    """How thick its lines are, in pixels of a picture whose longer side has ``longest``."""
    return max(1.0, STROKES[mark.width] * longest)


def letters(mark: Mark, longest: float) -> float:
    """How high its letters are, in pixels likewise."""
    return max(6.0, LETTERS[mark.width] * longest)


def arrow_head(start: Point, end: Point, thick: float) -> tuple[Point, Point, Point]:
    """The three corners of an arrow's head, its tip first; never longer than the arrow."""
    length = math.dist(start, end) or 1.0
    along = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    long = min(HEAD * thick, length)
    base = (end[0] - along[0] * long, end[1] - along[1] * long)
    aside = (-along[1] * long * HEAD_SLANT, along[0] * long * HEAD_SLANT)
    return end, (base[0] + aside[0], base[1] + aside[1]), (base[0] - aside[0], base[1] - aside[1])


def blur_cells(width: float, height: float, longest: float) -> tuple[int, int]:
    """Into how many columns and rows of one shade a box of so many pixels dissolves, in a photo whose longer side has ``longest``."""
    cell = max(max(width, height) / MOST_CELLS, longest * LEAST_CELL, 1.0)
    return max(1, int(width / cell)), max(1, int(height / cell))


def distance_to(mark: Mark, point: Point, width: float, height: float) -> float:
    """How far a point (shares) is from what is drawn of a mark, in pixels of a picture of that size; 0 inside text and blur."""
    x, y = point[0] * width, point[1] * height
    (x1, y1), (x2, y2) = pixels(mark, width, height)
    if mark.kind is MarkKind.ARROW:
        return _to_line((x, y), (x1, y1), (x2, y2))
    left, top, right, bottom = min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
    outside = math.hypot(max(left - x, 0, x - right), max(top - y, 0, y - bottom))
    if mark.kind in (MarkKind.BLUR, MarkKind.TEXT) or outside:
        return outside
    if mark.kind is MarkKind.BOX:
        return min(x - left, right - x, y - top, bottom - y)
    wide, high = (right - left) / 2 or 1.0, (bottom - top) / 2 or 1.0
    share = math.hypot((x - left - wide) / wide, (y - top - high) / high)
    return abs(share - 1) * min(wide, high)


def _to_line(point: Point, start: Point, end: Point) -> float:
    along = (end[0] - start[0], end[1] - start[1])
    squared = along[0] ** 2 + along[1] ** 2
    share = ((point[0] - start[0]) * along[0] + (point[1] - start[1]) * along[1]) / squared if squared else 0.0
    share = min(max(share, 0.0), 1.0)
    return math.dist(point, (start[0] + along[0] * share, start[1] + along[1] * share))


def drawing_order(marks: Sequence[Mark]) -> Iterator[Mark]:
    """What is blurred first, so that nothing drawn over it is blurred with it; the rest as it was made."""
    return iter(sorted(marks, key=lambda mark: mark.kind is not MarkKind.BLUR))
