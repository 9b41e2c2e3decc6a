"""What became of a sending, written down: the job, its item, its check-in, and the alert, all in one transaction."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select, update

from pruvan_desk.core.errors import (
    DeskFault,
    IntegrationError,
    ItemError,
    OfflineError,
    PruvanDeskError,
    TransientError,
)
from pruvan_desk.domain.destinations import leading, read_destinations
from pruvan_desk.domain.retry import retry_delay
from pruvan_desk.domain.statuses import FileType, ItemState, JobState
from pruvan_desk.store.alerts import raise_alert, solve_alert, unsolved_alerts
from pruvan_desk.store.check_ins import tell_refusals
from pruvan_desk.store.database import Writing
from pruvan_desk.store.failures import FAILED, raise_failed_alert, solve_failed_alerts
from pruvan_desk.store.marked import take_back_if_marked_since
from pruvan_desk.store.models import CheckIn, Integration, Item, RelayJob
from pruvan_desk.store.outbox import leads
from pruvan_desk.store.pausing import pause_integration
from pruvan_desk.wire.answers import REFUSED

DESK_ALERT = "desk"
BEING_SENT = (ItemState.RELAYING, ItemState.QUEUED)
TAKEN = (
    select(
        RelayJob.id, RelayJob.project_id, RelayJob.item_id, RelayJob.revision, RelayJob.destination,
        RelayJob.state.label("job_state"),
        Item.revision.label("now"), Item.state, Item.file_type, Item.destinations,
    )
    .outerjoin(Item, Item.id == RelayJob.item_id)
    .where(RelayJob.id.in_(bindparam("jobs", expanding=True)))
)  # fmt: skip
"""As those of the outbox, these statements are put together once: that costs more than what they do."""
DONE = (
    update(RelayJob.__table__)  # type: ignore[arg-type]  # a Table, which the stubs call a FromClause
    .where(RelayJob.id == bindparam("job"))
    .values(
        state=JobState.DONE, owner="", lease_until=None, words=bindparam("remark"),
        sent_sha256=bindparam("sha"), place=bindparam("where"), finished_at=bindparam("now"),
    )
)  # fmt: skip
SENT = (
    update(Item.__table__)  # type: ignore[arg-type]  # as above
    .where(Item.id == bindparam("item"))
    .values(sent_sha256=bindparam("sha"), state=bindparam("new"), relay_words="")
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the sending of a job ended. ``error`` is ``None`` when the receiver took it; ``remark``: what it said all the same."""

    job_id: int
    error: PruvanDeskError | None
    sha256: str = ""
    remark: str = ""
    place: str = ""
    """Where the Downloader put it, below the root of its tree."""


def record_outcomes(writing: Writing, outcomes: Sequence[Outcome], first_retry: float, owner: str) -> None:
    """Writes the outcomes of ``owner`` down. ``first_retry``: seconds before the second try of what failed in passing.

    What was taken was taken, whoever holds the job by now. A failure counts only while the job is its owner's: when the lease
    ran out meanwhile (the computer was asleep), another sending of it has ended, or is under way, and speaks for it.
    """
    taken = {outcome.job_id: outcome for outcome in outcomes if outcome.error is None}
    troubled = {outcome.job_id: outcome.error for outcome in outcomes if outcome.error is not None}
    if taken:
        _record_taken(writing, taken)
    if troubled:
        _record_troubled(writing, troubled, first_retry, owner)
    raised = unsolved_alerts(writing)
    if any(key.startswith(FAILED) for key in raised):
        solve_failed_alerts(writing)
    if DESK_ALERT in raised and taken and not any(isinstance(error, DeskFault) for error in troubled.values()):
        solve_alert(writing, DESK_ALERT)  # keyring and disk did their part


def _record_taken(writing: Writing, taken: dict[int, Outcome]) -> None:
    """The way of nearly every job, in bulk and past the ORM: done; its item published unless it has changed meanwhile."""
    connection = writing.session.connection()
    rows = _not_succeeded(writing, connection.execute(TAKEN, {"jobs": list(taken)}).all())
    of_items = [row for row in rows if row.item_id is not None]
    led = [row for row in of_items if row.destination == leading(read_destinations(row.destinations))]
    current = {row.item_id for row in led if row.revision == row.now and row.state in BEING_SENT}
    overtaken = _sent_newer(writing, {row.item_id: row for row in led if row.revision != row.now})
    jobs = [
        {
            "job": row.id,
            "remark": taken[row.id].remark,
            "sha": taken[row.id].sha256,
            "where": taken[row.id].place,
            "now": writing.now,
        }
        for row in rows
    ]
    sent = [
        {
            "item": row.item_id,
            "sha": taken[row.id].sha256,
            "new": ItemState.PUBLISHED if row.item_id in current else row.state,
        }
        for row in led
        if row.item_id not in overtaken
    ]
    if jobs:
        connection.execute(DONE, jobs)
        writing.changed(jobs={row.id for row in rows}, projects={row.project_id for row in rows})
    if sent:
        connection.execute(SENT, sent)
    writing.changed(items={row.item_id for row in of_items})
    check_ins = [row.item_id for row in led if row.file_type == FileType.CHECK_IN]
    if check_ins:
        writing.session.execute(update(CheckIn).where(CheckIn.item_id.in_(check_ins)).values(accepted=True, words=""))
        tell_refusals(writing, {row.project_id for row in led if row.item_id in check_ins})


