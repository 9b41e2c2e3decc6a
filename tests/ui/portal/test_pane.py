"""myFAStrack in the window: the real Chromium, the sandbox's real portal, real mouse and keys."""

import itertools
import subprocess
import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pruvan_desk.core.paths import DataFolder
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Project, Request
from pruvan_desk.ui.portal import refreshes
from pruvan_desk.ui.portal.view import PortalPage
from pruvan_desk.ui.projects.view import ProjectsPage
from pruvan_desk.ui.window import MainWindow
from pruvan_desk.wire.portal import PortalAccess
from ui.browsing import Person, open_tab
from ui.elsewhere import ElsewhereOffice
from ui.websites import Answer, Website

LEFT = Qt.MouseButton.LeftButton
OpenWindow = Callable[[], MainWindow]
REST_SECONDS = 1.0


class TestTheSandboxsPortal:
    """A person launches, signs in, accepts; Desk knows by itself."""

    @pytest.fixture(autouse=True)
    def by_hand(self, furnish: Callable[[PortalAccess], None], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(refreshes, "REST", 300)  # the login is a form too, and the next one would wait
        furnish(PortalAccess())

    @pytest.fixture
    def window(self, engine_window: MainWindow) -> MainWindow:
        return engine_window

    def launch(self, qtbot: QtBot, window: MainWindow, row: int = 0) -> Person:
        """Selects a project and presses Launch myFAStrack."""
        projects = window.show_page("projects")
        assert isinstance(projects, ProjectsPage)
        qtbot.waitUntil(lambda: projects.model.rowCount() == 3)
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
        person.until(lambda: person.tab.bar.state.text() == "client: Accepted")
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
        person.until(person.tab.bar.forward.isEnabled)

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
        qtbot.mouseClick(person.tab.bar.reload, LEFT)
        failure = person.tab.failure
        person.until(failure.isVisible)
        assert "cannot be reached" in failure._words.text()
        assert "127.0.0.1: it refused the connection" in failure._advice.text()
        qtbot.mouseClick(failure.button, LEFT)
        person.until(lambda: person.tab.stack.currentWidget() is failure)
        sandbox.start()
        qtbot.mouseClick(failure.button, LEFT)
        person.sees("Sign in to myFAStrack")


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
        return tab.bar.state.text() == "client: Accepted"

    while_it_asks(person, desk_works, lambda: qtbot.mouseClick(tab.notice.yes, LEFT))
    person.click("#go")
    person.until(lambda: tab.page.title() == "true")
    assert seen == ["Submit to QC?"]


ASKS_WORDS = (
    "the order <button id=go onclick=\"document.title = 'said: ' + prompt('Why is it late?', 'rain')\">late</button>"
)


@pytest.mark.parametrize(
    ("typed", "key", "said"),
    [("", Qt.Key.Key_Return, "said: rain"), ("snow", Qt.Key.Key_Return, "said: snow"), ("snow", Qt.Key.Key_Escape, "said: null")],
)  # fmt: skip
def test_words_that_the_page_wants_are_typed_below_the_bar(
    qtbot: QtBot, at_site: Callable[[str], Person], typed: str, key: Qt.Key, said: str
) -> None:
    person = at_site(ASKS_WORDS)
    person.sees("the order")
    notice, seen = person.tab.notice, []

    def type_it() -> None:
        seen.append((notice.words, notice.field.text(), QApplication.activeModalWidget()))
        qtbot.keyClicks(notice.field, typed)
        qtbot.keyClick(notice.field, key)

    while_it_asks(person, notice.field.hasFocus, type_it)
    person.click("#go")
    person.until(lambda: person.tab.page.title() == said)
    assert seen == [("Why is it late?", "rain", None)]
    assert notice.isHidden()


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
    qtbot.mouseClick(person.tab.bar.reload, LEFT)
    person.until(person.tab.failure.isVisible)
    assert "error 503" in person.tab.failure._words.text()


def test_an_error_page_of_the_portal_is_shown(qtbot: QtBot, at_site: Callable[[str], Person], site: Website) -> None:
    person = at_site("the order")
    person.sees("the order")
    site.pages["/orders/88123"] = Answer("You have no right to this order.", 403)
    qtbot.mouseClick(person.tab.bar.reload, LEFT)
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


def test_closing_a_tab_asks_for_a_refresh(
    qtbot: QtBot, at_site: Callable[[str], Person], elsewhere: ElsewhereOffice
) -> None:
    person = at_site("the order")
    person.sees("the order")
    integration = person.tab.order.integration_id
    qtbot.keyClick(person.surface(), Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(elsewhere.all(Request)) == 1)
    (asked,) = elsewhere.all(Request)
    assert (asked.kind, asked.body) == ("refresh", {"integration_id": integration, "full": False})


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
