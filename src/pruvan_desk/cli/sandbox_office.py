"""The office of the sandbox: its integration and its crews, made through the same operations that a manager uses."""

import contextlib
import time
from urllib.parse import urljoin, urlsplit

import httpx
from sqlalchemy import select

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.core.secrets import SecretStore
from pruvan_desk.domain.destinations import CLIENT, read_destinations
from pruvan_desk.operations.integrations import (
    IntegrationForm,
    add_crew,
    renew_token,
    resume_integration,
    save_integration,
)
from pruvan_desk.operations.serving import EVERYBODY
from pruvan_desk.sandbox.portal import LOGIN_PAGE, ORDER_PAGE
from pruvan_desk.sandbox.world import DEFAULT_LOGIN
from pruvan_desk.store.database import Database
from pruvan_desk.store.models import Crew, EngineState, Integration
from pruvan_desk.wire.portal import PortalAccess, SignIn

WHO = "Sandbox"
CODE = "AFS"
CREWS = (("Crew 1", "crew1"), ("Crew 2", "crew2"))
PACE_SECONDS = 3.0
PATIENCE_SECONDS = 120.0


def make_office(
    database: Database, secrets: SecretStore, service_url: str, *, qa_in_field: bool, refresh_minutes: int = 10
) -> int:
    """Makes the integration with the sandbox, or brings the one that is there up to date. Answers its id."""
    with database.read() as session:
        known = session.scalar(select(Integration).where(Integration.code == CODE))
    form = IntegrationForm(
        name="Assurant Field Services (sandbox)",
        code=CODE,
        service_url=service_url,
        username=DEFAULT_LOGIN.username,
        password=DEFAULT_LOGIN.password,
        token=DEFAULT_LOGIN.token,
        extension="json",
        qa_in_field=known.qa_in_field if known else qa_in_field,
        released_to=read_destinations(known.released_to) if known else CLIENT,
        auto_admin=known.auto_admin if known else True,
        assign_to=known.assign_to if known else EVERYBODY,
        refresh_minutes=known.refresh_minutes if known else refresh_minutes,
        portal_url=urljoin(service_url, ORDER_PAGE),
        access=PortalAccess(SignIn.FORM, urljoin(service_url, LOGIN_PAGE)),
    )
    _, integration_id = save_integration(database, secrets, form, WHO, known.id if known else None)
    resume_integration(database, integration_id, WHO)
    return integration_id


def hire_crews(database: Database) -> list[tuple[str, str]]:
    """User name and token of the sandbox's crews; a token lives as long as the sandbox runs."""
    hired = []
    for name, username in CREWS:
        with database.read() as session:
            crew_id = session.scalar(select(Crew.id).where(Crew.username == username))
        _, token = add_crew(database, name, username, WHO) if crew_id is None else renew_token(database, crew_id, WHO)
        hired.append((username, token))
    return hired


def send_crews_out(database: Database, service_url: str, crews: list[tuple[str, str]], seed: int) -> None:
    """Waits for the field gateway, and sends the sandbox's crews to work, at a human pace. Blocking."""
    gateway = _wait_for_gateway(database)
    if not gateway:
        return
    parts = urlsplit(service_url)
    body = {
        "gateway": gateway,
        "crews": [{"username": username, "token": token} for username, token in crews],
        "pace_seconds": PACE_SECONDS,
        "seed": seed,
    }
    with contextlib.suppress(httpx.HTTPError):  # the sandbox was closed meanwhile
        httpx.post(f"{parts.scheme}://{parts.netloc}/_sandbox/crews/start", json=body, trust_env=False)


def _wait_for_gateway(database: Database) -> str:
    started = time.time()
    while time.time() - started < PATIENCE_SECONDS:
        with contextlib.suppress(PruvanDeskError), database.read() as session:
            state = session.get(EngineState, 1)
            if state is not None and state.gateway_url and state.seen_at.timestamp() >= started:
                return state.gateway_url
        time.sleep(0.2)
    return ""
