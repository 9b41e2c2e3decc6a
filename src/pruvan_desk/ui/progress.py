"""A line that says how far something is, with a button to stop it; hidden while there is nothing to do."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar

from pruvan_desk.ui import tokens
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, label


class ProgressStrip(QFrame):
    """Stands at the edge of a view. ``stopped`` is emitted when somebody presses the button."""

    stopped = Signal()

    def __init__(self, theme: Theme, name: str, stop_hint: str) -> None:
        super().__init__()
        self.setObjectName("hints")
        self._words = label("", "muted")
        self.bar = QProgressBar()
        self.bar.setAccessibleName(name)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(tokens.UNIT)
        self.cancel = button("Stop", theme, kind="link", hint=stop_hint)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.UNIT * 2, 2, tokens.UNIT * 2, 2)
        row.setSpacing(tokens.UNIT)
        row.addWidget(self._words)
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel)
        self.cancel.clicked.connect(self.stopped)
        self.hide()

    def show_progress(self, words: str, done: int, total: int) -> None:
        """Nothing to do hides it."""
        self.setVisible(total > 0)
        if total:
            self._words.setText(f"{words}: {done:,} of {total:,}")
            self.setAccessibleName(self._words.text())
            self.bar.setRange(0, total)
            self.bar.setValue(done)
