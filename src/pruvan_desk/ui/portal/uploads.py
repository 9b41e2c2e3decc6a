"""The dialog that chooses what is uploaded to the portal."""

from collections.abc import Sequence

from PySide6.QtCore import QMimeDatabase
from PySide6.QtWidgets import QFileDialog, QWidget

ALL = "All files (*)"


def upload_dialog(parent: QWidget | None, accepted_types: Sequence[str], *, many: bool) -> QFileDialog:
    """A dialog that is opened, never executed: the window goes on. ``accepted_types``: as a page's field names them."""
    dialog = QFileDialog(parent, "Upload to myFAStrack")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles if many else QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters(
        [*([f"Files the page asks for ({patterns})"] if (patterns := _patterns(accepted_types)) else []), ALL]
    )
    return dialog


def _patterns(accepted_types: Sequence[str]) -> str:
    """``.pdf`` and ``application/pdf`` as ``*.pdf``."""
    found: dict[str, None] = {}
    database = QMimeDatabase()
    for word in accepted_types:
        if word.startswith("."):
            found[f"*{word.lower()}"] = None
        else:
            found.update(dict.fromkeys(database.mimeTypeForName(word).globPatterns()))
    return " ".join(found)
