"""The Projects view, as somebody at the window sees it."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton, QStyledItemDelegate, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from pruvan_desk.domain.statuses import FieldStatus, ItemState
from pruvan_desk.operations.project_edits import close_project
from pruvan_desk.operations.projects import set_field_status
from pruvan_desk.store.models import Item, Project
from pruvan_desk.ui.projects.columns import CHECK_IN, DUE
from pruvan_desk.ui.projects.view import ProjectsPage
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice

OpenProjects = Callable[[int], ProjectsPage]


@pytest.fixture
def open_projects(qtbot: QtBot, open_window: Callable[[], MainWindow]) -> OpenProjects:
    """Opens the view and waits for so many projects."""

    def open_it(count: int) -> ProjectsPage:
        page = open_window().show_page("projects")
        assert isinstance(page, ProjectsPage)
        qtbot.waitUntil(lambda: page.table.model().rowCount() == count)
        return page

    return open_it


def shown(page: ProjectsPage) -> list[str]:
    model = page.table.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def words_of(page: ProjectsPage) -> str:
    """All that the details say."""
    parts = [*page.panel.findChildren(QLabel), *lines_of(page)]
    return "\n".join(part.text() for part in parts if not part.isHidden())


def lines_of(page: ProjectsPage) -> list[QPushButton]:
    """What is missing, as it can be clicked."""
    return page.panel.body.findChildren(QPushButton, "row")


def select(qtbot: QtBot, page: ProjectsPage, key: str) -> None:
    row = shown(page).index(key)
    middle = page.table.visualRect(page.table.model().index(row, 0)).center()
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    qtbot.waitUntil(lambda: page.panel.title.text() == key and page.panel.is_complete)


def answer(qtbot: QtBot, button: str) -> None:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    found = next(choice for choice in box.buttons() if choice.text() == button)
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton)


def test_projects_are_listed_by_due_date(qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects) -> None:
    afs = elsewhere.integration()
    elsewhere.project(afs, "88123", due="2026-01-02")
    elsewhere.project(afs, "88124", due="2026-01-01")
    elsewhere.project(afs, "88125")
    assert shown(open_projects(3)) == ["AFS::88124", "AFS::88123", "AFS::88125"]


def test_search_finds_number_address_task_and_crew(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects
) -> None:
    afs = elsewhere.integration()
    elsewhere.project(afs, "88123", ("Lock Change",), address1="9 Cedar Ln")
    elsewhere.project(afs, "88124", ("Grass Cut",), assigned_to="crew7")
    page = open_projects(2)
    for words, found in (
        ("88123", ["AFS::88123"]),
        ("CEDAR", ["AFS::88123"]),
        ("grass", ["AFS::88124"]),
        ("crew7 cut", ["AFS::88124"]),
        ("crew7 cedar", []),
        ("", ["AFS::88123", "AFS::88124"]),
    ):
        page.search.clear()
        qtbot.keyClicks(page.search, words)
        assert sorted(shown(page)) == found, words


def test_no_match_offers_the_way_back(qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects) -> None:
    elsewhere.project(elsewhere.integration(), "88123")
    page = open_projects(1)
    qtbot.keyClicks(page.search, "nothing")
    assert page.empty.isVisible()
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert shown(page) == ["AFS::88123"]


def test_what_another_desk_does_is_seen_row_by_row(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects
) -> None:
    afs = elsewhere.integration()
    ids = [elsewhere.project(afs, str(number), due=f"2026-01-0{number % 10}") for number in (88121, 88122, 88123)]
    page = open_projects(3)
    redrawn: list[int] = []
    page.model.dataChanged.connect(lambda first, _last: redrawn.append(first.row()))
    page.model.layoutChanged.connect(lambda: redrawn.append(-1))
    elsewhere.do(lambda: close_project(elsewhere.database, ids[1], "john"))
    qtbot.waitUntil(lambda: page.table.model().index(1, 1).data() == "Closed")
    assert redrawn == [1]


def test_a_new_order_takes_its_place(qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects) -> None:
    afs = elsewhere.integration()
    elsewhere.project(afs, "88121", due="2026-01-01")
    elsewhere.project(afs, "88123", due="2026-01-03")
    page = open_projects(2)
    between = elsewhere.project(afs, "88122", due="2026-01-02")
    elsewhere.touch(between)
    qtbot.waitUntil(lambda: shown(page) == ["AFS::88121", "AFS::88122", "AFS::88123"])


def test_past_due_says_so_in_words_too(qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects) -> None:
    elsewhere.project(elsewhere.integration(), "88123", due="2020-01-01")
    page = open_projects(1)
    cell = page.model.index(0, 3)
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == "Wed Jan 1 2020, past due"
    assert cell.data(Qt.ItemDataRole.DecorationRole) is not None


def test_each_cell_is_painted_with_its_own_sign_and_words(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects
) -> None:
    afs = elsewhere.integration()
    for number, due in (("1", "2020-01-01"), ("2", "2999-01-01")):
        elsewhere.project(afs, number, due=due)
    page = open_projects(2)
    seen = []
    for row in (0, 1):
        option = QStyleOptionViewItem()
        QStyledItemDelegate.initStyleOption(page.table.itemDelegate(), option, page.model.index(row, DUE))
        seen.append((option.text, not option.icon.isNull()))
    assert seen == [("Wed Jan 1 2020", True), ("Tue Jan 1 2999", False)]


def test_the_items_bar_has_a_text(qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects) -> None:
    project = elsewhere.project(elsewhere.integration(), "88123")
    for state in (ItemState.PENDING_QA, ItemState.PENDING_QA, ItemState.PUBLISHED, ItemState.FAILED):
        elsewhere.photo(project, state)
    page = open_projects(1)
    cell = page.model.index(0, 9)
    assert cell.data() == "1 of 4"
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == "2 Pending QA, 1 Published, 1 Failed"


def test_details_tell_what_is_missing(qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects) -> None:
    project = elsewhere.project(elsewhere.integration(), "88123", ("Grass Cut", "Lock Change"))
    for kind in ("before", "before", "during"):
        elsewhere.photo(project, ItemState.PUBLISHED, evidence_type=kind)
    page = open_projects(1)
    select(qtbot, page, "AFS::88123")
    words = words_of(page)
    assert "Before 2 · During 1 · After 0" in words
    assert "Grass Cut: no After" in words
    assert "Lock Change: no photos" in words


def test_what_is_missing_leads_to_where_it_is_mended(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: Callable[[], MainWindow]
) -> None:
    project = elsewhere.project(elsewhere.integration(), "88123", ("Grass Cut", "Lock Change"))
    for task, kind, state in (
        ("Grass Cut", "before", ItemState.PUBLISHED),
        ("Lock Change", "before", ItemState.PUBLISHED),
        ("Lock Change", "after", ItemState.FAILED),
    ):
        elsewhere.photo(project, state, task=task, evidence_type=kind)
    window = open_window()
    page = window.show_page("projects")
    assert isinstance(page, ProjectsPage)
    gallery = window.show_page("gallery")

    def follow(words: str) -> None:
        window.show_page("projects")
        qtbot.waitUntil(lambda: shown(page) == ["AFS::88123"])
        select(qtbot, page, "AFS::88123")
        line = next(line for line in lines_of(page) if line.text() == words)
        qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
        assert window.current == "gallery"

    follow("Grass Cut: no After")
    qtbot.waitUntil(lambda: [row.task for row in gallery.model.shown] == ["Grass Cut"])
    follow("1 item failed to reach the client")
    qtbot.waitUntil(lambda: [row.task for row in gallery.model.shown] == ["Lock Change"])


def test_the_missing_step_of_a_check_in_is_named(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects
) -> None:
    afs = elsewhere.integration()
    project = elsewhere.project(afs, "88123", ("AGS Checklist",), options={"check_in_required": True})
    page = open_projects(1)
    select(qtbot, page, "AFS::88123")
    assert "Complete pressed — missing" in words_of(page)
    spoken = page.model.index(0, CHECK_IN)
    assert (spoken.data(), spoken.data(Qt.ItemDataRole.AccessibleTextRole)) == (
        "No check-in", "No check-in, No checklist, Not complete",
    )  # fmt: skip
    elsewhere.do(lambda: set_field_status(elsewhere.database, project, FieldStatus.COMPLETED, "crew7"))
    qtbot.waitUntil(lambda: "Complete pressed — missing" not in words_of(page))
    assert "AGS Checklist submitted — missing" in words_of(page)


def test_instructions_lose_what_could_harm(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects
) -> None:
    hostile = (
        "<b>Cut</b> <img src='file://host/x.png'><a href='javascript:x()'>one</a> <a href='https://ok.example/'>two</a>"
        "<style>b {color: red}</style><script>alert(1)</script>"
    )
    elsewhere.project(elsewhere.integration(), "88123", instructions=hostile)
    page = open_projects(1)
    select(qtbot, page, "AFS::88123")
    html = page.panel.instructions.toHtml()
    assert "Cut" in html
    assert "https://ok.example/" in html
    for harm in ("<img", "file:", "javascript:", "alert", "color: red"):
        assert harm not in html


def test_what_somebody_reads_stays_where_it_is_while_photos_arrive(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects
) -> None:
    long = "\n".join(f"{number}. Cut the grass along the fence." for number in range(200))
    project = elsewhere.project(elsewhere.integration(), "88123", instructions=long)
    page = open_projects(1)
    select(qtbot, page, "AFS::88123")
    bar = page.panel.instructions.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    elsewhere.photo(project)
    elsewhere.touch(project)
    qtbot.waitUntil(lambda: "Before 1" in words_of(page))
    assert bar.value() == bar.maximum()


def test_held_items_are_released_after_asking(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects
) -> None:
    project = elsewhere.project(elsewhere.integration(), "88123", qa_in_field=True)
    elsewhere.photo(project, ItemState.HELD)
    page = open_projects(1)
    select(qtbot, page, "AFS::88123")
    qtbot.mouseClick(page.panel.release, Qt.MouseButton.LeftButton)
    answer(qtbot, "Release")
    qtbot.waitUntil(lambda: elsewhere.all(Item)[0].state == "queued")
    qtbot.waitUntil(lambda: not page.panel.release.isVisible())


def test_a_project_is_closed_and_reopened_by_hand(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_projects: OpenProjects
) -> None:
    project = elsewhere.project(elsewhere.integration(), "88123")
    page = open_projects(1)
    select(qtbot, page, "AFS::88123")
    qtbot.mouseClick(page.panel.close_or_open, Qt.MouseButton.LeftButton)
    answer(qtbot, "Close")
    qtbot.waitUntil(lambda: page.panel.close_or_open.text() == "Reopen…")
    assert elsewhere.get(Project, project).close_reason == "by_hand"
    assert "closed in the office" in page.panel.state_line.text()
    qtbot.mouseClick(page.panel.close_or_open, Qt.MouseButton.LeftButton)
    answer(qtbot, "Reopen")
    qtbot.waitUntil(lambda: elsewhere.get(Project, project).status == "Assigned")


def test_the_first_start_leads_to_integrations(qtbot: QtBot, open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    page = window.show_page("projects")
    assert isinstance(page, ProjectsPage)
    qtbot.waitUntil(page.empty.isVisible)
    assert page.empty.button.text() == "Connect FAStrack"
    qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert window.current == "integrations"


def test_qa_photos_opens_the_gallery_of_the_project(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_window: Callable[[], MainWindow]
) -> None:
    project = elsewhere.project(elsewhere.integration(), "88123")
    elsewhere.photo(project)
    window = open_window()
    page = window.show_page("projects")
    assert isinstance(page, ProjectsPage)
    qtbot.waitUntil(lambda: shown(page) == ["AFS::88123"])
    select(qtbot, page, "AFS::88123")
    qtbot.mouseClick(page.panel.qa_photos, Qt.MouseButton.LeftButton)
    assert window.current == "gallery"
    assert window.pages["gallery"].scope.project_id == project
