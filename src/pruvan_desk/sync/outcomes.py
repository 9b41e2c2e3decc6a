"""What became of a sending, written down: the job, its item, its check-in, and the alert, all in one transaction."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from pruvan_desk.core.errors import DeskFault, IntegrationError, ItemError, PruvanDeskError, TransientError
from pruvan_desk.domain.retry import retry_delay
from pruvan_desk.domain.statuses import FileType, ItemState, JobState
from pruvan_desk.operations.relay import failed_alert
from pruvan_desk.store.alerts import raise_alert, solve_alert
from pruvan_desk.store.database import Writing
from pruvan_desk.store.models import CheckIn, Integration, Item, RelayJob
from pruvan_desk.store.pausing import pause_integration


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the sending of a job ended. ``error`` is ``None`` when the receiver took it; ``remark``: what it said all the same."""

    job_id: int
    error: PruvanDeskError | None
    sha256: str = ""
    remark: str = ""


def record_outcomes(writing: Writing, outcomes: Sequence[Outcome], first_retry: float) -> None:
    """Writes outcomes down. ``first_retry``: seconds before the second try of what failed in passing."""
    ids = [outcome.job_id for outcome in outcomes]
    jobs = {job.id: job for job in writing.session.scalars(select(RelayJob).where(RelayJob.id.in_(ids)))}
    item_ids = {job.item_id for job in jobs.values() if job.item_id}
    items = {item.id: item for item in writing.session.scalars(select(Item).where(Item.id.in_(item_ids)))}
    for outcome in outcomes:
        job = jobs[outcome.job_id]
        item = items.get(job.item_id or 0)
        job.owner, job.lease_until = "", None
        if outcome.error is None:
            _taken(writing, job, item, outcome)
        elif isinstance(outcome.error, ItemError):
            _refused(writing, job, item, outcome.error)
        else:
            _put_off(writing, job, item, outcome.error, first_retry)
        writing.changed(jobs=job.id, projects=job.project_id)
        if item is not None:
            writing.changed(items=item.id)
    _solve_alerts(writing, {job.integration_id for job in jobs.values()})


def _is_current(job: RelayJob, item: Item | None) -> bool:
    """Whether what was sent is still what the item is; if not, a newer revision has a job or a decision of its own."""
    return item is not None and item.revision == job.revision and item.state in (ItemState.RELAYING, ItemState.QUEUED)


def _taken(writing: Writing, job: RelayJob, item: Item | None, outcome: Outcome) -> None:
    job.state, job.words, job.finished_at = JobState.DONE, outcome.remark, writing.now
    if item is None:
        return
    item.sent_sha256, item.relay_words = outcome.sha256, ""
    if _is_current(job, item):
        item.state = ItemState.PUBLISHED
    _judge_check_in(writing, item, accepted=True, words="")


def _refused(writing: Writing, job: RelayJob, item: Item | None, error: PruvanDeskError) -> None:
    job.state, job.words, job.finished_at = JobState.FAILED, str(error), writing.now
    job.attempts += 1
    if item is None or not _is_current(job, item):
        return
    item.state, item.relay_words = ItemState.FAILED, str(error)
    _judge_check_in(writing, item, accepted=False, words=error.title)
    problem = ItemError("The client refused items.", "See Activity for its words; mend them and retry.")
    raise_alert(writing, failed_alert(job.integration_id), problem, integration_id=job.integration_id)


def _put_off(writing: Writing, job: RelayJob, item: Item | None, error: PruvanDeskError, first_retry: float) -> None:
    """The job waits for its next try, or, behind a paused integration, for somebody to mend it."""
    wait = 0.0
    if isinstance(error, IntegrationError):
        integration = writing.session.get_one(Integration, job.integration_id)
        if not integration.paused:
            pause_integration(writing, integration, error)
    else:
        job.attempts += 1
        wished = error.retry_after if isinstance(error, TransientError) else None
        wait = retry_delay(job.attempts, random.random(), wished, first_retry)  # noqa: S311 - spreads retries, guards nothing
    if isinstance(error, DeskFault):
        raise_alert(writing, "desk", error)
    overtaken = item is not None and item.revision != job.revision
    job.state = JobState.REPLACED if overtaken else JobState.QUEUED
    job.words, job.not_before = str(error), writing.now + timedelta(seconds=wait)
    if item is not None and not overtaken and item.state == ItemState.RELAYING:
        item.state = ItemState.QUEUED


def _judge_check_in(writing: Writing, item: Item, *, accepted: bool, words: str) -> None:
    if item.file_type != FileType.CHECK_IN:
        return
    for row in writing.session.scalars(select(CheckIn).where(CheckIn.item_id == item.id)):
        row.accepted, row.words = accepted, words


def _solve_alerts(writing: Writing, integration_ids: set[int]) -> None:
    """The alert of refused items goes when none is left."""
    writing.session.flush()
    for integration_id in integration_ids:
        left = (
            select(func.count())
            .select_from(Item)
            .join(RelayJob, RelayJob.item_id == Item.id)
            .where(Item.state == ItemState.FAILED, RelayJob.integration_id == integration_id)
        )
        if not writing.session.scalar(left):
            solve_alert(writing, failed_alert(integration_id))
