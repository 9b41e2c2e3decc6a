"""One page that sets up a phone or a Pruvan Online account: what to enter where, for the crew that is chosen."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from pruvan_desk.core.changes import Changes
from pruvan_desk.operations.gateway import GatewayForm, GatewayMode
from pruvan_desk.operations.integrations import renew_token
from pruvan_desk.store.views.integrations import CrewRow
from pruvan_desk.ui import tokens
from pruvan_desk.ui.ask import ask
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, label, text_field

PHONE = (
    "On a phone: in the account settings of its app, enter the address above as that of the server, with user name and token; leave "
    "an extension empty. The crew's open orders, and those for everybody, appear at its next refresh."
)
ONLINE = (
    "In a Pruvan Online account: make an integration, enter the address above as its web service URL, with user name and token; leave "
    "the extension empty; the password is not looked at. Validate turns green, Refresh brings the orders."
)


class SetupDialog(QDialog):
    """Address, user name and token of a crew, each with a button that copies it."""

    def __init__(self, desk: Desk, theme: Theme, crew: CrewRow, gateway_url: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Set up {crew.name}")
        self._desk, self._theme, self._crew = desk, theme, crew
        self.address = _shown("Address", gateway_url)
        self.username = _shown("User name", crew.username)
        self.token = _shown("Token", "")
        self.token.setPlaceholderText("shown once, when it is made")
        self.make_token = button("New token…", theme, "key", hint="Make a token: the one in use is worth nothing then")
        self.reach = label(_reach_words(GatewayForm.of(desk.settings).mode, gateway_url), "muted", wrap=True)
        form = QFormLayout()
        form.setVerticalSpacing(tokens.UNIT)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(label("Address"), self._copied(self.address))
        form.addRow(label("User name"), self._copied(self.username))
        form.addRow(label("Token"), self._copied(self.token, self.make_token))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box = QVBoxLayout(self)
        box.setContentsMargins(*(4 * [2 * tokens.UNIT]))
        box.setSpacing(2 * tokens.UNIT)
        box.addLayout(form)
        box.addWidget(self.reach)
        for words in (PHONE, ONLINE):
            box.addWidget(label(words, wrap=True))
        box.addStretch(1)
        box.addWidget(buttons)
        self.make_token.clicked.connect(self._ask_token)
        buttons.rejected.connect(self.reject)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(76 * tokens.UNIT, 50 * tokens.UNIT)

    def _copied(self, field: QLineEdit, *more: QWidget) -> QHBoxLayout:
        copy = button("Copy", self._theme, "copy", hint=f"Copy: {field.accessibleName()}")
        copy.setAutoDefault(False)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(field.text()))
        row = QHBoxLayout()
        row.setSpacing(tokens.UNIT)
        row.addWidget(field, 1)
        for part in (*more, copy):
            row.addWidget(part)
        return row

    def _ask_token(self) -> None:
        ask(
            self,
            f"Give {self._crew.name} a new token?",
            "The one in use is worth nothing from then on.",
            "New token",
            self._renew,
        )

    def _renew(self) -> None:
        crew_id, who = self._crew.id, self._desk.who
        self._desk.write(lambda database: renew_token(database, crew_id, who), self._show_token)

    def _show_token(self, result: tuple[Changes, str]) -> None:
        self.token.setText(result[1])
        self.token.selectAll()


def _shown(name: str, words: str) -> QLineEdit:
    field = text_field(name)
    field.setText(words)
    field.setReadOnly(True)
    return field


def _reach_words(mode: GatewayMode, url: str) -> str:
    if not url:
        return "The field gateway does not listen now: see Field gateway."
    if mode is GatewayMode.MACHINE:
        return "This address works on this computer only. For phones, give the field gateway a certificate or an external address."
    return ""
