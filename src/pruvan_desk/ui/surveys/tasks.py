"""The list of survey tasks, narrowed by state and by words."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pruvan_desk.store.views.surveys import SurveyRow, SurveyState
from pruvan_desk.ui import actions, text
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.tables import Column, RecordTable, record_view, selected_record
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import bar, button, choice_box, text_field

SIGNS = {
    SurveyState.WAITING: ("question", "waiting"),
    SurveyState.REWORK: ("warning", "bad"),
    SurveyState.SENT_BACK: ("back", "waiting"),
    SurveyState.OPEN: ("clock", "waiting"),
    SurveyState.DRAFT: ("edit", "good"),
    SurveyState.SUBMITTED: ("check", "sent"),
}
ALL, TO_DO = "All", "To do"


class SurveyList(QWidget):
    """Survey tasks, those due first; says which one is chosen."""

    chosen = Signal(int)
    shown = Signal(int)
    """How many there are at all."""

    def __init__(self, desk: Desk, theme: Theme, state: WindowState) -> None:
        super().__init__()
        self._desk, self._theme, self._state = desk, theme, state
        self.rows: Sequence[SurveyRow] = ()
        self._narrowing = False
        self._selected = 0
        self.model = RecordTable(self._columns(), self)
        self.table = record_view(self.model, "Survey tasks", self)
        self.states = choice_box("Which survey tasks")
        self.states.addItems([TO_DO, ALL, *(state.value for state in SurveyState)])
        self.states.setCurrentText(state.get("surveys/state", TO_DO))
        self.search = text_field("Search survey tasks", "Number, address, form", clear=True)
        self.search.setText(state.get("surveys/search"))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(bar(self.states, self.search))
        box.addWidget(self.table, 1)
        self.import_form = button("Import a form…", theme, kind="link", hint="Take a client's form in from a file")
        actions.name_key(self.import_form, "survey_import")
        box.addWidget(bar(self.import_form, None, name="hints", tight=True))
        self.states.currentTextChanged.connect(self._narrow)
        self.search.textChanged.connect(self._narrow)
        self.table.selectionModel().currentRowChanged.connect(self._choose)

    def show_rows(self, rows: Sequence[SurveyRow]) -> None:
        """Takes all survey tasks as they are now."""
        self.rows = rows
        self._narrow()
        self.shown.emit(len(rows))

    def select(self, task_id: int) -> None:
        """Marks a task; none, if it is not shown, until it is."""
        self._selected = task_id
        for place, row in enumerate(self.model.records):
            if row.id == task_id:
                self.table.selectRow(place)
                return
        self.table.clearSelection()
        self.table.setCurrentIndex(QModelIndex())

    def _narrow(self) -> None:
        state, words = self.states.currentText(), self.search.text().casefold().split()
        self._state.put("surveys/state", state)
        self._state.put("surveys/search", self.search.text())
        self._narrowing = True
        self.model.take([row for row in self.rows if _in_state(row, state) and _holds(row, words)])
        self.select(self._selected)
        self._narrowing = False

    def _choose(self) -> None:
        """The table goes to the next row when the chosen one leaves it: that is nobody's choice, and opens nothing."""
        row = selected_record(self.table)
        if isinstance(row, SurveyRow) and not self._narrowing:
            self._selected = row.id
            self.chosen.emit(row.id)

    def _columns(self) -> tuple[Column[SurveyRow], ...]:
        zone = self._desk.settings
        return (
            Column[SurveyRow](
                "Project", lambda row: row.project, 128, hint=lambda row: f"{row.project}\n{row.address}"
            ),
            Column[SurveyRow]("Survey", lambda row: row.task, 0, hint=lambda row: f"{row.task}\n{row.form}"),
            Column[SurveyRow](
                "State", lambda row: row.state.value, 104, icon=self._sign, colour=self._colour, hint=_state_hint
            ),
            Column[SurveyRow]("Due", lambda row: text.due_words(row.due, zone.zone), 144),
        )

    def _sign(self, row: SurveyRow) -> QIcon:
        return self._theme.icon(*SIGNS[row.state])

    def _colour(self, row: SurveyRow) -> QColor | None:
        return self._theme.colour("bad") if row.state is SurveyState.REWORK else None


def _in_state(row: SurveyRow, state: str) -> bool:
    if state == TO_DO:
        return row.state is not SurveyState.SUBMITTED
    return state in (ALL, row.state.value)


def _holds(row: SurveyRow, words: Sequence[str]) -> bool:
    searched = f"{row.project} {row.address} {row.task} {row.form}".casefold()
    return all(word in searched for word in words)


def _state_hint(row: SurveyRow) -> str:
    return f"{row.state.value}, {row.who}" if row.who else row.state.value
