"""The window's wiring: everything is built once here, started, and stopped in the opposite order."""

import asyncio
import getpass
import sys
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QLoggingCategory, Qt
from PySide6.QtWidgets import QApplication

from pruvan_desk.core.logs import logger
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import SecretStore
from pruvan_desk.ui.bugs import BugReporter
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.engine import EngineProcess
from pruvan_desk.ui.event_loop import loop_factory
from pruvan_desk.ui.garbage import GarbageCollector
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.window import MainWindow

NOT_TOLD = "qt.gui.imageio*=false"
"""A broken photo is told of on its tile; Qt need not write to standard error as well."""

log = logger(__name__)


def run(folder: DataFolder, secrets: SecretStore, worker_command: Sequence[str], title_note: str = "") -> int:
    """Shows the window until it is closed, with an engine beside it. Answers the exit code.

    ``worker_command`` starts the engine; empty for a window without one. ``title_note`` stands in the title, for the sandbox.
    """
    application = make_application()
    with asyncio.Runner(loop_factory=loop_factory(application)) as runner:
        return runner.run(_main(application, folder, secrets, worker_command, title_note))


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


async def _main(
    application: QApplication, folder: DataFolder, secrets: SecretStore, worker_command: Sequence[str], title_note: str
) -> int:
    loop = asyncio.get_running_loop()
    closed = asyncio.Event()
    garbage = GarbageCollector()
    theme = Theme(application)
    desk = Desk(folder, secrets, _user_name())
    state = WindowState(folder.root / "window.ini", desk.aside)
    window = MainWindow(desk, theme, state, title_note)
    engine = EngineProcess(worker_command, secrets, folder.logs, desk)
    bugs = BugReporter()
    desk.spawn = loop.create_task
    desk.failed.connect(bugs.take)
    bugs.found.connect(window.report_bug)
    bugs.install()
    loop.set_exception_handler(lambda _loop, context: bugs.take(context.get("exception") or RuntimeError(str(context))))
    engine.said.connect(window.status_line.show_engine)
    window.drawn.connect(lambda: desk.open(window.refuse_to_open))
    desk.opened.connect(engine.start)
    window.closed.connect(closed.set)
    window.show()
    await closed.wait()
    await _stop(engine, desk)
    garbage.stop()
    for part in (window, state, engine, bugs, desk, garbage):
        part.deleteLater()
    return 0


async def _stop(engine: EngineProcess, desk: Desk) -> None:
    """The engine first, which may take seconds while the loop goes on; then our own threads."""
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
