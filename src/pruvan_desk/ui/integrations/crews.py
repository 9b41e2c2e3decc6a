"""Crews: who they are, and their tokens, which are shown once."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.operations.integrations import add_crew, change_crew, renew_token, revoke_token
from pruvan_desk.store.views.integrations import CrewRow, crew_rows
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.ask import ask
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.integrations.gateway import GatewayDialog
from pruvan_desk.ui.integrations.setup import SetupDialog
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
            Column[CrewRow]("State", crew_words, 88),
            Column[CrewRow]("Last seen", lambda row: text.when(row.last_seen_at, desk.settings.zone) or "never", 136),
        )
        self.model = RecordTable(columns, self)
        self.table = record_view(self.model, "Crews", self)
        self.add = button("Add crew…", theme, "plus")
        self.renew = button("Renew token…", theme, "key")
        self.edit = button("Edit crew…", theme, "edit", hint="Rename the crew, or say whether it works here")
        self.revoke = button("Revoke…", theme, "lock", hint="Make the crew's token worth nothing: for a lost phone")
        self.set_up = button("Set up…", theme, "check-in", hint="What to enter on its phone or in Pruvan Online")
        self.change_gateway = button("Field gateway…", theme, "integrations", hint="Who reaches this desk")
        self._url = ""
        self.gateway = label("", "muted", wrap=True, selectable=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(bar(label("Crews", "heading"), None, self.add))
        box.addWidget(bar(self.set_up, self.edit, self.renew, self.revoke, None, tight=True))
        box.addWidget(self.table, 1)
        self.gateway.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        box.addWidget(bar(self.gateway, self.change_gateway, name="hints"))
        self.add.clicked.connect(self._ask_new)
        self.renew.clicked.connect(self._ask_renew)
        self.edit.clicked.connect(self._edit)
        self.revoke.clicked.connect(self._ask_revoke)
        self.set_up.clicked.connect(self._set_up)
        self.change_gateway.clicked.connect(lambda: GatewayDialog(desk, theme, self).open())
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._enable())
        self.table.activated.connect(lambda _index: self._edit())
        self._enable()

    def read(self) -> None:
        """Reads the crews again; only what differs is drawn."""
        self._desk.read(crew_rows, self._show, self._latest)

    def _show(self, rows: list[CrewRow]) -> None:
        self.model.take(rows)
        self._enable()

    def _enable(self) -> None:
        row = selected_record(self.table)
        for part in (self.edit, self.renew, self.set_up):
            part.setEnabled(isinstance(row, CrewRow))
        self.revoke.setEnabled(isinstance(row, CrewRow) and row.has_token)

    def show_gateway(self, url: str) -> None:
        """The address that phones are given."""
        self._url = url
        words = f"Field gateway for phones: {url}" if url else "The field gateway does not listen."
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

    def _edit(self) -> None:
        row = selected_record(self.table)
        if isinstance(row, CrewRow):
            dialog = CrewDialog(self, row)
            dialog.accepted.connect(lambda: self._change(row.id, dialog.name.text(), active=dialog.active.isChecked()))
            dialog.open()

    def _change(self, crew_id: int, name: str, *, active: bool) -> None:
        who = self._desk.who
        self._desk.write(
            lambda database: change_crew(database, crew_id, who, name=name, active=active), None, self._say
        )

    def _ask_revoke(self) -> None:
        row, who = selected_record(self.table), self._desk.who
        if isinstance(row, CrewRow):
            ask(
                self,
                f"Revoke the token of {row.name}?",
                "Its phone reaches nothing here from then on. What it has sent stays; Renew token gives it another.",
                "Revoke",
                lambda: self._desk.write(lambda database: revoke_token(database, row.id, who), None, self._say),
            )

    def _set_up(self) -> None:
        row = selected_record(self.table)
        if isinstance(row, CrewRow):
            SetupDialog(self._desk, self._theme, row, self._url, self).open()

    def _say(self, error: PruvanDeskError) -> None:
        self.refused.emit(error.title, error.advice)


def crew_words(row: CrewRow) -> str:
    """``Active``, or why nothing of it is taken."""
    if not row.active:
        return "Off"
    return "Active" if row.has_token else "No token"


class CrewDialog(QDialog):
    """Asks for the name and user name of a new crew; of one that is there, for its name and whether it works here."""

    def __init__(self, parent: QWidget, row: CrewRow | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Edit {row.name}" if row else "Add crew")
        self.name = text_field("Name", "Crew 7")
        self.username = text_field("User name", "crew7")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.active = QCheckBox("&Active: it is given its orders, and what it sends is taken")
        self.active.setChecked(row.active if row else True)
        self.add = buttons.addButton("Save" if row else "Add", QDialogButtonBox.ButtonRole.AcceptRole)
        self.add.setDefault(True)
        self.add.setEnabled(False)
        form = QFormLayout(self)
        form_row(form, "&Name", self.name)
        form_row(form, "&User name", self.username)
        if row is not None:
            form.addRow("", self.active)
            self.name.setText(row.name)
            self.username.setText(row.username)
            self.username.setReadOnly(True)
            self.add.setEnabled(True)
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
