"""myFAStrack in the window: the real Chromium, the sandbox's real portal, real mouse and keys."""

import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QEventLoop, Qt, QTimer, QUrl, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from builders import Office
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.operations.integrations import IntegrationForm, save_integration
from pruvan_desk.operations.settings import change_setting
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Project, Request
from pruvan_desk.ui.portal import chromium, refreshes
from pruvan_desk.ui.portal.view import PortalPage
from pruvan_desk.ui.projects.view import ProjectsPage
from pruvan_desk.ui.window import MainWindow
from sync.conftest import RunningEngine
from sync.desk import wait_until
from ui.browsing import Person, open_tab
from ui.elsewhere import ElsewhereOffice
from ui.websites import Answer, Website, serving

LEFT = Qt.MouseButton.LeftButton
OpenWindow = Callable[[], MainWindow]
REST_SECONDS = 1.0


@pytest.fixture(scope="module", autouse=True)
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


class TestTheSandboxsPortal:
    """A person launches, signs in, accepts; Desk knows by itself."""

    @pytest.fixture
    def sandbox(self) -> Iterator[FastrackSandbox]:
        with FastrackSandbox(orders=2) as running:
            yield running

    @pytest.fixture
    def pool(self) -> Iterator[ThreadPoolExecutor]:
        with ThreadPoolExecutor(1) as pool:
            yield pool

    @pytest.fixture
    def office(
        self, office: Office, secrets: MemorySecrets, sandbox: FastrackSandbox, pool: ThreadPoolExecutor
    ) -> Office:
        """An office that has an integration with the sandbox."""
        login = sandbox.credentials
        names = ("AFS", "AFS", sandbox.url, login.username, login.password, login.token, "json")
        form = IntegrationForm(*names, portal_url=sandbox.portal_url)

        def furnish() -> None:
            for name, value in {"gateway_port": 0, "refresh_minutes": 0}.items():
                change_setting(office.database, name, value)
            save_integration(office.database, secrets, form, "mary")

        pool.submit(furnish).result()
        return office

    @pytest.fixture
    def window(
        self, elsewhere: ElsewhereOffice, folder: DataFolder, secrets: MemorySecrets, open_window: OpenWindow
    ) -> Iterator[MainWindow]:
        """The window of an office whose engine runs and has imported the sandbox's orders."""
        desk: Any = SimpleNamespace(folder=folder, secrets=secrets)
        with RunningEngine(desk):
            wait_until("the orders", lambda: len(elsewhere.all(Project)) == 2)
            yield open_window()

    def launch(self, qtbot: QtBot, window: MainWindow, row: int = 0) -> Person:
        """Selects a project and presses Launch myFAStrack."""
        projects = window.show_page("projects")
        assert isinstance(projects, ProjectsPage)
        qtbot.waitUntil(lambda: projects.model.rowCount() == 2)
        middle = projects.table.visualRect(projects.model.index(row, 0)).center()
        qtbot.mouseClick(projects.table.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, middle)
        qtbot.waitUntil(lambda: projects.panel.title.text() == projects.model.shown[row].key)
        qtbot.mouseClick(projects.panel.portal, LEFT)
        assert window.current == "portal"
        return open_tab(qtbot, window, projects.model.shown[row].id)

    def sign_in(self, person: Person, sandbox: FastrackSandbox) -> None:
        person.sees("Sign in to myFAStrack")
        person.type_into("#username", sandbox.credentials.username)
        person.type_into("#password", sandbox.credentials.password)
        person.click("#sign-in")

    def test_accept_in_the_portal_is_seen_in_projects_by_itself(
        self, qtbot: QtBot, elsewhere: ElsewhereOffice, window: MainWindow, sandbox: FastrackSandbox
    ) -> None:
        person = self.launch(qtbot, window)
        order = person.tab.order
        self.sign_in(person, sandbox)
        person.sees(f"Order {order.number}")
        person.click("#accept")
        person.sees("You accepted this order.")
        (sent,) = [row for row in sandbox.control("orders") if row["number"] == order.number]
        assert sent["client_status"] == "Accepted"
        person.until(lambda: elsewhere.get(Project, order.project_id).client_status == "Accepted")
        person.until(lambda: person.tab.state.text() == "client: Accepted")
        projects = window.show_page("projects")
        person.until(lambda: projects.model.shown[0].client_status == "Accepted")

    def test_keys_alone_are_enough(self, qtbot: QtBot, window: MainWindow, sandbox: FastrackSandbox) -> None:
        person = self.launch(qtbot, window)
        person.sees("Sign in to myFAStrack")
        person.until(lambda: person.read("document.activeElement.id") == "username")
        for words, key in ((sandbox.credentials.username, Qt.Key.Key_Tab), ("wrong?", Qt.Key.Key_Return)):
            qtbot.keyClicks(person.surface(), words)
            qtbot.keyClick(person.surface(), key)
        person.sees("User name or password is wrong.")
        assert QApplication.activeModalWidget() is None  # the ? went into the field
        qtbot.keyClick(person.surface(), Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
        person.until(person.tab.forward.isEnabled)

    def test_one_sign_in_opens_the_orders_of_an_integration(
        self, qtbot: QtBot, window: MainWindow, sandbox: FastrackSandbox
    ) -> None:
        first = self.launch(qtbot, window)
        self.sign_in(first, sandbox)
        first.sees(f"Order {first.tab.order.number}")
        second = self.launch(qtbot, window, row=1)
        second.sees(f"Order {second.tab.order.number}")
        again = self.launch(qtbot, window)
        pane = window.pages["portal"]
        assert isinstance(pane, PortalPage)
        assert pane.tabs.count() == 2
        assert pane.tabs.currentWidget() is again.tab is first.tab

    def test_a_server_that_is_gone_is_told_of_and_retry_works(
        self, qtbot: QtBot, window: MainWindow, sandbox: FastrackSandbox
    ) -> None:
        person = self.launch(qtbot, window)
        person.sees("Sign in to myFAStrack")
        sandbox.stop()
        qtbot.mouseClick(person.tab.reload, LEFT)
        failure = person.tab.failure
        person.until(failure.isVisible)
        assert "cannot be reached" in failure._words.text()
        assert "ERR_CONNECTION_REFUSED" in failure._advice.text()
        qtbot.mouseClick(failure.button, LEFT)
        person.until(lambda: person.tab.stack.currentWidget() is failure)
        sandbox.start()
        qtbot.mouseClick(failure.button, LEFT)
        person.sees("Sign in to myFAStrack")


LEADS_OUT = {
    "a link": '<a id=go href="{other}/x">out</a>',
    "a link to a new window": '<a id=go target=_blank href="{other}/x">out</a>',
    "a script": "<button id=go onclick=\"location='{other}/x'\">out</button>",
    "a window": "<button id=go onclick=\"window.open('{other}/x')\">out</button>",
    "a redirect": '<a id=go href="/redirect">out</a>',
    "a page that moves on": '<a id=go href="/refresh">out</a>',
}


@pytest.mark.parametrize("body", LEADS_OUT.values(), ids=LEADS_OUT.keys())
def test_what_leads_out_opens_in_the_browser_when_somebody_says_so(
    opened: list[str], at_site: Callable[[str], Person], site: Website, other: Website, body: str
) -> None:
    site.pages["/redirect"] = Answer(status=302, headers={"location": f"{other.origin}/x"})
    site.pages["/refresh"] = Answer(f'moving<meta http-equiv=refresh content="0;url={other.origin}/x">')
    person = at_site(f"the order {body.format(other=other.origin)}")
    person.sees("the order")
    person.click("#go")
    person.until(lambda: "leads out of myFAStrack" in person.tab.notice.words)
    assert opened == []
    person.qtbot.mouseClick(person.tab.notice.yes, LEFT)
    assert opened == [f"{other.origin}/x"]
    assert person.tab.page.url().toString().startswith(site.origin)
    assert other.heard == []


REFUSED = {
    "a form": '<form id=f method=post action="{other}/x"><input name=secret value=1><button id=go>send</button></form>',
    "a file of this machine": '<a id=go href="/to-file">file</a>',
    "a page made of text": '<a id=go href="/to-data">data</a>',
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused_is_said_and_goes_nowhere(
    at_site: Callable[[str], Person], site: Website, other: Website, body: str
) -> None:
    site.pages["/to-file"] = Answer(status=302, headers={"location": "file:///etc/passwd"})
    site.pages["/to-data"] = Answer(status=302, headers={"location": "data:text/html,hi"})
    person = at_site(f"the order {body.format(other=other.origin)}")
    person.sees("the order")
    person.click("#go")
    person.until(lambda: person.tab.notice.words or person.tab.failure.isVisible())
    assert person.tab.page.url().toString().startswith(site.origin)
    assert other.heard == []


LOADED = {
    "a window by itself": "<script>window.open('{other}/x')</script>",
    "a frame": '<iframe src="{other}/x"></iframe>',
    "a frame that is redirected": '<iframe src="/redirect"></iframe>',
    "a picture": '<img src="{other}/x">',
    "a script": '<script src="{other}/x"></script>',
    "a style": '<link rel=stylesheet href="{other}/x">',
    "a call": "<script>fetch('{other}/x', {{method: 'POST', mode: 'no-cors', body: 'secret'}}).catch(() => 0)</script>",
    "a beacon": "<script>navigator.sendBeacon('{other}/x', 'secret')</script>",
    "a socket": "<script>try {{ new WebSocket('{other}/x'.replace('http', 'ws')) }} catch {{}}</script>",
}


@pytest.mark.parametrize("body", LOADED.values(), ids=LOADED.keys())
def test_nothing_of_another_site_is_loaded_or_told_anything(
    at_site: Callable[[str], Person], site: Website, other: Website, body: str
) -> None:
    site.pages["/redirect"] = Answer(status=302, headers={"location": f"{other.origin}/x"})
    site.pages["/after"] = Answer("the end")
    person = at_site(f"the order {body.format(other=other.origin)} <a id=go href=/after>on</a>")
    person.sees("the order")
    person.click("#go")
    person.sees("the end")
    assert other.heard == []


def test_a_frame_of_the_portal_is_shown(at_site: Callable[[str], Person], site: Website) -> None:
    site.pages["/frame"] = Answer("<script>parent.document.title = 'framed'</script>")
    person = at_site('the order <iframe src="/frame"></iframe>')
    person.until(lambda: person.tab.page.title() == "framed")


ASKED = {
    "geolocation": "navigator.geolocation.getCurrentPosition(() => done('given'), () => done('denied'))",
    "camera": "navigator.mediaDevices.getUserMedia({video: true}).then(() => done('given'), () => done('denied'))",
    "notifications": "Notification.requestPermission().then(said => done(said))",
    "clipboard": "navigator.clipboard.readText().then(() => done('given'), () => done('denied'))",
}


@pytest.mark.parametrize("script", ASKED.values(), ids=ASKED.keys())
def test_no_permission_is_given(at_site: Callable[[str], Person], script: str) -> None:
    person = at_site(f"the order <script>function done(said) {{ document.title = said }}; {script}</script>")
    person.until(lambda: person.tab.page.title() in ("given", "denied", "granted"))
    assert person.tab.page.title() == "denied"


def test_a_file_is_not_taken_and_the_page_stays(at_site: Callable[[str], Person], site: Website) -> None:
    site.pages["/invoice.zip"] = Answer("PK", headers={"content-type": "application/zip"})
    person = at_site("the order <a id=go href=/invoice.zip>invoice</a>")
    person.sees("the order")
    person.click("#go")
    person.until(lambda: "invoice.zip was not downloaded" in person.tab.notice.words)
    person.sees("the order")


def while_it_asks(person: Person, ready: Callable[[], object], act: Callable[[], object]) -> None:
    """Does something as soon as it can be done. The page's question is above this test on the stack: a timer is not."""
    timer = QTimer(person.tab.window(), interval=20)

    def look() -> None:
        if person.tab.page.is_asking and ready():
            timer.stop()
            act()

    timer.timeout.connect(look)
    timer.start()


def test_a_question_of_the_page_stops_nobody_else(
    qtbot: QtBot, at_site: Callable[[str], Person], elsewhere: ElsewhereOffice
) -> None:
    person = at_site("the order <button id=go onclick=\"document.title = confirm('Submit to QC?')\">submit</button>")
    person.sees("the order")
    tab, seen = person.tab, []

    def desk_works() -> bool:
        if not seen:
            seen.append(tab.notice.words)
            elsewhere.change(Project, tab.order.project_id, client_status="Accepted")
            elsewhere.touch(tab.order.project_id)
        return tab.state.text() == "client: Accepted"

    while_it_asks(person, desk_works, lambda: qtbot.mouseClick(tab.notice.yes, LEFT))
    person.click("#go")
    person.until(lambda: tab.page.title() == "true")
    assert seen == ["Submit to QC?"]


def test_a_tab_can_be_closed_while_its_page_asks(qtbot: QtBot, at_site: Callable[[str], Person]) -> None:
    person = at_site("the order <button id=go onclick=\"confirm('Sure?')\">x</button>")
    person.sees("the order")
    pane = person.tab.window().pages["portal"]
    while_it_asks(person, lambda: True, lambda: qtbot.keyClick(pane, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier))
    gone: list[bool] = []
    person.tab.destroyed.connect(lambda: gone.append(True))
    person.click("#go")
    person.until(lambda: gone)
    assert pane.empty.isVisible()


def test_words_of_the_page_are_shown_as_text(at_site: Callable[[str], Person]) -> None:
    person = at_site("<script>alert('<b>saved</b>')</script>the order")
    person.sees("the order")
    assert person.tab.notice.words == "<b>saved</b>"


def test_a_page_that_crashes_can_be_loaded_again(qtbot: QtBot, at_site: Callable[[str], Person]) -> None:
    person = at_site("the order")
    person.sees("the order")
    person.tab.page.load(QUrl("chrome://crash"))  # which no page can do, and nobody but a test
    person.until(person.tab.failure.isVisible)
    assert person.tab.failure.button.text() == "Reload"
    qtbot.mouseClick(person.tab.failure.button, LEFT)
    person.sees("the order")


def test_an_error_of_the_portal_is_said_in_words(qtbot: QtBot, at_site: Callable[[str], Person], site: Website) -> None:
    person = at_site("the order")
    person.sees("the order")
    site.pages["/orders/88123"] = Answer("", 503)
    qtbot.mouseClick(person.tab.reload, LEFT)
    person.until(person.tab.failure.isVisible)
    assert "error 503" in person.tab.failure._words.text()


def test_an_error_page_of_the_portal_is_shown(qtbot: QtBot, at_site: Callable[[str], Person], site: Website) -> None:
    person = at_site("the order")
    person.sees("the order")
    site.pages["/orders/88123"] = Answer("You have no right to this order.", 403)
    qtbot.mouseClick(person.tab.reload, LEFT)
    person.sees("You have no right")


def test_forms_ask_for_a_refresh_but_not_at_every_click(
    monkeypatch: pytest.MonkeyPatch, at_site: Callable[[str], Person], site: Website, elsewhere: ElsewhereOffice
) -> None:
    monkeypatch.setattr(refreshes, "REST", int(REST_SECONDS * 1000))
    form = "the order <form method=post action=/done><button id=go>save</button></form>"
    site.pages["/done"] = Answer(f"done {form}")
    person = at_site(form)
    person.sees("the order")
    assert elsewhere.all(Request) == []
    for count in range(1, 4):
        person.click("#go")
        person.until(lambda count=count: site.heard.count("POST /done") == count)
        person.sees("done")
    person.until(lambda: len(elsewhere.all(Request)) >= 2)
    asked = elsewhere.all(Request)
    assert {request.kind for request in asked} == {"refresh"}
    for earlier, later in itertools.pairwise(asked):
        assert (later.asked_at - earlier.asked_at).total_seconds() > REST_SECONDS / 2


def test_an_integration_without_an_address_says_what_to_do(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: OpenWindow
) -> None:
    project = elsewhere.project(elsewhere.integration())
    window = open_window()
    window.open_portal(project)
    pane = window.pages["portal"]
    assert isinstance(pane, PortalPage)
    qtbot.waitUntil(lambda: pane.empty.button.text() == "Open Integrations")
    qtbot.mouseClick(pane.empty.button, LEFT)
    assert window.current == "integrations"


PROGRAM = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from pruvan_desk import app
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.ui.pages import PAGES

application = app.make_application()
before = []

def loaded():
    return "PySide6.QtWebEngineCore" in sys.modules

def look():
    window = next((widget for widget in application.topLevelWidgets() if hasattr(widget, "open_portal")), None)
    if window is None or window.status is None:
        return
    if not before:
        for spec in PAGES:
            window.show_page(spec.name)
        before.append(loaded())
        window.open_portal(1)
    tabs = list(window.pages["portal"].open_tabs())
    if tabs and tabs[0].page.title() == "there":
        print(before[0], loaded(), flush=True)
        timer.stop()
        window.close()

timer = QTimer(interval=50)
timer.timeout.connect(look)
timer.start()
sys.exit(app.run(DataFolder(Path(sys.argv[1]), Path(sys.argv[2])), MemorySecrets(), []))
"""


def test_chromium_is_loaded_for_the_first_order_and_goes_away_quietly(
    elsewhere: ElsewhereOffice, folder: DataFolder, site: Website
) -> None:
    site.pages["/orders/4711"] = Answer("<title>there</title>")
    elsewhere.project(elsewhere.integration(portal_url=f"{site.origin}/orders/{{number}}"))
    command = [sys.executable, "-W", "error", "-c", PROGRAM, str(folder.root), str(folder.cache)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.partition("\n")[0]) == (0, "False True"), done.stderr
    assert "Release of profile" not in done.stderr
