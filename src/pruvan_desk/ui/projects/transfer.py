"""Import: what each column is, what each row would do, what is wrong with which, and the button that does it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHeaderView,
    QScrollArea,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.domain.project_edits import FIELD_WORDS
from pruvan_desk.domain.project_import import HEADINGS, Fate, Planned, guess_mapping
from pruvan_desk.operations.project_import import Imported, ImportFile, import_projects, plan_import
from pruvan_desk.reports.sheets import Sheet
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.tables import Index, Role, as_plain_tip, dress_table
from pruvan_desk.ui.widgets import choice_box, label

LEFT_OUT = "(left out)"
KINDS = "Spreadsheet (*.xlsx *.csv)"
SAVE_KINDS = "Excel (*.xlsx);;Comma separated (*.csv)"
FATE_WORDS = {Fate.NEW: "New", Fate.CHANGED: "Changed", Fate.UNCHANGED: "Unchanged", Fate.BAD: "Problem"}
LINE, FATE, ABOUT = range(3)


def choose_file(parent: QWidget, title: str, then: Callable[[Path], None], *, save: bool) -> QFileDialog:
    """Asks for a spreadsheet; a name without an ending becomes an ``.xlsx``."""
    dialog = QFileDialog(parent, title, "", SAVE_KINDS if save else KINDS)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave if save else QFileDialog.AcceptMode.AcceptOpen)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile if save else QFileDialog.FileMode.ExistingFile)

    def chosen(name: str) -> None:
        path = Path(name)
        csv = save and "csv" in dialog.selectedNameFilter()
        then(path if path.suffix else path.with_suffix(".csv" if csv else ".xlsx"))

    dialog.fileSelected.connect(chosen)
    dialog.open()
    return dialog


@dataclass(frozen=True)
class Line:
    """A row of the file as it reads now, and what it would do."""

    number: int
    cells: tuple[str, ...]
    plan: Planned


class LinesTable(QAbstractTableModel):
    """The rows: line, fate, what would change or what is wrong, and the cells. Cells of a bad row can be mended."""

    def __init__(self, headings: Sequence[str], edited: Callable[[int, int, str], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self._headings = headings
        self._edited = edited

    def show_lines(self, lines: list[Line]) -> None:
        """Shows other rows."""
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """How many rows there are."""
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index | None = None) -> int:
        """Three of ours, and those of the file."""
        return 0 if parent is not None and parent.isValid() else ABOUT + 1 + len(self._headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """The headings."""
        if orientation != Qt.Orientation.Horizontal or role != Role.DisplayRole:
            return None
        return (*("Line", "What happens", "Why, or what changes"), *self._headings)[section]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Cells of bad rows can be written in."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        bad = index.isValid() and self.lines[index.row()].plan.fate is Fate.BAD
        return flags | Qt.ItemFlag.ItemIsEditable if bad and index.column() > ABOUT else flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        """What a cell says."""
        if not index.isValid():
            return None
        words = self._words(self.lines[index.row()], index.column())
        if role in (Role.DisplayRole, Role.AccessibleTextRole):
            return words.replace("\n", " · ")
        if role == Role.EditRole:
            return words
        return as_plain_tip(words) if role == Role.ToolTipRole else None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        """Somebody mended a cell."""
        if role != Role.EditRole:
            return False
        self._edited(self.lines[index.row()].number, index.column() - ABOUT - 1, str(value))
        return True

    def _words(self, line: Line, column: int) -> str:
        if column == LINE:
            return str(line.number)
        if column == FATE:
            return FATE_WORDS[line.plan.fate]
        if column == ABOUT:
            return line.plan.reason or ", ".join(
                words
                for name, words in FIELD_WORDS.items()
                if name in line.plan.values and line.plan.fate is Fate.CHANGED
            )
        return line.cells[column - ABOUT - 1]


class ImportDialog(QDialog):
    """One file. It stays open until nothing of it is left to be mended, or somebody closes it."""

    def __init__(self, desk: Desk, sheet: Sheet, remembered: dict[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Import {sheet.name}")
        self._desk, self._sheet = desk, sheet
        self._cells = {row.line: row.cells for row in sheet.rows}
        self._planned: list[Planned] = []
        mapping = guess_mapping(sheet.headings, remembered)
        self.fields = [self._field_box(place, mapping.get(place, "")) for place in range(len(sheet.headings))]
        self.summary = label("", wrap=True)
        self.which = choice_box("Which rows are listed")
        self.which.setMaximumWidth(32 * tokens.UNIT)
        self.model = LinesTable(sheet.headings, self._mend, self)
        self.table = self._make_table()
        self.message = label("", "bad", wrap=True)
        self.message.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.accept_button = buttons.addButton("Import", QDialogButtonBox.ButtonRole.ActionRole)
        box = QVBoxLayout(self)
        box.setSpacing(tokens.UNIT)
        for part in (
            label("What each column of the file is. It is remembered for the next file with such headings.", "muted"),
            self._columns_part(), self.summary, self.which, self.table, self.message, buttons,
        ):  # fmt: skip
            box.addWidget(part, 1 if part is self.table else 0)
        self.accept_button.setDefault(True)
        self.accept_button.clicked.connect(self._import)
        self.which.activated.connect(lambda _place: self._list())
        buttons.rejected.connect(self.reject)
        self.resize(120 * tokens.UNIT, 84 * tokens.UNIT)
        self.plan()

    def plan(self) -> None:
        """Looks again what each row would do."""
        rows, mapping, zone = self._rows(self._cells), self._mapping(), self._desk.settings.zone
        self.accept_button.setEnabled(False)
        self._desk.read_own(lambda session: plan_import(session, rows, mapping, zone), self._show)

    def _field_box(self, place: int, chosen: str) -> QComboBox:
        box = choice_box(f"Field of the column {self._sheet.headings[place]}")
        box.addItem(LEFT_OUT, "")
        for name, heading in HEADINGS.items():
            box.addItem(heading, name)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        box.activated.connect(lambda _place: self.plan())
        return box

    def _columns_part(self) -> QWidget:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(tokens.UNIT, tokens.UNIT, tokens.UNIT, tokens.UNIT)
        grid.setHorizontalSpacing(2 * tokens.UNIT)
        grid.setVerticalSpacing(tokens.HALF)
        first = self._sheet.rows[0].cells if self._sheet.rows else ("",) * len(self.fields)
        for place, (heading, field) in enumerate(zip(self._sheet.headings, self.fields, strict=True)):
            sample = first[place].replace("\n", " · ")
            grid.addWidget(label(heading or "(no heading)"), place, 0)
            grid.addWidget(label(sample[:40] + ("…" if len(sample) > 40 else ""), "muted"), place, 1)
            grid.addWidget(field, place, 2)
        grid.setColumnStretch(1, 1)
        scroll = QScrollArea()
        scroll.setAccessibleName("Columns of the file")
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        scroll.setMinimumHeight(26 * tokens.UNIT)
        return scroll

    def _make_table(self) -> QTableView:
        table = QTableView(self)
        table.setModel(self.model)
        table.setAccessibleName("Rows of the file")
        dress_table(table)
        table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )  # fmt: skip
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        for place, width in ((LINE, 56), (FATE, 104), (ABOUT, 280)):
            table.setColumnWidth(place, width)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        return table

    def _mapping(self) -> dict[int, str]:
        chosen = ((place, field.currentData()) for place, field in enumerate(self.fields))
        return {place: name for place, name in chosen if name}

    def _rows(self, cells: dict[int, tuple[str, ...]]) -> list[tuple[int, tuple[str, ...]]]:
        return sorted(cells.items())

    def _show(self, planned: list[Planned]) -> None:
        self._planned = planned
        counts = Counter(plan.fate for plan in planned)
        told = [f"{counts[fate]:,} {FATE_WORDS[fate].lower()}" for fate in Fate if fate is not Fate.BAD]
        if counts[Fate.BAD]:
            told.append(f"{text.counted(counts[Fate.BAD], 'problem')}: mend the cells here, or import the rest first")
        self.summary.setText(" · ".join(told))
        doing = counts[Fate.NEW] + counts[Fate.CHANGED]
        self.accept_button.setText(f"Import {doing:,}" if doing else "Import")
        self.accept_button.setEnabled(doing > 0)
        place = self.which.currentData()
        self.which.clear()
        self.which.addItem(f"All {len(planned):,} rows", None)
        for fate in (Fate.BAD, Fate.NEW, Fate.CHANGED, Fate.UNCHANGED):
            if counts[fate]:
                self.which.addItem(f"{FATE_WORDS[fate]} ({counts[fate]:,})", fate)
        wanted = place if place in counts else Fate.BAD if counts[Fate.BAD] else None
        self.which.setCurrentIndex(max(0, self.which.findData(wanted)))
        self._list()

    def _list(self) -> None:
        wanted = self.which.currentData()
        self.model.show_lines([
            Line(plan.line, self._cells[plan.line], plan) for plan in self._planned if wanted is None or plan.fate == wanted
        ])  # fmt: skip

    def _mend(self, line: int, place: int, value: str) -> None:
        cells = list(self._cells[line])
        cells[place] = value
        self._cells[line] = tuple(cells)
        self.plan()

    def _import(self) -> None:
        good = {p.line: self._cells[p.line] for p in self._planned if p.fate in (Fate.NEW, Fate.CHANGED)}
        asked = ImportFile(self._sheet.name, self._sheet.headings, self._rows(good), self._mapping())
        who, zone = self._desk.who, self._desk.settings.zone
        self.accept_button.setEnabled(False)
        self._desk.write(
            lambda database: import_projects(database, asked, who, zone),
            lambda done: self._imported(done, good),
            self._refuse,
        )

    def _imported(self, done: Imported, good: dict[int, tuple[str, ...]]) -> None:
        self._desk.told.emit(f"Imported: {done.new:,} new, {done.changed:,} changed.", "")
        left = {p.line for p in self._planned if p.fate is Fate.BAD} - good.keys()
        if not left:
            self.accept()
            return
        self._cells = {line: cells for line, cells in self._cells.items() if line in left}
        self.message.hide()
        self.plan()

    def _refuse(self, error: PruvanDeskError) -> None:
        self.message.setText(str(error))
        self.message.show()
        self.plan()
