"""Finding words in a page: a line below the bar."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWebEngineCore import QWebEngineFindTextResult, QWebEnginePage
from PySide6.QtWidgets import QFrame, QHBoxLayout

from pruvan_desk.ui import tokens
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, label, text_field

Flag = QWebEnginePage.FindFlag


class FindBar(QFrame):
    """Shown by :meth:`begin`; Enter finds the next, Shift+Enter the one before, Escape ends. ``ended`` gives the focus back."""

    ended = Signal()

    def __init__(self, page: QWebEnginePage, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._page = page
        self.words = text_field("Find in the page", "Find in the page", clear=True)
        self.count = label("", "muted")
        self.before = button("", theme, "back", "link", "The one before")
        self.next = button("", theme, "forward", "link", "The next one")
        self.close_button = button("", theme, "cross", "link", "End finding")
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * tokens.UNIT, tokens.HALF, 2 * tokens.UNIT, tokens.HALF)
        for part in (self.words, self.before, self.next, self.count):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.close_button)
        self.words.setMinimumWidth(30 * tokens.UNIT)
        self.words.textEdited.connect(lambda _text: self._find())
        self.next.clicked.connect(self._find)
        self.before.clicked.connect(lambda: self._find(backward=True))
        self.close_button.clicked.connect(self.end)
        self.words.installEventFilter(self)
        self.hide()

    def begin(self) -> None:
        """Shows it, with what was looked for last chosen."""
        self.show()
        self.words.setFocus()
        self.words.selectAll()

    def end(self) -> None:
        """Hides it; nothing in the page is marked any more."""
        self.hide()
        self.count.setText("")
        self._page.findText("")
        self.ended.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter, Shift+Enter and Escape in the field."""
        if watched is self.words and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._find(backward=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.end()
                return True
        return super().eventFilter(watched, event)

    def _find(self, *, backward: bool = False) -> None:
        flags = Flag.FindBackward if backward else Flag(0)
        self._page.findText(self.words.text(), flags, self._show)

    def _show(self, found: QWebEngineFindTextResult) -> None:
        if not self.words.text() or self.isHidden():
            self.count.setText("")
        elif found.numberOfMatches():
            self.count.setText(f"{found.activeMatch()} of {found.numberOfMatches()}")
        else:
            self.count.setText("not found")
