"""An upload's bytes go out in pieces: small ones on a slow line, so that one sees them go, large ones on a fast one."""

import asyncio

import pytest

from fakes import FakeClock
from pruvan_desk.sync.transfer import LARGEST_PIECE, SMALLEST_PIECE, Meter, Transfer

PHOTO = bytes(range(256)) * 16_384
"""4 MiB."""


def pieces(seconds_each: float, rate: float = 0.0, limit: float = 0.0) -> list[int]:
    """The sizes in which a photo goes out over a line that takes so long for each; ``rate``, ``limit``: bytes a second."""
    clock = FakeClock()
    meter = Meter(clock, rate=rate)
    meter.bucket.rate = limit
    transfer = Transfer(meter)

    async def send() -> list[bytes]:
        sent = []
        async for piece in transfer.pieces(PHOTO):
            sent.append(bytes(piece))
            clock.advance(seconds_each)
        return sent

    sent = asyncio.run(send())
    assert b"".join(sent) == PHOTO
    assert transfer.sent == meter.sent == len(PHOTO)
    return [len(piece) for piece in sent]


def test_a_line_that_takes_pieces_at_once_gets_larger_ones() -> None:
    sizes = pieces(0.0)
    assert sizes[:5] == [SMALLEST_PIECE << n for n in range(5)]
    assert max(sizes) == LARGEST_PIECE


def test_a_slow_line_gets_small_ones_and_one_sees_them_go() -> None:
    assert set(pieces(0.5)) == {SMALLEST_PIECE}


def test_a_line_that_was_fast_of_late_gets_large_ones_from_the_beginning() -> None:
    assert pieces(0.5, rate=100e6) == [LARGEST_PIECE] * 4


def test_pieces_keep_to_the_limit_however_fast_the_line_is(monkeypatch: pytest.MonkeyPatch) -> None:
    async def sleep(_seconds: float) -> None:
        pass

    monkeypatch.setattr(asyncio, "sleep", sleep)
    assert max(pieces(0.0, limit=1_000_000)) == 100_000
