"""A whole day in the sandbox: orders come, crews work, the office checks and publishes, orders close, each for its reason.

Everything goes the way it goes in an office: the engine is a process of its own, the crews speak HTTP with its gateway, the
office uses the operations that the window uses. Decisions follow from the seed, not from who was faster.
"""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from pruvan_desk.cli.engine_process import EngineProcess
from pruvan_desk.cli.sandbox_office import WHO, hire_crews, make_office
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import PipedSecrets
from pruvan_desk.domain.destinations import read_destinations
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import FieldStatus, FileType, ItemState, JobState
from pruvan_desk.operations.integrations import IntegrationForm, ask_refresh, save_integration
from pruvan_desk.operations.project_edits import close_project
from pruvan_desk.operations.qa import mark_items, move_items, publish_project, rotate_items
from pruvan_desk.operations.settings import change_setting
from pruvan_desk.sandbox.crews import Phone
from pruvan_desk.sandbox.oddities import send_for_unknown_project, send_other_bytes, send_twice
from pruvan_desk.sandbox.photos import PhotoSource
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.database import Database
from pruvan_desk.store.models import Integration, Item, Project, RelayJob, Request
from pruvan_desk.store.opening import open_database
from pruvan_desk.wire.credentials import Credentials

ORDERS_EACH_MODE = 12
PATIENCE_SECONDS = 120.0
POLL_SECONDS = 0.05
REJECTED_SHARE = 0.06
REASONS = ("Blurred", "Too dark", "Wrong room")


