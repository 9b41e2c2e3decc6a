"""The windows in which projects are made and changed: one, or many at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from pruvan_desk.core.errors import PruvanDeskError, UsageError
from pruvan_desk.domain.orders import due_text
from pruvan_desk.domain.project_edits import OWN_FIELDS
from pruvan_desk.domain.statuses import ProjectStatus
from pruvan_desk.store.views.project_form import EVERYBODY, ProjectForm
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.widgets import choice_box, form_row, label, text_field
from pruvan_desk.wire.dates import read_date

KEEP = "(as it is)"
NOBODY, EVERYBODY_WORDS = "Nobody", "Everybody"
NO_DATE = "No date"
AUTO_ADMIN = "Auto Admin is on: the next refresh writes the client's own status, due date and texts over yours."
OWN_NOTE = "An order of the office's own: it has no client, so its photos are kept here."
TEXTS = {"info": "&Info", "instructions": "I&nstructions", "description": "D&escription", "reference": "&Reference"}
PLACE = {
    "number": "&Number", "address1": "&Address", "address2": "Address 2", "city": "&City", "state": "S&tate", "zip": "&Zip",
}  # fmt: skip


def crew_box(crews: Sequence[str], first: str = "") -> QComboBox:
    """Who works on it: nobody, everybody, a crew, or any other name."""
    box = choice_box("Assigned to")
    box.setEditable(True)
    box.addItems([*([first] if first else []), NOBODY, EVERYBODY_WORDS, *crews])
    return box


def crew_value(words: str) -> str:
    """What is kept for what the field shows."""
    return {NOBODY: "", "": "", EVERYBODY_WORDS: EVERYBODY}.get(words.strip(), words.strip())


def crew_words(value: str) -> str:
    """What the field shows for what is kept."""
    return {"": NOBODY, EVERYBODY: EVERYBODY_WORDS}.get(value, value)


def day_value(words: str, zone: tzinfo) -> str:
    """A due date as somebody writes it, as it is kept. Raises :class:`UsageError` for what is none."""
    try:
        return due_text(read_date(words, zone))
    except ValueError as error:
        raise UsageError(f"{words[:40]} is no date.", "Write it as 2026-12-31 or 12/31/2026.") from error


class FormDialog(QDialog):
    """A form with its message line and buttons. ``sent`` carries the values; it stays open until :meth:`accept`."""

    sent = Signal(object)

    def __init__(self, title: str, verb: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.form = QFormLayout()
        self.message = label("", "bad", wrap=True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.save = buttons.addButton(verb, QDialogButtonBox.ButtonRole.AcceptRole)
        box = QVBoxLayout(self)
        box.setSpacing(2 * tokens.UNIT)
        box.addLayout(self.form)
        box.addWidget(self.message)
        box.addWidget(buttons)
        self.save.setDefault(True)  # in the dialog already: only then does Qt take it for the dialog's
        buttons.accepted.connect(self._send)
        buttons.rejected.connect(self.reject)
        self.message.hide()

    def refuse(self, error: PruvanDeskError) -> None:
        """Says why it was not saved; what was written stays."""
        self.message.setText(str(error))
        self.message.show()
        self.save.setEnabled(True)

    def values(self) -> Mapping[str, Any]:
        """What is to be written. Raises :class:`UsageError`."""
        raise NotImplementedError

    def _send(self) -> None:
        try:
            values = self.values()
        except UsageError as error:
            self.refuse(error)
        else:
            self.save.setEnabled(False)
            self.sent.emit(values)


class ProjectDialog(FormDialog):
    """A new order of the office's own, or a project that is there. What is the client's is shown and cannot be changed."""

    def __init__(self, form: ProjectForm | None, crews: Sequence[str], zone: tzinfo, parent: QWidget) -> None:
        super().__init__(f"Edit {form.key}" if form else "New project", "Save" if form else "Create", parent)
        self._zone = zone
        self._known: Mapping[str, Any] = form.values if form else {}
        own = form is None or form.own
        self.fields = {name: text_field(words.replace("&", "")) for name, words in PLACE.items()}
        for name, field in self.fields.items():
            field.setText(str(self._known.get(name, "")))
            field.setEnabled(own)
        for name in ("number", "address1", "address2"):
            form_row(self.form, PLACE[name], self.fields[name])
        self.form.addRow(*self._town())
        self.tasks = _text_area("Tasks", "\n".join(self._known.get("tasks", ())), rows=3)
        self.tasks.setPlaceholderText("One task on each line")
        self.tasks.setEnabled(own)
        _area_row(self.form, "Tas&ks", self.tasks)
        self.status = choice_box("Status")
        self.status.addItems(list(ProjectStatus))
        self.status.setCurrentText(str(self._known.get("status", ProjectStatus.UNASSIGNED)))
        self.crew = crew_box(crews)
        self.crew.setCurrentText(crew_words(str(self._known.get("assigned_to", ""))))
        self.due = text_field("Due", "2026-12-31, or nothing")
        self.due.setText(str(self._known.get("due", "")))
        if form is not None:
            form_row(self.form, "&Status", self.status)
        form_row(self.form, "Assigned t&o", self.crew)
        form_row(self.form, "&Due", self.due)
        self.texts = {
            name: _text_area(
                words.replace("&", ""), str(self._known.get(name, "")), rows=4 if name == "instructions" else 1
            )
            for name, words in TEXTS.items()
        }
        for name, area in self.texts.items():
            _area_row(self.form, TEXTS[name], area)
        note = AUTO_ADMIN if form and not form.own and form.auto_admin else OWN_NOTE if own else ""
        if note:
            self.form.addRow("", label(note, "muted", wrap=True))
        self.resize(64 * tokens.UNIT, self.sizeHint().height())
        (self.fields["number"] if own else self.crew).setFocus()

    def _town(self) -> tuple[QLabel, QWidget]:
        """City, state and zip on one line."""
        town = QWidget()
        row = QHBoxLayout(town)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.UNIT)
        for name, share in (("city", 3), ("state", 1), ("zip", 1)):
            self.fields[name].setPlaceholderText(self.fields[name].accessibleName())
            row.addWidget(self.fields[name], share)
        words = QLabel(PLACE["city"])
        words.setBuddy(self.fields["city"])
        words.setMinimumHeight(self.fields["city"].sizeHint().height())
        return words, town

    def values(self) -> Mapping[str, Any]:
        """What differs from what is there."""
        now: dict[str, Any] = {name: field.text().strip() for name, field in self.fields.items()}
        now["tasks"] = [line.strip() for line in self.tasks.toPlainText().splitlines() if line.strip()]
        now["assigned_to"] = crew_value(self.crew.currentText())
        due = self.due.text().strip()
        now["due"] = due if due == self._known.get("due") else day_value(due, self._zone)
        now |= {name: area.toPlainText().strip() for name, area in self.texts.items()}
        if self._known:
            now["status"] = self.status.currentText()
        editable = {
            name: value for name, value in now.items() if self.fields["number"].isEnabled() or name not in OWN_FIELDS
        }
        return {name: value for name, value in editable.items() if value != self._known.get(name, "")}


class BulkDialog(FormDialog):
    """Status, crew and due date of many projects at once; what is left as it is stays."""

    def __init__(self, count: int, crews: Sequence[str], zone: tzinfo, *, imported: bool, parent: QWidget) -> None:
        super().__init__(f"Change {text.counted(count, 'project')}", f"Change {count:,}", parent)
        self._zone = zone
        self.status = choice_box("Status")
        self.status.addItems([KEEP, *ProjectStatus])
        self.crew = crew_box(crews, KEEP)
        self.due = choice_box("Due")
        self.due.setEditable(True)
        today = datetime.now(zone).date()
        self.due.addItems([KEEP, NO_DATE, *((today + timedelta(days=days)).isoformat() for days in (0, 1, 7))])
        form_row(self.form, "&Status", self.status)
        form_row(self.form, "&Assigned to", self.crew)
        form_row(self.form, "&Due", self.due)
        if imported:
            words = "Where Auto Admin is on, the next refresh writes the client's own status and due date over yours."
            self.form.addRow("", label(words, "muted", wrap=True))
        self.resize(52 * tokens.UNIT, self.sizeHint().height())

    def values(self) -> Mapping[str, Any]:
        """What was chosen. Raises :class:`UsageError` when that is nothing."""
        chosen: dict[str, Any] = {}
        if self.status.currentText() != KEEP:
            chosen["status"] = self.status.currentText()
        if self.crew.currentText() != KEEP:
            chosen["assigned_to"] = crew_value(self.crew.currentText())
        if (due := self.due.currentText().strip()) != KEEP:
            chosen["due"] = "" if due == NO_DATE else day_value(due, self._zone)
        if not chosen:
            raise UsageError("Nothing was chosen.", "Choose a status, a crew or a due date.")
        return chosen


def _area_row(form: QFormLayout, words: str, area: QPlainTextEdit) -> None:
    """A field of several lines, its word beside the first of them."""
    name = QLabel(words)
    name.setBuddy(area)
    name.setAlignment(Qt.AlignmentFlag.AlignTop)
    name.setContentsMargins(0, tokens.HALF, 0, 0)
    form.addRow(name, area)


def _text_area(name: str, words: str, *, rows: int) -> QPlainTextEdit:
    area = QPlainTextEdit(words)
    area.setAccessibleName(name)
    area.setTabChangesFocus(True)
    area.setFixedHeight(area.fontMetrics().lineSpacing() * rows + 2 * tokens.UNIT)
    return area
