"""Where the field gateway listens: off, this machine, the local network, or behind an external address."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.operations.gateway import GatewayForm, GatewayMode, save_gateway
from pruvan_desk.ui import tokens
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, form_row, label, text_field

EXPLAINED = {
    GatewayMode.OFF: "Nothing listens. No phone and no Pruvan Online account reaches this desk.",
    GatewayMode.MACHINE: "Only programs on this computer reach it, such as the sandbox's crews.",
    GatewayMode.NETWORK: "Phones in the office's network reach it over HTTPS, with a certificate that they trust.",
    GatewayMode.PROXY: "A reverse proxy on this computer takes HTTPS calls from outside and hands them on to the port below.",
}


class GatewayDialog(QDialog):
    """Saved at once; the engine moves to the new place by itself."""

    def __init__(self, desk: Desk, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Field gateway")
        self._desk = desk
        form = GatewayForm.of(desk.settings)
        self.choices = {mode: QRadioButton(mode.label) for mode in GatewayMode}
        self._group = QButtonGroup(self)
        self.port = QSpinBox(minimum=0, maximum=65_535, value=form.port)
        self.port.setSpecialValueText("any free one")
        self.port.setAccessibleName("Port")
        self.address = text_field("Address for phones", "https://field.vendor.example")
        self.address.setText(form.address)
        self.certificate = text_field("Certificate file", "PEM file")
        self.certificate.setText(form.certificate)
        self.key = text_field("Key file", "PEM file, without a password")
        self.key.setText(form.key)
        self.choose_certificate = button("Choose…", theme, hint="Choose the file of the certificate")
        self.choose_key = button("Choose…", theme, hint="Choose the file of the key")
        self.explained = label("", "muted", wrap=True)
        self.problem = label("", "bad", wrap=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        self.save = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        self._put_together()
        self.choices[form.mode].setChecked(True)
        self._judge()

    @property
    def mode(self) -> GatewayMode:
        """What is chosen."""
        return next(mode for mode, choice in self.choices.items() if choice.isChecked())

    def form(self) -> GatewayForm:
        """What the fields hold."""
        return GatewayForm(self.mode, self.port.value(), self.address.text(), self.certificate.text(), self.key.text())

    def _put_together(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(*(4 * [2 * tokens.UNIT]))
        box.setSpacing(tokens.UNIT)
        box.addWidget(label("Who reaches the field gateway", "heading"))
        for choice in self.choices.values():
            self._group.addButton(choice)
            box.addWidget(choice)
            choice.toggled.connect(self._judge)
        box.addWidget(self.explained)
        form = QFormLayout()
        form.setVerticalSpacing(tokens.UNIT)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form_row(form, "&Port", self.port)
        form_row(form, "&Address for phones", self.address)
        form.addRow(label("Certificate"), _beside(self.certificate, self.choose_certificate))
        form.addRow(label("Key"), _beside(self.key, self.choose_key))
        box.addLayout(form)
        box.addStretch(1)
        self.problem.hide()
        box.addWidget(self.problem)
        box.addWidget(self.buttons)
        self.choose_certificate.clicked.connect(lambda: self._choose(self.certificate, "Certificate"))
        self.choose_key.clicked.connect(lambda: self._choose(self.key, "Key of the certificate"))
        self.buttons.accepted.connect(self._save)
        self.buttons.rejected.connect(self.reject)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(72 * tokens.UNIT, 52 * tokens.UNIT)

    def _judge(self) -> None:
        mode = self.mode
        self.explained.setText(EXPLAINED[mode])
        self.port.setEnabled(mode is not GatewayMode.OFF)
        self.address.setEnabled(mode in (GatewayMode.NETWORK, GatewayMode.PROXY))
        for part in (self.certificate, self.key, self.choose_certificate, self.choose_key):
            part.setEnabled(mode is GatewayMode.NETWORK)

    def _choose(self, field: QLineEdit, title: str) -> None:
        dialog = QFileDialog(self, title)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(field.setText)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _save(self) -> None:
        form, who = self.form(), self._desk.who
        self.save.setEnabled(False)
        self._desk.write(lambda database: save_gateway(database, form, who), self._saved, self._refused)

    def _saved(self, _changes: object) -> None:
        self.accept()

    def _refused(self, error: PruvanDeskError) -> None:
        self.save.setEnabled(True)
        self.problem.setText(str(error))
        self.problem.show()


def _beside(field: QWidget, chooser: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(tokens.UNIT)
    row.addWidget(field, 1)
    row.addWidget(chooser)
    return row
