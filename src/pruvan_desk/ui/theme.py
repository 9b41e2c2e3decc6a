"""The look: Fusion, a palette and one style sheet, all made from the tokens, light or dark as the system is."""

from string import Template
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from shiboken6 import isValid

from pruvan_desk.ui import icons, tokens

STYLE = Template("""
QToolTip { background: $surface; color: $text; border: 1px solid $border; padding: 4px; }
QMenuBar { background: $window; border-bottom: 1px solid $border; }
QStatusBar { background: $window; border-top: 1px solid $border; }
QStatusBar::item { border: none; }
QFrame#rail { background: $sunken; border-right: 1px solid $border; }
QFrame#rail QToolButton { border: none; border-left: 3px solid transparent; padding: 8px 4px; background: transparent; color: $muted; }
QFrame#rail QToolButton:hover { background: $hover; color: $text; }
QFrame#rail QToolButton:checked { background: $window; color: $text; border-left-color: $accent; }
QFrame#rail QToolButton:focus { border: 1px solid $accent; border-left: 3px solid $accent; }
QFrame#bar { background: $window; border-bottom: 1px solid $border; }
QFrame#queue { background: $selection; border-bottom: 1px solid $border; }
QFrame#hints { background: $window; border-top: 1px solid $border; }
QFrame#notice { background: $surface; border: none; border-left: 4px solid $waiting; border-bottom: 1px solid $border; }
QScrollArea#form, QWidget#formInside { background: $surface; border: none; }
QLabel#section { color: $text; font-weight: 600; }
QFrame#banner { background: $surface; border: none; border-left: 4px solid $bad; border-bottom: 1px solid $border; }
QTableView, QTreeView, QListView, QTextBrowser, QPlainTextEdit, QScrollArea { background: $surface; border: 1px solid $border; }
QTableView { border-color: $surface; selection-background-color: $selection; selection-color: $text; gridline-color: $border; }
QTableView::item { padding: 0 6px; border: none; }
QTableView::item:selected, QTreeView::item:selected { background: $selection; color: $text; }
QTableView:focus, QTreeView:focus, QListView:focus, QTextBrowser:focus { border: 1px solid $accent; }
QListView#grid { background: $window; border: none; }
QListWidget::item { padding: 4px 6px; }
QListWidget::item:selected { background: $selection; color: $text; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: $border; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QDialog { background: $window; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QHeaderView { background: $window; border: none; }
QHeaderView::section { background: $window; color: $muted; border: none; border-bottom: 1px solid $border; padding: 4px 8px; }
QHeaderView::section:hover { color: $text; }
QTableCornerButton::section { background: $window; border: none; }
QScrollArea#details, QScrollArea#details > QWidget > QWidget { background: $surface; }
QScrollArea#details { border: none; border-left: 1px solid $border; }
QLabel#title { font-weight: 600; }
QLabel#heading { color: $muted; font-weight: 600; }
QLabel#muted { color: $muted; }
QLabel#bad { color: $bad; }
QLabel#sent { color: $sent; }
QLabel#waiting { color: $waiting; }
QPushButton { background: $surface; border: 1px solid $border; border-radius: 4px; padding: 4px 12px; min-height: 18px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $sunken; }
QPushButton:default, QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $muted; background: $window; }
QPushButton#primary { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton#primary:focus { border-color: $text; }
QPushButton#primary:disabled { background: $window; color: $muted; border-color: $border; }
QPushButton#chip { padding: 2px 10px; border-radius: 11px; background: transparent; }
QPushButton#chip:hover { background: $hover; }
QPushButton#chip:checked { background: $selection; border-color: $accent; }
QPushButton#chip:focus { border-color: $accent; }
QPushButton#swatch { padding: 2px 4px; border-radius: 11px; background: transparent; }
QPushButton#swatch:hover { background: $hover; }
QPushButton#swatch:checked { background: $selection; border-color: $accent; }
QPushButton#swatch:focus { border-color: $accent; }
QPushButton#link { border: none; background: transparent; padding: 2px 8px; color: $text; }
QPushButton#link:hover { background: $hover; }
QPushButton#link:focus { border: 1px solid $accent; }
QPushButton#tile { border: none; }
QPushButton#row { border: 1px solid transparent; background: transparent; padding: 1px 0; text-align: left; }
QPushButton#row:hover { background: $hover; }
QPushButton#row:focus { border-color: $accent; }
QLineEdit, QComboBox { background: $surface; border: 1px solid $border; border-radius: 4px; padding: 3px 8px; min-height: 20px; }
QLineEdit:focus, QComboBox:focus { border-color: $accent; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url($arrow); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $border; selection-background-color: $selection;
    selection-color: $text; }
QSpinBox, QDoubleSpinBox { min-height: 26px; }
QProgressBar { background: $sunken; border: 1px solid $border; border-radius: 3px; max-height: 8px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator, QListWidget::indicator { width: 14px; height: 14px; border: 1px solid $muted; border-radius: 3px;
    background: $surface; }
QCheckBox::indicator:checked, QListWidget::indicator:checked { image: url($tick); border-color: $accent; }
QCheckBox::indicator:focus { border-color: $accent; }
QFrame#compare { background: $window; border: 2px solid $window; }
QFrame#compare[active="true"] { border-color: $accent; }
QFrame#caption { background: $window; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal { width: 12px; margin: -5px 0; border: 1px solid $muted; border-radius: 6px; background: $surface; }
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus { border-color: $accent; }
QRadioButton { spacing: 8px; }
QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $muted; border-radius: 8px; background: $surface; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid $accent; background: $on_accent; }
QRadioButton::indicator:focus { border-color: $text; }
QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
""")


