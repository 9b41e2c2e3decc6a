"""Questions before what cannot be taken back, and what went wrong. Never modal to the event loop: ``open``, not ``exec``."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def ask(
    parent: QWidget,
    question: str,
    words: str,
    yes: str,
    then: Callable[[], object],
    *,
    icon: QMessageBox.Icon = QMessageBox.Icon.Question,
) -> QMessageBox:
    """Asks; calls ``then`` when the button ``yes`` was chosen. Enter chooses it, Escape does not."""
    box = _box(parent, icon, question, words)
    accept = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(accept)
    box.finished.connect(lambda _result: then() if box.clickedButton() is accept else None)
    box.open()
    return box


def tell(parent: QWidget | None, title: str, advice: str, *, details: str = "") -> QMessageBox:
    """Says what went wrong, and what to do about it."""
    box = _box(parent, QMessageBox.Icon.Warning, title, advice)
    box.setDetailedText(details)
    box.addButton(QMessageBox.StandardButton.Ok)
    box.open()
    return box


def _box(parent: QWidget | None, icon: QMessageBox.Icon, title: str, words: str) -> QMessageBox:
    box = QMessageBox(icon, "Pruvan Desk", title, QMessageBox.StandardButton.NoButton, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(words)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box
