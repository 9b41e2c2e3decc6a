"""Gathers a body that comes quickly into larger pieces: each costs its way through all layers, whatever its size."""

from collections.abc import Callable

LARGEST = 1 << 20
QUICK_SECONDS = 0.02
"""What comes so soon after the piece before it may wait for the next: nobody can tell …"""
LONGEST_SECONDS = 0.1
"""… but for no longer than this: progress is seen as it is made."""


class Pieces:
    """The pieces of one body after the other. ``left``: bytes of the present one that have not been taken; ``held``: those of them
    that are here.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.left = 0
        self._clock = clock
        self._waiting: list[bytes] = []
        self.held = 0
        self._came = self._since = float("-inf")

    def take(self, piece: bytes, most: int) -> bytes | None:
        """What is to be handed on now, at least ``most`` bytes unless the body ends or slows down; ``None`` to wait for more."""
        now = self._clock()
        quick = now - self._came < QUICK_SECONDS
        self._came = now
        if not self._waiting:
            self._since = now
        self._waiting.append(piece)
        self.held += len(piece)
        if quick and self.held < min(most, self.left) and now - self._since < LONGEST_SECONDS:
            return None
        whole = b"".join(self._waiting) if len(self._waiting) > 1 else piece
        self._waiting, self.held = [], 0
        return whole
