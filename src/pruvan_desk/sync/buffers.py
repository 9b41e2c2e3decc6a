"""Memory for files on their way out, used again and again: to get it from the system anew costs as much as to read the file."""

import mmap
from collections import deque

STEP = 1 << 20
"""Bytes: memory comes in multiples of this, so that it serves the next file as well."""


class Buffers:
    """The memory that is free at the moment. For any number of threads."""

    def __init__(self) -> None:
        self._free: deque[mmap.mmap] = deque()

    def take(self, size: int) -> memoryview:
        """Room for ``size`` bytes, whatever they are now."""
        try:
            buffer = self._free.pop()
        except IndexError:
            buffer = _new(size)
        if len(buffer) < size:
            buffer = _new(size)
        return memoryview(buffer)[:size]

    def give_back(self, taken: memoryview) -> None:
        """Nobody looks at what was taken any more."""
        if isinstance(taken.obj, mmap.mmap):
            self._free.append(taken.obj)

    def clear(self) -> None:
        """Gives everything that is free back to the system."""
        self._free.clear()


def _new(size: int) -> mmap.mmap:
    """Memory past the allocator, which would keep most of it once it is free."""
    return mmap.mmap(-1, max(1, -(-size // STEP)) * STEP)
