"""``gallery-open``, ``gallery-scroll``, ``photo-next``, ``mark``: what a person at the gallery waits for.

All in one window in a process of its own, on a data folder that it fills itself.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.report import Row, within

TARGETS = {"gallery-open": 100.0, "gallery-scroll": 16.0, "photo-next": 20.0, "mark": 16.0, "mark-saved": 50.0}


def run(scale: float = 1.0) -> list[Row]:
    """Milliseconds; the figures of a smaller size meet nothing."""
    with tempfile.TemporaryDirectory(prefix="bench-gallery-") as folder:
        command = [sys.executable, "-m", "tests.bench.gallery_window", folder, str(scale)]
        environment = os.environ | {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
        done = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True, env=environment, cwd=Path(__file__).parents[2]
        )
    told = json.loads(done.stdout.splitlines()[-1])
    return [
        within(
            name,
            told[name]["what"],
            value=told[name]["value"],
            unit="ms",
            at_most=target,
            full_size=scale >= 1,
            note=told[name]["note"],
        )
        for name, target in TARGETS.items()
    ]
