"""Where the tiles are: groups one below the other, each a heading and rows of tiles. Plain arithmetic, by prefix sums.

Coordinates are pixels of the contents; ``y`` grows downwards from the top of the first heading.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

HEADING = 32
GAP = 8
MARGIN = 16


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    x: int
    y: int
    width: int
    height: int


class GridLayout:
    """Tiles of one size in groups of ``counts``, laid out for a width. Building costs one pass over the groups."""

    def __init__(self, counts: Sequence[int], width: int, tile_width: int, tile_height: int) -> None:
        self.tile_width, self.tile_height = tile_width, tile_height
        self.columns = max(1, (width - 2 * MARGIN + GAP) // (tile_width + GAP))
        self._counts = counts
        self.firsts: list[int] = []
        self.tops: list[int] = []
        first, top = 0, 0
        for count in counts:
            self.firsts.append(first)
            self.tops.append(top)
            first += count
            top += HEADING + self._rows(count) * (tile_height + GAP) + GAP
        self.count = first
        self.height = top

    def group_of(self, place: int) -> int:
        """Which group a tile is in."""
        return bisect_right(self.firsts, place) - 1

    def box(self, place: int) -> Box:
        """Where a tile is."""
        group = self.group_of(place)
        row, column = divmod(place - self.firsts[group], self.columns)
        x = MARGIN + column * (self.tile_width + GAP)
        y = self.tops[group] + HEADING + row * (self.tile_height + GAP)
        return Box(x, y, self.tile_width, self.tile_height)

    def heading(self, group: int) -> int:
        """The top of a group's heading."""
        return self.tops[group]

    def at(self, x: int, y: int) -> int | None:
        """The tile at a point, if there is one."""
        group = bisect_right(self.tops, y) - 1
        if group < 0:
            return None
        row, below = divmod(y - self.tops[group] - HEADING, self.tile_height + GAP)
        column, right = divmod(x - MARGIN, self.tile_width + GAP)
        inside = 0 <= column < self.columns and row >= 0 and below < self.tile_height and right < self.tile_width
        place = row * self.columns + column
        return self.firsts[group] + place if inside and place < self._counts[group] else None

    def group_at(self, y: int) -> int | None:
        """The group whose heading or tiles are at a height of the contents."""
        return bisect_right(self.tops, y) - 1 if 0 <= y < self.height and self.tops else None

    def within(self, top: int, bottom: int) -> range:
        """The tiles of all rows that a band of the contents touches."""
        if not self._counts:
            return range(0)
        return range(self._first_from(top), self._last_until(bottom) + 1)

    def groups_within(self, top: int, bottom: int) -> range:
        """The groups that a band of the contents touches."""
        first = max(0, bisect_right(self.tops, top) - 1)
        return range(first, max(first, bisect_right(self.tops, bottom)))

    def inside(self, box: Box) -> list[range]:
        """The tiles that a rectangle touches, as runs."""
        left = max(0, (box.x - MARGIN + GAP) // (self.tile_width + GAP))
        right = min(self.columns - 1, (box.x + box.width - MARGIN) // (self.tile_width + GAP))
        runs: list[range] = []
        for group in self.groups_within(box.y, box.y + box.height):
            for row in self._rows_between(group, box.y, box.y + box.height):
                start = self.firsts[group] + row * self.columns
                end = min(start + right + 1, self.firsts[group] + self._counts[group])
                if start + left < end:
                    runs.append(range(start + left, end))
        return runs

    def below(self, place: int, rows: int) -> int:
        """The tile ``rows`` further down (up when negative), in the same column where that exists."""
        group = self.group_of(place)
        column = (place - self.firsts[group]) % self.columns
        row = (place - self.firsts[group]) // self.columns
        step = 1 if rows > 0 else -1
        for _ in range(abs(rows)):
            if 0 <= row + step < self._rows(self._counts[group]):
                row += step
            elif 0 <= group + step < len(self._counts):
                group += step
                row = 0 if step > 0 else self._rows(self._counts[group]) - 1
            else:
                break
        return self.firsts[group] + min(row * self.columns + column, self._counts[group] - 1)

    def _rows(self, count: int) -> int:
        return -(-count // self.columns)

    def _rows_between(self, group: int, top: int, bottom: int) -> range:
        start = self.tops[group] + HEADING
        pitch = self.tile_height + GAP
        first = max(0, (top - start + GAP) // pitch)
        last = min(self._rows(self._counts[group]) - 1, (bottom - start) // pitch)
        return range(first, last + 1)

    def _first_from(self, top: int) -> int:
        group = max(0, bisect_right(self.tops, top) - 1)
        row = max(0, (top - self.tops[group] - HEADING) // (self.tile_height + GAP))
        return min(self.firsts[group] + min(row * self.columns, self._counts[group]), max(0, self.count - 1))

    def _last_until(self, bottom: int) -> int:
        group = bisect_right(self.tops, max(0, bottom)) - 1
        row = (bottom - self.tops[group] - HEADING) // (self.tile_height + GAP)
        if row < 0:
            return self.firsts[group] - 1
        return self.firsts[group] + min((row + 1) * self.columns, self._counts[group]) - 1
