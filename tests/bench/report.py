"""One measured row of the budgets, the table that people read and the file that programs read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

BENCH_JSON = Path(__file__).parents[2] / "build" / "bench.json"
_IN_JSON = ("id", "value", "unit", "reference", "ratio", "target", "met")


@dataclass(frozen=True)
class Row:
    """A row: ``value`` and ``reference`` in ``unit`` and the ``ratio`` of the two, the target for the ratio, or for the value where
    there is no reference, and whether it was met.

    A run at a smaller size than the budget names is never met, whatever it measured.
    """

    id: str
    value: float
    unit: str
    reference: float | None
    ratio: float | None
    target: float
    met: bool
    what: str = ""
    note: str = ""


def against(
    row_id: str,
    what: str,
    *,
    value: float,
    unit: str,
    reference: float,
    full_size: bool,
    at_least: float | None = None,
    at_most: float | None = None,
    ratio: float | None = None,
    note: str = "",
) -> Row:
    """A row measured against a peer or floor: ``ratio`` (or else value / reference) is to be at least, or at most, so much."""
    ratio = value / reference if ratio is None else ratio
    met = full_size and (at_least is None or ratio >= at_least) and (at_most is None or ratio <= at_most)
    target = at_least if at_least is not None else at_most
    if target is None:
        raise ValueError(f"{row_id} has no target")
    return Row(row_id, value, unit, reference, ratio, target, met, what, note)


def within(row_id: str, what: str, *, value: float, unit: str, at_most: float, full_size: bool, note: str = "") -> Row:
    """A row with a limit of its own and nothing to compare it with."""
    return Row(row_id, value, unit, None, None, at_most, full_size and value <= at_most, what, note)


def reaches(
    row_id: str, what: str, *, value: float, unit: str, at_least: float, full_size: bool, note: str = ""
) -> Row:
    """A row that is to be at least so much, and nothing to compare it with."""
    return Row(row_id, value, unit, None, None, at_least, full_size and value >= at_least, what, note)


def table(rows: Sequence[Row]) -> str:
    """The rows for people: what, ours, the peer or floor, the ratio, the target, met or not."""
    head = ("row", "what", "ours", "reference", "ratio", "target", "met")
    lines = [head] + [
        (
            row.id,
            row.what,
            f"{row.value:,.2f} {row.unit}" if row.value < 10 else f"{row.value:,.1f} {row.unit}",
            "-" if row.reference is None else f"{row.reference:,.1f} {row.unit}",
            "-" if row.ratio is None else f"{row.ratio:.2f}",
            f"{row.target:g}" + (" x" if row.ratio is not None else f" {row.unit}"),
            "yes" if row.met else "NO",
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    notes = [f"{row.id}: {row.note}" for row in rows if row.note]
    return "\n".join([*text, *(["", *notes] if notes else [])])


def write_json(rows: Sequence[Row], path: Path = BENCH_JSON) -> None:
    """The rows for programs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([{name: getattr(row, name) for name in _IN_JSON} for row in rows], indent=1) + "\n")


def rounds(rates: Mapping[str, Sequence[float]]) -> str:
    """What each round gave, for a note."""
    return "rounds: " + "; ".join(
        f"{name} {', '.join(f'{rate:.0f}' for rate in values)}" for name, values in rates.items()
    )
