"""The real Chromium, and sites for it to be held to."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QEventLoop, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from builders import Office
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.operations.integrations import IntegrationForm, save_integration
from pruvan_desk.operations.settings import change_setting
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Project
from pruvan_desk.ui.portal import chromium
from pruvan_desk.ui.window import MainWindow
from pruvan_desk.wire.portal import PortalAccess
from sync.conftest import RunningEngine
from sync.desk import wait_until
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
def at_site(qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: OpenWindow, site: Website) -> Callable[..., Person]:
    """Opens an order whose page in the portal is this."""

    def open_it(body: str, **access: str) -> Person:
        site.pages["/orders/88123"] = Answer(body)
        integration = elsewhere.integration(portal_url=f"{site.origin}/orders/{{number}}", **access)
        return open_tab(qtbot, open_window(), elsewhere.project(integration, "88123"))

    return open_it


@pytest.fixture
def sandbox() -> Iterator[FastrackSandbox]:
    """A FAStrack with three orders: a grass cut, a lock change, a winterization with its survey."""
    with FastrackSandbox(orders=3) as running:
        yield running


@pytest.fixture
def furnish(office: Office, secrets: MemorySecrets, sandbox: FastrackSandbox) -> Callable[[PortalAccess], None]:
    """Makes the office's integration with the sandbox, its portal signed in to in this way."""
    login = sandbox.credentials
    names = ("AFS", "AFS", sandbox.url, login.username, login.password, login.token, "json")

    def make(access: PortalAccess) -> None:
        def work() -> None:
            for name, value in {"gateway_port": 0}.items():
                change_setting(office.database, name, value)
            form = IntegrationForm(*names, portal_url=sandbox.portal_url, access=access, refresh_minutes=0)
            save_integration(office.database, secrets, form, "mary")

        with ThreadPoolExecutor(1) as pool:
            pool.submit(work).result()

    return make


@pytest.fixture
def engine_window(
    elsewhere: ElsewhereOffice, folder: DataFolder, secrets: MemorySecrets, open_window: OpenWindow
) -> Iterator[MainWindow]:
    """The window of an office whose engine runs and has imported the sandbox's orders."""
    desk: Any = SimpleNamespace(folder=folder, secrets=secrets)
    with RunningEngine(desk):
        wait_until("the orders", lambda: len(elsewhere.all(Project)) == 3)
        yield open_window()
