"""``hints-*``: how many copies that are spoilt in known ways are marked, and how many marks are right; ``hint-search``: a search's cost.

Every other photo is held out: thresholds are chosen on the copies of the one half, and the rows report the other. Real camera files
where there are any. A note names the threshold in use, the one that the first half alone would choose, and what that would give here.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from tests.bench import degraded
from tests.bench.degraded import Change, Picture, jpeg
from tests.bench.report import Row, reaches, within
from tests.bench.walls import walls

from pruvan_desk.domain.hints import BRIGHTEST_OF_DARK, MIDDLE_OF_DARK, NEAR_BITS, SHARP, Hint, pixel_hints
from pruvan_desk.imaging.hashes import HashIndex
from pruvan_desk.imaging.landmarks import (
    POINT,
    SPOTS,
    Asked,
    SpotIndex,
    as_points,
    distance_where_shared,
    find_cut,
    find_spots,
    kept,
)  # fmt: skip
from pruvan_desk.imaging.measures import EDGE, HASH_BYTES, Measured, measure
from pruvan_desk.imaging.thumbnails import examine
from pruvan_desk.operations.likeness import CUTS

PRECISION, RECALL = 0.9, 0.8
PHOTOS = 100_000
SEARCHES = 100
SEARCH_MS = 5.0
FALSE_ALARMS = 0.02
UNMARKED = float("inf")
"""Of a copy that no threshold would mark."""
KINDS = {True: "right photos of cameras", False: "right drawn ones"}
ValueOf = Callable[[Measured], float]


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was looked at: how it was made, whether it is to be marked, its photo's half, and the value: low ones are marked."""

    kind: str
    spoilt: bool
    held_out: bool
    value: float


