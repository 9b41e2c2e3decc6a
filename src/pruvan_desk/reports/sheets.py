"""Spreadsheets, ``.xlsx`` and ``.csv``, as rows of text. A cell is never a formula, on the way out or in.

In ``.xlsx`` every cell is written as a string. In ``.csv`` a text that a spreadsheet program would take for a formula gets an
apostrophe in front, which reading takes away again.
"""

import csv
import io
import math
import os
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from pruvan_desk.core.errors import DeskFault, UsageError
from pruvan_desk.store.files import replace_file

EXCEL, COMMA = ".xlsx", ".csv"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MOST_BYTES = 50_000_000
MOST_UNPACKED = 1_000_000_000
"""Bytes of an unpacked ``.xlsx``: a small file may claim to hold terabytes."""
MOST_ROWS = 200_000
LONGEST_CELL = 32_767
"""Letters in a cell of ``.xlsx``."""
HERE = "Choose another file, or save it again in the spreadsheet program."


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row as it stands in the file: its line, counted from 1, and its cells."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first sheet of a file: its headings, and the rows below that hold anything."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[SheetRow, ...]


def read_sheet(path: Path) -> Sheet:
    """Reads the first sheet of a file. Raises :class:`UsageError` for what is none, or too large."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB.", "Split it.")
        lines = _read_excel(path) if path.suffix.lower() == EXCEL else _read_comma(path)
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read: {error.strerror or error}.", HERE) from error
    if not lines:
        raise UsageError(f"{path.name} is empty.", HERE)
    (_, headings), *rows = lines
    if len(rows) > MOST_ROWS:
        raise UsageError(f"{path.name} has more than {MOST_ROWS:,} rows.", "Split it.")
    width = len(headings)
    return Sheet(
        path.name,
        tuple(heading.strip() for heading in headings),
        tuple(SheetRow(line, tuple([*cells, *[""] * width][:width])) for line, cells in rows),
    )


def write_sheet(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Writes a file of the kind that its name says, as a whole or not at all. Raises :class:`DeskFault`, :class:`UsageError`."""
    write = _write_excel if path.suffix.lower() == EXCEL else _write_comma
    try:
        handle, name = tempfile.mkstemp(suffix=path.suffix, prefix=".export-", dir=path.parent)
        os.close(handle)
        made = Path(name)
        try:
            write(made, headings, rows)
            replace_file(made, path)
        finally:
            made.unlink(missing_ok=True)
    except OSError as error:
        raise DeskFault(
            f"{path.name} cannot be written: {error.strerror or error}.",
            "Choose another folder, or close the file elsewhere.",
        ) from error


def guarded(text: str) -> str:
    """A text as ``.csv`` holds it."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


def unguarded(cell: str) -> str:
    """The text that a cell of ``.csv`` holds."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA) else cell


def _read_comma(path: Path) -> list[tuple[int, list[str]]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")  # what Excel writes on Windows
    first = text.partition("\n")[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines: list[tuple[int, list[str]]] = []
    try:
        line = 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((line, [unguarded(cell) for cell in cells]))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(f"{path.name} is no table: {error}.", HERE) from error
    return lines


def _read_excel(path: Path) -> list[tuple[int, list[str]]]:
    import python_calamine  # noqa: PLC0415 - only when somebody imports

    try:
        with zipfile.ZipFile(path) as packed:
            if sum(member.file_size for member in packed.infolist()) > MOST_UNPACKED:
                raise UsageError(f"{path.name} holds more than it could.", HERE)
        sheet = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, python_calamine.CalamineError, IndexError) as error:
        raise UsageError(f"{path.name} is no .xlsx file, or a damaged one.", HERE) from error
    lines = ((line, [_text(cell) for cell in cells]) for line, cells in enumerate(rows, start=1))
    return [(line, cells) for line, cells in lines if any(cell.strip() for cell in cells)]


def _text(value: Any) -> str:
    """A cell as text: what a person reads in it. Of a formula that is the value it had when it was saved."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) and value == int(value) else str(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def _write_comma(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([guarded(heading) for heading in headings])
        writer.writerows([guarded(cell) for cell in row] for row in rows)


def _write_excel(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    import xlsxwriter  # noqa: PLC0415 - only when somebody exports

    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    try:
        sheet = book.add_worksheet("Projects")
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for place, heading in enumerate(headings):
            sheet.write_string(0, place, heading, bold)
        for line, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if len(cell) > LONGEST_CELL:
                    raise UsageError(
                        f"{headings[place]} in line {line + 1} is longer than a cell of .xlsx holds.",
                        "Export it as .csv.",
                    )
                if cell:
                    sheet.write_string(line, place, cell)
    finally:
        book.close()
