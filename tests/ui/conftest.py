"""A real window on a real database. Whatever touches the database on the Qt thread fails the test that did it."""

import gc
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import Engine, event

from builders import Office
from pruvan_desk.app import make_application
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.thumbnails import ThumbnailCache
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.gallery.view import GalleryPage
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    return QApplication


@pytest.fixture(scope="session")
def qapp(qapp_cls: type[QApplication]) -> QApplication:
    gc.freeze()  # what was imported is no garbage, and need not be looked through after each test
    return make_application()


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp)


@pytest.fixture(autouse=True)
def garbage_on_the_qt_thread(qapp: QApplication) -> Iterator[None]:
    """As the window does it: a timer that another thread's collection destroys takes the process with it."""
    gc.disable()
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def pytest_runtest_logfinish() -> None:
    """Only now pytest has let go of the test, too: before, its fixtures' objects are no garbage yet, and another thread's soon."""
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def no_database_on_the_qt_thread() -> Iterator[None]:
    """The office of a test works in a thread of its own, as another desk would."""
    caught: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if threading.current_thread() is threading.main_thread():
            caught.append(statement)

    event.listen(Engine, "before_cursor_execute", look)
    yield
    event.remove(Engine, "before_cursor_execute", look)
    assert not caught, f"on the Qt thread: {caught}"


WITHOUT_A_SCREEN = ("propagateSizeHints", "This plugin does not support")
"""What Qt says only where there is no screen, of every window and menu."""


@pytest.fixture(autouse=True)
def no_qt_warnings() -> Iterator[None]:
    heard: list[str] = []

    def hear(kind: QtMsgType, _context: Any, message: str) -> None:
        if kind != QtMsgType.QtDebugMsg and not any(words in message for words in WITHOUT_A_SCREEN):
            heard.append(message)

    before = qInstallMessageHandler(hear)
    yield
    qInstallMessageHandler(before)
    assert not heard, f"Qt says: {heard}"


@pytest.fixture
def elsewhere(office: Office, folder: DataFolder) -> Iterator[ElsewhereOffice]:
    thumbnails = ThumbnailCache(folder.thumbnails)
    with ThreadPoolExecutor(1, "elsewhere") as pool:
        yield ElsewhereOffice(office, thumbnails, pool)
    thumbnails.close()


@pytest.fixture
def open_window(
    qtbot: QtBot, theme: Theme, folder: DataFolder, secrets: MemorySecrets
) -> Iterator[Callable[[], MainWindow]]:
    """Opens the window on the folder of the test; answers it when it has read where everything stands."""
    opened: list[tuple[Desk, MainWindow]] = []

    def open_it() -> MainWindow:
        desk = Desk(folder, secrets, "mary")
        window = MainWindow(desk, theme, WindowState(folder.root / "window.ini", desk.aside))
        failures: list[BaseException] = []
        desk.failed.connect(failures.append)
        opened.append((desk, window))
        desk.open(failures.append)
        window.show()
        qtbot.waitUntil(lambda: window.status is not None or bool(failures))
        assert not failures
        return window

    yield open_it
    for desk, window in opened:
        window.leave()
        desk.stop_listening()
        desk.close()
        for part in (window, window.state, desk):
            part.deleteLater()


@pytest.fixture
def project(elsewhere: ElsewhereOffice) -> int:
    made: int = elsewhere.project(elsewhere.integration(), "88123", ("Grass Cut", "Lock Change"))
    return made


@pytest.fixture
def gallery(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, open_window: Callable[[], MainWindow]
) -> Callable[..., GalleryPage]:
    """Opens the gallery of a project that holds photos in the states given, one after the other."""

    def open_it(*states: ItemState) -> GalleryPage:
        for state in states:
            elsewhere.picture(project, state=state)
        window = open_window()
        window.open_gallery(project)
        page = window.pages["gallery"]
        assert isinstance(page, GalleryPage)
        qtbot.waitUntil(lambda: page.model.rowCount() == len(states))
        if states:
            page.grid.setFocus()
            qtbot.waitUntil(page.grid.hasFocus)
        return page

    return open_it
