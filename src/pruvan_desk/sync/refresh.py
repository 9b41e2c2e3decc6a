"""Refresh: ask the order source, plan, apply in transactions of at most 200 orders, closures and the cursor in the last.

A crash anywhere is harmless: the cursor did not move, and the next refresh does the same again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from pruvan_desk.core.errors import IntegrationError, ItemError, OfflineError, PruvanDeskError, TransientError
from pruvan_desk.core.logs import logger
from pruvan_desk.domain.orders import Order, UnreadableOrder
from pruvan_desk.domain.refresh import (
    Close,
    Create,
    ImportSettings,
    Plan,
    Recreate,
    Reopen,
    Skip,
    Step,
    Unchanged,
    Update,
    plan_refresh,
)
from pruvan_desk.operations.project_trash import left_trash
from pruvan_desk.operations.projects import close_row, reopen_row
from pruvan_desk.store.alerts import raise_alert, solve_alert
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.history import record_event
from pruvan_desk.store.imports import Importer, adopt_templates, load_known, load_open, tasks_without_form
from pruvan_desk.store.models import ImportNote, ImportRun, Integration, Project
from pruvan_desk.store.pausing import pause_integration
from pruvan_desk.store.settings import read_settings
from pruvan_desk.sync.client import OrdersAnswer, OrderSource
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.wire.orders import OrderList, read_order_list

log = logger(__name__)

ORDERS_PER_TRANSACTION = 200
OVERLAP_SECONDS = 600
"""The cursor goes back this far, so that a change made while the list was being written is not missed."""
NAMED_PROJECTS = 5


@dataclass(frozen=True, slots=True)
class RefreshJob:
    """One refresh to do: of which integration, whole or what changed, and who or what asked for it."""

    integration_id: int
    full: bool
    started_by: str


@dataclass(frozen=True, slots=True)
class Received:
    """An answer with the moments it was asked for and came, on our clock."""

    answer: OrdersAnswer
    asked_at: datetime
    came_at: datetime

    @property
    def cursor(self) -> int:
        """Unix seconds to send next: when the request started, on the server's clock, less the overlap."""
        offset = (self.answer.server_time - self.came_at).total_seconds() if self.answer.server_time else 0.0
        return int(self.asked_at.timestamp() + offset) - OVERLAP_SECONDS


async def refresh(context: EngineContext, source: OrderSource, job: RefreshJob) -> None:
    """Runs one refresh and records it. Raises what stopped it, after that was recorded."""
    run_id, timestamp = await context.run(lambda: _start(context.database, job))
    asked_at = context.clock.now()
    try:
        answer = await source.get_work_orders(None if job.full else timestamp)
        received = Received(answer, asked_at, context.clock.now())
        await context.run(lambda: RefreshRun(context.database, job, run_id).take(received))
    except PruvanDeskError as error:
        failure = error
        await context.run(lambda: _record_failure(context.database, job, run_id, failure))
        raise


def full_list_is_due(integration: Integration, now: datetime, hours: float) -> bool:
    """Whether the last full list is older than the setting allows, or there was none."""
    if integration.next_timestamp is None or integration.last_full_at is None:
        return True
    return (now - integration.last_full_at).total_seconds() > hours * 3600


def _start(database: Database, job: RefreshJob) -> tuple[int, int | None]:
    with database.write() as writing:
        integration = writing.session.get_one(Integration, job.integration_id)
        integration.status = "running"
        run = ImportRun(
            integration_id=job.integration_id, started_by=job.started_by, full=job.full, started_at=writing.now
        )
        writing.session.add(run)
        writing.session.flush()
        writing.changed(integrations=job.integration_id, runs=run.id)
        return run.id, integration.next_timestamp


