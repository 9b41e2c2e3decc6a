"""``python -m tests.crash.failpoints PLAN worker …``: the worker, which notes its commit points or dies at one of them.

A commit point is a moment at which something becomes durable: a transaction's COMMIT, before and after it, and the rename
that puts a file among the originals. They are seen from outside, by SQLAlchemy's events and Python's audit hook; the program
itself knows nothing of them. ``PLAN`` is JSON: ``{"record": FILE}`` or ``{"point": NAME, "nth": N}``.
"""

import atexit
import contextlib
import functools
import json
import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from pruvan_desk.cli.main import main

PROGRAM = f"{os.sep}pruvan_desk{os.sep}"
PLUMBING = (f"store{os.sep}database.py", f"store{os.sep}files.py")


class Points:
    """Counts the commit points as they are passed; ``reached`` is told each name and how often it has come."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._turn = threading.Lock()

    def pass_by(self, name: str) -> int:
        with self._turn:
            self.counts[name] += 1
            return self.counts[name]


def watch(pass_by: Any) -> None:
    """Calls ``pass_by(name)`` at every commit point of this process from now on."""

    def before_commit(connection: Connection) -> None:
        if not connection.get_execution_options().get("read_only"):
            pass_by(f"before the commit of {caller()}")

    def after_commit(session: Session) -> None:
        if not session.get_bind().get_execution_options().get("read_only"):
            pass_by(f"after the commit of {caller()}")

    def on_audit(name: str, arguments: tuple[Any, ...]) -> None:
        if name == "os.rename" and "incoming-" in str(arguments[0]):
            pass_by("before the rename of an original")

    event.listen(Engine, "commit", before_commit)
    event.listen(Session, "after_commit", after_commit)
    sys.addaudithook(on_audit)


def caller() -> str:
    """Whose transaction it is: the function of the program that opened it, and where, or the work that was handed to it."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        path = frame.f_code.co_filename
        if PROGRAM in path and not path.endswith(PLUMBING):
            work = frame.f_locals.get("work")
            work = work.func if isinstance(work, functools.partial) else work
            name = getattr(work, "__qualname__", frame.f_code.co_qualname)
            module = path.rpartition(PROGRAM)[2].removesuffix(".py").replace(os.sep, ".")
            short = name.replace(".<locals>", "").replace(".<lambda>", "").removesuffix(".transaction")
            return f"{module}.{short} (line {frame.f_lineno})"
        frame = frame.f_back
    return "somebody"


def follow(plan: dict[str, Any]) -> None:
    """Does what the plan says from now on."""
    points = Points()
    if record := plan.get("record"):
        watch(points.pass_by)
        atexit.register(lambda: Path(record).write_text(json.dumps(points.counts), encoding="utf-8"))
        return

    def pass_by(name: str) -> None:
        if name == plan["point"] and points.pass_by(name) == plan["nth"]:
            os.kill(os.getpid(), signal.SIGKILL)

    watch(pass_by)


if __name__ == "__main__":
    follow(json.loads(sys.argv[1]))
    with contextlib.suppress(KeyboardInterrupt):
        main(sys.argv[2:])
