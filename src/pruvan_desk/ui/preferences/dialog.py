"""The Preferences window: a page for each group of settings, each setting with its sentence, and the keys; saved as soon as changed."""

from collections.abc import Callable
from dataclasses import Field
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from pruvan_desk.core.changes import Changes
from pruvan_desk.core.errors import PruvanDeskError
from pruvan_desk.core.settings import FIELDS, TYPES, Settings
from pruvan_desk.operations.settings import change_setting
from pruvan_desk.ui import tokens
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.key_map import KeyMap
from pruvan_desk.ui.preferences.folders import FolderField, LevelsField
from pruvan_desk.ui.preferences.keys import KeysPage
from pruvan_desk.ui.preferences.watching import WatchPage
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import label, text_field

LARGEST = 1_000_000
OWN_FIELDS: dict[str, Callable[[Theme, Settings], "FolderField | LevelsField"]] = {
    "downloader_folder": lambda theme, settings: FolderField(
        theme, settings.downloader_folder, "Downloader folder", "inside the data folder"
    ),
    "downloader_levels": lambda _theme, settings: LevelsField(settings.downloader_levels),
}


class PreferencesDialog(QDialog):
    """Holds nothing back: what is changed is written at once, for every process. What does not fit is said below."""

    def __init__(self, desk: Desk, theme: Theme, keys: KeyMap, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._theme = desk, theme
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Preferences")
        self.tabs = QTabWidget()
        self.fields: dict[str, QWidget] = {}
        self.problem = label("", "problem", wrap=True)
        self.problem.hide()
        groups: dict[str, list[Field[Any]]] = {}
        for setting in FIELDS.values():
            if setting.metadata["label"]:
                groups.setdefault(setting.metadata["group"], []).append(setting)
        for name, settings in groups.items():
            self.tabs.addTab(self._page(settings), name)
        self.watching = WatchPage(desk, theme)
        self.tabs.addTab(self.watching, "Watch folders")
        self.tabs.addTab(KeysPage(keys, theme), "Keys")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        box.addWidget(self.tabs, 1)
        box.addWidget(self.problem)
        box.addWidget(buttons)
        self.resize(80 * tokens.UNIT, 76 * tokens.UNIT)

    def _page(self, settings: list[Field[Any]]) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(*(tokens.UNIT * 2,) * 4)
        form.setVerticalSpacing(tokens.HALF)
        form.setHorizontalSpacing(tokens.UNIT * 2)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for setting in settings:
            words = setting.metadata["label"]
            field = self._field(setting)
            field.setAccessibleName(words)
            field.setAccessibleDescription(setting.metadata["sentence"])
            self.fields[setting.name] = field
            name = label(words)
            name.setBuddy(field)
            form.addRow(name, field)
            sentence = label(setting.metadata["sentence"], "muted", wrap=True)
            sentence.setContentsMargins(0, 0, 0, tokens.UNIT)
            form.addRow("", sentence)
        return page

    def _field(self, setting: Field[Any]) -> QWidget:
        name, value = setting.name, getattr(self._desk.settings, setting.name)
        save = partial(self._save, name)
        if name in OWN_FIELDS:
            own = OWN_FIELDS[name](self._theme, self._desk.settings)
            own.changed.connect(save)
            return own
        if TYPES[name] is bool:
            box = QCheckBox()
            box.setChecked(value)
            box.toggled.connect(save)
            return box
        if TYPES[name] is str:
            field = text_field(setting.metadata["label"])
            field.setText(value)
            field.editingFinished.connect(lambda: self._save(name, field.text().strip()))
            return field
        return self._number(setting, value, save)

    def _number(self, setting: Field[Any], value: float, save: Callable[[float], None]) -> QWidget:
        spin: QSpinBox | QDoubleSpinBox
        least, most = setting.metadata["least"], min(setting.metadata["most"], LARGEST)
        if TYPES[setting.name] is int:
            spin = QSpinBox()
            spin.setRange(int(least), int(most))
            spin.setValue(int(value))
        else:
            spin = QDoubleSpinBox()
            spin.setDecimals(1)
            spin.setRange(least, most)
            spin.setValue(value)
        spin.setKeyboardTracking(False)
        spin.valueChanged.connect(save)
        return spin

    def _save(self, name: str, value: Any) -> None:
        if str(value) != str(getattr(self._desk.settings, name)):
            self._desk.write(partial(change_setting, name=name, value=value), self._saved, self._refused)

    def _saved(self, _changes: Changes) -> None:
        self.problem.hide()

    def _refused(self, error: PruvanDeskError) -> None:
        self.problem.setText(str(error))
        self.problem.show()
