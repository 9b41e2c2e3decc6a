"""The work order on paper."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pruvan_desk.operations.project_edits import add_note
from pruvan_desk.ui.projects.view import ProjectsPage
from pruvan_desk.ui.projects.work_order import WorkOrderDialog
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice

HOSTILE = "<b>Mow</b><img src='file://host/x.png'><script>alert(1)</script>"


@pytest.fixture
def dialog(qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: Callable[[], MainWindow]) -> WorkOrderDialog:
    project = elsewhere.project(
        elsewhere.integration(), "88123", ("Grass Cut", "Trim <b>Shrubs</b>"), instructions=HOSTILE, due="2026-12-31",
        info="Lockbox <4471>",
    )  # fmt: skip
    elsewhere.do(lambda: add_note(elsewhere.database, project, "Dog & cat", "ana"))
    page = open_window().show_page("projects")
    assert isinstance(page, ProjectsPage)
    qtbot.waitUntil(lambda: len(page.model.shown) == 1)
    page.table.select_project(0)
    page.page_actions["project_print"].trigger()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), WorkOrderDialog))
    found = QApplication.activeModalWidget()
    assert isinstance(found, WorkOrderDialog)
    return found


def test_the_page_says_what_a_crew_needs(dialog: WorkOrderDialog) -> None:
    words = dialog.document.toPlainText()
    for wanted in (
        "AFS::88123",
        "12 Elm St",
        "Austin, TX 78701",
        "Thu Dec 31",
        "Lockbox <4471>",
        "☐ Grass Cut",
        "Mow",
        "Dog & cat",
    ):
        assert wanted in words
    assert dialog.preview.pageCount() == 1
    dialog.reject()


def test_foreign_text_is_text_and_foreign_html_is_harmless(dialog: WorkOrderDialog) -> None:
    html = dialog.document.toHtml()
    assert "Trim <b>Shrubs</b>" in dialog.document.toPlainText()
    assert not any(harm in html for harm in ("<img", "file:", "alert"))
    dialog.reject()


def test_it_is_kept_as_a_pdf(qtbot: QtBot, dialog: WorkOrderDialog, tmp_path: Path) -> None:
    dialog.save(tmp_path / "order")
    qtbot.waitUntil((tmp_path / "order.pdf").exists)
    assert (tmp_path / "order.pdf").read_bytes()[:5] == b"%PDF-"
    assert [path.name for path in tmp_path.glob("*.p*")] == ["order.pdf"]
    qtbot.mouseClick(dialog.pdf_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not dialog)
    QApplication.activeModalWidget().reject()
    dialog.reject()
