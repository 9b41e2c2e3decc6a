"""The work order on paper: what a crew needs on site, on a page or two. Printed, or kept as a PDF."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from html import escape
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, Qt, QUrl
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QVBoxLayout, QWidget

from pruvan_desk.store.files import write_whole
from pruvan_desk.store.views.project_details import ProjectDetails, TaskRow
from pruvan_desk.ui import text, tokens
from pruvan_desk.ui.desk import Desk
from pruvan_desk.ui.projects.sections import address_lines
from pruvan_desk.ui.widgets import clean_html

STYLE = """
body { font-size: 10pt; color: #000; }
h1 { font-size: 17pt; margin: 0; }
h2 { font-size: 12pt; margin-top: 14pt; margin-bottom: 4pt; }
td { vertical-align: top; }
.quiet { color: #555; }
"""


class PlainDocument(QTextDocument):
    """A document that loads nothing, whatever its text names."""

    def loadResource(self, _kind: int, _name: QUrl | str) -> None:
        """Nothing: a ``file://host/`` picture would hand Windows credentials to that host."""


def work_order_document(details: ProjectDetails, zone: tzinfo) -> QTextDocument:
    """The page, ready to be printed."""
    document = PlainDocument()
    document.setDefaultStyleSheet(STYLE)
    document.setHtml(work_order_html(details, zone))
    return document


def work_order_html(details: ProjectDetails, zone: tzinfo) -> str:
    """What the page says: foreign text escaped, foreign HTML sanitised."""
    row = details.row
    facts = (
        ("Due", text.due_words(row.due, zone)),
        ("Client due", text.due_words(details.client_due, zone)),
        ("Status", row.status),
        ("Assigned to", "Everybody" if row.assigned_to == "~all~" else row.assigned_to),
        ("Client", f"{row.integration}{f', {row.client_status}' if row.client_status else ''}"),
        ("Info", details.info),
    )
    lines = "".join(f"<tr><td class=quiet>{name}</td><td>{_plain(value)}</td></tr>" for name, value in facts if value)
    parts = [
        f"<h1>{_plain(row.key)}</h1><p>{'<br>'.join(_plain(line) for line in address_lines(details))}</p>",
        f"<table cellpadding=3 cellspacing=0>{lines}</table>",
        "<h2>Tasks</h2>" + "".join(_task(task) for task in details.tasks if not task.removed),
        *(
            f"<h2>{heading}</h2>{clean_html(words)}"
            for heading, words in (
                ("The client's instructions", details.client_instructions),
                ("Instructions", details.instructions),
                ("Description", details.description),
            )
            if words
        ),
    ]
    if details.notes:
        notes = (
            f"<p>{_plain(note.text)} <span class=quiet>{_plain(note.who)}, {text.when(note.at, zone)}</span></p>"
            for note in details.notes
        )
        parts.append("<h2>Notes</h2>" + "".join(notes))
    parts.append("<p>&nbsp;</p><p>Done by ______________________________ &nbsp; on ____________________</p>")
    parts.append(f"<p class=quiet>Printed {text.when(datetime.now(zone), zone)}</p>")
    return f"<html><body>{''.join(parts)}</body></html>"


def as_pdf(document: QTextDocument, title: str) -> bytes:
    """The page as a PDF."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setPageLayout(page_layout())
    document.print_(writer)
    del writer  # it writes its last lines when it goes
    return bytes(buffer.data().data())


def page_layout() -> QPageLayout:
    """Letter, upright, as crews' clipboards are."""
    nothing = QMarginsF()  # a document that is printed brings margins of two centimetres itself
    return QPageLayout(QPageSize(QPageSize.PageSizeId.Letter), QPageLayout.Orientation.Portrait, nothing)


class WorkOrderDialog(QDialog):
    """Shows the page as it will be printed."""

    def __init__(self, desk: Desk, details: ProjectDetails, say: Callable[[str], None], parent: QWidget) -> None:
        from PySide6.QtPrintSupport import QPrinter, QPrintPreviewWidget  # noqa: PLC0415 - only when somebody prints

        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Work order {details.row.key}")
        self._desk, self._key, self._say = desk, details.row.key, say
        self.document = work_order_document(details, desk.settings.zone)
        self._paper = QPrinter(QPrinter.PrinterMode.ScreenResolution)
        self._paper.setOutputFormat(QPrinter.OutputFormat.PdfFormat)  # looking at it needs no printer
        self._paper.setPageLayout(page_layout())
        self.preview = QPrintPreviewWidget(self._paper, self)
        self.preview.setAccessibleName(f"Work order {details.row.key}")
        self.preview.paintRequested.connect(self.document.print_)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.print_button = buttons.addButton("Print…", QDialogButtonBox.ButtonRole.ActionRole)
        self.pdf_button = buttons.addButton("Save as PDF…", QDialogButtonBox.ButtonRole.ActionRole)
        box = QVBoxLayout(self)
        box.setSpacing(tokens.UNIT)
        box.addWidget(self.preview, 1)
        box.addWidget(buttons)
        self.print_button.setDefault(True)
        self.print_button.clicked.connect(self._ask_printer)
        self.pdf_button.clicked.connect(self._ask_file)
        buttons.rejected.connect(self.reject)
        self.resize(84 * tokens.UNIT, 96 * tokens.UNIT)

    def save(self, path: Path) -> None:
        """Writes the PDF, away from here."""
        body = as_pdf(self.document, f"Work order {self._key}")
        target = path if path.suffix else path.with_suffix(".pdf")
        say, words = self._say, f"{target.name} is saved."
        self._desk.aside(lambda: write_whole(target, body), lambda _none: say(words))

    def _ask_file(self) -> None:
        dialog = QFileDialog(self, "Save as PDF", f"{self._key.replace('::', '-')}.pdf", "PDF (*.pdf)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(lambda name: self.save(Path(name)))
        dialog.open()

    def _ask_printer(self) -> None:
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # noqa: PLC0415 - as above

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageLayout(page_layout())
        dialog = QPrintDialog(printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.accepted.connect(lambda: self.document.print_(printer))
        dialog.show()


def _task(task: TaskRow) -> str:
    kind = " <span class=quiet>(survey)</span>" if task.survey else ""
    said = f"<br>{clean_html(task.instructions)}" if task.instructions else ""
    return f"<p>☐ <b>{_plain(task.name)}</b>{kind}{said}</p>"


def _plain(words: str) -> str:
    return escape(words).replace("\n", "<br>")
