"""The window in which an integration is made or changed: Validate first, then Save."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.domain.destinations import (
    BOTH,
    CLIENT,
    DOWNLOADER,
    destinations_label,
    destinations_text,
    read_destinations,
)
from pruvan_desk.operations.gateway import push_url
from pruvan_desk.operations.integrations import (
    DEFAULT_INTERVAL,
    LONGEST_INTERVAL,
    PUSH_KEY,
    IntegrationForm,
    ask_refresh,
    resume_integration,
    save_integration,
)
from pruvan_desk.operations.reimport import start_reimport
from pruvan_desk.operations.serving import EVERYBODY
from pruvan_desk.store.database import Database
from pruvan_desk.store.views.integrations import CrewRow, IntegrationRow, crew_rows
from pruvan_desk.ui import tokens
from pruvan_desk.ui.ask import ask
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.integrations.asking import KeptSecrets, ask_server, kept_secrets, tell_push_address
from pruvan_desk.ui.integrations.portal import PortalDialog
from pruvan_desk.ui.integrations.push_key import PushKeyField
from pruvan_desk.ui.integrations.reimport import ask_reimport
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, choice_box, form_row, label, text_field
from pruvan_desk.wire.portal import PortalAccess

QA_NOTE = (
    "On: phones hold photos until the crew marks the project complete, then they are released with no office step. "
    "Off: photos wait here as Pending QA. A change counts for new orders only; projects that exist keep what they have, until "
    "you apply it to them below."
)
KEPT = "unchanged"


class IntegrationDialog(QDialog):
    """``saved`` carries the id when it was saved."""

    saved = Signal(int)

    def __init__(self, desk: Desk, theme: Theme, row: IntegrationRow | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Edit {row.name}" if row else "New integration")
        self._desk, self._theme, self._row = desk, theme, row
        self._good: IntegrationForm | None = None
        self.name = text_field("Name", "FAStrack")
        self.code = text_field("Code", "AFS")
        self.service_url = text_field("Service URL", "https://…")
        self.extension = text_field("Extension", "none")
        self.portal_url = text_field("myFAStrack address", "https://…/orders/{number}")
        self.portal_access = button("Signing in and sites…", theme, hint="How myFAStrack is signed in to")
        self.access = row.access if row else PortalAccess()
        self.username = text_field("User name")
        self.password = _secret("Password", kept=row is not None)
        self.token = _secret("Security token", kept=row is not None)
        self.qa_in_field = QCheckBox("QA in &Field")
        self.released_to = choice_box("Released items go to")
        self.assign_to = choice_box("Default Assign To")
        self.refresh_minutes = QSpinBox(minimum=0, maximum=LONGEST_INTERVAL, suffix=" min")
        self.refresh_minutes.setSpecialValueText("Off")
        self.refresh_minutes.setAccessibleName("Refresh by itself")
        self.push_key = PushKeyField(desk, theme, row.id, row.name) if row else None
        self.anew = button(
            "Apply to existing orders…", theme, hint="Delete all orders, then a Full Refresh, as one step"
        )
        self.auto_admin = QCheckBox("&Auto Admin: imports overwrite status, due date, instructions and tasks")
        self.validate = button("Validate", theme)
        self.full_refresh = button("Full Refresh…", theme, "refresh", hint="Import every open order again")
        self.verdict_sign = QLabel()
        self.verdict = label("", wrap=True)
        self.problem = label("", "bad", wrap=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        self.save = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        self._fill()
        self._put_together()
        self._connect()

    def form(self) -> IntegrationForm:
        """What the fields hold."""
        return IntegrationForm(
            name=self.name.text(),
            code=self.code.text(),
            service_url=self.service_url.text(),
            username=self.username.text(),
            password=self.password.text(),
            token=self.token.text(),
            extension=self.extension.text(),
            qa_in_field=self.qa_in_field.isChecked(),
            released_to=read_destinations(self.released_to.currentData()),
            auto_admin=self.auto_admin.isChecked(),
            assign_to=self.assign_to.currentData(),
            refresh_minutes=self.refresh_minutes.value(),
            portal_url=self.portal_url.text(),
            access=self.access,
        )

    def start_validating(self) -> None:
        """Asks the server; its words appear beside the button."""
        form = self.form()
        try:
            form.check()
        except PruvanDeskError as error:
            self._judge(form, error)
            return
        self.validate.setEnabled(False)
        self._say("clock", "waiting", "Asking the server …")
        secrets, row = self._desk.secrets, self._row

        def ask(kept: KeptSecrets) -> None:
            self._desk.spawn(self._validate(form, kept))

        self._desk.aside(lambda: kept_secrets(secrets, row, form), ask)

    def start_saving(self) -> None:
        """Saves, and lets the integration go on when the server took these credentials."""
        self._write(self._saved)

    def start_reimport(self, *, closed_too: bool) -> None:
        """Saves, and begins to import all orders again."""
        self._write(
            self._saved,
            lambda database, saved_id: start_reimport(database, saved_id, self._desk.who, closed_too=closed_too),
        )

    def _write(
        self, done: Callable[[tuple[Changes, int]], None], then: Callable[[Database, int], Changes] | None = None
    ) -> None:
        form, desk, integration_id = self.form(), self._desk, self._row.id if self._row else None
        validated = self._good == form

        def write(database: Database) -> tuple[Changes, int]:
            changes, saved_id = save_integration(database, desk.secrets, form, desk.who, integration_id)
            if validated:
                changes |= resume_integration(database, saved_id, desk.who)
            if integration_id is None:
                changes |= ask_refresh(database, saved_id, desk.who, full=True)
            if then is not None:
                changes |= then(database, saved_id)
            return changes, saved_id

        self.save.setEnabled(False)
        desk.write(write, done, self._refused)

    async def _validate(self, form: IntegrationForm, kept: KeptSecrets) -> None:
        pushed_to = push_url(self._desk.settings, kept.push_key)
        self._judge(form, await ask_server(form, kept.password, kept.token, pushed_to))

    def _judge(self, form: IntegrationForm, error: PruvanDeskError | None) -> None:
        self._good = None if error else form
        self.validate.setEnabled(True)
        if error is None and self._row is not None and self._row.paused and self._good == self.form():
            self._write(self._resumed)
        elif error is None:
            self._say("check", "sent", "The server accepts these credentials.")
        else:
            self._say("warning", "bad", str(error))

    def _say(self, icon: str, colour: str, words: str) -> None:
        self.verdict_sign.setPixmap(self._theme.pixmap(icon, colour, 20, self.devicePixelRatioF()))
        self.verdict_sign.setAccessibleName({"check": "good", "warning": "bad"}.get(icon, "waiting"))
        self.verdict.setObjectName(colour)
        self.verdict.style().polish(self.verdict)
        self.verdict.setText(words)

    def _edited(self) -> None:
        """What was validated is not what is there now."""
        if self._good is not None:
            self._good = None
            self._say("clock", "waiting", "Changed since: validate again.")

    def _saved(self, result: tuple[Changes, int]) -> None:
        if self._row is None and push_url(self._desk.settings, PUSH_KEY):
            self._tell_push_address(f"integration/{result[1]}/{PUSH_KEY}")
        self.saved.emit(result[1])
        self.accept()

    def _tell_push_address(self, reference: str) -> None:
        desk, form = self._desk, self.form()

        def tell(key: str) -> None:
            desk.spawn(tell_push_address(form, push_url(desk.settings, key)))

        desk.aside(lambda: desk.secrets.get(reference) or "", tell)

    def _resumed(self, result: tuple[Changes, int]) -> None:
        """A good Validate is what a paused integration waits for: it goes on, with what was entered."""
        self.save.setEnabled(True)
        self._say("check", "sent", "The server accepts these credentials. They are saved; refresh and relay go on.")
        self.saved.emit(result[1])

    def _refused(self, error: PruvanDeskError) -> None:
        self.save.setEnabled(True)
        self.problem.setText(str(error))
        self.problem.show()

    def _edit_access(self) -> None:
        dialog = PortalDialog(self.access, self)
        dialog.taken.connect(self._take_access)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _take_access(self, access: PortalAccess) -> None:
        self.access = access

    def _ask_full_refresh(self) -> None:
        row, desk = self._row, self._desk
        if row is None:
            return
        ask(
            self,
            f"Import every open order of {row.name} again?",
            "Orders that are not in the client's list any more close. What was decided about photos stays.",
            "Full Refresh",
            lambda: desk.write(lambda database: ask_refresh(database, row.id, desk.who, full=True)),
        )

    def _show_crews(self, crews: list[CrewRow]) -> None:
        """Everybody, or one of them; whoever it is now, though no such crew be there."""
        chosen = self.assign_to.currentData()
        for crew in crews:
            if self.assign_to.findData(crew.username) < 0:
                self.assign_to.addItem(f"{crew.name} ({crew.username})", crew.username)
            else:
                self.assign_to.setItemText(self.assign_to.findData(crew.username), f"{crew.name} ({crew.username})")
        self.assign_to.setCurrentIndex(self.assign_to.findData(chosen))

    def _ask_reimport(self) -> None:
        if self._row is not None:
            ask_reimport(self, self._row.name, lambda closed_too: self.start_reimport(closed_too=closed_too))

    def _fill(self) -> None:
        row = self._row
        self.assign_to.addItem("Everybody", EVERYBODY)
        if row is not None and row.assign_to != EVERYBODY:
            self.assign_to.addItem(row.assign_to or "Nobody", row.assign_to)
            self.assign_to.setCurrentIndex(1)
        for choice in (CLIENT, DOWNLOADER, BOTH):
            self.released_to.addItem(destinations_label(choice), destinations_text(choice))
        self.released_to.setCurrentIndex(max(0, self.released_to.findData(row.released_to if row else "")))
        self.refresh_minutes.setValue(row.refresh_minutes if row else DEFAULT_INTERVAL)
        self.anew.setVisible(row is not None)
        self.anew.setEnabled(row is not None and row.reimport is None)
        self._desk.read(crew_rows, self._show_crews)
        self.qa_in_field.setChecked(row.qa_in_field if row else True)
        self.auto_admin.setChecked(row.auto_admin if row else True)
        self.full_refresh.setVisible(row is not None)
        if row is not None:
            for name in ("name", "code", "service_url", "extension", "portal_url", "username"):
                field: QLineEdit = getattr(self, name)
                field.setText(getattr(row, name))

    def _put_together(self) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(tokens.UNIT)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows = (
            ("&Name", self.name), ("&Code", self.code), ("Service &URL", self.service_url),
            ("E&xtension", self.extension), ("User na&me", self.username), ("&Password", self.password),
            ("Security &token", self.token), ("myFAStrac&k address", self.portal_url),
            ("&Default Assign To", self.assign_to), ("&Refresh by itself", self.refresh_minutes),
        )  # fmt: skip
        for words, field in rows:
            form_row(form, words, field)
        form.addRow("", _line(self.portal_access, None))
        form.addRow("", _line(self.validate, self.verdict_sign, self.verdict))
        if self.push_key is not None:
            form.addRow(label("Push key"), self.push_key)
        self.problem.hide()
        note = label(QA_NOTE, "muted", wrap=True)
        note.setContentsMargins(3 * tokens.UNIT, 0, 0, 0)
        box = QVBoxLayout(self)
        box.setContentsMargins(*(4 * [2 * tokens.UNIT]))
        box.setSpacing(tokens.UNIT)
        box.addLayout(form)
        released = label("Released &items go to")
        released.setBuddy(self.released_to)
        released.setContentsMargins(3 * tokens.UNIT, 0, 0, 0)
        box.addWidget(self.qa_in_field)
        box.addWidget(note)
        box.addLayout(_line(released, self.released_to, None))
        box.addWidget(self.auto_admin)
        box.addLayout(_line(self.anew, self.full_refresh, None))
        box.addStretch(1)
        box.addWidget(self.problem)
        box.addWidget(self.buttons)
        self.resize(80 * tokens.UNIT, 92 * tokens.UNIT)

    def _connect(self) -> None:
        self.validate.setAutoDefault(False)
        for each in (self.full_refresh, self.anew):
            each.setAutoDefault(False)
        self.anew.clicked.connect(self._ask_reimport)
        self.portal_access.setAutoDefault(False)
        self.portal_access.clicked.connect(self._edit_access)
        self.validate.clicked.connect(self.start_validating)
        self.full_refresh.clicked.connect(self._ask_full_refresh)
        self.buttons.accepted.connect(self.start_saving)
        self.buttons.rejected.connect(self.reject)
        for field in (self.service_url, self.extension, self.username, self.password, self.token):
            field.textEdited.connect(lambda _words: self._edited())


def _line(*parts: QWidget | None) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(tokens.UNIT)
    for part in parts:
        if part is None:
            row.addStretch(1)
        else:
            row.addWidget(part, 1 if isinstance(part, QLabel) and part.wordWrap() else 0)
    return row


def _secret(name: str, *, kept: bool) -> QLineEdit:
    field = text_field(name, KEPT if kept else "")
    field.setEchoMode(QLineEdit.EchoMode.Password)
    return field
