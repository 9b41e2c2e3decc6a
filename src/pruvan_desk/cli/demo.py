"""``pruvan-desk demo --headless``: a whole day in the sandbox, ending in the accounting of both sides."""

import argparse
import json
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from pruvan_desk.cli.balance import compare, flags
from pruvan_desk.cli.day import ORDERS_EACH_MODE, Day
from pruvan_desk.core.errors import UsageError
from pruvan_desk.core.logs import configure_logging
from pruvan_desk.core.paths import data_folder
from pruvan_desk.core.secrets import choose_kind
from pruvan_desk.domain.check_in import CheckInSteps
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.sandbox.photos import photos_from
from pruvan_desk.sandbox.server import FastrackSandbox
from pruvan_desk.store.accounts import total_accounting
from pruvan_desk.store.check_ins import required_check_ins
from pruvan_desk.store.database import Database
from pruvan_desk.store.models import Item, Project


def main(options: argparse.Namespace) -> int:
    """Runs the day and prints what came of it. Exit 1 when the two sides do not agree."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pruvan-desk-demo-") as temporary:
        root = options.data_dir.expanduser().resolve() if options.data_dir else Path(temporary)
        if (root / "desk.db").exists():
            raise UsageError(f"{root} holds data already.", "Name a new folder with --data-dir.")
        folder = data_folder(root).create()
        choose_kind("memory", root)
        configure_logging(folder.logs, "demo")
        photos = photos_from(options.photos) if options.photos else None
        sandbox = FastrackSandbox(root / "sandbox", seed=options.seed, orders=ORDERS_EACH_MODE)
        with sandbox:
            day = Day(folder, sandbox, options.seed, photos)
            try:
                day.run()
                report = account(day.database, sandbox)
            finally:
                day.database.close()
    report["seconds"] = round(time.monotonic() - started, 1)
    print(json.dumps(report, indent=1) if options.json else _words(report))
    return 0 if report["balanced"] else 1


def account(database: Database, sandbox: FastrackSandbox) -> dict[str, Any]:
    """What the sandbox answers over HTTP, what the store holds, and whether they agree. Nothing is remembered from the day."""
    received = sandbox.control("items")
    with database.read() as session:
        balance = compare(session, received)
        by_status = session.execute(select(Project.status, func.count()).group_by(Project.status)).all()
        reasons = select(Project.close_reason, func.count()).where(Project.close_reason != "")
        by_reason = session.execute(reasons.group_by(Project.close_reason)).all()
        surveys = session.scalars(select(Item.state).where(Item.file_type == FileType.SURVEY)).all()
        steps = required_check_ins(session)
        accounting = total_accounting(session).as_dict()
    return {
        "accounting": accounting,
        "fastrack": {
            "items": len(received),
            "deliveries": sum(entry["deliveries"] for entry in received),
            "by_flag": flags(received),
        },
        "projects": {
            "by_status": dict(sorted((row[0], row[1]) for row in by_status)),
            "closed_by_reason": dict(sorted((row[0], row[1]) for row in by_reason)),
        },
        "surveys": {
            "received": len(surveys),
            "published": surveys.count(ItemState.PUBLISHED),
            "at_fastrack": len(sandbox.control("surveys")),
        },
        "check_ins": _check_ins(list(steps.values()), sandbox.control("check_ins")),
        "balanced": balance.balanced,
        "differences": balance.differences,
    }


def _check_ins(steps: list[CheckInSteps], at_fastrack: list[dict[str, Any]]) -> dict[str, int]:
    states = Counter(step.state for step in steps)
    return {
        "required": len(steps),
        "succeeded": states["succeeded"],
        "failed": states["failed"],
        "incomplete": states["required"],
        "at_fastrack": len(at_fastrack),
    }


def _words(report: dict[str, Any]) -> str:
    accounting = dict(report["accounting"])
    received = accounting.pop("received")
    states = " + ".join(f"{count} {state}" for state, count in accounting.items() if count)
    fastrack = report["fastrack"]
    lines = [
        f"received {received} = {states}",
        f"FAStrack has {fastrack['items']} items, delivered {fastrack['deliveries']} times",
        f"projects {report['projects']['by_status']}, closed {report['projects']['closed_by_reason']}",
        f"both sides agree ({report['seconds']} s)" if report["balanced"] else "THE TWO SIDES DO NOT AGREE:",
    ]
    return "\n".join([*lines, *report["differences"]])
