"""What a manager does with integrations and crews."""

import hashlib
import re
import secrets as random_secrets
from dataclasses import dataclass, field, fields

from sqlalchemy import select

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import UsageError
from pruvan_desk.core.secrets import SecretStore
from pruvan_desk.domain.destinations import CLIENT, Destinations, destinations_text
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.history import record_event
from pruvan_desk.store.models import OWN_KIND, Crew, Integration, Request
from pruvan_desk.store.pausing import resume
from pruvan_desk.wire.portal import PortalAccess, check_portal_url, origin_of
from pruvan_desk.wire.transport import check_service_url, service_host

TOKEN_BYTES = 24
DEFAULT_INTERVAL, LONGEST_INTERVAL = 10, 60
PUSH_KEY = "push key"
CODE = re.compile(r"[A-Za-z0-9_-]{1,20}")
"""Stands before ``::`` in every number that the field gets."""


@dataclass(frozen=True, slots=True)
class IntegrationForm:
    """What the edit window holds. An empty ``password`` or ``token`` keeps the one that is there."""

    name: str
    code: str
    service_url: str
    username: str
    password: str = ""
    token: str = ""
    extension: str = ""
    qa_in_field: bool = True
    released_to: Destinations = CLIENT
    """Where what is released with no office step goes."""
    auto_admin: bool = True
    assign_to: str = "~all~"
    portal_url: str = ""
    access: PortalAccess = field(default_factory=PortalAccess)
    refresh_minutes: int = DEFAULT_INTERVAL
    """0: not by itself."""

    def check(self) -> None:
        """Raises :class:`UsageError` for what cannot be saved."""
        if not self.name.strip() or not self.code.strip() or not self.username.strip():
            raise UsageError("Name, code and user name are needed.", "Fill them in.")
        if not CODE.fullmatch(self.code.strip()):
            raise UsageError("The code is a short word.", "Use letters and digits, such as AFS.")
        if not 0 <= self.refresh_minutes <= LONGEST_INTERVAL:
            raise UsageError("Orders are refreshed every 1 to 60 minutes, or not by themselves.", "Choose another.")
        if not self.released_to:
            raise UsageError("Released items have to go somewhere.", "Choose the client, the Downloader, or both.")
        check_service_url(self.service_url)
        if self.portal_url.strip():
            check_portal_url(self.portal_url)
        self.access.check()


def save_integration(
    database: Database, secrets: SecretStore, form: IntegrationForm, who: str, integration_id: int | None = None
) -> tuple[Changes, int]:
    """Makes or changes an integration; its secrets go to the keyring before the row names them.

    A changed host asks for the password again, and gets another push key: secrets never follow an address.
    Raises :class:`UsageError`.
    """
    form.check()
    with database.write() as writing:
        row = _row(writing, integration_id)
        taken = writing.session.scalar(select(Integration.id).where(Integration.code == form.code.strip()))
        if taken not in (None, integration_id):
            raise UsageError(f"Another integration has the code {form.code.strip()}.", "Choose another code.")
        moved = integration_id is not None and service_host(row.service_url) != service_host(form.service_url)
        if (moved or integration_id is None or _portal_moved(row, form)) and not form.password:
            raise UsageError("The password is needed.", "Enter it: it is never sent to a host it was not entered for.")
        for name in ("name", "code", "service_url", "username", "extension", "assign_to", "portal_url"):
            setattr(row, name, getattr(form, name).strip())
        for part in fields(form.access):
            setattr(row, f"portal_{part.name}", getattr(form.access, part.name).strip())
        row.qa_in_field, row.auto_admin, row.refresh_minutes = form.qa_in_field, form.auto_admin, form.refresh_minutes
        row.released_to = destinations_text(form.released_to)
        writing.session.add(row)
        writing.session.flush()
        for name in ("password", "token"):
            if value := getattr(form, name):
                secrets.set(row.secret_reference(name), value)
            elif moved:
                secrets.delete(row.secret_reference(name))
        if moved or not row.push_key_sha256:
            _new_push_key(secrets, row)
        record_event(writing, who, "saved", integration_id=row.id, code=row.code)
        writing.changed(integrations=row.id)
    return writing.changes, row.id


def _portal_moved(row: Integration, form: IntegrationForm) -> bool:
    """Whether the password would go to another site's login than before."""
    before = origin_of(row.portal_login_url) if row.portal_sign_in else None
    return bool(form.access.sign_in) and origin_of(form.access.login_url) != before


def renew_push_key(database: Database, secrets: SecretStore, integration_id: int, who: str) -> tuple[Changes, str]:
    """Gives an integration another push key and answers it; whoever calls the old address is told nothing any more."""
    with database.write() as writing:
        row = _row(writing, integration_id)
        key = _new_push_key(secrets, row)
        record_event(writing, who, "push key renewed", integration_id=integration_id)
        writing.changed(integrations=integration_id)
    return writing.changes, key


