"""Reconcile: asks the client what it has, lists how that differs from what was published, and sends again what it lacks."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.reconcile import Difference, Kind
from pruvan_desk.operations.reconcile import Reconciliation, ask_reconcile, reconciliation, resend
from pruvan_desk.store.views.items import Scope, find_projects
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.tables import Column, RecordTable, record_view
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import bar, button, choice_box, label, text_field

WHOLE = "All projects"


@dataclass(frozen=True, slots=True)
class Line:
    """A difference in the table."""

    id: int
    difference: Difference


class ReconcileDialog(QDialog):
    """For one integration: all of it, or one project."""

    def __init__(self, desk: Desk, theme: Theme, integration_id: int, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._integration_id, self._name = desk, integration_id, name
        self._request: int | None = None
        self._latest, self._latest_projects = Latest(), Latest()
        self._answer: Reconciliation | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Reconcile with {name}")
        self.search = text_field("Search a project", "number or address", clear=True)
        self.project = choice_box("What to compare")
        self.project.addItem(WHOLE, None)
        self.compare = button("Compare", theme, "refresh", kind="primary")
        self.words = label(f"Asks {name} what it has, and compares it with what was published.", wrap=True)
        self.lines = RecordTable(
            (
                Column[Line]("Difference", lambda line: line.difference.kind.value.capitalize(), 136),
                Column[Line]("What", lambda line: line.difference.words, 0),
            ),
            self,
        )
        self.table = record_view(self.lines, "Differences", self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.resend = button("Send again", theme, "send", hint="Send what the client lacks again, under the same uuid")
        self.resend.setEnabled(False)
        buttons.addButton(self.resend, QDialogButtonBox.ButtonRole.ActionRole)
        box = QVBoxLayout(self)
        box.addWidget(bar(self.search, self.project, self.compare))
        box.addWidget(self.words)
        box.addWidget(self.table, 1)
        box.addWidget(buttons)
        self.project.setMinimumWidth(34 * tokens.UNIT)
        self.resize(104 * tokens.UNIT, 64 * tokens.UNIT)
        buttons.rejected.connect(self.reject)
        self.search.textChanged.connect(self._find)
        self.compare.clicked.connect(self._ask)
        self.resend.clicked.connect(self._resend)
        desk.bridge.changed.connect(self._hear)

    def _find(self, words: str) -> None:
        if words.strip():
            self._desk.read(lambda session: find_projects(session, words), self._show_projects, self._latest_projects)
        else:
            self._show_projects([])

    def _show_projects(self, scopes: list[Scope]) -> None:
        self.project.clear()
        self.project.addItem(WHOLE, None)
        for scope in scopes:
            self.project.addItem(scope.title, scope.project_id)
        self.project.setCurrentIndex(1 if scopes else 0)

    def _ask(self) -> None:
        self.compare.setEnabled(False)
        self.resend.setEnabled(False)
        self.lines.take([])
        self.words.setText(f"Asking {self._name} …")
        project_id = self.project.currentData()
        ask = partial(ask_reconcile, integration_id=self._integration_id, who=self._desk.who, project_id=project_id)
        self._desk.write(ask, self._asked)

    def _asked(self, asked: tuple[Changes, int]) -> None:
        self._request = asked[1]
        self._read()

    def _hear(self, changes: Changes) -> None:
        if self._request is not None and self._request in changes.requests:
            self._read()

    def _read(self) -> None:
        if (request := self._request) is not None:
            self._desk.read(lambda session: reconciliation(session, request), self._show, self._latest)

    def _show(self, answer: Reconciliation | None) -> None:
        if answer is None or self._request is None:
            return
        self._request, self._answer = None, answer
        self.compare.setEnabled(True)
        self.lines.take([Line(place, each) for place, each in enumerate(answer.differences)])
        self.resend.setEnabled(bool(answer.resendable))
        self.words.setText(result_words(answer))

    def _resend(self) -> None:
        if self._answer is not None and (ids := self._answer.resendable):
            self.resend.setEnabled(False)
            self._desk.write(partial(resend, item_ids=ids, who=self._desk.who), self._sent)

    def _sent(self, changes: Changes) -> None:
        self.words.setText(
            f"{text.counted(len(changes.items), 'item')} queued again. Compare once more when they are sent."
        )


def result_words(answer: Reconciliation) -> str:
    """What came out, in a sentence."""
    if answer.problem:
        return answer.problem
    compared = text.counted(answer.compared, "published item")
    if not answer.count:
        return f"{compared} compared: the client has them all, as they were sent."
    kinds = [each.kind for each in answer.differences]
    parts = [f"{kinds.count(kind):,} {kind.value}" for kind in Kind if kind in kinds]
    more = f" The first {len(kinds):,} of {answer.count:,} are listed." if answer.count > len(kinds) else ""
    return f"{compared} compared: {', '.join(parts)}.{more}"
