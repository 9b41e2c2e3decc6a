"""Memory for files on their way out: given back, it serves for the next file, and is large enough for it."""

from pruvan_desk.sync.buffers import Buffers


def test_what_was_given_back_serves_for_the_next_file_even_a_somewhat_larger_one() -> None:
    buffers = Buffers()
    first = buffers.take(1000)
    buffers.give_back(first)
    second = buffers.take(2000)
    assert (len(first), len(second)) == (1000, 2000)
    assert first.obj is second.obj


def test_what_is_in_use_serves_for_nothing_else() -> None:
    buffers = Buffers()
    assert buffers.take(1000).obj is not buffers.take(1000).obj


def test_a_file_that_is_too_large_for_what_is_free_gets_new_memory() -> None:
    buffers = Buffers()
    buffers.give_back(buffers.take(1000))
    assert len(buffers.take(5_000_000)) == 5_000_000


def test_an_empty_file_needs_none() -> None:
    assert len(Buffers().take(0)) == 0