@dataclass
class Day:
    """One day in one data folder. ``run`` leaves engine and crews stopped, and the sandbox running for questions."""

    folder: DataFolder
    sandbox: FastrackSandbox
    seed: int
    photos: PhotoSource | None = None
    secrets: PipedSecrets = field(default_factory=PipedSecrets)

    def __post_init__(self) -> None:
        self.database: Database = open_database(self.folder)
        self._rng = random.Random(f"day {self.seed}")  # noqa: S311 - a seeded day
        self._integration_id = 0
        self._engine: EngineProcess | None = None

    def run(self) -> None:
        """The day. Raises :class:`DeskFault` when something does not get done in time."""
        change_setting(self.database, "gateway_port", 0)
        self._integration_id = make_office(
            self.database, self.secrets, self.sandbox.url, qa_in_field=True, refresh_minutes=0
        )
        crews = hire_crews(self.database)
        with EngineProcess(self.folder.root, self.database, self.secrets) as engine:
            self._engine = engine
            gateway = engine.gateway_url()
            self._refresh()
            asyncio.run(self._crews_work(gateway, crews, photos_each=2))
            self._switch_to_qa_in_office()
            self.sandbox.control("orders", {"count": ORDERS_EACH_MODE, "seed": self.seed + 1})
            self._refresh()
            asyncio.run(self._crews_work(gateway, crews, photos_each=3))
            self._check_and_publish()
            self._settle()
            self._republish()
            self._settle()
            self._orders_end()
            self._settle()

    def _refresh(self, *, full: bool = False) -> None:
        """Refreshes as the button does, and waits for the engine's answer."""
        changes = ask_refresh(self.database, self._integration_id, WHO, full=full)
        (request_id,) = changes.requests

        def answered() -> bool:
            with self.database.read() as session:
                request = session.get_one(Request, request_id)
                if request.done_at is not None and request.answer != "done":
                    raise DeskFault("The refresh failed.", request.answer)
                return request.done_at is not None

        self._wait("the refresh", answered)

    async def _crews_work(self, gateway: str, crews: Sequence[tuple[str, str]], photos_each: int) -> None:
        """Two crews share the orders that nobody has worked on; one of them also does what phones should not."""
        phones = [
            Phone(gateway, Credentials(name, "", token), seed=self.seed, photos=self.photos) for name, token in crews
        ]
        try:
            orders = [order for order in await phones[0].fetch_orders() if self._is_new(str(order["workOrderNumber"]))]
            await phones[1].fetch_orders()
            shares = [orders[n :: len(phones)] for n in range(len(phones))]
            await asyncio.gather(
                *(self._work(phone, share, photos_each) for phone, share in zip(phones, shares, strict=True))
            )
            await self._oddities(phones[0], orders)
        finally:
            for phone in phones:
                await phone.close()

    def _is_new(self, number: str) -> bool:
        with self.database.read() as session:
            project = session.scalar(select(Project).where(Project.number == number.rpartition("::")[2]))
        return project is not None and project.field_status == FieldStatus.NEW

    async def _work(self, phone: Phone, orders: Sequence[dict[str, Any]], photos_each: int) -> None:
        for position, order in enumerate(orders):
            rng = random.Random(f"{self.seed} {order['workOrderNumber']}")  # noqa: S311 - a seeded day
            done = await phone.work(order, rng, photos_each, complete=position != len(orders) - 1)
            if done.status_errors:
                raise DeskFault("The gateway refused a status.", done.status_errors[0])
            await phone.send_unsent(done.order)
        if phone.unsent:
            raise DeskFault(f"The gateway did not take {len(phone.unsent)} items.", phone.unsent[0].trouble)

    async def _oddities(self, phone: Phone, orders: Sequence[dict[str, Any]]) -> None:
        order = orders[0]
        task = str(order["services"][0]["serviceName"])
        rng = random.Random(f"{self.seed} oddities {order['workOrderNumber']}")  # noqa: S311 - a seeded day
        await send_for_unknown_project(phone, order, task, rng)
        await send_twice(phone, order, task, rng)
        await send_other_bytes(phone, order, task, rng)

    def _switch_to_qa_in_office(self) -> None:
        """Changes the setting; the projects that are there keep theirs."""
        with self.database.read() as session:
            row = session.get_one(Integration, self._integration_id)
        form = IntegrationForm(
            name=row.name, code=row.code, service_url=row.service_url, username=row.username,
            extension=row.extension, qa_in_field=False, released_to=read_destinations(row.released_to),
            auto_admin=row.auto_admin, assign_to=row.assign_to,
        )  # fmt: skip
        save_integration(self.database, self.secrets, form, WHO, self._integration_id)

    def _check_and_publish(self) -> None:
        """Passes most, rejects some, turns one in ten, leaves one project waiting, assigns what came for nobody."""
        projects = self._projects_with(ItemState.PENDING_QA)
        for project_id in projects[:-1]:
            for uuid, item_id, file_type in self._items(ItemState.PENDING_QA, project_id):
                chance = random.Random(f"{self.seed} {uuid}").random()  # noqa: S311 - a seeded day
                photo = file_type == FileType.PICTURE
                if photo and chance < REJECTED_SHARE:
                    mark_items(self.database, [item_id], Decision.REJECT, WHO, self._rng.choice(REASONS))
                    continue
                if photo and chance > 0.9:
                    rotate_items(self.database, [item_id], 90, WHO)
                mark_items(self.database, [item_id], Decision.PASS, WHO)
            publish_project(self.database, project_id, WHO)
        strays = self._items(ItemState.UNASSIGNED)
        if strays:
            move_items(self.database, [strays[0][1]], WHO, project_id=projects[0], task=self._task_of(projects[0]))

    def _republish(self) -> None:
        """After publishing: a photo is turned, another gets its right evidence type. Both go again under their uuid."""
        photos = [item for item in self._items(ItemState.PUBLISHED) if item[2] == FileType.PICTURE]
        turned, moved = photos[0], photos[1]
        rotate_items(self.database, [turned[1]], 180, WHO)
        move_items(self.database, [moved[1]], WHO, evidence_type="during")

    def _orders_end(self) -> None:
        """One order for each way to end; a full list shows which is gone."""
        with self.database.read() as session:
            rows = session.execute(select(Project.id, Project.number).order_by(Project.number)).all()
        closed, cancelled, declined, gone, by_hand = rows[:5]
        self.sandbox.control(f"orders/{closed.number}/close", {"listed": True})
        self.sandbox.control(f"orders/{cancelled.number}/cancel", {"listed": True})
        self.sandbox.control(f"orders/{declined.number}/decline", {"listed": False})
        self.sandbox.control(f"orders/{gone.number}/close", {"listed": False})
        close_project(self.database, by_hand.id, WHO)
        self._refresh(full=True)

    def _settle(self) -> None:
        """Waits until the relay has nothing left to do, and every arrival was looked into."""

        def settled() -> bool:
            with self.database.read() as session:
                waiting = (JobState.QUEUED, JobState.LEASED)
                jobs = session.scalar(select(func.count()).select_from(RelayJob).where(RelayJob.state.in_(waiting)))
                unseen = session.scalar(select(func.count()).select_from(Item).where(Item.inspected.is_(False)))
            return not jobs and not unseen

        self._wait("the relay", settled)

    def _projects_with(self, state: ItemState) -> list[int]:
        with self.database.read() as session:
            wanted = select(Project.id).join(Item, Item.project_id == Project.id).where(Item.state == state)
            return list(session.scalars(wanted.distinct().order_by(Project.id)))

    def _items(self, state: ItemState, project_id: int | None = None) -> list[tuple[str, int, str]]:
        """uuid, id and file type of items, in an order that only the seed decides."""
        wanted = select(Item.uuid, Item.id, Item.file_type).where(Item.state == state).order_by(Item.uuid)
        if project_id is not None:
            wanted = wanted.where(Item.project_id == project_id)
        with self.database.read() as session:
            return [(row.uuid, row.id, row.file_type) for row in session.execute(wanted)]

    def _task_of(self, project_id: int) -> str:
        with self.database.read() as session:
            wanted = select(Item.task).where(Item.project_id == project_id, Item.file_type == FileType.PICTURE)
            return str(session.scalar(wanted.order_by(Item.uuid).limit(1)))

    def _wait(self, what: str, done: Callable[[], bool]) -> None:
        patience = time.monotonic() + PATIENCE_SECONDS
        while not done():
            if self._engine is not None:
                self._engine.check_alive()
            if time.monotonic() > patience:
                raise DeskFault(f"Waiting for {what} took too long.", "See engine.log in the logs of the data folder.")
            time.sleep(POLL_SECONDS)
