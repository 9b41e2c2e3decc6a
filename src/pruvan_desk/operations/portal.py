"""What the portal's pane tells the office of an integration's sign-in."""

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import IntegrationError
from pruvan_desk.store.alerts import raise_alert, solve_alert
from pruvan_desk.store.database import Database


def portal_refused(database: Database, integration_id: int, words: str, advice: str) -> Changes:
    """The portal did not take the integration's credentials: its alert is raised. Refresh and relay go on."""
    with database.write() as writing:
        raise_alert(writing, _alert(integration_id), IntegrationError(words, advice), integration_id=integration_id)
    return writing.changes


def portal_signed_in(database: Database, integration_id: int) -> Changes:
    """Somebody is signed in: the alert, if there is one, is solved."""
    with database.write() as writing:
        solve_alert(writing, _alert(integration_id))
    return writing.changes


def _alert(integration_id: int) -> str:
    return f"portal/{integration_id}"
