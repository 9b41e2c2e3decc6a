"""One call against one fault: the engine's own parts meet it, then everything is good again, and what came of it is counted."""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pruvan_desk.core.clock import SystemClock
from pruvan_desk.core.errors import IntegrationError, ItemError, PruvanDeskError, TransientError
from pruvan_desk.domain.statuses import FieldStatus, ItemState, JobState, ProjectStatus
from pruvan_desk.operations.integrations import IntegrationForm, resume_integration, save_integration
from pruvan_desk.operations.projects import set_field_status
from pruvan_desk.operations.qa import publish_items
from pruvan_desk.operations.relay import retry_failed
from pruvan_desk.store.models import Alert, Integration, Item, Project, RelayJob
from pruvan_desk.store.thumbnails import ThumbnailCache
from pruvan_desk.sync.client import OrderSource
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.http import Connections, Patience
from pruvan_desk.sync.reach import Reach
from pruvan_desk.sync.refresh import RefreshJob, refresh
from pruvan_desk.sync.relay import Relay
from pruvan_desk.sync.sources import OrderSources
from pruvan_desk.sync.stopping import Stop
from pruvan_desk.sync.transfer import FileToSend
from pruvan_desk.wire.credentials import Credentials
from sync.desk import WHO, Desk, small_jpeg, wait_until
from sync.faults.certificates import Certificates
from sync.faults.server import GOOD_LIST, Act, FaultServer, canned

PATIENT = Patience(5.0, 10.0)
IMPATIENT = Patience(0.75, 0.25)
"""For a server that stalls: milliseconds rather than a minute."""
LOGIN = Credentials("vendor", "correct-horse-battery", "tok-5f2e77c1-aa31")
NEVER = 3600.0
SOON = 0.01
LONGEST = 20.0
KNOWN = ("4711", "4712")


@dataclass(frozen=True)
class Fault:
    """A way to go wrong. ``done`` says that what was asked was done all the same: the sender cannot know."""

    name: str
    act: Act | None = None
    """``None``: nobody listens."""
    done: bool = False
    stalls: bool = False
    tls: str = ""
    """The bad certificate that the server shows."""
    away: int = 0
    """The status of a redirect to another server."""


@dataclass
class Row:
    """A row of the table."""

    call: str
    fault: str
    kind: str
    outcome: str
    lost: int
    doubled: int
    strayed: int
    """Requests that another server got."""
    words: list[str] = field(default_factory=list)
    """Every text that people may see."""


