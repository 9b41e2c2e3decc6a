"""Spots of a photo that stay what they are when its edges are cut away: by them the photo is found that another was cut from.

A hash of the whole photo changes with every per cent that is cut. A spot (the corner of a window, a stone) looks the same in both, only
larger; a few that lie alike to each other name the photo, and how it was cut. The same house on another day has some of the same spots:
so what both photos show is compared in the end as whole photos are, by a hash.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from pruvan_desk.imaging.measures import difference_hash

SPOTS = 24
"""So many are kept of a photo: those that stand out most …"""
ASKED = 96
"""… and so many are looked up, for what stands out most is a little different in a part of it."""
POINT = np.dtype([("look", "<u8"), ("x", "<u2"), ("y", "<u2")])
"""A spot: 64 comparisons of what is around it, and where it is, in :data:`UNIT` to the longer side of the photo."""
UNIT = 65_535
SPOTS_BYTES = SPOTS * POINT.itemsize
KEYS = 1 << 16
KEY_BITS = 16
"""Of a look: its first."""

_LONGEST = 320  # pixels of the picture in which spots are looked for
_SIZES = 1.8 * 1.26 ** np.arange(10)  # pixels: how far the picture is blurred
_FIELDS = (3, 4)  # down and across: each gives its best spot, then its second …
_LEAST = 1.5  # of 255, by which a spot differs from what is around it
_GRID = 6  # places around a spot that are compared, across and down …
_FIRST = (39, 62, 30, 41, 13, 63, 42, 1, 48, 61, 50, 53, 47, 11, 38, 23)
# of the 64 differences: those that stay what they are in copies, and are as often one way as the other
_ORDER = [*_FIRST, *(place for place in range(64) if place not in _FIRST)]
_SPACING = 1.5  # … so many sizes of the spot apart
_TURNED = 2  # bits of a key that are so unsure that both ways are asked
_SIMILAR = 12  # bits of 64 by which two looks of one spot differ at most
_FEWEST = 3  # spots that lie alike
_ALIKE = 0.02  # of the longer side, by which they may lie otherwise
_CLOSE = 0.1  # of the longer side: spots nearer to each other do not tell how a photo lies
_SCALES = (0.6, 1.67)
_LEAST_SHARED = 0.44  # of each photo
_CROWD, _CROWDED = 32, 4  # spots of one key: so many, and so many times the usual, are not looked through
_HOPELESS = 160  # bits by which two photos differ after the first step that are not moved any further
_SMALL = 50_000  # spots, until which those that came are kept apart
_FINE = (0.012, 0.006, 0.003)  # steps by which a cut is moved and stretched to where it fits best

Points = NDArray[np.void]
Levels = NDArray[np.float32]
Places = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The spots of a photo that others are asked for: each with the keys that it may be found by."""

    points: Points
    keys: NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Cut:
    """How a photo lies in another: a place is ``scale`` times its own place in it, plus ``left`` and ``top``; in longer sides of each."""

    scale: float
    left: float
    top: float
    agreeing: int = 0
    """How many spots say so."""


def find_spots(grey: Image.Image) -> tuple[Asked, Asked]:
    """The spots of a photo as it is, and as it would have them mirrored, the strongest first; some 12 ms."""
    longest = max(grey.size)
    small = grey.resize([max(2, round(side * _LONGEST / longest)) for side in grey.size], Image.Resampling.BOX)
    levels = np.stack([np.asarray(small.filter(ImageFilter.GaussianBlur(float(size))), np.float32) for size in _SIZES])
    level, y, x = _strongest(levels)
    around = _around(levels, level, y, x)
    width = levels.shape[2] - 1
    return _asked(around, x, y), _asked(around[:, :, ::-1], width - x, y)


def kept(asked: Asked) -> bytes | None:
    """What is kept of a photo; ``None`` where too few spots are in it to know it by."""
    return asked.points[:SPOTS].tobytes() if len(asked.points) >= _FEWEST else None


def as_points(spots: bytes) -> Points:
    """What was :func:`kept`."""
    points: Points = np.frombuffer(spots, POINT)
    return points