@dataclass
class Score:
    """How a hint did. ``threshold``: below it is marked."""

    threshold: float
    copies: list[Copy] = field(default_factory=list)

    def precision(self, threshold: float, *, held_out: bool) -> float:
        """The share of marks that are right."""
        marks = [copy.spoilt for copy in self.copies if copy.held_out == held_out and copy.value < threshold]
        return sum(marks) / len(marks) if marks else 0.0

    def recall(self, threshold: float, *, held_out: bool) -> float:
        """The share of spoilt copies that are marked."""
        values = [copy.value for copy in self.copies if copy.held_out == held_out and copy.spoilt]
        return sum(value < threshold for value in values) / len(values)

    def chosen(self) -> float:
        """The threshold that serves best the half that is not held out, by the F1 of precision and recall; of equals the middle."""
        values = sorted({copy.value for copy in self.copies if not copy.held_out and copy.value != UNMARKED})
        between = [(one + other) / 2 for one, other in pairwise(values)]
        rated = [(self._harmony(threshold), threshold) for threshold in between]
        best = [threshold for rating, threshold in rated if rating == max(rated)[0]]
        return best[len(best) // 2]

    def _harmony(self, threshold: float) -> float:
        precision, recall = (share(threshold, held_out=False) for share in (self.precision, self.recall))
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    def choice(self) -> str:
        """What the other half would have chosen, and what that gives on this one."""
        other = self.chosen()
        precision, recall = self.precision(other, held_out=True), self.recall(other, held_out=True)
        return (
            f"threshold {self.threshold:g}; the other half alone would choose {other:.3g}, which gives precision {precision:.2f}"
            f" and recall {recall:.2f} here"
        )

    def lines(self) -> str:
        """One part for each way a copy was made, of the photos that are held out."""
        said = []
        for spoilt, words in ((True, "marked"), (False, "marked wrongly")):
            kinds: dict[str, list[bool]] = {}
            for copy in self.copies:
                if copy.held_out and copy.spoilt == spoilt:
                    kinds.setdefault(copy.kind, []).append(copy.value < self.threshold)
            said += [f"{kind}: {sum(marks)} of {len(marks)} {words}" for kind, marks in kinds.items()]
        return "; ".join(said)


def run(scale: float = 1.0) -> list[Row]:
    """Measures all hints. ``scale`` takes fewer of the photos."""
    originals = degraded.photos()
    originals = originals[:: max(1, round(1 / scale))]
    real = [is_real(name) for name, _ in originals]
    with tempfile.TemporaryDirectory() as name:
        bench = HintBench(Path(name) / "copy.jpg")
        pictures = [picture for _, picture in originals]
        scores = {
            "blurred": bench.score(pictures, SHARP, _blurred, degraded.BLURRED, degraded.SHARP_ENOUGH),
            "dark": bench.score(pictures, BRIGHTEST_OF_DARK, _dark, degraded.DARK, degraded.LIGHT_ENOUGH),
            "duplicate": bench.score_alike(pictures),
        }
        others = bench.others(originals)
    size = f"{len(real[1::2])} photos held out, {sum(real[1::2])} of them from cameras"
    full = scale >= 1
    rows = []
    for kind, score in scores.items():
        precision, recall = (share(score.threshold, held_out=True) for share in (score.precision, score.recall))
        rows.append(reaches(f"hints-{kind}-precision", f"{kind}: marks that are right", value=precision, unit="of 1",
                            at_least=PRECISION, full_size=full, note=f"{size}; {score.choice()}. {score.lines()}"))  # fmt: skip
        rows.append(reaches(f"hints-{kind}-recall", f"{kind}: spoilt copies that are marked", value=recall, unit="of 1",
                            at_least=RECALL, full_size=full))  # fmt: skip
    false, words = others
    rows.append(within("hints-others", "overexposed, screens, screenshots: good photos that are marked", value=false, unit="of 1",
                       at_most=FALSE_ALARMS, full_size=full, note=words))  # fmt: skip
    return [*rows, _search(scale, pictures)]


def is_real(name: str) -> bool:
    """Whether a photo is a camera's."""
    return not name.startswith(("drawn", "made"))


def _blurred(measured: Measured) -> float:
    sharpness = measured.measures.sharpness
    return UNMARKED if sharpness is None else sharpness


def _dark(measured: Measured) -> float:
    measures = measured.measures
    return measures.brightest if measures.middle < MIDDLE_OF_DARK else UNMARKED


class HintBench:
    """Takes each copy the way that a photo takes in the engine: a file, its thumbnail, its measures."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def measured(self, picture: Picture) -> Measured:
        """Of one copy."""
        self._path.write_bytes(jpeg(picture))
        return measure(examine(self._path).thumbnails[EDGE])

    def score(
        self, pictures: list[Picture], threshold: float, value: ValueOf, spoilt: Mapping[str, Change], good: Mapping[str, Change]
    ) -> Score:  # fmt: skip
        """How a hint of the pixels does."""
        score = Score(threshold)
        for number, picture in enumerate(pictures):
            for is_spoilt, changes in ((True, spoilt), (False, good)):
                for kind, change in changes.items():
                    found = value(self.measured(change(picture)))
                    score.copies.append(Copy(kind, is_spoilt, number % 2 == 1, found))
        return score

    def score_alike(self, pictures: list[Picture]) -> Score:
        """How the search for near-duplicates does: each copy against all originals, and photos of the same place each other."""
        score, album = Score(NEAR_BITS + 1), Album()
        for picture in pictures:
            album.add(self.measured(picture))
        for number, picture in enumerate(pictures):
            held_out = number % 2 == 1
            for kind, change in degraded.ALIKE.items():
                found = album.distances(self.measured(change(picture)))
                score.copies.append(Copy(kind, True, held_out, found.pop(number, UNMARKED)))
                score.copies.append(Copy("another photo", False, held_out, min(found.values(), default=UNMARKED)))
            other = pictures[(number + 1) % len(pictures)]
            pairs = {
                "the same place from the other side": degraded.beside(picture),
                "before and after from one corner": degraded.before_and_after(picture, other),
            }
            for kind, (one, another) in pairs.items():
                lone = Album()
                lone.add(self.measured(one))
                found = lone.distances(self.measured(another))
                score.copies.append(Copy(kind, False, held_out, found.get(0, UNMARKED)))
        return score

    def others(self, originals: list[tuple[str, Picture]]) -> tuple[float, str]:
        """The share of right photos that one of the other hints marks (of cameras', if there are any), and all figures in words."""
        said = []
        for hint, camera, spoilt in (
            (Hint.OVEREXPOSED, "Acme", degraded.OVEREXPOSED), (Hint.SCREEN, "Acme", degraded.ON_SCREENS),
            (Hint.SCREEN, "", degraded.SCREENSHOTS),
        ):  # fmt: skip
            for kind, change in spoilt.items():
                marks = [hint in self._hints(change(picture), camera) for _, picture in originals]
                said.append(f"{kind}: {sum(marks)} of {len(marks)} marked")
        false: dict[bool, list[bool]] = {True: [], False: []}
        for name, picture in originals:
            for change in degraded.RIGHT.values():
                found = self._hints(change(picture), "")  # a camera's name hides what looks like a screenshot
                false[is_real(name)].append(not found.isdisjoint((Hint.OVEREXPOSED, Hint.SCREEN)))
        said += [f"{words}: {sum(false[real])} of {len(false[real])} marked wrongly" for real, words in KINDS.items()]
        marks = [Hint.SCREEN in self._hints(wall, "Acme") for wall in walls()]
        said.append(f"drawn walls, tiles and wire: {sum(marks)} of {len(marks)} marked wrongly")
        judged = false[True] or false[False]
        return sum(judged) / len(judged), f"all photos, none held out. {'; '.join(said)}"

    def _hints(self, picture: Picture, camera: str) -> set[Hint]:
        return set(pixel_hints(self.measured(picture).measures, camera=camera))


class Album:
    """What the engine keeps in memory and in its cache of the photos that came."""

    def __init__(self) -> None:
        self._wholes, self._parts = HashIndex(), SpotIndex()
        self._greys: list[Image.Image] = []
        self._spots: list[bytes] = []

    def add(self, measured: Measured) -> None:
        """The next photo."""
        number, spots = len(self._greys), kept(find_spots(measured.grey)[0]) or b""
        self._greys.append(measured.grey)
        self._spots.append(spots)
        self._wholes.add([(number, measured.hash)] if measured.hash else [])
        self._parts.add([(number, spots)])

    def distances(self, measured: Measured) -> dict[int, float]:
        """How far from each photo a copy is, as a whole or as a part, of those that the engine would compare it with."""
        hashes = [hashed for hashed in (measured.hash, measured.mirrored) if hashed]
        found: dict[int, float] = dict(self._wholes.near(hashes, 8 * HASH_BYTES, len(self._greys)))
        plain, mirrored = find_spots(measured.grey)
        for asked, grey in ((plain, measured.grey), (mirrored, ImageOps.mirror(measured.grey))):
            for number, distance in self._cuts(asked, grey):
                found[number] = min(distance, found.get(number, UNMARKED))
        return found

    def _cuts(self, asked: Asked, grey: Image.Image) -> Iterable[tuple[int, int]]:
        for number in self._parts.like(asked, CUTS):
            cut = find_cut(asked.points, as_points(self._spots[number]))
            distance = distance_where_shared(grey, self._greys[number], cut) if cut is not None else None
            if distance is not None:
                yield number, distance


def _search(scale: float, pictures: list[Picture]) -> Row:
    """One photo against 100,000, whole and as a part: what it costs on the engine's thread."""
    count = round(PHOTOS * scale)
    wholes, parts = HashIndex(), SpotIndex()
    asked = [find_spots(picture.convert("L")) for picture in pictures]
    looks = np.concatenate([spots[0].points["look"] for spots in asked])
    source = np.random.default_rng(1)
    for start in range(0, count, 1000):
        numbers = range(start, min(start + 1000, count))
        wholes.add((number, os.urandom(HASH_BYTES)) for number in numbers)
        parts.add(zip(numbers, _spots_like(looks, len(numbers), source), strict=True))
    spent = []
    for turn in range(SEARCHES):
        hashed = os.urandom(HASH_BYTES)
        started = time.thread_time()
        wholes.near([hashed, hashed[::-1]], NEAR_BITS, 20)
        for spots in asked[turn % len(asked)]:
            parts.like(spots, CUTS)
        spent.append((time.thread_time() - started) * 1000)
    spent.sort()
    p95 = spent[round(0.95 * (len(spent) - 1))]
    what = (
        "the photos that look like one, or like a part of it, among 100,000, mirrored ones too: p95 of processor time"
    )
    size = (wholes.size_bytes + parts.size_bytes) / 1e6
    note = f"p50 {spent[len(spent) // 2]:.2f} ms, {size:.1f} MB in memory"
    return within("hint-search", what, value=p95, unit="ms", at_most=SEARCH_MS, full_size=scale >= 1, note=note)


def _spots_like(looks: NDArray[np.uint64], count: int, source: np.random.Generator) -> list[bytes]:
    """Of so many photos: spots as common as those of real ones, with a quarter of their bits otherwise."""
    points = np.zeros((count, SPOTS), POINT)
    turned = np.packbits(source.random((count, SPOTS, 64)) < 0.25, axis=2).view("<u8")[:, :, 0]
    points["look"] = source.choice(looks, points.shape) ^ turned
    return [row.tobytes() for row in points]
