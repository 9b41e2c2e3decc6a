"""Whatever happens in whatever order, the books close at every step, and in the end both sides hold the same."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from builders import Office, item_json, receive_item
from fakes import FakeClock
from pruvan_desk.cli.balance import compare
from pruvan_desk.core.errors import IntegrationError, ItemError, PruvanDeskError, TransientError, UsageError
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import FieldStatus, ItemState, JobState
from pruvan_desk.operations.doctor import check_accounting, check_outbox
from pruvan_desk.operations.integrations import resume_integration
from pruvan_desk.operations.projects import set_field_status
from pruvan_desk.operations.qa import mark_items, move_items, publish_project, republish_items, rotate_items
from pruvan_desk.operations.relay import retry_failed
from pruvan_desk.store.files import PhotoFiles
from pruvan_desk.store.models import Item, RelayJob
from pruvan_desk.store.opening import open_database
from pruvan_desk.store.outbox import ClaimedJob, claim, release
from pruvan_desk.sync.outcomes import Outcome, record_outcomes
from pruvan_desk.sync.packing import pack_item
from pruvan_desk.wire.items import read_item
from sync.desk import WHO, small_jpeg

LEASE = timedelta(seconds=120)
NUMBERS = ("4711", "4712")
"""The first in QA in Office, the second in QA in Field."""
TASKS = ("Grass Cut", "Debris")
EVIDENCE = ("before", "after")
FATES = {
    "taken": None,
    "answer lost": TransientError("The connection broke."),
    "busy": TransientError("The server is busy."),
    "refused": ItemError("The receiver refused it."),
    "login refused": IntegrationError("The login was refused."),
}
KEPT = {"taken", "answer lost"}
some = st.integers(0, 10)


@cache
def empty_database() -> Path:
    """An empty database of today's schema."""
    folder = DataFolder(Path(tempfile.mkdtemp()), Path(tempfile.mkdtemp()))
    folder.create()
    open_database(folder).close()
    return folder.database


