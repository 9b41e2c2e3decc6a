"""The sign in the system's tray, where there is one: the same truth as the status bar, a click opens the window."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from pruvan_desk.ui.status_bar import engine_words, status_words
from pruvan_desk.ui.theme import Theme

if TYPE_CHECKING:
    from pruvan_desk.store.views.status import DeskStatus

LOOK = {"sent": "published", "waiting": "clock", "bad": "warning"}
LONGEST_TIP = 120
"""Windows shows no more."""


class Tray(QObject):
    """``words`` is what it says, also where the system shows no tray."""

    pause_wanted = Signal(bool)

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme, self._window = theme, window
        self._paused = False
        self.words = ""
        self._sign: QSystemTrayIcon | None = None
        self._menu = QMenu(window)
        self.open_action = QAction("Open Pruvan Desk", self._menu)
        self.pause_action = QAction("Pause sending", self._menu)
        self.quit_action = QAction("Quit", self._menu)
        self._menu.addActions([self.open_action, self.pause_action, self.quit_action])
        self.open_action.triggered.connect(self._open)
        self.pause_action.triggered.connect(lambda: self.pause_wanted.emit(not self._paused))
        self.quit_action.triggered.connect(window.close)

    def show_status(self, status: "DeskStatus") -> None:
        """Takes new figures; shows itself the first time."""
        colour, engine = engine_words(status)
        self._paused = status.settings.relay_paused
        self.pause_action.setText("Resume sending" if self._paused else "Pause sending")
        self.words = " · ".join([engine, *status_words(status, datetime.now(UTC))])
        if self._sign is None and QSystemTrayIcon.isSystemTrayAvailable():
            self._sign = QSystemTrayIcon(self)
            self._sign.setContextMenu(self._menu)
            self._sign.activated.connect(self._clicked)
        if self._sign is not None:
            self._sign.setIcon(self._theme.icon(LOOK[colour], colour))
            self._sign.setToolTip(f"Pruvan Desk\n{self.words}"[:LONGEST_TIP])
            self._sign.show()

    def hide(self) -> None:
        """Takes the sign away."""
        if self._sign is not None:
            self._sign.hide()

    def _clicked(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason != QSystemTrayIcon.ActivationReason.Context:
            self._open()

    def _open(self) -> None:
        self._window.showNormal() if self._window.isMinimized() else self._window.show()
        self._window.raise_()
        self._window.activateWindow()
