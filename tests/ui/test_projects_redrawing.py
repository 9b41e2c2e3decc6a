"""What the table of projects draws when orders come in: what has changed of what is seen, a few rows at a time."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pruvan_desk.store.views.projects import ProjectRow
from pruvan_desk.ui import tokens
from pruvan_desk.ui.projects.columns import PLACE
from pruvan_desk.ui.projects.redrawing import TOGETHER
from pruvan_desk.ui.projects.table import ProjectsTable
from pruvan_desk.ui.projects.table_model import MANY, ProjectTable
from pruvan_desk.ui.theme import Theme
from ui.test_project_index import made

KNOWN = range(1, 400, 2)
"""Numbers, due one day after the other."""
MANY_NEW = range(1000, 1000 + MANY + 20)
"""So many at once that the order is made anew."""


class Painted(QObject):
    """The heights that were painted, one for each time."""

    def __init__(self, table: ProjectsTable) -> None:
        super().__init__(table)
        self.heights: list[int] = []
        table.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QPaintEvent):
            self.heights.append(sum(rect.height() for rect in event.region()))
        return False


def on(number: int, day: int) -> ProjectRow:
    """A project that is due on a day, by its number."""
    month = day // 28
    return made(number, "Waco", "Rush", f"{2027 + month // 12}-{1 + month % 12:02}-{1 + day % 28:02}")


def settle() -> None:
    """Until everything that is to be drawn has been."""
    for _ in range(60):
        QCoreApplication.processEvents()


@pytest.fixture
def table(qtbot: QtBot, theme: Theme) -> Iterator[ProjectsTable]:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(700, 500)
    table = ProjectsTable(ProjectTable(theme, host), theme, host)
    table.resize(700, 500)
    table.projects.take([on(number, day=number) for number in KNOWN])
    with qtbot.waitExposed(host):
        host.show()
    settle()
    yield table
    host.close()


def on_screen(table: ProjectsTable) -> QImage:
    """What was drawn so far."""
    at, size = table.viewport().mapTo(table.window(), QPoint(0, 0)), table.viewport().size()
    shot = table.screen().grabWindow(table.window().winId(), at.x(), at.y(), size.width(), size.height())
    return shot.toImage().convertToFormat(QImage.Format.Format_RGB32)


def drawn_anew(table: ProjectsTable) -> QImage:
    """The same, when all of it is."""
    table.viewport().repaint()
    return on_screen(table)


def test_what_comes_out_of_sight_draws_nothing(table):
    painted = Painted(table)
    table.projects.take([on(number, day=300) for number in MANY_NEW])
    settle()
    assert table.projects.rowCount() == len(KNOWN) + len(MANY_NEW)
    assert painted.heights == []


@pytest.mark.parametrize("others", [[], [on(number, day=300) for number in MANY_NEW]], ids=["alone", "among many"])
def test_what_comes_in_sight_is_drawn_with_what_it_moves_and_a_few_rows_at_a_time(table, others):
    painted = Painted(table)
    table.projects.take([on(2000, day=4), *others])
    settle()
    below = table.viewport().height() - table.visualRect(table.projects.index(2, 0)).top()
    assert below <= sum(painted.heights) < below + tokens.ROW_HEIGHT
    assert max(painted.heights) <= TOGETHER * tokens.ROW_HEIGHT < below
    assert on_screen(table) == drawn_anew(table)


def test_the_first_orders_of_an_import_are_drawn_a_few_at_a_time_as_well(table):
    table.projects.take([], set(KNOWN[2:]))
    settle()
    painted = Painted(table)
    table.projects.take([on(number, day=300) for number in MANY_NEW])
    settle()
    assert max(painted.heights) <= TOGETHER * tokens.ROW_HEIGHT
    assert on_screen(table) == drawn_anew(table)


def test_where_the_scroll_bar_was_the_rows_are_drawn(table):
    table.projects.take([], set(KNOWN[2:]))
    settle()
    assert on_screen(table) == drawn_anew(table)


def test_what_somebody_wants_is_drawn_whole_at_once(table):
    painted = Painted(table)
    table.projects.take([on(number, day=1) for number in MANY_NEW])
    table.sortByColumn(PLACE["key"], Qt.SortOrder.DescendingOrder)
    settle()
    assert painted.heights == [table.viewport().height()]


def test_what_is_coloured_while_orders_come_is_drawn(table):
    table.colour_by("status")
    settle()
    table.projects.take([on(number, day=300) for number in MANY_NEW])
    table.projects.colour_by("")
    settle()
    assert on_screen(table) == drawn_anew(table)


def begin_to_draw(table):
    """An order comes in, and the first rows that look otherwise are drawn."""
    painted = Painted(table)
    table.projects.take([on(2000, day=0)])
    while not painted.heights:
        QCoreApplication.processEvents()


def test_what_is_not_yet_drawn_is_drawn_though_more_comes_out_of_sight(table):
    begin_to_draw(table)
    table.projects.take([on(number, day=300) for number in MANY_NEW])
    settle()
    assert on_screen(table) == drawn_anew(table)


def test_who_scrolls_while_orders_come_sees_what_is_there(table):
    begin_to_draw(table)
    table.verticalScrollBar().setValue(3)
    settle()
    assert on_screen(table) == drawn_anew(table)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_comes_goes_and_moves_the_screen_shows_what_is_there(table, seed):
    chance = random.Random(seed)
    table.select_project(3)
    for turn in range(12):
        known = list(table.projects.index_of_projects.by_id.values())
        changed = [
            replace(row, due=on(row.id, chance.randint(1, 60)).due, city=f"Town {turn}")
            for row in chance.sample(known, chance.choice((0, 1, 3, MANY + 20)))
        ]
        new = [on(5000 + 100 * turn + n, chance.randint(1, 60)) for n in range(chance.choice((0, 2, MANY + 20)))]
        gone = {row.id for row in chance.sample(known, chance.choice((0, 1, 30)))} - {row.id for row in changed}
        table.projects.take([*changed, *new], gone)
        if chance.random() < 0.3:
            table.verticalScrollBar().setValue(chance.randint(0, 20))
        for _ in range(chance.choice((0, 1, 2, 3))):  # more may come before all is drawn
            QCoreApplication.processEvents()
        if turn % 3 == 2:
            settle()
            assert on_screen(table) == drawn_anew(table)
