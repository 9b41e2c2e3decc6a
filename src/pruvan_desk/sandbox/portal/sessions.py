"""Who is signed in to the portal."""

import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass

from pruvan_desk.sandbox.world import Login
from pruvan_desk.wire.credentials import Credentials

LIFETIME = 8 * 3600.0
"""Seconds for which a session is good after it was last used."""
MOST_SESSIONS = 500
TOKEN_BYTES = 32


@dataclass(slots=True)
class Session:
    """Somebody who is signed in. ``csrf`` is in every form of theirs, and nowhere else."""

    username: str
    login: Login
    csrf: str
    used_at: float
    notice: str = ""
    """What the next page is to say, once."""

    def wrote(self, token: str) -> bool:
        """Whether a form came out of this session."""
        return hmac.compare_digest(self.csrf.encode(), token.encode("utf-8", "replace"))


class Sessions:
    """All sessions, by the value of their cookie. They end with the server, and when the login is changed."""

    def __init__(self) -> None:
        self._by_cookie: OrderedDict[str, Session] = OrderedDict()

    def sign_in(self, login: Login, username: str, password: str, now: float) -> str | None:
        """The cookie of a new session; ``None`` when user name or password is wrong. The portal asks for no token."""
        if not login.opens_for(Credentials(username, password, login.token).payload()):
            return None
        cookie = secrets.token_urlsafe(TOKEN_BYTES)
        self._by_cookie[cookie] = Session(username, login, secrets.token_urlsafe(TOKEN_BYTES), now)
        while len(self._by_cookie) > MOST_SESSIONS:
            self._by_cookie.popitem(last=False)
        return cookie

    def find(self, cookie: str | None, login: Login, now: float) -> Session | None:
        """The session of a cookie, if it is still good."""
        session = self._by_cookie.get(cookie) if cookie else None
        if cookie is None or session is None:
            return None
        if session.login != login or now - session.used_at > LIFETIME:
            del self._by_cookie[cookie]
            return None
        session.used_at = now
        self._by_cookie.move_to_end(cookie)
        return session

    def forget(self) -> None:
        """Ends all sessions."""
        self._by_cookie.clear()

    def sign_out(self, cookie: str | None) -> None:
        """Ends a session."""
        if cookie:
            self._by_cookie.pop(cookie, None)