class Fastrack:
    """The receiver: keeps the latest of each uuid."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}

    def keep(self, payload: dict[str, Any], sha256: str) -> None:
        self.items[payload["uuid"]] = {
            "uuid": payload["uuid"], "sha256": sha256, "work_order": payload["key2"], "task": payload["key4"],
            "evidence_type": payload["evidenceType"],
        }  # fmt: skip


class AnyOrder(RuleBasedStateMachine):
    """An office with two projects, whose engine is played by hand."""

    @initialize()
    def open(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="any-order-"))
        folder = DataFolder(self.root / "data", self.root / "cache").create()
        shutil.copyfile(empty_database(), folder.database)
        self.clock = FakeClock()
        self.database = open_database(folder, self.clock)
        self.files = PhotoFiles(folder.photos)
        self.office = Office(self.database, self.files)
        integration_id = self.office.integration()
        for number, qa_in_field in zip(NUMBERS, (False, True), strict=True):
            self.office.project(integration_id, number, TASKS, qa_in_field=qa_in_field)
        self.fastrack = Fastrack()
        self.made = 0
        self.engines = 1
        self.in_hand: dict[int, ClaimedJob] = {}
        """What this engine has claimed and not answered for, by the job's id."""
        self.unwritten: list[Outcome] = []
        self.complete(2, FieldStatus.COMPLETED)
        for number in NUMBERS:
            self.arrive(number, "before")

    # the field

    @rule(number=st.sampled_from((*NUMBERS, "unknown")), evidence=st.sampled_from(EVIDENCE))
    def arrive(self, number: str, evidence: str) -> None:
        self.made += 1
        self._receive(f"item-{self.made}", number, evidence)

    @precondition(lambda self: self.made)
    @rule(
        which=some,
        number=st.sampled_from((*NUMBERS, "unknown")),
        evidence=st.sampled_from(EVIDENCE),
        anew=st.booleans(),
    )
    def arrive_again(self, which: int, number: str, evidence: str, *, anew: bool) -> None:
        """The same ``uuid``, perhaps with other bytes, another flag, another project."""
        uuid = f"item-{which % self.made + 1}"
        self._receive(uuid, number, evidence, data=small_jpeg(1000 + which) if anew else None)

    def _receive(self, uuid: str, number: str, evidence: str, data: bytes | None = None) -> None:
        payload = item_json(uuid, key2=f"AFS::{number}", evidenceType=evidence)
        stored = self.office.keep(data or small_jpeg(int(uuid.rpartition("-")[2])))
        receive_item(self.database, read_item(payload), stored, "crew1")

    @rule(project=st.integers(1, 2), status=st.sampled_from((FieldStatus.COMPLETED, FieldStatus.IN_PROCESS)))
    def complete(self, project: int, status: FieldStatus) -> None:
        set_field_status(self.database, project, status, "crew1")

    # the office

    @precondition(lambda self: self.made)
    @rule(which=some, decision=st.sampled_from(Decision))
    def mark(self, which: int, decision: Decision) -> None:
        with contextlib.suppress(UsageError):
            mark_items(self.database, [which % self.made + 1], decision, WHO, "Blurred")

    @rule(project=st.integers(1, 2))
    def publish(self, project: int) -> None:
        publish_project(self.database, project, WHO)

    @precondition(lambda self: self.made)
    @rule(
        which=some,
        project=st.sampled_from((None, 1, 2)),
        task=st.sampled_from((None, *TASKS)),
        evidence=st.sampled_from((None, *EVIDENCE)),
    )
    def move(self, which: int, project: int | None, task: str | None, evidence: str | None) -> None:
        with contextlib.suppress(UsageError):
            ids = [which % self.made + 1]
            move_items(self.database, ids, WHO, project_id=project, task=task, evidence_type=evidence)

    @precondition(lambda self: self.made)
    @rule(which=some)
    def turn(self, which: int) -> None:
        rotate_items(self.database, [which % self.made + 1], 90, WHO)

    @precondition(lambda self: self.made)
    @rule(which=some)
    def republish(self, which: int) -> None:
        with contextlib.suppress(UsageError):
            republish_items(self.database, [which % self.made + 1], WHO)

    @rule()
    def retry(self) -> None:
        retry_failed(self.database, WHO)

    @rule()
    def validate(self) -> None:
        """Somebody mended the login."""
        resume_integration(self.database, 1, WHO)

    # the engine

    @rule(limit=st.integers(1, 4))
    def claim(self, limit: int) -> None:
        with self.database.write() as writing:
            claimed = claim(writing, f"engine-{self.engines}", limit, LEASE)
        for job in claimed:
            self.in_hand[job.job.id] = job

    @precondition(lambda self: self.in_hand)
    @rule(which=some, fate=st.sampled_from(sorted(FATES)))
    def send(self, which: int, fate: str) -> None:
        """One sending ends; its outcome is not written down yet."""
        job = self.in_hand.pop(sorted(self.in_hand)[which % len(self.in_hand)])
        self.unwritten.append(self._sent(job, fate))

    def _sent(self, job: ClaimedJob, fate: str) -> Outcome:
        error = FATES[fate]
        if job.item is None:
            return Outcome(job.job.id, None if isinstance(error, ItemError) else error)
        try:
            parcel = pack_item(self.files, job, "AFS")
        except PruvanDeskError as problem:
            return Outcome(job.job.id, problem)
        if fate in KEPT:
            self.fastrack.keep(parcel.payload, parcel.sha256)
        return Outcome(job.job.id, error, parcel.sha256 if error is None else "")

    @rule()
    def write_down(self) -> None:
        """Outcomes of a moment, in one transaction: perhaps long after the lease ran out and another took the job."""
        outcomes, self.unwritten = self.unwritten, []
        with self.database.write() as writing:
            record_outcomes(writing, outcomes, 25.0, f"engine-{self.engines}")

    @precondition(lambda self: self.in_hand)
    @rule(which=some, fate=st.sampled_from(sorted(FATES)), second=st.sampled_from(sorted(FATES)))
    def oversleep(self, which: int, fate: str, second: str) -> None:
        """A sending ends, and its lease runs out before that is written down: its job is claimed and sent a second time."""
        self.send(which, fate)
        late, self.unwritten = self.unwritten, []
        self.clock.advance(121)
        self.claim(4)
        self.unwritten = late
        self.write_down()
        if self.in_hand:
            self.send(which, second)

    @rule()
    def crash(self) -> None:
        """The engine dies, and starts again: what it had in hand and in its memory is gone."""
        self._die()
        with self.database.write() as writing:
            release(writing)

    @rule()
    def vanish(self) -> None:
        """An engine dies that nobody starts again; another desk's goes on once the lease has run out."""
        self._die()
        self.clock.advance(121)

    def _die(self) -> None:
        self.in_hand.clear()
        self.unwritten.clear()
        self.engines += 1

    @rule(seconds=st.sampled_from((1, 30, 121, 4000)))
    def time_passes(self, seconds: int) -> None:
        """Leases run out under a living engine, too: the computer was asleep."""
        self.clock.advance(seconds)

    # what must be true

    @invariant()
    def the_books_close(self) -> None:
        with self.database.read() as session:
            findings = [*check_accounting(session).findings, *check_outbox(session).findings]
        assert findings == []

    def teardown(self) -> None:
        if not hasattr(self, "database"):
            return
        try:
            self._everything_comes_to_its_end()
        finally:
            self.database.close()
            shutil.rmtree(self.root, ignore_errors=True)

    def _everything_comes_to_its_end(self) -> None:
        self.write_down()
        self.crash()
        self.validate()
        for project in (1, 2):
            self.complete(project, FieldStatus.COMPLETED)
        move_items(self.database, self._ids(ItemState.UNASSIGNED), WHO, project_id=1)
        mark_items(self.database, self._ids(ItemState.PENDING_QA, ItemState.REJECTED), Decision.PASS, WHO)
        for project in (1, 2):
            publish_project(self.database, project, WHO)
        self.retry()
        for _ in range(10):
            self.clock.advance(4000)
            self.claim(100)
            for job_id in list(self.in_hand):
                self.unwritten.append(self._sent(self.in_hand.pop(job_id), "taken"))
            self.write_down()
        self.the_books_close()
        with self.database.read() as session:
            assert compare(session, list(self.fastrack.items.values())).differences == []
        assert {item.uuid: item.state for item in self.office.all(Item)} == dict.fromkeys(
            self.fastrack.items, ItemState.PUBLISHED
        )
        assert not [job for job in self.office.all(RelayJob) if job.state in (JobState.QUEUED, JobState.LEASED)]

    def _ids(self, *states: ItemState) -> list[int]:
        return [item.id for item in self.office.all(Item) if item.state in states]


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = hypothesis.settings(
    max_examples=10,
    stateful_step_count=30,
    deadline=None,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.reuse, hypothesis.Phase.generate],
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
"""No shrinking here: every step writes to a disk. A longer search is one with more examples and all phases."""