def _not_succeeded(writing: Writing, rows: Sequence[Any]) -> Sequence[Any]:
    """``rows`` without those that come so late that another job has taken their place, and is going to speak for the item."""
    late = {row.item_id for row in rows if row.job_state not in (JobState.LEASED, JobState.QUEUED)}
    if not late:
        return rows
    unfinished = (RelayJob.item_id.in_(late), RelayJob.state.in_((JobState.QUEUED, JobState.LEASED)))
    named = select(RelayJob.id, RelayJob.item_id, RelayJob.destination).where(*unfinished)
    successors = {(item_id, destination): job_id for job_id, item_id, destination in writing.session.execute(named)}
    return [row for row in rows if successors.get((row.item_id, row.destination), row.id) == row.id]


def _sent_newer(writing: Writing, older: dict[int, Any]) -> set[int]:
    """Those items of ``older`` revisions of which a newer one has been taken since: what is known of that one stays."""
    if not older:
        return set()
    done = (RelayJob.item_id.in_(older), RelayJob.state == JobState.DONE)
    rows = writing.session.execute(select(RelayJob.item_id, RelayJob.destination, RelayJob.revision).where(*done))
    return {
        item_id
        for item_id, destination, revision in rows
        if item_id is not None and destination == older[item_id].destination and revision > older[item_id].revision
    }


def _record_troubled(writing: Writing, troubled: dict[int, PruvanDeskError], first_retry: float, owner: str) -> None:
    held = (RelayJob.id.in_(troubled), RelayJob.state == JobState.LEASED, RelayJob.owner == owner)
    for job in writing.session.scalars(select(RelayJob).where(*held)):
        error = troubled[job.id]
        item = writing.session.get(Item, job.item_id) if job.item_id else None
        job.owner, job.lease_until = "", None
        if isinstance(error, ItemError):
            _refused(writing, job, item, error)
        else:
            _put_off(writing, job, item, error, first_retry)
        writing.changed(jobs=job.id, projects=job.project_id)
        if item is not None:
            writing.changed(items=item.id)
            writing.session.flush()
            take_back_if_marked_since(writing, item, job.created_at)


def _is_current(job: RelayJob, item: Item) -> bool:
    """Whether what was sent is what the item's state follows; if not, another job or a decision speaks for it."""
    return leads(job, item) and item.state in BEING_SENT


def _refused(writing: Writing, job: RelayJob, item: Item | None, error: PruvanDeskError) -> None:
    overtaken = item is not None and item.revision != job.revision
    job.state = JobState.REPLACED if overtaken else JobState.FAILED
    job.words, job.finished_at = str(error), writing.now
    job.attempts += 1
    if item is None or overtaken:
        return
    if _is_current(job, item):
        item.state, item.relay_words = ItemState.FAILED, str(error)
        if item.file_type == FileType.CHECK_IN:
            words = error.title.removeprefix(REFUSED).rstrip(". ")
            refused = update(CheckIn).where(CheckIn.item_id == item.id).values(accepted=False, words=words)
            writing.session.execute(refused)
            tell_refusals(writing, [job.project_id])
    raise_failed_alert(writing, job)


def _put_off(writing: Writing, job: RelayJob, item: Item | None, error: PruvanDeskError, first_retry: float) -> None:
    """The job waits for its next try; behind a paused integration for somebody to mend it, without a network for the network.

    Those two are no fault of the item, nor is this computer's: they count as no try.
    """
    wait = 0.0
    if isinstance(error, IntegrationError):
        integration = writing.session.get_one(Integration, job.integration_id)
        if not integration.paused:
            pause_integration(writing, integration, error)
    elif isinstance(error, DeskFault):
        wait = first_retry
    elif not isinstance(error, OfflineError):
        job.attempts += 1
        wished = error.retry_after if isinstance(error, TransientError) else None
        wait = retry_delay(job.attempts, random.random(), wished, first_retry)  # noqa: S311 - spreads retries, guards nothing
    if isinstance(error, DeskFault):
        raise_alert(writing, DESK_ALERT, error)
    overtaken = item is not None and item.revision != job.revision
    job.state = JobState.REPLACED if overtaken else JobState.QUEUED
    job.words, job.not_before = str(error), writing.now + timedelta(seconds=wait)
    if item is not None and leads(job, item) and item.state == ItemState.RELAYING:
        item.state = ItemState.QUEUED
