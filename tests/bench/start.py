"""``start`` and ``memory``: the window and the engine of an office with 10,000 projects, beside a bare PySide6 window."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.office import PATIENCE_SECONDS, wait_until
from tests.bench.report import Row, against, rounds
from tests.bench.window import WindowProcess, resident_bytes, window

from pruvan_desk.core.paths import data_folder
from pruvan_desk.operations.settings import change_setting
from pruvan_desk.store.database import Database
from pruvan_desk.store.models import EngineState, Integration, Project, Task
from pruvan_desk.store.opening import open_database

PROJECTS = 10_000
ROUNDS = 9
DRAWN_TARGET, USABLE_TARGET, MEMORY_TARGET = 1.3, 2.0, 2.5
MEGABYTE = 1_000_000
TASKS = ("Grass Cut", "Shrub Trim", "Yard Debris Removal")


def run(scale: float = 1.0) -> list[Row]:
    """Milliseconds from process start, the median of rounds that take turns; and resident megabytes at rest."""
    count = max(100, int(PROJECTS * scale))
    full_size = count >= PROJECTS
    times: dict[str, list[float]] = {"bare": [], "drawn": [], "usable": []}
    with filled_office(count) as (root, database):
        for _ in range(ROUNDS):
            with window("bare") as bare:
                times["bare"].append(1000 * bare.seconds_until("painted"))
            with window("observed", str(root), str(count)) as ours:
                times["drawn"].append(1000 * ours.seconds_until("painted"))
                times["usable"].append(1000 * ours.seconds_until("usable"))
        sizes = _sizes(root, database, count)
    bare_ms = statistics.median(times["bare"])
    what, note = "process start until the window is drawn; bare window", rounds(times)
    table = f"the same until {count:,} projects are in the table; bare window"
    memory = f"resident, idle with {count:,} projects"
    common = {"reference": sizes["bare"], "at_most": MEMORY_TARGET, "full_size": full_size, "unit": "MB"}
    drawn, usable = statistics.median(times["drawn"]), statistics.median(times["usable"])
    return [
        against("start", what, value=drawn, unit="ms", reference=bare_ms, at_most=DRAWN_TARGET, full_size=full_size, note=note),
        against("start-table", table, value=usable, unit="ms", reference=bare_ms, at_most=USABLE_TARGET, full_size=full_size),
        against("memory", f"{memory}: window; bare window", value=sizes["window"], **common),
        against("memory-engine", f"{memory}: engine; bare window", value=sizes["engine"], **common),
    ]  # fmt: skip


@contextmanager
def filled_office(projects: int) -> Iterator[tuple[Path, Database]]:
    """A data folder with so many open projects of three tasks each, whose engine has nothing to do by the clock."""
    with tempfile.TemporaryDirectory(prefix="bench-start-") as temporary:
        folder = data_folder(Path(temporary)).create()
        database = open_database(folder)
        change_setting(database, "gateway_port", 0)
        with database.write() as writing:
            afs = Integration(name="AFS", code="AFS", service_url="https://fastrack.example", username="x", paused=True)
            writing.session.add(afs)
            writing.session.flush()
            rows = [_project(afs.id, number, writing.now) for number in range(projects)]
            writing.session.add_all(rows)
            writing.session.flush()
            writing.session.add_all(
                Task(project_id=row.id, position=n, name=name) for row in rows for n, name in enumerate(TASKS)
            )
        try:
            yield folder.root, database
        finally:
            database.close()


def _project(integration_id: int, number: int, now: object) -> Project:
    return Project(
        integration_id=integration_id, number=str(100_000 + number), address1=f"{number} Elm St", city="Round Rock", state="TX",
        zip="78664", status="Assigned", assigned_to="~all~", due=f"2026-12-{number % 28 + 1:02}", qa_in_field=True, created_at=now,
    )  # fmt: skip


def _sizes(root: Path, database: Database, count: int) -> dict[str, float]:
    """Resident megabytes of both processes, once nothing has changed for a while."""
    with window("bare") as bare:
        bare.seconds_until("painted")
        bare_bytes = _at_rest(bare.process_id)
    with window("observed", str(root), str(count)) as ours:
        ours.seconds_until("usable")
        engine_id = _engine_id(database, ours)
        sizes = {"window": _at_rest(ours.process_id), "engine": _at_rest(engine_id)}
    return {name: value / MEGABYTE for name, value in {**sizes, "bare": bare_bytes}.items()}


def _engine_id(database: Database, ours: WindowProcess) -> int:
    """The process id of the engine that this window started."""
    found: list[int] = []

    def running() -> bool:
        with database.read() as session:
            state = session.get(EngineState, 1)
            alive = state is not None and state.state == "running" and Path(f"/proc/{state.process_id}").exists()
            if alive and state is not None:
                found.append(state.process_id)
        return bool(found)

    wait_until(running, f"the engine of window {ours.process_id}")
    return found[0]


def _at_rest(process_id: int) -> int:
    """What it holds when two looks a second apart differ by less than a hundredth."""
    before, patience = 0, time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < patience:
        now = resident_bytes(process_id)
        if abs(now - before) < now / 100:
            return now
        before = now
        time.sleep(1.0)
    raise TimeoutError(f"process {process_id} does not come to rest")
