"""How the window hands work to the writing thread: after what is to be drawn, in order, and to the last."""

import threading
from collections.abc import Callable

from PySide6.QtCore import QStringListModel
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QListView, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.store.database import Database
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.window import MainWindow


class Screen(QWidget):
    """Notes when it is drawn."""

    def __init__(self, heard: list[str]) -> None:
        super().__init__()
        self._heard = heard

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt names it
        self._heard.append("drawn")


class WatchedList(QListView):
    """The same, of a list."""

    def __init__(self, heard: list[str]) -> None:
        super().__init__()
        self._heard = heard

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - as above
        super().paintEvent(event)
        self._heard.append("drawn")


def test_what_was_decided_is_drawn_before_it_is_written(qtbot: QtBot, open_window: Callable[[], MainWindow]) -> None:
    desk, heard = open_window().desk, list[str]()
    screen = Screen(heard)
    qtbot.addWidget(screen)
    screen.show()
    qtbot.waitUntil(lambda: "drawn" in heard)
    heard.clear()
    desk.aside(lambda: heard.append("written"))
    screen.update()
    qtbot.waitUntil(lambda: "written" in heard)
    assert heard == ["drawn", "written"]


def test_a_list_that_was_answered_is_drawn_before_the_next_question_is_read(
    qtbot: QtBot, open_window: Callable[[], MainWindow]
) -> None:
    desk, heard = open_window().desk, list[str]()
    qtbot.waitUntil(lambda: not desk._reading and not desk._questions)
    model = QStringListModel(["before"])
    view = WatchedList(heard)
    qtbot.addWidget(view)
    view.setModel(model)
    view.show()
    qtbot.waitUntil(lambda: "drawn" in heard)
    desk.read(lambda _session: heard.clear(), lambda _none: model.layoutChanged.emit())
    desk.read(lambda _session: heard.append("read"), lambda _none: None)
    qtbot.waitUntil(lambda: "read" in heard)
    assert heard == ["drawn", "read"]


def test_writes_and_what_reads_after_them_keep_their_order(qtbot: QtBot, open_window: Callable[[], MainWindow]) -> None:
    desk, heard = open_window().desk, list[str]()

    def write(word: str) -> Callable[[Database], None]:
        return lambda _database: heard.append(word)

    desk.write(write("first"))
    desk.read_own(lambda _session: heard.append("read"), lambda _none: heard.append("answered"))
    desk.aside(lambda: heard.append("aside"))
    desk.write(write("last"))
    qtbot.waitUntil(lambda: len(heard) == 5)
    assert [word for word in heard if word != "answered"] == ["first", "read", "aside", "last"]


def test_what_was_decided_at_the_very_end_is_written(qtbot: QtBot, folder: DataFolder, secrets: MemorySecrets) -> None:
    desk, heard = Desk(folder, secrets, "mary"), list[str]()
    with qtbot.waitSignal(desk.opened):
        desk.open(lambda error: heard.append(error.title))
    desk.write(lambda _database: heard.append("written"))
    desk.stop_listening()
    desk.close()
    assert heard == ["written"]


def test_questions_are_read_one_after_the_other_but_none_waits_long(
    qtbot: QtBot, open_window: Callable[[], MainWindow]
) -> None:
    desk, heard, go_on = open_window().desk, list[str](), threading.Event()
    patience = desk._long.interval()
    desk._long.setInterval(1_000_000)
    qtbot.waitUntil(lambda: not desk._reading and not desk._questions)

    def slow(_session: Session) -> None:
        heard.append("slow begins")
        go_on.wait(5)
        heard.append("slow ends")

    desk.read(slow, lambda _none: None)
    desk.read(lambda _session: heard.append("quick"), lambda _none: None)
    qtbot.waitUntil(lambda: "slow begins" in heard)
    go_on.set()
    qtbot.waitUntil(lambda: len(heard) == 3)
    assert heard == ["slow begins", "slow ends", "quick"]
    heard.clear()
    go_on.clear()
    desk._long.setInterval(patience)
    qtbot.waitUntil(lambda: not desk._reading)
    desk.read(slow, lambda _none: None)
    desk.read(lambda _session: heard.append("quick"), lambda _none: None)
    try:
        qtbot.waitUntil(lambda: heard == ["slow begins", "quick"])
    finally:
        go_on.set()
