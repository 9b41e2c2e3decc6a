"""Small parts that every view is put together from."""

from html import escape

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFont, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QSizePolicy,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pruvan_desk.ui import tokens
from pruvan_desk.ui.choice_box import ChoiceBox
from pruvan_desk.ui.theme import Theme, scaled_font

ALLOWED_TAGS = {
    "a", "b", "strong", "i", "em", "u", "s", "p", "br", "ul", "ol", "li", "table", "thead", "tbody", "tr", "td", "th",
    "h1", "h2", "h3", "h4", "h5", "h6", "div", "span", "hr", "pre", "code", "blockquote", "sub", "sup",
}  # fmt: skip


def label(text: str = "", kind: str = "", *, wrap: bool = False, selectable: bool = False) -> QLabel:
    """A label that never takes its text for HTML. ``kind`` is a name of the style sheet: title, heading, muted …"""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setObjectName(kind)
    made.setWordWrap(wrap)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if kind == "title":
        font = scaled_font(made, tokens.TITLE_SCALE)
        font.setWeight(QFont.Weight.DemiBold)
        made.setFont(font)
    return made


class ElidedLabel(QLabel):
    """One line that ends in … where there is no room for all of it; the hint has it whole."""

    def __init__(self, kind: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setObjectName(kind)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(1)  # however long the words are, they keep no splitter from where it is put
        self._whole = ""

    def say(self, words: str) -> None:
        """Sets all of it."""
        self._whole = words
        self.setAccessibleName(words)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room, or less."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        self.setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")


def button(text: str, theme: Theme, icon: str = "", kind: str = "", hint: str = "") -> QPushButton:
    """A button with its sign. ``kind``: ``primary`` (one a view), ``chip``, ``link`` or empty."""
    made = QPushButton(text)
    made.setObjectName(kind)
    made.setAccessibleName(text or hint)
    made.setToolTip(hint)
    made.setIconSize(QSize(tokens.ICON, tokens.ICON))
    if kind == "chip":
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click on it leaves the keys to the photos or the table
    if icon:
        theme.dress(made, icon, "on_accent" if kind == "primary" else "text")
    return made


def link_row(text: str, theme: Theme, icon: str, colour: str) -> QPushButton:
    """A line of a list that leads somewhere: its sign in ``colour``, its words on the left, as wide as there is room."""
    made = button(text.replace("&", "&&"), theme, kind="row", hint=text)
    made.setAccessibleName(text)
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    theme.dress(made, icon, colour)
    return made


def text_field(name: str, placeholder: str = "", *, clear: bool = False) -> QLineEdit:
    """A field to write in, with the name that a screen reader says."""
    made = QLineEdit(placeholderText=placeholder, clearButtonEnabled=clear)
    made.setAccessibleName(name)
    return made


def choice_box(name: str) -> QComboBox:
    """A field to choose from."""
    made = ChoiceBox()
    made.setAccessibleName(name)
    return made


def choice_list(name: str) -> QListWidget:
    """A list to choose from."""
    made = QListWidget()
    made.setAccessibleName(name)
    made.ensurePolished()  # else lines that are put in before it is seen get no room by the style
    return made


def form_row(form: QFormLayout, words: str, field: QWidget) -> None:
    """A field with its word beside it, on one line; Alt and the letter after ``&`` lead to it."""
    name = QLabel(words)
    name.setBuddy(field)
    name.setMinimumHeight(min(field.sizeHint().height(), field.maximumHeight()))
    form.addRow(name, field)


def bar(*widgets: QWidget | int | None, name: str = "bar", tight: bool = False) -> QFrame:
    """A line of widgets; ``None`` is a stretch, a number a gap in pixels. ``tight``: little room above and below."""
    frame = QFrame()
    frame.setObjectName(name)
    row = QHBoxLayout(frame)
    above = 2 if tight else tokens.UNIT
    row.setContentsMargins(tokens.UNIT * 2, above, tokens.UNIT * 2, above)
    row.setSpacing(tokens.UNIT)
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        elif isinstance(widget, int):
            row.addSpacing(widget)
        else:
            row.addWidget(widget)
    return frame


def column(*widgets: QWidget | None, margin: int = 0, spacing: int = tokens.UNIT) -> QWidget:
    """Widgets one below the other; ``None`` is a stretch."""
    made = QWidget()
    box = QVBoxLayout(made)
    box.setContentsMargins(margin, margin, margin, margin)
    box.setSpacing(spacing)
    for widget in widgets:
        if widget is None:
            box.addStretch(1)
        else:
            box.addWidget(widget)
    return made


