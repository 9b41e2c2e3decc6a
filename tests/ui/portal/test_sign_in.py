"""Signed in for you: into one exact page, once, with a header to one site, and never in a loop."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pruvan_desk.core.secrets import MemorySecrets
from pruvan_desk.store.models import Alert
from pruvan_desk.ui.window import MainWindow
from ui.browsing import Person, open_tab
from ui.elsewhere import ElsewhereOffice
from ui.websites import Answer, Asked, Website

LEFT = Qt.MouseButton.LeftButton
OpenWindow = Callable[[], MainWindow]
FORM = "<h1>Log in</h1><form method=post action=/session><input name=user><input name=pass type=password><button>go</button></form>"
SEE_OTHER = 303


class LoginSite:
    """A portal whose orders are behind a login; ``good`` is the password it takes."""

    def __init__(self, site: Website) -> None:
        self.site = site
        self.good, self.sessions = "secret", 0
        self.form = FORM
        for path in ("/orders/88123", "/orders/88124", "/orders/88124/work"):
            site.pages[path] = self.order
        site.pages["/login"] = lambda _asked: Answer(self.form)
        site.pages["/session"] = self.session

    def order(self, asked: Asked) -> Answer:
        if f"session={self.sessions}" in asked.headers.get("Cookie", "") and self.sessions:
            return Answer(f"the order {asked.path} <a id=go href=/orders/88124/work>work</a>")
        return self.moved("/login")

    def session(self, asked: Asked) -> Answer:
        if parse_qs(asked.body) != {"user": ["office"], "pass": [self.good]}:
            return Answer(f"no such user {self.form}", 403)
        self.sessions += 1
        return self.moved("/orders/88123", {"set-cookie": f"session={self.sessions}; Path=/"})

    def moved(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        return Answer(status=SEE_OTHER, headers={"location": path, **(headers or {})})

    @property
    def logins(self) -> int:
        return self.site.heard.count("POST /session")


@pytest.fixture
def login(site: Website) -> LoginSite:
    return LoginSite(site)


class Entrance:
    """Opens orders of an integration that signs in by itself."""

    def __init__(
        self, qtbot: QtBot, elsewhere: ElsewhereOffice, secrets: MemorySecrets, open_window: OpenWindow, site: Website
    ) -> None:
        self.qtbot, self.elsewhere, self.secrets, self.site = qtbot, elsewhere, secrets, site
        self._open_window = open_window
        self._window: MainWindow | None = None
        self._integration = 0

    @property
    def window(self) -> MainWindow:
        self._window = self._window or self._open_window()
        return self._window

    def integration(self, **access: Any) -> int:
        """One whose login is a form, unless told otherwise."""
        given = {
            "portal_url": f"{self.site.origin}/orders/{{number}}", "portal_sign_in": "form",
            "portal_login_url": f"{self.site.origin}/login", "portal_username_field": "user",
            "portal_password_field": "pass",
        } | access  # fmt: skip
        self._integration = self.elsewhere.integration(**given)
        self.secrets.set(f"integration/{self._integration}/password", "secret")
        self.secrets.set(f"integration/{self._integration}/token", "tok-1")
        return self._integration

    def open(self, number: str = "88123", **access: Any) -> Person:
        integration = self._integration or self.integration(**access)
        return open_tab(self.qtbot, self.window, self.elsewhere.project(integration, number))

    def alerts(self) -> list[Alert]:
        return [alert for alert in self.elsewhere.all(Alert) if alert.solved_at is None]


@pytest.fixture
def entrance(
    qtbot: QtBot, elsewhere: ElsewhereOffice, secrets: MemorySecrets, open_window: OpenWindow, site: Website
) -> Iterator[Entrance]:
    return Entrance(qtbot, elsewhere, secrets, open_window, site)


@pytest.mark.parametrize("fields", [("user", "pass"), ("[name=user]", "[type=password]")])
def test_the_login_form_is_filled_in_and_sent(entrance: Entrance, login: LoginSite, fields: tuple[str, str]) -> None:
    person = entrance.open(portal_username_field=fields[0], portal_password_field=fields[1])
    person.sees("the order /orders/88123")
    assert login.logins == 1
    assert entrance.alerts() == []


def test_a_wrong_password_shows_the_form_and_raises_the_alert_once(entrance: Entrance, login: LoginSite) -> None:
    login.good = "another"
    person = entrance.open()
    person.sees("no such user")
    person.until(lambda: "does not accept" in person.tab.notice.words)
    for _ in range(2):
        entrance.qtbot.mouseClick(person.tab.bar.home, LEFT)
        person.until(lambda: person.tab.page.url().path() == "/login" and not person.tab.is_loading)
        person.sees("Log in")
    assert login.logins == 1
    person.until(entrance.alerts)
    (alert,) = entrance.alerts()
    assert alert.integration_id == person.tab.order.integration_id
    assert "does not accept the user name and password" in alert.title


def test_signing_in_by_hand_solves_the_alert(entrance: Entrance, login: LoginSite) -> None:
    login.good = "another"
    person = entrance.open()
    person.sees("no such user")
    person.until(entrance.alerts)
    person.type_into("[name=user]", "office")
    person.type_into("[name=pass]", "another")
    person.qtbot.keyClick(person.surface(), Qt.Key.Key_Return)
    person.sees("the order")
    person.until(lambda: not entrance.alerts())


def test_another_password_is_tried_when_it_is_saved(entrance: Entrance, login: LoginSite) -> None:
    login.good = "another"
    person = entrance.open()
    person.sees("no such user")
    person.until(lambda: person.tab.notice.words)
    entrance.secrets.set(f"integration/{person.tab.order.integration_id}/password", "another")
    entrance.elsewhere.tell(integrations=person.tab.order.integration_id)
    entrance.qtbot.mouseClick(person.tab.bar.home, LEFT)
    person.sees("the order")
    assert login.logins == 2


def test_a_session_that_is_over_is_begun_again_where_it_ended(entrance: Entrance, login: LoginSite) -> None:
    person = entrance.open()
    person.sees("the order")
    login.sessions += 1  # the one of the cookie is over
    person.click("#go")
    person.until(lambda: login.logins == 2)
    person.sees("the order /orders/88123")


def test_whoever_was_at_work_is_left_where_the_login_leads(entrance: Entrance, login: LoginSite) -> None:
    person = entrance.open("88124")
    person.sees("the order /orders/88124")
    person.click("#go")
    person.sees("the order /orders/88124/work")
    login.sessions += 1
    entrance.qtbot.mouseClick(person.tab.bar.reload, LEFT)
    person.until(lambda: login.logins == 2)
    person.sees("the order /orders/88123")


def test_a_portal_that_signs_out_at_once_is_not_signed_in_to_for_ever(
    entrance: Entrance, login: LoginSite, site: Website
) -> None:
    site.pages["/orders/88123"] = lambda asked: (
        Answer("the order <script>setTimeout(() => location = '/login', 50)</script>")
        if "session=" in asked.headers.get("Cookie", "")
        else login.moved("/login")
    )
    person = entrance.open()
    person.until(lambda: "again and again" in person.tab.notice.words)
    assert login.logins == 3
    person.until(entrance.alerts)


NOT_THE_LOGIN = {
    "another path": ("/login2", FORM),
    "a frame": ("/framed", '<iframe src="/login" onload="document.title = 1"></iframe>'),
}


@pytest.mark.parametrize(("path", "body"), NOT_THE_LOGIN.values(), ids=NOT_THE_LOGIN.keys())
def test_no_other_page_is_filled_in(entrance: Entrance, login: LoginSite, site: Website, path: str, body: str) -> None:
    site.pages[path] = Answer(f"look here {body}")
    site.pages["/orders/88123"] = login.moved(path)
    person = entrance.open()
    person.sees("look here")
    person.until(lambda: not person.tab.is_loading)
    frame = "(window.frames.length ? frames[0].document : document)"
    assert person.read(f"{frame}.querySelector('[name=pass]').value") == ""
    assert login.logins == 0


def test_a_login_form_that_leads_elsewhere_gets_nothing(entrance: Entrance, login: LoginSite, other: Website) -> None:
    login.form = FORM.replace("/session", f"{other.origin}/session")
    person = entrance.open()
    person.until(lambda: "leads to another site" in person.tab.notice.words)
    assert person.read("document.querySelector('[name=pass]').value") == ""
    assert other.heard == []
    person.until(entrance.alerts)


def test_fields_that_the_page_does_not_have_are_told_of(entrance: Entrance, login: LoginSite) -> None:
    person = entrance.open(portal_username_field="email")
    person.until(lambda: "no such fields" in person.tab.notice.words)
    assert login.logins == 0


def test_a_login_that_leads_somewhere_else_is_followed_to_the_order(entrance: Entrance, login: LoginSite) -> None:
    entrance.open("88124").sees("the order /orders/88124")
    assert login.logins == 1


def test_two_orders_of_an_integration_share_one_sign_in(entrance: Entrance, login: LoginSite) -> None:
    first = entrance.open()
    second = entrance.open("88124")
    second.sees("the order /orders/88124")
    first.reads("the order /orders/88123")
    assert login.logins == 1


def test_signing_out_forgets_the_visit(entrance: Entrance, login: LoginSite) -> None:
    person = entrance.open()
    person.sees("the order")
    pane = entrance.window.pages["portal"]
    project = person.tab.order.project_id
    entrance.qtbot.mouseClick(person.tab.bar.sign_out, LEFT)
    assert pane.tabs.count() == 0
    again = open_tab(entrance.qtbot, entrance.window, project)
    again.sees("the order")
    assert login.logins == 2
    cookies = [asked.headers.get("Cookie", "") for asked in login.site.asked if asked.path == "/orders/88123"]
    assert cookies == ["", "session=1", "", "session=2"]


def test_nothing_of_a_visit_is_on_disk(entrance: Entrance, login: LoginSite) -> None:
    person = entrance.open()
    person.sees("the order")
    profile = person.tab.page.profile()
    assert profile.isOffTheRecord()
    assert login.logins == 1


HEADER = {"portal_sign_in": "header", "portal_header": "X-Login: {username}/{password}/{token}"}


def sent_to(site: Website) -> dict[str, str | None]:
    return {asked.path: asked.headers.get("X-Login") for asked in site.asked}


def test_the_header_goes_to_its_own_site_and_nowhere_else(entrance: Entrance, site: Website, other: Website) -> None:
    for path in ("/direct.png", "/redirected.png"):
        other.pages[path] = Answer("")
    site.pages["/away.png"] = Answer(status=302, headers={"location": f"{other.origin}/redirected.png"})
    site.pages["/out"] = Answer(status=302, headers={"location": f"{other.origin}/page"})
    other.pages["/page"] = Answer("the other site")
    pictures = f'<img src="{other.origin}/direct.png"><img src="/away.png">'
    site.pages["/orders/88123"] = Answer(f"the order {pictures} <a id=go href=/out>out</a>")
    person = entrance.open(**HEADER, portal_origins=other.origin)
    person.sees("the order")
    person.until(lambda: "/direct.png" in sent_to(other) and "/away.png" in sent_to(site))
    person.click("#go")
    person.sees("the other site")
    sent = sent_to(site)
    assert (sent["/orders/88123"], sent["/out"]) == ("office/secret/tok-1", "office/secret/tok-1")
    assert sent["/away.png"] is None  # what is a part may be redirected before anybody can look
    assert set(sent_to(other).values()) == {None}


def test_a_header_that_is_refused_raises_the_alert(entrance: Entrance, site: Website) -> None:
    site.pages["/orders/88123"] = Answer("who are you?", 401)
    person = entrance.open(**HEADER)
    person.sees("who are you?")
    person.until(lambda: "does not accept" in person.tab.notice.words)
    person.until(entrance.alerts)


def test_two_integrations_do_not_share_a_visit(entrance: Entrance, login: LoginSite) -> None:
    first = entrance.open()
    first.sees("the order")
    second = entrance.integration(code="MCS")
    person = open_tab(entrance.qtbot, entrance.window, entrance.elsewhere.project(second, "88124"))
    person.sees("the order")
    assert login.logins == 2
    profiles = [tab.page.profile() for tab in entrance.window.pages["portal"].open_tabs()]
    assert all(one is not another for one, another in itertools.combinations(profiles, 2))
