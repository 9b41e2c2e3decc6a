"""The window's wiring: everything is built once here, started, and stopped in the opposite order."""

import getpass
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEventLoop, QLoggingCategory, Qt
from PySide6.QtWidgets import QApplication

from pruvan_desk.core.logs import logger
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import SecretStore
from pruvan_desk.ui.bugs import BugReporter
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.garbage import GarbageCollector
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.window import MainWindow

if TYPE_CHECKING:
    from pruvan_desk.ui.engine import EngineProcess

NOT_TOLD = "qt.gui.imageio*=false"
"""A broken photo is told of on its tile; Qt need not write to standard error as well."""

log = logger(__name__)


def run(folder: DataFolder, secrets: SecretStore, worker_command: Sequence[str], title_note: str = "") -> int:
    """Shows the window until it is closed, with an engine beside it. Answers the exit code.

    ``worker_command`` starts the engine; empty for a window without one. ``title_note`` stands in the title, for the sandbox.
    """
    program = _Program(make_application(), folder, secrets, title_note)
    program.draw()
    import asyncio  # noqa: PLC0415 - what coroutines need takes as long to load as the window to be drawn

    from pruvan_desk.ui.event_loop import loop_factory  # noqa: PLC0415 - as above

    with asyncio.Runner(loop_factory=loop_factory(program.application)) as runner:
        return runner.run(_main(program, worker_command))


def make_application() -> QApplication:
    """The one application object, which does not quit by itself: we do, after the engine has stopped."""
    existing = QApplication.instance()
    if existing is None:  # without this Chromium could not be loaded later, when somebody opens the portal
        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("Pruvan Desk")
    application.setQuitOnLastWindowClosed(False)
    QLoggingCategory.setFilterRules(NOT_TOLD)
    return application


class _Program:
    """What stands before anything is read: the window, and what it works with."""

    def __init__(self, application: QApplication, folder: DataFolder, secrets: SecretStore, title_note: str) -> None:
        self.application = application
        self.garbage = GarbageCollector()
        self.theme = Theme(application)
        self.desk = Desk(folder, secrets, _user_name())
        self.state = WindowState(folder.root / "window.ini", self.desk.aside)
        self.window = MainWindow(self.desk, self.theme, self.state, title_note)
        self.bugs = BugReporter()
        self.is_closed = False
        self.window.closed.connect(self._note_closed)
        self.desk.failed.connect(self.bugs.take)
        self.bugs.found.connect(self.window.report_bug)
        self.bugs.install()

    def draw(self) -> None:
        """Shows the window, and returns when it is on the screen."""
        loop = QEventLoop()
        self.window.drawn.connect(loop.quit)
        self.window.show()
        loop.exec()

    def take_bug(self, _loop: object, context: dict[str, Any]) -> None:
        """A coroutine's error that nobody awaited."""
        self.bugs.take(context.get("exception") or RuntimeError(str(context)))

    def _note_closed(self) -> None:
        self.is_closed = True


async def _main(program: _Program, worker_command: Sequence[str]) -> int:
    import asyncio  # noqa: PLC0415 - after the window was drawn, as in run

    from pruvan_desk.ui.engine import EngineProcess  # noqa: PLC0415

    loop, closed = asyncio.get_running_loop(), asyncio.Event()
    desk, window = program.desk, program.window
    engine = EngineProcess(worker_command, desk.secrets, desk.folder.logs, desk)
    desk.spawn = loop.create_task
    loop.set_exception_handler(program.take_bug)
    engine.said.connect(window.status_line.show_engine)
    desk.opened.connect(engine.start)
    window.closed.connect(closed.set)
    if not program.is_closed:
        desk.open(window.refuse_to_open)
        await closed.wait()
    await _stop(engine, desk)
    program.garbage.stop()
    for part in (window, program.state, engine, program.bugs, desk, program.garbage):
        part.deleteLater()
    return 0


async def _stop(engine: "EngineProcess", desk: Desk) -> None:
    """The engine first, which may take seconds while the loop goes on; then our own threads."""
    import asyncio  # noqa: PLC0415 - as above

    stopped = asyncio.Event()
    engine.stopped.connect(stopped.set)
    engine.stop()
    await stopped.wait()
    desk.stop_listening()
    await asyncio.get_running_loop().run_in_executor(None, desk.close)
    log.info("window closed")


def _user_name() -> str:
    """Who sits here, for the history."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no account of that number, as in some containers
        return "office"
