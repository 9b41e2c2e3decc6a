"""Photos and thumbnails are decoded side by side, and neither waits for all of the other."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from pruvan_desk.ui.gallery.decoders import Decoders, Lane


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
