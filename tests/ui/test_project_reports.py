"""The Report button: a PDF made beside the work, an item of the project, and the question whether to open it."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from pruvan_desk.core.errors import DeskFault
from pruvan_desk.domain.statuses import FileType, ItemState
from pruvan_desk.operations.office_files import plain_file_name
from pruvan_desk.reports import project_report
from pruvan_desk.store.models import Item, Project, ProjectNote
from pruvan_desk.ui.portal.view import PortalPage
from pruvan_desk.ui.projects import reports
from pruvan_desk.ui.projects.forms import ProjectDialog
from pruvan_desk.ui.projects.view import ProjectsPage
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice


@pytest.fixture
def opened(qtbot: QtBot, open_window: Callable[[], MainWindow]) -> Callable[[int], ProjectsPage]:
    """The view with a project in its details."""

    def open_it(project: int) -> ProjectsPage:
        page = open_window().show_page("projects")
        assert isinstance(page, ProjectsPage)
        qtbot.waitUntil(lambda: not page._reading)
        page.open_project(project)
        qtbot.waitUntil(page.panel.report.isVisible)
        return page

    return open_it


def box(qtbot: QtBot) -> QMessageBox:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox), timeout=20_000)
    found = QApplication.activeModalWidget()
    assert isinstance(found, QMessageBox)
    return found


def press(qtbot: QtBot, asked: QMessageBox, words: str) -> None:
    button = next(choice for choice in asked.buttons() if choice.text() == words)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_report_makes_an_item_and_opens_a_copy(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, opened: Callable[[int], ProjectsPage]
) -> None:
    elsewhere.picture(project, file_name="front.jpg")
    page = opened(project)
    urls: list[QUrl] = []
    page.commands.reports.open_url = lambda url: urls.append(url) or True
    qtbot.mouseClick(page.panel.report, Qt.MouseButton.LeftButton)
    asked = box(qtbot)
    assert "AFS::88123" in asked.text()
    (item,) = elsewhere.all(Item, file_type=FileType.REPORT)
    assert (item.state, item.file_name) == (ItemState.PENDING_QA, "report AFS 88123.pdf")
    press(qtbot, asked, "Open")
    qtbot.waitUntil(lambda: bool(urls))
    (first,) = PdfReader(Path(urls[0].toLocalFile())).pages
    assert "1 photo" in first.extract_text()
    assert len(first.images) == 1  # the thumbnail


@pytest.mark.parametrize("number", ["88/12", "88\\12"])
def test_a_number_with_a_slash_stays_whole_in_the_name(number: str) -> None:
    name = reports.report_name(f"AFS::{number}")
    assert plain_file_name(name) == name == "report AFS 88-12.pdf"


def test_an_empty_project_gets_one_that_says_what_is_missing(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, opened: Callable[[int], ProjectsPage]
) -> None:
    page = opened(project)
    page.page_actions["project_report"].trigger()
    asked = box(qtbot)
    assert "what is missing" in asked.informativeText()
    assert "Grass Cut" in asked.informativeText()
    press(qtbot, asked, "Cancel")
    (item,) = elsewhere.all(Item, file_type=FileType.REPORT)
    assert item.sha256


def test_decisions_are_written_while_a_report_is_laid_out(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, opened: Callable[[int], ProjectsPage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    laid_out = threading.Event()
    real = project_report.project_report

    def slow(*arguments: Any, **values: Any) -> bytes:
        assert laid_out.wait(30)
        return real(*arguments, **values)

    monkeypatch.setattr(project_report, "project_report", slow)
    page = opened(project)
    page.commands.reports.make(project)
    page.commands.reports.make(project)
    page.commands.add_note(project, "Called the client")
    qtbot.waitUntil(lambda: bool(elsewhere.all(ProjectNote)))
    assert elsewhere.all(Item) == []
    laid_out.set()
    press(qtbot, box(qtbot), "Cancel")
    assert len(elsewhere.all(Item)) == 1  # it was asked for twice, and made once


def test_how_far_it_is_stands_in_the_status_line(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, opened: Callable[[int], ProjectsPage]
) -> None:
    elsewhere.picture(project)
    page = opened(project)
    said: list[str] = []
    page.said.connect(lambda words, _advice: said.append(words))
    page.commands.reports.make(project)
    press(qtbot, box(qtbot), "Cancel")
    assert said == ["Report: reading the project …", "Report of AFS::88123: 0 of 1 photo …"]


def test_a_full_disk_is_told_and_the_report_can_be_asked_for_again(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, opened: Callable[[int], ProjectsPage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def full(*_: Any) -> None:
        raise DeskFault("The disk is full.", "Make room on it.")

    page = opened(project)
    with monkeypatch.context() as broken:
        broken.setattr(reports, "keep_content", full)
        with qtbot.waitSignal(page.desk.told) as told:
            page.commands.reports.make(project)
    assert told.args == ["The disk is full.", "Make room on it."]
    assert elsewhere.all(Item) == []
    page.commands.reports.make(project)
    press(qtbot, box(qtbot), "Cancel")
    assert len(elsewhere.all(Item)) == 1


def test_a_window_that_closes_gives_a_report_up(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, opened: Callable[[int], ProjectsPage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    begun, closing = threading.Event(), threading.Event()
    real = project_report.project_report

    def slow(*arguments: Any, **values: Any) -> bytes:
        begun.set()
        assert closing.wait(30)
        return real(*arguments, **values)

    monkeypatch.setattr(project_report, "project_report", slow)
    elsewhere.picture(project)
    page = opened(project)
    page.commands.reports.make(project)
    qtbot.waitUntil(begun.is_set)
    page.commands.reports._workshop.stopped = True
    closing.set()
    page.close_page()
    assert len(elsewhere.all(Item)) == 1


def test_the_project_beside_myfastrack_can_be_worked_on_as_well(
    qtbot: QtBot, elsewhere: ElsewhereOffice, project: int, open_window: Callable[[], MainWindow]
) -> None:
    page = open_window().show_page("portal")
    assert isinstance(page, PortalPage)
    page.panel.show_project(project)
    qtbot.waitUntil(lambda: page.panel.row is not None)
    page.panel.report.click()
    press(qtbot, box(qtbot), "Cancel")
    assert [item.file_type for item in elsewhere.all(Item)] == [FileType.REPORT]
    page.panel.notes.added.emit(project, "Promised for Friday")
    qtbot.waitUntil(lambda: bool(elsewhere.all(ProjectNote)))
    page.panel.close_or_open.click()
    press(qtbot, box(qtbot), "Close")
    qtbot.waitUntil(lambda: elsewhere.get(Project, project).status == "Closed")
    page.panel.edit.click()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ProjectDialog))
    QApplication.activeModalWidget().close()
