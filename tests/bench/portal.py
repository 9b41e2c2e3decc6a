"""``portal-first``, ``portal-next``, ``portal-closed``: orders of the sandbox opened in myFAStrack, signed in for, and closed again."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.report import Row, within

from pruvan_desk.sandbox.server import FastrackSandbox

ORDERS = 10
FIRST_SECONDS, NEXT_SECONDS = 1.5, 0.3
STAYS = 0.33
"""Of the memory that ten tabs took, the share that stays when they are closed: Chromium itself, which a program cannot unload.

What counts is memory of the processes' own (Pss_Anon and Pss_Shmem of /proc): nobody else can have that while it stays. The rest
are pages of the files of programs, mostly Chromium's library, unchanged: they stay in memory as long as nobody needs the room, and
are shared with whoever runs the same. The share of both together is told beside it.
"""


def run(scale: float = 1.0) -> list[Row]:
    """Seconds from the click until the page is there, and megabytes of the window with all its processes (Linux)."""
    orders = max(2, round(ORDERS * scale))
    with FastrackSandbox(orders=orders) as sandbox, tempfile.TemporaryDirectory(prefix="bench-portal-") as folder:
        told = _measure(sandbox, folder)
    full, (opened, later) = orders >= ORDERS, (told["seconds"][0], sorted(told["seconds"][1:]))
    before, one, many, closed = (told["megabytes"][name] for name in ("before", "one", "many", "closed"))
    share, of_all = ((closed[kind] - before[kind]) / (many[kind] - before[kind]) for kind in ("own", "all"))
    words = (
        f"{of_all:.2f} with the files of programs; proportional MB of all processes:"
        f" before {before['all']:.0f}, one tab {one['all']:.0f}, {orders} tabs {many['all']:.0f},"
        f" closed {closed['all']:.0f}; in memory of its own (not the files of programs, which the system takes back when it needs room):"
        f" {before['own']:.0f}, {one['own']:.0f}, {many['own']:.0f}, {closed['own']:.0f}; processes {before['processes']:.0f},"
        f" {one['processes']:.0f}, {many['processes']:.0f}, {closed['processes']:.0f}"
    )
    return [
        within("portal-first", "the first order's page, signed in for, from the click until it is there", value=opened,
               unit="s", at_most=FIRST_SECONDS, full_size=full),
        within("portal-next", "the next orders' pages, the slowest but one", value=later[-2 if len(later) > 2 else -1],
               unit="s", at_most=NEXT_SECONDS, full_size=full, note=f"slowest {later[-1]:.2f} s, median {later[len(later) // 2]:.2f} s"),
        within("portal-closed", "of the memory that the tabs took, the share that stays when all are closed", value=share,
               unit="of 1", at_most=STAYS, full_size=full, note=words),
    ]  # fmt: skip


def _measure(sandbox: FastrackSandbox, folder: str) -> dict[str, Any]:
    login = sandbox.credentials
    work = {
        "folder": folder, "portal_url": sandbox.portal_url, "login_url": sandbox.portal_login_url, "username": login.username,
        "password": login.password, "numbers": [order["number"] for order in sandbox.control("orders")],
    }  # fmt: skip
    environment = {"QT_QPA_PLATFORM": "offscreen"} | os.environ
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.portal_window"], check=True, input=json.dumps(work), stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, env=environment, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
