"""The office of a scenario: an empty data folder, a FAStrack without orders, and a crew that is sent out by hand."""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pruvan_desk.core.paths import DataFolder, data_folder
from pruvan_desk.core.secrets import PipedSecrets
from pruvan_desk.operations.integrations import IntegrationForm, add_crew, save_integration
from pruvan_desk.operations.settings import change_setting
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.models import Alert, EngineState, ImportRun
from pruvan_desk.store.opening import open_database
from pruvan_desk.sync.scheduler import BY_ITSELF
from pruvan_desk.wire.credentials import Credentials
from sync.desk import QUIET_SETTINGS, phone
from ui.scenarios.stage import Scenario, perform


class Town:
    """What surrounds the window: the data folder, FAStrack, and the crews. None of it touches the window."""

    def __init__(self, root: Path, migrated: Path, sandbox: FastrackSandbox, pool: ThreadPoolExecutor) -> None:
        self.folder: DataFolder = data_folder(root / "data").create()
        shutil.copyfile(migrated, self.folder.database)
        self.fastrack, self.secrets = sandbox, PipedSecrets()
        self._root, self._pool = root, pool
        self.settle(**QUIET_SETTINGS)

    def settle(self, **settings: Any) -> None:
        """Changes settings before the window opens."""

        def change() -> None:
            with closing(open_database(self.folder)) as database:
                for name, value in settings.items():
                    change_setting(database, name, value)

        self._pool.submit(change).result()

    def connect(self, **form: Any) -> None:
        """An integration that somebody made on another day."""
        login = self.fastrack.credentials
        names = ("FAStrack", "AFS", self.fastrack.url, login.username, login.password, login.token, "json")

        def save() -> None:
            with closing(open_database(self.folder)) as database:
                save_integration(database, self.secrets, IntegrationForm(*names, **form), "mary")

        self._pool.submit(save).result()

    def hire(self) -> Credentials:
        """A crew that somebody took on on another day."""

        def add() -> str:
            with closing(open_database(self.folder)) as database:
                return add_crew(database, "Crew 7", "crew7", "mary")[1]

        return Credentials("crew7", "", self._pool.submit(add).result())

    def gateway(self) -> str:
        """Where phones call, once the engine listens; empty before."""

        def read() -> str:
            with closing(open_database(self.folder)) as database, database.read() as session:
                state = session.get(EngineState, 1)
                return state.gateway_url if state is not None and state.state == "running" else ""

        return self._pool.submit(read).result()

    def paused_alerts(self) -> list[int]:
        """How often each alert was raised that an integration is paused."""

        def read() -> list[int]:
            with closing(open_database(self.folder)) as database, database.read() as session:
                alerts = session.scalars(select(Alert).order_by(Alert.id))
                return [alert.times for alert in alerts if alert.key.startswith("integration/")]

        return self._pool.submit(read).result()

    def full_refreshes_asked_for(self) -> int:
        """How many full lists were applied because somebody asked for them."""

        def read() -> int:
            with closing(open_database(self.folder)) as database, database.read() as session:
                runs = session.scalars(select(ImportRun).where(ImportRun.full, ImportRun.finished_at.is_not(None)))
                return sum(run.started_by != BY_ITSELF for run in runs)

        return self._pool.submit(read).result()

    def order(self, number: str, *tasks: str) -> None:
        """FAStrack orders some work."""
        services = [{"serviceName": task} for task in tasks or ("Grass Cut",)]
        address = {"address1": "12 Elm St", "city": "Round Rock", "state": "TX", "zip": "78664"}
        payload = {"workOrderNumber": number, **address, "assignedTo": "~all~", "services": services}
        self.fastrack.control("orders", {"orders": [payload]})

    def crew_works(self, gateway: str, crew: Credentials) -> Future[int]:
        """The crew does all its orders and presses Complete; how many items were acknowledged."""

        async def work() -> int:
            async with phone(gateway, crew) as device:
                for order in await device.fetch_orders():
                    done = await device.work(order)
                    assert not done.status_errors
                await device.send_unsent()
                return device.acknowledged

        return self._pool.submit(lambda: asyncio.run(work()))

    def flags(self) -> dict[tuple[str, str], int]:
        """How FAStrack has filed what it holds: (task, evidence type) → count."""
        by_flag = self.fastrack.control("state")["by_flag"]
        return {(task, kind): count for task, kinds in by_flag.items() for kind, count in kinds.items()}

    def perform(self, scenario: Scenario) -> None:
        """Opens the window and lets the scenario happen in it."""
        perform(self.folder, self.secrets, scenario, self._root / "failed.png")

    def is_killed(self, half: str) -> None:
        """Lets half a day happen in a process of its own, ``half`` of :mod:`ui.scenarios.killed`, which ends killed with its engine."""
        killed = subprocess.run(
            [sys.executable, "-m", "ui.scenarios.killed", str(self.folder.root), half],
            input=json.dumps(self.secrets.all()), capture_output=True, text=True, timeout=100, check=False,
            cwd=Path(__file__).parents[2], start_new_session=True,
        )  # fmt: skip
        assert "Traceback" not in killed.stderr, killed.stderr
        assert killed.returncode != 0, "killed, and not closed"


def kept(data: Path) -> str:
    """What the window remembers for its next start."""
    file = data / "window.ini"
    return file.read_text(encoding="utf-8") if file.exists() else ""


@pytest.fixture
def town(tmp_path: Path, migrated: Path) -> Iterator[Town]:
    """An empty office, and a FAStrack without orders."""
    with FastrackSandbox(tmp_path / "fastrack") as sandbox, ThreadPoolExecutor(2) as pool:
        yield Town(tmp_path, migrated, sandbox, pool)
