"""Pieces of a body: gathered while they come quickly, handed on at once where they do not."""

import pytest

from pruvan_desk.sync.gateway.pieces import LARGEST, LONGEST_SECONDS, QUICK_SECONDS, Pieces

SOON, LATE = QUICK_SECONDS / 2, QUICK_SECONDS * 2


class Sender:
    """Sends pieces of a body, each some seconds after the one before."""

    def __init__(self, left: int) -> None:
        self.now = 100.0
        self.pieces = Pieces(lambda: self.now)
        self.pieces.left = left

    def send(self, piece: bytes, after: float, most: int = LARGEST) -> bytes | None:
        self.now += after
        return self.pieces.take(piece, most)


def test_the_first_piece_waits_for_nothing() -> None:
    assert Sender(left=10).send(b"ab", after=SOON) == b"ab"


def test_what_follows_quickly_is_gathered_until_the_body_ends() -> None:
    sender = Sender(left=8)
    sender.send(b"ab", after=0)
    sender.pieces.left = 6
    assert [sender.send(piece, after=SOON) for piece in (b"cd", b"ef", b"gh")] == [None, None, b"cdefgh"]


def test_what_comes_behind_the_body_comes_with_its_end() -> None:
    sender = Sender(left=4)
    sender.send(b"ab", after=0)
    sender.pieces.left = 2
    assert [sender.send(piece, after=SOON) for piece in (b"c", b"d!")] == [None, b"cd!"]


def test_who_sends_slowly_is_heard_at_once_together_with_what_waited() -> None:
    sender = Sender(left=100)
    answers = [sender.send(piece, after) for piece, after in [(b"a", 0), (b"b", SOON), (b"c", LATE), (b"d", LATE)]]
    assert answers == [b"a", None, b"bc", b"d"]


def test_no_more_is_gathered_than_one_connection_may() -> None:
    sender = Sender(left=100)
    sender.send(b"a", after=0)
    assert [sender.send(b"bb", SOON, most=4) for _ in range(4)] == [None, b"bbbb", None, b"bbbb"]


@pytest.mark.parametrize("after", [SOON, QUICK_SECONDS * 0.9])
def test_progress_is_seen_however_quickly_small_pieces_come(after: float) -> None:
    sender = Sender(left=1000)
    sender.send(b"a", after=0)
    waited = 0.0
    while sender.send(b"b", after) is None:
        waited += after
        assert waited <= LONGEST_SECONDS + after
