"""How an observed window talks with its bench: lines on standard input, JSON objects on standard output."""

import json
import sys
import threading
from queue import SimpleQueue

POLL = 5
"""Milliseconds between two looks for a line on standard input."""


def say(**event: float) -> None:
    """Tells the bench."""
    print(json.dumps(event), flush=True)


def lines_of_stdin() -> "SimpleQueue[str]":
    """What the bench says, read in a thread that otherwise sleeps."""
    lines: SimpleQueue[str] = SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            lines.put(line.strip())
        lines.put("quit")

    threading.Thread(target=read, daemon=True).start()
    return lines
