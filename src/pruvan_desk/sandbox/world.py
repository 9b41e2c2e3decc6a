"""Everything one sandbox knows, in one place."""

import asyncio
import hmac
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pruvan_desk.sandbox.faults import FaultPlan
from pruvan_desk.sandbox.ledger import Ledger, read_fact, write_fact
from pruvan_desk.sandbox.order_book import OrderBook
from pruvan_desk.sandbox.portal.cases import CaseBook
from pruvan_desk.wire.credentials import Credentials

DEFAULT_LOGIN = Credentials("vendor", "fastrack", "4f1c2b7e-sandbox-token")
"""The login of a new sandbox. It opens nothing but a toy on this machine."""


@dataclass(frozen=True, slots=True)
class Login:
    """The login FAStrack expects, as it travels, and the HTTP status with which it turns others away."""

    username: str
    password_sha1: str = field(repr=False)
    token: str = field(repr=False)
    refusal_status: int = 200

    @classmethod
    def of(cls, credentials: Credentials, refusal_status: int = 200) -> "Login":
        """The login that these credentials open."""
        sent = credentials.payload()
        return cls(sent["username"], sent["password"], sent["token"], refusal_status)

    def changed(
        self,
        *,
        username: str | None = None,
        password: str | None = None,
        token: str | None = None,
        refusal_status: int | None = None,
    ) -> "Login":
        """The login after some of it was changed; ``None`` stays as it was."""
        sha1 = self.password_sha1 if password is None else Credentials("", password, "").payload()["password"]
        return Login(
            self.username if username is None else username,
            sha1,
            self.token if token is None else token,
            self.refusal_status if refusal_status is None else refusal_status,
        )

    def opens_for(self, payload: dict[str, Any]) -> bool:
        """Whether a payload carries this login."""
        pairs = (
            (self.username, payload.get("username")),
            (self.password_sha1, payload.get("password")),
            (self.token, payload.get("token")),
        )
        return all(
            hmac.compare_digest(ours.encode(), str(theirs).encode("utf-8", "surrogatepass")) for ours, theirs in pairs
        )


class World:
    """The sandbox's state: orders, items, portal, login, faults, clock. Durable, but for faults and the clock's error."""

    def __init__(self, folder: Path) -> None:
        self.files = folder / "files"
        self.files.mkdir(parents=True, exist_ok=True)
        for leftover in self.files.glob("incoming-*"):
            leftover.unlink()
        self.ledger = Ledger(folder / "fastrack.db")
        self.orders = OrderBook(self.ledger)
        self.cases = CaseBook(self.ledger)
        self.faults = FaultPlan()
        self.clock_error = 0.0  # seconds by which this server's clock is ahead
        self.closing = asyncio.Event()  # set when the server stops, so that slow answers end
        self.login = self._read_login()

    def now(self) -> float:
        """Unix seconds by this server's clock."""
        return time.time() + self.clock_error

    async def change_login(self, login: Login) -> None:
        """From now on only this login is good, across restarts too."""
        self.login = login
        await self.ledger.run(lambda connection: write_fact(connection, "login", _login_text(login)))

    def close(self) -> None:
        """Closes the files."""
        self.ledger.close()

    def _read_login(self) -> Login:
        text = self.ledger.run_now(lambda connection: read_fact(connection, "login"))
        if text is None:
            return Login.of(DEFAULT_LOGIN)
        return Login(**json.loads(text))


def _login_text(login: Login) -> str:
    return json.dumps(
        {
            "username": login.username,
            "password_sha1": login.password_sha1,
            "token": login.token,
            "refusal_status": login.refusal_status,
        }
    )