def _new_push_key(secrets: SecretStore, row: Integration) -> str:
    """In the keyring the key itself, to be shown; in the row its fingerprint, by which the gateway knows it."""
    key = random_secrets.token_urlsafe(TOKEN_BYTES)
    secrets.set(row.secret_reference(PUSH_KEY), key)
    row.push_key_sha256 = token_digest(key)
    return key


def resume_integration(database: Database, integration_id: int, who: str) -> Changes:
    """After a good Validate: refresh and relay go on, and the alert is solved."""
    with database.write() as writing:
        row = _row(writing, integration_id)
        if row.paused:
            record_event(writing, who, "resumed", integration_id=integration_id)
        resume(writing, row)
    return writing.changes


def ask_refresh(database: Database, integration_id: int, who: str, *, full: bool = False) -> Changes:
    """Asks the engine for a refresh; it takes the request within a moment."""
    return ask_engine(database, "refresh", who, integration_id=integration_id, full=full)


def ask_refresh_all(database: Database, who: str) -> Changes:
    """Asks the engine for a refresh of every integration that is not paused."""
    with database.write() as writing:
        working = select(Integration.id).where(Integration.paused.is_(False), Integration.kind != OWN_KIND)
        for integration_id in writing.session.scalars(working):
            leave_request(writing, "refresh", who, integration_id=integration_id, full=False)
    return writing.changes


def cancel_refresh(database: Database, integration_id: int, who: str) -> Changes:
    """Asks the engine to stop a refresh between two transactions. What it has written stays; the next one does the rest."""
    return ask_engine(database, "cancel_refresh", who, integration_id=integration_id)


def ask_engine(database: Database, kind: str, who: str, **body: object) -> Changes:
    """Leaves a request for the engine."""
    with database.write() as writing:
        leave_request(writing, kind, who, **body)
    return writing.changes


def leave_request(writing: Writing, kind: str, who: str, **body: object) -> None:
    """The same, in a transaction that is already open."""
    row = Request(kind=kind, body=body, who=who, asked_at=writing.now)
    writing.session.add(row)
    writing.session.flush()
    writing.changed(requests=row.id)


def add_crew(database: Database, name: str, username: str, who: str) -> tuple[Changes, str]:
    """Makes a crew and answers its token, which is shown once: only its SHA-256 is kept."""
    with database.write() as writing:
        if not name.strip() or not username.strip():
            raise UsageError("A crew needs a name and a user name.", "Fill both in.")
        if writing.session.scalar(select(Crew.id).where(Crew.username == username.strip())):
            raise UsageError(f"There is a crew with the user name {username.strip()} already.", "Choose another.")
        crew = Crew(name=name.strip(), username=username.strip())
        writing.session.add(crew)
        writing.session.flush()
        token = _new_token(writing, crew, who, "crew added")
    return writing.changes, token


def renew_token(database: Database, crew_id: int, who: str) -> tuple[Changes, str]:
    """Gives a crew a new token, shown once; the old one is worth nothing from now on."""
    with database.write() as writing:
        crew = _crew(writing, crew_id)
        token = _new_token(writing, crew, who, "token renewed")
    return writing.changes, token


def revoke_token(database: Database, crew_id: int, who: str) -> Changes:
    """Makes a crew's token worth nothing, and gives it no other: for a phone that was lost."""
    with database.write() as writing:
        crew = _crew(writing, crew_id)
        crew.token_sha256 = ""
        record_event(writing, who, "token revoked", crew=crew.username)
        writing.changed(crews=crew_id)
    return writing.changes


def change_crew(database: Database, crew_id: int, who: str, *, name: str, active: bool) -> Changes:
    """Renames a crew, or says whether it works here. One that does not is given no orders, and nothing of it is taken."""
    with database.write() as writing:
        crew = _crew(writing, crew_id)
        if not name.strip():
            raise UsageError("A crew needs a name.", "Fill it in.")
        crew.name, crew.active = name.strip(), active
        record_event(writing, who, "crew saved", crew=crew.username, active=active)
        writing.changed(crews=crew_id)
    return writing.changes


def token_digest(token: str) -> str:
    """What is kept of a crew's token, or of a push key. It is long and random, so a plain SHA-256 cannot be turned round."""
    return hashlib.sha256(token.encode()).hexdigest()


def _new_token(writing: Writing, crew: Crew, who: str, what: str) -> str:
    token = random_secrets.token_urlsafe(TOKEN_BYTES)
    crew.token_sha256 = token_digest(token)
    record_event(writing, who, what, crew=crew.username)
    writing.changed(crews=crew.id)
    return token


def _crew(writing: Writing, crew_id: int) -> Crew:
    crew = writing.session.get(Crew, crew_id)
    if crew is None:
        raise UsageError("The crew is not there any more.", "Look again.")
    return crew


def _row(writing: Writing, integration_id: int | None) -> Integration:
    row = writing.session.get(Integration, integration_id) if integration_id is not None else Integration()
    if row is None:
        raise UsageError("The integration is not there any more.", "Look again.")
    return row
