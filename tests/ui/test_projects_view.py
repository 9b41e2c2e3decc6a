"""The Projects view, as somebody at the window sees it."""

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from pruvan_desk.ui.projects.view import ProjectsPage
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice


def projects_of(window: MainWindow) -> ProjectsPage:
    page = window.show_page("projects")
    assert isinstance(page, ProjectsPage)
    return page


def shown(page: ProjectsPage) -> list[str]:
    model = page.table.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_projects_are_listed(qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: Callable[[], MainWindow]) -> None:
    afs = elsewhere.integration()
    elsewhere.project(afs, "88123", due="2026-01-02")
    elsewhere.project(afs, "88124", due="2026-01-01")
    page = projects_of(open_window())
    qtbot.waitUntil(lambda: shown(page) == ["AFS::88124", "AFS::88123"])