@dataclass
class Trial:
    """The desk, its server, and the fault."""

    desk: Desk
    certificates: Certificates
    fault: Fault
    server: FaultServer = field(default_factory=FaultServer)
    elsewhere: FaultServer = field(default_factory=FaultServer)

    def run(self, call: str) -> Row:
        """Meets the fault by one of the four calls."""
        return asyncio.run(self._run(call))

    async def _run(self, call: str) -> Row:
        ways = {
            "validate": self._validate, "getWorkOrders": self._refresh,
            "uploadPictures": self._upload, "status": self._status,
        }  # fmt: skip
        await self.server.start(self.certificates.good if self.fault.tls else None)
        await self.elsewhere.start()
        form = IntegrationForm(
            "AFS", "AFS", self.server.url, LOGIN.username, LOGIN.password, LOGIN.token, qa_in_field=False
        )
        _, self.integration_id = save_integration(self.desk.database, self.desk.secrets, form, WHO)
        self.desk.set("first_retry_seconds", NEVER)
        try:
            kind, words = await self._kind(call)
            outcome, lost, doubled = await ways[call](kind)
        finally:
            await self.server.stop()
            await self.elsewhere.stop()
        strayed = self.elsewhere.requests
        return Row(call, self.fault.name, kind, outcome, lost, doubled, strayed, [words, *words_of(self.desk)])

    # the fault, and its end

    @asynccontextmanager
    async def _struck(self) -> AsyncIterator[OrderSources]:
        """The next request meets the fault."""
        if self.fault.away:
            self.server.faults.append(canned(self.fault.away, b"", location=f"{self.elsewhere.url}?token=abc"))
        elif self.fault.act is not None:
            self.server.faults.append(self.fault.act)
        elif self.fault.tls:
            await self.server.stop()
            await self.server.start(self.certificates.bad[self.fault.tls])
        else:
            await self.server.stop()
        async with self._sources(IMPATIENT if self.fault.stalls else PATIENT) as sources:
            yield sources
        self.server.faults.clear()
        await self.server.stop()
        await self.server.start(self.certificates.good if self.fault.tls else None)

    @asynccontextmanager
    async def _sources(self, patience: Patience) -> AsyncIterator[OrderSources]:
        connections = Connections(patience, self.certificates.trusting if self.fault.tls else None)
        context = EngineContext(
            folder=self.desk.folder, database=self.desk.database, files=self.desk.files,
            thumbnails=ThumbnailCache(self.desk.folder.thumbnails), secrets=self.desk.secrets, clock=SystemClock(),
            owner="trial",
        )  # fmt: skip
        context.reload_settings()
        self.context = context
        sources = OrderSources(context, connections)
        try:
            yield sources
        finally:
            await sources.close()

    async def _kind(self, call: str) -> tuple[str, str]:
        """How far the failure of the call reaches, by its error; and its words."""
        async with self._struck() as sources:
            source = await sources.get(self.integration_id)
            try:
                await _ask(source, call)
            except PruvanDeskError as error:
                return _kind_of(error), str(error)
        return "good", ""

    # the four calls, as the engine makes them

    async def _validate(self, kind: str) -> tuple[str, int, int]:
        """A person asks, and sees the answer; nothing else follows from it."""
        outcome = "green" if kind == "good" else "red, in words; nothing changes"
        return outcome, 0, 0

    async def _refresh(self, kind: str) -> tuple[str, int, int]:
        for number in KNOWN:
            self.desk.project(self.integration_id, number)
        async with self._struck() as sources:
            raised = await self._refreshed(sources)
        outcome = "imported" if raised is None else "recorded, nothing closed"
        if self.desk.get(Integration, self.integration_id).paused:
            outcome = "paused, nothing closed"
            resume_integration(self.desk.database, self.integration_id, WHO)
        assert (raised is None) == (kind == "good")
        assert self._open_numbers() >= set(KNOWN)
        async with self._sources(PATIENT) as sources:
            assert await self._refreshed(sources) is None
        wanted = {order["workOrderNumber"] for order in GOOD_LIST}
        numbers = [project.number for project in self.desk.all(Project)]
        return f"{outcome}; the next is good", len(wanted - self._open_numbers()), len(numbers) - len(set(numbers))

    async def _refreshed(self, sources: OrderSources) -> PruvanDeskError | None:
        source = await sources.get(self.integration_id)
        try:
            await refresh(self.context, source, RefreshJob(self.integration_id, True, WHO), Stop())
        except PruvanDeskError as error:
            return error
        return None

    def _open_numbers(self) -> set[str]:
        return {project.number for project in self.desk.all(Project) if project.status != ProjectStatus.CLOSED}

    async def _upload(self, kind: str) -> tuple[str, int, int]:
        project_id = self.desk.project(self.integration_id)
        item_id = self.desk.photo(project_id, ItemState.PASSED, small_jpeg(7))
        publish_items(self.desk.database, [item_id], WHO)
        uuid = self.desk.get(Item, item_id).uuid
        outcome = await self._relayed()
        item = self.desk.get(Item, item_id)
        assert item.state == ItemState.PUBLISHED
        held = self.server.files.get(uuid)
        lost = int(held != item.sha256 or item.sent_sha256 != hashlib.sha256(small_jpeg(7)).hexdigest())
        return outcome, lost, self._doubled(self.server.done[uuid], kind)

    async def _status(self, kind: str) -> tuple[str, int, int]:
        project_id = self.desk.project(self.integration_id)
        self.server.done.clear()
        set_field_status(self.desk.database, project_id, FieldStatus.COMPLETED, WHO)
        outcome = await self._relayed()
        told = self.server.done["status"]
        objected = kind == "good" and not told
        return (
            ("taken as the receiver's last word" if objected else outcome),
            int(not told and not objected),
            self._doubled(told, kind),
        )

    def _doubled(self, done: int, kind: str) -> int:
        """How often it was done beyond once and once more for an answer that could not be understood."""
        return max(0, done - 1 - int(self.fault.done and kind != "good"))

    async def _relayed(self) -> str:
        """The relay meets the fault, once; then it is over, and the relay goes on. Answers what happened in between."""
        async with self._struck() as sources:
            await self._relay(sources, self._seen)
        (job,) = self.desk.all(RelayJob)
        if self.desk.get(Integration, self.integration_id).paused:
            outcome = "paused with one alert; goes on after Validate"
            assert len([alert for alert in self.desk.all(Alert) if alert.solved_at is None]) == 1
            resume_integration(self.desk.database, self.integration_id, WHO)
        elif job.state == JobState.FAILED:
            outcome = "failed in words; sent by Retry"
            retry_failed(self.desk.database, WHO)
        elif job.state == JobState.QUEUED:
            assert job.words
            wait = (job.not_before - job.created_at).total_seconds()
            outcome = "tried again by itself" if wait > 0 else "waits"
            self.desk.set("first_retry_seconds", SOON)
            retry_failed(self.desk.database, WHO)
        else:
            outcome = "sent at once"
        async with self._sources(PATIENT) as sources:
            await self._relay(sources, self._sent)
        return outcome

    def _seen(self) -> bool:
        """Whether the first try is over and written down."""
        (job,) = self.desk.all(RelayJob)
        return job.state in (JobState.DONE, JobState.FAILED) or (job.state == JobState.QUEUED and bool(job.words))

    def _sent(self) -> bool:
        """Whether everything is."""
        return {job.state for job in self.desk.all(RelayJob)} <= {JobState.DONE, JobState.REPLACED}

    async def _relay(self, sources: OrderSources, over: Callable[[], bool]) -> None:
        relay = asyncio.create_task(Relay(self.context, sources, Reach(self.context, sources)).run())
        try:
            await asyncio.to_thread(wait_until, "the relay", over, LONGEST)
        finally:
            relay.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await relay


async def _ask(source: OrderSource, call: str) -> None:
    if call == "validate":
        await source.validate()
    elif call == "getWorkOrders":
        await source.get_work_orders(None)
    elif call == "status":
        await source.status([{"workOrderNumber": "4711", "status": "Completed"}])
    else:
        data = small_jpeg(1)
        await source.upload(
            {"uuid": "direct"}, FileToSend("a.jpg", hashlib.sha256(data).hexdigest(), len(data), content=data)
        )


def _kind_of(error: PruvanDeskError) -> str:
    kinds = {TransientError: "transient", ItemError: "item", IntegrationError: "integration"}
    return next(word for kind, word in kinds.items() if isinstance(error, kind))


def words_of(desk: Desk) -> list[str]:
    """Every text that a person may be shown."""
    texts = [f"{alert.title} {alert.advice} {alert.body}" for alert in desk.all(Alert)]
    texts += [row.last_error for row in desk.all(Integration)]
    return texts + [job.words for job in desk.all(RelayJob)] + [item.relay_words for item in desk.all(Item)]
