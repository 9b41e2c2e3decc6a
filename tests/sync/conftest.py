"""A running engine, a running FAStrack, and the office between them."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pruvan_desk.core.paths import DataFolder, data_folder
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import EngineState
from pruvan_desk.sync.context import EngineContext
from pruvan_desk.sync.engine import Engine, open_context
from sync.desk import Desk, FieldCaller, wait_until
from sync.watched import Watched, watched_folder

STOP_SECONDS = 10.0


class RunningEngine:
    """The real engine on a loop of its own in a thread of its own; stopped, and its failure shown, at the end."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stop: asyncio.Event
        self._loop: asyncio.AbstractEventLoop
        self._begun = threading.Event()
        self._failure: BaseException | None = None
        self.was_at = ""
        self._thread = threading.Thread(target=self._run, name="engine under test", daemon=True)

    def __enter__(self) -> "RunningEngine":
        self._thread.start()
        self._begun.wait()
        return self

    def __exit__(self, *_: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(STOP_SECONDS)
        assert not self._thread.is_alive(), "the engine does not stop"
        if self._failure is not None:
            raise self._failure

    @property
    def gateway(self) -> str:
        """Where the field gateway listens; waits for it."""

        def listening() -> str:
            rows = self._desk.all(EngineState, state="running")
            return rows[0].gateway_url if rows and self._thread.is_alive() else ""

        self.was_at = wait_until("the gateway", listening)
        return self.was_at

    def join(self) -> None:
        """Waits until the engine has ended by itself."""
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        try:
            asyncio.run(self._work())
        except BaseException as failure:  # noqa: BLE001 - handed to the test, whatever it is
            self._failure = failure

    async def _work(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._begun.set()
        await Engine(self._desk.folder, self._desk.secrets).run(self._stop)


@pytest.fixture
def folder(tmp_path: Path, migrated: Path) -> DataFolder:
    """A data folder with a migrated database, as ``--data-dir`` names it."""
    folder = data_folder(tmp_path / "data").create()
    shutil.copyfile(migrated, folder.database)
    return folder


@pytest.fixture
def desk(folder: DataFolder) -> Iterator[Desk]:
    """The office, with nothing in it and its engine not started."""
    desk = Desk(folder)
    yield desk
    desk.database.close()


@pytest.fixture
def sandbox() -> Iterator[FastrackSandbox]:
    """A FAStrack without orders."""
    with FastrackSandbox() as running:
        yield running


@pytest.fixture
def engine(desk: Desk) -> Iterator[RunningEngine]:
    """The office's engine, running."""
    with RunningEngine(desk) as running:
        yield running


@pytest.fixture
def field(desk: Desk) -> Iterator[FieldCaller]:
    """A crew at the gateway of an office with one project, 4711, in QA in Office; its engine is running."""
    desk.project(desk.field_office())
    with RunningEngine(desk) as engine, FieldCaller(engine.gateway, desk.crew()) as caller:
        yield caller


@pytest.fixture
def watched(desk: Desk, tmp_path: Path) -> Iterator[Watched]:
    """A watched folder of an office with the order AFS::4711."""
    with watched_folder(desk, tmp_path / "from the field") as made:
        yield made


@pytest.fixture
def context(desk: Desk) -> Iterator[EngineContext]:
    """What the parts of an engine share, without one that runs."""
    context = open_context(desk.folder, desk.secrets)
    yield context
    context.thumbnails.close()
    context.database.close()
