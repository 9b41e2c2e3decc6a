"""The shortest day there is, for the self-check: a sandbox with one order, the engine, one phone, one photo."""

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from pruvan_desk.cli.engine_process import EngineProcess
from pruvan_desk.cli.sandbox_office import WHO, hire_crews, make_office
from pruvan_desk.core.errors import DeskFault
from pruvan_desk.core.paths import DataFolder
from pruvan_desk.core.secrets import PipedSecrets
from pruvan_desk.domain.qa import Decision
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.integrations import ask_refresh
from pruvan_desk.operations.qa import mark_items, publish_project
from pruvan_desk.operations.settings import change_setting
from pruvan_desk.sandbox.crews import Phone
from pruvan_desk.sandbox.outbox import SentItem
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.database import Database
from pruvan_desk.store.models import Item, Project
from pruvan_desk.store.opening import open_database
from pruvan_desk.wire.credentials import Credentials

PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.05
TASK, EVIDENCE_TYPE = "Grass Cut", "before"
ORDER = {
    "workOrderNumber": "SELF-CHECK-1",
    "address1": "1 Main Street",
    "city": "Austin",
    "state": "TX",
    "zip": "78701",
    "services": [{"serviceName": TASK}],
}


class ShortDay:
    """One day in one empty data folder; each method begins it anew. Both raise :class:`DeskFault` when something is wrong."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder

    def ask_gateway(self) -> str:
        """Whether the engine starts as a process of its own, and its gateway answers a crew. Answers where it listened."""
        with self._office() as (database, secrets, _sandbox):
            username, token = hire_crews(database)[0]
            with EngineProcess(self._folder.root, database, secrets) as engine:
                url = engine.gateway_url()
                asyncio.run(_validate(url, username, token))
        return f"{url} answered {username}"

    def one_photo(self) -> str:
        """Whether a photo gets from a phone to the order source as it is. Answers its SHA-256."""
        with self._office() as (database, secrets, sandbox):
            sandbox.control("orders", {"orders": [ORDER]})
            integration_id = make_office(database, secrets, sandbox.url, qa_in_field=False)
            username, token = hire_crews(database)[0]
            with EngineProcess(self._folder.root, database, secrets) as engine:
                gateway = engine.gateway_url()
                ask_refresh(database, integration_id, WHO)
                project_id = _wait("the order", engine, lambda: _scalar(database, select(Project.id)))
                photo = asyncio.run(_send_a_photo(gateway, username, token))
                pending = select(Item.id).where(
                    Item.uuid == photo.uuid, Item.state == ItemState.PENDING_QA, Item.inspected
                )
                item_id = _wait("the photo", engine, lambda: _scalar(database, pending))
                mark_items(database, [item_id], Decision.PASS, WHO)
                publish_project(database, project_id, WHO)
                done = select(Item.id).where(Item.id == item_id, Item.state == ItemState.PUBLISHED)
                _wait("the relay", engine, lambda: _scalar(database, done))
            _compare(photo, sandbox.control("items"))
        return f"SHA-256 {photo.sha256}"

    @contextmanager
    def _office(self) -> Iterator[tuple[Database, PipedSecrets, FastrackSandbox]]:
        database = open_database(self._folder)
        try:
            change_setting(database, "gateway_port", 0)
            with FastrackSandbox(self._folder.root / "sandbox") as sandbox:
                yield database, PipedSecrets(), sandbox
        finally:
            database.close()


async def _validate(gateway: str, username: str, token: str) -> None:
    async with Phone(gateway, Credentials(username, "", token)) as phone:
        await phone.validate()


async def _send_a_photo(gateway: str, username: str, token: str) -> SentItem:
    async with Phone(gateway, Credentials(username, "", token)) as phone:
        (order,) = await phone.fetch_orders()
        photo = await phone.make_photo(order, TASK, EVIDENCE_TYPE, random.Random(1))  # noqa: S311 - any photo
        if not await phone.upload(photo):
            raise DeskFault("The gateway did not take the photo.", photo.trouble)
        return photo


def _compare(photo: SentItem, received: list[dict[str, Any]]) -> None:
    held = [(entry["uuid"], entry["sha256"], entry["task"]) for entry in received]
    if held != [(photo.uuid, photo.sha256, TASK)]:
        raise DeskFault("The order source does not have the photo as it was taken.", f"It has {held}.")


def _scalar(database: Database, query: Any) -> Any:
    with database.read() as session:
        return session.scalar(query)


def _wait(what: str, engine: EngineProcess, find: Callable[[], Any]) -> int:
    patience = time.monotonic() + PATIENCE_SECONDS
    while (found := find()) is None:
        engine.check_alive()
        if time.monotonic() > patience:
            raise DeskFault(f"Waiting for {what} took too long.", "Try again when the machine has less to do.")
        time.sleep(POLL_SECONDS)
    return int(found)