class Theme(QObject):
    """The colours in force. ``changed`` is emitted when the system goes from light to dark or back."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._icons: dict[tuple[str, str], QIcon] = {}
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}
        self._dressed: WeakKeyDictionary[QAbstractButton, tuple[str, str]] = WeakKeyDictionary()
        self.colours = tokens.LIGHT
        application.setStyle("Fusion")
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._follow)
        self._follow(hints.colorScheme())

    def use(self, colours: tokens.Colours) -> None:
        """Takes a scheme and dresses every widget in it."""
        self.colours = colours
        self._icons.clear()
        self._pixmaps.clear()
        self._application.setPalette(palette(colours))
        scheme = "dark" if colours is tokens.DARK else "light"
        arrow, tick = (icons.path_of(f"{name}-{scheme}").as_posix() for name in ("chevron", "tick"))
        values = {name: getattr(colours, name) for name in tokens.Colours.__slots__}
        self._application.setStyleSheet(STYLE.substitute(values, arrow=arrow, tick=tick))
        for button, (name, colour) in self._dressed.items():
            if isValid(button):
                button.setIcon(self.icon(name, colour))
        self.changed.emit()

    def colour(self, name: str) -> QColor:
        """A colour by the name of its token."""
        return QColor(getattr(self.colours, name))

    def icon(self, name: str, colour: str = "text") -> QIcon:
        """One of our signs in a colour of the scheme; grey where it is disabled."""
        key = (name, colour)
        if key not in self._icons:
            self._icons[key] = icons.icon(name, getattr(self.colours, colour), self.colours.muted)
        return self._icons[key]

    def pixmap(self, name: str, colour: str, size: int = tokens.ICON, ratio: float = 1.0) -> QPixmap:
        """A sign as pixels, ``size`` device-independent pixels wide."""
        key = (name, colour, size, ratio)
        if (kept := self._pixmaps.get(key)) is None:
            kept = self._pixmaps[key] = self.icon(name, colour).pixmap(QSize(size, size), ratio)
        return kept

    def dress(self, button: QAbstractButton, name: str, colour: str = "text") -> None:
        """Gives a button its sign, now and whenever the scheme changes."""
        button.setIcon(self.icon(name, colour))
        self._dressed[button] = (name, colour)

    def _follow(self, scheme: Qt.ColorScheme) -> None:
        self.use(tokens.DARK if scheme == Qt.ColorScheme.Dark else tokens.LIGHT)


def palette(colours: tokens.Colours) -> QPalette:
    """The palette of a scheme, for everything that the style sheet does not name."""
    made = QPalette()
    role = QPalette.ColorRole
    for name, colour in {
        role.Window: colours.window, role.WindowText: colours.text, role.Base: colours.surface,
        role.AlternateBase: colours.window, role.Text: colours.text, role.Button: colours.window,
        role.ButtonText: colours.text, role.Highlight: colours.accent, role.HighlightedText: colours.on_accent,
        role.ToolTipBase: colours.surface, role.ToolTipText: colours.text, role.PlaceholderText: colours.muted,
        role.Link: colours.accent, role.Mid: colours.border, role.Accent: colours.accent,
    }.items():  # fmt: skip
        made.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, name, QColor(colours.muted))
    return made


def scaled_font(widget: QWidget, scale: float) -> QFont:
    """The widget's font, larger or smaller."""
    font = QFont(widget.font())
    if font.pointSizeF() > 0:
        font.setPointSizeF(font.pointSizeF() * scale)
    else:
        font.setPixelSize(round(font.pixelSize() * scale))
    return font