@pytest.fixture
def played() -> Iterator[AnyOrder]:
    """The same office, for orders of events that are worth a name."""
    machine = AnyOrder()
    machine.open()
    yield machine
    machine.the_books_close()
    machine.teardown()


@pytest.mark.parametrize("second", ["busy", "refused", "login refused", "answer lost", "taken"])
def test_a_failure_of_a_second_sending_does_not_undo_the_first(played: AnyOrder, second: str) -> None:
    played.claim(9)
    for _ in range(2):
        played.send(0, "taken")
    late, played.unwritten = played.unwritten, []
    played.clock.advance(121)
    played.claim(9)
    played.unwritten = late
    played.write_down()
    while played.in_hand:
        played.send(0, second)
    played.write_down()
    assert [item.state for item in played.office.all(Item)] == [ItemState.PENDING_QA, ItemState.PUBLISHED]


def test_an_older_revision_that_is_reported_late_does_not_hide_the_newer(played: AnyOrder) -> None:
    played.claim(9)
    for _ in range(2):
        played.send(0, "taken")
    late, played.unwritten = played.unwritten, []
    played.turn(1)
    played.clock.advance(121)
    played.claim(9)
    while played.in_hand:
        played.send(0, "taken")
    played.write_down()
    played.unwritten = late
    played.write_down()
    (photo,) = [item for item in played.office.all(Item) if item.state == ItemState.PUBLISHED]
    assert photo.sent_sha256 == played.fastrack.items[photo.uuid]["sha256"] != photo.sha256


def test_a_dead_engines_job_is_its_successors(played: AnyOrder) -> None:
    played.claim(9)
    before = dict(played.in_hand)
    played.vanish()
    played.claim(9)
    assert set(before) <= set(played.in_hand)
    assert {job.owner for job in played.office.all(RelayJob) if job.state == JobState.LEASED} == {"engine-2"}
