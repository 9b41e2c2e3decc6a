"""Forms from a file: chosen, kept, and every fault of them named."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QVBoxLayout, QWidget

from pruvan_desk.operations.survey_templates import ImportedForm, import_template_file
from pruvan_desk.store.views.surveys import SurveyRow, form_sources
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.ask import tell
from pruvan_desk.ui.surveys.open_survey import OpenSurvey
from pruvan_desk.ui.widgets import choice_box, label

FAULTS_SHOWN = 12
"""Those after them stand below *Show details*."""


class FormImports(QObject):
    """From a file into the office, for one integration."""

    def __init__(self, page: OpenSurvey, parent: QWidget) -> None:
        super().__init__(parent)
        self._page, self._parent = page, parent

    def ask(self) -> None:
        """Asks for the integration, where there are several, then for the file."""
        self._page.desk.read(form_sources, self._ask_source)

    def ask_for(self, row: SurveyRow) -> None:
        """Asks for the file of a form that a task only names."""
        self._ask_file(row.integration_id, f"The form {row.form}", row.id)

    def bring(self, integration_id: int, path: Path, task_id: int | None = None) -> None:
        """Takes a form in; then shows the task that waited for it, if one did."""
        who, page = self._page.desk.who, self._page

        def done(imported: ImportedForm) -> None:
            self._tell(path, imported)
            if task_id is not None:
                page.open_task(task_id)

        page.desk.write(lambda database: import_template_file(database, integration_id, path, who), done)

    def _ask_source(self, sources: dict[int, str]) -> None:
        if not sources:
            self._page.say("There is no integration yet.", "A form belongs to one: connect FAStrack first.")
        elif len(sources) == 1:
            self._ask_file(next(iter(sources)), "A form")
        else:
            dialog = SourceDialog(sources, self._parent)
            dialog.accepted.connect(lambda: self._ask_file(dialog.source, "A form"))
            dialog.open()

    def _ask_file(self, integration_id: int, title: str, task_id: int | None = None) -> None:
        dialog = QFileDialog(self._parent, title, "", "Forms (*.json);;All files (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.bring(integration_id, Path(name), task_id))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _tell(self, path: Path, imported: ImportedForm) -> None:
        given = (
            f" {text.counted(imported.given, 'survey')} that waited for it can be filled in." if imported.given else ""
        )
        if imported.faults:
            shown, more = imported.faults[:FAULTS_SHOWN], len(imported.faults) - FAULTS_SHOWN
            lines = [f"• {fault}" for fault in shown] + ([f"And {more} more, below."] if more > 0 else [])
            advice = "\n".join([f"What is sound in it works.{given} Wrong is:", *lines])
            title = f"{imported.name} is imported. It has {text.counted(len(imported.faults), 'fault')}."
            tell(self._parent, title, advice, details="\n".join(imported.faults) if more > 0 else "")
        elif imported.new:
            self._page.say(f"{imported.name} is imported from {path.name}.{given}", "New orders that name it get it.")
        else:
            self._page.say(f"{imported.name} was known already.{given}", "")


class SourceDialog(QDialog):
    """Which client a form is of."""

    def __init__(self, sources: dict[int, str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import a form")
        self._ids = list(sources)
        self.box = choice_box("Integration")
        self.box.addItems(list(sources.values()))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        choose = buttons.addButton("Choose the file…", QDialogButtonBox.ButtonRole.AcceptRole)
        choose.setDefault(True)
        column = QVBoxLayout(self)
        column.setSpacing(tokens.UNIT)
        column.addWidget(label("Orders of which integration name this form?", wrap=True))
        column.addWidget(self.box)
        column.addWidget(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.finished.connect(self.deleteLater)

    @property
    def source(self) -> int:
        """The id of the integration that is chosen."""
        return self._ids[self.box.currentIndex()]