class EmptyState(QWidget):
    """What an empty view says: a sign, what is (not) there, and what to do next."""

    def __init__(self, theme: Theme, icon: str) -> None:
        super().__init__()
        self._theme, self._icon = theme, icon
        self._sign = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._words = label("", "title")
        self._advice = label("", "muted", wrap=True)
        self.button = button("", theme, kind="primary")
        box = QVBoxLayout(self)
        box.setSpacing(tokens.UNIT * 2)
        box.addStretch(2)
        for part in (self._sign, self._words, self._advice):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            box.addWidget(part)
        box.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignCenter)
        box.addStretch(3)
        theme.changed.connect(self._draw)
        self._draw()

    def say(self, words: str, advice: str = "", action: str = "") -> None:
        """Sets what it says; without ``action`` there is no button."""
        self._words.setText(words)
        self._advice.setText(advice)
        self.button.setText(action)
        self.button.setAccessibleName(action)
        self.button.setVisible(bool(action))

    def _draw(self) -> None:
        self._sign.setPixmap(self._theme.pixmap(self._icon, "muted", 48, self.devicePixelRatioF()))


class Banner(QFrame):
    """A line that stays until its cause is gone: a sign, what happened, what to do, and one button."""

    def __init__(self, theme: Theme, action: str) -> None:
        super().__init__()
        self.setObjectName("banner")
        self._theme = theme
        self._sign = QLabel()
        self._words = label("", wrap=True)
        self.button = button(action, theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.UNIT * 2, tokens.UNIT, tokens.UNIT, tokens.UNIT)
        row.setSpacing(tokens.UNIT * 2)
        row.addWidget(self._sign)
        row.addWidget(self._words, 1)
        row.addWidget(self.button)
        theme.changed.connect(self._draw)
        self._draw()
        self.hide()

    def say(self, words: str) -> None:
        """Shows ``words``; hides where there are none."""
        self._words.setText(words)
        self.setAccessibleName(words)
        self.setVisible(bool(words))

    @property
    def words(self) -> str:
        """What it says now."""
        return self._words.text()

    def _draw(self) -> None:
        self._sign.setPixmap(self._theme.pixmap("warning", "bad", 20, self.devicePixelRatioF()))


class ForeignHtml(QTextBrowser):
    """Shows a stranger's HTML: sanitised, without pictures or styles, and unable to load anything whatever it names."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._most = 0
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.anchorClicked.connect(open_web_link)

    def show_html(self, html: str) -> None:
        """Shows ``html``; plain text keeps its lines."""
        if "<" not in html:
            self.setPlainText(html)
            return
        self.setHtml(clean_html(html))

    def fit_height(self, most: int) -> None:
        """As high as what it shows, up to ``most`` pixels, however wide it is made."""
        self._most = most
        self.document().setTextWidth(max(200, self.viewport().width()))
        self.setFixedHeight(min(most, int(self.document().size().height()) + tokens.UNIT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another height."""
        super().resizeEvent(event)
        if self._most and event.size().width() != event.oldSize().width():
            self.fit_height(self._most)

    def loadResource(self, kind: int, name: QUrl | str) -> None:
        """Nothing is ever loaded: a ``file://host/`` picture would hand Windows credentials to that host."""


def clean_html(html: str) -> str:
    """A stranger's HTML without pictures, styles and scripts, and with links to the web only; plain text keeps its lines."""
    import nh3  # noqa: PLC0415 - only needed once an order is looked at

    if "<" not in html:
        return escape(html).replace("\n", "<br>")
    return nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
        url_schemes={"http", "https"},
    )


def open_web_link(link: QUrl) -> None:
    """Opens a link in the system's browser; only those that lead to the web."""
    if link.scheme() in ("http", "https") and link.host():
        QDesktopServices.openUrl(link)


def tool_button(text: str, theme: Theme, icon: str) -> QToolButton:
    """A flat button of the rail, its sign above its word."""
    made = QToolButton()
    made.setText(text)
    made.setAccessibleName(text)
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
    made.setIconSize(QSize(24, 24))
    made.setCheckable(True)
    made.setAutoExclusive(True)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    theme.dress(made, icon)
    return made
