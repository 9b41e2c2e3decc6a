"""``refresh-idle``: an incremental refresh that brings nothing, in an office of 100,000 projects against one of 1,000."""

import statistics
from datetime import UTC, datetime

from sqlalchemy import insert, select
from tests.bench.office import Office, office, sandbox, wait_until
from tests.bench.report import Row, against

from pruvan_desk.operations.integrations import ask_refresh
from pruvan_desk.store.imports import PROJECT_DEFAULTS, TASK_DEFAULTS
from pruvan_desk.store.models import ImportRun, Integration, Project, Request, Task

PROJECTS, FEW = 100_000, 1_000
ROUNDS = 25
TARGET = 1.2


def run(scale: float = 1.0) -> list[Row]:
    """Milliseconds of a whole run, from asking the sandbox to the commit of its record; the median of 25 of each."""
    many = max(FEW, int(PROJECTS * scale))
    with sandbox(orders=0) as url:
        reference, value = (_milliseconds(url, count) for count in (FEW, many))
    return [
        against(
            "refresh-idle",
            f"nothing changed, {many} projects known; {FEW} known",
            value=value,
            unit="ms",
            reference=reference,
            at_most=TARGET,
            full_size=many >= PROJECTS,
        )
    ]


def _milliseconds(url: str, count: int) -> float:
    with office(url) as desk:
        _furnish(desk, count)
        with desk.engine():
            for _ in range(ROUNDS):
                _refresh(desk)
        with desk.database.read() as session:
            runs = session.scalars(select(ImportRun).order_by(ImportRun.id)).all()
    assert not any(run.full or run.error or run.created or run.closed for run in runs), (
        "nothing happened in any of them"
    )
    seconds = [(run.finished_at - run.started_at).total_seconds() for run in runs if run.finished_at]
    return statistics.median(seconds) * 1000


def _furnish(desk: Office, count: int) -> None:
    """Open projects of three tasks each, as an import of a moment ago has left them."""
    now = datetime.now(UTC)
    with desk.database.write() as writing:
        row = writing.session.get_one(Integration, desk.integration_id)
        row.last_full_at, row.next_timestamp = now, int(now.timestamp())
        projects = [
            PROJECT_DEFAULTS
            | {
                "integration_id": desk.integration_id, "number": f"{number:07}", "address1": f"{number} Elm St",
                "city": "Austin", "state": "TX", "zip": "78701", "status": "Assigned", "assigned_to": "~all~",
                "qa_in_field": True, "attributes": {}, "source": "{}", "source_digest": b"x" * 16, "created_at": now,
            }
            for number in range(count)
        ]  # fmt: skip
        writing.session.execute(insert(Project), projects)
        ids = writing.session.scalars(select(Project.id)).all()
        tasks = [
            TASK_DEFAULTS
            | {
                "project_id": project_id, "position": position, "name": f"Task {position}", "instructions": "", "options": {},
                "source_service": "", "source_service_id": "",
            }
            for project_id in ids
            for position in range(3)
        ]  # fmt: skip
        writing.session.execute(insert(Task), tasks)


def _refresh(desk: Office) -> None:
    (request_id,) = ask_refresh(desk.database, desk.integration_id, "bench").requests

    def answered() -> bool:
        with desk.database.read() as session:
            return session.get_one(Request, request_id).done_at is not None

    wait_until(answered, "the refresh")
