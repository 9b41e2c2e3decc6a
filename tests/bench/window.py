"""A window as a process of its own, seen from outside: ours (``tests.bench.observed_window``), or a bare one."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class WindowProcess:
    """One such process, from outside."""

    def __init__(self, process: "subprocess.Popen[str]", started: float) -> None:
        self._process, self._started = process, started

    @property
    def process_id(self) -> int:
        """Of the window."""
        return self._process.pid

    def seconds_until(self, event: str) -> float:
        """Waits for ``painted`` or ``usable``; seconds from the start of the process until then."""
        return float(self._wait_for(event)) - self._started

    def tell(self, line: str) -> None:
        """Sends a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def longest_gap(self) -> float:
        """Ends the watch; the longest gap of the Qt loop meanwhile, in seconds."""
        self.tell("gap")
        return float(self._wait_for("longest_gap"))

    def _wait_for(self, event: str) -> Any:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{") and event in (said := json.loads(line)):
                return said[event]
        raise RuntimeError(f"the window ended before it said {event}")


@contextmanager
def window(kind: str, *arguments: str, secrets: dict[str, str] | None = None) -> Iterator[WindowProcess]:
    """Starts one, ``bare`` or ``observed``, and closes it at the end."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # users' sources are compiled once
    command = [sys.executable, "-m", f"tests.bench.{kind}_window", *arguments]
    started = time.monotonic()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        seen = WindowProcess(process, started)
        seen.tell(json.dumps(secrets or {}))
        try:
            yield seen
        finally:
            seen.tell("quit")


def resident_bytes(process_id: int) -> int:
    """What a process holds in memory, shared libraries included (Linux)."""
    pages = int(Path(f"/proc/{process_id}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
