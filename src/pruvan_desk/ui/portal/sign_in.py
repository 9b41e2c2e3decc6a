"""Signing in to the portal for the person: once, into the top frame of one exact page, and never in a loop."""

import json
import time
from enum import Enum, auto

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineScript
from shiboken6 import isValid

from pruvan_desk.ui.portal.confinement import written
from pruvan_desk.wire.credentials import Credentials
from pruvan_desk.wire.portal import PortalAccess, SignIn

WORLD = QWebEngineScript.ScriptWorldId.ApplicationWorld.value
"""Our scripts share the page's elements, and nothing else: no script of the page sees them."""
FRESH = 10.0
"""Seconds in which a tab that still shows the login is one that asked before another had signed in."""
MOST_TRIES, WITHIN = 3, 600.0
"""A portal that signs out at once is not signed in to for ever: so many tries in so many seconds."""
FIND = """
const named = name => document.querySelector(/^[#.[]/.test(name) ? name
    : `[name="${CSS.escape(name)}"], [id="${CSS.escape(name)}"]`);
"""
LOOK = """
(() => {
    FIND
    return `${Boolean(named(%s) || document.querySelector('input[type=password]'))} ${location.href}`;
})()
""".replace("FIND", FIND.strip())
FILL = """
(() => {
    if (window.top !== window || location.href !== %(address)s) return 'moved';
    FIND
    const user = named(%(username_field)s), password = named(%(password_field)s), form = password && password.form;
    if (!user || !form || user.form !== form) return 'no form';
    if (new URL(form.action, location.href).origin !== location.origin || form.method !== 'post') return 'foreign';
    for (const [field, value] of [[user, %(username)s], [password, %(password)s]]) {
        field.value = value;
        field.dispatchEvent(new Event('input', {bubbles: true}));
        field.dispatchEvent(new Event('change', {bubbles: true}));
    }
    form.requestSubmit();
    return 'sent';
})()
""".replace("FIND", FIND.strip())
REFUSALS = {
    "refused": "myFAStrack does not accept the user name and password of this integration.",
    "again": "myFAStrack signs out again and again, so Pruvan Desk does not sign in any more.",
    "no form": "The login page has no such fields as this integration names.",
    "foreign": "The form of the login page leads to another site, or is not sent as a form should be.",
}
WHAT_TO_DO = "Sign in here by hand, or mend it under Integrations."
REFUSING = frozenset({401, 403})
"""HTTP."""


class State(Enum):
    """How far the signing in of one integration is."""

    OUT = auto()
    TRYING = auto()
    IN = auto()
    REFUSED = auto()


class SigningIn(QObject):
    """The sign-in that all tabs of an integration share. ``refused`` carries why, in words, and may come once only."""

    refused = Signal(str)
    signed_in = Signal(object)
    """Carries the page that did it; ``None`` where a header did."""
    late = Signal(object)
    """Carries a page that shows the login although somebody is signed in since a moment ago."""
    freed = Signal()
    """Whoever waits at the login may ask again."""

    def __init__(self, access: PortalAccess, credentials: Credentials | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._access, self._credentials = access, credentials
        self._tries: list[float] = []
        self._trying: QWebEnginePage | None = None
        self._signed_in_at = -FRESH
        self._sent_on: set[int] = set()
        self.state = State.OUT

    def use(self, access: PortalAccess, credentials: Credentials | None) -> bool:
        """Takes other settings; answers whether they are others. What was refused may be tried with them."""
        if (access, credentials) == (self._access, self._credentials):
            return False
        self._access, self._credentials = access, credentials
        self._tries.clear()
        if self.state is State.REFUSED:
            self.state = State.OUT
        self.freed.emit()
        return True

    def look(self, page: QWebEnginePage, status: int = 200) -> None:
        """A page is there, under an HTTP status: signs in where it is the login's, and notes what came of it."""
        if self._access.sign_in == SignIn.HEADER:
            self._judge_header(status)
        elif self._access.sign_in == SignIn.FORM:
            script = LOOK % json.dumps(self._access.password_field)
            page.runJavaScript(script, WORLD, lambda found: self._take(page, found, status))

    def is_login(self, url: QUrl) -> bool:
        """Whether an address is that of the login form."""
        return self._access.is_login(written(url))

    def is_trying(self, page: QWebEnginePage) -> bool:
        """Whether what a page sends now is the login."""
        return page is self._trying

    def lost(self, page: QWebEnginePage) -> None:
        """A page is gone, or was not answered."""
        if page is self._trying:
            self._trying, self.state = None, State.OUT
            self.freed.emit()

    def _take(self, page: QWebEnginePage, found: object, status: int) -> None:
        if not isValid(self) or not isValid(page) or not isinstance(found, str):
            return
        has_form, _, address = found.partition(" ")
        if has_form != "true":
            if status < 400:
                self._succeed(page)
            else:
                self.lost(page)
        elif page is self._trying:
            self._refuse("refused")
        elif self.state in (State.OUT, State.IN) and self._access.is_login(address):
            fresh = self.state is State.IN and time.monotonic() - self._signed_in_at < FRESH
            if fresh and id(page) not in self._sent_on:
                self._sent_on.add(id(page))
                self.late.emit(page)
            else:
                self._try(page, address)

    def _try(self, page: QWebEnginePage, address: str) -> None:
        if self._credentials is None:
            return
        now = time.monotonic()
        self._tries = [moment for moment in self._tries if now - moment < WITHIN]
        if len(self._tries) >= MOST_TRIES:
            self._refuse("again")
            return
        self._tries.append(now)
        self.state, self._trying = State.TRYING, page
        values = {
            "address": address,
            "username_field": self._access.username_field,
            "password_field": self._access.password_field,
            "username": self._credentials.username,
            "password": self._credentials.password,
        }
        script = FILL % {name: json.dumps(value) for name, value in values.items()}
        page.runJavaScript(script, WORLD, lambda answer: self._filled(page, answer))

    def _filled(self, page: QWebEnginePage, answer: object) -> None:
        if not isValid(self) or page is not self._trying or answer == "sent":
            return
        if answer in REFUSALS:
            self._refuse(str(answer))
        else:
            self.lost(page)

    def _judge_header(self, status: int) -> None:
        if status in REFUSING and self.state is not State.REFUSED:
            self._refuse("refused")
        elif status < 400:
            self._succeed(None)

    def _succeed(self, page: QWebEnginePage | None) -> None:
        """A page without a login form: whoever tried is in, and so is who signed in by hand."""
        if self.state is State.IN or (self.state is State.TRYING and page is not self._trying):
            return
        self.state, self._trying = State.IN, None
        self._signed_in_at = time.monotonic()
        self._sent_on = {id(page)}
        self.signed_in.emit(page)

    def _refuse(self, why: str) -> None:
        self.state, self._trying = State.REFUSED, None
        self.refused.emit(REFUSALS[why])
