"""Pausing an integration: refresh and relay stop, with one alert, until somebody mended it."""

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.store.alerts import raise_alert, solve_alert
from pruvan_desk.store.database import Writing
from pruvan_desk.store.models import Integration


def _alert(integration_id: int) -> str:
    return f"integration/{integration_id}"


def pause_integration(writing: Writing, integration: Integration, error: PruvanDeskError) -> None:
    """Stops refresh and relay of an integration, with one alert, until a good Validate."""
    integration.paused, integration.status, integration.last_error = True, "error", error.title
    raise_alert(writing, _alert(integration.id), error, integration_id=integration.id)
    writing.changed(integrations=integration.id)


def resume(writing: Writing, integration: Integration) -> None:
    """Lets refresh and relay go on; the alert is solved."""
    integration.paused, integration.last_error, integration.status = False, "", "idle"
    solve_alert(writing, _alert(integration.id))
    writing.changed(integrations=integration.id)
