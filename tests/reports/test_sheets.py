"""Spreadsheets out and in: what was written is read, and no cell is ever a formula."""

import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pruvan_desk.core.errors import DeskFault, UsageError
from pruvan_desk.reports.sheets import guarded, read_sheet, unguarded, write_sheet

DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "'=1+1", "''-2", '=HYPERLINK("http://x")')
LETTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
TABLES = st.lists(
    st.lists(st.text(LETTERS | st.sampled_from("=+-@'\",;\n"), max_size=12), min_size=3, max_size=3), max_size=6
)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(rows=TABLES)
def test_what_is_written_is_read(tmp_path, suffix, rows):
    path = tmp_path / f"table{suffix}"
    write_sheet(path, ["One", "Two", "Three"], rows)
    sheet = read_sheet(path)
    assert sheet.headings == ("One", "Two", "Three")
    kept = [tuple(row) for row in rows if any(cell.strip() for cell in row)]
    assert [row.cells for row in sheet.rows] == kept


@pytest.mark.parametrize("text", DANGEROUS)
def test_in_csv_no_cell_begins_as_a_formula(tmp_path, text):
    write_sheet(tmp_path / "a.csv", ["One"], [[text]])
    raw = (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()[1]
    assert raw.lstrip('"').startswith("'")
    assert read_sheet(tmp_path / "a.csv").rows[0].cells == (text,)


@pytest.mark.parametrize("text", DANGEROUS)
def test_in_excel_every_cell_is_a_string(tmp_path, text):
    write_sheet(tmp_path / "a.xlsx", ["One"], [[text]])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as packed:
        body = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in body
    assert "hyperlink" not in body
    assert read_sheet(tmp_path / "a.xlsx").rows[0].cells == (text,)


@given(st.text(st.sampled_from("='+-@ab\t"), max_size=8))
def test_the_apostrophe_goes_as_it_came(text):
    assert unguarded(guarded(text)) == text


def test_lines_are_those_of_the_file(tmp_path):
    (tmp_path / "a.csv").write_text('Number,Note\n1,"two\nlines"\n,\n2,x\n')
    assert [row.line for row in read_sheet(tmp_path / "a.csv").rows] == [2, 5]


@pytest.mark.parametrize("raw", [b"A;B\n1;\xe9\n", "A\tB\n1\té\n".encode(), "\ufeffA,B\n1,é\n".encode()])
def test_what_other_programs_write_is_read(tmp_path, raw):
    (tmp_path / "a.csv").write_bytes(raw)
    assert read_sheet(tmp_path / "a.csv").rows[0].cells == ("1", "é")


def test_short_rows_are_filled_and_long_ones_cut(tmp_path):
    (tmp_path / "a.csv").write_text("A,B\n1\n1,2,3\n")
    assert [row.cells for row in read_sheet(tmp_path / "a.csv").rows] == [("1", ""), ("1", "2")]


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"PK\x03\x04 damaged", b"no workbook"])
def test_a_bad_workbook_is_refused_with_words(tmp_path, raw):
    (tmp_path / "a.xlsx").write_bytes(raw)
    with pytest.raises(UsageError, match=r"a\.xlsx"):
        read_sheet(tmp_path / "a.xlsx")


def test_an_empty_or_missing_file_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("\n")
    for name in ("a.csv", "b.csv"):
        with pytest.raises(UsageError):
            read_sheet(tmp_path / name)


def test_a_folder_that_is_not_there_is_said_and_nothing_is_left(tmp_path):
    with pytest.raises(DeskFault, match="cannot be written"):
        write_sheet(tmp_path / "none" / "a.csv", ["A"], [["1"]])


def test_a_text_too_long_for_a_cell_is_said_and_the_file_before_stands(tmp_path):
    path = tmp_path / "a.xlsx"
    write_sheet(path, ["A"], [["1"]])
    before = path.read_bytes()
    with pytest.raises(UsageError, match="longer than a cell"):
        write_sheet(path, ["A"], [["x" * 40_000]])
    assert (path.read_bytes(), len(list(tmp_path.iterdir()))) == (before, 1)
