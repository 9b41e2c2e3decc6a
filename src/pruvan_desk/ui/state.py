"""What the window remembers: geometry, splitters, the view, the open project, filters. An INI file in the data folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSettings, QTimer

SAVE_AFTER = 800
"""Milliseconds of quiet after which a change is written: a crash loses no more."""


class WindowState(QObject):
    """Names and values. Read once before the window is shown; written by ``run_aside``, never on the Qt thread."""

    def __init__(self, path: Path, run_aside: Callable[[Callable[[], None]], None]) -> None:
        super().__init__()
        self._path = path
        self._run_aside = run_aside
        kept = QSettings(str(path), QSettings.Format.IniFormat)
        self._values: dict[str, Any] = {name: kept.value(name) for name in kept.allKeys()}
        self._unsaved: dict[str, Any] = {}
        self._timer = QTimer(self, singleShot=True, interval=SAVE_AFTER)
        self._timer.timeout.connect(self.save)

    def get(self, name: str, default: str = "") -> str:
        """A kept text."""
        value = self._values.get(name, default)
        return value if isinstance(value, str) else default

    def raw(self, name: str) -> Any:
        """A kept value as Qt gave it (geometry), ``None`` when there is none."""
        return self._values.get(name)

    def put(self, name: str, value: Any) -> None:
        """Remembers a value; it is written in a moment."""
        if self._values.get(name) != value:
            self._values[name] = self._unsaved[name] = value
            self._timer.start()

    def save(self) -> None:
        """Writes now what is not yet written."""
        self._timer.stop()
        if self._unsaved:
            values, self._unsaved = self._unsaved, {}
            self._run_aside(lambda: _write(self._path, values))


def _write(path: Path, values: dict[str, Any]) -> None:
    settings = QSettings(str(path), QSettings.Format.IniFormat)
    for name, value in values.items():
        settings.setValue(name, value)
    settings.sync()
