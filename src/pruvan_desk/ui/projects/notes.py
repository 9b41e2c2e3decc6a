"""The notes of a project: who noted what, when, and a field for the next one."""

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from pruvan_desk.store.views.project_details import NoteRow
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, label, text_field


class NotesSection(QWidget):
    """Lives on while the details around it are made anew: what somebody is writing is not lost."""

    added = Signal(int, str)
    """Project and text of a new note."""
    removed = Signal(int)
    """The id of a note to take back."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._project_id = 0
        self._drafts: dict[int, str] = {}
        self.field = text_field("New note", "A call, an agreement …")
        self.add = button("Add", theme, hint="Add the note (Enter)")
        self.add.setEnabled(False)
        self._list = QWidget()
        line = QHBoxLayout()
        line.setSpacing(tokens.UNIT)
        line.addWidget(self.field, 1)
        line.addWidget(self.add)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(tokens.HALF)
        box.addWidget(label("Notes", "heading"))
        box.addLayout(line)
        box.addWidget(self._list)
        self._box = box
        self.field.textChanged.connect(self._keep_draft)
        self.field.returnPressed.connect(self._send)
        self.add.clicked.connect(self._send)

    def show_notes(self, project_id: int, notes: Sequence[NoteRow], zone: tzinfo) -> None:
        """Shows the notes of a project, with what was being written about it."""
        if project_id != self._project_id:
            self._project_id = project_id
            self.field.setText(self._drafts.get(project_id, ""))
        self._box.removeWidget(self._list)
        self._list.hide()
        self._list.deleteLater()
        self._list = self._made(notes, zone)
        self._box.addWidget(self._list)

    def _made(self, notes: Sequence[NoteRow], zone: tzinfo) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(tokens.UNIT)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        for place, note in enumerate(notes):
            take_back = button("", self._theme, "cross", "link", "Take this note back")
            take_back.clicked.connect(lambda _checked=False, note=note: self.removed.emit(note.id))
            grid.addWidget(label(f"{text.when(note.at, zone)} · {note.who}", "muted"), 2 * place, 0)
            grid.addWidget(take_back, 2 * place, 1)
            grid.addWidget(label(note.text, wrap=True, selectable=True), 2 * place + 1, 0, 1, 2)
        return made

    def _keep_draft(self, words: str) -> None:
        self._drafts[self._project_id] = words
        self.add.setEnabled(bool(words.strip()))

    def _send(self) -> None:
        words = self.field.text().strip()
        if words:
            self.added.emit(self._project_id, words)
            self.field.clear()
