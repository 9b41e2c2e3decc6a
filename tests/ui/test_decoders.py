"""Photos and thumbnails are decoded side by side, and neither waits for all of the other."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from pruvan_desk.ui.gallery.decoders import WAITING, Decoders, Lane, Wish


@pytest.fixture
def decoders(qtbot: QtBot) -> Iterator[Decoders]:
    made = Decoders()
    yield made
    made.stop()


def test_thumbnails_come_while_photos_are_being_decoded(qtbot: QtBot, decoders: Decoders) -> None:
    begun, go_on, came = threading.Event(), threading.Event(), list[str]()

    def photo() -> QImage | None:
        begun.set()
        go_on.wait(5)
        return None

    for lane in (Lane.CURRENT, Lane.NEIGHBOUR, Lane.NEIGHBOUR):
        decoders.wish(lane, f"photo {lane}", photo, lambda _image: came.append("photo"))
    qtbot.waitUntil(begun.is_set)
    for n in range(3):
        decoders.wish(Lane.THUMBNAIL, n, lambda: None, lambda _image: came.append("thumbnail"))
    try:
        qtbot.waitUntil(lambda: came == ["thumbnail"] * 3)
    finally:
        go_on.set()


def test_the_photo_that_is_looked_at_does_not_wait_for_one_that_may_be(qtbot: QtBot, decoders: Decoders) -> None:
    begun, go_on, came = threading.Event(), threading.Event(), list[str]()

    def neighbour() -> QImage | None:
        begun.set()
        go_on.wait(5)
        return None

    decoders.wish(Lane.NEIGHBOUR, "next", neighbour, lambda _image: came.append("next"))
    qtbot.waitUntil(begun.is_set)
    decoders.wish(Lane.CURRENT, "this", lambda: None, lambda _image: came.append("this"))
    try:
        qtbot.waitUntil(lambda: came == ["this"])
    finally:
        go_on.set()


def test_a_screen_of_many_small_tiles_gets_all_its_pictures(qtbot: QtBot, decoders: Decoders) -> None:
    came: set[int] = set()

    def wish(number: int) -> Wish:
        return (lambda: None), (lambda _image: came.add(number))

    decoders.wish_all(Lane.THUMBNAIL, [(number, wish(number)) for number in range(2 * WAITING)])
    qtbot.waitUntil(lambda: len(came) == 2 * WAITING)
    assert not decoders.has_waiting(Lane.THUMBNAIL)


def test_what_was_scrolled_past_long_ago_is_not_decoded(qtbot: QtBot, decoders: Decoders) -> None:
    begun, go_on, came = threading.Event(), threading.Event(), set[str]()

    def first() -> QImage | None:
        begun.set()
        go_on.wait(5)
        return None

    for number in range(2):  # what both threads are at
        decoders.wish(Lane.THUMBNAIL, f"first {number}", first, lambda _image: None)
        qtbot.waitUntil(begun.is_set)
        begun.clear()
    decoders.wish(Lane.THUMBNAIL, "past", lambda: None, lambda _image: came.add("past"))
    for number in range(WAITING):
        decoders.wish(Lane.THUMBNAIL, number, lambda: None, lambda _image: came.add("seen"))
    assert decoders.has_waiting(Lane.THUMBNAIL)
    go_on.set()
    qtbot.waitUntil(lambda: bool(came) and not decoders.has_waiting(Lane.THUMBNAIL))
    assert came == {"seen"}
