"""Activity: what failed and why, retrying, pausing, alerts, and the accounts."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from pruvan_desk.core.errors import ItemError
from pruvan_desk.domain.destinations import BOTH
from pruvan_desk.domain.statuses import ItemState
from pruvan_desk.operations.qa import publish_items
from pruvan_desk.store.alerts import raise_alert
from pruvan_desk.store.models import EngineState, Item, Project, RelayJob, Request, SettingRow
from pruvan_desk.store.views.traffic import LaneTraffic, Traffic
from pruvan_desk.ui.activity.plot import ThroughputPlot
from pruvan_desk.ui.activity.reconcile import ReconcileDialog
from pruvan_desk.ui.activity.view import ActivityPage
from pruvan_desk.ui.theme import Theme
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
    qtbot.waitUntil(lambda: page.queue.jobs.rowCount() == 2)
    assert [page.queue.jobs.index(0, column).data() for column in (0, 1, 5)] == ["Failed", "AFS::88123", "Flag unknown"]
    middle = page.queue.table.visualRect(page.queue.jobs.index(1, 0)).center()
    qtbot.mouseClick(page.queue.table.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, middle)
    qtbot.mouseClick(page.queue.retry_some, LEFT)
    qtbot.waitUntil(lambda: states(elsewhere) == ["failed", "queued"])
    qtbot.waitUntil(lambda: "1 queued · 1 failed" in page.queue.summary.text())


def test_retry_all(
    qtbot: QtBot, elsewhere: ElsewhereOffice, failed: list[int], open_page: Callable[[], ActivityPage]
) -> None:
    page = open_page()
    qtbot.waitUntil(page.queue.retry_all.isEnabled)
    qtbot.mouseClick(page.queue.retry_all, LEFT)
    qtbot.waitUntil(lambda: states(elsewhere) == ["queued", "queued"])


def test_sending_is_paused_and_resumed(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], ActivityPage]
) -> None:
    page = open_page()
    qtbot.mouseClick(page.queue.pause, LEFT)
    qtbot.waitUntil(lambda: page.queue.pause.text() == "Resume sending")
    assert elsewhere.get(SettingRow, "relay_paused").value == "True"
    qtbot.mouseClick(page.queue.pause, LEFT)
    qtbot.waitUntil(lambda: page.queue.pause.text() == "Pause sending")


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
    qtbot.waitUntil(lambda: page.alerts.alerts.rowCount() == 1)
    assert page.alerts.alerts.index(0, 1).data() == "2 items failed. Look at their words."
    qtbot.mouseClick(page.alerts.mark_read, LEFT)
    qtbot.waitUntil(lambda: window.bell.text() == "")
    page.alerts.table.selectRow(0)
    qtbot.mouseClick(page.alerts.clear, LEFT)
    qtbot.waitUntil(lambda: page.alerts.alerts.rowCount() == 0)


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
    qtbot.waitUntil(page.alerts.apply.isVisible)
    middle = page.alerts.table.visualRect(page.alerts.alerts.index(0, 0)).center()
    qtbot.mouseClick(page.alerts.table.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, middle)
    qtbot.mouseClick(page.alerts.apply, LEFT)
    (question,) = page.findChildren(QMessageBox)
    assert all(project.status != "Closed" for project in elsewhere.all(Project))
    qtbot.mouseClick(question.defaultButton(), LEFT)
    qtbot.waitUntil(lambda: [project.close_reason for project in elsewhere.all(Project)] == ["absent", "absent"])
    qtbot.waitUntil(lambda: not page.alerts.apply.isVisible())


def say(elsewhere: ElsewhereOffice, traffic: Traffic) -> None:
    """What the engine says of itself."""

    def write() -> None:
        with elsewhere.database.write() as writing:
            row = writing.session.get(EngineState, 1) or EngineState(id=1, process_id=1, started_at=writing.now)
            row.seen_at, row.traffic = datetime.now(UTC), traffic.as_json()
            writing.session.add(row)
            writing.changed(traffic=1)

    elsewhere.do(write)


def test_what_is_on_its_way_shows_how_far_it_is_and_the_status_bar_says_the_same(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], ActivityPage]
) -> None:
    item = elsewhere.photo(elsewhere.project(elsewhere.integration()), ItemState.QUEUED)
    elsewhere.change(Item, item, state=ItemState.RELAYING)
    elsewhere.change(RelayJob, 1, state="leased")
    page = open_page()
    now = time.time()
    lanes = (LaneTraffic(1, "client", 1, 8),)
    say(elsewhere, Traffic({1: (450, 1000)}, 4_100_000, 0.1, ((now - 1, 2e6), (now, 4.1e6)), lanes=lanes))
    qtbot.waitUntil(lambda: page.queue.jobs.rowCount() == 1 and page.queue.jobs.index(0, 0).data() == "Sending 45%")
    assert page.channels.plot.accessibleName() == "Throughput 4.1 MB/s"
    window = page.window()
    assert isinstance(window, MainWindow)
    assert "Relaying 1 of 1, 4.1 MB/s, 10 s" in window.status_line.words.text()
    qtbot.waitUntil(lambda: page.channels.rows.rowCount() == 2)
    qtbot.waitUntil(lambda: page.channels.rows.index(0, 1).data() == "Sending 1, up to 8 at once")


def test_offline_is_said_where_the_receiver_is_and_in_the_status_bar(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], ActivityPage]
) -> None:
    integration = elsewhere.integration()
    say(elsewhere, Traffic(offline=frozenset({integration})))
    page = open_page()
    qtbot.waitUntil(lambda: page.channels.rows.rowCount() == 2)
    assert page.channels.rows.index(0, 1).data().startswith("Offline")
    window = page.window()
    assert isinstance(window, MainWindow)
    assert window.status_line.words.text().startswith("Offline")


def test_the_limit_of_the_line_is_set_where_the_queue_is(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], ActivityPage]
) -> None:
    page = open_page()
    page.queue.limit.setValue(20.0)
    qtbot.waitUntil(lambda: [row.value for row in elsewhere.all(SettingRow, name="bandwidth_mbit")] == ["20.0"])


def test_the_accounts_of_each_destination_are_shown_where_there_are_two(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], ActivityPage]
) -> None:
    item = elsewhere.photo(elsewhere.project(elsewhere.integration()), ItemState.PASSED)
    elsewhere.do(lambda: publish_items(elsewhere.database, [item], "ana", BOTH))
    page = open_page()
    qtbot.waitUntil(lambda: "1 to the downloader = 0 there + 1 on the way" in page.accounting.text())
    qtbot.waitUntil(lambda: [page.queue.jobs.index(row, 3).data() for row in range(2)] == ["Client", "Downloader"])


def test_the_plot_falls_to_nothing_where_nothing_went_out(theme: Theme, qtbot: QtBot) -> None:
    plot = ThroughputPlot(theme)
    qtbot.addWidget(plot)
    plot.show_history(((900.0, 5.0), (1000.0, 10.0), (1001.0, 20.0), (1010.0, 30.0)), 0.0)
    assert plot.points(1010.0) == [(-110.0, 0.0), (-110.0, 5.0), (-110.0, 0.0), (-10.0, 0.0), (-10.0, 10.0), (-9.0, 20.0),
                                   (-9.0, 0.0), (0.0, 0.0), (0.0, 30.0)]  # fmt: skip
    assert plot.points(1100.0)[0] == (-100.0, 0.0)


def test_differences_to_the_client_are_listed_and_sent_again(
    qtbot: QtBot, elsewhere: ElsewhereOffice, open_page: Callable[[], ActivityPage]
) -> None:
    project = elsewhere.project(elsewhere.integration("AFS", name="FAStrack"), "88123")
    item = elsewhere.photo(project, ItemState.PUBLISHED, destinations="client", sent_sha256="aa")
    page = open_page()
    qtbot.waitUntil(page.channels.reconcile.isEnabled)
    qtbot.mouseClick(page.channels.reconcile, LEFT)
    (dialog,) = page.findChildren(ReconcileDialog)
    qtbot.mouseClick(dialog.compare, LEFT)
    qtbot.waitUntil(lambda: len(elsewhere.all(Request)) == 1)
    (request,) = elsewhere.all(Request)
    assert (request.kind, request.body) == ("reconcile", {"integration_id": 1, "project_id": None})

    def answer() -> None:
        missing = {"kind": "missing", "item_id": item, "uuid": "u", "words": "88123: the client does not have it."}
        with elsewhere.database.write() as writing:
            row = writing.session.get_one(Request, request.id)
            row.done_at = writing.now
            row.answer = json.dumps({"compared": 1, "count": 1, "differences": [missing]})
            writing.changed(requests=row.id)

    elsewhere.do(answer)
    qtbot.waitUntil(lambda: dialog.lines.rowCount() == 1)
    assert dialog.words.text() == "1 published item compared: 1 missing."
    qtbot.mouseClick(dialog.resend, LEFT)
    qtbot.waitUntil(lambda: states(elsewhere) == ["queued"])
