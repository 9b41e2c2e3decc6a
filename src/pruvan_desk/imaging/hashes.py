"""Finds photos that look alike, among hundreds of thousands, by their hashes: every one is compared, eight bytes at a time.

An index of bands would find candidates in less, but lawns and house fronts share their coarse bits, so that its buckets grow with the
number of photos all the same, and it misses what a band tears apart. Comparing all misses nothing (``make bench``, row hint-search).
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pruvan_desk.imaging.measures import HASH_BYTES

WORDS = HASH_BYTES // 8
_FIRST = WORDS // 2
_GROWTH = 1024


class HashIndex:
    """The hashes of many photos, with the number that each is known by. 72 bytes a photo. Not safe for threads."""

    def __init__(self) -> None:
        self._count = 0
        self._words: NDArray[np.uint64] = np.empty((WORDS, _GROWTH), np.uint64)
        self._keys: NDArray[np.int64] = np.empty(_GROWTH, np.int64)

    def __len__(self) -> int:
        return self._count

    @property
    def size_bytes(self) -> int:
        """What it takes in memory."""
        return self._words.nbytes + self._keys.nbytes

    def add(self, entries: Iterable[tuple[int, bytes]]) -> None:
        """Takes photos in: the number of each, and its hash of :data:`HASH_BYTES` bytes."""
        new = list(entries)
        if not new:
            return
        self._make_room(len(new))
        block = np.frombuffer(b"".join(hashed for _, hashed in new), np.uint64).reshape(len(new), WORDS)
        self._words[:, self._count : self._count + len(new)] = block.T
        self._keys[self._count : self._count + len(new)] = [key for key, _ in new]
        self._count += len(new)

    def near(self, hashes: Iterable[bytes], bits: int, limit: int) -> list[tuple[int, int]]:
        """The numbers of the photos that differ from one of ``hashes`` in at most ``bits`` bits, with in how many: the nearest first."""
        found: dict[int, int] = {}
        for wanted in hashes:
            for key, distance in self._near(np.frombuffer(wanted, np.uint64), bits):
                found[key] = min(distance, found.get(key, distance))
        return sorted(found.items(), key=lambda pair: (pair[1], pair[0]))[:limit]

    def _near(self, wanted: NDArray[np.uint64], bits: int) -> Iterable[tuple[int, int]]:
        """By half of the words first: of unlike photos that alone differs in more."""
        rough = self._distances(wanted, range(_FIRST), slice(0, self._count))
        places = np.flatnonzero(rough <= bits)
        distances = rough[places] + self._distances(wanted, range(_FIRST, WORDS), places)
        close = distances <= bits
        return zip(self._keys[places[close]].tolist(), distances[close].tolist(), strict=True)

    def _distances(
        self, wanted: NDArray[np.uint64], words: range, places: slice | NDArray[np.intp]
    ) -> NDArray[np.uint16]:
        total: NDArray[np.uint16] | None = None
        for word in words:
            differing = np.bitwise_count(self._words[word][places] ^ wanted[word]).astype(np.uint16)
            total = differing if total is None else total + differing
        assert total is not None  # noqa: S101 - words is never empty
        return total

    def _make_room(self, more: int) -> None:
        needed = self._count + more
        if needed <= len(self._keys):
            return
        size = max(needed, 2 * len(self._keys))
        words, keys = np.empty((WORDS, size), np.uint64), np.empty(size, np.int64)
        words[:, : self._count] = self._words[:, : self._count]
        keys[: self._count] = self._keys[: self._count]
        self._words, self._keys = words, keys
