"""``form-open``, ``form-stall``: a survey form of 300 questions, opened and filled in.

In one window in a process of its own, on a data folder that it fills itself.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.report import Row, within

QUESTIONS = 300
OPEN_TARGET, STALL_TARGET = 200.0, 25.0


def run(scale: float = 1.0) -> list[Row]:
    """Milliseconds; the figures of a smaller size meet nothing."""
    count = max(40, int(QUESTIONS * scale))
    with tempfile.TemporaryDirectory(prefix="bench-form-") as folder:
        command = [sys.executable, "-m", "tests.bench.form_window", folder, str(count)]
        environment = {"QT_QPA_PLATFORM": "offscreen"} | os.environ
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an office's Python keeps what it has compiled
        done = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True, env=environment, cwd=Path(__file__).parents[2]
        )
    told = json.loads(done.stdout.splitlines()[-1])
    opened, gaps = told["opened"], told["gaps"]
    return [
        within(
            "form-open", f"a form of {count} questions, from the click until its first screenful is drawn, longest",
            value=max(opened), unit="ms", at_most=OPEN_TARGET, full_size=count >= QUESTIONS,
            note=f"{', '.join(f'{each:.0f}' for each in opened)} ms; whole after {told['whole']:.1f} s",
        ),
        within(
            "form-stall", "longest gap of the Qt loop: made whole, typed in, triggers, scrolled, jumped through, its gaps listed",
            value=max(map(max, gaps.values())), unit="ms", at_most=STALL_TARGET, full_size=count >= QUESTIONS,
            note=", ".join(f"{name} {max(found):.1f} ms" for name, found in gaps.items()),
        ),
    ]  # fmt: skip
