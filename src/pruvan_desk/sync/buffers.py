"""Memory for files on their way out, used again and again: to get it from the system anew costs as much as to read the file."""

from collections import deque

STEP = 1 << 20
"""Bytes: memory comes in multiples of this, so that it serves the next file as well."""


class Buffers:
    """The memory that is free at the moment. For any number of threads."""

    def __init__(self) -> None:
        self._free: deque[bytearray] = deque()

    def take(self, size: int) -> memoryview:
        """Room for ``size`` bytes, whatever they are now."""
        try:
            buffer = self._free.pop()
        except IndexError:
            buffer = bytearray()
        if len(buffer) < size:
            buffer = bytearray(-(-size // STEP) * STEP)
        return memoryview(buffer)[:size]

    def give_back(self, taken: memoryview) -> None:
        """Nobody looks at what was taken any more."""
        if isinstance(taken.obj, bytearray):
            self._free.append(taken.obj)

    def clear(self) -> None:
        """Gives everything that is free back to the system."""
        self._free.clear()
