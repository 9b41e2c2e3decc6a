"""The gallery's small windows: why rejected, and where to move to."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from pruvan_desk.domain.statuses import EVIDENCE_TYPES, evidence_label
from pruvan_desk.store.views.items import ItemRow, Scope, find_projects, task_names
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.actions import key_words
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.widgets import choice_box, choice_list, form_row, label, text_field

KEEP = "(as it is)"
TYPING = 150
"""Milliseconds after a key before projects are searched."""


class RejectDialog(QDialog):
    """Asks for a reason: from the list, or in other words, which the list then keeps.
    The key that asked, again, takes the one that is chosen.

    ``reason``, ``reasons_kept`` and ``retake`` hold the answer when it was accepted.
    """

    def __init__(
        self, count: int, reasons: Sequence[str], last: str, parent: QWidget, *, can_retake: bool,
        again: Sequence[QKeySequence],
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Reject")
        self._again_keys = again
        self.reasons = choice_list("Reasons")
        for reason in dict.fromkeys([*reasons, *([last] if last else [])]):
            item = QListWidgetItem(reason, self.reasons)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        self.words = text_field("Reason", "or in your own words")
        self.again = QCheckBox("Ask the crew to take it again" if count == 1 else "Ask the crew to take them again")
        self.again.setToolTip(
            "The project goes to Rework; the crew reads task, evidence type and reason in its instructions."
        )
        self.again.setEnabled(can_retake)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._accept = buttons.addButton("Reject", QDialogButtonBox.ButtonRole.AcceptRole)
        self._accept.setDefault(True)
        box = QVBoxLayout(self)
        box.addWidget(label(f"Why are {count:,} items rejected?" if count > 1 else "Why is this item rejected?"))
        key = key_words(each.toString() for each in again).partition("  ")[0]
        same = f"{key} again: the same reason. " if key else ""
        hint = label(f"{same}F2 changes a reason of the list, Del removes it.", "muted", wrap=True)
        for part in (self.reasons, self.words, self.again, hint, buttons):
            box.addWidget(part)
        self.reasons.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.reasons.currentTextChanged.connect(self.words.setText)
        self.reasons.itemChanged.connect(lambda item: self.words.setText(item.text()))
        self.reasons.itemDoubleClicked.connect(self.accept)
        self.reasons.installEventFilter(self)
        self.words.textChanged.connect(lambda words: self._accept.setEnabled(bool(words.strip())))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        found = self.reasons.findItems(last, Qt.MatchFlag.MatchExactly)
        self.reasons.setCurrentRow(self.reasons.row(found[0]) if found else 0)
        self.reasons.setFocus()
        self.resize(48 * tokens.UNIT, 48 * tokens.UNIT)

    @property
    def reason(self) -> str:
        """What was chosen or written."""
        return self.words.text().strip()

    @property
    def retake(self) -> bool:
        """Whether the crew is asked again."""
        return self.again.isChecked()

    @property
    def reasons_kept(self) -> list[str]:
        """The list as it is now, with what was written in own words."""
        listed = [self.reasons.item(row).text().strip() for row in range(self.reasons.count())]
        return [reason for reason in dict.fromkeys([*listed, self.reason]) if reason]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the list: the key that asked rejects, Del removes a reason."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if QKeySequence(event.keyCombination()) in self._again_keys and self.reason:
                self.accept()
                return True
            if event.key() == Qt.Key.Key_Delete and not event.modifiers() and self.reasons.count() > 1:
                self.reasons.takeItem(self.reasons.currentRow())
                return True
        return super().eventFilter(watched, event)


class NoteDialog(QDialog):
    """Asks for the note on one or several items. ``notes`` holds it when it was accepted."""

    def __init__(self, rows: Sequence[ItemRow], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Note")
        self.field = QPlainTextEdit()
        self.field.setAccessibleName("Note")
        self.field.setTabChangesFocus(True)
        self.field.setPlainText(rows[0].notes if len({row.notes for row in rows}) == 1 else "")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel | QDialogButtonBox.StandardButton.Save)
        box = QVBoxLayout(self)
        on = rows[0].file_name if len(rows) == 1 else text.counted(len(rows), "item")
        box.addWidget(label(f"Note on {on}"))
        box.addWidget(self.field)
        box.addWidget(label("Ctrl+Enter saves.", "muted"))
        box.addWidget(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.accept)
        self.resize(56 * tokens.UNIT, 28 * tokens.UNIT)

    @property
    def notes(self) -> str:
        """What was written."""
        return self.field.toPlainText().strip()


class MoveDialog(QDialog):
    """Asks for project, task and evidence type. ``moved`` carries what is to change, ``None`` for what is kept."""

    moved = Signal(object, object, object)

    def __init__(self, desk: Desk, rows: Sequence[ItemRow], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Move {text.counted(len(rows), 'item')}")
        self._desk, self._rows = desk, rows
        self._finding, self._tasks_of = Latest(), Latest()
        projects = {row.project_id for row in rows}
        self._now = next(iter(projects)) if len(projects) == 1 else None
        self.search = text_field("Project", "Number or address", clear=True)
        self.projects = choice_list("Projects found")
        self.task = choice_box("Task")
        self.evidence_type = choice_box("Evidence type")
        self._fill_evidence_types()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._accept = buttons.addButton("Move", QDialogButtonBox.ButtonRole.AcceptRole)
        self._accept.setDefault(True)
        form = QFormLayout()
        form_row(form, "&Project", self.search)
        form.addRow("", self.projects)
        form_row(form, "&Task", self.task)
        form_row(form, "&Evidence type", self.evidence_type)
        box = QVBoxLayout(self)
        box.addLayout(form)
        box.addWidget(buttons)
        self._timer = QTimer(self, singleShot=True, interval=TYPING)
        self._timer.timeout.connect(self._find)
        self.search.textEdited.connect(lambda _words: self._timer.start())
        self.search.installEventFilter(self)
        self.projects.currentItemChanged.connect(lambda *_: self._project_chosen())
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(self._send)
        self.resize(64 * tokens.UNIT, 48 * tokens.UNIT)
        self._start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down in the search field move in the list of projects."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step:
                place = self.projects.currentRow() + step
                self.projects.setCurrentRow(max(0, min(place, self.projects.count() - 1)))
                return True
        return super().eventFilter(watched, event)

    def _start(self) -> None:
        first = self._rows[0]
        self.search.setText(first.project if self._now else first.wanted_project)
        self.search.selectAll()  # what is typed now is another project
        self._accept.setEnabled(self._now is not None)
        self._find()

    def _fill_evidence_types(self) -> None:
        kinds = {row.evidence_type for row in self._rows}
        self.evidence_type.addItem(KEEP if len(kinds) > 1 else f"{evidence_label(next(iter(kinds)))} {KEEP}", None)
        for kind in EVIDENCE_TYPES:
            self.evidence_type.addItem(evidence_label(kind), kind)

    def _find(self) -> None:
        words = self.search.text()
        self._desk.read(lambda session: find_projects(session, words), self._show_projects, self._finding)

    def _show_projects(self, found: list[Scope]) -> None:
        self.projects.clear()
        for scope in found:
            item = QListWidgetItem(scope.title)
            item.setData(Qt.ItemDataRole.UserRole, scope.project_id)
            self.projects.addItem(item)
            if scope.project_id == self._now:
                self.projects.setCurrentItem(item)
        if self.projects.currentRow() < 0 and len(found) == 1:
            self.projects.setCurrentRow(0)
        self._project_chosen()

    def _chosen_project(self) -> int | None:
        chosen = self.projects.currentIndex().data(Qt.ItemDataRole.UserRole)
        return chosen if isinstance(chosen, int) else None

    def _project_chosen(self) -> None:
        project_id = self._chosen_project()
        self._accept.setEnabled(project_id is not None)
        self.task.clear()
        if project_id is not None:
            self._desk.read(lambda session: task_names(session, project_id), self._show_tasks, self._tasks_of)

    def _show_tasks(self, names: list[str]) -> None:
        kept = {row.task for row in self._rows}
        only = next(iter(kept)) if len(kept) == 1 else None
        self.task.clear()
        self.task.addItem(KEEP if only is None else f"{only or 'No task'} {KEEP}", None)
        for name in names:
            self.task.addItem(name, name)
        if only in names:
            self.task.setCurrentIndex(1 + names.index(only))

    def _send(self) -> None:
        chosen = self._chosen_project()
        project_id = None if chosen == self._now else chosen
        task, evidence_type = self.task.currentData(), self.evidence_type.currentData()
        if all(row.task == task for row in self._rows):
            task = None
        if all(row.evidence_type == evidence_type for row in self._rows):
            evidence_type = None
        if (project_id, task, evidence_type) != (None, None, None):
            self.moved.emit(project_id, task, evidence_type)
