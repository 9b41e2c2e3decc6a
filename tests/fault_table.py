"""The table of the faults: a row of each test, printed at the end of a run that asks for it, and in ``build/fault-table.md``."""

import json
from pathlib import Path
from typing import Any

import pytest

PROPERTY = "fault-row"
HEAD = ("call", "fault", "class", "outcome", "lost", "doubled")
FILE = Path(__file__).parents[1] / "build" / "fault-table.md"


def report_row(*cells: str | int) -> tuple[str, str]:
    """What a test records about itself (``record_property``), so that it becomes a row, from whichever process."""
    return PROPERTY, json.dumps(cells)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Writes the table; a test that failed has its row too."""
    reports = [report for name in ("passed", "failed") for report in terminalreporter.stats.get(name, ())]
    rows = sorted({text for report in reports for name, text in report.user_properties if name == PROPERTY})
    if not rows:
        return
    table = "\n".join(_table([json.loads(row) for row in rows]))
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(f"# Each call against each fault\n\n{table}\n", encoding="utf-8")
    terminalreporter.section("each call against each fault")
    lost, doubled = (sum(json.loads(row)[column] for row in rows) for column in (4, 5))
    if config.get_verbosity() > 0:
        terminalreporter.write_line(table)
    terminalreporter.write_line(f"{len(rows)} rows, lost {lost}, doubled {doubled}: {FILE.relative_to(Path.cwd())}")


def _table(rows: list[list[Any]]) -> list[str]:
    cells = [HEAD, *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]
