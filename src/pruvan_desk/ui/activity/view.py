"""The Activity view: what is on its way, what failed, what somebody should look at, and whether the accounts balance."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from pruvan_desk.core.changes import Changes
from pruvan_desk.domain.accounting import Accounting
from pruvan_desk.domain.statuses import Destination, ItemState
from pruvan_desk.operations.projects import close_absent
from pruvan_desk.operations.relay import clear_alert, pause_relay, read_alerts, retry_failed
from pruvan_desk.operations.settings import change_setting
from pruvan_desk.store.views.activity import Queue, open_alerts, queue
from pruvan_desk.store.views.destinations import DestinationCount, destination_counts
from pruvan_desk.store.views.status import DeskStatus
from pruvan_desk.ui import tokens
from pruvan_desk.ui.activity.alerts import AlertsPanel
from pruvan_desk.ui.activity.queue import QueuePanel
from pruvan_desk.ui.activity.receivers import ReceiversPanel
from pruvan_desk.ui.activity.reconcile import ReconcileDialog
from pruvan_desk.ui.desk import Desk, Latest
from pruvan_desk.ui.page import Page
from pruvan_desk.ui.runs import RunsPanel
from pruvan_desk.ui.state import WindowState
from pruvan_desk.ui.theme import Theme
from pruvan_desk.ui.widgets import bar, label

QUIET = 400
"""Milliseconds in which changes lead to one reading of the queue."""
ACCOUNTS = 2_000
"""The same for the accounts of each destination, which look at every item."""


class ActivityPage(Page):
    """The outbox, the receivers, the alerts, the import runs."""

    name = "activity"

    def __init__(self, desk: Desk, theme: Theme, state: WindowState) -> None:
        super().__init__(desk, theme, state)
        self._latest_queue, self._latest_alerts, self._latest_accounts = Latest(), Latest(), Latest()
        self._paused = False
        self._accounts: Accounting | None = None
        self._destinations: tuple[DestinationCount, ...] = ()
        self.queue = QueuePanel(theme)
        self.channels = ReceiversPanel(theme)
        self.alerts = AlertsPanel(desk, theme)
        self.runs = RunsPanel(desk, theme)
        self.accounting_sign = QLabel()
        self.accounting = label("", wrap=True, selectable=True)
        self._soon = QTimer(self, singleShot=True, interval=QUIET)
        self._accounts_soon = QTimer(self, singleShot=True, interval=ACCOUNTS)
        self._put_together()
        self._connect()

    def load(self) -> None:
        """Reads the queue, the alerts and the runs."""
        self._read_queue()
        self._read_alerts()
        self._read_accounts()
        self.runs.read()

    def take(self, changes: Changes) -> None:
        """Reads what is named again; the queue at most a few times a second."""
        told = changes.items or changes.jobs or changes.integrations or changes.settings or changes.traffic
        if told and not self._soon.isActive():
            self._soon.start()
        if (changes.items or changes.jobs) and not self._accounts_soon.isActive():
            self._accounts_soon.start()
        if changes.alerts:
            self._read_alerts()
        if changes.runs:
            self.runs.read()

    def focus_first(self) -> None:
        """The queue."""
        self.queue.table.setFocus()

    def note_status(self, status: DeskStatus) -> None:
        """The accounts, what is on its way, and whether sending is paused."""
        self._paused = status.settings.relay_paused
        self.queue.show_settings(paused=self._paused, limit=status.settings.bandwidth_mbit)
        self.queue.show_traffic(status.traffic)
        self.channels.show_traffic(status.traffic)
        self._accounts = status.accounting
        self._show_accounts()

    def _put_together(self) -> None:
        above = _split(Qt.Orientation.Horizontal, (self.queue, self.channels), (820, 460))
        below = _split(Qt.Orientation.Horizontal, (self.alerts, self.runs), (560, 600))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        accounts = bar(self.accounting_sign, self.accounting)
        policy = self.accounting.sizePolicy()
        self.accounting.setSizePolicy(policy.Policy.Expanding, policy.verticalPolicy())
        box.addWidget(accounts)
        box.addWidget(_split(Qt.Orientation.Vertical, (above, below), (380, 320)), 1)

    def _connect(self) -> None:
        who, write = self.desk.who, self.desk.write
        self._soon.timeout.connect(self._read_queue)
        self._accounts_soon.timeout.connect(self._read_accounts)
        self.queue.pause_wanted.connect(lambda: write(partial(pause_relay, paused=not self._paused)))
        self.queue.retry_wanted.connect(self._retry)
        self.queue.limit_wanted.connect(
            lambda limit: write(partial(change_setting, name="bandwidth_mbit", value=limit))
        )
        self.channels.reconcile_wanted.connect(self._reconcile)
        self.alerts.read_wanted.connect(lambda: write(read_alerts))
        self.alerts.clear_wanted.connect(lambda alert_id: write(partial(clear_alert, alert_id=alert_id)))
        self.alerts.apply_wanted.connect(lambda alert_id: write(partial(close_absent, alert_id=alert_id, who=who)))

    def _retry(self, job_ids: Sequence[int] | None) -> None:
        self.desk.write(partial(retry_failed, who=self.desk.who, job_ids=job_ids))

    def _reconcile(self, integration_id: int, name: str) -> None:
        ReconcileDialog(self.desk, self.theme, integration_id, name, self).open()

    def _read_queue(self) -> None:
        self.desk.read(queue, self._show_queue, self._latest_queue)

    def _read_alerts(self) -> None:
        self.desk.read(open_alerts, self.alerts.show_alerts, self._latest_alerts)

    def _read_accounts(self) -> None:
        self.desk.read(destination_counts, self._show_destinations, self._latest_accounts)

    def _show_destinations(self, destinations: list[DestinationCount]) -> None:
        self._destinations = tuple(destinations)
        self._show_accounts()

    def _show_queue(self, found: Queue) -> None:
        self.queue.show_queue(found)
        self.channels.show_receivers(found.receivers)

    def _show_accounts(self) -> None:
        accounts = self._accounts
        if accounts is None:
            return
        closes = accounts.closes and all(each.closes for each in self._destinations)
        icon, colour = ("check", "sent") if closes else ("warning", "bad")
        self.accounting_sign.setPixmap(self.theme.pixmap(icon, colour, tokens.ICON, self.devicePixelRatioF()))
        self.accounting_sign.setAccessibleName("balanced" if closes else "not balanced")
        words = [accounting_words(accounts), *destination_words(self._destinations)]
        self.accounting.setText("\n".join(words))


def accounting_words(accounts: Accounting) -> str:
    """``Received 132 = 4 held + 14 Pending QA + …``; says so where it does not balance."""
    parts = [f"{accounts.by_state[state]:,} {state.label}" for state in ItemState if accounts.by_state.get(state)]
    total = f"{accounts.received:,} received = {' + '.join(parts) or '0'}"
    return total if accounts.closes else f"{total}: this does not add up. Run pruvan-desk doctor, and report it."


def destination_words(destinations: Sequence[DestinationCount]) -> list[str]:
    """A line for each destination, where there is more than the client."""
    if all(each.destination is Destination.CLIENT for each in destinations):
        return []
    lines = []
    for each in destinations:
        parts = ((each.reached, "there"), (each.waiting, "on the way"), (each.failed, "failed"))
        words = f"{each.chosen:,} to the {each.destination.value} = " + " + ".join(
            f"{count:,} {word}" for count, word in parts if count or word == "there"
        )
        lines.append(words if each.closes else f"{words}: this does not add up. Run pruvan-desk doctor, and report it.")
    return lines


def _split(orientation: Qt.Orientation, widgets: Sequence[QWidget], sizes: Sequence[int]) -> QSplitter:
    made = QSplitter(orientation)
    for widget in widgets:
        made.addWidget(widget)
    made.setSizes(list(sizes))
    made.setChildrenCollapsible(False)
    return made
