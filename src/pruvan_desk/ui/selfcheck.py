"""The parts of the self-check that need Qt: the window, and a page of the portal. Each wants a process of its own."""

import asyncio
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
from pruvan_desk.ui.portal.chromium import prepare
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.window import MainWindow
from pruvan_desk.wire.portal import origin_of

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


async def check_portal(login_url: str, script: str, titles: tuple[str, str]) -> str:
    """Opens a portal as its pane does, waits for the first title, runs ``script`` in the page, and waits for the second.

    Answers what was seen. Raises :class:`DeskFault`.
    """
    prepare()
    from PySide6.QtWebEngineWidgets import QWebEngineView  # noqa: PLC0415 - 100 MB, after the application as in the pane
    from shiboken6 import delete  # noqa: PLC0415

    from pruvan_desk.ui.portal.confinement import Bounds  # noqa: PLC0415
    from pruvan_desk.ui.portal.web import PortalProfile, PortalWebPage  # noqa: PLC0415

    origin = origin_of(login_url)
    if origin is None:
        raise DeskFault(f"{login_url} is not an address.")
    profile = PortalProfile(Bounds.to(origin))
    chromium = next((word for word in profile.httpUserAgent().split() if word.startswith("Chrome/")), "Chromium")
    view = QWebEngineView()
    page = PortalWebPage(profile, view)
    view.setPage(page)
    view.resize(640, 480)
    view.load(login_url)
    view.show()
    try:
        await _until(f"the page {titles[0]}", lambda: page.title() == titles[0])
        page.runJavaScript(script)
        await _until(f"the page {titles[1]}", lambda: page.title() == titles[1])
        await _until("the page's picture", lambda: _colours(view) > 4)
    finally:
        view.close()
        delete(view)  # page and view go before their profile, or Chromium complains
        delete(profile)
    return f"{chromium} showed “{titles[0]}”, then “{titles[1]}”"


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
