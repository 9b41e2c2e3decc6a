"""The alerts that a destination refused items: raised with the first, gone by themselves when none is left."""

from sqlalchemy import select

from pruvan_desk.core.errors import ItemError
from pruvan_desk.domain.statuses import Destination, JobState
from pruvan_desk.store.alerts import raise_alert, solve_alert
from pruvan_desk.store.database import Writing
from pruvan_desk.store.models import Alert, RelayJob

FAILED = "relay-failed/"
WORDS = {
    Destination.CLIENT: ItemError("The client refused items.", "See Activity for its words; mend them and retry."),
    Destination.DOWNLOADER: ItemError(
        "Items could not be put into the Downloader's folders.", "See Activity for the reason; mend it and retry."
    ),
}


def failed_alert(integration_id: int, destination: str = Destination.CLIENT) -> str:
    """The key of the alert that a destination refused items of an integration."""
    return f"{FAILED}{integration_id}" + ("" if destination == Destination.CLIENT else f"/{destination}")


def raise_failed_alert(writing: Writing, job: RelayJob) -> None:
    """A job has failed for good."""
    key = failed_alert(job.integration_id, job.destination)
    raise_alert(writing, key, WORDS[Destination(job.destination)], integration_id=job.integration_id)


def solve_failed_alerts(writing: Writing) -> None:
    """The alerts of failed items of which none is left are solved."""
    writing.session.flush()
    raised = list(
        writing.session.scalars(select(Alert.key).where(Alert.solved_at.is_(None), Alert.key.startswith(FAILED)))
    )
    if not raised:
        return
    left = select(RelayJob.integration_id, RelayJob.destination).where(RelayJob.state == JobState.FAILED).distinct()
    failing = {failed_alert(row.integration_id, row.destination) for row in writing.session.execute(left)}
    for key in set(raised) - failing:
        solve_alert(writing, key)
