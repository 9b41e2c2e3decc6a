"""Activity: what failed and why, retrying, pausing, alerts, and the accounts."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from pruvan_desk.core.errors import ItemError
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.store.alerts import raise_alert
from pruvan_desk.store.models import Item, Project, RelayJob, SettingRow
from pruvan_desk.ui.activity.view import ActivityPage
from pruvan_desk.ui.window import MainWindow
from ui.elsewhere import ElsewhereOffice

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def open_page(open_window: Callable[[], MainWindow]) -> Callable[[], ActivityPage]:
    def open_it() -> ActivityPage:
        page = open_window().show_page("activity")
        assert isinstance(page, ActivityPage)
        return page

    return open_it


@pytest.fixture
def failed(elsewhere: ElsewhereOffice) -> list[int]:
    """Two items that the client refused."""
    project = elsewhere.project(elsewhere.integration(), "88123")
    items = [elsewhere.photo(project, ItemState.QUEUED) for _ in range(2)]
    for item, job in zip(items, elsewhere.all(RelayJob), strict=True):
        elsewhere.change(Item, item, state=ItemState.FAILED)
        elsewhere.change(RelayJob, job.id, state="failed", attempts=1, words="Flag unknown")
    return items


def states(elsewhere: ElsewhereOffice) -> list[str]:
    return [item.state for item in elsewhere.all(Item)]


def test_failures_are_listed_with_the_clients_words_and_retried_one_by_one(
    qtbot: QtBot, elsewhere: ElsewhereOffice, failed: list[int], open_page: Callable[[], ActivityPage]
) -> None:
    page = open_page()
    qtbot.waitUntil(lambda: page.jobs.rowCount() == 2)
    assert [page.jobs.index(0, column).data() for column in (0, 1, 4)] == ["Failed", "AFS::88123", "Flag unknown"]
    middle = page.jobs_table.visualRect(page.jobs.index(1, 0)).center()
    qtbot.mouseClick(page.jobs_table.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, middle)
    qtbot.mouseClick(page.retry_one, LEFT)
    qtbot.waitUntil(lambda: states(elsewhere) == ["failed", "queued"])
    qtbot.waitUntil(lambda: "1 queued · 1 failed" in page.summary.text())


def test_retry_all(
    qtbot: QtBot, elsewhere: ElsewhereOffice, failed: list[int], open_page: Callable[[], ActivityPage]
) -> None:
    page = open_page()
    qtbot.waitUntil(page.retry_all.isEnabled)
    qtbot.mouseClick(page.retry_all, LEFT)
    qtbot.waitUntil(lambda: states(elsewhere) == ["queued", "queued"])


def test_sending_is_paused_and_resumed(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], ActivityPage]
) -> None:
    page = open_page()
    qtbot.mouseClick(page.pause, LEFT)
    qtbot.waitUntil(lambda: page.pause.text() == "Resume sending")
    assert elsewhere.get(SettingRow, "relay_paused").value == "True"
    qtbot.mouseClick(page.pause, LEFT)
    qtbot.waitUntil(lambda: page.pause.text() == "Pause sending")


def test_alerts_are_counted_read_and_cleared(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], ActivityPage]
) -> None:
    page = open_page()
    window = page.window()
    assert isinstance(window, MainWindow)

    def raise_one() -> None:
        with elsewhere.database.write() as writing:
            raise_alert(writing, "relay-failed/1", ItemError("2 items failed.", "Look at their words."))

    elsewhere.do(raise_one)
    qtbot.waitUntil(lambda: window.bell.text() == "1")
    qtbot.waitUntil(lambda: page.alerts.rowCount() == 1)
    assert page.alerts.index(0, 1).data() == "2 items failed. Look at their words."
    qtbot.mouseClick(page.mark_read, LEFT)
    qtbot.waitUntil(lambda: window.bell.text() == "")
    page.alerts_table.selectRow(0)
    qtbot.mouseClick(page.clear, LEFT)
    qtbot.waitUntil(lambda: page.alerts.rowCount() == 0)


def test_the_accounts_are_shown_and_balance(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], ActivityPage]
) -> None:
    project = elsewhere.project(elsewhere.integration())
    for state in (ItemState.PENDING_QA, ItemState.PENDING_QA, ItemState.PUBLISHED):
        elsewhere.photo(project, state)
    page = open_page()
    qtbot.waitUntil(lambda: page.accounting.text() == "3 received = 2 Pending QA + 1 Published")
    assert page.accounting_sign.accessibleName() == "balanced"


def test_accounts_that_do_not_balance_say_so(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], ActivityPage]
) -> None:
    item = elsewhere.photo(elsewhere.project(elsewhere.integration()))
    elsewhere.change(Item, item, state="nonsense")
    page = open_page()
    qtbot.waitUntil(lambda: "does not add up" in page.accounting.text())
    assert page.accounting_sign.accessibleName() == "not balanced"


def test_closures_that_the_guard_kept_back_are_applied_after_asking(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], ActivityPage]
) -> None:
    integration = elsewhere.integration()
    gone = [elsewhere.project(integration, number) for number in ("88123", "88124")]

    def withhold() -> None:
        with elsewhere.database.write() as writing:
            problem = ItemError("2 open projects were missing from the full list.", "Apply it, or look first.")
            raise_alert(writing, "closures-withheld/1", problem, {"project_ids": gone})

    elsewhere.do(withhold)
    page = open_page()
    qtbot.waitUntil(page.apply.isVisible)
    middle = page.alerts_table.visualRect(page.alerts.index(0, 0)).center()
    qtbot.mouseClick(page.alerts_table.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, middle)
    qtbot.mouseClick(page.apply, LEFT)
    (question,) = page.findChildren(QMessageBox)
    assert all(project.status != "Closed" for project in elsewhere.all(Project))
    qtbot.mouseClick(question.defaultButton(), LEFT)
    qtbot.waitUntil(lambda: [project.close_reason for project in elsewhere.all(Project)] == ["absent", "absent"])
    qtbot.waitUntil(lambda: not page.apply.isVisible())
