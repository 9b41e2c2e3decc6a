"""``refresh-full``: 10,000 orders from the sandbox, parsed, planned and committed, against the floor for the same rows."""

import json
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

import httpx
from sqlalchemy import select
from tests.bench.office import office, sandbox, wait_until
from tests.bench.report import Row, against

from pruvan_desk.core.paths import data_folder
from pruvan_desk.operations.integrations import ask_refresh
from pruvan_desk.sandbox.world import DEFAULT_LOGIN
from pruvan_desk.store.models import ImportRun, Project, Request, Task
from pruvan_desk.store.opening import open_database

ORDERS = 10_000
ROUNDS = 3
TARGET = 5.0


def run(scale: float = 1.0) -> list[Row]:
    """Seconds of a whole run, from asking the sandbox to the last commit; the median of three, as is the floor's."""
    count = max(100, int(ORDERS * scale))
    ours, floor = [], []
    with sandbox(orders=count) as url:
        body = _order_list(url)
        for _ in range(ROUNDS):
            seconds, rows = _refresh(url, count)
            ours.append(seconds)
            floor.append(_floor(body, rows))
    value, reference = statistics.median(ours), statistics.median(floor)
    return [
        against(
            "refresh-full",
            f"{count} orders parsed, planned, committed; json.loads + executemany",
            value=value,
            unit="s",
            reference=reference,
            at_most=TARGET,
            full_size=count >= ORDERS,
        )
    ]


def _order_list(url: str) -> bytes:
    payload = json.dumps({**DEFAULT_LOGIN.payload(), "timestamp": None})
    with httpx.Client(trust_env=False, timeout=60) as client:
        return client.post(f"{url}/getWorkOrders.json", data={"payload": payload}).content


def _refresh(url: str, count: int) -> tuple[float, dict[str, list[sqlite3.Row]]]:
    """The first full refresh of a new office, and the rows it made."""
    with office(url) as desk, desk.engine():
        (request_id,) = ask_refresh(desk.database, desk.integration_id, "bench", full=True).requests

        def answered() -> bool:
            with desk.database.read() as session:
                return session.get_one(Request, request_id).done_at is not None

        wait_until(answered, "the refresh")
        with desk.database.read() as session:
            first = session.scalars(select(ImportRun).order_by(ImportRun.id)).first()
        assert first is not None
        assert first.finished_at is not None
        assert first.created == count, "the first run made all projects"
        with closing(sqlite3.connect(desk.root / "desk.db")) as connection:
            rows = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in ("projects", "tasks")}
        return (first.finished_at - first.started_at).total_seconds(), rows


def _floor(body: bytes, rows: dict[str, list[sqlite3.Row]]) -> float:
    """``json.loads`` of the same body, and one ``executemany`` of the same rows for each table, in one transaction."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(data_folder(Path(folder)))
        database.close()
        connection = sqlite3.connect(Path(folder) / "desk.db", isolation_level=None)
        with closing(connection):
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA foreign_keys=OFF")
            columns = {model.__tablename__: len(model.__table__.columns) for model in (Project, Task)}
            started = time.perf_counter()
            json.loads(body)
            connection.execute("BEGIN IMMEDIATE")
            for name, values in rows.items():
                connection.executemany(f"INSERT INTO {name} VALUES ({','.join('?' * columns[name])})", values)
            connection.execute("COMMIT")
            return time.perf_counter() - started
