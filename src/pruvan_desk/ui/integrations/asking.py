"""Asking the order source whether it takes what was entered, and telling it where it may push."""

from dataclasses import dataclass

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.core.secrets import SecretStore
from pruvan_desk.operations.integrations import PUSH_KEY, IntegrationForm
from pruvan_desk.store.views.integrations import IntegrationRow
from pruvan_desk.wire.credentials import Credentials
from pruvan_desk.wire.transport import service_host


@dataclass(frozen=True, slots=True)
class KeptSecrets:
    """What the keyring holds for an integration, read away from the Qt thread."""

    password: str = ""
    token: str = ""
    push_key: str = ""


def kept_secrets(secrets: SecretStore, row: IntegrationRow | None, form: IntegrationForm) -> KeptSecrets:
    """In a thread: what is typed, else what is kept; never what was kept for another host."""
    if row is None or service_host(row.service_url) != service_host(form.service_url):
        return KeptSecrets(form.password, form.token)
    kept = {name: secrets.get(f"integration/{row.id}/{name}") or "" for name in ("password", "token", PUSH_KEY)}
    return KeptSecrets(form.password or kept["password"], form.token or kept["token"], kept[PUSH_KEY])


async def ask_server(form: IntegrationForm, password: str, token: str, pushed_to: str) -> PruvanDeskError | None:
    """One *Validate*, which tells the push address where there is one. Answers the server's objection, if it has any."""
    from pruvan_desk.sync.client import validate  # noqa: PLC0415 - loads httpx, which the window rarely needs

    credentials = Credentials(form.username.strip(), password, token)
    try:
        await validate(form.service_url.strip(), form.extension.strip(), credentials, pushed_to or None)
    except PruvanDeskError as error:
        return error
    return None


async def tell_push_address(form: IntegrationForm, pushed_to: str) -> None:
    """After a new integration was saved, whose key nobody knew when it was validated. A failure says nothing new."""
    await ask_server(form, form.password, form.token, pushed_to)
