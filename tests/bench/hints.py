"""Rows hints-*: how often a quality hint is right, and how often it comes, on degraded copies of photos; and what a search costs."""

import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import degraded
from tests.bench.degraded import Change, Picture, jpeg
from tests.bench.report import Row, reaches, within

from pruvan_desk.domain.hints import NEAR_BITS, Hint, pixel_hints
from pruvan_desk.imaging.hashes import HashIndex
from pruvan_desk.imaging.measures import EDGE, HASH_BYTES, Measured, measure
from pruvan_desk.imaging.thumbnails import make_thumbnails

PRECISION, RECALL = 0.9, 0.8
PHOTOS = 100_000
SEARCHES = 100
SEARCH_MS = 5.0


@dataclass
class Score:
    """How a hint did: by the name of each degradation, how many copies there were and how many were marked."""

    spoilt: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    good: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))

    @property
    def recall(self) -> float:
        """The share of spoilt copies that are marked."""
        marks = [mark for marks in self.spoilt.values() for mark in marks]
        return sum(marks) / len(marks)

    @property
    def precision(self) -> float:
        """The share of marks that are right."""
        right = sum(sum(marks) for marks in self.spoilt.values())
        wrong = sum(sum(marks) for marks in self.good.values())
        return right / (right + wrong) if right + wrong else 0.0

    def lines(self) -> str:
        """One line for each degradation."""
        groups = (("marked", self.spoilt), ("marked wrongly", self.good))
        return "; ".join(
            f"{name}: {sum(marks)} of {len(marks)} {word}" for word, group in groups for name, marks in group.items()
        )


def run(scale: float = 1.0) -> list[Row]:
    """Measures all hints. ``scale`` takes fewer of the photos."""
    originals = degraded.photos()
    originals = originals[:: max(1, round(1 / scale))]
    real = sum(not name.startswith(("drawn", "made")) for name, _ in originals)
    with tempfile.TemporaryDirectory() as name:
        bench = HintBench(Path(name) / "copy.jpg")
        scores = {
            "blurred": bench.score(originals, Hint.BLURRED, degraded.BLURRED, degraded.SHARP_ENOUGH),
            "dark": bench.score(originals, Hint.DARK, degraded.DARK, degraded.LIGHT_ENOUGH),
            "duplicate": bench.score_alike([picture for _, picture in originals]),
        }
    size = f"{len(originals)} photos, {real} of them from cameras"
    full = scale >= 1
    rows = []
    for kind, score in scores.items():
        rows.append(reaches(f"hints-{kind}-precision", f"{kind}: marks that are right", value=score.precision, unit="of 1",
                            at_least=PRECISION, full_size=full, note=f"{size}. {score.lines()}"))  # fmt: skip
        rows.append(reaches(f"hints-{kind}-recall", f"{kind}: spoilt copies that are marked", value=score.recall, unit="of 1",
                            at_least=RECALL, full_size=full))  # fmt: skip
    return [*rows, _search(scale)]


class HintBench:
    """Takes each copy the way that a photo takes in the engine: a file, its thumbnail, its measures."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def measured(self, picture: Picture) -> Measured:
        """Of one copy."""
        self._path.write_bytes(jpeg(picture))
        return measure(make_thumbnails(self._path)[EDGE])

    def score(
        self, originals: Iterable[tuple[str, Picture]], hint: Hint, spoilt: Mapping[str, Change], good: Mapping[str, Change]
    ) -> Score:  # fmt: skip
        """How a hint of the pixels does."""
        score = Score()
        for _, picture in originals:
            for target, changes in ((score.spoilt, spoilt), (score.good, good)):
                for name, change in changes.items():
                    measures = self.measured(change(picture)).measures
                    target[name].append(hint in pixel_hints(measures, camera="Acme"))
        return score

    def score_alike(self, pictures: list[Picture]) -> Score:
        """How the search for near-duplicates does: each copy against all originals, and photos of the same place each other."""
        score, index = Score(), HashIndex()
        index.add(
            (number, hashed) for number, picture in enumerate(pictures) if (hashed := self.measured(picture).hash)
        )
        for number, picture in enumerate(pictures):
            for name, change in degraded.ALIKE.items():
                found = self._found(index, change(picture))
                score.spoilt[name].append(number in found)
                score.good["another photo"].append(bool(found - {number}))
            score.good["the same place from the other side"].append(self._alike(*degraded.beside(picture)))
            other = pictures[(number + 1) % len(pictures)]
            pair = degraded.before_and_after(picture, other)
            score.good["before and after from one corner"].append(self._alike(*pair))
        return score

    def _found(self, index: HashIndex, picture: Picture) -> set[int]:
        found = self.measured(picture)
        hashes = [hashed for hashed in (found.hash, found.mirrored) if hashed]
        return {key for key, _ in index.near(hashes, NEAR_BITS, 20)}

    def _alike(self, one: Picture, other: Picture) -> bool:
        index = HashIndex()
        index.add((number, hashed) for number, hashed in [(0, self.measured(one).hash)] if hashed)
        return bool(self._found(index, other))


def _search(scale: float) -> Row:
    """One photo against 100,000: what it costs on the engine's thread."""
    count = round(PHOTOS * scale)
    index = HashIndex()
    index.add((number, os.urandom(HASH_BYTES)) for number in range(count))
    wanted = [os.urandom(HASH_BYTES) for _ in range(SEARCHES)]
    spent = []
    for hashed in wanted:
        started = time.thread_time()
        index.near([hashed, hashed[::-1]], NEAR_BITS, 20)
        spent.append((time.thread_time() - started) * 1000)
    spent.sort()
    p95 = spent[round(0.95 * (len(spent) - 1))]
    what = "the photos that look like one, among 100,000, mirrored ones too: p95 of processor time"
    note = f"p50 {spent[len(spent) // 2]:.2f} ms, {index.size_bytes / 1e6:.1f} MB in memory"
    return within("hint-search", what, value=p95, unit="ms", at_most=SEARCH_MS, full_size=scale >= 1, note=note)
