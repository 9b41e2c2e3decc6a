"""Crews that work by themselves in the background, at a human pace, while somebody plays with Desk."""

import asyncio
import contextlib
import random
import sqlite3

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.core.logs import logger
from pruvan_desk.sandbox.crews import Phone
from pruvan_desk.sandbox.ledger import Ledger
from pruvan_desk.sandbox.outbox import Backoff
from pruvan_desk.sandbox.photos import PhotoSource
from pruvan_desk.wire.credentials import Credentials
from pruvan_desk.wire.values import JsonObject

LONGEST_PAUSE = 30.0
"""Seconds between two looks for new orders, when there is nothing to do."""
LAST_MINUTES = 5.0
"""Seconds that crews get to finish when they are called back."""
OVER = frozenset({"complete", "completed", "submitted", "invoiced", "closed"})
log = logger(__name__)


class CrewRunner:
    """Starts and stops crews. Each order is worked once, by the first crew that takes it, across restarts too."""

    def __init__(self, ledger: Ledger, photos: PhotoSource | None = None) -> None:
        self._ledger = ledger
        self._photos = photos
        self._tasks: list[asyncio.Task[None]] = []
        self._taken: set[str] = set()
        self._phones: list[Phone] = []
        self._stop = asyncio.Event()

    def report(self) -> JsonObject:
        """How many crews are at work, orders taken and items acknowledged so far."""
        working = sum(not task.done() for task in self._tasks)
        return {
            "working": working,
            "orders_taken": len(self._taken),
            "acknowledged": sum(phone.acknowledged for phone in self._phones),
        }

    async def start(self, gateway: str, crews: list[tuple[str, str]], pace_seconds: float, seed: int) -> None:
        """Sends crews out, each with its user name and token, in place of those that are out.

        A crew rests ``pace_seconds`` after each item it makes.
        """
        await self.stop()
        self._taken = await self._ledger.run(_read_worked)
        self._stop.clear()
        for username, token in crews:
            rng = random.Random(f"crew {username} {seed}")  # noqa: S311 - a seeded day
            phone = Phone(
                gateway,
                Credentials(username, "", token),
                seed=seed,
                photos=self._photos,
                backoff=Backoff(sleep=self._rest),
                after_item=lambda: self._rest(pace_seconds),
            )
            self._phones.append(phone)
            self._tasks.append(asyncio.create_task(self._run(phone, rng, pace_seconds), name=f"crew {username}"))

    async def stop(self) -> None:
        """Calls the crews back. They finish the order in hand without rest, but get no longer than ``LAST_MINUTES``."""
        self._stop.set()
        tasks, self._tasks = self._tasks, []
        if not tasks:
            return
        finished, late = await asyncio.wait(tasks, timeout=LAST_MINUTES)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        for task in finished:
            task.result()  # a crew that met a bug says so here

    async def _run(self, phone: Phone, rng: random.Random, pace_seconds: float) -> None:
        async with phone:
            while not self._stop.is_set():
                try:
                    await self._work_orders(phone, rng)
                except PruvanDeskError as error:
                    log.info("crew waits", reason=error.title)
                await self._rest(min(LONGEST_PAUSE, max(1.0, pace_seconds)))

    async def _work_orders(self, phone: Phone, rng: random.Random) -> None:
        await phone.send_unsent()
        for order in await phone.fetch_orders():
            number = str(order.get("workOrderNumber"))
            if self._stop.is_set() or number in self._taken or str(order.get("status")).lower() in OVER:
                continue
            self._taken.add(number)
            await phone.work(order, rng, photos_per_evidence=rng.choice((1, 1, 2)))
            await self._note_worked(number)

    async def _note_worked(self, number: str) -> None:
        await self._ledger.run(lambda connection: _write_worked(connection, number))

    async def _rest(self, seconds: float) -> None:
        """Waits, but not longer than the crews are wanted."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)


def _read_worked(connection: sqlite3.Connection) -> set[str]:
    return {row["number"] for row in connection.execute("SELECT number FROM worked")}


def _write_worked(connection: sqlite3.Connection, number: str) -> None:
    connection.execute("INSERT OR REPLACE INTO worked VALUES (?)", (number,))
