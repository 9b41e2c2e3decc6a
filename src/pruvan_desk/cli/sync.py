"""``pruvan-desk sync --once``: one refresh and one emptying of the outbox, for a scheduler; then it ends."""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence

from sqlalchemy import func, select

from pruvan_desk.core.errors import EngineRunningError
from pruvan_desk.core.logs import configure_logging
from pruvan_desk.core.paths import data_folder
from pruvan_desk.core.secrets import choose_kind, open_secrets
from pruvan_desk.domain.statuses import JobState
from pruvan_desk.store.database import Database
from pruvan_desk.store.models import OWN_KIND, Integration, RelayJob
from pruvan_desk.store.opening import open_database
from pruvan_desk.sync.once import sync_once

TROUBLE, WRONG_OPTIONS, ALREADY_RUNNING = 1, 2, 3


def main(options: argparse.Namespace) -> int:
    """Does it, prints what came of it, and answers the exit code."""
    folder = data_folder(options.data_dir).create()
    configure_logging(folder.logs, "sync")
    secrets = open_secrets(choose_kind(options.secrets, folder.root), folder.root)
    database = open_database(folder)
    try:
        chosen = _integrations(database, options.code)
        if not chosen:
            print(
                f"There is no integration {options.code}." if options.code else "There is no integration.",
                file=sys.stderr,
            )
            return WRONG_OPTIONS
        started = time.monotonic()
        failed = _failed(database)
        problems = asyncio.run(sync_once(folder, secrets, chosen, full=options.full))
        return _report(database, problems, _failed(database) - failed, time.monotonic() - started)
    except EngineRunningError as error:
        print(error, file=sys.stderr)
        return ALREADY_RUNNING
    finally:
        database.close()


def _integrations(database: Database, code: str | None) -> list[int]:
    wanted = select(Integration.id).where(Integration.kind != OWN_KIND).order_by(Integration.id)
    if code:
        wanted = wanted.where(Integration.code == code)
    with database.read() as session:
        return list(session.scalars(wanted))


def _failed(database: Database) -> int:
    return _count(database, JobState.FAILED)


def _count(database: Database, *states: JobState) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(RelayJob).where(RelayJob.state.in_(states))) or 0


def _report(database: Database, problems: Sequence[str], newly_failed: int, seconds: float) -> int:
    waiting = _count(database, JobState.QUEUED, JobState.LEASED)
    for problem in problems:
        print(problem, file=sys.stderr)
    if newly_failed > 0:
        print(f"{newly_failed} items were refused; see Activity for the words.", file=sys.stderr)
    if waiting:
        print(f"{waiting} wait to be sent; the next sync or engine tries them again.", file=sys.stderr)
    if problems or newly_failed > 0 or waiting:
        return TROUBLE
    print(f"All done in {seconds:.1f} s.")
    return 0
