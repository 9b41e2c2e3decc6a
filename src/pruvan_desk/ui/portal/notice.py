"""The line between the bar and the page: what the page says, and what it asks. It never stops anybody."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from pruvan_desk.ui import tokens
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import button, label, text_field


class Notice(QFrame):
    """Words with one or two buttons, and a field where words are wanted; hidden where there is nothing to say.

    Newer words take the place of older ones.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._theme = theme
        self._sign = QLabel()
        self._words = label("", wrap=True, selectable=True)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.field = text_field("Answer to the page")
        self.yes = button("", theme)
        self.no = button("", theme)
        self._on_yes: Callable[[], object] | None = None
        self._on_no: Callable[[], object] | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * tokens.UNIT, tokens.UNIT, 2 * tokens.UNIT, tokens.UNIT)
        row.setSpacing(tokens.UNIT)
        row.addWidget(self._sign)
        row.addWidget(self._words, 1)
        row.addWidget(self.field, 1)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        self.yes.clicked.connect(lambda: self._close(self._on_yes))
        self.no.clicked.connect(lambda: self._close(self._on_no))
        self.field.returnPressed.connect(self.yes.click)
        theme.changed.connect(self._draw)
        self._draw()
        self.hide()

    @property
    def words(self) -> str:
        """What it says now; empty when it is hidden."""
        return "" if self.isHidden() else self._words.text()

    def tell(self, words: str) -> None:
        """Says something that wants no answer."""
        self._show(words, "", "Dismiss", None, None)

    def ask(
        self, words: str, yes: str, no: str, on_yes: Callable[[], object], on_no: Callable[[], object] | None = None
    ) -> None:
        """Asks; whichever button is pressed, the line goes away."""
        self._show(words, yes, no, on_yes, on_no)

    def ask_words(
        self, words: str, offered: str, on_words: Callable[[str], object], on_no: Callable[[], object]
    ) -> None:
        """Asks for words, and offers some. Enter answers with what stands there, Escape with nothing."""
        self._show(words, "OK", "Cancel", lambda: on_words(self.field.text()), on_no)
        self.field.setText(offered)
        self.field.selectAll()
        self.field.show()
        if self.isVisible():
            self.field.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape is no."""
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
        else:
            super().keyPressEvent(event)

    def clear(self) -> None:
        """Nothing is said any more; a question that was open is answered with no."""
        if not self.isHidden():
            self._close(self._on_no)

    def _show(
        self, words: str, yes: str, no: str, on_yes: Callable[[], object] | None, on_no: Callable[[], object] | None
    ) -> None:
        self.clear()
        self._on_yes, self._on_no = on_yes, on_no
        self._words.setText(words)
        self.field.hide()
        self.setAccessibleName(words)
        for choice, text in ((self.yes, yes), (self.no, no)):
            choice.setText(text)
            choice.setAccessibleName(text)
            choice.setVisible(bool(text))
        self.show()

    def _close(self, then: Callable[[], object] | None) -> None:
        self._on_yes = self._on_no = None
        self.hide()
        if then is not None:
            then()

    def _draw(self) -> None:
        self._sign.setPixmap(self._theme.pixmap("question", "muted", 20, self.devicePixelRatioF()))
