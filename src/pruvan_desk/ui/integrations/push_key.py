"""The push key of an integration: a secret address, hidden until it is asked for."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pruvan_desk.core.changes import Changes
from pruvan_desk.operations.gateway import push_url
from pruvan_desk.operations.integrations import PUSH_KEY, renew_push_key
from pruvan_desk.ui import tokens
from pruvan_desk.ui.ask import ask
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, label, text_field

REACHED = "Opened, it starts a refresh; orders can be sent to it. Validate tells the client."
UNREACHED = "The key alone: the client cannot reach this desk. See Field gateway."


class PushKeyField(QWidget):
    """Show, copy, renew."""

    renewed = Signal()

    def __init__(self, desk: Desk, theme: Theme, integration_id: int, name: str) -> None:
        super().__init__()
        self._desk, self._theme, self._name = desk, theme, name
        self._integration_id = integration_id
        self.address = text_field("Push key")
        self.address.setReadOnly(True)
        self.address.setEchoMode(QLineEdit.EchoMode.Password)
        self.show_it = button("Show", theme, hint="Show the push key on the screen")
        self.show_it.setCheckable(True)
        self.copy = button("Copy", theme, "copy", hint="Copy the push key")
        self.renew = button("Renew…", theme, "key", hint="Make another push key")
        self.note = label("", "muted")
        row = QHBoxLayout()
        row.setSpacing(tokens.UNIT)
        row.addWidget(self.address, 1)
        for each in (self.show_it, self.copy, self.renew):
            each.setAutoDefault(False)
            row.addWidget(each)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(tokens.HALF)
        box.addLayout(row)
        box.addWidget(self.note)
        self.show_it.toggled.connect(self._show)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.address.text()))
        self.renew.clicked.connect(self._ask_renew)
        self._read()

    def _read(self) -> None:
        secrets, reference = self._desk.secrets, f"integration/{self._integration_id}/{PUSH_KEY}"
        self._desk.aside(lambda: secrets.get(reference) or "", self._take)

    def _take(self, key: str) -> None:
        url = push_url(self._desk.settings, key)
        self.address.setText(url or key)
        self.address.setPlaceholderText("" if key else "none yet: Renew makes one")
        self.copy.setEnabled(bool(key))
        self.show_it.setEnabled(bool(key))
        self.note.setText(REACHED if url else UNREACHED)

    def _show(self, shown: bool) -> None:
        self.address.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self.show_it.setText("Hide" if shown else "Show")
        self.show_it.setAccessibleName(self.show_it.text())

    def _ask_renew(self) -> None:
        ask(
            self,
            f"Make another push key for {self._name}?",
            "The old address is worth nothing from then on: the client's system must be told the new one.",
            "Renew",
            self._renew,
        )

    def _renew(self) -> None:
        desk, integration_id = self._desk, self._integration_id
        desk.write(lambda database: renew_push_key(database, desk.secrets, integration_id, desk.who), self._renewed)

    def _renewed(self, result: tuple[Changes, str]) -> None:
        self._take(result[1])
        self.renewed.emit()