class RefreshRun:
    """Reads, plans and applies one answer. Blocking; between two transactions others may write."""

    def __init__(self, database: Database, job: RefreshJob, run_id: int) -> None:
        self._database = database
        self._job = job
        self._run_id = run_id
        with database.read() as session:
            self._integration = session.get_one(Integration, job.integration_id)
            self._settings = read_settings(session)
        self._importer = Importer(job.integration_id, qa_in_field=self._integration.qa_in_field)

    def take(self, received: Received) -> None:
        """Brings the projects in line with what was received."""
        orders = self._read(received.answer)
        full = self._job.full and orders.proves_absence
        entries = orders.entries if full else [*self._skipped_before(), *orders.entries]
        plan = self._plan(entries, full=full)
        closures: list[Close] = []
        others: list[Step] = []
        for step in plan.steps:
            if isinstance(step, Close):
                closures.append(step)
            elif not isinstance(step, Unchanged):
                others.append(step)
        for start in range(0, len(others), ORDERS_PER_TRANSACTION):
            with self._database.write() as writing:
                self._apply(writing, others[start : start + ORDERS_PER_TRANSACTION])
        with self._database.write() as writing:
            self._finish(writing, plan, closures, entries, received.cursor, proved=orders.proves_absence)
        log.info("refreshed", integration=self._integration.code, full=self._job.full, steps=len(plan.steps))

    def _read(self, answer: OrdersAnswer) -> OrderList:
        if answer.work_orders is True:
            return OrderList([], proves_absence=False)
        try:
            return read_order_list(answer.work_orders, self._settings.zone)
        except ValueError as error:
            raise TransientError(
                f"The order list cannot be read: {error}.", "Check the service URL and extension."
            ) from error

    def _skipped_before(self) -> list[Order | UnreadableOrder]:
        """What the last finished run had to skip, to be tried again: only a full list brings it by itself."""
        with self._database.read() as session:
            last = session.scalar(
                select(ImportRun.id)
                .where(
                    ImportRun.integration_id == self._job.integration_id,
                    ImportRun.finished_at.is_not(None),
                    ImportRun.error == "",
                )
                .order_by(ImportRun.id.desc())
                .limit(1)
            )
            skipped = select(ImportNote.source).where(
                ImportNote.run_id == last, ImportNote.kind == "skipped", ImportNote.number != ""
            )
            sources = session.scalars(skipped).all()
        return read_order_list(f"[{','.join(sources)}]", self._settings.zone).entries

    def _plan(self, entries: Sequence[Order | UnreadableOrder], *, full: bool) -> Plan:
        settings = ImportSettings(
            full=full,
            auto_admin=self._integration.auto_admin,
            qa_in_field=self._integration.qa_in_field,
            assign_to=self._integration.assign_to,
        )
        orders = [entry for entry in entries if isinstance(entry, Order)]
        with self._database.read() as session:
            known = load_known(session, self._job.integration_id, orders)
            others = load_open(session, self._job.integration_id) if full else []
        return plan_refresh(known, entries, settings, others)

    def _apply(self, writing: Writing, steps: Sequence[Step]) -> None:
        creates = [step for step in steps if isinstance(step, Create)]
        ids = self._importer.create(writing, creates)
        for create in creates:
            if create.close_reason is not None:
                project = writing.session.get_one(Project, ids[create.order.number])
                close_row(writing, project, create.close_reason, self._job.started_by)
        for step in steps:
            if isinstance(step, Update):
                self._importer.update(writing, step)
                if step.renames_tasks:
                    self._record_renames(writing, step.project_id, step.tasks.renamed)
            elif isinstance(step, Recreate):
                self._recreate(writing, step)
            elif isinstance(step, Reopen):
                reopen_row(writing, writing.session.get_one(Project, step.project_id), self._job.started_by)
            elif isinstance(step, Skip):
                self._note(writing, "skipped", step.number, step.reason, step.source)

    def _recreate(self, writing: Writing, step: Recreate) -> None:
        self._importer.recreate(writing, step)
        left_trash(writing, step.project_id)
        record_event(writing, self._job.started_by, "imported again", project_id=step.project_id)
        self._record_renames(writing, step.project_id, step.tasks.renamed)
        self._note(
            writing, "remark", step.order.number, "It was in the trash: what belongs to it is in the new project."
        )

    def _record_renames(self, writing: Writing, project_id: int, renamed: dict[str, str]) -> None:
        for before, after in renamed.items():
            record_event(
                writing, self._job.started_by, "task renamed", project_id=project_id, before=before, after=after
            )

    def _note(self, writing: Writing, kind: str, number: str, text: str, source: str = "") -> None:
        writing.session.add(ImportNote(run_id=self._run_id, kind=kind, number=number, text=text, source=source))

    def _finish(
        self,
        writing: Writing,
        plan: Plan,
        closures: Sequence[Close],
        entries: Sequence[Order | UnreadableOrder],
        cursor: int,
        *,
        proved: bool,
    ) -> None:
        """The last transaction: remarks, closures, the cursor, and the record of the run."""
        for entry in entries:
            for remark in entry.notes if isinstance(entry, Order) else ():
                self._note(writing, "remark", entry.number, remark)
        for step in closures:
            close_row(writing, writing.session.get_one(Project, step.project_id), step.reason, self._job.started_by)
        integration = writing.session.get_one(Integration, self._job.integration_id)
        integration.status, integration.last_error = "idle", ""
        integration.last_refreshed_at, integration.next_timestamp = writing.now, cursor
        if self._job.full and proved:
            integration.last_full_at = writing.now
            self._judge_withheld(writing, plan.withheld)
        solve_alert(writing, _import_alert(self._job.integration_id))
        self._alert_missing_forms(writing)
        self._record(writing, plan, closures)
        writing.changed(integrations=integration.id)

    def _record(self, writing: Writing, plan: Plan, closures: Sequence[Close]) -> None:
        run = writing.session.get_one(ImportRun, self._run_id)
        kinds = [type(step) for step in plan.steps]
        run.created = kinds.count(Create) + kinds.count(Recreate)
        run.updated, run.unchanged = kinds.count(Update), kinds.count(Unchanged)
        run.closed, run.reopened, run.skipped = len(closures), kinds.count(Reopen), kinds.count(Skip)
        run.withheld, run.finished_at = len(plan.withheld), writing.now
        writing.changed(runs=run.id)

    def _judge_withheld(self, writing: Writing, withheld: Sequence[Close]) -> None:
        """The guard: a full list that would close implausibly many projects closes none until somebody says so."""
        key = withheld_alert(self._job.integration_id)
        if not withheld:
            solve_alert(writing, key)
            return
        raise_alert(
            writing,
            key,
            ItemError(
                f"{len(withheld)} open projects of {self._integration.code} were missing from its full list. None was closed.",
                "If they are really gone, apply it; if not, look at the client's system first.",
            ),
            {"project_ids": [step.project_id for step in withheld]},
            integration_id=self._job.integration_id,
        )

    def _alert_missing_forms(self, writing: Writing) -> None:
        """Survey tasks that only name a form: it may have come with another order; if nobody sent it, somebody must know."""
        adopt_templates(writing, self._job.integration_id)
        key = f"forms-missing/{self._job.integration_id}"
        missing = tasks_without_form(writing.session, self._job.integration_id)
        if not missing:
            solve_alert(writing, key)
            return
        named = ", ".join(f"{number} ({form})" for number, form in missing[:NAMED_PROJECTS])
        raise_alert(
            writing,
            key,
            ItemError(
                f"The form of {len(missing)} survey tasks is not known: {named}.", "Ask the client to send it whole."
            ),
            integration_id=self._job.integration_id,
        )


def withheld_alert(integration_id: int) -> str:
    """The key of the alert that the guard held closures back."""
    return f"closures-withheld/{integration_id}"


def _import_alert(integration_id: int) -> str:
    return f"import-failed/{integration_id}"


def _record_failure(database: Database, job: RefreshJob, run_id: int, error: PruvanDeskError) -> None:
    with database.write() as writing:
        run = writing.session.get_one(ImportRun, run_id)
        run.error, run.finished_at = error.title, writing.now
        integration = writing.session.get_one(Integration, job.integration_id)
        integration.last_error, integration.status = error.title, "idle" if isinstance(error, OfflineError) else "error"
        if isinstance(error, IntegrationError):
            pause_integration(writing, integration, error)
        elif not isinstance(error, OfflineError):  # which is a state, no error
            raise_alert(writing, _import_alert(job.integration_id), error, integration_id=job.integration_id)
        writing.changed(integrations=job.integration_id, runs=run_id)
