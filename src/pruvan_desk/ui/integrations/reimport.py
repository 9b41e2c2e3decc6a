"""*Delete all orders of this integration, then Full Refresh*: asking for it, and the line that shows how far it is."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QMessageBox, QProgressBar, QWidget

from pruvan_desk.operations.reimport import STOPPED, drop_reimport, resume_reimport, stop_reimport
from pruvan_desk.store.views.integrations import IntegrationRow
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.ask import ask
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, label

EXPLAINED = (
    "All orders of this integration go to the trash, then its full list is imported: each becomes a new project with the setting of "
    "today. Photos, surveys, check-ins and history stay with their order, in the state they are in, and nothing is sent again. Nothing "
    "is deleted while the client cannot be reached. It can be stopped, and taken up again later."
)


def ask_reimport(parent: QWidget, name: str, then: Callable[[bool], object]) -> QMessageBox:
    """Asks; ``then`` gets whether closed projects are meant as well."""
    closed = QCheckBox("Also the closed projects, which no full list brings back")
    box = ask(
        parent,
        f"Delete all orders of {name}, then import them again?",
        EXPLAINED,
        "Delete and import again",
        lambda: then(closed.isChecked()),
    )
    box.setCheckBox(closed)
    return box


class ReimportBar(QFrame):
    """Of the first integration whose orders are being imported again: how far it is, stop, take up again, leave it."""

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._desk, self._theme = desk, theme
        self._row: IntegrationRow | None = None
        self._sign = QLabel()
        self.words = label("", wrap=True)
        self.progress = QProgressBar(textVisible=False)
        self.progress.setFixedWidth(20 * tokens.UNIT)
        self.progress.setAccessibleName("How far it is")
        self.stop = button("Stop", theme, "pause")
        self.go_on = button("Take up again", theme, "play")
        self.leave = button("Leave it at that", theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.UNIT * 2, tokens.UNIT, tokens.UNIT, tokens.UNIT)
        row.setSpacing(tokens.UNIT * 2)
        row.addWidget(self._sign)
        row.addWidget(self.words, 1)
        for part in (self.progress, self.stop, self.go_on, self.leave):
            row.addWidget(part)
        self.stop.clicked.connect(lambda: self._do(stop_reimport))
        self.go_on.clicked.connect(lambda: self._do(resume_reimport))
        self.leave.clicked.connect(lambda: self._do(drop_reimport))
        theme.changed.connect(self._draw)
        self.hide()

    def show_rows(self, rows: Sequence[IntegrationRow]) -> None:
        """Shows the one that is under way, if any."""
        self._row = next((row for row in rows if row.reimport is not None), None)
        self.setVisible(self._row is not None)
        self._draw()

    def _draw(self) -> None:
        row = self._row
        if row is None or row.reimport is None:
            return
        stopped = row.reimport.state == STOPPED
        self._sign.setPixmap(
            self._theme.pixmap("pause" if stopped else "clock", "waiting", 20, self.devicePixelRatioF())
        )
        self.words.setText(reimport_words(row))
        self.setAccessibleName(self.words.text())
        total, done = row.reimport.total, row.reimport.deleted
        if row.total:
            total, done = total + row.total, done + row.done
        self.progress.setRange(0, max(total, 1))
        self.progress.setValue(min(done, total))
        self.stop.setVisible(not stopped)
        self.go_on.setVisible(stopped)
        self.leave.setVisible(stopped)

    def _do(self, operation: Callable[..., object]) -> None:
        row, who = self._row, self._desk.who
        if row is not None:
            integration_id = row.id
            self._desk.write(lambda database: operation(database, integration_id, who))


def reimport_words(row: IntegrationRow) -> str:
    """``FAStrack: 400 of 1,400 orders deleted; then all are imported again.``"""
    anew = row.reimport
    if anew is None:
        return ""
    deleted = f"{anew.deleted:,} of {text.counted(anew.total, 'order')} deleted"
    if anew.state == STOPPED:
        return f"{row.name}: importing all orders again was stopped, {deleted}. What is in the trash comes back with the next full list."
    if row.paused:
        return f"{row.name}: importing all orders again waits, because the integration is paused."
    if row.total:
        return f"{row.name}: {deleted}; {row.done:,} of {row.total:,} imported again."
    return f"{row.name}: {deleted}; then all are imported again."
