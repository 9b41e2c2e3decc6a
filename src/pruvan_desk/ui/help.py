"""The help pages, as Markdown files that ship with the program."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from pruvan_desk.core.paths import RESOURCES
from pruvan_desk.ui import tokens

PAGES = RESOURCES / "help"


class HelpDialog(QDialog):
    """Shows one page; links lead to the others, and nowhere else."""

    def __init__(self, page: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Help")
        self.browser = QTextBrowser(openLinks=False)
        self.browser.setAccessibleName("Help")
        self.browser.anchorClicked.connect(self._follow)
        self.browser.document().setDocumentMargin(2 * tokens.UNIT)
        self.browser.setMarkdown(text)
        box = QVBoxLayout(self)
        box.addWidget(self.browser)
        self.setObjectName(f"help-{page}")
        self.resize(80 * tokens.UNIT, 70 * tokens.UNIT)

    def _follow(self, link: QUrl) -> None:
        page = Path(link.path()).stem
        if link.isRelative() and (PAGES / f"{page}.md").is_file():
            self.browser.setMarkdown(read_page(page))


def read_page(page: str) -> str:
    """The text of a help page."""
    return (PAGES / f"{page}.md").read_text(encoding="utf-8")
