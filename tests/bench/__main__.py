"""``python -m tests.bench [ROW ...] [--scale S]``: measures, prints the table, writes build/bench.json."""

import argparse
import importlib
import sys
from typing import TextIO

from tests.bench.report import BENCH_JSON, Row, table, write_json

HINT_ROWS = (
    *(f"hints-{kind}-{figure}" for kind in ("blurred", "dark", "duplicate") for figure in ("precision", "recall")),
    "hints-others",
    "hint-search",
)
BENCHES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("tests.bench.thumbs", ("thumbs", "thumbs-floor")),
    ("tests.bench.hints", HINT_ROWS),
    ("tests.bench.projects", ("projects-search",)),
    ("tests.bench.gallery", ("gallery-open", "gallery-scroll", "photo-next", "mark", "mark-saved")),
    ("tests.bench.form", ("form-open", "form-stall")),
    ("tests.bench.portal", ("portal-first", "portal-next", "portal-closed")),
    ("tests.bench.refresh", ("refresh-full",)),
    ("tests.bench.idle", ("refresh-idle",)),
    ("tests.bench.relay", ("relay", "relay-curl")),
    ("tests.bench.latency", ("relay-latency",)),
    ("tests.bench.ingest", ("ingest",)),
    ("tests.bench.stall", ("ui-stall", "memory-growth")),
    ("tests.bench.watch", ("watch-stall", "watch-rate", "watch-memory")),
    ("tests.bench.start", ("start", "start-table", "memory", "memory-engine")),
)
"""A module with ``run(scale) -> list[Row]``, and the rows it measures; the first are measured first."""


def main(arguments: list[str]) -> None:
    """Measures what was asked for, by default all. A missed target is no error: a benchmark is not a test."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="ids of budgets.md; all when none is given")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full size; less than 1 meets no target")
    chosen = parser.parse_args(arguments)
    known = {row for _, rows in BENCHES for row in rows}
    if unknown := set(chosen.rows) - known:
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(sorted(known))}")
    rows: list[Row] = []
    for module, measured in BENCHES:
        if not chosen.rows or set(chosen.rows) & set(measured):
            _say(f"measuring {', '.join(measured)} ...")
            rows += importlib.import_module(module).run(chosen.scale)
    _say(table(rows), sys.stdout)
    write_json(rows)
    _say(f"Also in {BENCH_JSON}")


def _say(text: str, stream: TextIO = sys.stderr) -> None:
    stream.write(f"{text}\n")
    stream.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
