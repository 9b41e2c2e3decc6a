"""The real Chromium, and sites for it to be held to."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QEventLoop, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pruvan_desk.ui.portal import chromium
from pruvan_desk.ui.window import MainWindow
from ui.browsing import Person, open_tab
from ui.elsewhere import ElsewhereOffice
from ui.websites import Answer, Website, serving

OpenWindow = Callable[[], MainWindow]


@pytest.fixture(scope="session", autouse=True)
def started_chromium(qapp: QApplication) -> None:
    """Chromium says at its start what this machine lacks (a graphics card, root's sandbox). What comes later is ours."""
    before = qInstallMessageHandler(lambda *_: None)
    chromium.prepare()
    from PySide6.QtWebEngineWidgets import QWebEngineView  # noqa: PLC0415 - not loaded before it is prepared
    from shiboken6 import delete  # noqa: PLC0415

    view = QWebEngineView()
    loop = QEventLoop()  # which lets go of Python's lock, while Chromium's threads write to our handler
    view.loadFinished.connect(loop.quit)
    view.setHtml("<p>ready</p>")
    view.show()
    loop.exec()
    delete(view)
    qInstallMessageHandler(before)


@pytest.fixture
def other() -> Iterator[Website]:
    """A site that no page may reach."""
    with serving(Website()) as site:
        yield site


@pytest.fixture
def site() -> Iterator[Website]:
    """A portal that tries things."""
    with serving(Website()) as site:
        yield site


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the system browser was given."""
    opened: list[str] = []
    browser = SimpleNamespace(openUrl=lambda url: opened.append(url.toString()))
    monkeypatch.setattr("pruvan_desk.ui.portal.tab.QDesktopServices", browser)
    return opened


@pytest.fixture
def at_site(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: OpenWindow, site: Website
) -> Callable[[str], Person]:
    """Opens an order whose page in the portal is this."""

    def open_it(body: str) -> Person:
        site.pages["/orders/88123"] = Answer(body)
        integration = elsewhere.integration(portal_url=f"{site.origin}/orders/{{number}}")
        return open_tab(qtbot, open_window(), elsewhere.project(integration, "88123"))

    return open_it
