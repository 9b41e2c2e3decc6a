"""Crews: who they are, and their tokens, which are shown once."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.operations.integrations import add_crew, renew_token
from pruvan_desk.store.views.integrations import CrewRow, crew_rows
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.ask import ask
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.tables import Column, RecordTable, record_view, selected_record
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import bar, button, form_row, label, text_field


class CrewsPanel(QWidget):
    """The list of crews, and what can be done with them."""

    refused = Signal(str, str)

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__()
        self._desk, self._theme = desk, theme
        self._latest = Latest()
        columns = (
            Column[CrewRow]("Name", lambda row: row.name, 0),
            Column[CrewRow]("User name", lambda row: row.username, 120),
            Column[CrewRow]("Active", lambda row: "Yes" if row.active else "No", 60),
            Column[CrewRow]("Last seen", lambda row: text.when(row.last_seen_at, desk.settings.zone) or "never", 136),
        )
        self.model = RecordTable(columns, self)
        self.table = record_view(self.model, "Crews", self)
        self.add = button("Add crew…", theme, "plus")
        self.renew = button("Renew token…", theme, "key")
        self.renew.setEnabled(False)
        self.gateway = label("", "muted", wrap=True, selectable=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(bar(label("Crews", "heading"), None, self.renew, self.add))
        box.addWidget(self.table, 1)
        box.addWidget(bar(self.gateway, name="hints"))
        self.add.clicked.connect(self._ask_new)
        self.renew.clicked.connect(self._ask_renew)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self.renew.setEnabled(True))

    def read(self) -> None:
        """Reads the crews again; only what differs is drawn."""
        self._desk.read(crew_rows, self.model.take, self._latest)

    def show_gateway(self, url: str) -> None:
        """The address that phones are given."""
        words = f"Field gateway for phones: {url}" if url else "The field gateway is not running."
        self.gateway.setText(words)

    def _ask_new(self) -> None:
        dialog = CrewDialog(self)
        dialog.accepted.connect(lambda: self._add(dialog.name.text(), dialog.username.text()))
        dialog.open()

    def _add(self, name: str, username: str) -> None:
        who = self._desk.who
        self._desk.write(
            lambda database: add_crew(database, name, username, who),
            lambda result: self._show_token(name, result),
            self._say,
        )

    def _ask_renew(self) -> None:
        row = selected_record(self.table)
        if isinstance(row, CrewRow):
            ask(
                self,
                f"Give {row.name} a new token?",
                "The one on its phone is worth nothing from then on.",
                "Renew",
                lambda: self._renew(row),
            )

    def _renew(self, row: CrewRow) -> None:
        who = self._desk.who
        self._desk.write(
            lambda database: renew_token(database, row.id, who),
            lambda result: self._show_token(row.name, result),
            self._say,
        )

    def _show_token(self, name: str, result: tuple[Changes, str]) -> None:
        TokenDialog(name, result[1], self._theme, self).open()

    def _say(self, error: PruvanDeskError) -> None:
        self.refused.emit(error.title, error.advice)


class CrewDialog(QDialog):
    """Asks for the name and user name of a new crew."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Add crew")
        self.name = text_field("Name", "Crew 7")
        self.username = text_field("User name", "crew7")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.add = buttons.addButton("Add", QDialogButtonBox.ButtonRole.AcceptRole)
        self.add.setDefault(True)
        self.add.setEnabled(False)
        form = QFormLayout(self)
        form_row(form, "&Name", self.name)
        form_row(form, "&User name", self.username)
        form.addRow(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for field in (self.name, self.username):
            field.textChanged.connect(self._judge)
        self.resize(44 * tokens.UNIT, 0)

    def _judge(self) -> None:
        self.add.setEnabled(bool(self.name.text().strip() and self.username.text().strip()))


class TokenDialog(QDialog):
    """A new token, shown this once, with a button to copy it."""

    def __init__(self, name: str, token: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Token of {name}")
        self.token = text_field("Token")
        self.token.setText(token)
        self.token.setReadOnly(True)
        self.copy = button("Copy", theme, "copy")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        row = QHBoxLayout()
        row.addWidget(self.token, 1)
        row.addWidget(self.copy)
        box = QVBoxLayout(self)
        box.setSpacing(2 * tokens.UNIT)
        words = f"Enter this on the phone of {name}. It is shown this once: Desk keeps only its fingerprint."
        box.addWidget(label(words, wrap=True))
        box.addLayout(row)
        box.addWidget(buttons)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(token))
        buttons.rejected.connect(self.reject)
        self.resize(60 * tokens.UNIT, 0)
