"""The lines of a long form: what comes below leaves what is above in peace."""

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea
from pytestqt.qtbot import QtBot

from pruvan_desk.ui.surveys.blocks import BLOCK, WIDEST, Blocks

LONG = "What does the fence on the north side look like, and who put it there? " * 3


class Lines:
    """A form's inside in a scroll area, so many pixels wide."""

    def __init__(self, qtbot: QtBot, width: int = 600) -> None:
        self.area = QScrollArea()
        qtbot.addWidget(self.area)
        self.blocks = Blocks()
        self.area.setWidget(self.blocks)
        self.area.resize(width, 300)
        self.area.show()
        self.blocks.fit(width)
        self.labels: list[QLabel] = []

    def add(self, count: int, text: str = LONG) -> None:
        for _ in range(count):
            line = QLabel(text)
            line.setWordWrap(True)
            self.labels.append(line)
            self.blocks.add(line)
        self.blocks.place(unfinished=True)

    def top(self, place: int) -> int:
        return self.labels[place].mapTo(self.blocks, self.labels[place].rect().topLeft()).y()


@pytest.fixture
def lines(qtbot: QtBot) -> Lines:
    return Lines(qtbot)


def test_lines_that_come_below_give_those_above_no_other_size(lines: Lines) -> None:
    lines.add(BLOCK)
    resized: list[str] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt names it
            if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
                resized.append(watched.objectName())
            return False

    watch = Watch()
    for line in lines.labels:
        line.installEventFilter(watch)
    lines.add(3 * BLOCK)
    QApplication.processEvents()
    assert resized == []
    assert [lines.top(place) for place in range(4 * BLOCK)] == sorted({lines.top(place) for place in range(4 * BLOCK)})
    assert lines.blocks.height() > lines.top(-1) + lines.labels[-1].height()


def test_a_line_that_goes_lets_those_below_move_up_and_they_move_down_when_it_comes_again(lines: Lines) -> None:
    lines.add(2 * BLOCK)
    before, height = lines.top(-1), lines.blocks.height()
    lines.labels[0].hide()
    QApplication.processEvents()
    assert lines.top(-1) < before
    assert lines.blocks.height() < height
    lines.labels[0].show()
    QApplication.processEvents()
    assert (lines.top(-1), lines.blocks.height()) == (before, height)


def test_a_block_of_which_nothing_is_shown_takes_no_room(lines: Lines) -> None:
    lines.add(2 * BLOCK)
    top = lines.top(0)
    for line in lines.labels[:BLOCK]:
        line.hide()
    lines.blocks.follow()
    assert lines.top(BLOCK) == top


def test_words_that_wrap_in_less_room_get_more_lines(lines: Lines) -> None:
    lines.add(BLOCK)
    height = lines.blocks.height()
    lines.blocks.fit(300)
    assert lines.blocks.height() > height
    assert lines.blocks.width() == 300


def test_on_a_wide_screen_lines_are_no_longer_than_anybody_wants_to_read_across(lines: Lines) -> None:
    lines.add(BLOCK)
    lines.blocks.fit(3 * WIDEST)
    assert lines.blocks.width() == WIDEST


def test_lines_are_destroyed_a_few_at_a_time_and_nothing_of_them_is_seen(lines: Lines) -> None:
    lines.add(2 * BLOCK)
    lines.blocks.clear()
    assert not any(line.isVisible() for line in lines.labels)
    rounds = 0
    while lines.blocks.drop_some():
        rounds += 1
    assert rounds > 2
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert lines.blocks.findChildren(QLabel) == []
