"""The import log as a table for other programs: each run, and each order it skipped or remarked on, with number and reason."""

import csv
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from pruvan_desk.core.errors import DeskFault
from pruvan_desk.store.models import ImportNote
from pruvan_desk.store.views.integrations import RunRow, run_rows

RUN_COLUMNS = (
    "started", "finished", "integration", "started by", "kind", "created", "updated", "unchanged", "closed", "reopened",
    "skipped", "closures withheld", "error",
)  # fmt: skip
NOTE_COLUMNS = ("order", "note", "what and why")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet calculate a cell rather than show it."""


def export_import_log(session: Session, path: Path, integration_id: int | None = None, words: str = "") -> int:
    """Writes what :func:`run_rows` finds to a ``.csv`` file, one line for each note. Answers the number of runs.

    Raises :class:`DeskFault` when the file cannot be written.
    """
    runs = run_rows(session, integration_id, words)
    made = path.with_name(f"{path.name}.part")
    try:
        with made.open("w", encoding="utf-8-sig", newline="") as target:  # the mark lets Excel see that it is UTF-8
            writer = csv.writer(target)
            writer.writerow((*RUN_COLUMNS, *NOTE_COLUMNS))
            for run in runs:
                for note in _notes(session, run.id):
                    writer.writerow([_cell(value) for value in (*_run_cells(run), *note)])
        made.replace(path)
    except OSError as error:
        made.unlink(missing_ok=True)
        raise DeskFault(f"{path.name} cannot be written: {error.strerror}.", "Choose another place.") from error
    return len(runs)


def _run_cells(run: RunRow) -> tuple[object, ...]:
    return (
        run.started_at.isoformat(), run.finished_at.isoformat() if run.finished_at else "", run.integration, run.started_by,
        run.kind, run.created, run.updated, run.unchanged, run.closed, run.reopened, run.skipped, run.withheld, run.error,
    )  # fmt: skip


def _notes(session: Session, run_id: int) -> Iterator[tuple[str, str, str]]:
    columns = select(ImportNote.number, ImportNote.kind, ImportNote.text)
    found = session.execute(columns.where(ImportNote.run_id == run_id).order_by(ImportNote.id)).all()
    yield from ((row.number, row.kind, row.text) for row in found)
    if not found:
        yield ("", "", "")


def _cell(value: object) -> object:
    """Never a formula: a foreign text that would be one gets an apostrophe, as spreadsheets themselves write it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
