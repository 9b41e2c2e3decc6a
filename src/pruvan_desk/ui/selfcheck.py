"""The parts of the self-check that need Qt: the window, and a web page. Each wants a process of its own."""

import asyncio
import os
import time
from collections.abc import Callable

from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QWidget

from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.help import read_page
from pruvan_desk.ui.pages import PAGES
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.window import MainWindow

PATIENCE_SECONDS = 30.0
TICK_SECONDS = 0.02
SAMPLES = 64
"""Pixels looked at along each side of a picture."""


async def check_window(application: QApplication, folder: DataFolder) -> str:
    """Opens the window on an empty data folder, shows every view in it, closes it. Answers what was seen.

    Raises :class:`DeskFault` when it is not drawn, or whatever a view met.
    """
    desk = Desk(folder, MemorySecrets(), "self-check")
    faults: list[Exception] = []
    closed = asyncio.Event()
    window = MainWindow(desk, Theme(application), WindowState(folder.root / "window.ini", desk.aside))
    desk.failed.connect(faults.append)
    window.drawn.connect(lambda: desk.open(faults.append))
    window.closed.connect(closed.set)
    started = time.monotonic()
    window.show()
    try:
        await _until("the window", lambda: window.status is not None, faults)
        seconds = time.monotonic() - started
        for spec in PAGES:
            window.show_page(spec.name)
            await _until(f"the view {spec.words}", lambda: _colours(window) > 4, faults)
        _read_help()
        window.close()
        await asyncio.wait_for(closed.wait(), PATIENCE_SECONDS)
    finally:
        desk.stop_listening()
        await asyncio.get_running_loop().run_in_executor(None, desk.close)
    return f"{len(PAGES)} views on {QGuiApplication.platformName()}, the first {seconds:.1f} s after the window was asked for"


def load_web_engine() -> None:
    """Loads Chromium, which has to come before the application object. Its own sandbox refuses root, and only root goes without."""
    if getattr(os, "geteuid", lambda: -1)() == 0:
        os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    import PySide6.QtWebEngineWidgets  # noqa: F401, PLC0415 - 100 MB that only this check needs


async def check_page(url: str, script: str, expected: str) -> str:
    """Opens a page, runs ``script`` in it, and waits until the page's title is ``expected`` and something is drawn.

    Answers what was seen. Raises :class:`DeskFault`. Needs :func:`load_web_engine`.
    """
    from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile  # noqa: PLC0415
    from PySide6.QtWebEngineWidgets import QWebEngineView  # noqa: PLC0415 - as above
    from shiboken6 import delete  # noqa: PLC0415

    profile = QWebEngineProfile()  # without a name it keeps nothing on disk
    chromium = next((word for word in profile.httpUserAgent().split() if word.startswith("Chrome/")), "Chromium")
    view = QWebEngineView()
    page = QWebEnginePage(profile, view)
    view.setPage(page)
    view.resize(640, 480)
    ended: list[bool] = []
    page.loadFinished.connect(ended.append)
    view.load(url)
    view.show()
    try:
        await _until("the page", lambda: bool(ended))
        if not ended[0]:
            raise DeskFault(f"The page {url} was not loaded.", "See the words of Chromium on standard error.")
        page.runJavaScript(script)
        await _until(f"the title {expected}", lambda: page.title() == expected)
        await _until("the page's picture", lambda: _colours(view) > 1)
    finally:
        view.close()
        delete(view)  # page and view go before their profile, or Chromium complains
        delete(profile)
    return f"{chromium} read “{expected}” back"


def _read_help() -> None:
    for name in ("index", "qa"):
        if not read_page(name).strip():
            raise DeskFault(f"The help page {name} is empty.", "Install the program again.")


def _colours(widget: QWidget) -> int:
    """How many colours a widget shows, as far as some thousand pixels tell; 1 when nothing is drawn yet."""
    image: QImage = widget.grab().toImage()
    across, down = max(1, image.width() // SAMPLES), max(1, image.height() // SAMPLES)
    return len({image.pixel(x, y) for x in range(0, image.width(), across) for y in range(0, image.height(), down)})


async def _until(what: str, done: Callable[[], bool], faults: list[Exception] | None = None) -> None:
    patience = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if faults:
            raise faults[0]
        if time.monotonic() > patience:
            raise DeskFault(f"Waiting for {what} took longer than {PATIENCE_SECONDS:.0f} s.", "Try again.")
        await asyncio.sleep(TICK_SECONDS)
