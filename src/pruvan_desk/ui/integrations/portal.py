"""How an integration signs in to its portal, and which other sites belong to that: a window of its own."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QPlainTextEdit, QVBoxLayout, QWidget

from pruvan_desk.core.errors import UsageError
from pruvan_desk.ui import tokens
from pruvan_desk.ui.widgets import choice_box, form_row, label, text_field
from pruvan_desk.wire.portal import PortalAccess, SignIn

WAYS = (
    (SignIn.NONE, "By hand: the login form waits for somebody"),
    (SignIn.FORM, "By its login form, filled in with this integration's user name and password"),
    (SignIn.HEADER, "By a header that goes along with its pages"),
)
NOTE = (
    "User name and password are filled into the page of exactly this address, and into no other. A header goes with the pages of "
    "this site alone. Nothing of a visit is kept on disk."
)
SITES_NOTE = (
    "One a line, such as https://files.example.com. Pages stay at the portal's site; what leads elsewhere asks first."
)
LINES = 3


class PortalDialog(QDialog):
    """``taken`` carries the :class:`PortalAccess` when it was confirmed."""

    taken = Signal(object)

    def __init__(self, access: PortalAccess, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("myFAStrack: signing in and sites")
        self.way = choice_box("Sign in")
        for way, words in WAYS:
            self.way.addItem(words, way.value)
        self.login_url = text_field("Login address", "https://…/login")
        self.username_field = text_field("Field of the user name", "its name, or a CSS selector")
        self.password_field = text_field("Field of the password", "its name, or a CSS selector")
        self.header = text_field("Header", "Authorization: Basic {basic}")
        self.origins = _lines("Further sites of the portal")
        self.subresources = _lines("Sites that parts are loaded from")
        self.problem = label("", "bad", wrap=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._put_together()
        self._fill(access)
        self.way.currentIndexChanged.connect(lambda _place: self._show_fields())
        self.buttons.accepted.connect(self._confirm)
        self.buttons.rejected.connect(self.reject)
        self._show_fields()

    def access(self) -> PortalAccess:
        """What the fields hold."""
        return PortalAccess(
            sign_in=self.way.currentData(),
            login_url=self.login_url.text().strip(),
            username_field=self.username_field.text().strip(),
            password_field=self.password_field.text().strip(),
            header=self.header.text().strip(),
            origins=self.origins.toPlainText().strip(),
            subresources=self.subresources.toPlainText().strip(),
        )

    def _confirm(self) -> None:
        access = self.access()
        try:
            access.check()
        except UsageError as error:
            self.problem.setText(str(error))
            self.problem.show()
            return
        self.taken.emit(access)
        self.accept()

    def _fill(self, access: PortalAccess) -> None:
        self.way.setCurrentIndex(max(self.way.findData(access.sign_in), 0))
        self.login_url.setText(access.login_url)
        self.username_field.setText(access.username_field)
        self.password_field.setText(access.password_field)
        self.header.setText(access.header)
        self.origins.setPlainText(access.origins)
        self.subresources.setPlainText(access.subresources)

    def _show_fields(self) -> None:
        way = self.way.currentData()
        self._form.setRowVisible(self.login_url, way != SignIn.NONE)
        for field in (self.username_field, self.password_field):
            self._form.setRowVisible(field, way == SignIn.FORM)
        self._form.setRowVisible(self.header, way == SignIn.HEADER)

    def _put_together(self) -> None:
        self._form = form = QFormLayout()
        form.setVerticalSpacing(tokens.UNIT)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("&Sign in", self.way), ("&Login address", self.login_url), ("Field of the &user name", self.username_field),
            ("Field of the &password", self.password_field), ("&Header", self.header), ("&Further sites", self.origins),
            ("P&arts from", self.subresources),
        )  # fmt: skip
        for words, field in rows:
            form_row(form, words, field)
        self.problem.hide()
        box = QVBoxLayout(self)
        box.setContentsMargins(*(4 * [2 * tokens.UNIT]))
        box.setSpacing(tokens.UNIT)
        box.addWidget(label(NOTE, "muted", wrap=True))
        box.addLayout(form)
        box.addWidget(label(SITES_NOTE, "muted", wrap=True))
        box.addStretch(1)
        box.addWidget(self.problem)
        box.addWidget(self.buttons)
        self.resize(78 * tokens.UNIT, 52 * tokens.UNIT)


def _lines(name: str) -> QPlainTextEdit:
    made = QPlainTextEdit(tabChangesFocus=True)
    made.setAccessibleName(name)
    made.setPlaceholderText("none")
    made.setFixedHeight(made.fontMetrics().lineSpacing() * LINES + 2 * tokens.UNIT)
    return made