def keys_of(looks: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """The keys of looks."""
    return (looks >> np.uint64(64 - KEY_BITS)).astype(np.uint16)


def _strongest(levels: Levels) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Level, row and column of the places that differ from what is around them more than their neighbours in place and size do."""
    steps = np.abs(levels[1:] - levels[:-1])
    widest = steps
    for axis in range(3):
        padded = np.pad(widest, [(1, 1) if axis == other else (0, 0) for other in range(3)])
        length = widest.shape[axis]
        before, after = padded.take(range(length), axis), padded.take(range(2, length + 2), axis)
        widest = np.maximum(np.maximum(before, after), widest)
    top = (steps == widest) & (steps > _LEAST)
    top[0] = top[-1] = False
    level, y, x = np.nonzero(top)
    order = np.argsort(-steps[level, y, x], kind="stable")
    field = y * _FIELDS[0] // steps.shape[1] * _FIELDS[1] + x * _FIELDS[1] // steps.shape[2]
    seen: Counter[int] = Counter()
    rank = np.zeros(len(order), np.intp)
    for place in order.tolist():
        rank[place] = seen[int(field[place])]
        seen[int(field[place])] += 1
    order = order[np.argsort(rank[order], kind="stable")][:ASKED]
    return level[order], y[order], x[order]


def _around(levels: Levels, level: NDArray[np.intp], y: NDArray[np.intp], x: NDArray[np.intp]) -> Levels:
    """The grey of a grid of places around each spot, in the picture as blurred as the spot is large."""
    reach = (np.arange(_GRID) - (_GRID - 1) / 2) * _SPACING
    apart = _SIZES[level][:, None] * reach
    rows = np.clip(y[:, None] + apart, 0, levels.shape[1] - 1.001)[:, :, None]
    columns = np.clip(x[:, None] + apart, 0, levels.shape[2] - 1.001)[:, None, :]
    top, left, at = rows.astype(np.intp), columns.astype(np.intp), level[:, None, None]
    down, right = rows - top, columns - left
    upper = levels[at, top, left] * (1 - right) + levels[at, top, left + 1] * right
    lower = levels[at, top + 1, left] * (1 - right) + levels[at, top + 1, left + 1] * right
    around: Levels = (upper * (1 - down) + lower * down).astype(np.float32)
    return around


def _asked(around: Levels, x: NDArray[np.intp], y: NDArray[np.intp]) -> Asked:
    differences = _differences(around)
    points = np.zeros(len(around), POINT)
    points["look"] = np.frombuffer(np.packbits(differences > 0, axis=1).tobytes(), ">u8")
    for name, places in (("x", x), ("y", y)):
        points[name] = np.round(places * (UNIT / _LONGEST))
    return Asked(points, _keys(differences[:, :KEY_BITS], keys_of(points["look"])))


def _differences(around: Levels) -> Levels:
    """64 of each spot: neighbours across and down, and the halves and corners of all; those of the key come first."""
    count = len(around)
    across = (around[:, :, 1:] - around[:, :, :-1]).reshape(count, _GRID * (_GRID - 1))
    down = (around[:, 1:] - around[:, :-1]).reshape(count, _GRID * (_GRID - 1))
    half = _GRID // 2
    parts = [
        around[:, rows, columns].mean((1, 2))
        for rows in (slice(half), slice(half, None))
        for columns in (slice(half), slice(half, None))
    ]
    wide = np.stack(
        [
            parts[0] + parts[2] - parts[1] - parts[3],
            parts[0] + parts[1] - parts[2] - parts[3],
            parts[0] - parts[3],
            parts[1] - parts[2],
        ],
        axis=1,
    )
    return np.concatenate([across, down, wide], axis=1)[:, _ORDER]


def _keys(values: Levels, keys: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """The key of each spot, and the same with its least sure bits turned."""
    unsure = np.argsort(np.abs(values), axis=1)[:, :_TURNED]
    bits = (1 << (KEY_BITS - 1 - unsure)).astype(np.uint16)
    turned = [keys]
    for place in range(_TURNED):
        turned += [key ^ bits[:, place] for key in turned]
    return np.stack(turned, axis=1)


def find_cut(mine: Points, theirs: Points) -> Cut | None:
    """How a photo lies in another, by the spots that look the same; ``None`` where fewer than three lie alike."""
    if not len(mine) or not len(theirs):
        return None
    distances = np.bitwise_count(mine["look"][:, None] ^ theirs["look"][None, :])
    nearest = distances.argmin(1)
    pairs = np.flatnonzero(distances[np.arange(len(mine)), nearest] <= _SIMILAR)
    if len(pairs) < _FEWEST:
        return None
    here = np.stack([mine["x"][pairs], mine["y"][pairs]], 1) / UNIT
    there = np.stack([theirs["x"][nearest[pairs]], theirs["y"][nearest[pairs]]], 1) / UNIT
    agreeing = _most_agreeing(here, there)
    if len(set(nearest[pairs][agreeing].tolist())) < _FEWEST:
        return None
    return _fitted(here[agreeing], there[agreeing])


def _most_agreeing(here: Places, there: Places) -> NDArray[np.bool_]:
    """Which of the pairs lie alike: each two of them say how the photo would lie, and the rest whether it does."""
    one, other = np.triu_indices(len(here), 1)
    near, far = here[one] - here[other], there[one] - there[other]
    length = (near**2).sum(1)
    scale = (near * far).sum(1) / np.maximum(length, _CLOSE**2)
    likely = (length >= _CLOSE**2) & (scale >= _SCALES[0]) & (scale <= _SCALES[1])
    if not likely.any():
        return np.zeros(len(here), np.bool_)
    one, scale = one[likely], scale[likely][:, None]
    shift = there[one] - scale * here[one]
    off = scale[:, :, None] * here[None] + shift[:, None] - there[None]
    agreeing = (off**2).sum(2) < _ALIKE**2
    best: NDArray[np.bool_] = agreeing[agreeing.sum(1).argmax()]
    return best


def _fitted(here: Places, there: Places) -> Cut:
    """The cut that fits best."""
    middle, other = here.mean(0), there.mean(0)
    spread = float(((here - middle) ** 2).sum())
    scale = float(((here - middle) * (there - other)).sum()) / spread
    left, top = other - scale * middle
    return Cut(scale, float(left), float(top), len(here))


def distance_where_shared(mine: Image.Image, theirs: Image.Image, cut: Cut) -> int | None:
    """In how many bits the hashes of what both photos show differ; ``None`` where they share too little, or that is of one tone.

    The cut is known to about a hundredth, and moved to where both fit best.
    """
    best, distance = cut, _distance(mine, theirs, cut)
    for step in _FINE:
        for _ in range(3):
            before = distance
            for changed in _moved(best, step):
                found = _distance(mine, theirs, changed)
                if found is not None and (distance is None or found < distance):
                    best, distance = changed, found
            if distance == before:
                break
        if distance is None or distance > _HOPELESS:
            break
    return distance


def _moved(cut: Cut, step: float) -> list[Cut]:
    """A cut a step further in each direction; stretched about its middle."""
    moved = [Cut(cut.scale, cut.left + step * x, cut.top + step * y) for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1))]
    stretched = [
        Cut(
            cut.scale * (1 + way * step),
            cut.left - way * step * cut.scale / 2,
            cut.top - way * step * cut.scale / 2 * 0.75,
        )
        for way in (1, -1)
    ]
    return moved + stretched


def _distance(mine: Image.Image, theirs: Image.Image, cut: Cut) -> int | None:
    here, there = max(mine.size), max(theirs.size)
    left, top = max(0.0, cut.left), max(0.0, cut.top)
    right = min(theirs.width / there, cut.left + cut.scale * mine.width / here)
    bottom = min(theirs.height / there, cut.top + cut.scale * mine.height / here)
    if right <= left or bottom <= top:
        return None
    to_mine = here / cut.scale
    parts = (
        (mine, ((left - cut.left) * to_mine, (top - cut.top) * to_mine, (right - cut.left) * to_mine, (bottom - cut.top) * to_mine)),
        (theirs, (left * there, top * there, right * there, bottom * there)),
    )  # fmt: skip
    hashes = [difference_hash(picture, _within(box, picture)) for picture, box in parts if _is_enough(box, picture)]
    if len(hashes) < len(parts) or hashes[0] is None or hashes[1] is None:
        return None
    return int(np.bitwise_count(np.frombuffer(hashes[0], np.uint64) ^ np.frombuffer(hashes[1], np.uint64)).sum())


def _is_enough(box: Box, picture: Image.Image) -> bool:
    return (box[2] - box[0]) * (box[3] - box[1]) >= _LEAST_SHARED * picture.width * picture.height


def _within(box: Box, picture: Image.Image) -> Box:
    """The same, without what arithmetic adds at the edges."""
    return max(0.0, box[0]), max(0.0, box[1]), min(float(picture.width), box[2]), min(float(picture.height), box[3])


class SpotIndex:
    """The looks of many photos' spots, by which their likes are looked up. 300 bytes a photo. Not safe for threads.

    They are kept in the order of their keys. What comes is put into a small part of its own, so that a few photos cost little.
    """

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._old = _Part.empty()
        self._new = _Part.empty()

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def size_bytes(self) -> int:
        """What it takes in memory."""
        return self._old.size_bytes + self._new.size_bytes + 32 * len(self._numbers)

    def add(self, entries: Iterable[tuple[int, bytes]]) -> None:
        """Takes photos in: the number of each, and its :func:`kept` spots."""
        looks, owners = [self._new.looks], [self._new.owners]
        for number, spots in entries:
            points = as_points(spots)
            looks.append(points["look"])
            owners.append(np.full(len(points), len(self._numbers), np.uint32))
            self._numbers.append(number)
        self._new = _Part.of(np.concatenate(looks), np.concatenate(owners))
        if len(self._new.looks) > max(_SMALL, len(self._old.looks) // 4):
            both = (self._old, self._new)
            self._old = _Part.of(
                np.concatenate([part.looks for part in both]), np.concatenate([part.owners for part in both])
            )
            self._new = _Part.empty()

    def like(self, asked: Asked, limit: int) -> list[int]:
        """The numbers of the photos that have at least two spots that look like some of these, those with most first."""
        found = [part.owners_of_like(asked) for part in (self._old, self._new)]
        owners, counts = np.unique(np.concatenate(found), return_counts=True)
        several = counts > 1
        order = np.argsort(-counts[several], kind="stable")[:limit]
        return [self._numbers[owner] for owner in owners[several][order].tolist()]


@dataclass(frozen=True, slots=True)
class _Part:
    """Spots in the order of their keys; ``starts`` says where each key begins."""

    looks: NDArray[np.uint64]
    owners: NDArray[np.uint32]
    starts: NDArray[np.intp]

    @classmethod
    def empty(cls) -> "_Part":
        return cls(np.empty(0, np.uint64), np.empty(0, np.uint32), np.zeros(KEYS + 1, np.intp))

    @classmethod
    def of(cls, looks: NDArray[np.uint64], owners: NDArray[np.uint32]) -> "_Part":
        keys = keys_of(looks)
        order = np.argsort(keys, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(keys, minlength=KEYS))])
        return cls(looks[order], owners[order], starts)

    @property
    def size_bytes(self) -> int:
        return self.looks.nbytes + self.owners.nbytes + self.starts.nbytes

    def owners_of_like(self, asked: Asked) -> NDArray[np.uint32]:
        """The owner of each spot that looks like one of these; once for each of these."""
        keys = asked.keys.astype(np.intp)
        first = self.starts[keys].ravel()
        counts = self.starts[keys + 1].ravel() - first
        counts[counts > _CROWD + _CROWDED * len(self.looks) // KEYS] = 0  # what so many have says nothing
        spot = np.repeat(np.repeat(np.arange(len(keys)), keys.shape[1]), counts)
        places = np.arange(len(spot)) + np.repeat(first - np.cumsum(counts) + counts, counts)
        similar = np.bitwise_count(self.looks[places] ^ asked.points["look"][spot]) <= _SIMILAR
        once = np.unique(self.owners[places[similar]].astype(np.uint64) * ASKED + spot[similar].astype(np.uint64))
        return (once // np.uint64(ASKED)).astype(np.uint32)
