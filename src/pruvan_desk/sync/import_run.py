"""One import, from what came to what is written: planned, applied in transactions of at most 200 orders, recorded.

A crash anywhere is harmless: closures and the cursor come in the last transaction, and the next refresh does the same again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from pruvan_desk.core.errors import ItemError, TransientError
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
from pruvan_desk.operations.reimport import RUNNING, delete_some, finish_reimport
from pruvan_desk.store.alerts import raise_alert, solve_alert
from pruvan_desk.store.checklists import settle_checklists
from pruvan_desk.store.database import Database, Writing
from pruvan_desk.store.history import record_event
from pruvan_desk.store.imports import Importer, load_known, load_open, settle_missing_forms
from pruvan_desk.store.models import ImportNote, ImportRun, Integration, Project, Reimport
from pruvan_desk.store.settings import read_settings
from pruvan_desk.sync.client import OrdersAnswer
from pruvan_desk.sync.stopping import RefreshCancelledError, Stop
from pruvan_desk.wire.orders import OrderList, read_order_list

log = logger(__name__)

ORDERS_PER_TRANSACTION = 200
OVERLAP_SECONDS = 600
"""The cursor goes back this far, so that a change made while the list was being written is not missed."""
NAMED_PROJECTS = 5
PUSHED = "push key"
"""Who started an import whose orders were sent here."""


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


class ImportWork:
    """Reads, plans and applies one answer. Blocking; between two transactions others may write."""

    def __init__(self, database: Database, job: RefreshJob, run_id: int, stop: Stop) -> None:
        self._database = database
        self._job = job
        self._run_id = run_id
        self._stop = stop
        self._reimported = False
        with database.read() as session:
            self._integration = session.get_one(Integration, job.integration_id)
            self._settings = read_settings(session)
        self._importer = Importer(job.integration_id, qa_in_field=self._integration.qa_in_field)

    def take(self, received: Received) -> None:
        """Brings the projects in line with what was received. Raises :class:`RefreshCancelledError` when it is stopped."""
        answer = received.answer.work_orders
        orders = OrderList([], proves_absence=False) if answer is True else self._read(answer)
        full = self._job.full and orders.proves_absence
        if self._job.full:
            self._delete_what_comes_anew(proved=full)
        entries = orders.entries if full else [*self._skipped_before(), *orders.entries]
        plan = self._plan(entries, full=full)
        self._write(plan)
        closures = [step for step in plan.steps if isinstance(step, Close)]
        with self._database.write() as writing:
            self._close(writing, closures)
            self._move_on(writing, plan, received.cursor, proved=full)
            self._finish(writing, plan, closures, entries)
        log.info("refreshed", integration=self._integration.code, full=self._job.full, steps=len(plan.steps))

    def take_push(self, orders: Any) -> None:
        """Creates and updates what was pushed. Closes nothing, and leaves the cursor where it is."""
        entries = self._read(orders).entries
        plan = self._plan(entries, full=False, closes=False)
        self._write(plan)
        with self._database.write() as writing:
            self._finish(writing, plan, [], entries)
        log.info("pushed", integration=self._integration.code, steps=len(plan.steps))

    def _delete_what_comes_anew(self, *, proved: bool) -> None:
        """The first half of importing all orders again, once the list that brings them back is here."""
        if not self._is_reimport():
            return
        if not proved:
            raise TransientError("The client sent no list of orders, so none was deleted.", "It is tried again.")
        more = True
        while more:
            self._stop.check()
            more = delete_some(self._database, self._job.integration_id)
        if not self._is_reimport():
            raise RefreshCancelledError("Importing all orders again was stopped.", "Take it up again in Integrations.")
        self._reimported = True

    def _is_reimport(self) -> bool:
        with self._database.read() as session:
            row = session.get(Reimport, self._job.integration_id)
        return row is not None and row.state == RUNNING

    def _write(self, plan: Plan) -> None:
        """All but the closures, in transactions between which somebody may stop it."""
        steps = [step for step in plan.steps if not isinstance(step, Close | Unchanged)]
        for start in range(0, len(steps), ORDERS_PER_TRANSACTION):
            self._stop.check()
            some = steps[start : start + ORDERS_PER_TRANSACTION]
            with self._database.write() as writing:
                self._apply(writing, some)
                run = writing.session.get_one(ImportRun, self._run_id)
                run.total, run.done = len(steps), start + len(some)
                writing.changed(runs=run.id, integrations=self._job.integration_id)
        self._stop.check()

    def _read(self, work_orders: Any) -> OrderList:
        try:
            return read_order_list(work_orders, self._settings.zone)
        except ValueError as error:
            raise TransientError(
                f"The order list cannot be read: {error}.", "Check the service URL and extension."
            ) from error

    def _skipped_before(self) -> list[Order | UnreadableOrder]:
        """What the last finished refresh, and what was pushed since, had to skip: only a full list brings it by itself."""
        finished = (
            ImportRun.integration_id == self._job.integration_id,
            ImportRun.finished_at.is_not(None),
            ImportRun.error == "",
        )
        with self._database.read() as session:
            last = session.scalar(
                select(ImportRun.id)
                .where(*finished, ImportRun.started_by != PUSHED)
                .order_by(ImportRun.id.desc())
                .limit(1)
            )
            skipped = (
                select(ImportNote.source)
                .join(ImportRun, ImportRun.id == ImportNote.run_id)
                .where(*finished, ImportRun.id >= (last or 0), ImportNote.kind == "skipped", ImportNote.number != "")
                .order_by(ImportNote.id)
            )
            sources = session.scalars(skipped).all()
        return read_order_list(f"[{','.join(sources)}]", self._settings.zone).entries

    def _plan(self, entries: Sequence[Order | UnreadableOrder], *, full: bool, closes: bool = True) -> Plan:
        settings = ImportSettings(
            full=full,
            closes=closes,
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
        touched = {step.project_id for step in steps if isinstance(step, Update | Recreate)}
        settle_checklists(writing, self._job.integration_id, touched | set(ids.values()))

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

    def _close(self, writing: Writing, closures: Sequence[Close]) -> None:
        for step in closures:
            close_row(writing, writing.session.get_one(Project, step.project_id), step.reason, self._job.started_by)

    def _move_on(self, writing: Writing, plan: Plan, cursor: int, *, proved: bool) -> None:
        """The integration is up to date: its cursor moves, and what a full list says of absence is judged."""
        integration = writing.session.get_one(Integration, self._job.integration_id)
        integration.status, integration.last_error = "idle", ""
        integration.last_refreshed_at, integration.next_timestamp = writing.now, cursor
        if proved:
            integration.last_full_at = writing.now
            self._judge_withheld(writing, plan.withheld)
        if self._reimported:
            finish_reimport(writing, integration.id, self._job.started_by, "imported all orders again")
        solve_alert(writing, import_alert(self._job.integration_id))

    def _finish(
        self,
        writing: Writing,
        plan: Plan,
        closures: Sequence[Close],
        entries: Sequence[Order | UnreadableOrder],
    ) -> None:
        """The last transaction: remarks, forms that are missing, and the record of the run."""
        for entry in entries:
            for remark in entry.notes if isinstance(entry, Order) else ():
                self._note(writing, "remark", entry.number, remark)
        for fault in self._importer.template_faults:
            self._note(writing, "remark", "", fault)
        settle_missing_forms(writing, self._job.integration_id)
        self._record(writing, plan, closures)
        writing.changed(integrations=self._job.integration_id)

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


def withheld_alert(integration_id: int) -> str:
    """The key of the alert that the guard held closures back."""
    return f"closures-withheld/{integration_id}"


def import_alert(integration_id: int) -> str:
    """The key of the alert that an import failed."""
    return f"import-failed/{integration_id}"
