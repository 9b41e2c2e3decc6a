"""The part of the engine that looks after all watch folders: each in a thread of its own, because a share may not answer for hours."""

import asyncio
import contextlib
import threading
from pathlib import Path

from sqlalchemy import select

from pruvan_desk.core.errors import DeskFault, ItemError, UsageError
from pruvan_desk.core.logs import logger
from pruvan_desk.domain.folder_trees import read_levels
from pruvan_desk.operations.watch_folders import ALERT
from pruvan_desk.store.alerts import raise_alert, solve_alert
from pruvan_desk.store.models import WatchFolder
from pruvan_desk.sync.context import EngineContext, first_of
from pruvan_desk.sync.watching.watch import FolderWatch, HaltedError, Looked, Pace, Setup

log = logger(__name__)

IDLE_SECONDS = 30.0
STUCK_SECONDS = 60.0
ASK_SECONDS = 5.0
PATIENCE = 5.0
"""Seconds that a look is given to end when the engine stops."""
LEISURE = 5.0
"""For each second that a look took, so many of rest: a slow share is not asked all the time."""
NO_ANSWER = "It does not answer."


class Watcher:
    """Starts and stops a runner for each watch folder, as they are set up."""

    def __init__(self, context: EngineContext, pace: Pace | None = None) -> None:
        self._context = context
        self._pace = pace or Pace()
        self._runners: dict[int, tuple[Runner, asyncio.Task[None]]] = {}

    async def run(self) -> None:
        """Watches until cancelled."""
        bell = self._context.bells.watch
        try:
            while True:
                bell.clear()
                try:
                    await self._follow(await self._context.run(self._setups))
                except DeskFault as fault:
                    log.warning("watch folders wait", problem=str(fault))
                await first_of(bell, seconds=IDLE_SECONDS)
        finally:
            await self._stop(list(self._runners))

    async def _follow(self, setups: dict[int, Setup]) -> None:
        changed = [
            each for each, (runner, task) in self._runners.items() if runner.setup != setups.get(each) or task.done()
        ]
        await self._stop(changed)
        for watch_id, setup in setups.items():
            if watch_id not in self._runners:
                runner = Runner(self._context, setup, self._pace)
                self._runners[watch_id] = (runner, asyncio.create_task(runner.run(), name=f"watch-{watch_id}"))
        while self._context.rescans:
            runner_and_task = self._runners.get(self._context.rescans.pop())
            if runner_and_task is not None:
                runner_and_task[0].look_anew()

    async def _stop(self, watch_ids: list[int]) -> None:
        gone = [self._runners.pop(watch_id) for watch_id in watch_ids]
        for _runner, task in gone:
            task.cancel()
        for ended in await asyncio.gather(*(task for _, task in gone), return_exceptions=True):
            if isinstance(ended, Exception):
                log.error("bug while watching a folder", exc_info=ended)

    def _setups(self) -> dict[int, Setup]:
        setups = {}
        with self._context.database.read() as session:
            for row in session.scalars(select(WatchFolder).where(WatchFolder.active.is_(True))):
                try:
                    levels = read_levels(row.levels)
                except UsageError:  # of another version of the program
                    levels = ()
                setups[row.id] = Setup(row.id, Path(row.path), levels, row.integration_id)
        return setups


class Runner:
    """Looks through one watch folder, rests, and looks again; says what is wrong with it while something is."""

    def __init__(self, context: EngineContext, setup: Setup, pace: Pace) -> None:
        self.setup = setup
        self._context, self._pace = context, pace
        self._watch = FolderWatch(context, setup, pace)
        self._asked = asyncio.Event()
        self._anew = False
        self._said: tuple[str, int] | None = None

    def look_anew(self) -> None:
        """Somebody wants it looked through now."""
        self._anew = True
        self._asked.set()

    async def run(self) -> None:
        """Looks until cancelled."""
        while True:
            self._asked.clear()
            began = self._context.clock.monotonic()
            try:
                looked = await self._look()
                await self._say(looked.words, looked.waiting)
            except DeskFault as fault:
                log.warning("a watch folder waits", problem=str(fault))
                looked = Looked()
            took = self._context.clock.monotonic() - began if not looked.taken else 0.0
            rest = self._pace.soon if looked.waiting else self._pace.look
            await first_of(self._asked, seconds=max(rest, took * LEISURE))

    async def _look(self) -> Looked:
        """One look, in a thread that nobody has to wait for: asking a share that has gone may never end."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Looked] = loop.create_future()
        anew, self._anew = self._anew, False

        def settle(result: Looked | BaseException) -> None:
            if future.done():
                return
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)

        def work() -> None:
            result: Looked | BaseException
            try:
                result = self._watch.look(anew=anew)
            except BaseException as error:  # noqa: BLE001 - handed over to whoever waits
                result = error
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(settle, result)

        threading.Thread(target=work, name=f"watch-{self.setup.id}", daemon=True).start()
        try:
            await self._patiently(future)
        except asyncio.CancelledError:
            self._watch.halt.set()
            await asyncio.wait([future], timeout=PATIENCE)
            if future.done() and (error := future.exception()) and not isinstance(error, (HaltedError, DeskFault)):
                log.error("bug while watching a folder", exc_info=error)  # noqa: TRY400 - another exception than the one at hand
            raise
        return await future

    async def _patiently(self, future: "asyncio.Future[Looked]") -> None:
        """Returns when the look is through; says so while it does not get any further."""
        while not future.done():
            await asyncio.wait([future], timeout=ASK_SECONDS)
            if not future.done() and self._context.clock.monotonic() - self._watch.moved_at > STUCK_SECONDS:
                await self._say(NO_ANSWER, 0)

    async def _say(self, problem: str, waiting: int) -> None:
        """Writes down how it stands, when that is something new; an alert while something is wrong."""
        if self._said != (problem, waiting):
            before = self._said[0] if self._said is not None else None
            await self._context.run(lambda: self._write(problem, waiting, before))
            self._said = (problem, waiting)

    def _write(self, problem: str, waiting: int, before: str | None) -> None:
        with self._context.database.write() as writing:
            row = writing.session.get(WatchFolder, self.setup.id)
            if row is None or not row.active:
                return
            row.problem, row.waiting, row.looked_at = problem, waiting, writing.now
            writing.changed(watches=row.id)
            key = ALERT.format(row.id)
            if problem and problem != before:
                title = f"The watch folder {row.path}: {problem}"
                raise_alert(writing, key, ItemError(title, "It is tried again by itself."))
            elif not problem:
                solve_alert(writing, key)
