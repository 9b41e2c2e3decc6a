"""``projects-search``: a keystroke in the search box over 100,000 projects, until the table has drawn the answer."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.report import Row, within

PROJECTS = 100_000
TARGET_MS = 30.0


def run(scale: float = 1.0) -> list[Row]:
    """Milliseconds from a key until the table's new picture is painted, 95 of 100 keys; in a window of its own process."""
    count = max(1000, int(PROJECTS * scale))
    with tempfile.TemporaryDirectory(prefix="bench-projects-") as folder:
        command = [sys.executable, "-m", "tests.bench.projects_window", folder, str(count)]
        environment = {"QT_QPA_PLATFORM": "offscreen"} | os.environ
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an office's Python keeps what it has compiled
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, env=environment, cwd=Path(__file__).parents[2]
        )
    told = json.loads(done.stdout.splitlines()[-1])
    return [
        within(
            "projects-search",
            f"a key in the search box over {count:,} projects until drawn, p95 of {told['keys']}",
            value=told["p95"],
            unit="ms",
            at_most=TARGET_MS,
            full_size=count >= PROJECTS,
            note=(
                f"p50 {told['p50']:.1f} ms, longest {told['longest']:.1f} ms; all read after {told['read']:.1f} s; a filter chip"
                f" {told['filter']:.0f} ms, sorting {told['sort']:.0f} ms, Ctrl+A {told['select']:.0f} ms"
            ),
        )
    ]
