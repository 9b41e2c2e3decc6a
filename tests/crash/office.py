"""The office that is killed: its data folder, its FAStrack, what people do in it, and what can be seen of it from outside."""

import contextlib
import itertools
import random
import socket
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from pruvan_desk.cli.sandbox_office import WHO, hire_crews, make_office
from pruvan_desk.core.errors import DeskFault, UsageError
from pruvan_desk.core.paths import data_folder
from pruvan_desk.core.secrets import PipedSecrets
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import FileType, ItemState, JobState
from pruvan_desk.operations.integrations import IntegrationForm, ask_refresh, save_integration
from pruvan_desk.operations.qa import mark_items, move_items, publish_items, rotate_items
from pruvan_desk.operations.settings import change_setting
from pruvan_desk.sandbox.orders import make_orders
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import EngineState, ImportRun, Integration, Item, RelayJob, Request
from pruvan_desk.store.opening import open_database
from pruvan_desk.wire.values import JsonObject

ORDERS = 450
"""More than two transactions' worth."""
WORKED = 60
"""The first of them are worked on; the client closes and reopens only others."""
BATCH = 40
FAULTS = ("reset", "truncated", "http_500", "html")


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class CrashOffice:
    """One office. Half of its orders are in QA in Field, so that what arrives is relayed; half in QA in Office."""

    def __init__(self, root: Path, seed: int) -> None:
        self.rng = random.Random(f"office {seed}")
        self.folder = data_folder(root / "desk").create()
        self.sandbox = FastrackSandbox(root / "sandbox").start()
        self.database = open_database(self.folder)
        self.secrets = PipedSecrets()
        self.gateway_port = free_port()
        for name, value in (("gateway_port", self.gateway_port), ("first_retry_seconds", 0.05)):
            change_setting(self.database, name, value)
        self.integration_id = make_office(
            self.database, self.secrets, self.sandbox.url, qa_in_field=True, refresh_minutes=0
        )
        self.crews = hire_crews(self.database)
        self.orders: dict[str, JsonObject] = {
            str(order["workOrderNumber"]): order for order in make_orders(ORDERS, seed)
        }
        self.births = itertools.count(1)
        """Numbers the engines."""
        self._round = 0

    @property
    def gateway(self) -> str:
        """Where the field calls, whichever engine listens there."""
        return f"http://127.0.0.1:{self.gateway_port}"

    def close(self) -> None:
        """Closes everything."""
        self.database.close()
        self.sandbox.close()

    # what the client does

    def give_out(self, numbers: list[str]) -> None:
        """Gives out orders, or new versions of them."""
        self.sandbox.control("orders", {"orders": [self.orders[number] for number in numbers]})

    def change_orders(self) -> None:
        """The client changes every order, and closes, cancels or reopens a few of those that nobody works on."""
        self._round += 1
        for order in self.orders.values():
            order["clientInstructions"] = f"Instructions of round {self._round}"
        for number in self.rng.sample(list(self.orders)[WORKED:], 3):
            closed = self.orders[number].get("clientStatus") in ("Closed", "Cancelled")
            self.orders[number]["clientStatus"] = "Open" if closed else self.rng.choice(("Closed", "Cancelled"))
        self.give_out(list(self.orders))

    def trouble(self) -> None:
        """FAStrack loses an answer or is in trouble, once."""
        call = self.rng.choice(("uploadPictures", "uploadPictures", "getWorkOrders"))
        self.sandbox.control("faults", {"call": call, "mode": self.rng.choice(FAULTS)})

    # what people do

    def import_all(self) -> None:
        """The orders come in, the worked ones in QA in Field, the others in QA in Office. The engine must be running."""
        numbers = list(self.orders)
        self.give_out(numbers[: WORKED // 3])
        self._refreshed(full=True)
        login = self.sandbox.credentials
        with self.database.read() as session:
            row = session.get_one(Integration, self.integration_id)
        form = IntegrationForm(
            row.name, row.code, row.service_url, login.username, extension=row.extension, qa_in_field=False
        )
        save_integration(self.database, self.secrets, form, WHO, self.integration_id)
        self.give_out(numbers)
        self._refreshed(full=True)

    def ask_refresh(self) -> None:
        """Presses *Refresh*, or now and then *Full Refresh*."""
        ask_refresh(self.database, self.integration_id, WHO, full=self.rng.random() < 0.3)

    def check(self) -> None:
        """Passes and publishes what waits in QA; a few are rejected."""
        pending = self.items(ItemState.PENDING_QA)
        rejected = [item for item in pending if self.rng.random() < 0.05]
        passed = [item for item in pending if item not in set(rejected)]
        mark_items(self.database, rejected, Decision.REJECT, WHO, "Blurred")
        mark_items(self.database, passed, Decision.PASS, WHO)
        with contextlib.suppress(UsageError):  # one came anew meanwhile and waits for QA again: all go the next time
            publish_items(self.database, self.items(ItemState.PASSED), WHO)

    def change_published(self) -> None:
        """Turns or reflags photos that the client has: they go again under their ``uuid``, each as another than before."""
        photos = self.items(ItemState.PUBLISHED, FileType.PICTURE)
        chosen = self.rng.sample(photos, min(BATCH, len(photos)))
        rotate_items(self.database, chosen[::2], 90, WHO)
        self._round += 1
        move_items(self.database, chosen[1::2], WHO, evidence_type=f"during {self._round}")

    # what can be seen

    def items(self, state: ItemState, file_type: FileType | None = None) -> list[int]:
        """Ids of the items in a state."""
        wanted = select(Item.id).where(Item.state == state).order_by(Item.id)
        if file_type is not None:
            wanted = wanted.where(Item.file_type == file_type)
        with self.database.read() as session:
            return list(session.scalars(wanted))

    def leased(self) -> frozenset[str]:
        """The uuids of items whose sending is claimed, and whose outcome is not written down."""
        wanted = select(Item.uuid).join(RelayJob, RelayJob.item_id == Item.id)
        with self.database.read() as session:
            return frozenset(session.scalars(wanted.where(RelayJob.state == JobState.LEASED)))

    def unfinished_runs(self) -> frozenset[int]:
        """The refreshes that began and did not end."""
        with self.database.read() as session:
            return frozenset(session.scalars(select(ImportRun.id).where(ImportRun.finished_at.is_(None))))

    def listens(self, process_id: int) -> bool:
        """Whether the gateway of that engine is up."""
        with self.database.read() as session:
            state = session.get(EngineState, 1)
        return state is not None and state.process_id == process_id and bool(state.gateway_url)

    def settled(self) -> bool:
        """Whether nothing waits: for being sent, looked into, or answered."""
        with self.database.read() as session:
            waiting = RelayJob.state.in_((JobState.QUEUED, JobState.LEASED))
            jobs = session.scalar(select(func.count()).select_from(RelayJob).where(waiting))
            unseen = session.scalar(select(func.count()).select_from(Item).where(Item.inspected.is_(False)))
            asked = session.scalar(select(func.count()).select_from(Request).where(Request.done_at.is_(None)))
        return not jobs and not unseen and not asked

    def _refreshed(self, *, full: bool) -> None:
        (request_id,) = ask_refresh(self.database, self.integration_id, WHO, full=full).requests

        def answered() -> bool:
            with self.database.read() as session:
                return session.get_one(Request, request_id).answer == "done"

        wait("a refresh", answered)


def wait(what: str, done: Callable[[], object], seconds: float = 60.0, pause: float = 0.01) -> None:
    """Returns once ``done`` answers something true. Raises :class:`DeskFault` when that takes too long."""
    patience = time.monotonic() + seconds
    while not done():
        if time.monotonic() > patience:
            raise DeskFault(f"Waiting for {what} took longer than {seconds:g} s.")
        time.sleep(pause)
